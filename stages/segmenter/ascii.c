/* ascii.c - words of ASCII text: see ascii.h. */
#include "ascii.h"

#include "../../pipeline/vec.h"

enum class {
    OTHER = 0,
    LETTER = 1, /* ALetter */
    DIGIT = 2,  /* Numeric */
    LOW_LINE = 4, /* ExtendNumLet */
    WORD = LETTER | DIGIT | LOW_LINE,
    MID_LETTER = 8,  /* MidNumLet, Single_Quote */
    MID_DIGIT = 16, /* these, and MidNum */
};

static enum class class_of(uint16_t unit)
{
    if ((unit >= 'a' && unit <= 'z') || (unit >= 'A' && unit <= 'Z'))
        return LETTER;
    if (unit >= '0' && unit <= '9')
        return DIGIT;
    switch (unit) {
    case '_':
        return LOW_LINE;
    case '.':
    case '\'':
        return MID_LETTER | MID_DIGIT;
    case ',':
    case ';':
        return MID_DIGIT;
    default:
        return OTHER;
    }
}

/* Does the unit at `at`, which is not the first or last, join its neighbours? */
static bool joins(const uint16_t *units, size_t at)
{
    enum class before = class_of(units[at - 1]), after = class_of(units[at + 1]), middle = class_of(units[at]);
    return ((middle & MID_LETTER) != 0 && before == LETTER && after == LETTER) ||
           ((middle & MID_DIGIT) != 0 && before == DIGIT && after == DIGIT);
}

void ascii_words(const uint16_t *units, size_t start, size_t end, struct spans *words)
{
    for (size_t at = start, next; at < end; at = next) {
        next = at + 1;
        if ((class_of(units[at]) & WORD) != 0)
            while (next < end && ((class_of(units[next]) & WORD) != 0 || (next + 1 < end && joins(units, next))))
                next++;
        struct span word = {(uint32_t)at, (uint32_t)next};
        vec_push(words, word);
    }
}
