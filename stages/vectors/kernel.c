/* kernel.c - see kernel.h: what the processor runs, and the versions of kernel_distances. */
#include "kernel.h"

#ifdef __SSE2__
#include <immintrin.h>
#endif

/* Function attributes choose the instructions, so nothing else is compiled for them. No FMA in distances: see
 * kernel.h. */
#define NAMED(word) plain_##word
#define TARGET
#define WIDTH 2
#define AT_ONCE 2
#include "kernel_distances.h"

#define NAMED(word) plain_##word
#define TARGET
#define WIDTH 2
#define AT_ONCE 1
#define SPREAD(x) ((plain_pair){x, x})
#define FMA(a, b, c) ((a) * (b) + (c))
#include "kernel_integers.h"

typedef uint32_t flags __attribute__((vector_size(16)));

static inline uint32_t bits_of(flags lanes)
{
#ifdef __SSE2__
    return (uint32_t)_mm_movemask_ps((__m128)lanes);
#else
    return (lanes[0] & 1u) | (lanes[1] & 2u) | (lanes[2] & 4u) | (lanes[3] & 8u);
#endif
}

#define NAMED(word) plain_##word
#define TARGET
#define WIDTH 4
#define ROWS 4
#define VECTORS 2
#define SPREAD(x) ((plain_floats){x, x, x, x})
#define FMA(a, b, c) ((a) * (b) + (c))
#define AT_MOST(a, b) bits_of((flags)((a) <= (b)))
#include "kernel_products.h"

#ifdef __SSE2__
#define NAMED(word) avx2_##word
#define TARGET __attribute__((target("avx2")))
#define WIDTH 4
#define AT_ONCE 4
#include "kernel_distances.h"

#define NAMED(word) avx2_##word
#define TARGET __attribute__((target("avx2,fma")))
#define WIDTH 8
#define ROWS 6
#define VECTORS 2
#define SPREAD(x) _mm256_set1_ps(x)
#define FMA(a, b, c) _mm256_fmadd_ps(a, b, c)
#define AT_MOST(a, b) _mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_LE_OQ))
#include "kernel_products.h"

#define NAMED(word) avx2_##word
#define TARGET __attribute__((target("avx2,fma")))
#define WIDTH 4
#define AT_ONCE KERNEL_PANELS
#define SPREAD(x) _mm256_set1_pd(x)
#define FMA(a, b, c) _mm256_fmadd_pd(a, b, c)
#include "kernel_integers.h"

#define NAMED(word) avx512_##word
#define TARGET __attribute__((target("avx512f")))
#define WIDTH 8
#define AT_ONCE 8
#include "kernel_distances.h"

#define NAMED(word) avx512_##word
#define TARGET __attribute__((target("avx512f")))
#define WIDTH 16
#define ROWS 14
#define VECTORS 2
#define SPREAD(x) _mm512_set1_ps(x)
#define FMA(a, b, c) _mm512_fmadd_ps(a, b, c)
#define AT_MOST(a, b) _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ)
#include "kernel_products.h"
#endif

bool kernel_runs(enum kernel_kind kind)
{
#ifdef __SSE2__
    if (kind == KERNEL_AVX2)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (kind == KERNEL_AVX512)
        return __builtin_cpu_supports("avx512f");
#endif
    return kind == KERNEL_BEST || kind == KERNEL_PLAIN;
}

static enum kernel_kind real_kind(enum kernel_kind kind)
{
    if (kind != KERNEL_BEST)
        return kind;
    return kernel_runs(KERNEL_AVX512) ? KERNEL_AVX512 : kernel_runs(KERNEL_AVX2) ? KERNEL_AVX2 : KERNEL_PLAIN;
}

const char *kernel_name(enum kernel_kind kind)
{
    static const char *const names[KERNEL_KINDS] = {"", "plain", "avx2", "avx512"};
    return names[real_kind(kind)];
}

kernel_distances *kernel_distances_of(enum kernel_kind kind)
{
#ifdef __SSE2__
    switch (real_kind(kind)) {
    case KERNEL_AVX2:
        return avx2_distances;
    case KERNEL_AVX512:
        return avx512_distances;
    default:
        break;
    }
#endif
    (void)kind;
    return plain_distances;
}

struct kernel_shape kernel_shape_of(enum kernel_kind kind)
{
#ifdef __SSE2__
    switch (real_kind(kind)) {
    case KERNEL_AVX2:
        return (struct kernel_shape){avx2_products, 6, 16};
    case KERNEL_AVX512:
        return (struct kernel_shape){avx512_products, 14, 32};
    default:
        break;
    }
#endif
    (void)kind;
    return (struct kernel_shape){plain_products, 4, 8};
}

/* The version for AVX2 is the one for AVX-512, too: panels are as wide as its vectors. */
kernel_integers *kernel_integers_of(enum kernel_kind kind)
{
#ifdef __SSE2__
    if (real_kind(kind) != KERNEL_PLAIN)
        return avx2_integers;
#endif
    (void)kind;
    return plain_integers;
}

kernel_project *kernel_project_of(enum kernel_kind kind)
{
#ifdef __SSE2__
    switch (real_kind(kind)) {
    case KERNEL_AVX2:
        return avx2_project;
    case KERNEL_AVX512:
        return avx512_project;
    default:
        break;
    }
#endif
    (void)kind;
    return plain_project;
}
