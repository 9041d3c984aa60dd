/* eigen.c - see eigen.h. */
#include "eigen.h"

#include "base/diag.h"
#include "base/memory.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What is below these, relative to its neighbours on the diagonal or to the whole matrix, is 0. */
static const double NEAR = 0x1p-53, FAR = 0x1p-106;

enum { STEPS_FOR_EACH = 60 };

struct eigen {
    size_t count;
    double *matrix; /* then the rows that become eigenvectors */
    double *diagonal, *beside;
    double *work; /* a vector */
};

/* sqrt(a^2 + b^2) without overflow. */
static double length_of(double a, double b)
{
    double large = fabs(a) > fabs(b) ? fabs(a) : fabs(b), small = fabs(a) > fabs(b) ? fabs(b) : fabs(a);
    if (large == 0)
        return 0;
    double ratio = small / large;
    return large * sqrt(1 + ratio * ratio);
}

/* ---- to a tridiagonal matrix ---- */

/* Makes v, in place of x, of the reflection I - factor * v v' that takes x to (*first, 0, 0, …). Returns the factor; 0
 * if x is like that. */
static double reflection_of(double *x, size_t count, double *first)
{
    double most = 0, squares = 0;
    for (size_t i = 1; i < count; i++)
        most = fabs(x[i]) > most ? fabs(x[i]) : most;
    *first = x[0];
    if (most == 0)
        return 0;
    most = fabs(x[0]) > most ? fabs(x[0]) : most;
    for (size_t i = 0; i < count; i++) {
        x[i] /= most;
        squares += x[i] * x[i];
    }
    double length = sqrt(squares), factor = 1 / (squares + fabs(x[0]) * length);
    *first = x[0] < 0 ? length * most : -(length * most);
    x[0] += x[0] < 0 ? -length : length;
    return factor;
}

/* A = H A H for the rows and columns from `from` on; adds by rows, as a symmetric matrix allows. */
static void reflect_both(const struct eigen *eigen, size_t from, const double *v, double factor)
{
    size_t n = eigen->count, count = n - from;
    double *w = eigen->work, *a = eigen->matrix + from * n + from, inner = 0;
    memset(w, 0, count * sizeof *w);
    for (size_t r = 0; r < count; r++)
        for (size_t c = 0; c < count; c++)
            w[c] += v[r] * a[r * n + c];
    for (size_t c = 0; c < count; c++) {
        w[c] *= factor;
        inner += w[c] * v[c];
    }
    inner *= factor / 2;
    for (size_t c = 0; c < count; c++)
        w[c] -= inner * v[c];
    for (size_t r = 0; r < count; r++)
        for (size_t c = 0; c < count; c++)
            a[r * n + c] -= v[r] * w[c] + w[r] * v[c];
}

/* Leaves the reflections in the rows above the diagonal, and their factors. */
static void reduce(struct eigen *eigen, double *factors)
{
    size_t n = eigen->count;
    for (size_t k = 0; k + 1 < n; k++) {
        double *row = eigen->matrix + k * n;
        eigen->diagonal[k] = row[k];
        factors[k] = reflection_of(row + k + 1, n - k - 1, &eigen->beside[k]);
        if (factors[k] != 0)
            reflect_both(eigen, k + 1, row + k + 1, factors[k]);
    }
    eigen->diagonal[n - 1] = eigen->matrix[n * n - 1];
}

/* The product of the reflections, transposed, takes the place of the matrix. */
static void multiply_out(struct eigen *eigen, const double *factors)
{
    size_t n = eigen->count;
    double *product = mem_zalloc(n * n, sizeof *product), *t = eigen->work;
    for (size_t i = 0; i < n; i++)
        product[i * n + i] = 1;
    for (size_t k = n - 1; k-- > 0;) {
        const double *v = eigen->matrix + k * n + k + 1;
        size_t count = n - k - 1;
        if (factors[k] == 0)
            continue;
        double *q = product + (k + 1) * n + k + 1;
        memset(t, 0, count * sizeof *t);
        for (size_t r = 0; r < count; r++)
            for (size_t c = 0; c < count; c++)
                t[c] += v[r] * q[r * n + c];
        for (size_t r = 0; r < count; r++) {
            double times = factors[k] * v[r];
            for (size_t c = 0; c < count; c++)
                q[r * n + c] -= times * t[c];
        }
    }
    for (size_t r = 0; r < n; r++)
        for (size_t c = 0; c < n; c++)
            eigen->matrix[c * n + r] = product[r * n + c];
    mem_free(product);
}

/* ---- to a diagonal one ---- */

static void rotate_rows(const struct eigen *eigen, size_t k, double cosine, double sine)
{
    size_t n = eigen->count;
    double *restrict a = eigen->matrix + k * n, *restrict b = a + n;
    for (size_t i = 0; i < n; i++) {
        double first = a[i], second = b[i];
        a[i] = cosine * first + sine * second;
        b[i] = cosine * second - sine * first;
    }
}

