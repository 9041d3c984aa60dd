/* linear_solve.c - see linear_solve.h.
 *
 * A matrix of weights is kept as linear_row.h has it, so that K classes cost little more than one; the bias is one
 * column more, of numbers that are all 1. */
#include "linear_solve.h"

#include "../predictions/linear_row.h"
#include "base/memory.h"
#include "base/real.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { CHUNK = 1024 /* rows */, MOST_PARTS = 8 };

struct solver {
    const struct linear_rows *rows;
    const uint32_t *used;               /* row number i of this problem is rows' number used[i] */
    size_t count, classes, width, size; /* size: of a matrix of weights, with the bias */
    struct crew *crew;
    size_t chunks, parts;           /* parts: into which sums of matrices are cut */
    double *sums;                   /* a matrix of each part */
    double *losses;                 /* of each chunk */
    double *logits, *steps, *probs; /* of each row: at the point, their change along the step, at the point tried */
    double along;                   /* which part of the step is tried */
    const double *vector;           /* what is multiplied */
    enum sum { SUM_GRADIENT, SUM_PRODUCT, SUM_DIAGONAL } kind;
    double *made;
};

/* ---- one row ---- */

static inline struct linear_numbers numbers_of(const struct solver *solver, size_t i)
{
    const struct linear_rows *rows = solver->rows;
    size_t row = solver->used[i], start = rows->starts[row];
    return (struct linear_numbers){rows->starts[row + 1] - start, rows->values + start,
                                   rows->places != NULL ? rows->places + start : NULL};
}

LINEAR_EACH_WIDTH add_row(const struct linear_numbers *row, const double *restrict factors, size_t width,
                          double *restrict matrix, double *restrict bias)
{
    for (size_t c = 0; c < width; c++)
        bias[c] += factors[c];
    for (size_t j = 0; j < row->count; j++) {
        double *column = matrix + (row->places != NULL ? row->places[j] : j) * width;
        for (size_t c = 0; c < width; c++)
            column[c] += row->values[j] * factors[c];
    }
}

LINEAR_EACH_WIDTH add_squares(const struct linear_numbers *row, const double *restrict factors, size_t width,
                              double *restrict matrix, double *restrict bias)
{
    for (size_t c = 0; c < width; c++)
        bias[c] += factors[c];
    for (size_t j = 0; j < row->count; j++) {
        double square = row->values[j] * row->values[j];
        double *column = matrix + (row->places != NULL ? row->places[j] : j) * width;
        for (size_t c = 0; c < width; c++)
            column[c] += square * factors[c];
    }
}

/* ---- sums over rows ---- */

/* p - t */
static void gradient_factors(const struct solver *solver, size_t i, double *factors)
{
    const struct linear_rows *rows = solver->rows;
    size_t row = solver->used[i];
    const double *target = rows->targets != NULL ? rows->targets[row] : NULL, *p = solver->probs + i * solver->width;
    for (size_t c = 0; c < solver->width; c++)
        factors[c] = p[c];
    if (target == NULL)
        factors[rows->labels[row]] -= 1;
    for (size_t c = 0; target != NULL && c < solver->classes; c++)
        factors[c] -= target[c];
    for (size_t c = 0; c < solver->width; c++)
        factors[c] *= rows->weights[row];
}

LINEAR_EACH_WIDTH add_gradient(const struct solver *solver, size_t i, size_t width, double *matrix, double *factors)
{
    struct linear_numbers row = numbers_of(solver, i);
    gradient_factors(solver, i, factors);
    add_row(&row, factors, width, matrix, matrix + solver->rows->columns * width);
}

/* The Hessian matrix of one row's loss is w (diag(p) - p p^T) times x x^T. */
LINEAR_EACH_WIDTH add_product(const struct solver *solver, size_t i, size_t width, double *matrix, double *factors)
{
    struct linear_numbers row = numbers_of(solver, i);
    const double *p = solver->probs + i * width;
    double mean = 0, weight = solver->rows->weights[solver->used[i]];
    linear_multiply(&row, solver->vector, solver->vector + solver->rows->columns * width, width, factors);
    for (size_t c = 0; c < width; c++)
        mean += p[c] * factors[c];
    for (size_t c = 0; c < width; c++)
        factors[c] = weight * (p[c] * (factors[c] - mean));
    add_row(&row, factors, width, matrix, matrix + solver->rows->columns * width);
}

LINEAR_EACH_WIDTH add_diagonal(const struct solver *solver, size_t i, size_t width, double *matrix, double *factors)
{
    struct linear_numbers row = numbers_of(solver, i);
    const double *p = solver->probs + i * width;
    double weight = solver->rows->weights[solver->used[i]];
    for (size_t c = 0; c < width; c++)
        factors[c] = weight * (p[c] * (1 - p[c]));
    add_squares(&row, factors, width, matrix, matrix + solver->rows->columns * width);
}

