/* word_cache.c - see word_cache.h. */
#include "word_cache.h"

#include "base/memory.h"

#include <stdbool.h>

/* Two, so that the less recently used one is simply the other one. */
enum { WAYS = 2, SET_BITS = 14, SETS = 1 << SET_BITS, LINE_BYTES = 64 };

struct word_cache {
    void *memory;
    struct cached_word *words; /* aligned to cache lines; those of a set are neighbours */
    struct set {
        uint8_t tags[WAYS]; /* 0: a free place */
        uint8_t used;       /* the place that was used last */
    } sets[SETS];
};

_Static_assert(sizeof(struct cached_word) == LINE_BYTES, "a cached word is a cache line");

struct word_cache *word_cache_new(void)
{
    struct word_cache *cache = mem_zalloc(1, sizeof *cache);
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

/* Up to eight bytes as a number, padded with zeros, without reading beyond `readable` bytes. */
static uint64_t load(const char *bytes, size_t len, size_t readable)
{
    uint64_t word = 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (readable >= 8) {
        memcpy(&word, bytes, 8);
        return len >= 8 ? word : word & ((UINT64_C(1) << 8 * len) - 1);
    }
#endif
    for (size_t i = 0; i < len && i < 8; i++)
        word |= (uint64_t)(unsigned char)bytes[i] << 8 * i;
    return word;
}

void word_cache_key(struct slice word, size_t readable, struct word_key *key)
{
    key->len = word.len <= WORD_CACHE_BYTES ? (uint8_t)word.len : 0;
    uint64_t hash = key->len * 0x9e3779b97f4a7c15u;
    memset(key->bytes, 0, sizeof key->bytes);
    for (size_t at = 0, i = 0; at < key->len; at += 8, i++) {
        key->bytes[i] = load(word.ptr + at, word.len - at, readable - at);
        hash = (hash ^ key->bytes[i]) * 0x9fb21c651e98df25u;
        hash ^= hash >> 32;
    }
    hash *= 0x9e3779b97f4a7c15u;
    key->set = (uint32_t)(hash >> (64 - SET_BITS));
    key->tag = (uint8_t)(hash >> 8 | 1);
}

static bool holds(const struct cached_word *place, const struct word_key *key)
{
    const uint64_t *a = place->key, *b = key->bytes;
    return place->len == key->len && ((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3])) == 0;
}

const struct cached_word *word_cache_get(struct word_cache *cache, const struct word_key *key)
{
    const struct cached_word *words = &cache->words[key->set * WAYS];
    struct set *set = &cache->sets[key->set];
    for (uint8_t way = 0; key->len > 0 && way < WAYS; way++)
        if (set->tags[way] == key->tag && holds(&words[way], key)) {
            set->used = way;
            return &words[way];
        }
    return NULL;
}

void word_cache_put(struct word_cache *cache, const struct word_key *key, const struct subwords *subwords)
{
    if (key->len == 0 || subwords->len > WORD_CACHE_SUBWORDS)
        return;
    struct cached_word new = {.len = (uint8_t)key->len, .count = (uint8_t)subwords->len};
    memcpy(new.key, key->bytes, sizeof new.key);
    uint32_t start = 0;
    for (size_t i = 0; i < subwords->len; i++) {
        if (subwords->items[i].start != start)
            return;
        new.ids[i] = subwords->items[i].id;
        start = subwords->items[i].end;
        new.ends[i] = (uint8_t)start;
    }
    struct set *set = &cache->sets[key->set];
    set->used ^= 1;
    set->tags[set->used] = key->tag;
    cache->words[key->set * WAYS + set->used] = new;
}
