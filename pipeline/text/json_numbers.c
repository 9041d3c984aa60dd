/* json_numbers.c - integers as JSON text, by themselves and in arrays: see json.h.
 *
 * Most bytes of a tokenized record are arrays of ids and offsets. So printing a number of up to eight digits must not
 * branch on its length: the branch predictor can't know the length of the next one. */
#include "text/json.h"
#include "text/number.h"
#include "text/text.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* "0000" to "9999". */
static char four_digits[10000][4];

static void make_four_digits(void)
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

/* Most ids and labels, each with a comma after it. */
enum { PRINTED_FROM = -128, PRINTED_TO = 10000 };
static struct printed {
    char text[7];
    uint8_t length;
} printed[PRINTED_TO - PRINTED_FROM];

__attribute__((constructor)) static void make_tables(void)
{
    make_four_digits();
    for (int number = PRINTED_FROM; number < PRINTED_TO; number++) {
        char text[JSON_INT_BYTES] = {0}, *end = json_write_int(text, number);
        *end++ = ',';
        struct printed *made = &printed[number - PRINTED_FROM];
        memcpy(made->text, text, sizeof made->text);
        made->length = (uint8_t)(end - text);
    }
}

/* A number and a comma. */
static inline char *write_item(char *at, int32_t number)
{
    uint32_t index = (uint32_t)number - (uint32_t)PRINTED_FROM;
    if (index < sizeof printed / sizeof *printed) {
        memcpy(at, &printed[index], sizeof *printed);
        return at + printed[index].length;
    }
    at = json_write_int(at, number);
    *at++ = ',';
    return at;
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

char *json_write_ints(char *at, const int32_t *ints, size_t count)
{
    *at++ = '[';
    for (size_t i = 0; i < count;) {
        if (count - i >= 8 && write_eight_digits(at, ints + i)) {
            i += 8;
            at += 16;
            continue;
        }
        size_t end = count - i < 8 ? count : i + 8;
        for (; i < end; i++)
            at = write_item(at, ints[i]);
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

/* ---- reading ---- */

/* A number of up to nine digits, and the byte after it, which must be `then`; NULL if there is anything else. */
static inline const char *read_number(const char *at, char then, uint32_t *number)
{
    const char *first = at;
    uint32_t read = 0;
    for (; *at >= '0' && *at <= '9'; at++)
        read = read * 10 + (uint32_t)(*at - '0');
    *number = read;
    return at > first && at - first <= 9 && *at == then ? at + 1 : NULL;
}

bool json_read_spans(struct slice array, struct span *spans, size_t *count)
{
    const char *at = array.ptr + 1, *end = array.ptr + array.len - 1; /* at its bracket, where each loop ends */
    *count = 0;
    if (array.len < 2 || *array.ptr != '[' || *end != ']')
        return false;
    while (at < end) {
        struct span *span = &spans[*count];
        if (*at != '[' || (at = read_number(at + 1, ',', &span->start)) == NULL ||
            (at = read_number(at, ']', &span->end)) == NULL || span->start > span->end)
            return false;
        ++*count;
        if (at < end && *at++ != ',')
            return false;
    }
    return true;
}

#if defined(__SSE2__)

enum { BLOCK = 32 };

size_t json_count_commas(const char *at, const char *end)
{
    const __m128i comma = _mm_set1_epi8(',');
    __m128i sums = _mm_setzero_si128();
    while (end - at >= 16) {
        __m128i counts = _mm_setzero_si128(); /* a byte each: up to 255 */
        for (unsigned i = 0; i < 255 && end - at >= 16; i++, at += 16) {
            __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
            counts = _mm_sub_epi8(counts, _mm_cmpeq_epi8(bytes, comma));
        }
        sums = _mm_add_epi64(sums, _mm_sad_epu8(counts, _mm_setzero_si128()));
    }
    uint64_t both[2];
    _mm_storeu_si128((__m128i *)(void *)both, sums);
    size_t count = (size_t)(both[0] + both[1]);
    for (; at < end; at++)
        count += *at == ',';
    return count;
}

/* A bit for each of 32 bytes that is a comma. */
static inline uint32_t find_commas(const char *at)
{
    const __m128i comma = _mm_set1_epi8(',');
    __m128i low = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i high = _mm_loadu_si128((const __m128i *)(const void *)(at + 16));
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(low, comma)) |
           (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(high, comma)) << 16;
}

/* The eight bytes before the comma, or as many as there are from `first` on. */
static inline uint64_t load_before(const char *first, const char *comma)
{
    uint64_t word = 0;
    if (comma - first >= (ptrdiff_t)sizeof word)
        memcpy(&word, comma - sizeof word, sizeof word);
    else
        memcpy((char *)&word + (first + sizeof word - comma), first, (size_t)(comma - first));
    return word;
}

/* Reads the number of one to seven digits, with or without a sign, before the comma. Sets bits of *wrong if it is not
 * that. The digits are added up without a branch on how many there are, and without waiting for the number before. */
static inline int32_t read_before(const char *first, const char *start, const char *comma, uint64_t *wrong)
{
    const uint64_t zeros = 0x3030303030303030u, high_bits = 0x8080808080808080u, carry = 0x7676767676767676u;
    bool negative = *start == '-';
    size_t digits = (size_t)(comma - start) - negative;
    uint64_t word = load_before(first, comma);
    word ^= zeros;                                    /* digits are 0 to 9 now, and all other bytes 10 or more */
    word &= ~(uint64_t)0 << ((64 - 8 * digits) & 63); /* what is before the number is 0 */
    *wrong |= (((word + carry) | word) & high_bits) | (digits - 1 > 6);
    word = (word * 10 + (word >> 8)) & 0x00ff00ff00ff00ffu;
    word = (word * 100 + (word >> 16)) & 0x0000ffff0000ffffu;
    int32_t number = (int32_t)((word * 10000 + (word >> 32)) & INT32_MAX);
    return (number ^ -(int32_t)negative) + negative;
}

/* A block of items of one byte, as in masks. In JSON such an item is a digit. */
static inline void read_digits(const char *block, int32_t ints[BLOCK / 2])
{
    const __m128i low_bytes = _mm_set1_epi16(0xff), zero = _mm_set1_epi16('0');
    for (size_t i = 0; i < BLOCK / 2; i += 8) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(block + 2 * i));
        __m128i digits = _mm_sub_epi16(_mm_and_si128(bytes, low_bytes), zero);
        _mm_storeu_si128((__m128i *)(void *)(ints + i), _mm_unpacklo_epi16(digits, _mm_setzero_si128()));
        _mm_storeu_si128((__m128i *)(void *)(ints + i + 4), _mm_unpackhi_epi16(digits, _mm_setzero_si128()));
    }
}

