/* The nearest neighbours of rows: every way, kernel, tile and number of threads finds the list that an oracle finds.
 *
 * The oracle shares no code with the search: it sorts all rows. Of values that are multiples of 1/1024 it computes
 * distances in integers of 128 bits; of others in float64 as the definition says. */
#include "../stages/vectors/neighbors.h"

#include "shape.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

__extension__ typedef __int128 i128;

/* ---- data ---- */

struct data {
    struct rows rows;
    float *values;
    double *wide_values;
    const float **at;
    const double **wide_at;
    bool integral; /* the values are small multiples of 1/1024 */
};

static uint64_t chance = 1;

/* A number below n (splitmix64). */
static uint32_t below(uint32_t n)
{
    uint64_t z = chance += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (uint32_t)(((z ^ (z >> 31)) >> 32) * n >> 32);
}

/* Roughly normal. */
static double normal(void)
{
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += below(1 << 30) / 1073741824.0;
    return sum;
}

static struct data make(size_t count, uint32_t dims, bool wide)
{
    struct data data = {.rows = {.count = count, .dims = dims, .wide = wide}};
    data.values = calloc(count * dims + 1, sizeof *data.values);
    data.wide_values = calloc(count * dims + 1, sizeof *data.wide_values);
    data.at = calloc(count + 1, sizeof *data.at);
    data.wide_at = calloc(count + 1, sizeof *data.wide_at);
    for (size_t i = 0; i < count; i++) {
        data.at[i] = data.values + i * dims;
        data.wide_at[i] = data.wide_values + i * dims;
    }
    data.rows.at = wide ? NULL : data.at;
    data.rows.wide_at = wide ? data.wide_at : NULL;
    return data;
}

static void put(struct data *data, size_t i, double value)
{
    data->values[i] = (float)value;
    data->wide_values[i] = value;
}

static void drop(struct data *data)
{
    free(data->values);
    free(data->wide_values);
    free(data->at);
    free(data->wide_at);
}

/* Multiples of 1/1024 in [-range, range] / 1024, around `around` / 1024. */
static struct data grid(size_t count, uint32_t dims, uint32_t range, int around)
{
    struct data data = make(count, dims, false);
    for (size_t i = 0; i < count * dims; i++)
        put(&data, i, ((int)below(2 * range + 1) - (int)range + around) / 1024.0);
    data.integral = true;
    return data;
}

static struct data gauss(size_t count, uint32_t dims, double mean, double scale, bool wide)
{
    struct data data = make(count, dims, wide);
    for (size_t i = 0; i < count * dims; i++)
        put(&data, i, mean + scale * normal());
    return data;
}

/* ---- the oracle ---- */

struct pair {
    double distance, key;
    uint32_t number;
};

static double value_of(const struct data *data, uint32_t row, size_t j)
{
    size_t at = (size_t)row * data->rows.dims + j;
    return data->rows.wide ? data->wide_values[at] : (double)data->values[at];
}

static double true_distance(const struct data *data, bool cosine, uint32_t a, uint32_t b)
{
    if (data->integral && !cosine) {
        i128 whole = 0;
        for (size_t j = 0; j < data->rows.dims; j++) {
            int64_t difference = (int64_t)(value_of(data, a, j) * 1024) - (int64_t)(value_of(data, b, j) * 1024);
            whole += (i128)difference * difference;
        }
        assert_true(whole < (i128)1 << 53); /* so the sum in float64 is exact */
        return (double)(int64_t)whole / 1048576.0;
    }
    double lengths[2] = {1, 1}, sum = 0;
    for (int side = 0; side < 2 && cosine; side++) {
        double squares = 0;
        for (size_t j = 0; j < data->rows.dims; j++)
            squares += value_of(data, side ? b : a, j) * value_of(data, side ? b : a, j);
        lengths[side] = squares > 0 ? sqrt(squares) : 1;
    }
    for (size_t j = 0; j < data->rows.dims; j++) {
        double difference = value_of(data, a, j) / lengths[0] - value_of(data, b, j) / lengths[1];
        sum += difference * difference;
    }
    return sum;
}

static int by_key(const void *left, const void *right)
{
    const struct pair *a = left, *b = right;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->number < b->number ? -1 : 1;
}

static struct pair *true_lists(const struct data *data, const struct search *search, size_t k)
{
    struct pair *lists = calloc(search->query_count * k + 1, sizeof *lists);
    struct pair *all = calloc(search->base_count + 1, sizeof *all);
    for (size_t q = 0; q < search->query_count; q++) {
        size_t count = 0;
        for (size_t i = 0; i < search->base_count; i++) {
            double distance = true_distance(data, search->cosine, search->queries[q], search->base[i]);
            if (search->base[i] != search->queries[q])
                all[count++] = (struct pair){distance, search->farthest ? -distance : distance, search->base[i]};
        }
        qsort(all, count, sizeof *all, by_key);
        for (size_t i = count; i < k; i++)
            all[i].number = UINT32_MAX;
        memcpy(lists + q * k, all, k * sizeof *all);
    }
    free(all);
    return lists;
}

