/* kcenter.h - greedy k-centre: records that are far from each other (Sener and Savarese 2018, algorithm 1). */
#ifndef QUERN_QUERY_KCENTER_H
#define QUERN_QUERY_KCENTER_H

#include "base/crew.h"
#include "tops.h"

struct kcenter {
    bool sparse;
    size_t dims;                /* of dense vectors */
    VEC(struct vector) centers; /* that are there already; the caller's memory */
};

/* Puts `wanted` of the entries first, in the order in which they are chosen: each time the one whose squared distance
 * to the nearest center is the largest, of equal ones that with the smaller id; it becomes a center. The entries are in
 * their order; without a center the first of them is chosen first. wanted <= count. */
void kcenter_choose(const struct kcenter *kcenter, struct entry *entries, size_t count, size_t wanted,
                    struct crew *crew);

#endif
