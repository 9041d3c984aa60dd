/* The order of JSON values: numbers by their exact value however they are spelled, strings by their code points. */
#include "text/json_order.h"

#include "base/diag.h"
#include "base/vec.h"
#include "text/json.h"
#include "text/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

__extension__ typedef __int128 int128;

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

/* The spellings that json_put_number gives are the same if and only if the numbers are equal. */
static void check_spellings(struct slice a, struct slice b, bool equal)
{
    struct bytes left = {0}, right = {0};
    assert_true(json_put_number(&left, a));
    assert_true(json_put_number(&right, b));
    if (slice_equal(bytes_slice(&left), bytes_slice(&right)) != equal)
        fail_msg("%.*s and %.*s become %.*s and %.*s", (int)a.len, a.ptr, (int)b.len, b.ptr, (int)left.len, left.items,
                 (int)right.len, right.items);
    vec_free(&left);
    vec_free(&right);
}

static void check_order(const char *a, const char *b, int expected)
{
    int order = 5, back = 5;
    check_spellings(slice_of(a), slice_of(b), expected == 0);
    assert_true(json_order_numbers(slice_of(a), slice_of(b), &order));
    assert_true(json_order_numbers(slice_of(b), slice_of(a), &back));
    if (sign(order) != expected || sign(back) != -expected)
        fail_msg("%s against %s: %d and %d, expected %d", a, b, order, back, expected);
}

static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        int order;
    } pairs[] = {
        {"100", "1e2", 0},
        {"100", "100.0", 0},
        {"1E+2", "0.001e5", 0},
        {"0", "-0", 0},
        {"0.000", "-0e99", 0},
        {"0e99999999999999999999", "0", 0},
        {"1e0000000000000000000000002", "100", 0},
        {"12.5", "125e-1", 0},
        {"-1", "1", -1},
        {"-1", "0", -1},
        {"-2", "-1", -1},
        {"-10", "-9", -1},
        {"9", "10", -1},
        {"0.1", "0.09", 1},
        {"0.1", "0.10000000000000000000000000000000000001", -1},
        {"9007199254740993", "9007199254740992", 1},
        {"9223372036854775808", "9223372036854775807", 1},
        {"18446744073709551616", "18446744073709551617", -1},
        {"1e400", "1e401", -1},
        {"-1e400", "1e-400", -1},
        {"1e-400", "0", 1},
        {"9.99e999999999999999998", "1e999999999999999999", -1},
        {"123456789012345678901234567890", "1.2345678901234567890123456789e29", 0},
    };
    for (size_t i = 0; i < COUNT(pairs); i++)
        check_order(pairs[i].a, pairs[i].b, pairs[i].order);
}

static void test_exponents_that_are_too_large(void **state)
{
    (void)state;
    int order;
    assert_false(json_order_numbers(SLICE("1e1000000000000000000"), SLICE("1"), &order));
    assert_false(json_order_numbers(SLICE("1"), SLICE("1e-1000000000000000000"), &order));
    struct bytes text = {0};
    assert_false(json_put_number(&text, SLICE("1e1000000000000000000")));
    assert_int_equal(text.len, 0);
}

static uint64_t random_state = 1;

static uint64_t draw(uint64_t below)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (random_state >> 33) % below;
}

/* digits * 10^exponent in one of the many ways to write it. */
static struct slice spell(struct arena *arena, int64_t digits, int exponent)
{
    struct bytes text = {0};
    char buffer[JSON_INT_BYTES];
    struct slice magnitude = slice_between(buffer, json_write_int(buffer, digits < 0 ? -digits : digits));
    size_t whole = draw(magnitude.len) + 1, zeros = draw(3);
    if (digits < 0)
        bytes_byte(&text, '-');
    bytes_append(&text, magnitude.ptr, whole);
    if (whole < magnitude.len || zeros > 0)
        bytes_byte(&text, '.');
    bytes_append(&text, magnitude.ptr + whole, magnitude.len - whole);
    bytes_append(&text, "00", zeros);
    int shift = exponent + (int)(magnitude.len - whole);
    if (shift != 0 || draw(2) == 0) {
        bytes_put(&text, draw(2) == 0 ? SLICE("e") : SLICE("E"));
        json_put_int(&text, shift);
    }
    struct slice kept = arena_copy(arena, bytes_slice(&text));
    vec_free(&text);
    return kept;
}

