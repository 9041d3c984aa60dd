/* wide.c - see wide.h.
 *
 * A logarithm or an exponential comes from a table by its first seven bits, and from a short series for the rest. The
 * tables are made when the program starts, from integers and ln 2, in some 30 microseconds. */
#include "base/wide.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

static const u128 HALF = (u128)1 << 127;
static const uint64_t HIDDEN_BIT = (uint64_t)1 << 52; /* of a float's mantissa */

const u128 WIDE_LN_2 = (u128)0xb17217f7d1cf79ab << 64 | 0xc9e3b39803f2f6af;

enum {
    STEP_BITS = 7,
    STEPS = WIDE_STEPS,  /* of a table: of the mantissas from 1 to 2 */
    LOG_TERMS = 18,      /* of ln(1 + f) for f up to 2^-7: what follows is below 2^-128 */
    EXP_TERMS = 13,      /* of e^r for r up to ln 2 / 128 */
    LONG_LOG_TERMS = 83, /* of ln(a / b) for a up to 2 b */
    LONG_EXP_TERMS = 36, /* of e^r for r up to ln 2 */
    INVERSE_BITS = 8,    /* of the factor that brings a mantissa near 1 */
    LOG_PLACES = 116,    /* a logarithm of a float is below 2^10 */
    EXP_PLACES = 117,
    LN_BITS = 32,    /* of the first float of a logarithm: a thousand times that, or a sum of them, is a float */
    EXP_LIMIT = 800, /* e^800 is beyond the floats, and e^-800 below them */
};

/* ---- tables ---- */

static u128 reciprocals[LONG_LOG_TERMS + 1]; /* 1 / n in units of 2^-128; from n = 2 on */
static u128 factorials[LONG_EXP_TERMS + 1];  /* 1 / n!, the same */
static u128 logs[STEPS];                     /* -ln(inverse(i) / 256), the same */
static u128 powers[STEPS];                   /* 2^(i / 128) in units of 2^-126 */

struct wide_pair wide_powers[STEPS], wide_logs[STEPS], wide_ln_2;

/* A mantissa of step i times this is 256 (1 + f) with |f| < 1/128. At 1 and 2, the ends of the table, f is 0. */
static inline unsigned inverse(unsigned i)
{
    unsigned twice_the_middle = 2 * (STEPS + i) + 1;
    return i == 0 ? 256 : (65536 + twice_the_middle / 2) / twice_the_middle;
}

/* ln(a / b) = 2 (z + z^3 / 3 + z^5 / 5 + …) where z = (a - b) / (a + b), for b <= a <= 2 b. */
static u128 long_log(unsigned a, unsigned b)
{
    u128 z = ~(u128)0 / (a + b) * (a - b), square = wide_high(z, z), sum = 0;
    for (unsigned n = LONG_LOG_TERMS; n > 1; n -= 2)
        sum = wide_high(sum + reciprocals[n], square);
    return 2 * (z + wide_high(z, sum));
}

/* e^r - 1 for r < ln 2. */
static inline u128 exp_less_one(u128 r, unsigned terms)
{
    u128 sum = 0;
    for (unsigned n = terms; n > 1; n--)
        sum = wide_high(sum + factorials[n], r);
    return r + wide_high(sum, r);
}

unsigned wide_inverse(unsigned step)
{
    return inverse(step);
}

/* number * 2^exponent; the first float has the highest `bits` of its 128. */
static struct wide_pair pair_of(u128 number, int exponent, unsigned bits)
{
    u128 high = number >> (128 - bits) << (128 - bits);
    return (struct wide_pair){ldexp((double)high, exponent), ldexp((double)(number - high), exponent)};
}

__attribute__((constructor)) static void make_tables(void)
{
    for (unsigned n = 2; n <= LONG_LOG_TERMS; n++)
        reciprocals[n] = ~(u128)0 / n;
    factorials[2] = HALF;
    for (unsigned n = 3; n <= LONG_EXP_TERMS; n++)
        factorials[n] = factorials[n - 1] / n;
    for (unsigned i = 0; i < STEPS; i++) {
        logs[i] = i == STEPS - 1 ? WIDE_LN_2 : long_log(256, inverse(i));
        powers[i] = (HALF + (exp_less_one(WIDE_LN_2 / STEPS * i, LONG_EXP_TERMS) >> 1)) >> 1;
        wide_powers[i] = pair_of(powers[i], -126, 53 + 1);
        wide_logs[i] = pair_of(logs[i], -128, LN_BITS);
    }
    wide_ln_2 = pair_of(WIDE_LN_2, -128, LN_BITS);
}

