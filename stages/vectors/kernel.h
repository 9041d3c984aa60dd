/* kernel.h - inner loops for vectors, one version for each kind of processor, chosen at run time.
 *
 * Distances are the same bits in every version. Products are not: they only propose (propose.h). */
#ifndef QUERN_VECTORS_KERNEL_H
#define QUERN_VECTORS_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* Products of a panel of queries and a panel of rows of the base, in float32, and which of the pairs are worth a look:
 * those whose score, norm + factor * product rounded once, is at most a limit. Sums are taken in the order of the
 * dimensions, with or without fused operations; what was there before is added last.
 *
 *     queries:  query r's value in dimension j is queries[j * rows + r]
 *     base:     row c's value in dimension j is base[j * columns + c] */
enum { KERNEL_ROWS = 14, KERNEL_COLUMNS = 32 }; /* the most of any version */
struct kernel_tile {
    const float *queries, *base;
    size_t depth; /* dimensions */
    float *sums;  /* pair (r, c) at r * columns + c; written unless no pair of the last call is worth a look */
    bool add;     /* to what is in sums */
    float factor; /* -2 or 2 */
    const float *base_norms;   /* of the columns; NULL: there are dimensions to come, nothing is compared */
    const float *query_limits; /* of the rows: query_hits are the columns with base_norm + factor * product <= this */
    const float *base_limits;  /* of the columns, or NULL: nothing is wanted for the rows of the base */
    const float *query_norms;  /* of the rows: base_hits are the columns with query_norm + factor * product <= limit */
    uint32_t query_hits[KERNEL_ROWS], base_hits[KERNEL_ROWS]; /* by row: bits */
};

/* True: `sums` are written, and if norms were given there is a hit. */
typedef bool kernel_products(struct kernel_tile *tile);

struct kernel_shape {
    kernel_products *products;
    size_t rows, columns; /* of a tile */
};

struct kernel_shape kernel_shape_of(enum kernel_kind kind);

/* Sums of products of integers that are kept in float64. With magnitudes up to 2^21 and a depth up to 1,024 nothing is
 * rounded, so every version gives the same, with or without fused operations.
 *
 *     left:   one panel: column l's value in row j is left[j * KERNEL_PANEL + l]
 *     right:  KERNEL_PANELS such panels, each after the one before
 *     sums:   of column l and column r is sums[l * KERNEL_PANEL * KERNEL_PANELS + r] */
enum { KERNEL_PANEL = 4, KERNEL_PANELS = 3 };
typedef void kernel_integers(const double *left, const double *right, size_t depth, double *sums);

kernel_integers *kernel_integers_of(enum kernel_kind kind);

/* Products of a vector and the columns of a panel, in float64, as for kernel_distances: each in the order of the
 * dimensions, each operation rounded, none fused.
 *
 *     panel:  column l's value in dimension j is panel[j * KERNEL_WIDE + l]
 *     sums:   of column l is sums[l] */
enum { KERNEL_WIDE = 16 };
typedef void kernel_project(const double *panel, const double *vector, size_t depth, double *sums);

kernel_project *kernel_project_of(enum kernel_kind kind);

#endif
