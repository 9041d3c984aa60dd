/* products.h - the sums of the products of each two columns of many vectors, without any rounding.
 *
 * Vectors are gathered in blocks. In a block each column is cut into slices, integers of 22 bits in units of its own,
 * so that sums of products of slices are exact in float64, in whatever order a fast kernel takes them
 * (vectors/kernel.h). A few numbers that are tiny beside their column would need a slice for themselves: what is left
 * of them is multiplied in integers. The sums of blocks go to one long integer for each pair of columns, in two's
 * complement:
 *
 *     words[0]                   words[1]   …   words[count - 1]
 *     2^(lowest + 64 * skipped)                 the sign is in this one
 *
 * with as many words as the numbers need that there were so far, the same for all pairs. lowest is that of the forms
 * of base/total.h for squares, which the sums have outside of this file. */
#ifndef QUERN_FIT_PRODUCTS_H
#define QUERN_FIT_PRODUCTS_H

#include "../vectors/kernel.h"
#include "base/total.h"

/* What is left of a number. */
struct rest {
    size_t row, column;
    double number;
};

/* A slice of a column of the block: 2^exponent is its unit. */
struct product_slice {
    size_t column;
    int exponent;
};

struct products {
    bool wide;      /* the numbers may be any 64-bit floats; else they are 32-bit ones */
    size_t columns; /* 0: of no vectors yet */
    uint64_t *sums; /* NULL while all are 0; of columns i <= j at pair i * columns - i * (i - 1) / 2 + j - i */
    size_t skipped, words;
    double *rows; /* the block, a vector after the other */
    size_t filled;
    double *panels; /* its slices, in the panels of the kernel */
    size_t panels_room;
    VEC(struct product_slice) slices;
    VEC(struct rest) rests;
    kernel_integers *kernel;
};

void products_open(struct products *products, bool wide, enum kernel_kind kind);
void products_release(struct products *products);

/* Says how many columns there are; to be called before all others. */
void products_begin(struct products *products, size_t columns);

/* Where the next vector is to be written, before products_took adds it. No number is -0. */
double *products_room(struct products *products);
void products_took(struct products *products);

/* Completes the last block. The other functions need that. */
void products_flush(struct products *products);

/* How many pairs there are, with those of each column and itself. */
size_t products_pairs(const struct products *products);

/* Adds the sums of other vectors with as many columns, or with none. */
void products_merge(struct products *products, const struct products *other);

/* The digits of a sum, carried, of TOTAL_FLOAT_SQUARES or TOTAL_WIDE_SQUARES. */
void products_digits(const struct products *products, size_t pair, int64_t *digits);

/* Adds such digits to a sum. */
void products_add_digits(struct products *products, size_t pair, const int64_t *digits);

#endif
