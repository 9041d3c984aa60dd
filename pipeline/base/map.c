/* map.c - entries in an array, a power-of-two table of their numbers, linear probing: see map.h. */
#include "base/map.h"

#include "base/arena.h"
#include "base/diag.h"
#include "base/memory.h"
#include "base/vec.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

struct map {
    struct arena *keys;
    VEC(struct map_entry) entries;
    uint64_t *table; /* 0: free; else the upper 32 bits of the hash and the entry's number + 1 */
    size_t mask;     /* slots - 1 */
};

enum { FIRST_SLOTS = 64 };

struct map *map_new(void)
{
    struct map *map = mem_zalloc(1, sizeof *map);
    map->keys = arena_new();
    map->table = mem_zalloc(FIRST_SLOTS, sizeof *map->table);
    map->mask = FIRST_SLOTS - 1;
    return map;
}

void map_free(struct map *map)
{
    if (map == NULL)
        return;
    arena_free(map->keys);
    vec_free(&map->entries);
    mem_free(map->table);
    mem_free(map);
}

void map_reset(struct map *map)
{
    arena_reset(map->keys);
    map->entries.len = 0;
    memset(map->table, 0, (map->mask + 1) * sizeof *map->table);
}

size_t map_len(const struct map *map)
{
    return map->entries.len;
}

size_t map_bytes(const struct map *map)
{
    return arena_bytes(map->keys) + map->entries.cap * sizeof *map->entries.items +
           (map->mask + 1) * sizeof *map->table;
}

const struct map_entry *map_at(const struct map *map, size_t i)
{
    return &map->entries.items[i];
}

static uint64_t slot_value(uint64_t hash, size_t number)
{
    return (hash & 0xffffffff00000000u) | (uint64_t)(number + 1);
}

/* The slot that holds the key, or the free one where it belongs. */
static size_t find_slot(const struct map *map, struct slice key, uint64_t hash)
{
    size_t slot = (size_t)hash & map->mask;
    while (map->table[slot] != 0) {
        uint64_t held = map->table[slot];
        if ((held ^ hash) >> 32 == 0 && slice_equal(map->entries.items[(uint32_t)held - 1].key, key))
            break;
        slot = (slot + 1) & map->mask;
    }
    return slot;
}

static void grow(struct map *map)
{
    size_t slots = (map->mask + 1) * 2;
    mem_free(map->table);
    map->table = mem_zalloc(slots, sizeof *map->table);
    map->mask = slots - 1;
    for (size_t i = 0; i < map->entries.len; i++) {
        struct slice key = map->entries.items[i].key;
        uint64_t hash = XXH3_64bits(key.ptr, key.len);
        size_t slot = (size_t)hash & map->mask;
        while (map->table[slot] != 0)
            slot = (slot + 1) & map->mask;
        map->table[slot] = slot_value(hash, i);
    }
}

const uint64_t *map_get(const struct map *map, struct slice key)
{
    uint64_t held = map->table[find_slot(map, key, XXH3_64bits(key.ptr, key.len))];
    return held == 0 ? NULL : &map->entries.items[(uint32_t)held - 1].value;
}

uint64_t *map_put(struct map *map, struct slice key)
{
    uint64_t hash = XXH3_64bits(key.ptr, key.len);
    size_t slot = find_slot(map, key, hash);
    if (map->table[slot] != 0)
        return &map->entries.items[(uint32_t)map->table[slot] - 1].value;
    if (map->entries.len * 2 > map->mask) {
        grow(map);
        slot = find_slot(map, key, hash);
    }
    if (map->entries.len == UINT32_MAX - 1)
        diag_die(STATUS_FAILED, "out of memory: more than %zu different strings", map->entries.len);
    struct map_entry entry = {arena_copy(map->keys, key), 0};
    vec_push(&map->entries, entry);
    map->table[slot] = slot_value(hash, map->entries.len - 1);
    return &map->entries.items[map->entries.len - 1].value;
}
