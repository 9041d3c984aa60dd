/* sort.h - sorts keys with their values, even if they do not fit into memory.
 *
 *     struct sort *sort = sort_new(&bounds);              one for each thread
 *     sort_put(sort, key, value) …
 *     struct sorted *sorted = sort_all(sorts, count);     when all have been put
 *     while ((more = sorted_next(sorted, &key, &value)) == 1) …
 *
 * When a sorter has filled its share of the memory, it writes its entries, sorted, to an unnamed temporary file: a run.
 * Reading merges all runs with the entries still in memory; if there are too many runs for the memory, some are merged
 * into longer ones first. The result depends only on the entries, not on the memory limit, the number of sorters, or
 * which sorter got which entry.
 *
 * With `combine`, equal keys become one entry on the way: counts add up, for example. */
#ifndef QUERN_SORT_H
#define QUERN_SORT_H

#include "base/map.h"
#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

/* What the sorters of a run have in common. */
struct sort_bounds {
    uint64_t max_memory;  /* bytes for all sorters together, and then for reading; but each sorter gets at least
                             SORT_LEAST, and at least two runs are read at a time, each with its longest entry */
    const char *temp_dir; /* where the files go; not copied */
    size_t threads;       /* sorters that share the memory; to be set before the first sort_put */

    /* The order of bytes within keys: rank[byte], all different, 0 for the first. NULL: by value. */
    const uint8_t *rank;

    /* If set, each value is a uint64_t, and the values of equal keys are combined into one. Must be commutative and
     * associative. NULL: equal keys stay separate, ordered by the bytes of their values. */
    uint64_t (*combine)(uint64_t, uint64_t);
};

enum { SORT_LEAST = 1 << 20 };

struct sort;

/* The bounds must outlive the sorter. */
struct sort *sort_new(const struct sort_bounds *bounds);
void sort_free(struct sort *sort);

/* Adds a copy of both. 0, or -1 with the message: a temporary file can't be made or written. */
int sort_put(struct sort *sort, struct slice key, struct slice value);

/* With `combine`: if no sorter has written a run, all entries in one unordered table, which the caller frees; cheaper
 * than sorting. The sorters are empty afterwards. NULL if one has written a run: use sort_all. */
struct map *sort_table(struct sort *const *sorts, size_t count);

struct sorted;

/* All entries of these sorters, which must outlive the result and get no more entries. count > 0. */
struct sorted *sort_all(struct sort *const *sorts, size_t count);
void sorted_free(struct sorted *sorted);

/* The next entry, by key and then value; valid until the next call. 1, 0 at the end, or -1 with the message. */
int sorted_next(struct sorted *sorted, struct slice *key, struct slice *value);

#endif
