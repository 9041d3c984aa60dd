/* draws.h - the numbers of the draws, a part of the contract of quern-record(5): purpose << 32 | item. */
#ifndef QUERN_RESAMPLE_DRAWS_H
#define QUERN_RESAMPLE_DRAWS_H

#include "record/rng.h"

#include <stdint.h>

enum {
    PURPOSE_CHOICE = 0,   /* of a record: which of a class */
    PURPOSE_SUBSET = 1,   /* of a record; the item is the subset */
    PURPOSE_BASE = 2,     /* of a class: --draw iid; the item is the copy */
    PURPOSE_BAG = 3,      /* of a bag: the item is the place in it */
    PURPOSE_NEIGHBOR = 4, /* of a record; the item is the number of the record made of it, from 1 */
    PURPOSE_GAP = 5,      /* the same */
    PURPOSE_NOISE = 16,   /* and the number of the record made; the item is the number in the vector */
};

static inline uint64_t draw_number(uint64_t purpose, uint64_t item)
{
    return purpose << 32 | item;
}

/* 53 random bits: a number in [0,1). */
static inline double draw_uniform(struct rng *rng, uint64_t draw)
{
    return (double)(rng_bits(rng, draw) >> 11) * 0x1p-53;
}

/* Something that has drawn a number: the lowest come first, of equal ones those of the lower place. */
struct drawn {
    uint64_t draw;
    uint32_t place;
};

static inline int by_draw(const void *a, const void *b)
{
    const struct drawn *left = a, *right = b;
    if (left->draw != right->draw)
        return left->draw < right->draw ? -1 : 1;
    return (left->place > right->place) - (left->place < right->place);
}

#endif
