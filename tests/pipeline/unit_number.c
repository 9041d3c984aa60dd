/* Floats: read as strtod reads them, and written with the fewest digits with which strtod reads them back. */
#include "text/number.h"

#include "base/slice.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { RANDOM = 1000000, TEXT_BYTES = 2048 };

static uint64_t state_of_random = 1;

static uint64_t random_bits(void) /* splitmix64 */
{
    uint64_t bits = state_of_random += 0x9e3779b97f4a7c15u;
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9u;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111ebu;
    return bits ^ bits >> 31;
}

static double float_of(uint64_t bits)
{
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static bool is_same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

/* ---- reading ---- */

static void expect_read(const char *text)
{
    size_t len = strlen(text);
    double expected = strtod(text, NULL), number = -1;
    const char *end = number_read(text, text + len, &number);
    if (isinf(expected) ? end != NULL : end != text + len || !is_same(number, expected))
        fail_msg("%s: read as %a, expected %a", text, number, expected);
}

static void put_text(char *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(text, TEXT_BYTES, format, arguments);
    va_end(arguments);
    assert_true(len > 0 && len < TEXT_BYTES);
}

static void reads_random_floats(void **state)
{
    (void)state;
    static char text[TEXT_BYTES];
    for (int i = 0; i < RANDOM; i++) {
        double number = float_of(random_bits());
        if (!isfinite(number))
            continue;
        put_text(text, "%.*e", (int)(random_bits() % 25), number);
        expect_read(text);
    }
}

/* Of any number of digits, with a point anywhere and any exponent. */
static void reads_random_digits(void **state)
{
    (void)state;
    static char text[TEXT_BYTES];
    for (int i = 0; i < RANDOM / 4; i++) {
        unsigned digits = 1 + (unsigned)(random_bits() % 40), point = (unsigned)(random_bits() % 40);
        size_t len = 0;
        for (unsigned j = 0; j < digits; j++) {
            text[len++] = (char)('0' + (random_bits() % 4 == 0 ? 0 : random_bits() % 10));
            if (j == point && j + 1 < digits)
                text[len++] = '.';
        }
        snprintf(text + len, sizeof text - len, "e%d", (int)(random_bits() % 700) - 360);
        expect_read(text);
    }
}

/* The middle between a float and the next one, exactly, and a little less and more. */
static void reads_middles(void **state)
{
    (void)state;
    static char text[TEXT_BYTES];
    for (int i = 0; i < 5000; i++) {
        uint64_t bits = random_bits() >> 1;
        if (i % 4 == 0)
            bits >>= 11; /* subnormal */
        if (i % 4 == 1)
            bits = (bits >> 12) + ((uint64_t)(1023 + 40 + random_bits() % 40) << 52);
        if (!isfinite(float_of(bits + 1)))
            continue;
        long double middle = ((long double)float_of(bits) + (long double)float_of(bits + 1)) / 2;
        put_text(text, "%.1100Lf", middle); /* a subnormal of 80 bits has 1074 decimals */
        expect_read(text);
        size_t len = strlen(text);
        text[len - 1] = '1';
        expect_read(text);
        put_text(text, "%.60Le", middle);
        expect_read(text);
        put_text(text, "%.17Le", middle);
        expect_read(text);
    }
}

static const char *const hard_numbers[] = {
    "0",
    "-0",
    "0.0",
    "-0.0e5",
    "0e400",
    "0.000e-99999999999999999999",
    "1",
    "-1",
    "1.5",
    "0.1",
    "1e22",
    "1e23",
    "9007199254740993",
    "9007199254740992.999",
    "9007199254740993.0000000000000000000000000000000000000000001",
    "9007199254740995",
    "4503599627370497.5",
    "4503599627370496.5",
    "18446744073709551615",
    "18446744073709551616",
    "1.7976931348623157e308",
    "1.7976931348623158e308",
    "1.7976931348623158079e308",
    "1.7976931348623159e308",
    "1.797693134862315807937e308",
    "1e308",
    "1e309",
    "-1e309",
    "10e308",
    "0.0001e312",
    "1e99999999999999999999",
    "4.9e-324",
    "5e-324",
    "2.4703282292062327208e-324",
    "2.4703282292062328e-324",
    "2.47e-324",
    "1e-324",
    "1e-400",
    "1e-99999999999999999999",
    "2.2250738585072011e-308",
    "2.2250738585072012e-308",
    "2.2250738585072014e-308",
    "2.225073858507201136057409796709131975934819546351645648023426109724822222021076945516529523908135087914149158"
    "913039621106870086438694594645527657207407820621743379988141063267329253552286881372149012981122451451889849"
    "057222307285255133155755015914397476397983411801999323962548289017107081850690630666655994938275772572015763"
    "062690663332647565300009245888316433037779791869612049497390377829704905051080609940730262937128958950003583"
    "799967207254304360284078895771796150945516748243471030702609144621572289880258182545180325707018860872113128"
    "079512233426288368622321503775666622503982534335974568884423900265498198385487948292206894721689831099698365"
    "846814022854243330660339850886445804001034933970427567186443383770486037861622771738545623065874679014086723"
    "327636718751234567890123456789012345678901e-308",
    "3.518437208883201171875e13",
    "62.5364939768271845828",
    "8.10109172351e-10",
    "1.50000000000000011102230246251565",
    "1.00000000000000011102230246251565404",
    "1.00000000000000011102230246251565403",
    "1.00000000000000033306690738754696",
    "1e-5",
    "123456789012345678901234567890",
    "0.000001",
    "1E5",
    "1E+5",
    "1e05"};

static void reads_hard_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hard_numbers / sizeof *hard_numbers; i++)
        expect_read(hard_numbers[i]);
}