/* To have the columns of the next row at hand halves the time of a large matrix. */
LINEAR_EACH_WIDTH fetch_row(const struct solver *solver, size_t i, size_t width, const double *matrix)
{
    struct linear_numbers row = numbers_of(solver, i);
    linear_fetch(&row, matrix, width);
    if (solver->kind == SUM_PRODUCT)
        linear_fetch(&row, solver->vector, width);
}

LINEAR_EACH_WIDTH sum_rows(const struct solver *solver, size_t from, size_t to, size_t width, double *matrix,
                           double *factors)
{
    for (size_t i = from; i < to; i++) {
        if (i + 1 < to)
            fetch_row(solver, i + 1, width, matrix);
        if (solver->kind == SUM_GRADIENT)
            add_gradient(solver, i, width, matrix, factors);
        else if (solver->kind == SUM_PRODUCT)
            add_product(solver, i, width, matrix, factors);
        else
            add_diagonal(solver, i, width, matrix, factors);
    }
}

LINEAR_EACH_WIDTH multiply_rows(const struct solver *solver, size_t from, size_t to, size_t width)
{
    const double *bias = solver->vector + solver->rows->columns * width;
    for (size_t i = from; i < to; i++) {
        struct linear_numbers row = numbers_of(solver, i);
        linear_multiply(&row, solver->vector, bias, width, solver->steps + i * width);
    }
}

static void sum_part(void *state, size_t part, size_t thread)
{
    struct solver *solver = state;
    double *matrix = solver->parts > 1 ? solver->sums + part * solver->size : solver->made,
           few[LINEAR_WIDTH_MOST] = {0}, *factors;
    size_t from = solver->count * part / solver->parts, to = solver->count * (part + 1) / solver->parts;
    (void)thread;
    memset(matrix, 0, solver->size * sizeof *matrix);
    switch (solver->width) {
#define SUM_CASE(W)                                                                                                    \
    case W:                                                                                                            \
        sum_rows(solver, from, to, W, matrix, few);                                                                    \
        return;
        LINEAR_WIDTHS(SUM_CASE)
    default:
        factors = mem_zalloc(solver->width, sizeof *factors);
        sum_rows(solver, from, to, solver->width, matrix, factors);
        mem_free(factors);
    }
}

static void add_parts(void *state, size_t chunk, size_t thread)
{
    struct solver *solver = state;
    size_t from = chunk * CHUNK, to = from + CHUNK < solver->size ? from + CHUNK : solver->size;
    (void)thread;
    for (size_t i = from; i < to; i++) {
        double sum = solver->sums[i];
        for (size_t part = 1; part < solver->parts; part++)
            sum += solver->sums[part * solver->size + i];
        solver->made[i] = sum;
    }
}

/* Sums of matrices over all rows. */
static void sum_all(struct solver *solver, enum sum kind, const double *vector, double *made)
{
    solver->kind = kind;
    solver->vector = vector;
    solver->made = made;
    crew_each(solver->crew, solver->parts, sum_part, solver);
    if (solver->parts > 1)
        crew_each(solver->crew, (solver->size + CHUNK - 1) / CHUNK, add_parts, solver);
}

static void multiply_chunk(void *state, size_t chunk, size_t thread)
{
    struct solver *solver = state;
    size_t from = chunk * CHUNK, to = from + CHUNK < solver->count ? from + CHUNK : solver->count;
    (void)thread;
    switch (solver->width) {
#define MULTIPLY_CASE(W)                                                                                               \
    case W:                                                                                                            \
        multiply_rows(solver, from, to, W);                                                                            \
        return;
        LINEAR_WIDTHS(MULTIPLY_CASE)
    default:
        multiply_rows(solver, from, to, solver->width);
    }
}

/* ---- the loss ---- */

/* e^x for x <= 0 */
static double exp_below(double x)
{
    return x < -745 ? 0 : real_exp(x);
}

/* Probabilities of logits z + along * s, into p; returns the cross entropy to the target. */
static double row_loss(const struct solver *solver, size_t i, double *p)
{
    const double *z = solver->logits + i * solver->width, *s = solver->steps + i * solver->width;
    size_t row = solver->used[i], classes = solver->classes, best = 0;
    const double *target = solver->rows->targets != NULL ? solver->rows->targets[row] : NULL;
    double sum = 0, loss = 0;
    for (size_t c = 0; c < classes; c++) {
        p[c] = z[c] + solver->along * s[c];
        best = p[c] > p[best] ? c : best;
    }
    double largest = p[best];
    if (target == NULL)
        loss = largest - p[solver->rows->labels[row]];
    for (size_t c = 0; target != NULL && c < classes; c++)
        loss += target[c] * (largest - p[c]);
    for (size_t c = 0; c < classes; c++) {
        p[c] = c == best ? 1 : exp_below(p[c] - largest);
        sum += p[c];
    }
    for (size_t c = 0; c < classes; c++)
        p[c] /= sum;
    return loss + real_ln(sum);
}

