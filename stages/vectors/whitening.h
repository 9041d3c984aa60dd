/* whitening.h - vectors turned to their principal axes and scaled there: the table of `fit whiten`.
 *
 *     {"format":"quern-fit-1","kind":"whiten","options":{"center":1,"strength":1},"records":4,
 *      "min":[-1,-2],"max":[1,2],"sums":["0x0p+0","0x0p+0"],"products":["0x1p+1","0x0p+0","0x1p+3"],
 *      "shift":[0,0],"variances":[2,0.5],"scale":[1.4142135623730951,0.7071067811865476],"directions":[[0,1],[1,0]]}
 *
 * on one line. `options` also has "dims":D and "double":true. `sums` and `products` are exact (base/total.h); products
 * has those of columns 0 and 0, 0 and 1, … 1 and 1, …. A table with "partial":true lacks what follows them, and so does
 * one of no records. A vector x becomes, in each direction u, the sum of (x_j - shift_j) u_j, divided by scale. */
#ifndef QUERN_VECTORS_WHITENING_H
#define QUERN_VECTORS_WHITENING_H

#include "base/vec.h"
#include "kernel.h"
#include "record/record.h"

struct whiten_rules {
    int64_t dims; /* 0: all */
    double center, strength;
    bool wide;
};

/* Appends `options`, with braces. */
void whiten_rules_put(const struct whiten_rules *rules, struct bytes *json);

/* 0, or -1 with the message. */
int whiten_rules_read(struct slice options, struct whiten_rules *rules);

struct whitening {
    struct whiten_rules rules;
    size_t columns, dims; /* columns: 0 if the table is of no records */
    bool empty;           /* it is */
    double *shift;        /* of each column */
    double *scale;        /* of each direction */
    double *panels;       /* the directions, for kernel_project */
    kernel_project *project;
};

/* Reads a table that is not partial. 0, or -1 with the message; release it in both cases. */
int whitening_read(const struct record *in, struct slice options, struct arena *arena, struct whitening *whitening);
void whitening_release(struct whitening *whitening);

/* What whitening_apply writes has room for dims numbers and KERNEL_WIDE more; vector, of as many numbers as there are
 * columns, is changed. Each operation is rounded once, in the order of the columns. */
void whitening_apply(const struct whitening *whitening, double *vector, double *made);

#endif
