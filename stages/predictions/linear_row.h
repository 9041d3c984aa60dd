/* linear_row.h - the product of a row of numbers and a matrix of weights.
 *
 * The matrix is kept column by column, the classes of a column beside each other and padded with zeros to an even
 * number (`width`), so that one number of the row meets all classes in one or a few registers. Sums are added in the
 * order of the row, each operation rounded once. */
#ifndef QUERN_PREDICTIONS_LINEAR_ROW_H
#define QUERN_PREDICTIONS_LINEAR_ROW_H

#include <stddef.h>
#include <stdint.h>

struct linear_numbers {
    size_t count;
    const double *values;
    const uint32_t *places; /* the column of each value; NULL: value number j is that of column j */
};

static inline size_t linear_width(size_t classes)
{
    return (classes + 1) / 2 * 2;
}

/* What is compiled for each of the usual widths, which is then a constant: a function F(width, …) is called by
 *
 *     switch (width) {
 *     #define CASE(W) case W: F(W, …); break;
 *         LINEAR_WIDTHS(CASE)
 *     default: F(width, …);
 *     } */
#define LINEAR_EACH_WIDTH static inline __attribute__((always_inline)) void
#define LINEAR_WIDTHS(DO) DO(2) DO(4) DO(6) DO(8) DO(10) DO(12) DO(14) DO(16)
enum { LINEAR_WIDTH_MOST = 16 };

/* Fetches the columns of a row that is multiplied later: they are anywhere in memory. */
LINEAR_EACH_WIDTH linear_fetch(const struct linear_numbers *row, const double *matrix, size_t width)
{
    enum { LINE = 8 /* numbers in a line of the cache */ };
    for (size_t j = 0; row->places != NULL && j < row->count; j++)
        for (size_t c = 0; c < width; c += LINE)
            __builtin_prefetch(matrix + row->places[j] * width + c);
}

/* made = bias + matrix * row */
LINEAR_EACH_WIDTH linear_multiply(const struct linear_numbers *row, const double *restrict matrix,
                                  const double *restrict bias, size_t width, double *restrict made)
{
    for (size_t c = 0; c < width; c++)
        made[c] = bias[c];
    for (size_t j = 0; j < row->count; j++) {
        const double *column = matrix + (row->places != NULL ? row->places[j] : j) * width;
        for (size_t c = 0; c < width; c++)
            made[c] += row->values[j] * column[c];
    }
}

#endif
