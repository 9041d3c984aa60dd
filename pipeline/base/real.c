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

/* ---- with floats first ----
 *
 * A sum of two floats that is off by less than its 2^-59th part nearly always says which float is the nearest to the
 * true result: if the ends of that interval round to the same one (Ziv 1991). If not, integers decide. So the result
 * is the nearest float whatever the floats did, and it takes a tenth of the time. */

static const double ERROR = 0x1p-59;

/* The nearest float to high + low, if it is certain. */
static inline bool is_certain(double high, double low, double *nearest)
{
    double error = (high < 0 ? -high : high) * ERROR, other = high + (low - error);
    *nearest = high + (low + error);
    return *nearest == other;
}

/* x = k ln 2 / 128 + s + t, and e^s - 1 = s + s^2 / 2 + …: the first of these is off by 2^-62, the others by less. */
static inline bool exp_in_floats(double x, double *result)
{
    static const double STEPS_BY_LN_2 = 0x1.71547652b82fep+7, NEAREST_INTEGER = 0x1.8p52;
    double k = x * STEPS_BY_LN_2 + NEAREST_INTEGER - NEAREST_INTEGER;
    double first = x - k * (wide_ln_2.high / WIDE_STEPS), second = k * (wide_ln_2.low / WIDE_STEPS);
    double s = first - second, t = (first - s) - second;
    double sum = s * s * (0.5 + s * (1.0 / 6 + s * (1.0 / 24 + s * (1.0 / 120 + s * (1.0 / 720)))));
    int64_t whole = (int64_t)k;
    const struct wide_pair *power = &wide_powers[whole & (WIDE_STEPS - 1)];
    double rest = power->high * (s + (sum + t)) + power->low, high = power->high + rest, found;
    if (!is_certain(high, rest - (high - power->high), &found))
        return false;
    uint64_t bits;
    memcpy(&bits, &found, sizeof bits);
    bits += (uint64_t)((whole - (whole & (WIDE_STEPS - 1))) / WIDE_STEPS) << 52;
    memcpy(result, &bits, sizeof *result);
    return true;
}

double real_exp(double x)
{
    enum { NORMAL = 700 /* e^x for a smaller magnitude has all bits of a float */ };
    double result;
    return x < NORMAL && x > -NORMAL && exp_in_floats(x, &result) ? result : wide_round(wide_exp(wide_of_float(x)));
}

/* x = m 2^e, and m times its inverse is 1 + f exactly: ln x = e ln 2 - ln(inverse) + f - f^2 / 2 + …. The first three
 * add up without an error, as a sum of two floats. */
static inline bool ln_in_floats(double x, double *result)
{
    static const double UNIT = 0x1p-60;
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int64_t e = (int64_t)(bits >> 52) - 1023, mantissa = (int64_t)((bits & (HIDDEN_BIT - 1)) | HIDDEN_BIT);
    unsigned step = (unsigned)(mantissa >> 45) & (WIDE_STEPS - 1);
    double f = (double)(mantissa * (int64_t)wide_inverse(step) - ((int64_t)1 << 60)) * UNIT;
    double table = (double)e * wide_ln_2.high + wide_logs[step].high;
    double low = (double)e * wide_ln_2.low + wide_logs[step].low;
    double a =
        1.0 / 3 + f * (-1.0 / 4 + f * (1.0 / 5 + f * (-1.0 / 6 + f * (1.0 / 7 + f * (-1.0 / 8 + f * (1.0 / 9))))));
    double high = table + f, lost = table == 0 ? 0 : f - (high - table);
    double rest = lost + (f * f * (f * a - 0.5) + low), sum = high + rest;
    return is_certain(sum, rest - (sum - high), result);
}

double real_ln(double x)
{
    double result;
    return x >= 0x1p-1022 && ln_in_floats(x, &result) ? result : wide_round(wide_log(x));
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
