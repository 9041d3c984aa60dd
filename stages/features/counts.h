/* counts.h - counts of numbered things, few of many: the terms of one record. */
#ifndef QUERN_FEATURES_COUNTS_H
#define QUERN_FEATURES_COUNTS_H

#include "base/vec.h"

#include <stdint.h>

struct count {
    int32_t index;
    int32_t place; /* in the table */
    int64_t sum;
};

/* Scratch memory of one thread; zero it first. */
struct counts {
    VEC(struct count) items; /* each index once; in ascending order after counts_sort */
    uint32_t *table;         /* the number of an item plus one; 0: free */
    size_t slots;            /* a power of two */
    VEC(struct count) spare;
};

void counts_release(struct counts *counts);

/* Forgets all counts. */
void counts_clear(struct counts *counts);

/* index >= 0 */
void counts_add(struct counts *counts, int32_t index, int64_t more);

/* Puts the items in the order of their indices; nothing can be added until they are cleared. */
void counts_sort(struct counts *counts);

#endif
