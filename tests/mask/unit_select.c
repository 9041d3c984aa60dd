/* unit_select.c - the units of masks and how they are selected. */
#include "../../stages/mask/select.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { ROUNDS = 60000, MOST_TOKENS = 16 };

static void expect_units(const struct unit *units, size_t count, const struct unit *expected, size_t expected_count)
{
    assert_int_equal(count, expected_count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(units[i].start, expected[i].start);
        assert_int_equal(units[i].size, expected[i].size);
    }
}

static void tokens_are_units(void **state)
{
    (void)state;
    const struct sequence sequence = {.maskable = (const uint8_t[]){0, 1, 1, 0, 1}, .count = 5};
    struct unit units[5];
    size_t count = select_token_units(&sequence, units);
    expect_units(units, count, (const struct unit[]){{1, 1}, {2, 1}, {4, 1}}, 3);
}

static void a_word_is_a_run_of_equal_word_ids(void **state)
{
    (void)state;
    /* the man jump ##ed up */
    const struct sequence sequence = {
        .word_ids = (const int32_t[]){-1, 0, 1, 2, 2, 3, -1},
        .maskable = (const uint8_t[]){0, 1, 1, 1, 1, 1, 0},
        .count = 7,
    };
    struct unit units[7];
    size_t tokens, count = select_word_units(&sequence, units, &tokens);
    expect_units(units, count, (const struct unit[]){{1, 1}, {2, 1}, {3, 2}, {5, 1}}, 4);
    assert_int_equal(tokens, 5);
}

static void the_first_word_is_not_glued_to_the_special_token(void **state)
{
    (void)state;
    /* <s> Hel lo Gwor ld </s> */
    const struct sequence sequence = {
        .word_ids = (const int32_t[]){-1, 0, 0, 1, 1, -1},
        .maskable = (const uint8_t[]){0, 1, 1, 1, 1, 0},
        .count = 6,
    };
    struct unit units[6];
    size_t tokens, count = select_word_units(&sequence, units, &tokens);
    expect_units(units, count, (const struct unit[]){{1, 2}, {3, 2}}, 2);
}

static void words_of_a_pair_are_told_apart(void **state)
{
    (void)state;
    const struct sequence sequence = {
        .word_ids = (const int32_t[]){0, 0, 0, -1, 0},
        .token_type_ids = (const int32_t[]){0, 0, 1, 1, 1},
        .maskable = (const uint8_t[]){1, 1, 1, 0, 1},
        .count = 5,
    };
    struct unit units[5];
    size_t tokens, count = select_word_units(&sequence, units, &tokens);
    expect_units(units, count, (const struct unit[]){{0, 2}, {2, 1}, {4, 1}}, 3);
}

static void a_word_with_an_unmaskable_token_is_none(void **state)
{
    (void)state;
    const struct sequence sequence = {
        .word_ids = (const int32_t[]){0, 1, 1, 1, 2},
        .maskable = (const uint8_t[]){1, 1, 0, 1, 1},
        .count = 5,
    };
    struct unit units[5];
    size_t tokens, count = select_word_units(&sequence, units, &tokens);
    expect_units(units, count, (const struct unit[]){{0, 1}, {4, 1}}, 2);
    assert_int_equal(tokens, 2);
}

/* ---- how often ---- */

static struct rng round_of(uint32_t round)
{
    return rng_start((struct rng_key){1, 2}, (struct identity){3, 4}, round);
}

/* Lays units of these sizes side by side. Returns their tokens. */
static size_t lay(const uint32_t *sizes, size_t count, struct unit *units)
{
    uint32_t tokens = 0;
    for (size_t i = 0; i < count; i++) {
        units[i] = (struct unit){tokens, sizes[i]};
        tokens += sizes[i];
    }
    return tokens;
}

/* Marks the tokens at these positions, each of which must come once. */
static void mark(const uint32_t *selected, size_t count, bool *marked)
{
    memset(marked, 0, MOST_TOKENS * sizeof *marked);
    for (size_t i = 0; i < count; i++) {
        assert_true(selected[i] < MOST_TOKENS && !marked[selected[i]]);
        marked[selected[i]] = true;
    }
}

/* |seen - n p| below 5 standard deviations */
static void expect_share(size_t seen, double n, double p)
{
    double distance = (double)seen - n * p;
    assert_true(distance * distance <= 25 * n * p * (1 - p));
}

