/* weight.h - positive numbers of any size for sums and products of probabilities, in integers: a choice made by them is
 * the same on every machine, whatever its exp() and its compiler do with floating point.
 *
 * A weight is mantissa * 2^exponent. Every operation rounds down, by less than 2^-62 of its result. */
#ifndef QUERN_TOKENIZER_WEIGHT_H
#define QUERN_TOKENIZER_WEIGHT_H

#include <stdint.h>

struct weight {
    uint64_t mantissa; /* the highest bit is set; 0: the weight is 0 */
    int64_t exponent;
};

/* Scores, logarithms of probabilities, are in units of 2^-24, their factor alpha in units of 2^-48. */
enum { SCORE_BITS = 24, ALPHA_BITS = 48 };

/* e^(alpha * score). */
struct weight weight_exp(uint64_t alpha, int64_t score);

static inline struct weight weight_one(void)
{
    return (struct weight){(uint64_t)1 << 63, -63};
}

static inline struct weight weight_times(struct weight a, struct weight b)
{
    __extension__ typedef unsigned __int128 u128;
    uint64_t high = (uint64_t)((u128)a.mantissa * b.mantissa >> 64);
    if (high >> 63 != 0)
        return (struct weight){high, a.exponent + b.exponent + 64};
    return (struct weight){(uint64_t)((u128)a.mantissa * b.mantissa >> 63), a.exponent + b.exponent + 63};
}

static inline struct weight weight_plus(struct weight a, struct weight b)
{
    if (a.mantissa == 0 || (b.mantissa != 0 && b.exponent > a.exponent)) {
        struct weight larger = b;
        b = a;
        a = larger;
    }
    uint64_t distance = (uint64_t)(a.exponent - b.exponent);
    if (b.mantissa == 0 || distance > 63)
        return a;
    uint64_t sum = a.mantissa + (b.mantissa >> distance);
    if (sum < a.mantissa)
        return (struct weight){sum >> 1 | (uint64_t)1 << 63, a.exponent + 1};
    return (struct weight){sum, a.exponent};
}

#endif