/* What follows can't change the number, however far away it is, except from exactly the middle. */
static void reads_very_long_numbers(void **state)
{
    (void)state;
    enum { LONG = 100000 };
    static char text[LONG + 64];
    memset(text, '0', LONG);
    memcpy(text, "9007199254740993.", 17);
    strcpy(text + LONG, "1");
    expect_read(text);
    strcpy(text + LONG, "0");
    expect_read(text);
    memset(text, '0', LONG);
    text[1] = '.';
    strcpy(text + LONG, "123e100000");
    expect_read(text);
    memset(text, '0', LONG);
    text[0] = '7';
    strcpy(text + LONG, "e-100010");
    expect_read(text);
    memset(text, '9', LONG);
    strcpy(text + LONG, "e-99999");
    expect_read(text);
}

static void ends_where_the_number_ends(void **state)
{
    (void)state;
    const char *text = "-12.50e1,7";
    double number;
    assert_ptr_equal(number_read(text, text + strlen(text), &number), text + 8);
    assert_true(is_same(number, -125));
    assert_ptr_equal(number_read(text, text + 3, &number), text + 3);
    assert_true(is_same(number, -12));
}

/* ---- writing ---- */

/* The digits of a number in any spelling, without zeros at both ends, and the exponent of the first of them. */
struct digits {
    char text[32];
    size_t len;
    int exponent;
};

static struct digits digits_of(const char *number)
{
    struct digits digits = {0};
    int before = 0;
    bool point = false;
    const char *at = *number == '-' ? number + 1 : number;
    for (; *at != '\0' && *at != 'e'; at++) {
        if (*at == '.') {
            point = true;
            continue;
        }
        before += digits.len > 0 && !point ? 1 : digits.len == 0 && point ? -1 : 0;
        if (digits.len > 0 || *at != '0')
            digits.text[digits.len++] = *at;
    }
    while (digits.len > 0 && digits.text[digits.len - 1] == '0')
        digits.len--;
    digits.text[digits.len] = '\0';
    digits.exponent = before + (*at == 'e' ? atoi(at + 1) : 0);
    return digits;
}

/* The nearest number of the fewest digits that strtod reads back. At a power of two, where the floats below are nearer
 * to each other than those above, the nearest number of some length may fail although another one does not. */
static struct digits shortest_by_trial(double number)
{
    char text[40];
    bool lopsided = fabs(frexp(number, &(int){0})) == 0.5;
    snprintf(text, sizeof text, "%.14e", number);
    for (int digits = is_same(strtod(text, NULL), number) || lopsided ? 1 : 16;; digits++) {
        snprintf(text, sizeof text, "%.*e", digits - 1, number);
        if (is_same(strtod(text, NULL), number))
            return digits_of(text);
        if (!lopsided)
            continue;
        char *last = strchr(text, 'e') - 1;
        if (*last == '9' || *last == '.')
            continue;
        ++*last;
        if (is_same(strtod(text, NULL), number))
            return digits_of(text);
    }
}

