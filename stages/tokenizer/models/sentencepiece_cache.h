/* sentencepiece_cache.h - what became of the words of SentencePiece models that were seen before.
 *
 * With a Unigram model the running total of the sentence decides near ties, so a word's answer is kept together with
 * how large the total may be (in size) for rounding not to matter: its limit. Fixed size; what is in it changes how
 * long a word takes, never what comes out.
 *
 * Two tables. Nearly every word is a blank and up to 15 bytes that become up to four tokens: half a cache line, and
 * the limit a power of two. Others are in lines of their own. */
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
    uint64_t key[SENTENCEPIECE_CACHE_BYTES / 8]; /* the bytes of the word, zeros behind them */
    int32_t ids[SENTENCEPIECE_CACHE_TOKENS];
    float limit; /* below 0: the total decides each time */
    uint8_t ends[SENTENCEPIECE_CACHE_TOKENS];
    uint8_t len; /* 0: a free place */
    uint8_t count;
};

struct sentencepiece_short {
    uint64_t low, high; /* as struct short_key; 0: a free place */
    /* An id of 24 bits, where it ends behind the blank in four bits, and in the last four bits: the number of tokens,
     * the limit's exponent in two halves, is one of them unknown? */
    uint32_t tokens[SENTENCEPIECE_SHORT_TOKENS];
};

struct sentencepiece_cache {
    struct sentencepiece_word *words;   /* sets of two, the new one first */
    struct sentencepiece_short *shorts; /* aligned to cache lines */
};

void sentencepiece_cache_init(struct sentencepiece_cache *cache);
void sentencepiece_cache_free(struct sentencepiece_cache *cache);

/* ---- short words ---- */

enum { SENTENCEPIECE_SHORT_SETS_LOG = 16 };

/* The key of a blank and up to SHORT_WORD_BYTES behind it, and lets the machine fetch its place; its `high` is 0 where
 * the word is longer. 16 bytes must be readable behind the blank. */
static inline struct short_key sentencepiece_short_key(const struct sentencepiece_cache *cache, struct slice word)
{
    struct short_key key = {0};
    size_t len = word.len - SENTENCEPIECE_SHORT_BLANK; /* it wraps around where there is no room for a blank */
    if (len - 1 >= SHORT_WORD_BYTES)
        return key;
    key = short_key_of(word.ptr + SENTENCEPIECE_SHORT_BLANK, len, 16, false);
    uint64_t hash = (key.low * 0x9e3779b97f4a7c15u) ^ (key.high * 0xc2b2ae3d27d4eb4fu);
    key.set = 2 * (uint32_t)(hash >> (64 - SENTENCEPIECE_SHORT_SETS_LOG));
    __builtin_prefetch(&cache->shorts[key.set]);
    return key;
}

/* NULL where it is not there. */
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

/* False where it does not fit. unk: the id of the unknown token. */
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

/* The total has to be below it, in size: the word's limit, or down to half of that; 0 where that is below 0. */
static inline float sentencepiece_short_limit(const struct sentencepiece_short *word)
{
    uint32_t bits = (word->tokens[1] >> 28 << 4 | word->tokens[2] >> 28) << 23;
    float limit;
    memcpy(&limit, &bits, sizeof limit);
    return limit;
}

/* ---- other words ---- */

/* NULL where it is not there. SENTENCEPIECE_CACHE_BYTES must be readable behind the start of the word. */
const struct sentencepiece_word *sentencepiece_cache_get(const struct sentencepiece_cache *cache, struct slice word);

/* Does nothing where it does not fit. */
void sentencepiece_cache_put(struct sentencepiece_cache *cache, struct slice word, const struct subwords *tokens,
                             float limit);

#endif
