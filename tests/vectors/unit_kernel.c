/* The inner loops: distances are the same bits in each version, products are within their bound, and hits are exactly
 * the pairs whose scores are at most their limits. */
#include "../stages/vectors/kernel.h"

#include "shape.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define NAMED(word) eight_##word
#define TARGET
#define WIDTH 8
#define AT_ONCE 8
#include "../stages/vectors/kernel_distances.h"

static uint64_t chance = 7;

/* In (-1, 1), of 24 bits. */
static float some(void)
{
    uint64_t z = chance += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (float)((double)(z >> 41) / 4194304.0 - 1);
}

/* ---- distances ---- */

static void check_distances(kernel_distances *distances, size_t queries, size_t depth)
{
    enum { STRIDE = 11 };
    double *panel = calloc(depth * KERNEL_LANES + 1, sizeof *panel);
    double *values = calloc(queries * depth + 1, sizeof *values);
    double *sums = calloc(queries * STRIDE + 1, sizeof *sums);
    for (size_t i = 0; i < depth * KERNEL_LANES; i++)
        panel[i] = (double)some() / 3;
    for (size_t i = 0; i < queries * depth; i++)
        values[i] = (double)some() / 7;
    for (size_t i = 0; i < queries * STRIDE; i++)
        sums[i] = (double)i;
    distances(panel, values, queries, depth, sums, STRIDE);
    for (size_t q = 0; q < queries; q++) {
        for (size_t l = 0; l < STRIDE; l++) {
            double sum = (double)(q * STRIDE + l);
            for (size_t j = 0; j < depth && l < KERNEL_LANES; j++) {
                double difference = values[q * depth + j] - panel[j * KERNEL_LANES + l];
                double square = difference * difference;
                sum += square;
            }
            assert_memory_equal(&sum, &sums[q * STRIDE + l], sizeof sum);
        }
    }
    free(panel);
    free(values);
    free(sums);
}

static void test_distances(void **state)
{
    (void)state;
    for (size_t queries = 0; queries < 20; queries++) {
        for (size_t depth = 0; depth < 40; depth += 13) {
            for (enum kernel_kind kind = KERNEL_BEST; kind < KERNEL_KINDS; kind++)
                if (kernel_runs(kind))
                    check_distances(kernel_distances_of(kind), queries, depth);
            check_distances(eight_distances, queries, depth);
        }
    }
}

/* ---- products ---- */

struct buffers {
    float queries[KERNEL_ROWS * 100], base[KERNEL_COLUMNS * 100], sums[KERNEL_ROWS * KERNEL_COLUMNS];
    float query_norms[KERNEL_ROWS], query_limits[KERNEL_ROWS], base_norms[KERNEL_COLUMNS], base_limits[KERNEL_COLUMNS];
};

/* Random panels and norms. spread: of the limits, so that few or many pairs are hit. */
static void fill(struct buffers *buffers, float limit)
{
    float *all[] = {buffers->queries, buffers->base, buffers->query_norms, buffers->base_norms};
    size_t counts[] = {KERNEL_ROWS * 100, KERNEL_COLUMNS * 100, KERNEL_ROWS, KERNEL_COLUMNS};
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < counts[i]; j++)
            all[i][j] = some();
    for (size_t i = 0; i < KERNEL_ROWS; i++)
        buffers->query_limits[i] = limit + some();
    for (size_t i = 0; i < KERNEL_COLUMNS; i++)
        buffers->base_limits[i] = limit + some();
    memset(buffers->sums, 0, sizeof buffers->sums);
}

/* Dimensions first to end of all pairs, within the bound that tile.c uses. */
static void check_sums(const struct kernel_shape *shape, const struct buffers *buffers, size_t end)
{
    for (size_t r = 0; r < shape->rows; r++) {
        for (size_t c = 0; c < shape->columns; c++) {
            double sum = 0, size = 0;
            for (size_t j = 0; j < end; j++) {
                double product =
                    (double)buffers->queries[j * shape->rows + r] * (double)buffers->base[j * shape->columns + c];
                sum += product;
                size += fabs(product);
            }
            double off = fabs((double)buffers->sums[r * shape->columns + c] - sum);
            assert_true(off <= (double)(end + 2) * 0x1p-24 * size);
        }
    }
}

/* The hits are those of the sums that were written. */
static void check_hits(const struct kernel_shape *shape, const struct kernel_tile *tile, bool written)
{
    bool any = false;
    for (size_t r = 0; r < shape->rows; r++) {
        uint32_t hits = 0, base_hits = 0;
        for (size_t c = 0; c < shape->columns; c++) {
            float twice = tile->factor * tile->sums[r * shape->columns + c];
            float score = tile->base_norms[c] + twice;
            hits |= (uint32_t)(score <= tile->query_limits[r]) << c;
            if (tile->base_limits != NULL) {
                score = tile->query_norms[r] + twice;
                base_hits |= (uint32_t)(score <= tile->base_limits[c]) << c;
            }
        }
        any |= hits || base_hits;
        if (written) {
            assert_int_equal(tile->query_hits[r], hits);
            if (tile->base_limits != NULL)
                assert_int_equal(tile->base_hits[r], base_hits);
        }
    }
    assert_int_equal(any, written);
}

