/* alphabet.h - the characters of a vocabulary: which ones of those that occur are kept.
 *
 * Characters are kept from the most frequent on, of equally frequent ones those with the smaller bytes first, until
 * they make up the wanted share of all occurrences: as SentencePiece does with its character_coverage. All numbers are
 * integers, so that the choice depends on nothing but the sums of the counts. */
#ifndef QUERN_TRAIN_ALPHABET_H
#define QUERN_TRAIN_ALPHABET_H

#include "base/decimal.h"
#include "base/map.h"
#include "base/slice.h"
#include "base/vec.h"

#include <stddef.h>
#include <stdint.h>

struct alphabet_choice {
    struct decimal coverage; /* keep characters until their occurrences are this share of all, or more */
    size_t least;            /* and until they are this many */
    size_t limit;            /* but at most this many; 0: any number */
    struct slice required;   /* UTF-8: its characters are kept, frequent or not; must live as long as the alphabet */
};

enum { COVERAGE_EXAMPLES = 3 };

/* What an alphabet covers. */
struct coverage {
    uint64_t different, kept;      /* characters that occur; those of them that are kept */
    uint64_t occurrences, covered; /* of all characters; of those that are kept */
    struct {
        uint32_t point;
        uint64_t count;
    } dropped[COVERAGE_EXAMPLES]; /* the most frequent ones that are not kept; as many as there are */
};

struct alphabet {
    struct map *symbol_of;        /* character -> its count, then its symbol; 0 if it is not kept */
    VEC(struct slice) characters; /* those that occur and are kept, by bytes; symbol 1 is the first */
    VEC(struct slice) absent;     /* required ones that do not occur, by bytes */
    struct coverage coverage;
};

/* A zeroed alphabet needs alphabet_init first, and must be freed. */
void alphabet_init(struct alphabet *alphabet);
void alphabet_free(struct alphabet *alphabet);

/* Counts the characters of a word, which is valid UTF-8. */
void alphabet_count(struct alphabet *alphabet, struct slice word, uint64_t count);

/* To be called once, after all words are counted. */
void alphabet_choose(struct alphabet *alphabet, const struct alphabet_choice *choice);

/* The symbol of a character, from 1; 0 if it is not kept. */
uint32_t alphabet_symbol(const struct alphabet *alphabet, struct slice character);

/* Takes the first character from a text that is not empty. */
struct slice alphabet_next(struct slice *rest);

#endif
