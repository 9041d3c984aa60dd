/* byte_vectors.h - 16 bytes of text at a time, with the x86-64 baseline: for scans that are too short to be worth the
 * masks of byte_masks.h. Without SSE2 its users go byte by byte. */
#ifndef QUERN_TOKENIZER_BYTE_VECTORS_H
#define QUERN_TOKENIZER_BYTE_VECTORS_H

#include <stddef.h>
#include <stdint.h>

enum { BYTE_VECTOR = 16 };

#ifdef __SSE2__
#include <emmintrin.h>

static inline __m128i vector_load(const char *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

/* Bit i is set if byte i is all ones. */
static inline uint32_t vector_bits(__m128i bytes)
{
    return (uint32_t)_mm_movemask_epi8(bytes);
}

static inline __m128i vector_equals(__m128i bytes, char byte)
{
    return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte));
}

/* ' ' to '~'. */
static inline __m128i vector_printable(__m128i bytes)
{
    __m128i from_lowest = _mm_sub_epi8(bytes, _mm_set1_epi8((char)(' ' + 128)));
    return _mm_cmplt_epi8(from_lowest, _mm_set1_epi8((char)('~' - ' ' + 1 - 128)));
}
#endif

#endif
