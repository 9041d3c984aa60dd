/* lengths.h - the distribution of a length over records, in integers, so that parts add up exactly.
 *
 * Count, sum, minimum and maximum are exact. For the quantiles, lengths are counted in buckets: below 256 each length
 * has its own; above, each power of two is divided into 128 buckets of equal width, so that a bucket is at most 1/128
 * as wide as its lower bound. A quantile is the middle of the bucket that contains it: exact below 256, else wrong by
 * at most 1/256 (0.4 %) of the true value. */
#ifndef STATS_LENGTHS_H
#define STATS_LENGTHS_H

#include "summary.h"

#include <stdint.h>

enum {
    LENGTHS_EXACT = 256, /* smaller lengths have a bucket each */
    LENGTHS_STEPS = 128, /* buckets of each power of two above */
    LENGTHS_BUCKETS = LENGTHS_EXACT + 56 * LENGTHS_STEPS,
};

struct lengths {
    uint64_t count, sum, min, max;
    uint64_t buckets[LENGTHS_BUCKETS];
};

void lengths_add(struct lengths *lengths, uint64_t length);

/* Puts {"buckets":{"LOWER BOUND":count,…},"count":…,"range":{"max":…,"min":…},"sum":…} as a member of the
 * object; returns it. count > 0. */
struct summary *lengths_put(const struct lengths *lengths, struct summary *object, struct slice name);

/* From such a member, the quantiles at the given ascending percentages: the length of record number ceil(percent *
 * count / 100), counted from the shortest. 0, or -1 with the message if it has other buckets. */
int lengths_quantiles(const struct summary *member, const unsigned *percent, size_t n, int64_t *quantiles);

#endif
