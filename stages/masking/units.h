/* units.h - what is selected as a whole: tokens, words, runs of words, and the ranges of a member. */
#ifndef QUERN_MASKING_UNITS_H
#define QUERN_MASKING_UNITS_H

#include "base/arena.h"
#include "record/law.h"
#include "sequence.h"

/* Tokens [start, start + size) of the sequence. */
struct unit {
    uint32_t start, size;
};

/* In the order of the sequence; they share no token. */
struct units {
    struct unit *items;
    size_t count, tokens; /* of all of them together */
};

static inline uint32_t unit_end(struct unit unit)
{
    return unit.start + unit.size;
}

/* Each token that may be masked. */
struct units units_of_tokens(const struct sequence *sequence, struct arena *arena);

/* Each word whose tokens may all be masked. A word is a run of equal word_ids, token_type_ids and doc_ids (in a pair,
 * the words of the second text are counted from 0 again). A word id below 0 is not a word. */
struct units units_of_words(const struct sequence *sequence, struct arena *arena);

/* The ranges of a member such as entity_tokens. Empty ones are none, nor is one with a token that may not be masked, or
 * of two documents. Of two that overlap the longer one is a unit, of equal ones the first. 0, or -1 with the message.
 */
int units_of_ranges(const struct record *in, struct slice name, const struct sequence *sequence, struct arena *arena,
                    struct units *units);

/* Those that share no token with the ones marked in `covered`, which has a byte for each token. */
struct units units_outside(const struct units *units, const uint8_t *covered, struct arena *arena);

/* Joins words, from left to right, into units of as many words as the law gives: draw number `draws` + the number of
 * the unit. A unit ends early at a border (where the next word does not begin at once, or is of another text or
 * document) and before the word with which it would have more than `most` tokens. */
struct units units_joined(const struct units *words, const struct sequence *sequence, size_t most,
                          const struct law *law, struct rng *rng, uint64_t draws, struct arena *arena);

#endif
