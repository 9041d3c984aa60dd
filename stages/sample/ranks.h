/* ranks.h - which records a sample takes: those whose keys are the smallest.
 *
 * The key of a record is drawn by its root; so the records of one root stand together, and a sample of 500 is part of
 * the sample of 2,000. Of each group (--by) the smallest keys that were seen are kept in a heap. */
#ifndef QUERN_SAMPLE_RANKS_H
#define QUERN_SAMPLE_RANKS_H

#include "quern.h"

/* In the order in which they are compared. */
struct rank {
    uint64_t draw[2];
    struct identity identity;
    uint64_t round;
    uint64_t content; /* a hash of the record's bytes: equal ranks are equal records */
};

/* The rank as hexadecimal digits, whose order is that of the ranks. */
enum { RANK_DIGITS = 6 * 16 };
void rank_put(const struct rank *rank, char digits[RANK_DIGITS]);
bool rank_read(struct slice digits, struct rank *rank);

int rank_compare(const struct rank *a, const struct rank *b);

/* The smallest ranks of one group: a heap with the largest on top. */
struct ranks {
    VEC(struct rank) heap;
};

/* Is it among the `most` smallest ones? Then it takes the place of the largest. */
void ranks_add(struct ranks *ranks, const struct rank *rank, size_t most);

/* Into ascending order: the last thing that happens to it. */
void ranks_sort(struct ranks *ranks);

/* Up to which rank records are taken, and how many of those that are equal to it. */
struct limit {
    struct rank rank;
    uint64_t equal;
    bool all; /* there are not more than are wanted */
};
struct limit ranks_limit(const struct ranks *ranks, size_t most);

/* The ranks of several groups. */
struct groups {
    struct map *numbers; /* of a group by its value */
    VEC(struct ranks) ranks;
};

void groups_init(struct groups *groups);
struct ranks *groups_at(struct groups *groups, struct slice value);
void groups_merge(struct groups *into, const struct groups *from, size_t most);
void groups_release(struct groups *groups);

#endif
