/* json_numbers.c - integers as JSON text, by themselves and in arrays: see json.h.
 *
 * Most bytes of a tokenized record are arrays of ids and offsets. So printing a number of up to eight digits must not
 * branch on its length: the branch predictor can't know the length of the next one. */
#include "text/json.h"
#include "text/text.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* "0000" to "9999". */
static char four_digits[10000][4];

__attribute__((constructor)) static void make_four_digits(void)
{
    for (int i = 0; i < 10000; i++) {
        four_digits[i][0] = (char)('0' + i / 1000);
        four_digits[i][1] = (char)('0' + i / 100 % 10);
        four_digits[i][2] = (char)('0' + i / 10 % 10);
        four_digits[i][3] = (char)('0' + i % 10);
    }
}

/* Writes a number below 10^8 without leading zeros; stores eight bytes. */
static inline char *write_eight(char *at, uint32_t number)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    const uint64_t zeros = 0x3030303030303030u, last = (uint64_t)1 << 56; /* keeps the last digit even if it is 0 */
    uint32_t high, low;
    memcpy(&high, four_digits[number / 10000], sizeof high);
    memcpy(&low, four_digits[number % 10000], sizeof low);
    uint64_t digits = high | (uint64_t)low << 32;
    unsigned leading = (unsigned)__builtin_ctzll((digits ^ zeros) | last) / 8;
    digits >>= leading * 8;
    memcpy(at, &digits, sizeof digits);
    return at + sizeof digits - leading;
#else
    char digits[16] = {0};
    memcpy(digits, four_digits[number / 10000], 4);
    memcpy(digits + 4, four_digits[number % 10000], 4);
    size_t leading = 0;
    while (leading < 7 && digits[leading] == '0')
        leading++;
    memcpy(at, digits + leading, 8);
    return at + 8 - leading;
#endif
}

static inline char *write_magnitude(char *at, uint64_t magnitude)
{
    if (magnitude < 100000000)
        return write_eight(at, (uint32_t)magnitude);
    uint64_t groups[3];
    size_t count = 0;
    for (; magnitude >= 100000000; magnitude /= 10000)
        groups[count++] = magnitude % 10000;
    at = write_eight(at, (uint32_t)magnitude);
    while (count > 0) {
        memcpy(at, four_digits[groups[--count]], 4);
        at += 4;
    }
    return at;
}

char *json_write_int(char *at, int64_t number)
{
    uint64_t magnitude = (uint64_t)number;
    if (number < 0) {
        *at++ = '-';
        magnitude = 0 - magnitude;
    }
    return write_magnitude(at, magnitude);
}

void json_put_int(struct bytes *out, int64_t number)
{
    vec_reserve(out, JSON_INT_BYTES);
    out->len = (size_t)(json_write_int(out->items + out->len, number) - out->items);
}

/* Masks are arrays of single digits. Writes eight of them, each with a comma after it; false if one has more digits. */
static inline bool write_eight_digits(char *at, const int32_t *ints)
{
#if defined(__SSE2__)
    const __m128i nine = _mm_set1_epi16(9), zero_comma = _mm_set1_epi16('0' | ',' << 8);
    __m128i four = _mm_loadu_si128((const __m128i *)(const void *)ints);
    __m128i other = _mm_loadu_si128((const __m128i *)(const void *)(ints + 4));
    /* Numbers beyond 16 bits become the largest or smallest of 16 bits. */
    __m128i eight = _mm_packs_epi32(four, other);
    __m128i wrong = _mm_or_si128(_mm_cmplt_epi16(eight, _mm_setzero_si128()), _mm_cmpgt_epi16(eight, nine));
    if (_mm_movemask_epi8(wrong) != 0)
        return false;
    _mm_storeu_si128((__m128i *)(void *)at, _mm_add_epi16(eight, zero_comma));
    return true;
#else
    (void)at;
    (void)ints;
    return false;
#endif
}

/* Labels are mostly -100. Writes eight of them if all eight are. */
static inline bool write_eight_ignored(char *at, const int32_t *ints)
{
    int32_t differ = 0;
    for (int i = 0; i < 8; i++)
        differ |= ints[i] ^ -100;
    if (differ != 0)
        return false;
    memcpy(at, "-100,-100,-100,-100,-100,-100,-100,-100,", 40);
    return true;
}

char *json_write_ints(char *at, const int32_t *ints, size_t count)
{
    *at++ = '[';
    for (size_t i = 0; i < count;) {
        if (count - i >= 8 && write_eight_digits(at, ints + i)) {
            i += 8;
            at += 16;
            continue;
        }
        if (count - i >= 8 && ints[i] == -100 && write_eight_ignored(at, ints + i)) {
            i += 8;
            at += 40;
            continue;
        }
        size_t end = count - i < 8 ? count : i + 8;
        for (; i < end; i++) {
            if (ints[i] == -100) {
                memcpy(at, "-100,\0\0", 8);
                at += 5;
                continue;
            }
            at = json_write_int(at, ints[i]);
            *at++ = ',';
        }
    }
    at -= count > 0;
    *at++ = ']';
    return at;
}

char *json_write_spans(char *at, const struct span *spans, size_t count)
{
    *at++ = '[';
    for (size_t i = 0; i < count; i++) {
        *at++ = '[';
        at = write_magnitude(at, spans[i].start);
        *at++ = ',';
        at = write_magnitude(at, spans[i].end);
        *at++ = ']';
        *at++ = ',';
    }
    at -= count > 0;
    *at++ = ']';
    return at;
}