static void check_products(struct kernel_shape shape, float limit, bool symmetric, float factor)
{
    struct buffers buffers;
    fill(&buffers, limit);
    struct kernel_tile tile = {.queries = buffers.queries,
                               .base = buffers.base,
                               .depth = 37,
                               .sums = buffers.sums,
                               .factor = factor,
                               .query_limits = buffers.query_limits,
                               .query_norms = buffers.query_norms};
    assert_true(shape.products(&tile)); /* 37 dimensions, nothing is compared */
    check_sums(&shape, &buffers, 37);
    tile.queries += 37 * shape.rows;
    tile.base += 37 * shape.columns;
    tile.depth = 63;
    tile.add = true;
    struct kernel_tile last = tile; /* the sums, whether or not there are hits */
    struct buffers all = buffers;
    last.sums = all.sums;
    assert_true(shape.products(&last));
    check_sums(&shape, &all, 100);
    tile.base_norms = last.base_norms = buffers.base_norms;
    tile.base_limits = last.base_limits = symmetric ? buffers.base_limits : NULL;
    bool written = shape.products(&tile);
    if (written)
        assert_memory_equal(all.sums, buffers.sums, shape.rows * shape.columns * sizeof(float));
    memcpy(last.query_hits, tile.query_hits, sizeof last.query_hits);
    memcpy(last.base_hits, tile.base_hits, sizeof last.base_hits);
    check_hits(&shape, &last, written);
}

static void check_shape(struct kernel_shape shape)
{
    static const float limits[] = {-100, -20, -12, -6, 0, 100};
    assert_true(shape.rows <= KERNEL_ROWS && shape.columns <= KERNEL_COLUMNS);
    for (int round = 0; round < 50; round++) {
        for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
            check_products(shape, limits[i], false, -2);
            check_products(shape, limits[i], true, -2);
            check_products(shape, limits[i], true, 2);
        }
    }
}

static void test_products(void **state)
{
    (void)state;
    for (enum kernel_kind kind = KERNEL_BEST; kind < KERNEL_KINDS; kind++)
        if (kernel_runs(kind))
            check_shape(kernel_shape_of(kind));
    check_shape(shape_of_avx512);
}

/* ---- sums that are exact ---- */

static void check_integers(enum kernel_kind kind, size_t depth)
{
    enum { GROUP = KERNEL_PANEL * KERNEL_PANELS };
    static double left[1024 * KERNEL_PANEL], right[1024 * GROUP];
    double sums[KERNEL_PANEL * GROUP];
    for (size_t i = 0; i < depth * KERNEL_PANEL; i++)
        left[i] = depth > 500 && i % KERNEL_PANEL == 0 ? 0x1p21 : trunc((double)some() * 0x1p21);
    for (size_t i = 0; i < depth * GROUP; i++)
        right[i] = depth > 500 && i / depth % KERNEL_PANEL == 1 ? -0x1p21 + 1 : trunc((double)some() * 0x1p21);
    kernel_integers_of(kind)(left, right, depth, sums);
    for (size_t l = 0; l < KERNEL_PANEL; l++) {
        for (size_t r = 0; r < GROUP; r++) {
            int64_t sum = 0;
            for (size_t j = 0; j < depth; j++)
                sum += (int64_t)left[j * KERNEL_PANEL + l] *
                       (int64_t)right[(r / KERNEL_PANEL * depth + j) * KERNEL_PANEL + r % KERNEL_PANEL];
            assert_true(sums[l * GROUP + r] == (double)sum);
        }
    }
}

static void test_integers(void **state)
{
    (void)state;
    for (enum kernel_kind kind = KERNEL_BEST; kind < KERNEL_KINDS; kind++)
        for (size_t depth = 0; kernel_runs(kind) && depth <= 1024; depth += depth < 4 ? 1 : 255)
            check_integers(kind, depth);
}

/* ---- projections ---- */

static void check_project(kernel_project *project, size_t depth)
{
    double *panel = calloc(depth * KERNEL_WIDE + 1, sizeof *panel), *vector = calloc(depth + 1, sizeof *vector);
    double sums[KERNEL_WIDE];
    for (size_t i = 0; i < depth * KERNEL_WIDE; i++)
        panel[i] = (double)some() / 3;
    for (size_t i = 0; i < depth; i++)
        vector[i] = (double)some() / 7;
    project(panel, vector, depth, sums);
    for (size_t l = 0; l < KERNEL_WIDE; l++) {
        double sum = 0;
        for (size_t j = 0; j < depth; j++) {
            double product = vector[j] * panel[j * KERNEL_WIDE + l];
            sum += product;
        }
        assert_memory_equal(&sum, &sums[l], sizeof sum);
    }
    free(panel);
    free(vector);
}

static void test_project(void **state)
{
    (void)state;
    for (size_t depth = 0; depth < 300; depth += 37) {
        for (enum kernel_kind kind = KERNEL_BEST; kind < KERNEL_KINDS; kind++)
            if (kernel_runs(kind))
                check_project(kernel_project_of(kind), depth);
        check_project(eight_project, depth);
    }
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(kernel_name(KERNEL_PLAIN), "plain");
    assert_true(kernel_runs(KERNEL_BEST) && kernel_runs(KERNEL_PLAIN));
    assert_string_not_equal(kernel_name(KERNEL_BEST), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distances), cmocka_unit_test(test_products), cmocka_unit_test(test_integers),
        cmocka_unit_test(test_project),   cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests_name("vectors/kernel", tests, NULL, NULL);
}
