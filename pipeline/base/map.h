/* map.h - a hash map from byte strings to 64-bit numbers.
 *
 * Entries keep the order of insertion, which is the order in which map_at walks them, so that nothing that
 * is made from a map depends on a hash. Keys are copied. Lookup of a shared map is safe from any thread
 * while nobody adds. */
#ifndef QUERN_MAP_H
#define QUERN_MAP_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map;

struct map_entry {
    struct slice key;
    uint64_t value;
};

struct map *map_new(void);
void map_free(struct map *map);

/* Removes every entry; the memory is kept. */
void map_reset(struct map *map);

size_t map_len(const struct map *map);

/* The memory that it has taken. */
size_t map_bytes(const struct map *map);

/* The i-th entry in the order of insertion; i < map_len. */
const struct map_entry *map_at(const struct map *map, size_t i);

/* The value of the key, or NULL. */
const uint64_t *map_get(const struct map *map, struct slice key);

/* The value's place, made with 0 where the key is new; valid until the next map_put. */
uint64_t *map_put(struct map *map, struct slice key);

#endif
