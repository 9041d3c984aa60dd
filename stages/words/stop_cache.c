/* stop_cache.c - what the words of a text are: see stop_cache.h. */
#include "stop_cache.h"

#include "base/memory.h"
#include "text/key.h"
#include "word_cache.h"

struct stop_cache {
    struct keys *keys;
    struct word_cache words;
    struct {
        const struct lexicon *list;
        enum stop_kind kind;
    } known[WORD_CACHE_SLOTS];
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

int stop_cache_kind(struct stop_cache *cache, const struct lexicon *list, struct slice word, enum stop_kind *kind)
{
    bool known;
    size_t slot = word_cache_slot(&cache->words, word, &known);
    if (slot == WORD_CACHE_SLOTS)
        return look_up(cache, list, word, kind);
    if (!known || cache->known[slot].list != list) {
        cache->known[slot].list = NULL; /* if it fails */
        if (look_up(cache, list, word, kind) < 0)
            return -1;
        cache->known[slot].list = list;
        cache->known[slot].kind = *kind;
    }
    *kind = cache->known[slot].kind;
    return 0;
}
