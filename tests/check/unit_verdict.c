/* unit_verdict.c - the p-values that check judges by. */
#include "../../stages/check/length_law.h"
#include "../../stages/check/verdict.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

static void expect_near(double found, double expected, double relative)
{
    if (!(fabs(found - expected) <= relative * expected))
        fail_msg("expected %.12g, found %.12g", expected, found);
}

/* Abramowitz and Stegun, table 26.8, and the bounds at 1e-6 of the literature. */
static void known_values(void **state)
{
    (void)state;
    static const struct {
        double chi2, freedom, p, relative;
    } known[] = {
        {3.84146, 1, 0.05, 1e-4},    {6.63490, 1, 0.01, 1e-4},  {10.8276, 1, 0.001, 1e-4},  {23.9281, 1, 1e-6, 1e-4},
        {9.21034, 2, 0.01, 1e-4},    {27.6310, 2, 1e-6, 1e-4},  {18.3070, 10, 0.05, 1e-4},  {29.5883, 10, 0.001, 1e-4},
        {1.14548, 5, 0.95, 1e-4},    {30.1435, 19, 0.05, 1e-4}, {124.342, 100, 0.05, 1e-4}, {149.449, 100, 0.001, 1e-4},
        {67.3276, 100, 0.995, 1e-6},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        expect_near(verdict_chi_square_p(known[i].chi2, known[i].freedom), known[i].p, known[i].relative);
    assert_true(verdict_chi_square_p(0, 3) == 1);
    assert_true(verdict_chi_square_p(5, 0) == 1);
    assert_true(verdict_chi_square_p(INFINITY, 3) < 1e-300);
}

/* exp(-x/2), and for four degrees of freedom exp(-x/2) (1 + x/2): exact on both sides of where the method changes */
static void even_degrees_have_a_closed_form(void **state)
{
    (void)state;
    for (double x = 0.5; x < 200; x += 0.5) {
        expect_near(verdict_chi_square_p(x, 2), exp(-x / 2), 1e-10);
        expect_near(verdict_chi_square_p(x, 4), exp(-x / 2) * (1 + x / 2), 1e-10);
    }
}

static void small_bins_are_counted_together(void **state)
{
    (void)state;
    /* (110-100)^2/100 + (90-100)^2/100, with one degree of freedom; the last bin goes with the one before it */
    const double seen[] = {60, 50, 10, 5, 75}, expected[] = {50, 50, 15, 5, 80};
    double p = verdict_counts_p((const double[]){110, 90}, (const double[]){100, 100}, 2);
    expect_near(p, verdict_chi_square_p(2, 1), 1e-12);
    expect_near(verdict_counts_p((const double[]){110, 80, 10}, (const double[]){100, 90, 10}, 3), p, 1e-12);
    expect_near(verdict_counts_p(seen, expected, 5), verdict_chi_square_p(100.0 / 50 + 0 + 25.0 / 20 + 25.0 / 80, 3),
                1e-12);
    assert_true(verdict_counts_p(seen, expected, 1) == 1);
    assert_true(verdict_counts_p((const double[]){3}, (const double[]){4}, 1) == 1);
    assert_true(verdict_counts_p((const double[]){100, 3}, (const double[]){100, 0}, 2) == 1);
}

static void drifts(void **state)
{
    (void)state;
    struct drift none = {0}, fair = {0}, off = {0};
    for (int i = 0; i < 1000; i++) {
        drift_add(&fair, i % 2, 0.5);
        drift_add(&off, i % 2, 0.4);
    }
    assert_true(drift_p(&none, 1) == 1);
    assert_true(drift_p(&fair, 1) == 1);
    /* the sum is 100, the squares 500 (0.36 + 0.16): 38.46 */
    expect_near(drift_p(&off, 1), verdict_chi_square_p(100.0 * 100 / 260, 1), 1e-9);
    expect_near(drift_p((const struct drift[]){fair, off, none}, 3), 3 * drift_p(&off, 1), 1e-9);
}

static void laws_of_lengths(void **state)
{
    (void)state;
    struct length_law law;
    assert_int_equal(length_law_read("inverse:3", &law), 0);
    assert_int_equal(law.most, 3);
    expect_near(law.share[1], 6.0 / 11, 1e-12);
    expect_near(law.share[2], 3.0 / 11, 1e-12);
    expect_near(law.share[3], 2.0 / 11, 1e-12);
    assert_int_equal(length_law_read("geometric:0.2:10", &law), 0);
    double mean = 0;
    for (size_t n = 1; n <= law.most; n++)
        mean += (double)n * law.share[n];
    expect_near(law.share[1], 0.2 / (1 - pow(0.8, 10)), 1e-12);
    expect_near(mean, 3.797, 1e-3);
    assert_int_equal(length_law_read("4,3,2,1", &law), 0);
    assert_int_equal(law.most, 4);
    expect_near(law.share[4], 0.1, 1e-12);
    static const char *const bad[] = {"", "inverse", "inverse:0", "geometric:2:3", "geometric:0.2", "0,0", "1,x", "-1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(length_law_read(bad[i], &law), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values),
        cmocka_unit_test(even_degrees_have_a_closed_form),
        cmocka_unit_test(small_bins_are_counted_together),
        cmocka_unit_test(drifts),
        cmocka_unit_test(laws_of_lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