static void lose_chunk(void *state, size_t chunk, size_t thread)
{
    struct solver *solver = state;
    size_t from = chunk * CHUNK, to = from + CHUNK < solver->count ? from + CHUNK : solver->count;
    double sum = 0;
    (void)thread;
    for (size_t i = from; i < to; i++)
        sum += solver->rows->weights[solver->used[i]] * row_loss(solver, i, solver->probs + i * solver->width);
    solver->losses[chunk] = sum;
}

/* The weighted loss of all rows after this part of the step; sets `probs`. */
static double loss_at(struct solver *solver, double along)
{
    double sum = 0;
    solver->along = along;
    crew_each(solver->crew, solver->chunks, lose_chunk, solver);
    for (size_t chunk = 0; chunk < solver->chunks; chunk++)
        sum += solver->losses[chunk];
    return sum;
}

/* ---- matrices as vectors ---- */

static double dot(const double *a, const double *b, size_t count)
{
    double sums[4] = {0};
    size_t i = 0;
    for (; i + 4 <= count; i += 4)
        for (size_t lane = 0; lane < 4; lane++)
            sums[lane] += a[i + lane] * b[i + lane];
    for (; i < count; i++)
        sums[0] += a[i] * b[i];
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

static void add_times(double *restrict to, double factor, const double *restrict added, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] += factor * added[i];
}

/* ---- Newton's method ---- */

struct newton {
    double *at, *gradient, *step, *residual, *direction, *product, *scaled, *inverse;
    double objective, first; /* first: the length of the gradient at 0 */
    int64_t products;
};

/* How many numbers are regularised: all but the bias. */
static size_t penalised(const struct solver *solver)
{
    return solver->rows->columns * solver->width;
}

static void find_gradient(struct solver *solver, struct newton *newton)
{
    sum_all(solver, SUM_GRADIENT, NULL, newton->gradient);
    add_times(newton->gradient, 1, newton->at, penalised(solver));
}

/* The inverse of the diagonal of the Hessian matrix, by which conjugate gradients are preconditioned. Of the bias the
 * matrix may have 0 there, and of padding it has. */
static void find_inverse(struct solver *solver, struct newton *newton)
{
    sum_all(solver, SUM_DIAGONAL, NULL, newton->inverse);
    for (size_t i = 0; i < solver->size; i++) {
        double diagonal = newton->inverse[i] + (i < penalised(solver) ? 1 : 0);
        newton->inverse[i] = diagonal > 1e-300 ? 1 / diagonal : 0;
    }
}

static void scale_by(double *restrict made, const double *restrict a, const double *restrict b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        made[i] = a[i] * b[i];
}

/* Solves Hessian * step = -gradient, until the residual is `within` times what it was. */
static void find_step(struct solver *solver, struct newton *newton, double within)
{
    enum { MOST = 1000 };
    size_t size = solver->size;
    memset(newton->step, 0, size * sizeof *newton->step);
    for (size_t i = 0; i < size; i++)
        newton->residual[i] = -newton->gradient[i];
    scale_by(newton->direction, newton->inverse, newton->residual, size);
    double left = dot(newton->residual, newton->direction, size), enough = left * within * within;
    for (int round = 0; round < MOST && left > enough; round++) {
        sum_all(solver, SUM_PRODUCT, newton->direction, newton->product);
        add_times(newton->product, 1, newton->direction, penalised(solver));
        newton->products++;
        double curvature = dot(newton->direction, newton->product, size);
        if (!(curvature > 0))
            return;
        double length = left / curvature;
        add_times(newton->step, length, newton->direction, size);
        add_times(newton->residual, -length, newton->product, size);
        scale_by(newton->scaled, newton->inverse, newton->residual, size);
        double next = dot(newton->residual, newton->scaled, size);
        for (size_t i = 0; i < size; i++)
            newton->direction[i] = newton->scaled[i] + next / left * newton->direction[i];
        left = next;
    }
}

/* Goes along the step as far as the objective becomes enough smaller (Armijo); near the solution its digits no longer
 * show that. False: nowhere. */
