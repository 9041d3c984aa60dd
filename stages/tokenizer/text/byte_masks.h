/* byte_masks.h - 64 bytes of text as bits: bit i is set where byte i is of a kind. */
#ifndef QUERN_TOKENIZER_BYTE_MASKS_H
#define QUERN_TOKENIZER_BYTE_MASKS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __SSE2__
#include <emmintrin.h>

static inline uint64_t mask_bits(__m128i bytes)
{
    return (uint64_t)(uint32_t)_mm_movemask_epi8(bytes);
}

/* first <= byte < first + count, unsigned. */
static inline __m128i mask_between(__m128i bytes, char first, char count)
{
    __m128i from_lowest = _mm_sub_epi8(bytes, _mm_set1_epi8((char)(first + 128)));
    return _mm_cmplt_epi8(from_lowest, _mm_set1_epi8((char)(count - 128)));
}
#endif

static inline uint64_t mask_first(size_t count)
{
    return count < 64 ? (UINT64_C(1) << count) - 1 : UINT64_MAX;
}

#endif
