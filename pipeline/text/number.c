/* number.c - floats as JSON numbers: see number.h.
 *
 * Both directions multiply 64 bits by a power of ten of 128 bits, and both know how far the product may be off.
 * Reading falls back on integers of any length when that leaves it open which float is nearer. Writing is Schubfach
 * (Giulietti, "The Schubfach way to render doubles", 2020), which proves that 126 bits are enough. */
#include "text/number.h"

#include "text/json.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

__extension__ typedef unsigned __int128 u128;

/* A float is mantissa * 2^exponent; bits = sign, 11 bits of exponent, 52 of mantissa (without the highest, 1). */
enum { MANTISSA_BITS = 53, LEAST_EXPONENT = -1074, EXPONENT_BIAS = 1075, INFINITE_EXPONENT = 0x7ff };
static const uint64_t HIDDEN_BIT = (uint64_t)1 << 52, INFINITE = (uint64_t)INFINITE_EXPONENT << 52;

/* ---- powers of ten ---- */

enum { POWER_LEAST = -342, POWER_MOST = 324, POWER_EXACT = 55, LIMBS = 100 };

/* The highest 128 bits of 10^e, cut off; exact for 0 <= e <= POWER_EXACT. */
static u128 powers[POWER_MOST - POWER_LEAST + 1];

/* A large integer: limbs[0] is the lowest. */
struct large {
    uint32_t limbs[LIMBS];
    size_t len;
};

static void large_put(struct large *number, uint64_t value)
{
    number->len = 0;
    for (; value != 0; value >>= 32)
        number->limbs[number->len++] = (uint32_t)value;
}

/* number = number * factor + add */
static void large_multiply(struct large *number, uint32_t factor, uint32_t add)
{
    uint64_t carry = add;
    for (size_t i = 0; i < number->len; i++) {
        carry += (uint64_t)number->limbs[i] * factor;
        number->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0) {
        assert(number->len < LIMBS);
        number->limbs[number->len++] = (uint32_t)carry;
    }
}

static void large_divide(struct large *number, uint32_t divisor)
{
    uint64_t rest = 0;
    for (size_t i = number->len; i > 0; i--) {
        rest = rest << 32 | number->limbs[i - 1];
        number->limbs[i - 1] = (uint32_t)(rest / divisor);
        rest %= divisor;
    }
    while (number->len > 0 && number->limbs[number->len - 1] == 0)
        number->len--;
}

static void large_shift(struct large *number, unsigned bits)
{
    size_t whole = bits / 32;
    assert(number->len + whole < LIMBS);
    memmove(number->limbs + whole, number->limbs, number->len * sizeof *number->limbs);
    memset(number->limbs, 0, whole * sizeof *number->limbs);
    number->len += whole;
    large_multiply(number, (uint32_t)1 << bits % 32, 0);
}

/* Below 0, 0, above 0. */
static int large_compare(const struct large *a, const struct large *b)
{
    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    for (size_t i = a->len; i > 0; i--)
        if (a->limbs[i - 1] != b->limbs[i - 1])
            return a->limbs[i - 1] < b->limbs[i - 1] ? -1 : 1;
    return 0;
}

static u128 highest_bits(const struct large *number)
{
    u128 bits = 0;
    for (size_t i = 0; i < 4; i++)
        bits = bits << 32 | (i < number->len ? number->limbs[number->len - 1 - i] : 0);
    unsigned zeros = (unsigned)__builtin_clz(number->limbs[number->len - 1]);
    bits <<= zeros;
    if (zeros > 0 && number->len > 4)
        bits |= number->limbs[number->len - 5] >> (32 - zeros);
    return bits;
}

/* 10^e and 5^e have the same highest bits. Cutting off after each division by five gives what one division by the
 * power of five would give. */
__attribute__((constructor)) static void make_powers(void)
{
    enum { LIMBS_OF_RECIPROCAL = 30 }; /* 5^342 has 795 bits; 128 are wanted */
    struct large number;
    large_put(&number, 1);
    for (int e = 0; e <= POWER_MOST; e++) {
        powers[e - POWER_LEAST] = highest_bits(&number);
        large_multiply(&number, 5, 0);
    }
    memset(&number, 0, sizeof number);
    number.len = LIMBS_OF_RECIPROCAL;
    number.limbs[number.len - 1] = 1;
    for (int e = -1; e >= POWER_LEAST; e--) {
        large_divide(&number, 5);
        powers[e - POWER_LEAST] = highest_bits(&number);
    }
}

