/* sentencepiece_cache.c - see sentencepiece_cache.h. */
#include "sentencepiece_cache.h"

#include "base/memory.h"

enum { SETS_LOG = 12, SETS = 1 << SETS_LOG };
enum { SHORT_BYTES = (2 << SENTENCEPIECE_SHORT_SETS_LOG) * sizeof(struct sentencepiece_short) };
_Static_assert(SHORT_BYTES % MEM_HUGE == 0, "huge pages");

void sentencepiece_cache_init(struct sentencepiece_cache *cache)
{
    cache->words = mem_zalloc((size_t)2 * SETS, sizeof *cache->words);
    cache->shorts = mem_huge(SHORT_BYTES);
}

void sentencepiece_cache_free(struct sentencepiece_cache *cache)
{
    mem_free(cache->words);
    mem_huge_free(cache->shorts, SHORT_BYTES);
    *cache = (struct sentencepiece_cache){0};
}

/* ---- short words ---- */

bool sentencepiece_short_put(struct sentencepiece_cache *cache, const struct short_key *key,
                             const struct subwords *tokens, float limit, int32_t unk)
{
    enum { ID_BITS = 24, NOTE_SHIFT = 28, EXPONENT_SHIFT = 23 };
    if (tokens->len > SENTENCEPIECE_SHORT_TOKENS || key->high == 0)
        return false;
    struct sentencepiece_short made = {.low = key->low, .high = key->high};
    bool unknown = false;
    for (size_t i = 0; i < tokens->len; i++) {
        struct subword token = tokens->items[i];
        if (token.id >= 1 << ID_BITS)
            return false;
        made.tokens[i] = (uint32_t)token.id | (token.end - SENTENCEPIECE_SHORT_BLANK) << ID_BITS;
        unknown |= token.id == unk;
    }
    uint32_t bits;
    memcpy(&bits, &limit, sizeof bits);
    uint32_t exponent = limit > 0 ? bits >> EXPONENT_SHIFT : 0;
    made.tokens[0] |= (uint32_t)tokens->len << NOTE_SHIFT;
    made.tokens[1] |= exponent >> 4 << NOTE_SHIFT;
    made.tokens[2] |= (exponent & 15) << NOTE_SHIFT;
    made.tokens[3] |= (uint32_t)unknown << NOTE_SHIFT;
    struct sentencepiece_short *set = &cache->shorts[key->set];
    set[1] = set[0];
    set[0] = made;
    return true;
}

/* ---- other words ---- */

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

/* The set of the word, and its key. */
static struct sentencepiece_word *set_of(const struct sentencepiece_cache *cache, struct slice word, uint64_t key[3])
{
    key[0] = load(word.ptr, word.len);
    key[1] = word.len > 8 ? load(word.ptr + 8, word.len - 8) : 0;
    key[2] = word.len > 16 ? load(word.ptr + 16, word.len - 16) : 0;
    uint64_t mixed = (key[0] * 0x9e3779b97f4a7c15u) ^ (key[1] * 0xc2b2ae3d27d4eb4fu) ^ (key[2] * 0x165667b19e3779f9u);
    mixed ^= mixed >> 29;
    mixed *= 0xbf58476d1ce4e5b9u;
    return &cache->words[2 * (mixed >> (64 - SETS_LOG))];
}

const struct sentencepiece_word *sentencepiece_cache_get(const struct sentencepiece_cache *cache, struct slice word)
{
    uint64_t key[3];
    if (word.len > SENTENCEPIECE_CACHE_BYTES)
        return NULL;
    const struct sentencepiece_word *set = set_of(cache, word, key);
    for (size_t i = 0; i < 2; i++)
        if (set[i].len == word.len && memcmp(set[i].key, key, sizeof key) == 0)
            return &set[i];
    return NULL;
}

void sentencepiece_cache_put(struct sentencepiece_cache *cache, struct slice word, const struct subwords *tokens,
                             float limit)
{
    uint64_t key[3];
    if (word.len > SENTENCEPIECE_CACHE_BYTES || tokens->len > SENTENCEPIECE_CACHE_TOKENS)
        return;
    struct sentencepiece_word *set = set_of(cache, word, key);
    set[1] = set[0];
    set[0] = (struct sentencepiece_word){.limit = limit, .len = (uint8_t)word.len, .count = (uint8_t)tokens->len};
    memcpy(set[0].key, key, sizeof key);
    for (size_t i = 0; i < tokens->len; i++) {
        set[0].ids[i] = tokens->items[i].id;
        set[0].ends[i] = (uint8_t)tokens->items[i].end;
    }
}
