/* byte_masks.c - see byte_masks.h.
 *
 * All masks are built from one question, which bytes lie between two values; each level answers it in its own way. */
#include "byte_masks.h"

#include <string.h>

/* Bit i: first <= text[i] < first + count, unsigned; count <= 128. */
typedef uint64_t between_function(const char text[BYTE_MASKS_BLOCK], unsigned first, unsigned count);

/* Inlined with its `between` into a function for each level. */
static inline __attribute__((always_inline)) void find_by(between_function *between, const char *text,
                                                          struct byte_masks *masks)
{
    uint64_t blank = between(text, ' ', 1);
    uint64_t capital = between(text, 'A', 26), letter = between(text, 'a', 26) | capital;
    uint64_t digit = between(text, '0', 10);
    struct byte_masks found = {
        .letter = letter,
        .digit = digit,
        .sign = between(text, '!', '~' - '!' + 1) & ~(letter | digit),
        .capital = capital,
        .white = between(text, '\t', 5) | blank,
        .newline = between(text, '\n', 1) | between(text, '\r', 1),
        .feed = between(text, '\v', 2),
        .blank = blank,
        .quote = between(text, '\'', 1),
        .wide = between(text, 0x80, 128),
    };
    if (found.wide != 0) {
        found.inside = between(text, 0x80, 64);
        found.han = between(text, 0xe5, 5) | (between(text, 0xe4, 1) & between(text, 0xb8, 8) >> 1);
    }
    *masks = found;
}

/* ---- eight bytes in a number ---- */

static const uint64_t each = 0x0101010101010101u;

static uint64_t load(const char *text)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t bytes;
    memcpy(&bytes, text, sizeof bytes);
    return bytes;
#else
    uint64_t bytes = 0;
    for (unsigned i = 0; i < 8; i++)
        bytes |= (uint64_t)(unsigned char)text[i] << 8 * i;
    return bytes;
#endif
}

static uint64_t between_portable(const char text[BYTE_MASKS_BLOCK], unsigned first, unsigned count)
{
    const uint64_t top = 0x80 * each, from = first * each;
    uint64_t bits = 0;
    for (unsigned i = 0; i < BYTE_MASKS_BLOCK; i += 8) {
        uint64_t bytes = load(text + i);
        uint64_t distance = ((bytes | top) - (from & ~top)) ^ ((bytes ^ ~from) & top); /* no byte borrows */
        uint64_t beyond = distance | ((distance & ~top) + (0x80 - count) * each);
        bits |= ((~beyond & top) >> 7) * 0x0102040810204080u >> 56 << i;
    }
    return bits;
}

static void find_portable(const char text[BYTE_MASKS_BLOCK], struct byte_masks *masks)
{
    find_by(between_portable, text, masks);
}

/* ---- vectors: comparisons are signed, so all bytes are shifted by 128 ---- */

#ifdef __SSE2__
#include <immintrin.h>

static inline uint64_t between_sse2(const char text[BYTE_MASKS_BLOCK], unsigned first, unsigned count)
{
    uint64_t bits = 0;
    for (unsigned i = 0; i < BYTE_MASKS_BLOCK; i += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(text + i));
        __m128i distance = _mm_sub_epi8(bytes, _mm_set1_epi8((char)(first + 128)));
        __m128i inside = _mm_cmplt_epi8(distance, _mm_set1_epi8((char)(count - 128)));
        bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(inside) << i;
    }
    return bits;
}

static void find_sse2(const char text[BYTE_MASKS_BLOCK], struct byte_masks *masks)
{
    find_by(between_sse2, text, masks);
}

#define AVX2 __attribute__((target("avx2")))
static inline AVX2 uint64_t between_avx2(const char text[BYTE_MASKS_BLOCK], unsigned first, unsigned count)
{
    uint64_t bits = 0;
    for (unsigned i = 0; i < BYTE_MASKS_BLOCK; i += 32) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(text + i));
        __m256i distance = _mm256_sub_epi8(bytes, _mm256_set1_epi8((char)(first + 128)));
        __m256i inside = _mm256_cmpgt_epi8(_mm256_set1_epi8((char)(count - 128)), distance);
        bits |= (uint64_t)(uint32_t)_mm256_movemask_epi8(inside) << i;
    }
    return bits;
}

static AVX2 void find_avx2(const char text[BYTE_MASKS_BLOCK], struct byte_masks *masks)
{
    find_by(between_avx2, text, masks);
}

#define AVX512 __attribute__((target("avx512bw")))
static inline AVX512 uint64_t between_avx512(const char text[BYTE_MASKS_BLOCK], unsigned first, unsigned count)
{
    __m512i distance = _mm512_sub_epi8(_mm512_loadu_si512(text), _mm512_set1_epi8((char)first));
    return _mm512_cmplt_epu8_mask(distance, _mm512_set1_epi8((char)count));
}

static AVX512 void find_avx512(const char text[BYTE_MASKS_BLOCK], struct byte_masks *masks)
{
    find_by(between_avx512, text, masks);
}
#endif

/* ---- the choice ---- */

byte_masks_finder *byte_masks_at(enum byte_masks_level level)
{
    switch (level) {
    case BYTE_MASKS_PORTABLE:
        return find_portable;
#ifdef __SSE2__
    case BYTE_MASKS_SSE2:
        return find_sse2;
    case BYTE_MASKS_AVX2:
        return __builtin_cpu_supports("avx2") ? find_avx2 : NULL;
    case BYTE_MASKS_AVX512:
        return __builtin_cpu_supports("avx512bw") ? find_avx512 : NULL;
#endif
    default:
        return NULL;
    }
}

byte_masks_finder *byte_masks_best(void)
{
    unsigned level = BYTE_MASKS_LEVELS;
    byte_masks_finder *find = NULL;
    while (find == NULL)
        find = byte_masks_at((enum byte_masks_level)-- level);
    return find;
}

size_t byte_masks_read(byte_masks_finder *find, const char *text, size_t left, struct byte_masks *masks)
{
    if (left < BYTE_MASKS_BLOCK) {
        char padded[BYTE_MASKS_BLOCK] = {0};
        memcpy(padded, text, left);
        find(padded, masks);
        return left;
    }
    find(text, masks);
    if (left == BYTE_MASKS_BLOCK || ((unsigned char)text[BYTE_MASKS_BLOCK] & 0xc0) != 0x80)
        return BYTE_MASKS_BLOCK;
    return 63 - (size_t)__builtin_clzll(masks->wide & ~masks->inside);
}