/* ---- all ways ---- */

/* Returns how many rows were searched again in float64. */
static size_t check_way(const struct search *search, const struct pair *lists, struct search_way way, size_t threads)
{
    struct crew *crew = crew_new(threads);
    struct neighbors *found = neighbors_find(search, crew, &way);
    size_t k = search->k < search->base_count ? search->k : search->base_count;
    assert_int_equal(found->k, k);
    for (size_t q = 0; q < search->query_count; q++) {
        size_t count = 0;
        while (count < k && lists[q * k + count].number != UINT32_MAX)
            count++;
        assert_int_equal(found->found[q], count);
        for (size_t i = 0; i < count; i++) {
            struct pair expected = lists[q * k + i];
            if (found->numbers[q * k + i] != expected.number ||
                memcmp(&found->distances[q * k + i], &expected.distance, sizeof expected.distance) != 0)
                fail_msg("%s, way %d, tile %zu, room %zu, %zu threads: query %u, place %zu: row %u at %a, not %u at %a",
                         kernel_name(way.kernel), way.way, way.tile, way.candidates, threads, search->queries[q], i,
                         found->numbers[q * k + i], found->distances[q * k + i], expected.number, expected.distance);
        }
    }
    neighbors_free(found);
    crew_free(crew);
    return way.redone;
}

static bool is_symmetric(const struct search *search)
{
    return search->query_count == search->base_count &&
           memcmp(search->queries, search->base, search->base_count * sizeof *search->base) == 0;
}

static void check_ways(const struct data *data, const struct search *search)
{
    size_t k = search->k < search->base_count ? search->k : search->base_count;
    struct pair *lists = true_lists(data, search, k);
    enum search_kind last = is_symmetric(search) ? WAY_SYMMETRIC : WAY_PROPOSE;
    for (enum search_kind way = WAY_BEST; way <= last; way++) {
        for (enum kernel_kind kernel = KERNEL_PLAIN; kernel < KERNEL_KINDS; kernel++) {
            if (!kernel_runs(kernel))
                continue;
            (void)check_way(search, lists, (struct search_way){.kernel = kernel, .way = way}, 1);
            (void)check_way(search, lists, (struct search_way){kernel, .way = way, .tile = 48, .candidates = 1}, 5);
        }
        if (way >= WAY_PROPOSE)
            (void)check_way(search, lists, (struct search_way){.shape = &shape_of_avx512, .way = way, .tile = 1}, 1);
    }
    free(lists);
}

/* All queries and base; a part of either; parts that share nothing. */
static void check(const struct data *data, unsigned k, bool cosine)
{
    size_t count = data->rows.count, queries = 0, base = 0;
    uint32_t *all = calloc(count + 1, sizeof *all), *some = calloc(count + 1, sizeof *some);
    uint32_t *others = calloc(count + 1, sizeof *others);
    for (uint32_t i = 0; i < count; i++) {
        all[i] = i;
        if (below(3) == 0)
            some[queries++] = i;
        else
            others[base++] = i;
    }
    struct search search = {&data->rows, cosine, false, k, all, count, all, count};
    for (int farthest = 0; farthest < 2; farthest++) {
        search.farthest = farthest;
        search.queries = search.base = all;
        search.query_count = search.base_count = count;
        check_ways(data, &search);
        search.queries = some;
        search.query_count = queries;
        check_ways(data, &search);
        search.base = some;
        search.base_count = queries;
        check_ways(data, &search);
        search.base = others;
        search.base_count = base;
        check_ways(data, &search);
        search.queries = all;
        search.query_count = count;
        check_ways(data, &search);
    }
    free(all);
    free(some);
    free(others);
}

/* ---- tests ---- */

