/* term_map.h - a hash table from terms to two numbers each, made for many look-ups of short strings.
 *
 * A slot holds a term of up to 16 bytes itself, so that finding it touches one line of the cache:
 *
 *     | bytes 0 to 7 | bytes 8 to 15 | length, 4 | hash, 4 | two numbers, 4 each |
 *
 * with zeros behind it; of a longer one the first two are 64 more bits of its hash, and where its bytes are. Keys are
 * computed some ahead of their use, so that the lines are there when they are needed. */
#ifndef QUERN_VECTORS_TERM_MAP_H
#define QUERN_VECTORS_TERM_MAP_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct term_map;

struct term_slot {
    uint64_t first, last;
    uint32_t length; /* 0: free */
    uint32_t hash;
    uint32_t numbers[2]; /* the caller's; 0 at first */
};

/* A term, of at least one byte, as it is looked for. */
struct term_key {
    uint64_t first, last;
    uint32_t length, hash;
};

struct term_map *term_map_new(void);
void term_map_free(struct term_map *map);

size_t term_map_len(const struct term_map *map);

/* The memory that it will have taken when it has a few more terms: it doubles its slots when half of them are used. */
size_t term_map_bytes(const struct term_map *map);

/* The key of a term whose bytes stay where they are until it is looked for, and of which TERM_MAP_SHORT can be read
 * even if it is shorter. Fetches the memory where it is found. */
enum { TERM_MAP_SHORT = 16 };
struct term_key term_map_key(const struct term_map *map, struct slice term);

/* The slot of a term, or NULL. */
const struct term_slot *term_map_get(const struct term_map *map, const struct term_key *key);

/* The slot of a term, which is added if it is new (its bytes are copied); valid until the next call. */
struct term_slot *term_map_put(struct term_map *map, const struct term_key *key);

/* Walks the slots, in no order: the next one from *at on, or NULL. Start with *at = 0. */
const struct term_slot *term_map_next(const struct term_map *map, size_t *at);

/* The bytes of the term of a slot; `room` has TERM_MAP_SHORT bytes for short ones. */
struct slice term_slot_term(const struct term_slot *slot, char *room);

#endif
