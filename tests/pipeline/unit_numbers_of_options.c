/* Options whose values are numbers with a point: decimals with a bound of their own or words, and floats. */
#include "base/diag.h"
#include "record/options.h"
#include "text/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct values {
    struct decimal share;
} values;
static enum asked asked;
static struct words operands;

static void test_wide_decimals(void **state)
{
    (void)state;
    static const struct option wide_table[] = {
        {"alpha", 0, OPT_DECIMAL, OPT_AT(struct values, share), .value = "A", .fallback = "1.5", .max = 10,
         .help = "wide"},
        {0},
    };
    const struct option_group wide = {.table = wide_table, .values = &values};
    static const char *const good[] = {"2", "9.25", "10", "10.00000000000000000", "0.00000000000000001"};
    static const uint64_t digits[] = {2, 925, 10, 1000000000000000000u, 1};
    for (size_t i = 0; i < COUNT(good); i++) {
        char *argv[] = {"test", "--alpha", (char *)(uintptr_t)good[i], NULL};
        assert_int_equal(opt_parse(&wide, 1, 3, argv, &operands, &asked), 0);
        assert_true(values.share.digits == digits[i]);
    }
    static const char *const bad[] = {
        "10.1", "11", "-1", "nan", "inf", "1e1", "100000000000000000000000", "0.000000000000000001"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        char *argv[] = {"test", "--alpha", (char *)(uintptr_t)bad[i], NULL};
        assert_int_equal(opt_parse(&wide, 1, 3, argv, &operands, &asked), -1);
        assert_non_null(
            strstr(diag_message(), "--alpha: expected a number from 0 to 10 with at most 17 decimals, found \""));
    }
}

static void test_floats(void **state)
{
    (void)state;
    struct {
        double number;
    } floats = {0};
    static const struct option float_table[] = {
        {"rate", 0, OPT_FLOAT, 0, .value = "R", .fallback = "0.5", .help = "a number"},
        {0},
    };
    const struct option_group with_floats = {.table = float_table, .values = &floats};
    static const char *const good[] = {"0.1", "100", "1e-12", "2.5E3", "4.9e-324"}, *const bad[] = {
                                                                                        "0",  "-1",  "",     " 1",
                                                                                        "1 ", "nan", "inf",  "1e999",
                                                                                        ".5", "0x1", "true", "1e-400",
                                                                                        "1,2"};
    static const double numbers[] = {0.1, 100, 1e-12, 2500, 4.9e-324};
    struct bytes json = {0};
    assert_int_equal(opt_parse(&with_floats, 1, 1, (char *[]){"test", NULL}, &operands, &asked), 0);
    assert_true(floats.number == 0.5);
    for (size_t i = 0; i < COUNT(good); i++) {
        char *argv[] = {"test", "--rate", (char *)(uintptr_t)good[i], NULL};
        assert_int_equal(opt_parse(&with_floats, 1, 3, argv, &operands, &asked), 0);
        assert_true(floats.number == numbers[i]);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        char *argv[] = {"test", "--rate", (char *)(uintptr_t)bad[i], NULL};
        assert_int_equal(opt_parse(&with_floats, 1, 3, argv, &operands, &asked), -1);
        assert_non_null(strstr(diag_message(), "--rate: expected a number above 0, such as 0.5 or 1e-6, found \""));
    }
    floats.number = 1e-12;
    opt_json(&with_floats, &json);
    assert_true(slice_is(bytes_slice(&json), "\"rate\":1e-12"));
    vec_free(&json);
}

/* A word may stand for a number. */
static void test_words_of_decimals(void **state)
{
    (void)state;
    static const char *const words[] = {"all", "uniform", NULL};
    static const struct option word_table[] = {
        {"prob", 0, OPT_DECIMAL, OPT_AT(struct values, share), .value = "P", .fallback = "0.15", .choices = words,
         .help = "a share"},
        {0},
    };
    const struct option_group with_words = {.table = word_table, .values = &values};
    struct bytes json = {0};
    assert_int_equal(opt_parse(&with_words, 1, 3, (char *[]){"test", "--prob", "uniform"}, &operands, &asked), 0);
    assert_true(values.share.scale == OPTION_WORD && values.share.digits == 1);
    opt_json(&with_words, &json);
    assert_true(slice_is(bytes_slice(&json), "\"prob\":\"uniform\""));
    vec_free(&json);
    assert_int_equal(opt_parse(&with_words, 1, 3, (char *[]){"test", "--prob", "0.2"}, &operands, &asked), 0);
    assert_true(values.share.scale == 1 && values.share.digits == 2);
    assert_int_equal(opt_parse(&with_words, 1, 3, (char *[]){"test", "--prob", "two"}, &operands, &asked), -1);
    assert_string_equal(diag_message(), "--prob: expected a share from 0 to 1 with at most 18 decimals, or all or "
                                        "uniform, found \"two\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wide_decimals),
        cmocka_unit_test(test_floats),
        cmocka_unit_test(test_words_of_decimals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
