/* nominal.h - points with nominal values: how far apart they are, and which values most of some points have.
 *
 * The distance of two values u, v of a place is that of their classes: (sum over the classes c of |P(c|u) - P(c|v)|)^2,
 * the value difference metric of Stanfill and Waltz (1986) with q = 1, and 2 as the exponent of the whole. */
#ifndef QUERN_RESAMPLE_NOMINAL_H
#define QUERN_RESAMPLE_NOMINAL_H

#include "points.h"

struct nominal;

/* Counts the values of all points, which have been completed. `numbers`: points have numbers too; then a value that
 * differs adds a fixed amount to their squared distance (SMOTENC), else the metric above counts. Read-only. */
struct nominal *nominal_new(const struct points *points, bool numbers);
void nominal_free(struct nominal *nominal); /* may be NULL */

/* The k nearest of a class to each of some of its points. `own`: all points of the class. */
struct neighbors *nominal_neighbors(const struct nominal *nominal, const struct ranks *queries, const struct ranks *own,
                                    size_t k, struct crew *crew);

/* At a place, the value that most of some points have; of equally many the smallest by its bytes. */
struct slice nominal_vote(const struct nominal *nominal, size_t place, const uint32_t *ranks, size_t count);

#endif
