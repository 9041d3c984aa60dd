/* keep.h - records that a filter keeps from one block to the next: a queue.
 *
 * For ORDERED filters (tail, pack). Each record is copied, because the block it came with is freed after the call. To
 * emit one, copy it again into the sink's arena:
 *
 *     keep_put(&keep, in);
 *     if (keep_len(&keep) > 10)
 *         keep_drop(&keep);
 *     …
 *     sink_emit(out, rec_copy(sink_arena(out), keep_at(&keep, i)));
 *
 * Uses at most twice the memory that the kept records need. */
#ifndef QUERN_KEEP_H
#define QUERN_KEEP_H

#include "base/vec.h"
#include "record/record.h"

#include <stddef.h>

/* A copy that can be kept: nothing in it points into the block or the arenas of `in`. */
struct record *rec_copy(struct arena *arena, const struct record *in);

/* Zero it before the first use. */
struct keep {
    VEC(const struct record *) records; /* from `first` on, oldest first */
    size_t first;
    struct arena *old, *young; /* the older records, the newer ones */
    size_t of_old;             /* how many of the records are in `old` */
};

/* Adds a copy of `in`; returns the copy, valid until it is dropped. */
const struct record *keep_put(struct keep *keep, const struct record *in);

size_t keep_len(const struct keep *keep);

/* 0: the oldest; i < keep_len. */
const struct record *keep_at(const struct keep *keep, size_t i);

/* Removes the oldest record; there must be one. */
void keep_drop(struct keep *keep);

void keep_release(struct keep *keep);

#endif
