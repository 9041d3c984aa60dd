/* 32-bit floats: read as strtof reads them, and written with the fewest digits with which strtof reads them back. */
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

enum { RANDOM = 1000000, TEXT_BYTES = 2048, MANTISSA_BITS = 23 };

static uint64_t state_of_random = 1;

static uint64_t random_bits(void) /* splitmix64 */
{
    uint64_t bits = state_of_random += 0x9e3779b97f4a7c15u;
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9u;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111ebu;
    return bits ^ bits >> 31;
}

static float float_of(uint32_t bits)
{
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static bool is_same(float a, float b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static void expect_read(const char *text)
{
    size_t len = strlen(text);
    float expected = strtof(text, NULL), number = -1;
    const char *end = number_read_float(text, text + len, &number);
    if (isinf(expected) ? end != NULL : end != text + len || !is_same(number, expected))
        fail_msg("%s: read as %a, expected %a", text, (double)number, (double)expected);
}

static void reads_random_floats(void **state)
{
    (void)state;
    char text[TEXT_BYTES];
    for (int i = 0; i < RANDOM; i++) {
        float number = float_of((uint32_t)random_bits());
        if (!isfinite(number))
            continue;
        snprintf(text, sizeof text, "%.*e", (int)(random_bits() % 25), (double)number);
        expect_read(text);
    }
}

/* Exactly the middle between two floats, and so little more or less that the nearest 64-bit float is still the middle:
 * rounding twice fails there. */
static void reads_middles(void **state)
{
    (void)state;
    static char text[TEXT_BYTES];
    for (int i = 0; i < RANDOM / 20; i++) {
        uint32_t bits = (uint32_t)random_bits() >> (i % 4 == 0 ? 9 : 1);
        if (!isfinite(float_of(bits)))
            continue;
        double next = isfinite(float_of(bits + 1)) ? (double)float_of(bits + 1) : 0x1p128;
        double middle = ((double)float_of(bits) + next) / 2;
        int len = snprintf(text, sizeof text, "%.170f", middle); /* exact: half of the least float has 150 decimals */
        expect_read(text);
        text[len - 1] = '1';
        expect_read(text);
        /* The same with the last digits less by one. */
        snprintf(text, sizeof text, "%.170f", middle);
        char *digit = text + len - 1;
        for (; *digit == '0' || *digit == '.'; digit--)
            *digit = *digit == '0' ? '9' : *digit;
        --*digit;
        expect_read(text);
    }
}

static void reads_edges(void **state)
{
    (void)state;
    static const char *const hard[] = {"0",
                                       "-0",
                                       "1e-46",
                                       "-1e-60",
                                       "7.006492321624085e-46",
                                       "7.006492321624086e-46",
                                       "1.4e-45",
                                       "3.4028235e38",
                                       "3.4028235677973366e38",
                                       "3.4028235677973365e38",
                                       "340282356779733661637539395458142568448",
                                       "1e39",
                                       "-1e39",
                                       "1e400",
                                       "340282356779733661637539395458142568447.999999999999999999999999999",
                                       "1.00000005960464477539062500000000000000000000000000001",
                                       "1.00000017881393432617187499999999999999999999999999999",
                                       "16777217",
                                       "16777219",
                                       "16777217.0000000000000000000000000000001"};
    for (size_t i = 0; i < sizeof hard / sizeof *hard; i++)
        expect_read(hard[i]);
}

static void expect_shortest(float number)
{
    char text[NUMBER_BYTES + 1], trial[40];
    char *end = number_write_float(text, number);
    assert_true(end - text <= NUMBER_BYTES);
    *end = '\0';
    float back = 0;
    if (number_read_float(text, end, &back) != end || !is_same(back, number) || !is_same(strtof(text, NULL), number))
        fail_msg("%a is written as %s", (double)number, text);
    /* The nearest decimal of the fewest digits that reads back. At a power of two another one may, too. */
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    bool lopsided = bits << (32 - MANTISSA_BITS) == 0;
    int digits = 1;
    do
        snprintf(trial, sizeof trial, "%.*e", digits - 1, (double)number);
    while (!is_same(strtof(trial, NULL), number) && digits++ < 9);
    double written = strtod(text, NULL), expected = strtod(trial, NULL);
    if (written < expected || written > expected) {
        if (!lopsided)
            fail_msg("%a is written as %s, expected %s", (double)number, text, trial);
    }
}

static void writes_random_floats(void **state)
{
    (void)state;
    for (int i = 0; i < RANDOM; i++) {
        float number = float_of((uint32_t)random_bits());
        if (isfinite(number) && number != 0)
            expect_shortest(number);
    }
    for (int i = 0; i < RANDOM; i++) /* as of embeddings */
        expect_shortest((float)((double)(int64_t)random_bits() * 0x1p-63));
}

static void writes_edges(void **state)
{
    (void)state;
    for (uint32_t field = 0; field < 0xff; field++)
        for (int i = -3; i <= 3; i++) {
            uint32_t bits = (field << MANTISSA_BITS) + (uint32_t)i;
            if (bits << 1 != 0 && isfinite(float_of(bits)))
                expect_shortest(float_of(bits));
        }
    for (uint32_t bits = 1; bits < 20000; bits++)
        expect_shortest(float_of(bits));
}

static void spells_known_floats(void **state)
{
    (void)state;
    static const struct {
        float number;
        const char *text;
    } known[] = {{0, "0"},
                 {-0.0F, "-0"},
                 {0.1F, "0.1"},
                 {0.3F, "0.3"},
                 {16777216, "16777216"},
                 {33554432, "33554432"},
                 {1e-45F, "1e-45"},
                 {1e-7F, "1e-7"},
                 {3.4028235e38F, "3.4028235e+38"},
                 {1e21F, "1e+21"},
                 {-1.5F, "-1.5"},
                 {8388608.5F, "8388608"},
                 {0.33333334F, "0.33333334"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char text[NUMBER_BYTES + 1];
        *number_write_float(text, known[i].number) = '\0';
        assert_string_equal(text, known[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_random_floats),  cmocka_unit_test(reads_middles), cmocka_unit_test(reads_edges),
        cmocka_unit_test(writes_random_floats), cmocka_unit_test(writes_edges),  cmocka_unit_test(spells_known_floats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
