/* word_cache.c - see word_cache.h. */
#include "word_cache.h"

#include "memory.h"

#include <stdbool.h>

enum { WAYS = 2, SET_BITS = 13, SETS = 1 << SET_BITS, LINE_BYTES = 64 };

struct word_cache {
    void *memory;
    struct cached_word *words; /* aligned to cache lines; those of a set are neighbours */
};

_Static_assert(sizeof(struct cached_word) == LINE_BYTES, "a cached word is a cache line");

struct word_cache *word_cache_new(void)
{
    struct word_cache *cache = mem_alloc(sizeof *cache);
    cache->memory = mem_zalloc((size_t)SETS * WAYS + 1, sizeof *cache->words);
    uintptr_t address = ((uintptr_t)cache->memory + LINE_BYTES - 1) & ~(uintptr_t)(LINE_BYTES - 1);
    cache->words = (struct cached_word *)address;
    return cache;
}

void word_cache_free(struct word_cache *cache)
{
    if (cache == NULL)
        return;
    mem_free(cache->memory);
    mem_free(cache);
}

/* Up to eight bytes as a number, zeros behind them, without a read past the end. */
static uint64_t load(const char *bytes, size_t len)
{
    if (len >= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        return word;
    }
    if (len >= 4) {
        uint32_t first, last;
        memcpy(&first, bytes, 4);
        memcpy(&last, bytes + len - 4, 4);
        return first | (uint64_t)last << (len - 4) * 8;
    }
    uint64_t word = 0;
    for (size_t i = 0; i < len; i++)
        word |= (uint64_t)(unsigned char)bytes[i] << 8 * i;
    return word;
}

/* Fills the key; returns the number of the set. */
static size_t make_key(struct slice word, uint64_t key[WORD_CACHE_BYTES / 8])
{
    uint64_t hash = word.len * 0x9e3779b97f4a7c15u;
    memset(key, 0, WORD_CACHE_BYTES);
    for (size_t at = 0, i = 0; at < word.len; at += 8, i++) {
        key[i] = load(word.ptr + at, word.len - at);
        hash = (hash ^ key[i]) * 0x9fb21c651e98df25u;
        hash ^= hash >> 32;
    }
    return (size_t)(hash * 0x9e3779b97f4a7c15u >> (64 - SET_BITS));
}

static bool holds(const struct cached_word *place, const uint64_t key[WORD_CACHE_BYTES / 8], size_t len)
{
    return place->len == len && ((place->key[0] ^ key[0]) | (place->key[1] ^ key[1]) | (place->key[2] ^ key[2]) |
                                 (place->key[3] ^ key[3])) == 0;
}

const struct cached_word *word_cache_get(struct word_cache *cache, struct slice word)
{
    if (word.len > WORD_CACHE_BYTES)
        return NULL;
    uint64_t key[WORD_CACHE_BYTES / 8];
    struct cached_word *set = &cache->words[make_key(word, key) * WAYS];
    if (holds(&set[0], key, word.len))
        return &set[0];
    if (!holds(&set[1], key, word.len))
        return NULL;
    struct cached_word used = set[1];
    set[1] = set[0];
    set[0] = used;
    return &set[0];
}

void word_cache_put(struct word_cache *cache, struct slice word, const struct subwords *subwords)
{
    if (word.len > WORD_CACHE_BYTES || subwords->len > WORD_CACHE_SUBWORDS)
        return;
    struct cached_word new = {.len = (uint8_t)word.len, .count = (uint8_t)subwords->len};
    uint32_t start = 0;
    for (size_t i = 0; i < subwords->len; i++) {
        if (subwords->items[i].start != start)
            return;
        new.ids[i] = subwords->items[i].id;
        start = subwords->items[i].end;
        new.ends[i] = (uint8_t)start;
    }
    struct cached_word *set = &cache->words[make_key(word, new.key) * WAYS];
    set[1] = set[0];
    set[0] = new;
}