/* floor(number / 2^bits) for results of at least -4096. */
static inline int floor_shift(int64_t number, unsigned bits)
{
    const int64_t least = 4096;
    return (int)((number + (least << bits)) >> bits) - (int)least;
}

/* floor(log2(10^e)): the exponent of the highest bit of 10^e; for |e| <= 1233. */
static inline int highest_bit_of_power(int e)
{
    return floor_shift((int64_t)e * 1741647, 19);
}

/* ---- reading ---- */

/* A number of JSON: digits * 10^exponent, and more digits after those if `cut`. */
struct decimal_text {
    uint64_t digits;   /* the first 19 that matter */
    int64_t exponent;  /* of their last one */
    bool cut;          /* there are more than 19 */
    const char *first; /* the first digit that is not 0 */
    const char *last;  /* the end of all digits */
};

enum { DIGITS_AT_ONCE = 19 };

static inline bool is_digit(char byte)
{
    return (unsigned char)(byte - '0') < 10;
}

/* Reads digits; returns where they end. `point`: they follow the decimal point. */
static inline const char *read_digits(const char *at, const char *end, bool point, struct decimal_text *text,
                                      unsigned *count)
{
    for (; at < end && is_digit(*at); at++) {
        text->exponent -= point;
        if (*count == 0) {
            if (*at == '0')
                continue;
            text->first = at;
        }
        if (*count < DIGITS_AT_ONCE) {
            text->digits = text->digits * 10 + (uint64_t)(*at - '0');
            ++*count;
        } else {
            text->cut = true;
            text->exponent++;
        }
    }
    return at;
}

static const char *read_exponent(const char *at, const char *end, int64_t *exponent)
{
    const int64_t most = (int64_t)1 << 50; /* more than a number can have digits */
    bool negative = at < end && *at == '-';
    int64_t number = 0;
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    for (; at < end && is_digit(*at); at++)
        number = number < most ? number * 10 + (*at - '0') : number;
    *exponent += negative ? -number : number;
    return at;
}

/* Are these eight bytes digits? Then their number, in three multiplications. */
static inline bool read_eight(const char *at, uint64_t *number)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t word;
    memcpy(&word, at, sizeof word);
    word ^= 0x3030303030303030u;
    if ((((word + 0x7676767676767676u) | word) & 0x8080808080808080u) != 0)
        return false;
    word = (word * 10 + (word >> 8)) & 0x00ff00ff00ff00ffu;
    word = (word * 100 + (word >> 16)) & 0x0000ffff0000ffffu;
    *number = (word * 10000 + (word >> 32)) & UINT32_MAX;
    return true;
#else
    (void)at;
    (void)number;
    return false;
#endif
}

/* A number of up to 19 digits without an exponent, which most are; moves to its end. false for any other. */
static inline bool read_short(const char **start, const char *end, struct decimal_text *text)
{
    const char *at = *start, *point = end;
    uint64_t digits = 0, eight;
    for (; at < end && is_digit(*at); at++)
        digits = digits * 10 + (uint64_t)(*at - '0');
    if (at < end && *at == '.') {
        point = at++;
        for (; end - at >= 8 && read_eight(at, &eight); at += 8)
            digits = digits * 100000000 + eight;
        for (; at < end && is_digit(*at); at++)
            digits = digits * 10 + (uint64_t)(*at - '0');
    }
    if (at - *start > DIGITS_AT_ONCE || (at < end && (*at | ' ') == 'e'))
        return false;
    *text = (struct decimal_text){.digits = digits, .first = *start, .last = at};
    text->exponent = point < at ? point + 1 - at : 0;
    *start = at;
    return true;
}

static const char *read_text(const char *at, const char *end, struct decimal_text *text)
{
    unsigned count = 0;
    if (read_short(&at, end, text))
        return at;
    *text = (struct decimal_text){.first = at};
    at = read_digits(at, end, false, text, &count);
    if (at < end && *at == '.')
        at = read_digits(at + 1, end, true, text, &count);
    text->last = at;
    return at < end && (*at | ' ') == 'e' ? read_exponent(at + 1, end, &text->exponent) : at;
}

