/* What tile.h promises of scores: for any rows they are off by no more than the bound. */
#include "../stages/vectors/tile.h"

#include "shape.h"

#include "base/memory.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { COUNT = 60 };

static uint64_t chance = 3;

/* In (-1, 1). */
static double some(void)
{
    uint64_t z = chance += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (double)(int64_t)(z ^ (z >> 31)) * 0x1p-63;
}

/* The products of all pairs as a search computes them. */
static void multiply(const struct tile_frame *frame, const uint32_t *all, float *products)
{
    size_t rows = frame->shape.rows, columns = frame->shape.columns;
    float *queries = calloc((COUNT + rows) * frame->depth, sizeof *queries);
    float *base = calloc((COUNT + columns) * frame->depth, sizeof *base);
    float sums[KERNEL_ROWS * KERNEL_COLUMNS];
    for (size_t r = 0; r < COUNT; r += rows) {
        for (size_t c = 0; c < COUNT; c += columns) {
            for (size_t run = 0; run < frame->runs; run++) {
                size_t depth = tile_depth(frame, run);
                tile_pack(frame, all, COUNT, run, rows, queries);
                tile_pack(frame, all, COUNT, run, columns, base);
                struct kernel_tile tile = {.queries = queries + r * depth,
                                           .base = base + c * depth,
                                           .depth = depth,
                                           .sums = sums,
                                           .add = run > 0};
                assert_true(frame->shape.products(&tile));
            }
            for (size_t i = 0; i < rows * columns; i++)
                if (r + i / columns < COUNT && c + i % columns < COUNT)
                    products[(r + i / columns) * COUNT + c + i % columns] = sums[i];
        }
    }
    free(queries);
    free(base);
}

/* d^2 as exact.h computes it. */
static double distance(const struct exact *exact, uint32_t a, uint32_t b)
{
    size_t dims = exact->search->rows->dims;
    double *values = calloc(2 * dims, sizeof *values), sum = 0;
    exact_values(exact, a, 0, dims, values);
    exact_values(exact, b, 0, dims, values + dims);
    for (size_t j = 0; j < dims; j++)
        sum += (values[j] - values[dims + j]) * (values[j] - values[dims + j]);
    free(values);
    return sum;
}

/* Returns the largest share of the bound that scores are off. */
static double check_frame(const struct exact *exact, struct kernel_shape shape, const uint32_t *all, struct crew *crew)
{
    struct tile_frame frame;
    float products[COUNT * COUNT];
    tile_frame_open(&frame, exact, shape, crew);
    multiply(&frame, all, products);
    double most = 0;
    for (uint32_t a = 0; a < COUNT; a++) {
        for (uint32_t b = 0; b < COUNT; b++) {
            double norm = frame.norms[b], own = frame.norms[a];
            float score = (float)norm - 2 * products[a * COUNT + b];
            long double off = (long double)distance(exact, a, b) * frame.scale * frame.scale - score - own;
            long double bound = (long double)frame.relative * (own + norm) + frame.absolute;
            if (!(fabsl(off) <= bound))
                fail_msg("rows %u and %u: off by %Lg, bound %Lg", a, b, off, bound);
            most = fmax(most, (double)(fabsl(off) / bound));
        }
    }
    tile_frame_close(&frame);
    return most;
}

enum law { UNIFORM, CLUSTERS, CONSTANT };

/* CONSTANT: all values of a row are alike, or alike but for signs, so that errors add up. */
static double value_of(enum law law, size_t row, size_t j, double constant)
{
    switch (law) {
    case UNIFORM:
        return some();
    case CLUSTERS:
        return some() + (row * 7 % 8 >> j % 3 & 1 ? 1000 : 0);
    default:
        return row % 3 == 0 ? 0 : row % 3 == 1 ? constant : -constant;
    }
}

static double check(size_t dims, enum law law, double around, double scale, bool cosine)
{
    float *values = calloc(COUNT * dims, sizeof *values);
    const float *at[COUNT];
    uint32_t all[COUNT];
    for (uint32_t i = 0; i < COUNT; i++) {
        double constant = 1 + some() / 8;
        at[i] = values + i * dims;
        all[i] = i;
        for (size_t j = 0; j < dims; j++)
            values[i * dims + j] = (float)(around + scale * value_of(law, i, j, constant));
    }
    struct rows rows = {.count = COUNT, .dims = (uint32_t)dims, .at = at};
    struct search search = {&rows, cosine, false, 1, all, COUNT, all, COUNT};
    double *lengths = cosine ? exact_lengths(&search) : NULL, most = 0;
    struct exact exact = {.search = &search, .lengths = lengths, .k = 1, .sign = 1};
    struct crew *crew = crew_new(2);
    for (enum kernel_kind kind = KERNEL_PLAIN; kind < KERNEL_KINDS; kind++)
        if (kernel_runs(kind))
            most = fmax(most, check_frame(&exact, kernel_shape_of(kind), all, crew));
    most = fmax(most, check_frame(&exact, shape_of_avx512, all, crew));
    crew_free(crew);
    mem_free(lengths);
    free(values);
    return most;
}

static void test_bound(void **state)
{
    (void)state;
    static const size_t dims[] = {1, 3, 17, 300, 385};
    static const struct {
        double around, scale;
    } places[] = {{0, 1}, {1e6, 1}, {-1e30, 1e28}, {0, 1e35}, {0, 1e-38}, {1e-43, 1e-43}, {3, 1e-6}, {2e38, 1e35}};
    double most = 0;
    for (size_t d = 0; d < sizeof dims / sizeof *dims; d++) {
        for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
            for (enum law law = UNIFORM; law <= CONSTANT; law++) {
                most = fmax(most, check(dims[d], law, places[p].around, places[p].scale, false));
                most = fmax(most, check(dims[d], law, places[p].around, places[p].scale, true));
            }
        }
    }
    /* The bound is for the worst case, but rows that come near it are there: a quarter of it would fail. */
    assert_true(most > 0.25);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bound)};
    return cmocka_run_group_tests_name("vectors/tile", tests, NULL, NULL);
}
