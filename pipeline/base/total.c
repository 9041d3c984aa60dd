/* total.c - see total.h. */
#include "base/total.h"

#include "base/wide.h"

#include <assert.h>
#include <string.h>

/* The bits of the largest number, 62 of a count, and a sign. */
const struct total_form TOTAL_FLOATS = {-149, (277 + 63 + 31) / 32};
const struct total_form TOTAL_FLOAT_SQUARES = {-298, (554 + 63 + 31) / 32};
const struct total_form TOTAL_WIDE = {-1074, (2098 + 63 + 31) / 32};
const struct total_form TOTAL_WIDE_SQUARES = {-2148, (4196 + 63 + 31) / 32};

static const uint64_t LOW = 0xffffffff;

/* ---- adding ---- */

/* |number| = mantissa * 2^exponent. */
static uint64_t parts(double number, int *exponent)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    unsigned field = bits >> 52 & 0x7ff;
    assert(field != 0x7ff);
    *exponent = (field == 0 ? 1 : (int)field) - 1075;
    return (bits & (((uint64_t)1 << 52) - 1)) | (uint64_t)(field != 0) << 52;
}

/* Adds magnitude * 2^shift units to the digits. */
static void add_at(int64_t *digits, unsigned shift, uint64_t magnitude, bool negative)
{
    int64_t *at = digits + shift / 32;
    u128 placed = (u128)magnitude << shift % 32;
    int64_t first = (int64_t)(placed & LOW), second = (int64_t)(placed >> 32 & LOW), third = (int64_t)(placed >> 64);
    at[0] += negative ? -first : first;
    at[1] += negative ? -second : second;
    if (third != 0)
        at[2] += negative ? -third : third;
}

void total_add(struct total_form form, int64_t *digits, double number)
{
    int exponent;
    uint64_t mantissa = parts(number, &exponent);
    if (mantissa == 0)
        return;
    int shift = exponent - form.lowest;
    if (shift < 0) { /* a 32-bit float has zeros there */
        assert(shift > -64 && mantissa << (64 + shift) == 0);
        mantissa >>= -shift;
        shift = 0;
    }
    add_at(digits, (unsigned)shift, mantissa, number < 0);
}

void total_add_square(struct total_form form, int64_t *digits, double number)
{
    int exponent;
    uint64_t mantissa = parts(number, &exponent);
    if (mantissa == 0)
        return;
    int zeros = __builtin_ctzll(mantissa);
    mantissa >>= zeros;
    u128 square = (u128)mantissa * mantissa;
    int shift = 2 * (exponent + zeros) - form.lowest;
    assert(shift >= 0);
    add_at(digits, (unsigned)shift, (uint64_t)square, false);
    if (square >> 64 != 0)
        add_at(digits, (unsigned)shift + 64, (uint64_t)(square >> 64), false);
}

void total_carry(struct total_form form, int64_t *digits)
{
    for (unsigned i = 0; i + 1 < form.digits; i++) {
        int64_t low = (int64_t)((uint64_t)digits[i] & LOW);
        digits[i + 1] += (digits[i] - low) / ((int64_t)1 << 32);
        digits[i] = low;
    }
}

void total_merge(struct total_form form, int64_t *digits, const int64_t *other)
{
    for (unsigned i = 0; i < form.digits; i++)
        digits[i] += other[i];
    total_carry(form, digits);
}

/* ---- natural numbers: digits of 32 bits, the lowest first ---- */

enum { NATURAL_DIGITS = 2 * TOTAL_MOST_DIGITS };

struct natural {
    uint32_t digits[NATURAL_DIGITS];
};

static uint32_t digit_at(const struct natural *a, int i)
{
    return i >= 0 && i < NATURAL_DIGITS ? a->digits[i] : 0;
}

static int bits_of(const struct natural *a)
{
    for (int i = NATURAL_DIGITS - 1; i >= 0; i--)
        if (a->digits[i] != 0)
            return 32 * i + 32 - __builtin_clz(a->digits[i]);
    return 0;
}