static void expect_shortest(double number)
{
    char text[NUMBER_BYTES + 1];
    char *end = number_write(text, number);
    assert_true(end - text <= NUMBER_BYTES);
    *end = '\0';
    double back = 0;
    if (number_read(text, end, &back) != end || !is_same(back, number) || !is_same(strtod(text, NULL), number))
        fail_msg("%a is written as %s", number, text);
    struct digits found = digits_of(text), expected = shortest_by_trial(number);
    if (strcmp(found.text, expected.text) != 0 || found.exponent != expected.exponent)
        fail_msg("%a is written as %s, expected the digits %s", number, text, expected.text);
}

static void writes_random_floats(void **state)
{
    (void)state;
    for (int i = 0; i < RANDOM; i++) {
        double number = float_of(random_bits());
        if (isfinite(number) && number != 0)
            expect_shortest(number);
    }
}

static void writes_short_decimals(void **state)
{
    (void)state;
    for (int i = 0; i < RANDOM / 4; i++) {
        char text[40];
        snprintf(text, sizeof text, "%de%d", 1 + (int)(random_bits() % 100000), (int)(random_bits() % 60) - 40);
        expect_shortest(strtod(text, NULL));
    }
}

static void writes_edges(void **state)
{
    (void)state;
    for (uint64_t field = 0; field < 0x7ff; field++)
        for (int i = -3; i <= 3; i++) {
            uint64_t bits = (field << 52) + (uint64_t)(int64_t)i;
            if (bits << 1 != 0 && isfinite(float_of(bits)))
                expect_shortest(float_of(bits));
        }
    for (uint64_t bits = 1; bits < 2000; bits++)
        expect_shortest(float_of(bits));
    for (int i = 0; i <= 22; i++)
        expect_shortest(pow(10, i));
}

static void spells_as_rfc_8785(void **state)
{
    (void)state;
    static const struct {
        uint64_t bits;
        const char *text;
    } known[] = {{0x0000000000000000, "0"},
                 {0x8000000000000000, "-0"},
                 {0x0000000000000001, "5e-324"},
                 {0x8000000000000001, "-5e-324"},
                 {0x7fefffffffffffff, "1.7976931348623157e+308"},
                 {0x4340000000000000, "9007199254740992"},
                 {0xc340000000000000, "-9007199254740992"},
                 {0x4430000000000000, "295147905179352830000"},
                 {0x44b52d02c7e14af5, "9.999999999999997e+22"},
                 {0x44b52d02c7e14af6, "1e+23"},
                 {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
                 {0x444b1ae4d6e2ef4e, "999999999999999700000"},
                 {0x444b1ae4d6e2ef4f, "999999999999999900000"},
                 {0x444b1ae4d6e2ef50, "1e+21"},
                 {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
                 {0x3eb0c6f7a0b5ed8d, "0.000001"},
                 {0x41b3de4355555553, "333333333.3333332"},
                 {0x41b3de4355555555, "333333333.3333333"},
                 {0x41b3de4355555557, "333333333.33333343"},
                 {0xbecbf647612f3696, "-0.0000033333333333333333"},
                 {0x43143ff3c1cb0959, "1424953923781206.2"},
                 {0x3ff0000000000000, "1"},
                 {0x3fe0000000000000, "0.5"},
                 {0x4059000000000000, "100"},
                 {0x3e7ad7f29abcaf48, "1e-7"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char text[NUMBER_BYTES + 1];
        *number_write(text, float_of(known[i].bits)) = '\0';
        assert_string_equal(text, known[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_random_floats),
        cmocka_unit_test(reads_random_digits),
        cmocka_unit_test(reads_middles),
        cmocka_unit_test(reads_hard_numbers),
        cmocka_unit_test(reads_very_long_numbers),
        cmocka_unit_test(ends_where_the_number_ends),
        cmocka_unit_test(writes_random_floats),
        cmocka_unit_test(writes_short_decimals),
        cmocka_unit_test(writes_edges),
        cmocka_unit_test(spells_as_rfc_8785),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
