/* The neighbours of sparse rows are, to the bit, those of the same rows written out. */
#include "../stages/vectors/neighbors.h"
#include "base/crew.h"
#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_ROWS = 300, DIMS = 40 };

static uint64_t state_of_random = 1;

static uint32_t below(uint32_t limit) /* splitmix64 */
{
    uint64_t bits = state_of_random += 0x9e3779b97f4a7c15u;
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9u;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)((bits ^ bits >> 31) % limit);
}

/* The same rows twice. */
struct both {
    size_t count;
    bool wide;
    float dense[MOST_ROWS][DIMS], values[MOST_ROWS][DIMS];
    double wide_dense[MOST_ROWS][DIMS], wide_values[MOST_ROWS][DIMS];
    int32_t indices[MOST_ROWS][DIMS];
    const float *at[MOST_ROWS];
    const double *wide_at[MOST_ROWS];
    struct vector vectors[MOST_ROWS];
    const struct vector *sparse[MOST_ROWS];
};

/* few: the values are so few that many rows are equal. step: between dimensions of the sparse rows, which changes
 * nothing. scale: of the values. */
static void fill(struct both *both, size_t count, bool wide, bool few, int32_t step, double scale)
{
    memset(both, 0, sizeof *both);
    both->count = count;
    both->wide = wide;
    for (size_t i = 0; i < count; i++) {
        uint32_t share = 1 + below(few ? 30 : 4);
        size_t stored = 0;
        for (int32_t j = 0; j < DIMS; j++) {
            double value = below(share) > 0 ? 0 : (few ? (double)below(2) : (double)below(20000) / 1000 - 10) * scale;
            both->dense[i][j] = (float)value;
            both->wide_dense[i][j] = wide ? value : 0;
            if (value == 0)
                continue;
            both->indices[i][stored] = j * step;
            both->values[i][stored] = (float)value;
            both->wide_values[i][stored++] = value;
        }
        both->at[i] = both->dense[i];
        both->wide_at[i] = both->wide_dense[i];
        both->vectors[i] = (struct vector){stored, both->indices[i], wide ? NULL : both->values[i],
                                           wide ? both->wide_values[i] : NULL};
        both->sparse[i] = &both->vectors[i];
    }
}

static void expect_same(const struct both *both, size_t k, bool cosine, bool farthest, size_t threads)
{
    struct rows dense = {
        .count = both->count, .dims = DIMS, .wide = both->wide, .at = both->at, .wide_at = both->wide_at};
    struct rows sparse = {.count = both->count, .wide = both->wide, .sparse = both->sparse};
    uint32_t queries[MOST_ROWS], base[MOST_ROWS];
    size_t query_count = 0, base_count = 0;
    for (uint32_t i = 0; i < both->count; i++) {
        if (below(3) > 0)
            queries[query_count++] = i;
        if (below(5) > 0)
            base[base_count++] = i;
    }
    struct search search = {.rows = &dense,
                            .cosine = cosine,
                            .farthest = farthest,
                            .k = (unsigned)k,
                            .queries = queries,
                            .query_count = query_count,
                            .base = base,
                            .base_count = base_count};
    struct crew *crew = crew_new(threads);
    struct search_way way = {.way = WAY_EXACT};
    struct neighbors *expected = neighbors_find(&search, crew, &way);
    search.rows = &sparse;
    struct neighbors *found = neighbors_find(&search, crew, NULL);
    assert_int_equal(found->k, expected->k);
    for (size_t q = 0; q < query_count; q++) {
        assert_int_equal(found->found[q], expected->found[q]);
        for (size_t i = q * found->k; i < q * found->k + found->found[q]; i++) {
            assert_int_equal(found->numbers[i], expected->numbers[i]);
            assert_memory_equal(&found->distances[i], &expected->distances[i], sizeof found->distances[i]);
        }
    }
    neighbors_free(found);
    neighbors_free(expected);
    crew_free(crew);
}

static struct both both;

static void finds_the_same(void **state)
{
    (void)state;
    for (int round = 0; round < 60; round++) {
        size_t count = 1 + below(MOST_ROWS);
        fill(&both, count, round % 3 == 0, round % 2 == 0, 1, 1);
        size_t k = 1 + below(round % 5 == 0 ? MOST_ROWS : 8);
        expect_same(&both, k, round % 4 == 1, round % 7 == 2, 1 + below(4));
    }
}

/* Dimensions too many for a table are numbered. */
static void knows_large_dimensions(void **state)
{
    (void)state;
    for (int round = 0; round < 10; round++) {
        fill(&both, 200, false, round % 2 == 0, INT32_MAX / DIMS, 1);
        expect_same(&both, 5, round % 4 == 1, false, 2);
    }
}

static void knows_large_and_small_values(void **state)
{
    (void)state;
    static const double scales[] = {1e37, 1e-38, 1e-44, 1e30};
    static const double wide_scales[] = {1e300, 1e-300, 1e154, 1e-160};
    for (size_t i = 0; i < 4; i++) {
        fill(&both, 150, false, i % 2 == 0, 1, scales[i]);
        expect_same(&both, 3, false, false, 1);
        fill(&both, 150, true, i % 2 == 0, 1, wide_scales[i]);
        expect_same(&both, 3, false, i % 2 == 1, 1);
    }
}

static void knows_equal_and_empty_rows(void **state)
{
    (void)state;
    fill(&both, MOST_ROWS, false, true, 1, 1);
    for (size_t i = 0; i < MOST_ROWS; i += 2) {
        both.vectors[i].count = 0;
        memset(both.dense[i], 0, sizeof both.dense[i]);
    }
    expect_same(&both, 4, false, false, 2);
    expect_same(&both, 4, true, false, 2);
    expect_same(&both, MOST_ROWS, false, true, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_same),
        cmocka_unit_test(knows_large_dimensions),
        cmocka_unit_test(knows_large_and_small_values),
        cmocka_unit_test(knows_equal_and_empty_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