/* The float nearest to digits * 10^exponent, as bits; false if the product of 64 and 128 bits does not tell: then it
 * may be the next one, too. */
static inline bool read_product(uint64_t digits, int exponent, uint64_t *bits)
{
    unsigned zeros = (unsigned)__builtin_clzll(digits);
    uint64_t factor = digits << zeros;
    u128 power = powers[exponent - POWER_LEAST];
    u128 low = (u128)factor * (uint64_t)power, high = (u128)factor * (uint64_t)(power >> 64) + (low >> 64);
    unsigned shift = high >> 127 == 0;
    high <<= shift;
    /* The true product is less than 4 above `high`: what was cut off of the power, and the lowest 64 bits here. */
    int top = highest_bit_of_power(exponent) + 64 - (int)zeros - (int)shift; /* of the number: 2^top <= it */
    int keep = top >= -1022 ? MANTISSA_BITS : MANTISSA_BITS - (-1022 - top);
    if (keep < 0) {
        *bits = 0;
        return true;
    }
    unsigned cut = 128 - (unsigned)keep;
    u128 half = (u128)1 << (cut - 1), rest = keep == 0 ? high : high & (2 * half - 1);
    uint64_t mantissa = keep == 0 ? 0 : (uint64_t)(high >> cut);
    bool exact = exponent >= 0 && exponent <= POWER_EXACT && (uint64_t)low == 0;
    mantissa += rest > half || (rest == half && mantissa % 2 == 1);
    /* A mantissa that has grown to the next power of two carries into the exponent, as it should. */
    *bits = top >= -1022 ? ((uint64_t)(top + 1022) << 52) + mantissa : mantissa;
    return exact || rest > half || half - rest >= 4;
}

/* ---- reading what is nearly half-way between two floats ---- */

/* No number half-way between two floats has more digits than 767: what follows matters only by not being 0. */
enum { DIGITS_THAT_MATTER = 800 };

/* All digits; the exponent of the last one is returned. */
static int64_t read_large(const struct decimal_text *text, struct large *number)
{
    int64_t exponent = text->exponent;
    unsigned count = 0;
    bool more = false;
    number->len = 0;
    for (const char *at = text->first; at < text->last; at++) {
        if (*at == '.')
            continue;
        exponent -= count >= DIGITS_AT_ONCE && count < DIGITS_THAT_MATTER;
        if (count < DIGITS_THAT_MATTER)
            large_multiply(number, 10, (uint32_t)(*at - '0'));
        else
            more = more || *at != '0';
        count++;
    }
    if (more) {
        large_multiply(number, 10, 1);
        exponent--;
    }
    return exponent;
}

static void multiply_by_five(struct large *number, int64_t times)
{
    for (; times > 0; times--)
        large_multiply(number, 5, 0);
}

/* Compares the number with the float of these bits, or with the middle between that and the next larger one. */
static int compare_with(const struct decimal_text *text, uint64_t bits, bool with_middle)
{
    struct large number, other;
    int64_t ten = read_large(text, &number);
    uint64_t field = bits >> 52, mantissa = bits & (HIDDEN_BIT - 1);
    int64_t two = (field == 0 ? LEAST_EXPONENT : (int64_t)field - EXPONENT_BIAS) - 1;
    large_put(&other, 2 * (mantissa + (field == 0 ? 0 : HIDDEN_BIT)) + with_middle);
    multiply_by_five(&number, ten);
    multiply_by_five(&other, -ten);
    if (ten > two)
        large_shift(&number, (unsigned)(ten - two));
    else
        large_shift(&other, (unsigned)(two - ten));
    return large_compare(&number, &other);
}

/* From a float nearby to the nearest. */
static uint64_t read_exactly(const struct decimal_text *text, uint64_t bits)
{
    bits = bits < INFINITE ? bits : INFINITE;
    for (;;) {
        int above = bits < INFINITE ? compare_with(text, bits, true) : -1;
        if (above > 0 || (above == 0 && bits % 2 == 1)) {
            bits++;
            continue;
        }
        int below = bits > 0 ? compare_with(text, bits - 1, true) : 1;
        if (below > 0 || (below == 0 && bits % 2 == 0))
            return bits;
        bits--;
    }
}

