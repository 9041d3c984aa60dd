/* unigram_corpus.h - the words that a unigram language model is learned from, and what pieces may stand where.
 *
 * Words are rows of symbols, numbers of characters. A long word stands in parts of PART_SYMBOLS, so that a part's
 * probability never leaves the range of a double. A character that is not kept parts a word.
 *
 * The suffixes of all parts are sorted, as far as the longest piece goes. Then a piece is a stretch of that order:
 * the suffixes that begin with it. Frequent pieces and the places of each come from there, with no search. */
#ifndef QUERN_TOKENIZER_UNIGRAM_CORPUS_H
#define QUERN_TOKENIZER_UNIGRAM_CORPUS_H

#include "base/map.h"
#include "base/slice.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UNIGRAM_PART_SYMBOLS = 24, UNIGRAM_PIECE_SYMBOLS = 16 };

struct unigram_piece {
    uint32_t at;    /* a place where it stands */
    uint32_t len;   /* in symbols */
    double share;   /* its probability */
    double expects; /* how often it stands in the words, by the model */
};

struct unigram_corpus {
    struct map *symbol_of;      /* character -> its symbol, 0: it is not kept */
    VEC(struct slice) alphabet; /* the characters that are kept, by bytes; symbol 1 is the first */
    VEC(uint32_t) symbols;      /* of all parts */
    VEC(uint32_t) ends;         /* of each part: the symbol behind it */
    VEC(uint64_t) counts;       /* of each part */

    VEC(struct unigram_piece) pieces; /* by length, then by bytes: the alphabet first */

    /* The pieces that stand at symbol i, the shorter ones first: edges[first_edge[i]] up to that of i + 1. */
    uint32_t *first_edge, *edges;
};

/* Reads the words, sorted by bytes: valid UTF-8. Keeps the `alphabet` most frequent characters, of equal ones those
 * with the smaller bytes, and as pieces all of them and the `seeds` stretches of two characters or more that save
 * most (occurrences times length) among those that occur twice.
 * 0, or -1 with the message where the words are too long together; to be freed also then. */
int unigram_corpus_fill(struct unigram_corpus *corpus, const struct map_entry *const *words, size_t count,
                        size_t alphabet, size_t seeds);

/* Removes the pieces for which keep[i] is false. The alphabet must stay. */
void unigram_corpus_keep(struct unigram_corpus *corpus, const bool *keep);

/* Appends the text of a piece. */
void unigram_corpus_text(const struct unigram_corpus *corpus, const struct unigram_piece *piece, struct bytes *out);

void unigram_corpus_free(struct unigram_corpus *corpus);

#endif
