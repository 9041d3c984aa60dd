/* map.h - a hash map from byte strings to 64-bit numbers.
 *
 * Entries keep the order of insertion, and map_at walks them in it, so nothing made from a map depends on a hash.
 * Keys are copied. Lookups in a shared map are safe from any thread while no thread adds to it. */
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

/* Memory in use, in bytes. */
size_t map_bytes(const struct map *map);

/* The i-th entry in the order of insertion; i < map_len. */
const struct map_entry *map_at(const struct map *map, size_t i);

/* The value of the key, or NULL. */
const uint64_t *map_get(const struct map *map, struct slice key);

/* A pointer to the key's value, which is 0 if the key is new. Valid until the next map_put. */
uint64_t *map_put(struct map *map, struct slice key);

#endif
