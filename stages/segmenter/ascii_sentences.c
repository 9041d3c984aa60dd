/* ascii_sentences.c - see ascii_sentences.h. */
#include "ascii_sentences.h"

#include <unicode/uchar.h>

enum {
    SEPARATOR = 1,  /* Sep, CR, LF */
    FULL_STOP = 2,  /* ATerm */
    OTHER_STOP = 4, /* STerm */
    CLOSE = 8,
    BLANK = 16,   /* Sp */
    GOES_ON = 32, /* SContinue */
    UPPER = 64,   /* and OLetter, which ASCII has not */
    LOWER = 128,
    DIGIT = 256, /* Numeric */

    STOP = FULL_STOP | OTHER_STOP,
    LETTER = UPPER | LOWER,
};

void ascii_sentences_init(struct ascii_sentences *rules)
{
    static const uint16_t classes[] = {
        [U_SB_SEP] = SEPARATOR,    [U_SB_CR] = SEPARATOR, [U_SB_LF] = SEPARATOR,  [U_SB_ATERM] = FULL_STOP,
        [U_SB_STERM] = OTHER_STOP, [U_SB_CLOSE] = CLOSE,  [U_SB_SP] = BLANK,      [U_SB_SCONTINUE] = GOES_ON,
        [U_SB_UPPER] = UPPER,      [U_SB_LOWER] = LOWER,  [U_SB_NUMERIC] = DIGIT,
    };
    for (int c = 0; c < 128; c++) {
        size_t property = (size_t)u_getIntPropertyValue(c, UCHAR_SENTENCE_BREAK);
        rules->classes[c] = property < sizeof classes / sizeof *classes ? classes[property] : 0;
    }
}

void ascii_sentences_probes(struct text_units *units)
{
    static const char templates[] = "aCb\naC b\na.Cb\na.C b\na. C b\na.) Cb\na! Cb\nC.B\nC. B\n1.C\n\rC\n";
    for (unsigned c = 1; c < 128; c++)
        for (const char *at = templates; *at != '\0'; at++)
            text_push_units(units, *at == 'C' ? c : (unsigned char)*at);
}

static unsigned class_at(const struct ascii_sentences *rules, const struct text_units *units, size_t at)
{
    return at < units->len ? rules->classes[units->items[at]] : SEPARATOR; /* a text ends as a paragraph does */
}

static size_t skip(const struct ascii_sentences *rules, const struct text_units *units, size_t at, unsigned classes)
{
    while (at < units->len && (rules->classes[units->items[at]] & classes) != 0)
        at++;
    return at;
}

/* The first character of these classes. */
static size_t find(const struct ascii_sentences *rules, const struct text_units *units, size_t at, unsigned classes)
{
    while (at < units->len && (rules->classes[units->items[at]] & classes) == 0)
        at++;
    return at;
}

/* Does the sentence go on at `next`, behind the full stop at `at` and its closing brackets and blanks? SB6, 7, 8. */
static bool goes_on(const struct ascii_sentences *rules, const struct text_units *units, size_t at, size_t next)
{
    unsigned before = at > 0 ? class_at(rules, units, at - 1) : 0, after = class_at(rules, units, next);
    if (next == at + 1 && ((after & DIGIT) != 0 || ((before & LETTER) != 0 && (after & UPPER) != 0)))
        return true;
    return (class_at(rules, units, find(rules, units, next, LETTER | SEPARATOR | STOP)) & LOWER) != 0;
}

size_t ascii_sentences_next(const struct ascii_sentences *rules, const struct text_units *units, size_t at)
{
    for (;;) {
        size_t stop = find(rules, units, at, SEPARATOR | STOP), next = stop;
        unsigned class = class_at(rules, units, stop);
        if ((class & STOP) != 0) {
            next = skip(rules, units, skip(rules, units, stop + 1, CLOSE), BLANK);
            if ((class_at(rules, units, next) & (GOES_ON | STOP)) != 0 || /* SB8a */
                ((class & FULL_STOP) != 0 && goes_on(rules, units, stop, next))) {
                at = next;
                continue;
            }
        }
        if ((class_at(rules, units, next) & SEPARATOR) == 0 || next == units->len)
            return next; /* SB11 */
        bool both = units->items[next] == '\r' && next + 1 < units->len && units->items[next + 1] == '\n';
        return next + (both ? 2 : 1); /* SB3, 4 */
    }
}
