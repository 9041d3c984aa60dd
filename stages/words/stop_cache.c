/* stop_cache.c - what the words of a text are: see stop_cache.h. */
#include "stop_cache.h"

#include "base/memory.h"
#include "text/key.h"

enum { CACHE_BITS = 12, MOST_BYTES = 16 /* longer words are rare, and looked up each time */ };

/* A word, of which the first and the last bytes are kept: with the length that is all of it. A later word with the same
 * hash takes its place. */
struct cached {
    uint64_t first, last;
    const struct lexicon *list; /* NULL: empty */
    uint32_t length;
    enum stop_kind kind;
};

struct stop_cache {
    struct keys *keys;
    struct cached words[1 << CACHE_BITS];
};

struct stop_cache *stop_cache_new(void)
{
    struct keys *keys = keys_new();
    if (keys == NULL)
        return NULL;
    struct stop_cache *cache = mem_zalloc(1, sizeof *cache);
    cache->keys = keys;
    return cache;
}

void stop_cache_free(struct stop_cache *cache)
{
    if (cache == NULL)
        return;
    keys_free(cache->keys);
    mem_free(cache);
}

static int look_up(struct stop_cache *cache, const struct lexicon *list, struct slice word, enum stop_kind *kind)
{
    struct slice key = key_of_word(cache->keys, word);
    if (key.ptr == NULL && word.len > 0)
        return -1;
    *kind = stop_list_kind(list, key);
    return 0;
}

/* The bytes of a word of at most MOST_BYTES, without a call of memcpy. */
static void take_bytes(struct slice word, uint64_t *first, uint64_t *last)
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

int stop_cache_kind(struct stop_cache *cache, const struct lexicon *list, struct slice word, enum stop_kind *kind)
{
    if (word.len == 0 || word.len > MOST_BYTES)
        return look_up(cache, list, word, kind);
    uint64_t first, last;
    take_bytes(word, &first, &last);
    uint64_t mixed = (first * 0x9e3779b97f4a7c15u ^ (last + word.len)) * 0xbf58476d1ce4e5b9u;
    struct cached *cached = &cache->words[mixed >> (64 - CACHE_BITS)];
    if (cached->first != first || cached->last != last || cached->length != word.len || cached->list != list) {
        if (look_up(cache, list, word, kind) < 0)
            return -1;
        *cached = (struct cached){first, last, list, (uint32_t)word.len, *kind};
    }
    *kind = cached->kind;
    return 0;
}
