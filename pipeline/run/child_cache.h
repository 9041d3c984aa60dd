/* child_cache.h - replies of engines that were paid for once: a folder of JSONL files.
 *
 * A line is {"key":"…","request":…,"reply":…}. The key, 32 hexadecimal digits, is the XXH3-128 hash of everything that
 * the reply depends on. Each run that has something to add writes a file of its own, so that many runs can share the
 * folder; the files may be joined with cat. A run that was killed leaves a file whose end is missing: every whole line
 * before that is used, also if other files were appended after it. */
#ifndef QUERN_CHILD_CACHE_H
#define QUERN_CHILD_CACHE_H

#include "base/arena.h"
#include "base/hash.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cache;

/* Reads the folder, which is made if it is not there. level: of zstd, 0: none. temp_dir: where what does not fit into
 * memory goes. NULL with the message. */
struct cache *cache_open(const char *folder, int level, const char *temp_dir);

/* The reply, as JSON, in the arena; false if there is none. From any thread. */
bool cache_get(struct cache *cache, struct hash key, struct arena *arena, struct slice *reply);

/* Adds a reply. It is on its way to the disk after cache_flush. From any thread. 0, or -1 with the message. */
int cache_put(struct cache *cache, struct hash key, struct slice request, struct slice reply);
int cache_flush(struct cache *cache);

/* Completes the file. 0, or -1 with the message. */
int cache_finish(struct cache *cache);
void cache_free(struct cache *cache);

#endif