/* The magnitude of a sum; returns whether it is negative. */
static bool magnitude_of(struct total_form form, const int64_t *digits, struct natural *magnitude)
{
    bool negative = digits[form.digits - 1] < 0;
    int64_t carry = 0;
    memset(magnitude, 0, sizeof *magnitude);
    for (unsigned i = 0; i < form.digits; i++) {
        int64_t digit = (negative ? -digits[i] : digits[i]) + carry;
        int64_t low = (int64_t)((uint64_t)digit & LOW);
        magnitude->digits[i] = (uint32_t)low;
        carry = (digit - low) / ((int64_t)1 << 32);
    }
    assert(carry == 0);
    return negative;
}

/* a * 2^places, for places of any sign; *rest becomes true if bits are lost. */
static void shift_by(struct natural *a, int places, bool *rest)
{
    struct natural from = *a;
    int whole = places >= 0 ? places / 32 : -((-places + 31) / 32);
    unsigned part = (unsigned)(places - 32 * whole);
    for (int i = 0; i < NATURAL_DIGITS; i++) {
        uint64_t pair = (uint64_t)digit_at(&from, i - whole) << 32 | digit_at(&from, i - whole - 1);
        a->digits[i] = (uint32_t)(pair << part >> 32);
    }
    for (int i = 0; places < 0 && i < (-places + 31) / 32 && i < NATURAL_DIGITS; i++) {
        uint32_t lost = from.digits[i];
        if (i == -places / 32)
            lost &= ((uint32_t)1 << (unsigned)(-places % 32)) - 1;
        *rest = *rest || lost != 0;
    }
}

static void divide(struct natural *a, uint64_t n, bool *rest)
{
    uint64_t left = 0;
    for (int i = (bits_of(a) + 31) / 32 - 1; i >= 0; i--) {
        u128 part = (u128)left << 32 | a->digits[i];
        a->digits[i] = (uint32_t)(part / n);
        left = (uint64_t)(part % n);
    }
    *rest = *rest || left != 0;
}

static void multiply(struct natural *a, uint64_t n)
{
    u128 carry = 0;
    for (int i = 0; i < NATURAL_DIGITS; i++) {
        carry += (u128)a->digits[i] * n;
        a->digits[i] = (uint32_t)carry;
        carry >>= 32;
    }
    assert(carry == 0);
}

/* Neither factor has more than TOTAL_MOST_DIGITS. */
static struct natural product_of(const struct natural *a, const struct natural *b)
{
    struct natural product = {{0}};
    int a_used = (bits_of(a) + 31) / 32, b_used = (bits_of(b) + 31) / 32;
    assert(a_used + b_used <= NATURAL_DIGITS);
    for (int i = 0; i < a_used; i++) {
        uint64_t carry = 0;
        for (int j = 0; j < b_used; j++) {
            carry += (uint64_t)a->digits[i] * b->digits[j] + product.digits[i + j];
            product.digits[i + j] = (uint32_t)carry;
            carry >>= 32;
        }
        if (b_used > 0)
            product.digits[i + b_used] = (uint32_t)carry;
    }
    return product;
}

static int compare(const struct natural *a, const struct natural *b)
{
    for (int i = NATURAL_DIGITS - 1; i >= 0; i--)
        if (a->digits[i] != b->digits[i])
            return a->digits[i] < b->digits[i] ? -1 : 1;
    return 0;
}

static void add(struct natural *a, const struct natural *b)
{
    uint64_t carry = 0;
    for (int i = 0; i < NATURAL_DIGITS; i++) {
        carry += (uint64_t)a->digits[i] + b->digits[i];
        a->digits[i] = (uint32_t)carry;
        carry >>= 32;
    }
    assert(carry == 0);
}

