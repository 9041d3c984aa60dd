/* terms.h - the terms of a record, which its vector counts: n-grams of words, characters or tokens.
 *
 * A term is a string of bytes, UTF-8. Those of `fit tfidf` and of `features` are found here, so that they are the same.
 */
#ifndef QUERN_VECTORS_TERMS_H
#define QUERN_VECTORS_TERMS_H

#include "base/vec.h"
#include "record/options.h"
#include "record/record.h"

enum term_unit {
    UNIT_WORDS, /* what the spans in `words` cover */
    UNIT_SPACE, /* what stands between characters with the property White_Space */
    UNIT_CHARS, /* code points */
    UNIT_IDS,   /* the numbers in `input_ids`, in decimal */
};
extern const char *const term_unit_names[];

/* n-grams of words and of tokens are joined by a space, those of characters by nothing. */
struct term_rules {
    int unit;
    size_t least, most; /* units in a term; 1 <= least <= most */
};

enum { TERM_MOST_UNITS = 100 };

/* Reads --ngrams: "A-B", or "A" for A-A. 0, or -1 with the message. */
int term_rules_read(const char *ngrams, struct term_rules *rules);

#define OPTIONS_TERMS(type, unit_field, ngrams_field, condition)                                                       \
    {"unit",                                                                                                           \
     0,                                                                                                                \
     OPT_CHOICE,                                                                                                       \
     OPT_AT(type, unit_field),                                                                                         \
     .value = "UNIT",                                                                                                  \
     .fallback = "words",                                                                                              \
     .choices = term_unit_names,                                                                                       \
     .when = condition,                                                                                                \
     .help = "what terms are made of: words, those of the member words; space, what stands between white space; "      \
             "chars, code points; ids, those of the member input_ids"},                                                \
    {                                                                                                                  \
        "ngrams", 0, OPT_TEXT, OPT_AT(type, ngrams_field), .value = "A-B", .fallback = "1-1", .when = condition,       \
                                                           .help = "terms are A to B neighbouring units"               \
    }

/* The units of one record; scratch memory of one thread. Zero it first. */
struct terms {
    struct term_rules rules;
    VEC(struct slice) units;
    struct bytes digits, joined;
    const char *end;      /* of the memory that units are in */
    size_t start, length; /* of the next term, in units; length 0: not begun */
};

void terms_release(struct terms *terms);

/* Finds the units of a record, and starts with its first term. field: the member with the text; not for UNIT_IDS.
 * 0, or -1 with the message: a member is missing or is not what it should be, or `words` are not of this text. */
int terms_read(struct terms *terms, const struct record *in, struct slice field, struct arena *arena);

/* The next terms, at most TERMS_AT_ONCE, valid until the next call: their number, 0 after the last. The shorter ones
 * come first, each length in the order of the text. None of them is empty; TERM_READABLE bytes from its start can be
 * read.
 */
enum { TERMS_AT_ONCE = 32, TERM_READABLE = 16 };
size_t terms_next(struct terms *terms, struct slice batch[TERMS_AT_ONCE]);

#endif
