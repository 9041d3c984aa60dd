/* term_map.c - open addressing with linear probing: see term_map.h. */
#include "term_map.h"

#include "base/arena.h"
#include "base/diag.h"
#include "base/hash.h"
#include "base/memory.h"

#include <string.h>

enum { FIRST_SLOTS = 1 << 10 };

struct term_map {
    struct term_slot *slots;
    size_t mask, len;
    struct arena *long_terms;
};

struct term_map *term_map_new(void)
{
    struct term_map *map = mem_zalloc(1, sizeof *map);
    map->slots = mem_zalloc(FIRST_SLOTS, sizeof *map->slots);
    map->mask = FIRST_SLOTS - 1;
    map->long_terms = arena_new();
    return map;
}

void term_map_free(struct term_map *map)
{
    if (map == NULL)
        return;
    mem_free(map->slots);
    arena_free(map->long_terms);
    mem_free(map);
}

size_t term_map_len(const struct term_map *map)
{
    return map->len;
}

size_t term_map_bytes(const struct term_map *map)
{
    size_t slots = map->mask + 1, soon = map->len > slots / 8 * 3 ? 2 * slots : slots;
    return soon * sizeof *map->slots + arena_bytes(map->long_terms);
}

/* ---- keys ---- */

/* The bytes of a short term as two words. What is behind them is read, too, and set to zero: that is faster than a
 * branch for each length, which can't be foretold. */
static void pack(struct slice term, uint64_t *first, uint64_t *last)
{
    static const char ones_and_zeros[2 * TERM_MAP_SHORT] = "\xff\xff\xff\xff\xff\xff\xff\xff"
                                                           "\xff\xff\xff\xff\xff\xff\xff\xff";
    const char *mask = ones_and_zeros + TERM_MAP_SHORT - term.len;
    uint64_t words[2], masks[2];
    memcpy(words, term.ptr, sizeof words);
    memcpy(masks, mask, sizeof masks);
    *first = words[0] & masks[0];
    *last = words[1] & masks[1];
}

static uint32_t mix(uint64_t first, uint64_t last, uint32_t length)
{
    __extension__ typedef unsigned __int128 u128;
    u128 product = (u128)(first ^ 0xa0761d6478bd642f) * (last ^ length ^ 0xe7037ed1a0b428db);
    uint64_t folded = (uint64_t)(product >> 64) ^ (uint64_t)product;
    return (uint32_t)(folded >> 32) ^ (uint32_t)folded;
}

struct term_key term_map_key(const struct term_map *map, struct slice term)
{
    struct term_key key = {.length = (uint32_t)term.len};
    if (term.len <= TERM_MAP_SHORT) {
        pack(term, &key.first, &key.last);
        key.hash = mix(key.first, key.last, key.length);
    } else {
        struct hash hash = hash_bytes(term, 0);
        if (term.len > UINT32_MAX)
            diag_die(STATUS_FAILED, "out of memory: a term of %zu bytes", term.len);
        key.first = hash.high;
        key.last = (uint64_t)(uintptr_t)term.ptr;
        key.hash = (uint32_t)hash.low;
    }
    __builtin_prefetch(&map->slots[key.hash & map->mask]);
    return key;
}

static const char *long_bytes(uint64_t word)
{
    return (const char *)(uintptr_t)word; // NOLINT(performance-no-int-to-ptr): see the picture
}

static bool is_key(const struct term_slot *slot, const struct term_key *key)
{
    if (slot->length != key->length || slot->first != key->first)
        return false;
    return slot->last == key->last ||
           (key->length > TERM_MAP_SHORT && memcmp(long_bytes(slot->last), long_bytes(key->last), key->length) == 0);
}

/* The slot of the key, or the free one where it belongs. */
static size_t find(const struct term_map *map, const struct term_key *key)
{
    size_t at = key->hash & map->mask;
    while (map->slots[at].length != 0 && !is_key(&map->slots[at], key))
        at = (at + 1) & map->mask;
    return at;
}

const struct term_slot *term_map_get(const struct term_map *map, const struct term_key *key)
{
    const struct term_slot *slot = &map->slots[find(map, key)];
    return slot->length != 0 ? slot : NULL;
}

static void grow(struct term_map *map)
{
    struct term_slot *old = map->slots;
    size_t count = map->mask + 1;
    if (count > UINT32_MAX / 2)
        diag_die(STATUS_FAILED, "out of memory: more than %zu different terms", map->len);
    map->slots = mem_zalloc(count * 2, sizeof *map->slots);
    map->mask = count * 2 - 1;
    for (size_t i = 0; i < count; i++) {
        size_t at = old[i].hash & map->mask;
        if (old[i].length == 0)
            continue;
        while (map->slots[at].length != 0)
            at = (at + 1) & map->mask;
        map->slots[at] = old[i];
    }
    mem_free(old);
}

struct term_slot *term_map_put(struct term_map *map, const struct term_key *key)
{
    size_t at = find(map, key);
    if (map->slots[at].length != 0)
        return &map->slots[at];
    if (map->len * 2 > map->mask) {
        grow(map);
        at = find(map, key);
    }
    struct term_slot *slot = &map->slots[at];
    *slot = (struct term_slot){.first = key->first, .last = key->last, .length = key->length, .hash = key->hash};
    if (key->length > TERM_MAP_SHORT) {
        struct slice copy = arena_copy(map->long_terms, (struct slice){long_bytes(key->last), key->length});
        slot->last = (uint64_t)(uintptr_t)copy.ptr;
    }
    map->len++;
    return slot;
}

/* ---- walking ---- */

const struct term_slot *term_map_next(const struct term_map *map, size_t *at)
{
    while (*at <= map->mask) {
        const struct term_slot *slot = &map->slots[(*at)++];
        if (slot->length != 0)
            return slot;
    }
    return NULL;
}

struct slice term_slot_term(const struct term_slot *slot, char *room)
{
    if (slot->length > TERM_MAP_SHORT)
        return (struct slice){long_bytes(slot->last), slot->length};
    memcpy(room, &slot->first, 8);
    memcpy(room + 8, &slot->last, 8);
    return (struct slice){room, slot->length};
}
