/* ascii.c - words of ASCII text: see ascii.h. */
#include "ascii.h"

#include "base/vec.h"

enum {
    LETTER = 1,     /* ALetter */
    DIGIT = 2,      /* Numeric */
    LOW_LINE = 4,   /* ExtendNumLet */
    MID_LETTER = 8, /* MidLetter, MidNumLet, Single_Quote */
    MID_DIGIT = 16, /* MidNum, MidNumLet, Single_Quote */
};

/* Does the unit at `at`, which has two neighbours, join them? */
static bool joins(const struct ascii_rules *rules, const uint16_t *units, size_t at)
{
    unsigned both = rules->classes[units[at - 1]] & rules->classes[units[at + 1]], middle = rules->classes[units[at]];
    return ((both & LETTER) != 0 && (middle & MID_LETTER) != 0) || ((both & DIGIT) != 0 && (middle & MID_DIGIT) != 0);
}

void ascii_words(const struct ascii_rules *rules, const uint16_t *units, size_t start, size_t end, struct spans *words)
{
    const unsigned stays = LETTER | DIGIT | LOW_LINE;
    for (size_t at = start, next; at < end; at = next) {
        next = at + 1;
        if ((rules->classes[units[at]] & stays) != 0)
            while (next < end &&
                   ((rules->classes[units[next]] & stays) != 0 || (next + 1 < end && joins(rules, units, next))))
                next++;
        struct span word = {(uint32_t)at, (uint32_t)next};
        vec_push(words, word);
    }
}

/* ---- learning ---- */

/* Appends the templates with the character in place of C. */
static void put_probes(struct text_units *units, char c, const char *templates)
{
    for (const char *at = templates; *at != '\0'; at++)
        text_push_units(units, (unsigned char)(*at == 'C' ? c : *at));
}

/* Is there a word of this length at `start`, among those from *word on? Ask about probes in order. */
static bool is_whole(const struct spans *words, size_t *word, size_t start, size_t length)
{
    while (*word < words->len && words->items[*word].start < start)
        ++*word;
    return *word < words->len && words->items[*word].start == start && words->items[*word].end == start + length;
}

static bool is_probed(unsigned c)
{
    return c != '\0' && !text_is_space(c);
}

static void classify(struct ascii_rules *rules, const struct spans *words)
{
    size_t start = 0, word = 0;
    for (unsigned c = 0; c < 128; c++) {
        rules->classes[c] = 0;
        if (!is_probed(c))
            continue;
        bool stays = is_whole(words, &word, start, 2);
        bool letter = is_whole(words, &word, start + 3, 3), digit = is_whole(words, &word, start + 7, 3);
        bool mid_letter = is_whole(words, &word, start + 11, 3), mid_digit = is_whole(words, &word, start + 15, 3);
        unsigned middle = (mid_letter ? MID_LETTER : 0u) | (mid_digit ? MID_DIGIT : 0u);
        unsigned kind = letter ? LETTER : digit ? DIGIT : LOW_LINE;
        rules->classes[c] = (unsigned char)(stays ? kind : middle);
        start += 19;
    }
}

/* Asks ICU and, unless `rules` is NULL, the rules: do both give the same words? */
static int ask(const char *templates, ascii_cut *cut, void *state, struct spans *words, const struct ascii_rules *rules,
               bool *same)
{
    struct text_units units = {0};
    struct spans ours = {0};
    for (unsigned c = 0; c < 128; c++)
        if (is_probed(c))
            put_probes(&units, (char)c, templates);
    words->len = 0;
    int status = cut(state, &units, words);
    for (size_t at = 0, end; rules != NULL && at < units.len; at = end + 1) {
        for (end = at; units.items[end] != ' ';)
            end++;
        ascii_words(rules, units.items, at, end, &ours);
    }
    *same = ours.len == words->len &&
            (ours.len == 0 || memcmp(ours.items, words->items, ours.len * sizeof *ours.items) == 0);
    vec_free(&units);
    vec_free(&ours);
    return status;
}

int ascii_learn(struct ascii_rules *rules, bool *hold, ascii_cut *cut, void *state)
{
    struct spans words = {0};
    int status = ask("aC C.a C,1 aCa 1C1 ", cut, state, &words, NULL, hold);
    if (status == 0) {
        classify(rules, &words);
        status = ask("aC Ca 1C C1 _C C_ aCa aC1 1Ca 1C1 aC_ _Ca 1C_ _C1 _C_ aCCa 1CC1 aC.a a.Ca 1C,1 1,C1 a'C1 C ", cut,
                     state, &words, rules, hold);
    }
    vec_free(&words);
    return status;
}
