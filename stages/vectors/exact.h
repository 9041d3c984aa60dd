/* exact.h - squared distances of rows in float64, and the list of the nearest ones.
 *
 * This decides what the neighbours of a row are; propose.h only says where to look. */
#ifndef QUERN_VECTORS_EXACT_H
#define QUERN_VECTORS_EXACT_H

#include "kernel.h"
#include "neighbors.h"

/* A row in a list. */
struct exact_item {
    double key; /* d^2, or -d^2 if the farthest are wanted: small ones come first */
    uint32_t number;
};

/* The first `room` of the items that were offered, by (key, number). */
struct exact_list {
    struct exact_item *items; /* a heap, whose root is the last in order */
    size_t count, room;
};

void exact_offer(struct exact_list *list, double key, uint32_t number);

/* What the distances of a search are computed with. Read-only, shared by the threads. */
struct exact {
    const struct search *search;
    const double *lengths; /* by row, if the metric is cosine; of the rows of the search alone */
    kernel_distances *distances;
    size_t k;    /* neighbours of a row: at most the rows of the base */
    double sign; /* of a key: 1, or -1 for the farthest */
    struct neighbors *found;
};

/* The lengths of the rows of a search, in float64: square roots of sums in the order of the dimensions. mem_free. */
double *exact_lengths(const struct search *search);

/* values[j] = the value of the row in dimension first + j, divided by its length if the metric is cosine. */
void exact_values(const struct exact *exact, uint32_t row, size_t first, size_t count, double *values);

/* Looks at the whole base for the neighbours of queries; queries: `count` places in search->queries. */
void exact_search(const struct exact *exact, const uint32_t *queries, size_t count, struct crew *crew);

/* Writes the list, which is empty afterwards, as the neighbours of the query at this place. */
void exact_write(const struct exact *exact, size_t query, struct exact_list *list);

/* What a thread needs for exact_rank; no larger for many dimensions. NULL may be freed. */
struct exact_scratch *exact_scratch_new(const struct exact *exact);
void exact_scratch_free(struct exact_scratch *scratch);

/* The neighbours of the query at place `query` are among these rows, and the query itself is not: ranks them. */
void exact_rank(const struct exact *exact, size_t query, const uint32_t *rows, size_t count,
                struct exact_scratch *scratch);

#endif
