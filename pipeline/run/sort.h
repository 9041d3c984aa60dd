/* sort.h - sorts keys with their values, more of them than fit into memory.
 *
 *     struct sort *sort = sort_new(&bounds);              one for each thread
 *     sort_put(sort, key, value) …
 *     struct sorted *sorted = sort_all(sorts, count);     when all have been put
 *     while ((more = sorted_next(sorted, &key, &value)) == 1) …
 *
 * A sorter that has filled its share of the memory writes what it holds, in order, to a temporary file that has no
 * name: a run. Reading merges all runs with what is still in memory; if there are too many runs for the memory, some
 * are merged into longer ones first. What comes out is a function of what was put: neither the bound on memory, nor the
 * number of sorters, nor who was given what can be seen in it.
 *
 * With `combine`, equal keys become one on the way: counts add up, say. */
#ifndef QUERN_SORT_H
#define QUERN_SORT_H

#include "base/map.h"
#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

/* What the sorters of a run have in common. */
struct sort_bounds {
    uint64_t max_memory;  /* bytes for all sorters together, and then for reading; but each sorter may have SORT_LEAST,
                             and  two runs are read at a time, each with its longest entry, whatever this says */
    const char *temp_dir; /* where the files go; not copied */
    size_t threads;       /* sorters that share the memory; to be set before the first sort_put */

    /* The order of bytes within keys: rank[byte], all different, 0 for the first. NULL: by their values. */
    const uint8_t *rank;

    /* With it each value is a uint64_t, and equal keys have one: the two of a pair combined. Must be commutative and
     * associative. NULL: equal keys stay, ordered by the bytes of their values. */
    uint64_t (*combine)(uint64_t, uint64_t);
};

enum { SORT_LEAST = 1 << 20 };

struct sort;

/* The bounds must live longer. */
struct sort *sort_new(const struct sort_bounds *bounds);
void sort_free(struct sort *sort);

/* Adds a copy of both. 0, or -1 with the message: a temporary file can't be made or written. */
int sort_put(struct sort *sort, struct slice key, struct slice value);

/* With `combine`: all of what was put in one table (which the caller frees) in no order, if no sorter has written a
 * run: cheaper than sorting. The sorters are empty afterwards. NULL if one has: use sort_all. */
struct map *sort_table(struct sort *const *sorts, size_t count);

struct sorted;

/* All that was put into these sorters, which must live longer and be given no more. count > 0. */
struct sorted *sort_all(struct sort *const *sorts, size_t count);
void sorted_free(struct sorted *sorted);

/* The next entry, by key and then value; valid until the next call. 1, 0 at the end, or -1 with the message. */
int sorted_next(struct sorted *sorted, struct slice *key, struct slice *value);

#endif