/* a -= b, which is not more than a. */
static void subtract(struct natural *a, const struct natural *b)
{
    uint64_t borrow = 0;
    for (int i = 0; i < NATURAL_DIGITS; i++) {
        uint64_t less = b->digits[i] + borrow;
        borrow = a->digits[i] < less;
        a->digits[i] = (uint32_t)(a->digits[i] - less);
    }
    assert(borrow == 0);
}

static u128 low_of(const struct natural *a)
{
    u128 low = 0;
    for (int i = 3; i >= 0; i--)
        low = low << 32 | a->digits[i];
    return low;
}

/* Cuts the number down to `most` bits and an even number of places, which are returned. */
static int cut_to(struct natural *a, int most, bool *rest)
{
    int surplus = bits_of(a) - most, places = surplus > 0 ? surplus + surplus % 2 : 0;
    shift_by(a, -places, rest);
    return places;
}

/* ---- what follows from sums ---- */

/* The bit below the lowest one says that there are more; it decides whether a float is half-way. */
static double round_once(u128 whole, int exponent, bool rest, bool negative)
{
    return wide_round(wide_of(whole << 1 | rest, exponent - 1, negative, WIDE_EXACT));
}

double total_mean(struct total_form form, const int64_t *digits, uint64_t n)
{
    enum { PLACES = 64 + 64 + 32 };
    struct natural sum;
    bool negative = magnitude_of(form, digits, &sum), rest = false;
    if (bits_of(&sum) == 0)
        return 0;
    shift_by(&sum, PLACES, &rest);
    divide(&sum, n, &rest);
    int cut = cut_to(&sum, 120, &rest);
    return round_once(low_of(&sum), form.lowest - PLACES + cut, rest, negative);
}

static uint64_t root_of(u128 square)
{
    uint64_t root = 0;
    for (int bit = 62; bit >= 0; bit--) {
        uint64_t more = root | (uint64_t)1 << bit;
        if ((u128)more * more <= square)
            root = more;
    }
    return root;
}

/* sqrt(n squares - sum^2) / n, and floor(sqrt(floor(x))) is floor(sqrt(x)). */
double total_deviation(bool wide, const int64_t *sum, const int64_t *squares, uint64_t n)
{
    enum { PLACES = 2 * 64 + 126 };
    struct total_form of_sum = wide ? TOTAL_WIDE : TOTAL_FLOATS;
    struct total_form of_squares = wide ? TOTAL_WIDE_SQUARES : TOTAL_FLOAT_SQUARES;
    struct natural spread, total;
    bool rest = false;
    (void)magnitude_of(of_squares, squares, &spread);
    (void)magnitude_of(of_sum, sum, &total);
    multiply(&spread, n);
    struct natural square_of_sum = product_of(&total, &total);
    subtract(&spread, &square_of_sum);
    if (bits_of(&spread) == 0)
        return 0;
    shift_by(&spread, PLACES, &rest);
    divide(&spread, n, &rest);
    divide(&spread, n, &rest);
    int cut = cut_to(&spread, 126, &rest);
    u128 square = low_of(&spread);
    uint64_t root = root_of(square);
    rest = rest || (u128)root * root != square;
    return round_once(root, (of_squares.lowest - PLACES + cut) / 2, rest, false);
}

double total_covariance(bool wide, const int64_t *a, const int64_t *b, const int64_t *products, uint64_t n,
                        int exponent)
{
    enum { PLACES = 2 * 64 + 128 };
    struct total_form of_sum = wide ? TOTAL_WIDE : TOTAL_FLOATS;
    struct total_form of_products = wide ? TOTAL_WIDE_SQUARES : TOTAL_FLOAT_SQUARES;
    struct natural first, second, spread;
    bool negative = magnitude_of(of_products, products, &spread), rest = false;
    bool other_negative = magnitude_of(of_sum, a, &first) != magnitude_of(of_sum, b, &second);
    multiply(&spread, n);
    struct natural product = product_of(&first, &second);
    if (negative != other_negative) {
        add(&spread, &product);
    } else if (compare(&spread, &product) >= 0) {
        subtract(&spread, &product);
    } else {
        subtract(&product, &spread);
        spread = product;
        negative = !negative;
    }
    if (bits_of(&spread) == 0)
        return 0;
    shift_by(&spread, PLACES, &rest);
    divide(&spread, n, &rest);
    divide(&spread, n, &rest);
    int cut = cut_to(&spread, 120, &rest);
    return round_once(low_of(&spread), of_products.lowest - PLACES + cut + exponent, rest, negative);
}

