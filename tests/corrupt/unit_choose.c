/* Choices without replacement, and the numbers of spans: every outcome equally likely, at p = 1e-6. */
#include "stages/corrupt/spans.h"

#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROUNDS = 200000, OUTCOMES = 4096 };

static struct rng stream(uint64_t record)
{
    struct random_options options = {.salt = ""};
    return rng_start(rng_key(&options, "corrupt"), (struct identity){record, 7}, 0);
}

/* A choice as one number below OUTCOMES. */
typedef size_t (*outcome)(struct rng *rng, struct arena *arena);

/* Chi square of the outcomes, of which there must be `count`, all likely alike. */
static void check_uniform(outcome number_of_one, size_t count, double limit)
{
    static size_t seen[OUTCOMES];
    size_t kinds = 0;
    double sum = 0, expected = (double)ROUNDS / (double)count;
    struct arena *arena = arena_new();
    memset(seen, 0, sizeof seen);
    for (uint64_t i = 0; i < ROUNDS; i++) {
        struct rng rng = stream(i);
        seen[number_of_one(&rng, arena)]++;
        arena_reset(arena);
    }
    for (size_t i = 0; i < OUTCOMES; i++) {
        double distance = (double)seen[i] - expected;
        kinds += seen[i] > 0;
        sum += seen[i] > 0 ? distance * distance / expected : 0;
    }
    assert_int_equal(kinds, count);
    assert_true(sum < limit);
    arena_free(arena);
}

static size_t three_of_six(struct rng *rng, struct arena *arena)
{
    uint32_t numbers[3];
    choose_numbers(rng, DRAW_NOISE, 3, 6, arena, numbers);
    assert_true(numbers[0] < numbers[1] && numbers[1] < numbers[2] && numbers[2] < 6);
    return numbers[0] + 6 * numbers[1] + 36 * numbers[2];
}

static size_t number_of(const uint32_t *lengths, size_t count, uint32_t total)
{
    size_t number = 0;
    for (size_t i = 0; i < count; i++) {
        number = number * 8 + lengths[i];
        total -= lengths[i];
    }
    assert_int_equal(total, 0);
    return number;
}

static size_t seven_in_three(struct rng *rng, struct arena *arena)
{
    uint32_t lengths[3];
    choose_parts(rng, DRAW_NOISE, 7, 3, arena, lengths);
    assert_true(lengths[0] > 0 && lengths[1] > 0 && lengths[2] > 0);
    return number_of(lengths, 3, 7);
}

static size_t four_around_two(struct rng *rng, struct arena *arena)
{
    uint32_t lengths[3];
    choose_parts_around(rng, DRAW_REST, 4, 2, arena, lengths);
    assert_true(lengths[1] > 0);
    return number_of(lengths, 3, 4);
}

static size_t four_in_order(struct rng *rng, struct arena *arena)
{
    (void)arena;
    uint32_t items[4] = {0, 1, 2, 3};
    choose_order(rng, DRAW_SHUFFLE, 4, items);
    return items[0] + 4 * items[1] + 16 * items[2] + 64 * items[3];
}

static void test_uniform(void **state)
{
    (void)state;
    check_uniform(three_of_six, 20, 63.68);   /* 6! / 3! / 3! */
    check_uniform(seven_in_three, 15, 54.64); /* 2 cuts at 6 places */
    check_uniform(four_around_two, 10, 44.81);
    check_uniform(four_in_order, 24, 70.55);
}

static void test_bounds(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct rng rng = stream(1);
    uint32_t numbers[200];
    choose_numbers(&rng, DRAW_NOISE, 0, 0, arena, numbers);
    choose_numbers(&rng, DRAW_NOISE, 200, 200, arena, numbers);
    for (uint32_t i = 0; i < 200; i++)
        assert_int_equal(numbers[i], i);
    choose_parts(&rng, DRAW_NOISE, 0, 0, arena, numbers);
    choose_parts(&rng, DRAW_NOISE, 9, 1, arena, numbers);
    assert_int_equal(numbers[0], 9);
    choose_parts(&rng, DRAW_NOISE, 9, 9, arena, numbers);
    assert_int_equal(numbers[8], 1);
    choose_parts_around(&rng, DRAW_REST, 0, 1, arena, numbers);
    assert_int_equal(numbers[0] + numbers[1], 0);
    choose_parts_around(&rng, DRAW_REST, 3, 0, arena, numbers);
    assert_int_equal(numbers[0], 3);
    choose_parts_around(&rng, DRAW_REST, 2, 3, arena, numbers); /* no room at the ends */
    assert_true(numbers[0] == 0 && numbers[1] == 1 && numbers[2] == 1 && numbers[3] == 0);
    choose_order(&rng, DRAW_SHUFFLE, 0, numbers);
    arena_free(arena);
}

static struct decimal decimal(const char *text)
{
    struct decimal read;
    assert_true(decimal_read(slice_of(text), MEAN_MOST, &read));
    return read;
}

static void check_count(size_t count, const char *density, const char *mean, bool compat, size_t noise, size_t spans)
{
    struct plan plan;
    spans_count(count, decimal(density), decimal(mean), compat, &plan);
    assert_int_equal(plan.noise, noise);
    assert_int_equal(plan.spans, spans);
}

static void test_counts(void **state)
{
    (void)state;
    check_count(10, "0.15", "3", false, 2, 1); /* 1.5 and 0.67 */
    check_count(568, "0.15", "3", false, 85, 28);
    check_count(141, "0.15", "3", false, 21, 7);
    check_count(284, "0.15", "3", false, 43, 14);
    check_count(1137, "0.15", "3", false, 171, 57);
    check_count(190, "0.15", "3", false, 28, 9);  /* 28.5; 29 in 32 bits */
    check_count(350, "0.15", "3", false, 52, 17); /* 52.5; 53 */
    check_count(2, "0", "3", false, 1, 1);
    check_count(2, "1", "1", false, 1, 1);
    check_count(9, "1", "1", false, 8, 2); /* one token can part two spans */
    check_count(9, "1", "1", true, 8, 1);
    check_count(10, "0.5", "2", false, 5, 2); /* 2.5 */
    check_count(14, "0.5", "2", false, 7, 4); /* 3.5 */
    check_count(14, "0.5", "3.5", false, 7, 2);
    check_count(20, "0.5", "1.25", false, 10, 8);
    check_count(20, "0.5", "1000", false, 10, 1);
    check_count(1000000, "0.15", "3.000000000000001", false, 150000, 50000);
}

static void test_quotient(void **state)
{
    (void)state;
    assert_int_equal(decimal_quotient(0, decimal("3")), 0);
    assert_int_equal(decimal_quotient(5, decimal("2")), 2);
    assert_int_equal(decimal_quotient(7, decimal("2")), 4);
    assert_int_equal(decimal_quotient(7, decimal("2.0")), 4);
    assert_int_equal(decimal_quotient(9, decimal("6")), 2);
    assert_int_equal(decimal_quotient(3, decimal("0.5")), 6);
    assert_int_equal(decimal_quotient(10, decimal("3")), 3);
    assert_int_equal(decimal_quotient(11, decimal("3")), 4);
    assert_int_equal(decimal_quotient(UINT32_MAX, decimal("1")), UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_uniform),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_quotient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
