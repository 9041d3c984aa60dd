/* json_order.c - see json_order.h.
 *
 * A number is 0.DIGITS times a power of ten, so two of the same sign compare by the power first and then digit by
 * digit. That is exact for any length and avoids floating point, which would make 9007199254740993 equal to
 * 9007199254740992. */
#include "text/json_order.h"

#include "text/json.h"

#include <stddef.h>
#include <stdint.h>

/* ---- numbers ---- */

/* 0.d1d2d3… times 10^power; d1 is not zero. */
struct number {
    bool negative, zero;
    const char *digits, *end; /* from d1 to the end of the mantissa; a point may be among them */
    int64_t power;
};

/* The text after the 'e'. False if it has more than 18 digits, not counting leading zeros. */
static bool read_exponent(const char *at, const char *end, int64_t *exponent)
{
    enum { DIGITS_MOST = 18 };
    bool negative = *at == '-';
    if (*at == '-' || *at == '+')
        at++;
    while (at < end && *at == '0')
        at++;
    if (end - at > DIGITS_MOST)
        return false;
    int64_t magnitude = 0;
    for (; at < end; at++)
        magnitude = magnitude * 10 + (*at - '0');
    *exponent = negative ? -magnitude : magnitude;
    return true;
}

static bool read_number(struct slice text, struct number *number)
{
    const char *at = text.ptr, *end = text.ptr + text.len;
    *number = (struct number){.negative = *at == '-'};
    if (number->negative)
        at++;
    const char *point = NULL;
    for (; at < end && *at != 'e' && *at != 'E'; at++) {
        if (*at == '.')
            point = at;
        else if (*at != '0' && number->digits == NULL)
            number->digits = at;
    }
    number->end = at;
    number->zero = number->digits == NULL;
    if (number->zero)
        return true;
    if (point == NULL)
        point = number->end;
    /* Between the point and the first digit there are only zeros. */
    number->power = number->digits < point ? point - number->digits : point + 1 - number->digits;
    int64_t exponent = 0;
    if (at < end && !read_exponent(at + 1, end, &exponent))
        return false;
    number->power += exponent;
    return true;
}

/* The next digit of a mantissa; after its end always '0'. */
static char next_digit(const char **at, const char *end)
{
    if (*at < end && **at == '.')
        (*at)++;
    return *at < end ? *(*at)++ : '0';
}

static int order_magnitudes(const struct number *a, const struct number *b)
{
    if (a->power != b->power)
        return a->power < b->power ? -1 : 1;
    const char *left = a->digits, *right = b->digits;
    while (left < a->end || right < b->end) {
        char x = next_digit(&left, a->end), y = next_digit(&right, b->end);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return 0;
}

bool json_order_numbers(struct slice a, struct slice b, int *order)
{
    struct number left, right;
    if (!read_number(a, &left) || !read_number(b, &right))
        return false;
    int left_sign = left.zero ? 0 : left.negative ? -1 : 1;
    int right_sign = right.zero ? 0 : right.negative ? -1 : 1;
    if (left_sign != right_sign || left_sign == 0)
        *order = (left_sign > right_sign) - (left_sign < right_sign);
    else
        *order = left_sign * order_magnitudes(&left, &right);
    return true;
}

bool json_put_number(struct bytes *out, struct slice number)
{
    struct number read;
    if (!read_number(number, &read))
        return false;
    if (read.zero) {
        bytes_byte(out, '0');
        return true;
    }
    const char *end = read.end;
    while (end[-1] == '0' || end[-1] == '.')
        end--;
    if (read.negative)
        bytes_byte(out, '-');
    for (const char *at = read.digits; at < end; at++)
        if (*at != '.')
            bytes_byte(out, *at);
    bytes_byte(out, 'e');
    json_put_int(out, read.power);
    return true;
}

/* ---- strings ---- */

int json_order_string(struct slice value, struct slice text, struct arena *arena)
{
    const char *raw = value.ptr + 1;
    size_t len = value.len - 2, i = 0;
    while (i < len && i < text.len && raw[i] == text.ptr[i] && raw[i] != '\\')
        i++;
    if (i == len)
        return i == text.len ? 0 : -1;
    if (i == text.len) /* an escape stands for at least one character */
        return 1;
    if (raw[i] != '\\')
        return (unsigned char)raw[i] < (unsigned char)text.ptr[i] ? -1 : 1;
    /* The byte before the escape takes the place of the opening quote. */
    struct slice rest = json_string(slice_between(raw + i - 1, value.ptr + value.len), arena);
    return slice_compare(rest, (struct slice){text.ptr + i, text.len - i});
}
