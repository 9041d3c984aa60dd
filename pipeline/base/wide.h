/* wide.h - floats with a mantissa of 128 bits: what the functions of real.h compute with.
 *
 * The value is mantissa * 2^exponent, with a sign. Everything is done in integers, so results depend neither on the
 * compiler nor on the processor and its rounding mode. Each number carries a bound on its error, so that wide_round
 * recognises a result that is exactly half-way between two floats. */
#ifndef QUERN_WIDE_H
#define QUERN_WIDE_H

#include <stdbool.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 u128;
__extension__ typedef __int128 i128;

struct wide {
    u128 mantissa; /* the highest bit is set, unless the number is 0 */
    int exponent;
    int error; /* the number is less than 2^error off */
    bool negative;
};

/* An exponent below that of all numbers: the error of an exact one. */
enum { WIDE_EXACT = -(1 << 20) };

/* The highest 128 bits of the product, less than 2 below the true ones. */
static inline u128 wide_high(u128 a, u128 b)
{
    uint64_t a_high = (uint64_t)(a >> 64), a_low = (uint64_t)a, b_high = (uint64_t)(b >> 64), b_low = (uint64_t)b;
    u128 middle = (u128)a_high * b_low, other = (u128)a_low * b_high;
    return (u128)a_high * b_high + (middle >> 64) + (other >> 64);
}

/* The same for signed factors: floor(a * b / 2^128), at most 3 below the true one. */
static inline i128 wide_high_signed(i128 a, i128 b)
{
    u128 high = wide_high((u128)a, (u128)b);
    high -= a < 0 ? (u128)b : 0;
    high -= b < 0 ? (u128)a : 0;
    return (i128)high;
}

/* mantissa * 2^exponent, which is exact or off by less than 2^error. */
struct wide wide_of(u128 mantissa, int exponent, bool negative, int error);

/* A finite float, exactly. */
struct wide wide_of_float(double number);

/* ln x for a float x > 0: less than 2^-113 off, and near 1, where it is small, less than 2^-119 times its value. */
struct wide wide_log(double x);

/* a * b; both have fewer than 2^20 as their exponents. */
struct wide wide_product(struct wide a, struct wide b);

/* e^x: off by the factor 1 + 2^-116 at most, and by what x is off. Infinite or 0 (wide_round) beyond the floats. */
struct wide wide_exp(struct wide x);

/* 1 - e^x for x <= 0: off by the factor 1 + 2^-105 at most, and by what x is off. */
struct wide wide_exp_rest(struct wide x);

/* 2^(i / 128), and minus the logarithm of the factor that brings a mantissa of step i of 128 near 1 (wide_inverse),
 * each as a sum of two floats, for first attempts with floats. What the first float of `log` is a multiple of, leaves
 * room for sums with multiples of WIDE_LN_2_HIGH. */
enum { WIDE_STEPS = 128 };
struct wide_pair {
    double high, low;
};
extern struct wide_pair wide_powers[WIDE_STEPS], wide_logs[WIDE_STEPS];
extern struct wide_pair wide_ln_2; /* its first float has 32 bits */

/* The factor, times 256; at both ends of the table 1 and 1/2, exactly. */
unsigned wide_inverse(unsigned step);

/* The nearest float; of two that are equally near, the even one. 0 or infinite if it is too small or too large. */
double wide_round(struct wide x);

/* Units of 2^-places in a signed integer, cut off; |x| must be below 2^(127 - places). */
i128 wide_fixed(struct wide x, unsigned places);

/* ln 2 in units of 2^-128. */
extern const u128 WIDE_LN_2;

#endif