/* ---- numbers ---- */

static int leading_zeros(u128 mantissa)
{
    uint64_t high = (uint64_t)(mantissa >> 64);
    return high != 0 ? __builtin_clzll(high) : 64 + __builtin_clzll((uint64_t)mantissa);
}

struct wide wide_of(u128 mantissa, int exponent, bool negative, int error)
{
    if (mantissa == 0)
        return (struct wide){.error = error};
    int zeros = leading_zeros(mantissa);
    return (struct wide){mantissa << zeros, exponent - zeros, error, negative};
}

/* |number| = mantissa * 2^exponent, with the highest bit set; not 0. */
static uint64_t split(double number, int *exponent)
{
    uint64_t bits;
    assert(isfinite(number) && number != 0);
    memcpy(&bits, &number, sizeof bits);
    int field = (int)(bits >> 52 & 0x7ff);
    uint64_t mantissa = (bits & (HIDDEN_BIT - 1)) + (field == 0 ? 0 : HIDDEN_BIT);
    int zeros = __builtin_clzll(mantissa);
    *exponent = (field == 0 ? 1 : field) - 1075 - zeros;
    return mantissa << zeros;
}

struct wide wide_of_float(double number)
{
    if (number == 0)
        return (struct wide){.error = WIDE_EXACT};
    int exponent;
    uint64_t mantissa = split(number, &exponent);
    return (struct wide){(u128)mantissa << 64, exponent - 64, WIDE_EXACT, number < 0};
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

struct wide wide_product(struct wide a, struct wide b)
{
    if (a.mantissa == 0 || b.mantissa == 0)
        return (struct wide){.error = WIDE_EXACT}; /* 0 only as 0 times something, exactly */
    int exponent = a.exponent + b.exponent + 128;
    int error = larger(a.error + b.exponent + 128, b.error + a.exponent + 128);
    return wide_of(wide_high(a.mantissa, b.mantissa), exponent, a.negative != b.negative,
                   larger(error, exponent + 1) + 2);
}

i128 wide_fixed(struct wide x, unsigned places)
{
    int shift = -x.exponent - (int)places;
    if (shift >= 128 || x.mantissa == 0)
        return 0;
    assert(shift > 0);
    i128 magnitude = (i128)(x.mantissa >> shift);
    return x.negative ? -magnitude : magnitude;
}

static double of_bits(uint64_t bits)
{
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

double wide_round(struct wide x)
{
    enum { MANTISSA_BITS = 53, LEAST = -1022 };
    int top = x.exponent + 127; /* 2^top <= |x| */
    int keep = top >= LEAST ? MANTISSA_BITS : MANTISSA_BITS - (LEAST - top);
    uint64_t bits = (uint64_t)x.negative << 63;
    if (x.mantissa == 0 || keep < 0)
        return of_bits(bits);
    if (top > 1023)
        return of_bits(bits + ((uint64_t)0x7ff << 52));
    unsigned cut = 128 - (unsigned)keep;
    u128 half = (u128)1 << (cut - 1), rest = keep == 0 ? x.mantissa : x.mantissa & (2 * half - 1);
    uint64_t mantissa = keep == 0 ? 0 : (uint64_t)(x.mantissa >> cut);
    int units = x.error - x.exponent;
    u128 off = rest > half ? rest - half : half - rest, error = units < 0 ? 0 : (u128)1 << (units < 127 ? units : 127);
    bool tie = off <= error;
    mantissa += tie ? mantissa % 2 : rest > half;
    /* A mantissa that has grown to the next power of two carries into the exponent, as it should. */
    return of_bits(bits + (top >= LEAST ? ((uint64_t)(top - LEAST) << 52) + mantissa : mantissa));
}

/* ---- functions ---- */

/* (ln(1 + f)) / f for f = +-share, in units of 2^-127. */
static inline u128 log_by_itself(u128 share, bool negative)
{
    u128 sum = reciprocals[LOG_TERMS];
    if (negative) {
        for (unsigned n = LOG_TERMS - 1; n > 1; n--)
            sum = reciprocals[n] + wide_high(sum, share);
        return HALF + (wide_high(sum, share) >> 1);
    }
    for (unsigned n = LOG_TERMS - 1; n > 1; n--)
        sum = reciprocals[n] - wide_high(sum, share);
    return HALF - (wide_high(sum, share) >> 1);
}

/* n * x, in units of 2^-places where x is in units of 2^-128; n * x must be below 2^(127 - places). */
static inline i128 times(int n, u128 x, unsigned places)
{
    i128 high = (i128)n * (uint64_t)(x >> 64), low = (i128)n * (uint64_t)x;
    return high * ((i128)1 << (places - 64)) + (low >> (128 - places));
}

/* x = m * 2^e with m from 1 to 2, and m * inverse / 256 = 1 + f. */
struct wide wide_log(double x)
{
    int e;
    assert(x > 0);
    uint64_t m = split(x, &e);
    e += 63;
    unsigned step = m >> 56 & (STEPS - 1);
    i128 f = (i128)((u128)m * inverse(step)) - ((i128)1 << (63 + INVERSE_BITS));
    bool below = f < 0;
    u128 share = (u128)(below ? -f : f) << (128 - 63 - INVERSE_BITS), ratio = log_by_itself(share, below);
    if ((e == 0 && step == 0) || (e == -1 && step == STEPS - 1)) {
        if (f == 0)
            return (struct wide){.error = WIDE_EXACT};
        int zeros = leading_zeros(share);
        return wide_of(wide_high(share << zeros, ratio), -127 - zeros, below, -zeros - 119);
    }
    i128 small = (i128)(wide_high(share, ratio) >> (127 - LOG_PLACES));
    i128 sum = times(e, WIDE_LN_2, LOG_PLACES) + (i128)(logs[step] >> (128 - LOG_PLACES)) + (below ? -small : small);
    return wide_of((u128)(sum < 0 ? -sum : sum), -LOG_PLACES, sum < 0, 3 - LOG_PLACES);
}

/* x = k ln 2 / 128 + r. k is computed a little too small, so that r is never below 0. */
struct wide wide_exp(struct wide x)
{
    static const int64_t STEPS_BY_LN_2 = 0xb8aa3b295c17f1 /* in units of 2^-48 */, LITTLE = 1 << 20;
    const struct wide too_large = {HALF, 2000, 2000, false}, too_small = {.error = -1100};
    if (x.mantissa == 0)
        return wide_of(HALF, -127, false, x.error);
    if (x.exponent + 128 > 10)
        return x.negative ? too_small : too_large;
    i128 fixed = wide_fixed(x, EXP_PLACES);
    if ((fixed < 0 ? -fixed : fixed) >> EXP_PLACES >= EXP_LIMIT)
        return x.negative ? too_small : too_large;
    int k = (int)((((i128)(int64_t)(fixed >> 64) * STEPS_BY_LN_2 >> (EXP_PLACES - 64)) - LITTLE) >> 48);
    u128 r = (u128)(fixed - times(k, WIDE_LN_2, EXP_PLACES - STEP_BITS)) << (128 - EXP_PLACES);
    u128 power = powers[k & (STEPS - 1)];
    int whole = k >> STEP_BITS;
    return wide_of(power + wide_high(power, exp_less_one(r, EXP_TERMS)), whole - 126, false,
                   whole + 2 + larger(x.error, 3 - EXP_PLACES));
}

/* Near 0: -x (1 + x/2 + x^2/6 + …). */
struct wide wide_exp_rest(struct wide x)
{
    enum { SMALL_BITS = 7 };
    if (x.mantissa == 0)
        return x;
    assert(x.negative);
    if (x.exponent + 128 > -SMALL_BITS) {
        u128 one = (u128)1 << 126;
        struct wide power = wide_exp(x);
        return wide_of(one - (u128)wide_fixed(power, 126), -126, false, larger(power.error, -126) + 1);
    }
    u128 share = x.exponent > -256 ? x.mantissa >> -(x.exponent + 128) : 0, sum = factorials[EXP_TERMS];
    for (unsigned n = EXP_TERMS - 1; n > 1; n--)
        sum = factorials[n] - wide_high(sum, share);
    u128 ratio = HALF - (wide_high(sum, share) >> 1);
    return wide_of(wide_high(x.mantissa, ratio), x.exponent + 1, false, larger(x.error, x.exponent + 8) + 1);
}
