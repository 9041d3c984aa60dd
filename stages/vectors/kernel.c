/* kernel.c - see kernel.h: what the processor runs, and the versions of kernel_distances. */
#include "kernel.h"

#include <string.h>

/* Function attributes choose the instructions, so nothing else is compiled for them. No FMA: see kernel.h. */
#define NAMED(word) plain_##word
#define TARGET
#define WIDTH 2
#define AT_ONCE 2
#include "kernel_distances.h"

#ifdef __SSE2__
#define NAMED(word) avx2_##word
#define TARGET __attribute__((target("avx2")))
#define WIDTH 4
#define AT_ONCE 4
#include "kernel_distances.h"

#define NAMED(word) avx512_##word
#define TARGET __attribute__((target("avx512f")))
#define WIDTH 8
#define AT_ONCE 8
#include "kernel_distances.h"
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
