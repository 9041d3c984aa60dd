/* lexicon_laws.h - what holds of any lexicon that could be loaded, damaged or not: every string is UTF-8, and nothing
 * is read outside of it. */
#ifndef TESTS_FUZZ_LEXICON_LAWS_H
#define TESTS_FUZZ_LEXICON_LAWS_H

#include "fuzz.h"
#include "pipeline/text/lexicon.h"
#include "pipeline/text/lexicon_form.h"

/* Damaged tables may say that there are many. */
enum { ENTRIES_MOST = 200, SENSES_MOST = 20, DEPTH_MOST = 6 };

static inline void walk_all(const struct lexicon *lexicon, struct lexicon_walk walk, unsigned depth, unsigned *left)
{
    for (unsigned byte = 0; byte < 256 && *left > 0; byte++) {
        struct lexicon_walk next = walk;
        size_t number;
        if (!lexicon_step(lexicon, &next, (char)byte))
            continue;
        --*left;
        if (lexicon_ends(lexicon, &next, &number))
            LAW(number < lexicon_count(lexicon));
        if (depth > 0)
            walk_all(lexicon, next, depth - 1, left);
    }
}

static inline void check_entry(const struct lexicon *lexicon, size_t entry, struct synonyms *synonyms)
{
    struct lexicon_entry about = lexicon_entry(lexicon, entry);
    size_t senses = lexicon_senses(lexicon, entry), number;
    LAW(text_is_utf8(about.text) && text_is_utf8(about.label));
    (void)lexicon_find(lexicon, about.text, &number);
    (void)lexicon_longest(lexicon, about.text, &number);
    for (size_t i = 0; i < senses && i < SENSES_MOST; i++) {
        LAW(text_is_utf8(lexicon_sense_label(lexicon, entry, i)));
        lexicon_sense_synonyms(lexicon, entry, i, synonyms);
    }
    lexicon_synonyms(lexicon, entry, (struct lexicon_choice){SENSES_MOST, true}, synonyms);
    for (size_t i = 0; i < synonyms->len; i++) {
        LAW(text_is_utf8(synonyms->items[i].text) && synonyms->items[i].text.len > 0);
        for (size_t k = 0; k < i; k++)
            LAW(synonyms->items[i].key != synonyms->items[k].key);
    }
}

static inline void check_lexicon(const struct lexicon *lexicon)
{
    struct synonyms synonyms = {0};
    size_t count = lexicon_count(lexicon);
    unsigned left = 2000;
    LAW(lexicon_first_phrase(lexicon) <= count);
    for (size_t i = 0; i < count && i < ENTRIES_MOST; i++)
        check_entry(lexicon, i, &synonyms);
    for (size_t i = 0; i < LEXICON_ABOUTS; i++)
        LAW(text_is_utf8(lexicon_about(lexicon, (enum lexicon_about)i)));
    walk_all(lexicon, LEXICON_START, DEPTH_MOST, &left);
    left = 2000;
    walk_all(lexicon, LEXICON_START_KEYS, DEPTH_MOST, &left);
    vec_free(&synonyms);
}

#endif
