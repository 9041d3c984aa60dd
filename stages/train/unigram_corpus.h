/* unigram_corpus.h - the words that a unigram language model is learned from, and which pieces occur where in them.
 *
 * Words are sequences of symbols, the numbers of characters. A long word is split into parts of PART_SYMBOLS, so that a
 * part's probability stays in the range of a double. A character that is not kept also splits a word.
 *
 * The suffixes of all parts are sorted, up to the length of the longest piece. A piece is then a range of that order:
 * the suffixes that begin with it. So frequent pieces and their places are found without a search. */
#ifndef QUERN_TRAIN_UNIGRAM_CORPUS_H
#define QUERN_TRAIN_UNIGRAM_CORPUS_H

#include "alphabet.h"
#include "base/map.h"
#include "base/slice.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No piece can be longer than a part. */
enum { UNIGRAM_PART_SYMBOLS = 24 };

struct unigram_piece {
    uint32_t at;    /* a place where it occurs */
    uint32_t len;   /* in symbols */
    double share;   /* its probability */
    double expects; /* how often it occurs in the words, according to the model */
};

struct unigram_corpus {
    struct alphabet alphabet;
    uint32_t longest;      /* symbols of the longest piece */
    VEC(uint32_t) symbols; /* of all parts */
    VEC(uint32_t) ends;    /* of each part: the symbol after it */
    VEC(uint64_t) counts;  /* of each part */

    VEC(struct unigram_piece) pieces; /* by length, then by bytes: the alphabet first */

    /* The pieces that start at symbol i, the shorter ones first, are edges[first_edge[i]] up to edges[first_edge[i +
     * 1]]. */
    uint32_t *first_edge, *edges;
};

/* Reads the words, sorted by bytes: valid UTF-8. The pieces are the characters that are kept and the `seeds` strings of
 * 2 to `longest` characters (at most UNIGRAM_PART_SYMBOLS) that save most (occurrences times length) among those that
 * occur at least twice. 0, or -1 with the message if the words are too long in total; must be freed even then. */
int unigram_corpus_fill(struct unigram_corpus *corpus, const struct map_entry *const *words, size_t count,
                        const struct alphabet_choice *choice, uint32_t longest, size_t seeds);

/* Removes the pieces for which keep[i] is false. The alphabet must stay. */
void unigram_corpus_keep(struct unigram_corpus *corpus, const bool *keep);

/* Appends the text of a piece. */
void unigram_corpus_text(const struct unigram_corpus *corpus, const struct unigram_piece *piece, struct bytes *out);

void unigram_corpus_free(struct unigram_corpus *corpus);

#endif
