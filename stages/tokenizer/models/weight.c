/* weight.c - see weight.h. */
#include "weight.h"

__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;

/* e^x = 2^n * e^r with r in [0, ln 2); e^r is the sum of r^k / k!, here to the last of 63 bits. */
struct weight weight_exp(uint64_t alpha, int64_t score)
{
    enum { BITS = 63 };
    const int64_t ln2 = 0x58b90bfbe8e7bcd5; /* floor(ln 2 * 2^63) */
    i128 x = ((i128)alpha * score) >> (SCORE_BITS + ALPHA_BITS - BITS), n = x / ln2;
    n -= n * ln2 > x;
    uint64_t r = (uint64_t)(x - n * ln2), term = (uint64_t)1 << BITS, sum = 0;
    for (uint64_t k = 1; term > 0; k++) {
        sum += term;
        term = (uint64_t)((u128)term * r >> BITS) / k;
    }
    return (struct weight){sum, (int64_t)n - BITS};
}