static uint64_t read_bits(const struct decimal_text *text)
{
    uint64_t bits, next;
    if (text->digits == 0 || text->exponent < POWER_LEAST)
        return 0;
    if (text->exponent > 308)
        return INFINITE;
    int exponent = (int)text->exponent;
    bool known = read_product(text->digits, exponent, &bits);
    if (known && !text->cut)
        return bits;
    if (known && read_product(text->digits + 1, exponent, &next) && next == bits)
        return bits;
    return read_exactly(text, bits);
}

const char *number_read(const char *at, const char *end, double *number)
{
    struct decimal_text text;
    bool negative = at < end && *at == '-';
    at = read_text(at + negative, end, &text);
    uint64_t bits = read_bits(&text);
    if (bits >= INFINITE)
        return NULL;
    bits |= (uint64_t)negative << 63;
    memcpy(number, &bits, sizeof bits);
    return at;
}

/* From a 64-bit float, the nearest, that may be half-way between two 32-bit ones, to the nearest of those: the number
 * itself decides. Magnitudes. */
static float narrow_middle(const struct decimal_text *text, double wide)
{
    const double most = FLT_MAX, beyond = 0x1p128;
    float nearest = (float)wide;
    double found = nearest > FLT_MAX ? beyond : (double)nearest, gap = wide - found;
    if (gap == 0 || wide > beyond)
        return nearest;
    double next = gap < 0 && nearest > FLT_MAX ? most : (double)nextafterf(nearest, gap > 0 ? INFINITY : 0);
    next = next > most ? beyond : next;
    if (next - wide != gap)
        return nearest;
    uint64_t bits;
    memcpy(&bits, &wide, sizeof bits);
    int side = compare_with(text, bits, false);
    if (side == 0)
        return nearest;
    return (float)((side > 0) == (next > found) ? next : found);
}

/* Rounding twice goes wrong only there. */
static inline float narrow(const struct decimal_text *text, uint64_t bits)
{
    const uint64_t least_normal = (uint64_t)(1023 - 126) << 52, cut = ((uint64_t)1 << 29) - 1, half = cut / 2 + 1;
    double wide;
    memcpy(&wide, &bits, sizeof wide);
    return bits >= least_normal && (bits & cut) != half ? (float)wide : narrow_middle(text, wide);
}

const char *number_read_float(const char *at, const char *end, float *number)
{
    struct decimal_text text;
    bool negative = at < end && *at == '-';
    at = read_text(at + negative, end, &text);
    uint64_t bits = read_bits(&text);
    float magnitude = bits >= INFINITE ? INFINITY : narrow(&text, bits);
    if (magnitude > FLT_MAX)
        return NULL;
    *number = negative ? -magnitude : magnitude;
    return at;
}

/* ---- writing ---- */

/* A number of JSON without its sign: digits * 10^exponent. */
struct shortest {
    uint64_t digits;
    int exponent;
};

/* The highest 64 bits of a product of 192, with the lowest bit set if any bit after them is: rounded to odd, so that
 * comparing it with an even number tells what comparing the product would. */
