/* neighbors.h - the nearest neighbours of rows, exactly.
 *
 * The list of a row a: all other rows b of the base by (d^2, rank), where d^2 is the sum of (a_i - b_i)^2, added in the
 * order of i, and each operation is rounded to float64. A row is never its own neighbour, but a row with equal values
 * is one, at distance 0. The list is the same, and d^2 the same bits, for every processor and number of threads.
 *
 * Most of the work is done in float32 by products of tiles that only propose rows, with a bound which proves that no
 * other row can be in the list (tile.c); exact.c ranks what is proposed. Time is that of query_count * base_count *
 * dims multiplications, or half of it if queries and base are the same rows. A row with more neighbours that float32
 * can't tell apart than its list has room for, such as one of many equal rows, is searched in float64, which takes some
 * six times as long. Memory beside the rows and the result: some 16 bytes for each row, some MiB for each thread, and,
 * if queries and base are the same, lists of at most a quarter of the size of the rows or 16 MiB. */
#ifndef QUERN_VECTORS_NEIGHBORS_H
#define QUERN_VECTORS_NEIGHBORS_H

#include "base/crew.h"
#include "kernel.h"
#include "rows.h"

struct search {
    const struct rows *rows;
    bool cosine;   /* each row is divided by its length first, in float64; one of length 0 stays as it is */
    bool farthest; /* the farthest rows instead of the nearest; of equal ones still the smaller rank first */
    unsigned k;
    const uint32_t *queries; /* rows whose neighbours are wanted, ascending */
    size_t query_count;
    const uint32_t *base; /* rows that may be neighbours, ascending */
    size_t base_count;
};

/* Of the query at place q the neighbours are numbers[q * k] … numbers[q * k + found[q] - 1], the first one first. */
struct neighbors {
    size_t k; /* that of the search, or base_count if that is less */
    uint32_t *numbers;
    double *distances; /* d^2 */
    uint32_t *found;   /* k, or fewer if the base has fewer rows other than the query */
};

/* How a search is done, which does not change what it finds: for tests and measurements. Zeros: as is best. */
enum search_kind {
    WAY_BEST,
    WAY_EXACT,    /* float64 alone */
    WAY_PROPOSE,  /* tiles of queries and base */
    WAY_SYMMETRIC /* the tiles of the upper triangle, if queries and base are the same rows */
};

struct search_way {
    enum kernel_kind kernel;
    const struct kernel_shape *shape; /* instead of that of the kernel */
    enum search_kind way;             /* float64 rows, and those without dimensions, are always searched in float64 */
    size_t tile;                      /* rows of a block */
    size_t candidates;                /* that a row may have before it is searched in float64; more than k */
    size_t redone;                    /* is set to the number of rows of which there were more */
};

/* Finds the neighbours of the queries. way: NULL, or how. Cannot fail. */
struct neighbors *neighbors_find(const struct search *search, struct crew *crew, struct search_way *way);
void neighbors_free(struct neighbors *neighbors); /* may be NULL */

#endif