/* ---- spelling ---- */

void total_put(struct total_form form, const int64_t *digits, struct bytes *out)
{
    static const char hex[] = "0123456789abcdef";
    struct natural magnitude;
    bool negative = magnitude_of(form, digits, &magnitude), rest = false;
    int exponent = form.lowest, zeros = 0, bits = bits_of(&magnitude);
    if (bits == 0) {
        bytes_put(out, SLICE("0x0p+0"));
        return;
    }
    while ((magnitude.digits[zeros / 32] >> (zeros % 32) & 1) == 0)
        zeros++;
    shift_by(&magnitude, -zeros, &rest);
    exponent += zeros;
    bytes_put(out, negative ? SLICE("-0x") : SLICE("0x"));
    for (int i = (bits - zeros + 3) / 4 - 1; i >= 0; i--)
        bytes_byte(out, hex[magnitude.digits[i / 8] >> (i % 8 * 4) & 15]);
    bytes_put(out, exponent < 0 ? SLICE("p-") : SLICE("p+"));
    unsigned left = (unsigned)(exponent < 0 ? -exponent : exponent), unit = 1;
    while (left / unit >= 10)
        unit *= 10;
    for (; unit > 0; unit /= 10)
        bytes_byte(out, (char)('0' + left / unit % 10));
}

static int hex_value(char digit)
{
    return digit >= '0' && digit <= '9' ? digit - '0' : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* Takes a decimal with a sign off the text; false if there is none, or more than five digits. */
static bool read_exponent(struct slice text, int *exponent)
{
    if (text.len < 3 || text.len > 7 || text.ptr[0] != 'p' || (text.ptr[1] != '-' && text.ptr[1] != '+'))
        return false;
    *exponent = 0;
    for (size_t i = 2; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        *exponent = *exponent * 10 + (text.ptr[i] - '0');
    }
    *exponent = text.ptr[1] == '-' ? -*exponent : *exponent;
    return true;
}

bool total_read(struct total_form form, struct slice text, int64_t *digits)
{
    bool negative = slice_starts(text, SLICE("-")), rest = false;
    struct natural magnitude = {{0}};
    size_t at = negative ? 3 : 2, count = 0;
    int exponent, digit;
    if (!slice_starts((struct slice){text.ptr + negative, text.len - negative}, SLICE("0x")))
        return false;
    while (at + count < text.len && hex_value(text.ptr[at + count]) >= 0)
        count++;
    if (count == 0 || count > (size_t)form.digits * 8 ||
        !read_exponent((struct slice){text.ptr + at + count, text.len - at - count}, &exponent))
        return false;
    for (size_t i = 0; i < count; i++) {
        digit = hex_value(text.ptr[at + count - 1 - i]);
        magnitude.digits[i / 8] |= (uint32_t)digit << (i % 8 * 4);
    }
    int bits = bits_of(&magnitude), shift = exponent - form.lowest;
    if (bits == 0)
        return true;
    if (bits + shift > (int)form.digits * 32 - 1 || bits + shift < 1)
        return false;
    shift_by(&magnitude, shift, &rest);
    for (unsigned i = 0; i < form.digits; i++)
        digits[i] = negative ? -(int64_t)magnitude.digits[i] : magnitude.digits[i];
    total_carry(form, digits);
    return !rest;
}