static int128 scaled(int64_t digits, int exponent)
{
    int128 value = digits;
    for (; exponent > 0; exponent--)
        value *= 10;
    return value;
}

/* Numbers of up to nine digits times 10^0 to 10^6, the second often the first or next to it. */
static void test_any_spelling(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (int round = 0; round < 200000; round++) {
        int64_t a = (int64_t)draw(draw(2) == 0 ? 1000000000 : 100) - 50;
        int64_t b = draw(2) == 0 ? a + (int64_t)draw(3) - 1 : (int64_t)draw(1000) - 500;
        int a_exponent = (int)draw(7), b_exponent = draw(2) == 0 ? a_exponent : (int)draw(7);
        if (draw(4) == 0 && b_exponent >= 2) { /* the same value from other digits */
            b = a * 100;
            b_exponent = a_exponent;
            a_exponent += 2;
        }
        int128 left = scaled(a, a_exponent), right = scaled(b, b_exponent);
        struct slice one = spell(arena, a, a_exponent), two = spell(arena, b, b_exponent);
        int order = 5, expected = (left > right) - (left < right);
        assert_int_equal(json_check(one, 0), 0);
        assert_true(json_order_numbers(one, two, &order));
        if (sign(order) != expected)
            fail_msg("%.*s against %.*s: %d, expected %d", (int)one.len, one.ptr, (int)two.len, two.ptr, order,
                     expected);
        check_spellings(one, two, expected == 0);
        arena_reset(arena);
    }
    arena_free(arena);
}

static void test_strings(void **state)
{
    (void)state;
    static const struct {
        const char *value, *text;
        int order;
    } pairs[] = {
        {"\"\"", "", 0},
        {"\"a\"", "", 1},
        {"\"\"", "a", -1},
        {"\"\\n\"", "", 1},
        {"\"\\n\"", "\n", 0},
        {"\"\\n\"", "\\n", -1}, /* a line feed, not a backslash */
        {"\"\\\\n\"", "\\n", 0},
        {"\"ab\"", "abc", -1},
        {"\"abc\"", "ab", 1},
        {"\"ab\\u0063d\"", "abcd", 0},
        {"\"ab\\u0063d\"", "abce", -1},
        {"\"ab\\u0063\"", "abcd", -1},
        {"\"B\"", "a", -1},
        {"\"z\"", "\xc3\xa9", -1},
        {"\"\\u00e9\"", "\xc3\xa9", 0},
        {"\"\xef\xbf\xbd\"", "\xf0\x9f\x98\x80", -1}, /* by code points, not UTF-16 units */
        {"\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80", 0},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT(pairs); i++) {
        int order = json_order_string(slice_of(pairs[i].value), slice_of(pairs[i].text), arena);
        if (sign(order) != pairs[i].order)
            fail_msg("%s against %s: %d, expected %d", pairs[i].value, pairs[i].text, order, pairs[i].order);
    }
    arena_free(arena);
}

/* Escaped here and there or not at all: the order is that of the decoded texts. */
static void test_strings_any_spelling(void **state)
{
    (void)state;
    static const char *const letters[][2] = {
        {"a", "\\u0061"}, {"b", "\\u0062"}, {"\n", "\\n"}, {"\\", "\\\\"}, {"\xc3\xa9", "\\u00E9"}};
    struct arena *arena = arena_new();
    for (int round = 0; round < 100000; round++) {
        struct bytes value = {0}, meant = {0}, text = {0};
        bytes_byte(&value, '"');
        for (uint64_t i = draw(5); i > 0; i--) {
            size_t letter = draw(COUNT(letters));
            bool escaped = letter == 2 || letter == 3 || draw(2) == 0;
            bytes_put(&value, slice_of(letters[letter][escaped]));
            bytes_put(&meant, slice_of(letters[letter][0]));
        }
        bytes_byte(&value, '"');
        for (uint64_t i = draw(5); i > 0; i--)
            bytes_put(&text, slice_of(letters[draw(COUNT(letters))][0]));
        int order = json_order_string(bytes_slice(&value), bytes_slice(&text), arena);
        if (sign(order) != sign(slice_compare(bytes_slice(&meant), bytes_slice(&text))))
            fail_msg("%.*s against %.*s: %d", (int)value.len, value.items, (int)text.len, text.items, order);
        vec_free(&value);
        vec_free(&meant);
        vec_free(&text);
        arena_reset(arena);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_exponents_that_are_too_large),
        cmocka_unit_test(test_any_spelling),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_strings_any_spelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
