/* store.h - byte strings by key, in memory up to a limit and in temporary files beyond it.
 *
 * Keys and values are appended to one region of memory; a hash table in another region says where they are. When the
 * two would exceed the limit, they move to unnamed, mapped files, and the kernel decides which parts of them are in
 * memory. After the last store_put nothing moves, and lookups are safe from any thread. */
#ifndef QUERN_STORE_H
#define QUERN_STORE_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

/* max_memory: in bytes; temp_dir: where the files go, not copied. NULL with the message. */
struct store *store_new(uint64_t max_memory, const char *temp_dir);
void store_free(struct store *store);

/* What is stored for a key. */
struct entry {
    struct slice value;
    uint64_t number; /* the caller's */
};

/* True if the store has the key. */
bool store_get(const struct store *store, struct slice key, struct entry *entry);

/* Adds the key, or replaces its value. 0, or -1 with the message (the files can't grow). */
int store_put(struct store *store, struct slice key, struct entry entry);

size_t store_len(const struct store *store);   /* keys */
bool store_spilled(const struct store *store); /* is it in files? */

#endif