static bool take_step(struct solver *solver, struct newton *newton)
{
    enum { HALVINGS = 40 };
    const double ENOUGH = 1e-4, DIGITS = 1e-14;
    size_t count = penalised(solver);
    double slope = dot(newton->gradient, newton->step, solver->size);
    double square = dot(newton->at, newton->at, count), cross = dot(newton->at, newton->step, count),
           stepped = dot(newton->step, newton->step, count), along = 1;
    solver->vector = newton->step;
    crew_each(solver->crew, solver->chunks, multiply_chunk, solver);
    for (int halving = 0; slope < 0 && halving < HALVINGS; halving++) {
        double objective = loss_at(solver, along) + (square + along * (2 * cross + along * stepped)) / 2;
        if (!(objective <= newton->objective + ENOUGH * along * slope + DIGITS * newton->objective)) {
            along /= 2;
            continue;
        }
        newton->objective = objective;
        add_times(newton->at, along, newton->step, solver->size);
        add_times(solver->logits, along, solver->steps, solver->count * solver->width);
        return true;
    }
    return false;
}

/* A number added to the bias of all classes changes no probability: of all the same their sum is 0. */
static void center_bias(const struct solver *solver, double *bias)
{
    double sum = 0;
    for (size_t c = 0; c < solver->classes; c++)
        sum += bias[c];
    for (size_t c = 0; c < solver->classes; c++)
        bias[c] -= sum / (double)solver->classes;
}

/* Vectors of zeros, and classes equally frequent but for rounding: the bias is 0, too. */
static bool nothing_to_learn(const struct solver *solver, const struct newton *newton)
{
    const double ROUNDING = 0x1p-48;
    size_t count = penalised(solver);
    double weight = 0;
    for (size_t i = 0; i < solver->count; i++)
        weight += solver->rows->weights[solver->used[i]];
    return newton->first <= ROUNDING * weight && dot(newton->gradient, newton->gradient, count) == 0;
}

static void run_newton(struct solver *solver, struct newton *newton, const struct linear_limits *limits,
                       struct linear_fitted *fitted)
{
    newton->objective = loss_at(solver, 0);
    find_gradient(solver, newton);
    newton->first = sqrt(dot(newton->gradient, newton->gradient, solver->size));
    double relative = !(newton->first <= DBL_MAX) ? INFINITY : nothing_to_learn(solver, newton) ? 0 : 1;
    while (relative > limits->tolerance && relative <= DBL_MAX && fitted->iterations < limits->iterations) {
        const double LOOSEST = 0.25, ENOUGH = 0.25;
        double within = sqrt(relative) < LOOSEST ? sqrt(relative) : LOOSEST;
        double needed = ENOUGH * limits->tolerance / relative;
        within = within > needed ? within : needed < LOOSEST ? needed : LOOSEST;
        find_inverse(solver, newton);
        find_step(solver, newton, within);
        if (!take_step(solver, newton))
            break;
        fitted->iterations++;
        find_gradient(solver, newton);
        relative = sqrt(dot(newton->gradient, newton->gradient, solver->size)) / newton->first;
    }
    fitted->converged = relative <= limits->tolerance;
    fitted->gradient = relative;
    fitted->objective = newton->objective;
    fitted->products = newton->products;
}

struct linear_fitted linear_solve(const struct linear_rows *rows, const uint32_t *used, size_t count,
                                  const struct linear_limits *limits, struct crew *crew)
{
    enum { SPARE = 4 /* numbers of a part for each column, so that adding parts up costs little */ };
    size_t width = linear_width(rows->classes), size = (rows->columns + 1) * width, each = count * width;
    size_t parts = (rows->count > 0 ? rows->starts[rows->count] : 0) / SPARE / (rows->columns + 1);
    parts = parts < 1 ? 1 : parts > MOST_PARTS ? MOST_PARTS : parts;
    struct solver solver = {.rows = rows,
                            .used = used,
                            .count = count,
                            .classes = rows->classes,
                            .width = width,
                            .size = size,
                            .crew = crew,
                            .chunks = (count + CHUNK - 1) / CHUNK,
                            .parts = parts};
    solver.sums = mem_zalloc(parts > 1 ? parts * size : 1, sizeof *solver.sums);
    solver.losses = mem_zalloc(solver.chunks + 1, sizeof *solver.losses);
    solver.logits = mem_zalloc(3 * each + 1, sizeof *solver.logits);
    solver.steps = solver.logits + each;
    solver.probs = solver.steps + each;
    double *vectors = mem_zalloc(7 * size + 1, sizeof *vectors);
    struct newton newton = {.at = mem_zalloc(size + 1, sizeof *newton.at),
                            .gradient = vectors,
                            .step = vectors + size,
                            .residual = vectors + 2 * size,
                            .direction = vectors + 3 * size,
                            .product = vectors + 4 * size,
                            .scaled = vectors + 5 * size,
                            .inverse = vectors + 6 * size};
    struct linear_fitted fitted = {.weights = newton.at, .width = width};
    run_newton(&solver, &newton, limits, &fitted);
    fitted.bias = newton.at + rows->columns * width;
    center_bias(&solver, fitted.bias);
    mem_free(vectors);
    mem_free(solver.logits);
    mem_free(solver.losses);
    mem_free(solver.sums);
    return fitted;
}
