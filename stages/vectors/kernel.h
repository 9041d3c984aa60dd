/* kernel.h - inner loops for vectors, one version for each kind of processor, chosen at run time.
 *
 * Distances are the same bits in every version. Products are not: they only propose (propose.h). */
#ifndef QUERN_VECTORS_KERNEL_H
#define QUERN_VECTORS_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

enum kernel_kind {
    KERNEL_BEST,   /* the best that this processor runs */
    KERNEL_PLAIN,  /* any processor */
    KERNEL_AVX2,   /* x86 with AVX2 and FMA */
    KERNEL_AVX512, /* x86 with AVX-512F */
    KERNEL_KINDS
};

/* Whether this processor runs it. */
bool kernel_runs(enum kernel_kind kind);

/* "plain", "avx2", "avx512"; that of the best is the one it stands for. */
const char *kernel_name(enum kernel_kind kind);

/* Squared distances of queries to the rows of a panel, in float64. The sum of each pair is taken in the order of the
 * dimensions, each operation is rounded, and none is fused: every version gives the same bits.
 *
 *     panel:   row l's value in dimension j is panel[j * KERNEL_LANES + l]
 *     queries: query q's value in dimension j is queries[q * depth + j]
 *     sums:    sums[q * stride + l] += (query q - row l)^2, over `depth` dimensions */
enum { KERNEL_LANES = 8 };
typedef void kernel_distances(const double *panel, const double *queries, size_t count, size_t depth, double *sums,
                              size_t stride);

kernel_distances *kernel_distances_of(enum kernel_kind kind);

#endif
