/* sentencepiece_cache.c - see sentencepiece_cache.h. */
#include "sentencepiece_cache.h"

#include "memory.h"

enum { SETS_LOG = 15, SETS = 1 << SETS_LOG };

void sentencepiece_cache_init(struct sentencepiece_cache *cache)
{
    cache->words = mem_zalloc(2 * SETS, sizeof *cache->words);
}

void sentencepiece_cache_free(struct sentencepiece_cache *cache)
{
    mem_free(cache->words);
    cache->words = NULL;
}

/* The first `len` of 8 bytes, the others 0. */
static uint64_t load(const char *at, size_t len)
{
    uint64_t bytes = 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    memcpy(&bytes, at, 8);
    return len >= 8 ? bytes : bytes & (((uint64_t)1 << 8 * len) - 1);
#else
    memcpy(&bytes, at, len < 8 ? len : 8);
    return bytes;
#endif
}

static bool is_word(const struct sentencepiece_word *place, const uint64_t key[3], size_t len)
{
    return place->len == len && place->key[0] == key[0] && place->key[1] == key[1] && place->key[2] == key[2];
}

struct sentencepiece_word *sentencepiece_cache_find(struct sentencepiece_cache *cache, struct slice word)
{
    if (word.len > SENTENCEPIECE_CACHE_BYTES)
        return NULL;
    const uint64_t key[3] = {
        load(word.ptr, word.len),
        word.len > 8 ? load(word.ptr + 8, word.len - 8) : 0,
        word.len > 16 ? load(word.ptr + 16, word.len - 16) : 0,
    };
    uint64_t mixed = (key[0] * 0x9e3779b97f4a7c15u) ^ (key[1] * 0xc2b2ae3d27d4eb4fu) ^ (key[2] * 0x165667b19e3779f9u);
    mixed ^= mixed >> 29;
    mixed *= 0xbf58476d1ce4e5b9u;
    struct sentencepiece_word *set = &cache->words[2 * (mixed >> (64 - SETS_LOG))];
    if (is_word(&set[0], key, word.len))
        return &set[0];
    if (is_word(&set[1], key, word.len))
        return &set[1];
    set[1] = set[0];
    set[0].len = 0;
    memcpy(set[0].key, key, sizeof key);
    return &set[0];
}

void sentencepiece_cache_put(struct sentencepiece_word *place, size_t len, const struct subwords *tokens, float limit)
{
    bool fits = tokens->len <= SENTENCEPIECE_CACHE_TOKENS;
    for (size_t i = 0; fits && i < tokens->len; i++) {
        place->ids[i] = tokens->items[i].id;
        place->ends[i] = (uint8_t)tokens->items[i].end;
    }
    place->count = fits ? (uint8_t)tokens->len : 0;
    place->limit = fits ? limit : -1;
    place->len = (uint8_t)len;
}
