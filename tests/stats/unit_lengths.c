/* Lengths: the bound on the error of the quantiles, exactness of the rest, and that parts add up. */
#include "../../stages/stats/lengths.h"
#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static uint64_t next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 1;
}

static struct summary *summary_of(const struct lengths *lengths)
{
    struct summary *sum = summary_new();
    (void)lengths_put(lengths, sum, SLICE("it"));
    return sum;
}

/* One length between two others, so that min and max do not help. */
static void check_one(uint64_t length)
{
    struct lengths *lengths = mem_zalloc(1, sizeof *lengths);
    lengths_add(lengths, 0);
    lengths_add(lengths, length);
    lengths_add(lengths, INT64_MAX);
    struct summary *sum = summary_of(lengths);
    int64_t median;
    assert_int_equal(lengths_quantiles(summary_object(sum, SLICE("it")), &(unsigned){50}, 1, &median), 0);
    uint64_t error = (uint64_t)median > length ? (uint64_t)median - length : length - (uint64_t)median;
    assert_true(length < LENGTHS_EXACT ? error == 0 : error <= length / 256);
    summary_free(sum);
    mem_free(lengths);
}

static void test_error_bound(void **state)
{
    (void)state;
    for (uint64_t length = 0; length < 3000; length++)
        check_one(length);
    for (unsigned bit = 8; bit < 63; bit++) {
        uint64_t power = (uint64_t)1 << bit, draw = bit;
        check_one(power - 1);
        check_one(power);
        check_one(power + 1);
        for (int i = 0; i < 20; i++)
            check_one(power + next(&draw) % power);
    }
    check_one(INT64_MAX - 1);
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

enum { MANY = 5000 };
static const unsigned percent[] = {0, 1, 5, 25, 50, 75, 95, 99, 100};
enum { PERCENTS = sizeof percent / sizeof *percent };

static void test_ranks(void **state)
{
    (void)state;
    static uint64_t values[MANY];
    struct lengths *lengths = mem_zalloc(1, sizeof *lengths);
    uint64_t draw = 1, sum = 0;
    for (size_t i = 0; i < MANY; i++) {
        values[i] = next(&draw) % ((uint64_t)1 << (1 + next(&draw) % 20));
        lengths_add(lengths, values[i]);
        sum += values[i];
    }
    qsort(values, MANY, sizeof *values, compare);
    assert_int_equal(lengths->count, MANY);
    assert_int_equal(lengths->sum, sum);
    assert_int_equal(lengths->min, values[0]);
    assert_int_equal(lengths->max, values[MANY - 1]);

    struct summary *summary = summary_of(lengths);
    int64_t quantiles[PERCENTS];
    assert_int_equal(lengths_quantiles(summary_object(summary, SLICE("it")), percent, PERCENTS, quantiles), 0);
    for (size_t i = 0; i < PERCENTS; i++) {
        size_t rank = (MANY * percent[i] + 99) / 100;
        int64_t truth = (int64_t)values[rank > 0 ? rank - 1 : 0];
        int64_t error = quantiles[i] > truth ? quantiles[i] - truth : truth - quantiles[i];
        assert_true(error <= truth / 256);
    }
    summary_free(summary);
    mem_free(lengths);
}

static void test_parts_add_up(void **state)
{
    (void)state;
    struct lengths *whole = mem_zalloc(1, sizeof *whole), *parts = mem_zalloc(3, sizeof *parts);
    uint64_t draw = 7;
    for (size_t i = 0; i < MANY; i++) {
        uint64_t length = next(&draw) % 100000;
        lengths_add(whole, length);
        lengths_add(&parts[next(&draw) % 3], length);
    }
    struct summary *sum = summary_of(whole), *merged = summary_new();
    for (size_t i = 3; i-- > 0;) {
        struct summary *part = summary_of(&parts[i]);
        assert_int_equal(summary_merge(merged, part), 0);
        summary_free(part);
    }
    struct bytes expected = {0}, found = {0};
    summary_print(sum, &expected);
    summary_print(merged, &found);
    assert_int_equal(expected.len, found.len);
    assert_memory_equal(expected.items, found.items, found.len);
    vec_free(&expected);
    vec_free(&found);
    summary_free(sum);
    summary_free(merged);
    mem_free(whole);
    mem_free(parts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_error_bound),
        cmocka_unit_test(test_ranks),
        cmocka_unit_test(test_parts_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