/* The eigenvalue of the last two rows and columns of a block that is nearer to the last number. */
static double shift_of(const struct eigen *eigen, size_t last)
{
    double half = (eigen->diagonal[last - 1] - eigen->diagonal[last]) / 2, beside = eigen->beside[last - 1];
    double length = length_of(half, beside);
    return eigen->diagonal[last] - beside * (beside / (half < 0 ? half - length : half + length));
}

/* A step of QR on the rows and columns from first to last; none of the numbers beside the diagonal is 0. */
static void step(struct eigen *eigen, size_t first, size_t last)
{
    double *d = eigen->diagonal, *e = eigen->beside;
    double x = d[first] - shift_of(eigen, last), bulge = e[first];
    for (size_t k = first; k < last; k++) {
        double r = length_of(x, bulge), cosine = r == 0 ? 1 : x / r, sine = r == 0 ? 0 : bulge / r;
        double change = sine * (d[k + 1] - d[k]) + 2 * cosine * e[k];
        if (k > first)
            e[k - 1] = r;
        d[k] += sine * change;
        d[k + 1] -= sine * change;
        e[k] = cosine * change - e[k];
        if (k + 1 < last) {
            x = e[k];
            bulge = sine * e[k + 1];
            e[k + 1] *= cosine;
        }
        rotate_rows(eigen, k, cosine, sine);
    }
}

static int diagonalize(struct eigen *eigen)
{
    double *d = eigen->diagonal, *e = eigen->beside, size = 0;
    for (size_t k = 0; k < eigen->count; k++)
        size = fabs(d[k]) > size ? fabs(d[k]) : size;
    size_t last = eigen->count - 1, steps = 0;
    while (last > 0) {
        size_t first = last;
        for (; first > 0; first--) {
            double near = NEAR * (fabs(d[first - 1]) + fabs(d[first]));
            if (fabs(e[first - 1]) <= (near > FAR * size ? near : FAR * size))
                break;
        }
        if (first == last) {
            last--;
            continue;
        }
        if (steps++ == STEPS_FOR_EACH * eigen->count)
            return diag_error("the eigenvalues of the covariance were not found in %zu steps", steps - 1);
        step(eigen, first, last);
    }
    return 0;
}

/* ---- order ---- */

struct ranked {
    double value;
    size_t at;
};

static int compare_ranked(const void *a, const void *b)
{
    const struct ranked *first = a, *second = b;
    if (first->value != second->value)
        return first->value > second->value ? -1 : 1;
    return (first->at > second->at) - (first->at < second->at);
}

/* Of numbers that are `stride` apart: where they are, the largest first. */
static struct ranked *ranks_of(const double *numbers, size_t count, size_t stride)
{
    struct ranked *ranks = mem_zalloc(count, sizeof *ranks);
    for (size_t i = 0; i < count; i++)
        ranks[i] = (struct ranked){numbers[i * stride], i};
    qsort(ranks, count, sizeof *ranks, compare_ranked);
    return ranks;
}

/* A copy with its rows in the order of rows, its columns in that of columns; either may be NULL. */
static double *copy_in_order(const double *matrix, size_t count, const size_t *rows, const size_t *columns)
{
    double *copy = mem_zalloc(count * count, sizeof *copy);
    for (size_t r = 0; r < count; r++)
        for (size_t c = 0; c < count; c++)
            copy[r * count + c] = matrix[(rows ? rows[r] : r) * count + (columns ? columns[c] : c)];
    return copy;
}

int eigen_symmetric(double *matrix, size_t count, double *values)
{
    if (count == 0)
        return 0;
    struct ranked *ranks = ranks_of(matrix, count, count + 1);
    size_t *order = mem_zalloc(count, sizeof *order), *back = mem_zalloc(count, sizeof *back);
    for (size_t i = 0; i < count; i++) {
        order[i] = ranks[i].at;
        back[order[i]] = i;
    }
    mem_free(ranks);
    double *numbers = mem_zalloc(3 * count, sizeof *numbers);
    struct eigen eigen = {.count = count,
                          .matrix = copy_in_order(matrix, count, order, order),
                          .diagonal = values,
                          .beside = numbers,
                          .work = numbers + count};
    reduce(&eigen, numbers + 2 * count);
    multiply_out(&eigen, numbers + 2 * count);
    int status = diagonalize(&eigen);
    ranks = ranks_of(values, count, 1);
    for (size_t i = 0; i < count; i++)
        order[i] = ranks[i].at;
    double *made = copy_in_order(eigen.matrix, count, order, back);
    memcpy(matrix, made, count * count * sizeof *matrix);
    for (size_t i = 0; i < count; i++)
        values[i] = ranks[i].value;
    mem_free(made);
    mem_free(eigen.matrix);
    mem_free(numbers);
    mem_free(ranks);
    mem_free(order);
    mem_free(back);
    return status;
}

void eigen_orient(double *vector, size_t count)
{
    size_t largest = 0;
    for (size_t i = 1; i < count; i++)
        if (fabs(vector[i]) > fabs(vector[largest]))
            largest = i;
    bool negative = count > 0 && vector[largest] < 0;
    for (size_t i = 0; i < count; i++)
        vector[i] = negative ? 0 - vector[i] : vector[i] + 0.0; /* no -0 */
}
