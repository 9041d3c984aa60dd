/* lists.h - the candidates of queries, found by their scores (tile.h).
 *
 * A candidate b of a query a is kept as long as it can be among the k nearest: while the least that its d^2 can be is
 * at most the k-th smallest of what d^2 of the candidates can be at most. With d^2 for scale^2 d^2, R for relative:
 *
 *     least(b) = score + A - R (A + B) - absolute         most(b) = score + A + R (A + B) + absolute
 *
 * The norm that goes into a score is B (1 - R), so that the term with B is in the score already, and what remains is
 * the same for all candidates of the query: a limit for scores,
 *
 *     limit = (k-th smallest of score + 2 R B) + 2 R A + 2 absolute.
 *
 * For the farthest rows all signs are turned: score = -B (1 + R) + 2 ab, for -d^2.
 *
 * If there are more candidates than there is room for, those with the largest scores are lost, and the smallest score
 * that was lost is remembered: should the limit fall below it in the end, none of them is missed. */
#ifndef QUERN_VECTORS_LISTS_H
#define QUERN_VECTORS_LISTS_H

#include "tile.h"

struct lists_item {
    float score;
    uint32_t place; /* in search->base */
};

struct lists {
    const struct tile_frame *frame;
    size_t room;              /* candidates of a query */
    size_t first, count;      /* queries: these places of search->queries */
    struct lists_item *items; /* room of each query */
    uint32_t *counts;         /* by query, counted from `first`, as are the limits */
    float *lost;              /* the smallest score that was lost; FLT_MAX: none was */
    float *limits; /* what a score may be at most, below what was lost; some more behind the last, -infinite */
};

void lists_open(struct lists *lists, const struct tile_frame *frame, size_t room, size_t count);
void lists_close(struct lists *lists);

/* Empties the lists, for `count` queries from place `first` on. */
void lists_start(struct lists *lists, size_t first, size_t count);

/* What a thread needs. */
struct lists_scratch {
    double *smallest; /* a heap */
    uint32_t *rows;   /* what lists_rows finds */
};
void lists_scratch_open(struct lists_scratch *scratch, const struct lists *lists);
void lists_scratch_close(struct lists_scratch *scratch);

/* Adds a candidate to the list of a query, counted from lists->first. The query itself must not be one. */
void lists_add(struct lists *lists, size_t query, float score, size_t place, struct lists_scratch *scratch);

/* Copies the rows that may still be neighbours of a query to scratch->rows, and returns how many; SIZE_MAX if there
 * were more than there is room for. */
size_t lists_rows(struct lists *lists, size_t query, struct lists_scratch *scratch);

#endif
