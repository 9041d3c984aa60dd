/* real_normal.c - the quantile of the normal distribution: see real.h.
 *
 * Let v(t) be the value that a normal variable is below -v of with probability p = e^-t, and R(v) = p / density(v), the
 * ratio of Mills. Then
 *
 *     v' = R,    R' = -R (1 - v R)
 *
 * so that the series of v around one t follows from v and R there, and gives v and R elsewhere. The table has a series
 * for each piece of the range of t. It is made from the smallest p on, where an asymptotic series gives R, towards p =
 * 1/2: in that direction errors of R die out. In the other one they grow as e^t, and so they do within a series, which
 * is why pieces are not larger than 8. */
#include "base/real.h"
#include "base/wide.h"

#include <assert.h>
#include <pthread.h>
#include <stddef.h>

enum {
    TERMS = 22,      /* of a series that is looked up: what follows is below 2^-78 of the sum */
    LONG_TERMS = 36, /* of one that leads to the next */
    PLACES = 120,    /* v < 40 and R < 2 are in units of 2^-120 */
    T_PLACES = 116,  /* t < 900 */
    LEAST = -1,      /* t is from 2^LEAST to 2^(MOST + 1) */
    MOST = 9,
    PIECE_BITS = 3, /* a power of two has 2^3 pieces, */
    SMALL = 6,      /* and from 2^7 on as many as are 2^3 long */
    PIECES = 176,
    FIRST = 4, /* those below this one, t < 0.75, go by the series around t = ln 2, that is, p = 1/2 */
    LAST = 29, /* of the largest power: has 745, the t of the smallest float */
};

static const i128 ONE = (i128)1 << PLACES;
static const i128 SQRT_HALF_PI = (i128)0x140d931ff627059 << 64 | 0x657ca41fae722cee;       /* 2^-120 */
static const i128 HALF_LN_2_PI = ((i128)0xeb3f8e4325f5a5 << 64 | 0x3494bc9001441920) / 16; /* 2^-116 */

/* The coefficients of v, by (t - middle) / unit, which is up to 1/16. Those of the first one, which has no constant,
 * from the second on. */
static i128 pieces[PIECES][TERMS];

/* How many pieces lie between 2^e and 2^(e + 1), as an exponent of two; the number of the first one; and the unit. */
static int piece_bits(int e)
{
    return e <= SMALL ? PIECE_BITS : PIECE_BITS + e - SMALL;
}

static int first_piece(int e)
{
    return e <= SMALL ? (e - LEAST) << PIECE_BITS : 48 + (1 << (e - 3));
}

static int unit_bits(int e)
{
    return e <= SMALL ? e : SMALL;
}

struct point {
    i128 v, r;
};

struct series {
    i128 v[LONG_TERMS], r[LONG_TERMS], rest[LONG_TERMS]; /* rest: 1 - v R */
};

static i128 multiply(i128 a, i128 b)
{
    return wide_high_signed(a, b) * ((i128)1 << (128 - PLACES));
}

static i128 scale(i128 a, int bits)
{
    return bits < 0 ? a / (1 << -bits) : a * (1 << bits);
}

/* Around a point, by units of 2^unit. */
static void expand(struct point at, int unit, struct series *series)
{
    series->v[0] = at.v;
    series->r[0] = at.r;
    for (int k = 0; k < LONG_TERMS; k++) {
        series->rest[k] = k == 0 ? ONE : 0;
        for (int i = 0; i <= k; i++)
            series->rest[k] -= multiply(series->v[i], series->r[k - i]);
        i128 slope = 0;
        for (int i = 0; i <= k; i++)
            slope -= multiply(series->r[i], series->rest[k - i]);
        if (k + 1 == LONG_TERMS)
            break;
        series->v[k + 1] = scale(series->r[k], unit) / (k + 1);
        series->r[k + 1] = scale(slope, unit) / (k + 1);
    }
}

