/* store.h - byte strings by key, in memory up to a bound and in temporary files beyond it.
 *
 * Keys and values are appended to one region of memory, the places of the keys are in a hash table in
 * another. When both together would take more than the bound, they move to files without a name that are
 * mapped: from then on the kernel decides what of them is in memory. Places do not move
 * again after the last store_put, and lookups are safe from any thread. */
#ifndef QUERN_STORE_H
#define QUERN_STORE_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

/* max_memory: bytes; temp_dir: where the files go, not copied. NULL with the message. */
struct store *store_new(uint64_t max_memory, const char *temp_dir);
void store_free(struct store *store);

/* What a key has. */
struct entry {
    struct slice value;
    uint64_t number; /* the caller's */
};

/* True if the store has the key. */
bool store_get(const struct store *store, struct slice key, struct entry *entry);

/* Adds the key, or gives it another value. 0, or -1 with the message (the files can't grow). */
int store_put(struct store *store, struct slice key, struct entry entry);

size_t store_len(const struct store *store);   /* keys */
bool store_spilled(const struct store *store); /* is it in files? */

#endif
