/* Exact sums: what they are, in any order and in any parts, and what is rounded once (total_vectors.txt,
 * total_covariances.txt). */
#include "base/total.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_NUMBERS = 16, LINE_BYTES = 8192 };

struct sums {
    bool wide;
    struct total_form of_sum, of_squares;
    int64_t sum[TOTAL_MOST_DIGITS], squares[TOTAL_MOST_DIGITS];
};

static struct sums zero(bool wide)
{
    return (struct sums){.wide = wide,
                         .of_sum = wide ? TOTAL_WIDE : TOTAL_FLOATS,
                         .of_squares = wide ? TOTAL_WIDE_SQUARES : TOTAL_FLOAT_SQUARES};
}

static void add(struct sums *sums, double number)
{
    total_add(sums->of_sum, sums->sum, number);
    total_add_square(sums->of_squares, sums->squares, number);
}

static void carry(struct sums *sums)
{
    total_carry(sums->of_sum, sums->sum);
    total_carry(sums->of_squares, sums->squares);
}

static void merge(struct sums *sums, const struct sums *other)
{
    total_merge(sums->of_sum, sums->sum, other->sum);
    total_merge(sums->of_squares, sums->squares, other->squares);
}

static void expect_text(struct total_form form, const int64_t *digits, const char *expected)
{
    struct bytes text = {0};
    int64_t again[TOTAL_MOST_DIGITS] = {0};
    total_put(form, digits, &text);
    bytes_byte(&text, '\0');
    assert_string_equal(text.items, expected);
    assert_true(total_read(form, slice_of(expected), again));
    assert_memory_equal(again, digits, form.digits * sizeof *digits);
    vec_free(&text);
}

static void expect(const struct sums *sums, const char *sum, const char *squares, double mean, double deviation,
                   uint64_t n)
{
    expect_text(sums->of_sum, sums->sum, sum);
    expect_text(sums->of_squares, sums->squares, squares);
    double got = total_mean(sums->of_sum, sums->sum, n);
    if (got != mean)
        fail_msg("%s / %llu: %a, expected %a", sum, (unsigned long long)n, got, mean);
    got = total_deviation(sums->wide, sums->sum, sums->squares, n);
    if (got != deviation)
        fail_msg("deviation of %s and %s: %a, expected %a", sum, squares, got, deviation);
}

/* Adds the numbers so often, backwards if asked, and carries after every so many. */
static struct sums of(bool wide, const double *numbers, size_t count, uint64_t times, bool backwards, size_t after)
{
    struct sums sums = zero(wide);
    for (uint64_t i = 0; i < times * count; i++) {
        add(&sums, numbers[backwards ? count - 1 - i % count : i % count]);
        if (i % after == after - 1)
            carry(&sums);
    }
    carry(&sums);
    return sums;
}

static void sums_are_exact_and_rounded_once(void **state)
{
    (void)state;
    FILE *file = fopen("tests/pipeline/total_vectors.txt", "r");
    static char line[LINE_BYTES];
    unsigned lines = 0;
    assert_non_null(file);
    for (; fgets(line, sizeof line, file) != NULL; lines++) {
        double numbers[MOST_NUMBERS], mean, deviation;
        size_t count = 0;
        char *rest = NULL;
        bool wide = strcmp(strtok_r(line, " \n", &rest), "wide") == 0;
        const char *sum = strtok_r(NULL, " \n", &rest), *squares = strtok_r(NULL, " \n", &rest);
        mean = strtod(strtok_r(NULL, " \n", &rest), NULL);
        deviation = strtod(strtok_r(NULL, " \n", &rest), NULL);
        uint64_t times = strtoull(strtok_r(NULL, " \n", &rest), NULL, 10);
        for (const char *word; (word = strtok_r(NULL, " \n", &rest)) != NULL && count < MOST_NUMBERS; count++)
            numbers[count] = strtod(word, NULL);
        assert_true(count > 0);
        struct sums forwards = of(wide, numbers, count, times, false, SIZE_MAX);
        struct sums backwards = of(wide, numbers, count, times, true, 3);
        expect(&forwards, sum, squares, mean, deviation, times * count);
        assert_memory_equal(&forwards, &backwards, sizeof forwards);
        struct sums first = of(wide, numbers, count / 2, times, false, 5);
        struct sums second = of(wide, numbers + count / 2, count - count / 2, times, true, 2);
        merge(&second, &first);
        assert_memory_equal(&forwards, &second, sizeof forwards);
    }
    assert_true(lines > 700);
    assert_int_equal(fclose(file), 0);
}

static void covariances_are_rounded_once(void **state)
{
    (void)state;
    char line[LINE_BYTES];
    size_t lines = 0;
    FILE *file = fopen("tests/pipeline/total_covariances.txt", "r");
    assert_non_null(file);
    for (; fgets(line, sizeof line, file) != NULL; lines++) {
        char *rest;
        bool wide = strcmp(strtok_r(line, " \n", &rest), "double") == 0;
        struct total_form of_sum = wide ? TOTAL_WIDE : TOTAL_FLOATS;
        uint64_t n = strtoull(strtok_r(NULL, " \n", &rest), NULL, 10);
        int64_t a[TOTAL_MOST_DIGITS] = {0}, b[TOTAL_MOST_DIGITS] = {0}, products[TOTAL_MOST_DIGITS] = {0};
        assert_true(total_read(of_sum, slice_of(strtok_r(NULL, " \n", &rest)), a));
        assert_true(total_read(of_sum, slice_of(strtok_r(NULL, " \n", &rest)), b));
        assert_true(total_read(wide ? TOTAL_WIDE_SQUARES : TOTAL_FLOAT_SQUARES, slice_of(strtok_r(NULL, " \n", &rest)),
                               products));
        int exponent = (int)strtol(strtok_r(NULL, " \n", &rest), NULL, 10);
        double expected = strtod(strtok_r(NULL, " \n", &rest), NULL);
        double got = total_covariance(wide, a, b, products, n, exponent);
        if (got != expected || total_covariance(wide, b, a, products, n, exponent) != expected)
            fail_msg("line %zu: %a, expected %a", lines + 1, got, expected);
    }
    assert_true(lines > 300);
    assert_int_equal(fclose(file), 0);
}

static void refuses_what_is_no_sum(void **state)
{
    (void)state;
    static const char *const texts[] = {"",         "0x",      "0x1",       "1p+0",     "0x1p",         "0x1p0",
                                        "0x1P+0",   "-0x1p+",  "0x1p-150",  "0x3p-150", "0xgp+0",       "0x1p+0 ",
                                        "+0x1p+0",  "--0x1p0", "0x1p+1000", "0x1p+202", "0x1.8p+0",     "-",
                                        "0x1p-999", "0xAp+0",  "0x1p+9999", "0x1p-",    "0x1p+00000000"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int64_t digits[TOTAL_MOST_DIGITS] = {0};
        if (total_read(TOTAL_FLOATS, slice_of(texts[i]), digits))
            fail_msg("\"%s\" was read", texts[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_exact_and_rounded_once),
        cmocka_unit_test(covariances_are_rounded_once),
        cmocka_unit_test(refuses_what_is_no_sum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