const char *json_read_ints(const char *at, const char *end, int32_t *ints, size_t *count)
{
    const uint32_t every_other = 0xaaaaaaaa;
    const char *first = at;
    size_t n = *count;
    for (const char *block = at; end - block >= BLOCK; block += BLOCK) {
        const char *start = at;
        size_t before = n;
        uint64_t wrong = 0;
        uint32_t commas = find_commas(block);
        if (commas == every_other && start == block) {
            read_digits(block, ints + n);
            n += BLOCK / 2;
            at = block + BLOCK;
            continue;
        }
        for (; commas != 0; commas &= commas - 1) {
            const char *comma = block + __builtin_ctz(commas);
            ints[n++] = read_before(first, start, comma, &wrong);
            start = comma + 1;
        }
        if (wrong != 0) {
            n = before;
            break;
        }
        at = start;
    }
    *count = n;
    return at;
}

#else

size_t json_count_commas(const char *at, const char *end)
{
    size_t count = 0;
    for (; at < end; at++)
        count += *at == ',';
    return count;
}

const char *json_read_ints(const char *at, const char *end, int32_t *ints, size_t *count)
{
    (void)end;
    (void)ints;
    (void)count;
    return at;
}

#endif

void json_put_float(struct bytes *out, double number)
{
    vec_reserve(out, NUMBER_BYTES);
    out->len = (size_t)(number_write(out->items + out->len, number) - out->items);
}

void json_put_floats(struct bytes *out, const double *numbers, size_t count)
{
    bytes_byte(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            bytes_byte(out, ',');
        json_put_float(out, numbers[i]);
    }
    bytes_byte(out, ']');
}
