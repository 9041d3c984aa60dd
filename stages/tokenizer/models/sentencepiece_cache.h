/* sentencepiece_cache.h - what became of the words of SentencePiece models that were seen before.
 *
 * With a Unigram model the running total of the sentence decides near ties, so a word's answer is kept together with
 * how large the total may be (in size) for rounding not to matter: `limit`. */
#ifndef QUERN_TOKENIZER_SENTENCEPIECE_CACHE_H
#define QUERN_TOKENIZER_SENTENCEPIECE_CACHE_H

#include "slice.h"
#include "subwords.h"

#include <stdbool.h>
#include <stdint.h>

enum { SENTENCEPIECE_CACHE_BYTES = 24, SENTENCEPIECE_CACHE_TOKENS = 6 };

/* One cache line. */
struct sentencepiece_word {
    uint64_t key[SENTENCEPIECE_CACHE_BYTES / 8]; /* the bytes of the word, zeros behind them */
    int32_t ids[SENTENCEPIECE_CACHE_TOKENS];
    float limit; /* below 0: to be worked out each time */
    uint8_t ends[SENTENCEPIECE_CACHE_TOKENS];
    uint8_t len; /* 0: a free place */
    uint8_t count;
};

struct sentencepiece_cache {
    struct sentencepiece_word *words; /* sets of two, the new one first */
};

void sentencepiece_cache_init(struct sentencepiece_cache *cache);
void sentencepiece_cache_free(struct sentencepiece_cache *cache);

/* Its place, where it is or can be put; NULL where it is too long. SENTENCEPIECE_CACHE_BYTES must be readable behind
 * the start of the word. `len` is 0 where it was not there; then the place holds the key, and is to be filled. */
struct sentencepiece_word *sentencepiece_cache_find(struct sentencepiece_cache *cache, struct slice word);

/* Fills a place. Too many tokens are not kept, and the limit says so. */
void sentencepiece_cache_put(struct sentencepiece_word *place, size_t len, const struct subwords *tokens, float limit);

#endif
