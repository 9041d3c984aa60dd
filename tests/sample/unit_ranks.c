/* The smallest ranks of a group, and what their limit is, against a plain sort. */
#include "stages/sample/ranks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* Ranks whose words are small numbers, so that many are equal, or differ in one word only. */
static struct rank draw_rank(uint64_t *state, unsigned kinds)
{
    uint64_t words[6];
    for (size_t i = 0; i < 6; i++) {
        *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        words[i] = (*state >> 33) % kinds;
    }
    return (struct rank){{words[0], words[1]}, {words[2], words[3]}, words[4], words[5]};
}

static int by_rank(const void *a, const void *b)
{
    return rank_compare(a, b);
}

static void test_order(void **state)
{
    (void)state;
    struct rank lower = {{1, 1}, {1, 1}, 1, 1}, higher = lower;
    uint64_t *words[] = {&higher.draw[0],      &higher.draw[1], &higher.identity.high,
                         &higher.identity.low, &higher.round,   &higher.content};
    assert_int_equal(rank_compare(&lower, &higher), 0);
    for (size_t i = 0; i < 6; i++) {
        *words[i] = UINT64_MAX; /* and what comes before it in the order counts more than all that follows */
        for (size_t j = i + 1; j < 6; j++)
            *words[j] = 0;
        assert_true(rank_compare(&lower, &higher) < 0 && rank_compare(&higher, &lower) > 0);
        for (size_t j = i; j < 6; j++)
            *words[j] = 1;
    }
}

static void test_digits(void **state)
{
    (void)state;
    uint64_t seed = 1;
    char before[RANK_DIGITS], digits[RANK_DIGITS];
    struct rank last = {0}, read;
    rank_put(&last, before);
    for (int i = 0; i < 1000; i++) {
        struct rank rank = draw_rank(&seed, i % 2 == 0 ? 3 : 1u << 31);
        rank.draw[0] <<= 33;
        rank_put(&rank, digits);
        assert_true(rank_read((struct slice){digits, RANK_DIGITS}, &read));
        assert_int_equal(rank_compare(&rank, &read), 0);
        int order = rank_compare(&last, &rank), spelled = memcmp(before, digits, RANK_DIGITS);
        assert_int_equal((order > 0) - (order < 0), (spelled > 0) - (spelled < 0));
        memcpy(before, digits, sizeof before);
        last = rank;
    }
    assert_false(rank_read((struct slice){digits, RANK_DIGITS - 1}, &read));
    static const char wrong[] = "gG/:@`- ";
    for (size_t i = 0; i + 1 < sizeof wrong; i++) {
        digits[17] = wrong[i];
        assert_false(rank_read((struct slice){digits, RANK_DIGITS}, &read));
    }
}

/* The limit of a sample of `most` among sorted ranks. */
static void check_limit(const struct limit *limit, const struct rank *sorted, size_t count, size_t most)
{
    assert_int_equal(limit->all, count <= most);
    if (count <= most)
        return;
    size_t equal = 0;
    for (size_t i = 0; i < most; i++)
        equal += rank_compare(&sorted[i], &sorted[most - 1]) == 0;
    assert_int_equal(limit->equal, equal);
    if (most > 0)
        assert_int_equal(rank_compare(&limit->rank, &sorted[most - 1]), 0);
}

/* In one heap, and in three that are merged. */
static void check_sample(size_t count, size_t most, unsigned kinds, uint64_t seed)
{
    struct rank *sorted = mem_zalloc(count + 1, sizeof *sorted);
    struct groups one, parts[3], sum;
    groups_init(&one);
    groups_init(&sum);
    for (size_t i = 0; i < 3; i++)
        groups_init(&parts[i]);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = draw_rank(&seed, kinds);
        ranks_add(groups_at(&one, SLICE("a")), &sorted[i], most);
        ranks_add(groups_at(&parts[sorted[i].content % 3], SLICE("a")), &sorted[i], most);
    }
    qsort(sorted, count, sizeof *sorted, by_rank);
    for (size_t i = 0; i < 3; i++)
        groups_merge(&sum, &parts[2 - i], most);
    struct ranks *ranks = groups_at(&one, SLICE("a")), *merged = groups_at(&sum, SLICE("a"));
    struct limit limit = ranks_limit(ranks, most), of_merged = ranks_limit(merged, most);
    check_limit(&limit, sorted, count, most);
    check_limit(&of_merged, sorted, count, most);
    ranks_sort(ranks);
    assert_int_equal(ranks->heap.len, count < most + 1 ? count : most + 1);
    for (size_t i = 0; i < ranks->heap.len; i++)
        assert_int_equal(rank_compare(&ranks->heap.items[i], &sorted[i]), 0);
    groups_release(&one);
    groups_release(&sum);
    for (size_t i = 0; i < 3; i++)
        groups_release(&parts[i]);
    mem_free(sorted);
}

static void test_samples(void **state)
{
    (void)state;
    for (size_t count = 0; count < 60; count++)
        for (size_t most = 0; most < 8; most++)
            for (unsigned kinds = 1; kinds < 4; kinds++)
                check_sample(count, most, kinds, count * 1000 + most);
    check_sample(20000, 500, 2, 7);
    check_sample(20000, 19999, 1u << 31, 8);
}

static void test_groups(void **state)
{
    (void)state;
    struct groups groups;
    struct rank rank = {0};
    groups_init(&groups);
    for (int round = 0; round < 2; round++)
        for (char c = 'a'; c <= 'z'; c++) {
            struct ranks *ranks = groups_at(&groups, (struct slice){&c, 1});
            ranks_add(ranks, &rank, 5);
            assert_int_equal(ranks->heap.len, round + 1);
        }
    assert_int_equal(groups.ranks.len, 26);
    groups_release(&groups);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_digits),
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
