/* sentencepiece_cache.h - the tokens of words of SentencePiece models that were seen before.
 *
 * With a Unigram model the running total of the sentence decides near ties. So each word's tokens are kept with a
 * limit: the absolute value up to which the total does not change them by rounding. Fixed size; the contents change how
 * long a word takes, never the result.
 *
 * There are two tables. Nearly every word is a blank and up to 15 bytes that become up to four tokens: half a cache
 * line, with a power of two as the limit. Others have a line of their own. */
#ifndef QUERN_TOKENIZER_SENTENCEPIECE_CACHE_H
#define QUERN_TOKENIZER_SENTENCEPIECE_CACHE_H

#include "../short_words.h"
#include "base/slice.h"
#include "subwords.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

enum { SENTENCEPIECE_CACHE_BYTES = 24, SENTENCEPIECE_CACHE_TOKENS = 6 };
enum { SENTENCEPIECE_SHORT_TOKENS = 4, SENTENCEPIECE_SHORT_BLANK = 3 };

/* A cache line. */
struct sentencepiece_word {
    uint64_t key[SENTENCEPIECE_CACHE_BYTES / 8]; /* the bytes of the word, padded with zeros */
    int32_t ids[SENTENCEPIECE_CACHE_TOKENS];
    float limit; /* below 0: the total decides each time */
    uint8_t ends[SENTENCEPIECE_CACHE_TOKENS];
    uint8_t len; /* 0: a free place */
    uint8_t count;
};

struct sentencepiece_short {
    uint64_t low, high; /* as struct short_key; 0: a free place */
    /* An id of 24 bits; in four bits, its end, counted from after the blank; and the last four bits of each hold, in
     * order: the number of tokens, the two halves of the limit's exponent, and whether a token is unknown. */
    uint32_t tokens[SENTENCEPIECE_SHORT_TOKENS];
};

struct sentencepiece_cache {
    struct sentencepiece_word *words;   /* sets of two, the newer one first */
    struct sentencepiece_short *shorts; /* aligned to cache lines */
};

void sentencepiece_cache_init(struct sentencepiece_cache *cache);
void sentencepiece_cache_free(struct sentencepiece_cache *cache);

/* ---- short words ---- */

enum { SENTENCEPIECE_SHORT_SETS_LOG = 16 };

/* The key of a blank and the up to SHORT_WORD_BYTES bytes after it; prefetches its place. `high` is 0 if the word is
 * longer. 16 bytes must be readable after the blank. */
static inline struct short_key sentencepiece_short_key(const struct sentencepiece_cache *cache, struct slice word)
{
    struct short_key key = {0};
    size_t len = word.len - SENTENCEPIECE_SHORT_BLANK; /* wraps around if there is no room for a blank */
    if (len - 1 >= SHORT_WORD_BYTES)
        return key;
    key = short_key_of(word.ptr + SENTENCEPIECE_SHORT_BLANK, len, 16, false);
    uint64_t hash = (key.low * 0x9e3779b97f4a7c15u) ^ (key.high * 0xc2b2ae3d27d4eb4fu);
    key.set = 2 * (uint32_t)(hash >> (64 - SENTENCEPIECE_SHORT_SETS_LOG));
    __builtin_prefetch(&cache->shorts[key.set]);
    return key;
}

/* NULL if it is not there. */
static inline const struct sentencepiece_short *sentencepiece_short_get(const struct sentencepiece_cache *cache,
                                                                        const struct short_key *key)
{
    struct sentencepiece_short *set = &cache->shorts[key->set];
    if (set[0].low == key->low && set[0].high == key->high)
        return &set[0];
    if (set[1].low != key->low || set[1].high != key->high)
        return NULL;
    struct sentencepiece_short used = set[1];
    set[1] = set[0];
    set[0] = used;
    return &set[0];
}

/* False if it does not fit. unk: the id of the unknown token. */
bool sentencepiece_short_put(struct sentencepiece_cache *cache, const struct short_key *key,
                             const struct subwords *tokens, float limit, int32_t unk);

static inline size_t sentencepiece_short_count(const struct sentencepiece_short *word)
{
    return word->tokens[0] >> 28;
}

static inline bool sentencepiece_short_has_unknown(const struct sentencepiece_short *word)
{
    return word->tokens[3] >> 28 != 0;
}

/* The absolute value of the total must be below this: the word's limit rounded down, by at most half; 0 if the limit is
 * below 0. */
static inline float sentencepiece_short_limit(const struct sentencepiece_short *word)
{
    uint32_t bits = (word->tokens[1] >> 28 << 4 | word->tokens[2] >> 28) << 23;
    float limit;
    memcpy(&limit, &bits, sizeof limit);
    return limit;
}

/* ---- other words ---- */

/* NULL if it is not there. SENTENCEPIECE_CACHE_BYTES must be readable from the start of the word. */
const struct sentencepiece_word *sentencepiece_cache_get(const struct sentencepiece_cache *cache, struct slice word);

/* Does nothing if it does not fit. */
void sentencepiece_cache_put(struct sentencepiece_cache *cache, struct slice word, const struct subwords *tokens,
                             float limit);

#endif