static inline uint64_t multiply_to_odd(u128 power, uint64_t factor)
{
    u128 low = (u128)(uint64_t)power * factor;
    u128 high = (u128)(uint64_t)(power >> 64) * factor + (low >> 64);
    return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

/* The float is whole * 2^two; `lopsided`: the next smaller float is nearer than the next larger one.
 * Of the decimals with the exponent k in which neighbours are less than a float apart, and of those with k + 1, at
 * least one reads back; see the paper. Quarters: the middles to the next floats are at 4 * mantissa +- 2. */
static struct shortest find_shortest(uint64_t whole, int two, bool lopsided)
{
    bool even = whole % 2 == 0;
    int k = floor_shift((int64_t)two * 1262611 - (lopsided ? 524031 : 0),
                        22); /* floor(log10(2^two)), of 3/4 of it if lopsided */
    int shift = two + highest_bit_of_power(-k) + 1;
    u128 power = powers[-k - POWER_LEAST] + (-k < 0 || -k > POWER_EXACT); /* rounded up */
    uint64_t lower = multiply_to_odd(power, (4 * whole - 2 + lopsided) << shift) + !even;
    uint64_t middle = multiply_to_odd(power, (4 * whole) << shift);
    uint64_t upper = multiply_to_odd(power, (4 * whole + 2) << shift) - !even;
    uint64_t digits = middle / 4, tens = digits / 10;
    if (digits >= 10) {
        bool below = lower <= 40 * tens, above = 40 * tens + 40 <= upper;
        if (below != above)
            return (struct shortest){tens + above, k + 1};
    }
    bool below = lower <= 4 * digits, above = 4 * digits + 4 <= upper;
    if (below != above)
        return (struct shortest){digits + above, k};
    uint64_t half = 4 * digits + 2;
    return (struct shortest){digits + (middle > half || (middle == half && digits % 2 == 1)), k};
}

static void drop_zeros(struct shortest *found)
{
    if (found->digits % 100000000 == 0) {
        found->digits /= 100000000;
        found->exponent += 8;
    }
    for (; found->digits % 10 == 0; found->exponent++)
        found->digits /= 10;
}

static char *put_zeros(char *at, int count)
{
    for (; count > 0; count--)
        *at++ = '0';
    return at;
}

enum { DIGITS_MOST = 17 };

/* Stores DIGITS_MOST bytes, whatever the count. */
static inline char *put_digits(char *at, const char *digits, int count)
{
    memcpy(at, digits, DIGITS_MOST);
    return at + count;
}

/* As RFC 8785 (ECMAScript's Number::toString): point is the place of the decimal point, counted from the first digit.
 */
static char *put_decimal(char *at, const struct shortest *found)
{
    char digits[JSON_INT_BYTES + DIGITS_MOST];
    int len = (int)(json_write_int(digits, (int64_t)found->digits) - digits), point = len + found->exponent;
    if (point > 21 || point <= -6) {
        *at++ = digits[0];
        if (len > 1)
            *at++ = '.';
        at = put_digits(at, digits + 1, len - 1);
        *at++ = 'e';
        *at++ = point > 0 ? '+' : '-';
        char exponent[JSON_INT_BYTES];
        size_t count = (size_t)(json_write_int(exponent, point > 0 ? point - 1 : 1 - point) - exponent);
        memcpy(at, exponent, count);
        return at + count;
    }
    if (point <= 0) {
        memcpy(at, "0.000000", 8);
        return put_digits(at + 2 - point, digits, len);
    }
    if (point >= len)
        return put_zeros(put_digits(at, digits, len), point - len);
    at = put_digits(at, digits, point);
    *at++ = '.';
    return put_digits(at, digits + point, len - point);
}

char *number_write(char *at, double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    if (bits >> 63 != 0)
        *at++ = '-';
    bits &= ~((uint64_t)1 << 63);
    assert(bits < INFINITE);
    if (bits == 0) {
        *at++ = '0';
        return at;
    }
    uint64_t field = bits >> 52, mantissa = bits & (HIDDEN_BIT - 1);
    uint64_t whole = field == 0 ? mantissa : mantissa | HIDDEN_BIT;
    int two = field == 0 ? LEAST_EXPONENT : (int)field - EXPONENT_BIAS;
    struct shortest found = find_shortest(whole, two, mantissa == 0 && field > 1);
    drop_zeros(&found);
    return put_decimal(at, &found);
}

char *number_write_float(char *at, float number)
{
    enum { MANTISSA = 23, LEAST = -149, BIAS = 150, INFINITE_FIELD = 0xff };
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    if (bits >> 31 != 0)
        *at++ = '-';
    bits &= ~((uint32_t)1 << 31);
    uint32_t field = bits >> MANTISSA, mantissa = bits & (((uint32_t)1 << MANTISSA) - 1);
    assert(field < INFINITE_FIELD);
    if (bits == 0) {
        *at++ = '0';
        return at;
    }
    uint32_t whole = field == 0 ? mantissa : mantissa | (uint32_t)1 << MANTISSA;
    struct shortest found = find_shortest(whole, field == 0 ? LEAST : (int)field - BIAS, mantissa == 0 && field > 1);
    drop_zeros(&found);
    return put_decimal(at, &found);
}
