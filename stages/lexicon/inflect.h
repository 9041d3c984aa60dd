/* inflect.h - the inflected forms of English words: regular ones by rule, others from WordNet's lists of exceptions. */
#ifndef QUERN_LEXICON_INFLECT_H
#define QUERN_LEXICON_INFLECT_H

#include "base/slice.h"
#include "base/vec.h"

enum inflect_part { INFLECT_NONE, INFLECT_NOUN, INFLECT_VERB, INFLECT_ADJECTIVE };

struct slices {
    struct slice *items;
    size_t len, cap;
};

/* Forms are numbered from 1: of a noun the plural; of a verb -s, -ing, the past, the past participle; of an adjective
 * the comparative, the superlative. */
int inflect_forms(enum inflect_part part);

struct inflect;
struct inflect *inflect_new(enum inflect_part part);
void inflect_free(struct inflect *inflect);

/* A line of the exceptions: `form` is a form of `base`; both are copied. */
void inflect_exception(struct inflect *inflect, struct slice form, struct slice base);

/* The forms of a word, all that are known, or the first; valid until the next call. None for words that are not of
 * small letters of ASCII only, and none where the exceptions do not tell which of two forms one is. */
const struct slices *inflect_all(struct inflect *inflect, struct slice word, int form);
struct slice inflect_one(struct inflect *inflect, struct slice word, int form);

#endif
