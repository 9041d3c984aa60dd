/* word_cache.h - remembers something about each of the last words, most of which are among a few hundred. What it is,
 * the caller keeps in an array of WORD_CACHE_SLOTS.
 *
 *     size_t slot = word_cache_slot(&cache, word, &known);
 *     if (slot == WORD_CACHE_SLOTS)
 *         … the word is too long: look it up …
 *     else if (!known)
 *         things[slot] = … look it up …; */
#ifndef QUERN_WORDS_WORD_CACHE_H
#define QUERN_WORDS_WORD_CACHE_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    WORD_CACHE_BITS = 12,
    WORD_CACHE_SLOTS = 1 << WORD_CACHE_BITS,
    WORD_CACHE_BYTES = 16, /* longer words are rare */
};

/* Zero it before the first use. */
struct word_cache {
    struct {
        uint64_t first, last; /* bytes of the word: with the length that is all of it */
        size_t length;        /* 0: the slot is free */
    } words[WORD_CACHE_SLOTS];
};

/* The first and the last bytes of a word of 1 to WORD_CACHE_BYTES bytes, without a call of memcpy. */
static inline void word_cache_bytes(struct slice word, uint64_t *first, uint64_t *last)
{
    const char *end = word.ptr + word.len;
    if (word.len >= 8) {
        memcpy(first, word.ptr, 8);
        memcpy(last, end - 8, 8);
    } else if (word.len >= 4) {
        uint32_t halves[2];
        memcpy(&halves[0], word.ptr, 4);
        memcpy(&halves[1], end - 4, 4);
        *first = halves[0];
        *last = halves[1];
    } else {
        *first = (unsigned char)word.ptr[0];
        *last = (uint64_t)(unsigned char)word.ptr[word.len / 2] << 8 | (unsigned char)end[-1];
    }
}

/* The slot of the word, from now on also if it was another word's; *known: it was this word's already. WORD_CACHE_SLOTS
 * if the word is empty or too long. */
static inline size_t word_cache_slot(struct word_cache *cache, struct slice word, bool *known)
{
    uint64_t first, last;
    if (word.len == 0 || word.len > WORD_CACHE_BYTES)
        return WORD_CACHE_SLOTS;
    word_cache_bytes(word, &first, &last);
    uint64_t mixed = (first * 0x9e3779b97f4a7c15u ^ (last + word.len)) * 0xbf58476d1ce4e5b9u;
    size_t slot = mixed >> (64 - WORD_CACHE_BITS);
    *known =
        cache->words[slot].first == first && cache->words[slot].last == last && cache->words[slot].length == word.len;
    cache->words[slot].first = first;
    cache->words[slot].last = last;
    cache->words[slot].length = word.len;
    return slot;
}

#endif
