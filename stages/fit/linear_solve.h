/* linear_solve.h - softmax regression: the weights W and the bias b that minimise
 *
 *     C sum of w_i CE(t_i, softmax(W x_i + b)) + |W|^2 / 2
 *
 * over rows x_i with weights w_i > 0 and targets t_i, which are distributions over K classes. b is free; its sum is 0.
 *
 * Newton's method, each step by preconditioned conjugate gradients, with a line search. Sums over rows go in their
 * order, cut into parts whose number follows from the rows alone and not from the threads, so the result has the same
 * bits for any number of threads. */
#ifndef QUERN_FIT_LINEAR_SOLVE_H
#define QUERN_FIT_LINEAR_SOLVE_H

#include "base/crew.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct linear_rows {
    size_t count, columns, classes;
    const size_t *starts;   /* the numbers of row i are values[starts[i]] up to values[starts[i + 1]] */
    const uint32_t *places; /* the column of each; NULL: the rows are dense, of `columns` numbers each */
    const double *values;
    const double *weights;        /* C w_i */
    const uint32_t *labels;       /* the class of each row without targets[i] */
    const double *const *targets; /* NULL: the row has a class */
};

struct linear_limits {
    double tolerance; /* stop when |gradient| <= tolerance * |gradient with W = 0 and b = 0| */
    int64_t iterations;
};

struct linear_fitted {
    double *weights;              /* weights[column * width + class] */
    double *bias;                 /* of each class */
    size_t width;                 /* K, and up to 1 more */
    int64_t iterations, products; /* Newton's steps, and products with the Hessian matrix in all */
    double gradient;              /* relative, at the end */
    double objective;
    bool converged;
};

/* rows: the numbers of those to learn from, ascending. Free `weights`. */
struct linear_fitted linear_solve(const struct linear_rows *rows, const uint32_t *used, size_t count,
                                  const struct linear_limits *limits, struct crew *crew);

#endif
