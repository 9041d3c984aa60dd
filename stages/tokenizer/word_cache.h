/* word_cache.h - a cache of the subwords of words that do not fit into short_words.h.
 *
 * A text is made of the same few thousand words. The subwords of a word depend only on its bytes, so the cache changes
 * how long a word takes, never the result. Fixed size, two places for each word, of which the less recently used one is
 * replaced. A byte of the hash of the word in each place is kept apart: it rules out most words that are not there,
 * without waiting for the memory of the place itself. */
#ifndef QUERN_TOKENIZER_WORD_CACHE_H
#define QUERN_TOKENIZER_WORD_CACHE_H

#include "base/slice.h"
#include "models/subwords.h"

#include <stddef.h>
#include <stdint.h>

enum { WORD_CACHE_BYTES = 32, WORD_CACHE_SUBWORDS = 6 };

/* One cache line. */
struct cached_word {
    uint64_t key[WORD_CACHE_BYTES / 8]; /* the bytes of the word, padded with zeros */
    int32_t ids[WORD_CACHE_SUBWORDS];
    uint8_t ends[WORD_CACHE_SUBWORDS]; /* of the subwords, in bytes of the word; the next one starts there */
    uint8_t len;                       /* of the word; 0: a free place */
    uint8_t count;                     /* of subwords; may be 0 */
};

struct word_cache;

struct word_cache *word_cache_new(void);
void word_cache_free(struct word_cache *cache);

/* A word in the form that the cache looks up. */
struct word_key {
    uint64_t bytes[WORD_CACHE_BYTES / 8];
    uint32_t set;
    uint8_t tag;
    uint8_t len; /* 0: too long, never in the cache */
};

/* readable: the bytes from the start of the word to the end of its text. */
void word_cache_key(struct slice word, size_t readable, struct word_key *key);

/* NULL if it is not there; valid until the next put. */
const struct cached_word *word_cache_get(struct word_cache *cache, const struct word_key *key);

/* Does nothing if it does not fit: too long, too many subwords, or gaps between them. */
void word_cache_put(struct word_cache *cache, const struct word_key *key, const struct subwords *subwords);

#endif
