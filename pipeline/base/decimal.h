/* decimal.h - shares and factors kept exactly as they were written in decimal. */
#ifndef QUERN_DECIMAL_H
#define QUERN_DECIMAL_H

#include "slice.h"

#include <stdbool.h>
#include <stdint.h>

/* digits / 10^scale */
struct decimal {
    uint64_t digits;
    unsigned scale; /* at most 18 */
};

/* How many decimals a number up to `most` may have so that value and scale fit into 63 bits. */
unsigned decimal_scale_limit(uint64_t most);

/* Reads digits with at most one point: a number from 0 to `most`. False if the text is anything else. */
bool decimal_read(struct slice text, uint64_t most, struct decimal *decimal);

/* round(p * n), half to even, in integers. */
uint64_t decimal_share(struct decimal p, uint64_t n);

/* round(n / d), half to even, in integers; d > 0 and n / d < 2^64. */
uint64_t decimal_quotient(uint64_t n, struct decimal d);

/* floor(p * n), in integers; below 2^64. */
uint64_t decimal_floor(struct decimal p, uint64_t n);

/* The least integer that is p * n or more; p <= 1. */
uint64_t decimal_least(struct decimal p, uint64_t n);

/* floor(p * 2^64), the bound below which a random word of 64 bits means "yes" with probability p; p < 1. */
uint64_t decimal_threshold(struct decimal p);

/* The nearest float if there are at most 15 digits; else it may be the one beside that. */
double decimal_float(struct decimal p);

/* p >= 1 */
bool decimal_is_whole(struct decimal p);

#endif