static void test_ties(void **state)
{
    (void)state;
    static const struct {
        size_t count;
        uint32_t dims, range;
        unsigned k;
    } cases[] = {
        {130, 1, 8, 5},  {200, 2, 4, 5},  {300, 2, 1, 3},    {150, 3, 1, 10}, {257, 5, 1, 1},  {97, 7, 1024, 5},
        {64, 13, 2, 64}, {65, 17, 2, 30}, {120, 64, 512, 4}, {49, 100, 1, 5}, {33, 520, 1, 3}, {40, 1100, 9, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct data data = grid(cases[i].count, cases[i].dims, cases[i].range, (int)i * 100);
        check(&data, cases[i].k, false);
        check(&data, cases[i].k, true);
        drop(&data);
    }
}

static void test_identical_rows(void **state)
{
    (void)state;
    struct data data = grid(150, 20, 0, 777); /* all of them */
    check(&data, 4, false);
    check(&data, 4, true);
    drop(&data);
    data = grid(150, 20, 900, 0); /* each row five times; a group of forty; rows of zeros */
    for (size_t i = 0; i < 150; i++)
        memcpy(data.values + i * 20, data.values + (i < 40 ? 0 : i % 30) * 20, 20 * sizeof *data.values);
    memset(data.values + 3 * 20, 0, 20 * sizeof *data.values);
    memset(data.values + 140 * 20, 0, 20 * sizeof *data.values);
    check(&data, 3, false);
    check(&data, 12, true);
    drop(&data);
}

static void test_few_rows(void **state)
{
    (void)state;
    for (size_t count = 0; count < 12; count++) {
        for (uint32_t dims = 0; dims < 3; dims++) {
            struct data data = grid(count, dims, 3, 0);
            for (unsigned k = 0; k < 14; k += 3)
                check(&data, k, false);
            drop(&data);
        }
    }
}

static void test_magnitudes(void **state)
{
    (void)state;
    static const struct {
        double mean, scale;
    } cases[] = {
        {0, 1}, {0, 5e37}, {1e38, 1e36}, {0, 1e-44}, {1e-40, 1e-42}, {1e6, 1}, {-3e7, 100}, {0, 1e-20}, {1, 1e-6},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct data data = gauss(120, 31, cases[i].mean, cases[i].scale, false);
        check(&data, 5, false);
        check(&data, 5, true);
        drop(&data);
        data = gauss(60, 31, cases[i].mean, cases[i].scale, true);
        check(&data, 5, false);
        check(&data, 5, true);
        drop(&data);
    }
}

/* Values around the ends of the range, whose differences are no float32; and so that the middle is far away. */
static void test_overflow(void **state)
{
    (void)state;
    struct data data = gauss(90, 3, 0, 1e36, false);
    for (size_t i = 0; i < 90 * 3; i++)
        put(&data, i, data.values[i] + (i % 5 == 0 ? 3.3e38 : -3.3e38));
    check(&data, 5, false);
    check(&data, 5, true);
    drop(&data);
}

/* A row so far away that in float32 the products of all others are denormal, or 0. */
static void test_underflow(void **state)
{
    (void)state;
    for (int exponent = 106; exponent < 122; exponent += 4) {
        struct data data = gauss(130, 3, 0, 1, false);
        put(&data, 71 * 3, ldexp(1, exponent));
        check(&data, 5, false);
        drop(&data);
    }
}

/* One row far from all others, one dimension much larger than the others, and rows of all magnitudes at once. */
static void test_mixed_magnitudes(void **state)
{
    (void)state;
    struct data data = gauss(130, 9, 0, 1, false);
    for (size_t j = 0; j < 9; j++)
        put(&data, 50 * 9 + j, 3e38);
    check(&data, 5, false);
    drop(&data);
    data = gauss(130, 9, 0, 1, false);
    for (size_t i = 0; i < 130; i++)
        put(&data, i * 9 + 4, 1e9 * normal());
    check(&data, 5, false);
    check(&data, 5, true);
    drop(&data);
    data = gauss(130, 9, 0, 1, false);
    for (size_t i = 0; i < 130 * 9; i++)
        put(&data, i, ldexp(normal(), (int)below(250) - 125));
    check(&data, 5, false);
    check(&data, 5, true);
    drop(&data);
}

/* Float64 values that overflow when squared, and pairs that only float64 tells apart. */
static void test_wide(void **state)
{
    (void)state;
    struct data data = gauss(70, 6, 0, 1e200, true);
    check(&data, 5, false);
    check(&data, 5, true);
    drop(&data);
    data = gauss(70, 6, 1, 1e-12, true);
    check(&data, 5, false);
    check(&data, 5, true);
    drop(&data);
}

/* Rows that point in nearly the same direction: what the division by their lengths rounds is seen in their order. */
static void test_parallel(void **state)
{
    (void)state;
    for (int exponent = -52; exponent < -36; exponent += 3) {
        struct data data = make(130, 2, false);
        for (size_t i = 0; i < 130; i++) {
            double length = 1 + below(1 << 20) / 1e5;
            put(&data, i * 2, length);
            put(&data, i * 2 + 1, length * ldexp(normal(), exponent));
        }
        check(&data, 3, true);
        drop(&data);
    }
}

/* ---- many rows: candidates come and go ---- */

static struct pair *lists_of(const struct neighbors *found, const struct search *search)
{
    struct pair *lists = calloc(search->query_count * found->k, sizeof *lists);
    for (size_t i = 0; i < search->query_count * found->k; i++)
        lists[i] = (struct pair){.distance = found->distances[i], .number = found->numbers[i]};
    return lists;
}

/* All ways agree with the one that looks at all pairs in float64, which the tests above compare with the oracle.
 * Returns the share of rows that a search with the usual room had to look up in float64. */
static double check_agree(const struct data *data, unsigned k, bool cosine, bool farthest)
{
    size_t count = data->rows.count, redone = 0;
    uint32_t *all = calloc(count, sizeof *all);
    for (uint32_t i = 0; i < count; i++)
        all[i] = i;
    struct search search = {&data->rows, cosine, farthest, k, all, count, all, count};
    struct crew *crew = crew_new(2);
    struct neighbors *found = neighbors_find(&search, crew, &(struct search_way){.way = WAY_EXACT});
    struct pair *lists = lists_of(found, &search);
    for (enum search_kind way = WAY_BEST; way <= WAY_SYMMETRIC; way++) {
        for (enum kernel_kind kernel = KERNEL_PLAIN; kernel < KERNEL_KINDS; kernel++) {
            if (!kernel_runs(kernel))
                continue;
            redone = check_way(&search, lists, (struct search_way){.kernel = kernel, .way = way}, 1);
            (void)check_way(&search, lists, (struct search_way){kernel, .way = way, .tile = 100}, 5);
            if (way >= WAY_PROPOSE)
                (void)check_way(&search, lists, (struct search_way){kernel, .way = way, .candidates = 1}, 2);
        }
        if (way >= WAY_PROPOSE)
            (void)check_way(&search, lists, (struct search_way){.shape = &shape_of_avx512, .way = way}, 3);
    }
    free(all);
    free(lists);
    neighbors_free(found);
    crew_free(crew);
    return (double)redone / (double)count;
}

static void test_many(void **state)
{
    (void)state;
    struct data data = gauss(1000, 24, 0, 1, false);
    assert_true(check_agree(&data, 5, false, false) == 0);
    assert_true(check_agree(&data, 1, true, false) == 0);
    assert_true(check_agree(&data, 3, false, true) == 0);
    assert_true(check_agree(&data, 60, false, false) == 0);
    drop(&data);
    data = gauss(500, 400, 1e4, 1, false); /* two runs of dimensions, far from the origin */
    assert_true(check_agree(&data, 2, false, false) == 0);
    drop(&data);
    data = gauss(150, 1100, 0, 1, false); /* more candidates than a panel of exact.c holds, in several runs */
    assert_true(check_agree(&data, 12, false, false) == 0);
    drop(&data);
}

/* Groups of rows that are far from each other, so that what float32 is off is many times the differences of distances:
 * neighbours are found only because the bound says how little the scores tell. */
static void test_bound(void **state)
{
    (void)state;
    for (int exponent = 2; exponent < 12; exponent += 3) {
        struct data data = gauss(700, 5, 0, 1, false);
        for (size_t i = 0; i < 700; i++)
            for (size_t j = 0; j < 5; j++)
                put(&data, i * 5 + j, data.values[i * 5 + j] + ldexp((double)(i * 7 % 8 >> j & 1), exponent));
        (void)check_agree(&data, 4, false, exponent & 1);
        drop(&data);
    }
}

static void test_none_is_redone_needlessly(void **state)
{
    (void)state;
    struct data data = gauss(1000, 16, 0, 1, false); /* each row three times */
    for (size_t i = 1000; i-- > 0;)
        memcpy(data.values + i * 16, data.values + i / 3 * 16, 16 * sizeof *data.values);
    assert_true(check_agree(&data, 5, false, false) == 0);
    for (size_t i = 0; i < (size_t)300 * 16; i++) /* a group for which there is no room, away from the others */
        put(&data, i, 20);
    double share = check_agree(&data, 5, false, false);
    if (share < 0.3 || share > 0.31)
        fail_msg("%g of the rows were searched again, not 0.3", share);
    drop(&data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ties),
        cmocka_unit_test(test_identical_rows),
        cmocka_unit_test(test_few_rows),
        cmocka_unit_test(test_magnitudes),
        cmocka_unit_test(test_mixed_magnitudes),
        cmocka_unit_test(test_wide),
        cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_underflow),
        cmocka_unit_test(test_parallel),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_bound),
        cmocka_unit_test(test_none_is_redone_needlessly),
    };
    return cmocka_run_group_tests_name("vectors/neighbors", tests, NULL, NULL);
}
