/* rows.h - vectors in order of rank.
 *
 * Row i has rank i: it is the i-th by its id (quern-record(5)). Rank breaks every tie, so what is computed from rows
 * does not depend on the order in which the records were read. */
#ifndef QUERN_VECTORS_ROWS_H
#define QUERN_VECTORS_ROWS_H

#include "record/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Read-only, and the caller's. All values are finite. */
struct rows {
    size_t count;                 /* below 2^32 - 1 */
    uint32_t dims;                /* values of a row; may be 0 */
    bool wide;                    /* the values are float64, in wide_at; else float32, in at */
    const float *const *at;       /* at[i]: the values of row i */
    const double *const *wide_at; /* the same if wide */

    /* sparse[i]: row i, instead of the others, if the rows are sparse; else NULL. */
    const struct vector *const *sparse;
};

#endif
