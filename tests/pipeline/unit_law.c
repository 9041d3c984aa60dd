/* Laws: the weights to the last digit, the shares of what is drawn, and what is refused. */
#include "base/diag.h"
#include "record/law.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { DRAWS = 200000 };

static struct law read_law(const char *text)
{
    struct law law;
    if (law_read(text, &law) < 0)
        fail_msg("%s", diag_message());
    return law;
}

static void test_weights(void **state)
{
    (void)state;
    const uint64_t unit = (uint64_t)1 << 55;
    struct law law = read_law("inverse:3");
    assert_int_equal(law.count, 3);
    assert_int_equal(law.first, 1);
    assert_true(law.sums[0] == unit && law.sums[1] == unit + unit / 2 && law.sums[2] == unit + unit / 2 + unit / 3);
    law_free(&law);
    law = read_law("geometric:0.2:3"); /* 2^55, 2^55 * 8 / 10, and that * 8 / 10, rounded down */
    assert_true(law.sums[1] - law.sums[0] == 28823037615171174u && law.sums[2] - law.sums[1] == 23058430092136939u);
    law_free(&law);
    law = read_law("geometric:1:5"); /* 1 always */
    assert_true(law.sums[0] == unit && law.sums[4] == unit);
    law_free(&law);
    law = read_law("0,7,18446744073709551608");
    assert_true(law.sums[0] == 0 && law.sums[1] == 7 && law.sums[2] == UINT64_MAX);
    law_free(&law);
    law = read_law("inverse:256");
    assert_int_equal(law.count, 256);
    law_free(&law);
}

/* Each value as often as `shares` says, of `sum`: within five standard deviations. */
static void expect_shares(const char *text, const double *shares, size_t count, double sum)
{
    struct law law = read_law(text);
    size_t seen[LAW_MOST + 1] = {0};
    struct rng rng = rng_start((struct rng_key){1, 2}, (struct identity){3, 4}, 0);
    for (uint64_t n = 0; n < DRAWS; n++) {
        uint64_t value = law_draw(&law, &rng, n);
        assert_true(value >= 1 && value <= count);
        seen[value]++;
    }
    for (size_t i = 0; i < count; i++) {
        double p = shares[i] / sum, distance = (double)seen[i + 1] - DRAWS * p;
        if (distance * distance > 25 * DRAWS * p * (1 - p))
            fail_msg("%s: %zu was drawn %zu times, expected %.0f", text, i + 1, seen[i + 1], DRAWS * p);
    }
    law_free(&law);
}

static void test_shares(void **state)
{
    (void)state;
    expect_shares("inverse:3", (const double[]){6, 3, 2}, 3, 11);
    expect_shares("inverse:5", (const double[]){60, 30, 20, 15, 12}, 5, 137);
    expect_shares("4,3,2,1", (const double[]){4, 3, 2, 1}, 4, 10);
    expect_shares("0,1,0,3", (const double[]){0, 1, 0, 3}, 4, 4);
    expect_shares("7", (const double[]){1}, 1, 1);
    double geometric[10], sum = 0;
    for (size_t i = 0; i < 10; i++)
        sum += geometric[i] = i == 0 ? 1 : geometric[i - 1] * 0.8;
    expect_shares("geometric:0.2:10", geometric, 10, sum);
}

static void test_values_begin_anywhere(void **state)
{
    (void)state;
    struct law law;
    struct rng rng = rng_start((struct rng_key){1, 2}, (struct identity){3, 4}, 0);
    assert_int_equal(law_of_weights((const uint64_t[]){0, 0, 5}, 3, 0, &law), 0);
    assert_int_equal(law_draw(&law, &rng, 0), 2);
    law_free(&law);
}

/* exp(-mean) by its series, to compare with. */
static double share_of_zero(double mean)
{
    double sum = 0, term = 1;
    for (int i = 1; i < 100; i++) {
        sum += term;
        term *= mean / i;
    }
    return 1 / sum;
}

static void test_poisson(void **state)
{
    (void)state;
    static const char *const means[] = {"3.5", "3", "0.1", "1.00000000000000000", "10"};
    for (size_t m = 0; m < sizeof means / sizeof *means; m++) {
        struct law law;
        struct decimal mean;
        assert_true(decimal_read(slice_of(means[m]), 10, &mean));
        law_poisson(mean, &law);
        assert_int_equal(law.first, 0);
        assert_true(law.sums[0] == (uint64_t)1 << 48 && law.count < LAW_MOST);
        double lambda = (double)mean.digits, sum = (double)law.sums[law.count - 1], before = 0;
        for (unsigned i = 0; i < mean.scale; i++)
            lambda /= 10;
        double p = share_of_zero(lambda);
        for (size_t i = 0; i < law.count; i++) {
            double distance = ((double)law.sums[i] - before) / sum - p;
            assert_true(distance < 1e-13 && distance > -1e-13);
            before = (double)law.sums[i];
            p *= lambda / (double)(i + 1);
        }
        law_free(&law);
    }
}

static void test_what_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "x",
        "inverse",
        "inverse:",
        "inverse:0",
        "inverse:257",
        "inverse:3x",
        "geometric",
        "geometric:0.2",
        "geometric:0:5",
        "geometric:1.1:5",
        "geometric:0.2:0",
        "4,,1",
        "4,3,",
        "-1",
        "4.5",
        "18446744073709551616",
    };
    struct law law;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(law_read(wrong[i], &law), -1);
        if (strncmp(diag_message(), "expected inverse:N, geometric:P:N or integer weights", 51) != 0)
            fail_msg("%s: %s", wrong[i], diag_message());
    }
    assert_int_equal(law_read("0,0", &law), -1);
    assert_string_equal(diag_message(), "all weights are 0: \"0,0\"");
    assert_int_equal(law_read("1,18446744073709551615", &law), -1);
    assert_string_equal(diag_message(), "the sum of the weights is 2^64 or more: \"1,18446744073709551615\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights),
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_values_begin_anywhere),
        cmocka_unit_test(test_poisson),
        cmocka_unit_test(test_what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
