/* hash.h - 128-bit hashes of bytes, for finding what is equal (XXH3, from the library xxHash).
 *
 * Among n different byte strings the probability that any two have the same hash is about n^2 / 2^129, unless they were
 * made for that: it is not a cryptographic hash. It is the same on every machine. */
#ifndef QUERN_HASH_H
#define QUERN_HASH_H

#include "base/slice.h"

#include <stdint.h>

struct hash {
    uint64_t high, low;
};

/* Another seed gives another hash. */
struct hash hash_bytes(struct slice bytes, uint64_t seed);

/* By the high half, then the low half: < 0, 0, > 0. */
static inline int hash_compare(struct hash a, struct hash b)
{
    if (a.high != b.high)
        return a.high < b.high ? -1 : 1;
    return (a.low > b.low) - (a.low < b.low);
}

#endif
