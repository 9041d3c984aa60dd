/* hashes.h - a set of 128-bit hashes, or a table that has a small value for each, in memory up to a bound and in a
 * temporary file beyond it.
 *
 * For filters that look for equal things among more records than there is memory for: a hash takes its 16 bytes and
 * those of its value, divided by how full the table is, 0.53 to 0.8. So 100 million take 2 to 3 GB, also while the
 * table grows. When it would take more than the bound it moves to a file without a name that is mapped: from then on
 * the kernel decides how much of it is in memory.
 *
 * For keys and values of any length there is store.h, which takes 80 bytes and more for each. */
#ifndef QUERN_HASHES_H
#define QUERN_HASHES_H

#include "base/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hashes;

/* value_bytes: of each value, a multiple of 8; 0: a set. max_memory: bytes. temp_dir: where the file goes, not copied.
 */
struct hashes *hashes_new(size_t value_bytes, uint64_t max_memory, const char *temp_dir);
void hashes_free(struct hashes *hashes);

/* Adds a hash, its value all zero, if it is not there. 1: it is new; 0: it was there; -1, with the message: the table
 * can't grow. *value, if value is not NULL: where the value stands, up to the next hashes_add, aligned for 8 bytes. */
int hashes_add(struct hashes *hashes, struct hash hash, void **value);

/* Where the value of the hash stands, up to the next hashes_add; NULL if the hash is not there. Safe from any thread
 * as long as nothing is added. */
void *hashes_find(const struct hashes *hashes, struct hash hash);

size_t hashes_len(const struct hashes *hashes);
bool hashes_spilled(const struct hashes *hashes); /* is it in a file? */

#endif
