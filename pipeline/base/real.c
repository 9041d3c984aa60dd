/* real.c - see real.h. */
#include "base/real.h"

#include "base/wide.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

static const uint64_t ONE_HALF = (uint64_t)1 << 63, HIDDEN_BIT = (uint64_t)1 << 52; /* of a float's mantissa */

/* In units of 2^-64. */
static const uint64_t LN_2 = 0xb17217f7d1cf79ac, SQRT_HALF = 0xb504f333f9de6484;

static uint64_t multiply(uint64_t a, uint64_t b)
{
    return (uint64_t)((u128)a * b >> 64);
}

/* ln((1 + z) / (1 - z)) = 2 (z + z^3 / 3 + z^5 / 5 + …), all in units of 2^-64; z < 0.172, so what comes after z^23 is
 * below 2^-64. */
static uint64_t log_of_ratio(uint64_t z)
{
    enum { LAST = 23 };
    uint64_t square = multiply(z, z), sum = 0;
    for (unsigned n = LAST; n > 1; n -= 2)
        sum = multiply(sum + UINT64_MAX / n, square);
    return 2 * (z + multiply(z, sum));
}

/* x = m * 2^e with m from sqrt(1/2) to sqrt(2); then z = (m - 1) / (m + 1). */
int64_t real_log(double x)
{
    uint64_t bits;
    assert(isfinite(x) && x > 0);
    memcpy(&bits, &x, sizeof bits);
    int e = (int)(bits >> 52);
    uint64_t mantissa = (bits & (HIDDEN_BIT - 1)) + (e == 0 ? 0 : HIDDEN_BIT);
    unsigned zeros = (unsigned)__builtin_clzll(mantissa);
    mantissa <<= zeros; /* x = mantissa * 2^e */
    e = (e == 0 ? 1 : e) - 1075 - (int)zeros;
    bool below = mantissa >= SQRT_HALF; /* m = mantissa / 2^64 is below 1; else m = mantissa / 2^63 */
    u128 one = below ? (u128)1 << 64 : ONE_HALF;
    u128 difference = below ? one - mantissa : mantissa - one;
    i128 log = log_of_ratio((uint64_t)((difference << 64) / (one + mantissa)));
    i128 sum = (i128)(e + (below ? 64 : 63)) * LN_2 + (below ? -log : log);
    enum { CUT = 64 - REAL_BITS };
    return (int64_t)((sum + ((i128)1 << (CUT - 1))) >> CUT);
}

double real_exp(double x)
{
    return wide_round(wide_exp(wide_of_float(x)));
}

double real_ln(double x)
{
    return wide_round(wide_log(x));
}

static struct wide log_of_power(double x, double a)
{
    return wide_product(wide_log(x), wide_of_float(a));
}

double real_pow(double x, double a)
{
    return wide_round(wide_exp(log_of_power(x, a)));
}

double real_pow_rest(double x, double a)
{
    assert(x < 1 && a >= 0);
    return wide_round(wide_exp_rest(log_of_power(x, a)));
}