static i128 sum_at(const i128 *terms, i128 x)
{
    i128 sum = 0;
    for (int k = LONG_TERMS; k-- > 0;)
        sum = terms[k] + multiply(sum, x);
    return sum;
}

/* v = 38.5 and its R and t. With s = v^2: v R = 1 - 1/s + 1*3/s^2 - 1*3*5/s^3 …, t = s/2 + ln(2 pi)/2 - ln R. */
static struct point farthest(i128 *t)
{
    enum { HALVES = 77, SQUARE = HALVES * HALVES };
    i128 term = ONE, less = 0; /* 1 - v R */
    for (int k = 1; term != 0; k++) {
        term = term * (4 * (2 * k - 1)) / -SQUARE;
        less -= term;
    }
    i128 log = 0, power = less; /* -ln(v R) = less + less^2 / 2 + … */
    for (int n = 1; power != 0; n++, power = multiply(power, less))
        log += power / n;
    *t = ((i128)SQUARE << (T_PLACES - 3)) + HALF_LN_2_PI + wide_fixed(wide_log(HALVES / 2.0), T_PLACES) +
         log / (1 << (PLACES - T_PLACES));
    return (struct point){(i128)HALVES << (PLACES - 1), (ONE - less) * 2 / HALVES};
}

/* The middle of piece number i from 2^e on, in units of 2^(e - 127). */
static u128 middle(int e, int i)
{
    int bits = piece_bits(e);
    return (u128)((2 << bits) + 2 * i + 1) << (126 - bits);
}

static void make_pieces(void)
{
    struct series series;
    i128 t;
    struct point at = farthest(&t);
    expand(at, SMALL, &series);
    for (int e = MOST, unit = SMALL; e >= LEAST; e--)
        for (int i = e == MOST ? LAST : (1 << piece_bits(e)) - 1; i >= (e == LEAST ? FIRST : 0); i--) {
            i128 next = (i128)(middle(e, i) >> (127 - T_PLACES - e));
            i128 x = scale((next - t) * (1 << (PLACES - T_PLACES)), -unit);
            at = (struct point){sum_at(series.v, x), sum_at(series.r, x)};
            t = next;
            unit = unit_bits(e);
            expand(at, unit, &series);
            for (int k = 0; k < TERMS; k++)
                pieces[first_piece(e) + i][k] = series.v[k];
        }
    expand((struct point){0, SQRT_HALF_PI}, LEAST, &series);
    for (int k = 0; k < TERMS; k++)
        pieces[0][k] = series.v[k + 1];
}

/* x in units of 2^-127 */
static i128 series_at(const i128 *terms, i128 x)
{
    i128 sum = terms[TERMS - 1];
    for (int k = TERMS - 1; k-- > 0;)
        sum = terms[k] + wide_high_signed(sum, x) * 2;
    return sum;
}

double real_normal_quantile(double p)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, make_pieces);
    assert(p > 0 && p < 1);
    bool above = p > 0.5;
    struct wide beyond = wide_log(2 * (above ? 1 - p : p)); /* ln 2 - t; twice a float and one less a float are exact */
    u128 t = (WIDE_LN_2 >> (128 - T_PLACES)) - (u128)wide_fixed(beyond, T_PLACES);
    int zeros = __builtin_clzll((uint64_t)(t >> 64)), e = 127 - T_PLACES - zeros;
    u128 mantissa = t << zeros;
    int i = (int)(mantissa >> (127 - piece_bits(e))) - (1 << piece_bits(e)), piece = first_piece(e) + i;
    if (piece < FIRST) {
        i128 x = -wide_fixed(beyond, 127 - LEAST);
        struct wide slope = wide_of((u128)series_at(pieces[0], x), -PLACES - LEAST, !above, -100);
        beyond.negative = false;
        return wide_round(wide_product(beyond, slope));
    }
    i128 x = (i128)(mantissa - middle(e, i)) * (1 << (e - unit_bits(e)));
    return wide_round(wide_of((u128)series_at(pieces[piece], x), -PLACES, !above, -100));
}