static void mark_tokens(uint32_t round, size_t budget, bool *marked)
{
    struct rng rng = round_of(round);
    struct unit units[10];
    uint32_t selected[10];
    lay((const uint32_t[]){1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 10, units);
    size_t count = select_tokens(&rng, units, 10, budget, selected);
    assert_int_equal(count, budget);
    mark(selected, count, marked);
}

static void tokens_are_selected_alike(void **state)
{
    (void)state;
    size_t seen[10] = {0};
    for (uint32_t round = 0; round < ROUNDS; round++) {
        bool marked[MOST_TOKENS];
        mark_tokens(round, 2, marked);
        for (size_t i = 0; i < 10; i++)
            seen[i] += marked[i];
    }
    for (size_t i = 0; i < 10; i++)
        expect_share(seen[i], ROUNDS, 0.2);
}

static void a_larger_budget_of_tokens_only_adds(void **state)
{
    (void)state;
    for (uint32_t round = 0; round < 1000; round++) {
        bool few[MOST_TOKENS], more[MOST_TOKENS];
        mark_tokens(round, 2, few);
        mark_tokens(round, 5, more);
        for (size_t i = 0; i < 10; i++)
            assert_true(!few[i] || more[i]);
    }
}

/* How often each unit is selected, all or nothing. */
static void select_often(const uint32_t *sizes, size_t count, size_t budget, size_t most, size_t *seen)
{
    for (uint32_t round = 0; round < ROUNDS; round++) {
        struct rng rng = round_of(round);
        struct unit units[MOST_TOKENS], laid[MOST_TOKENS];
        uint32_t selected[MOST_TOKENS];
        bool marked[MOST_TOKENS];
        size_t tokens = lay(sizes, count, units);
        memcpy(laid, units, count * sizeof *laid);
        size_t taken = select_balanced(&rng, units, count, tokens, budget, most, selected);
        assert_true(most == 0 || taken <= most);
        mark(selected, taken, marked);
        for (size_t i = 0; i < count; i++) {
            for (size_t t = 1; t < laid[i].size; t++)
                assert_int_equal(marked[laid[i].start + t], marked[laid[i].start]);
            seen[i] += marked[laid[i].start];
        }
    }
}

static void long_words_are_selected_as_often_as_short_ones(void **state)
{
    (void)state;
    const uint32_t sizes[6] = {1, 2, 3, 1, 2, 3};
    for (size_t budget = 5; budget <= 12; budget++) { /* an arc of five always holds a whole unit */
        size_t seen[6] = {0};
        select_often(sizes, 6, budget, 0, seen);
        for (size_t i = 0; i < 6; i++)
            expect_share(seen[i], ROUNDS, (double)budget / 12);
    }
}

static void an_arc_may_have_both_ends_in_one_word(void **state)
{
    (void)state;
    /* The arc leaves out one token. In one place of five that is the short word; in four it is one of the long
     * word, which is then taken with 3/4: 1/5 + 4/5 * 3/4 = 4/5 for the long word, and 4/5 for the short one. */
    size_t seen[2] = {0};
    select_often((const uint32_t[]){4, 1}, 2, 4, 0, seen);
    expect_share(seen[0], ROUNDS, 0.8);
    expect_share(seen[1], ROUNDS, 0.8);
}

static void something_is_always_selected(void **state)
{
    (void)state;
    size_t seen[4] = {0};
    select_often((const uint32_t[]){3, 3, 3, 3}, 4, 1, 0, seen);
    assert_int_equal(seen[0] + seen[1] + seen[2] + seen[3], ROUNDS);
}

static void the_bound_is_never_passed(void **state)
{
    (void)state;
    size_t seen[4] = {0};
    select_often((const uint32_t[]){1, 2, 3, 4}, 4, 3, 3, seen);
    assert_int_equal(seen[3], 0);
    assert_true(seen[0] > 0 && seen[1] > 0 && seen[2] > 0);
    size_t none[2] = {0};
    select_often((const uint32_t[]){2, 2}, 2, 1, 1, none); /* nothing fits */
    assert_int_equal(none[0] + none[1], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_are_units),
        cmocka_unit_test(a_word_is_a_run_of_equal_word_ids),
        cmocka_unit_test(the_first_word_is_not_glued_to_the_special_token),
        cmocka_unit_test(words_of_a_pair_are_told_apart),
        cmocka_unit_test(a_word_with_an_unmaskable_token_is_none),
        cmocka_unit_test(tokens_are_selected_alike),
        cmocka_unit_test(a_larger_budget_of_tokens_only_adds),
        cmocka_unit_test(long_words_are_selected_as_often_as_short_ones),
        cmocka_unit_test(an_arc_may_have_both_ends_in_one_word),
        cmocka_unit_test(something_is_always_selected),
        cmocka_unit_test(the_bound_is_never_passed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
