/* Arrays of integers, read from a line: every length of number, at every place of a block, with and without white
 * space, as another reader reads them; and what is no integer of 32 bits, wherever it stands. */
#include "base/diag.h"
#include "base/vec.h"
#include "record/record.h"
#include "text/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MOST = 120, ARRAYS = 20000 };

static uint64_t state_of_random = 1;

static uint32_t random_below(uint32_t below) /* Knuth's MMIX generator */
{
    state_of_random = state_of_random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state_of_random >> 33) % below);
}

/* Of one to ten digits, all lengths alike. */
static int32_t random_number(unsigned most_digits)
{
    if (most_digits == 1 && random_below(64) != 0) /* a mask */
        return (int32_t)random_below(10);
    int64_t bound = 1, number;
    for (unsigned digits = 1 + random_below(most_digits); digits > 0; digits--)
        bound *= 10;
    do
        number = (int64_t)(((uint64_t)random_below(1u << 30) << 30 | random_below(1u << 30)) % (uint64_t)bound);
    while (number > INT32_MAX);
    return (int32_t)(random_below(3) == 0 ? -number : number);
}

static void put_number(struct bytes *line, int32_t number)
{
    char text[16];
    int length = snprintf(text, sizeof text, "%d", number);
    bytes_append(line, text, (size_t)length);
}

/* Parses the line, which it frees, and reads member a. */
static int read_line(struct bytes *line, struct arena *arena, const int32_t **ints, size_t *count)
{
    struct slice copy = arena_copy(arena, bytes_slice(line));
    struct record record;
    vec_free(line);
    if (rec_parse(&record, copy, 8, arena) != 0)
        fail_msg("%.*s: %s", (int)copy.len, copy.ptr, diag_message());
    return rec_ints(&record, SLICE("a"), arena, ints, count);
}

static void expect_array(const int32_t *numbers, size_t count, unsigned spaces, struct arena *arena)
{
    struct bytes line = {0};
    bytes_put(&line, SLICE("{\"a\":["));
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            bytes_byte(&line, ',');
        if (spaces > 0 && random_below(spaces) == 0)
            bytes_byte(&line, ' ');
        put_number(&line, numbers[i]);
        if (spaces > 0 && random_below(spaces) == 0)
            bytes_byte(&line, '\t');
    }
    bytes_put(&line, SLICE("]}"));
    const int32_t *ints;
    size_t found;
    assert_int_equal(read_line(&line, arena, &ints, &found), 0);
    assert_int_equal(found, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(ints[i], numbers[i]);
}

static void test_arrays(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    int32_t numbers[MOST];
    for (size_t round = 0; round < ARRAYS; round++) {
        size_t count = random_below(MOST);
        static const unsigned lengths[] = {10, 7, 2, 1};
        unsigned digits = lengths[round % 4];
        for (size_t i = 0; i < count; i++)
            numbers[i] = random_number(digits);
        expect_array(numbers, count, round % 5 == 0 ? 1 + random_below(30) : 0, arena);
        arena_reset(arena);
    }
    arena_free(arena);
}

static void test_extremes(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    int32_t numbers[MOST];
    static const int32_t extremes[] = {INT32_MIN, INT32_MAX, 9999999, 10000000, -9999999, -10000000, 0, -1, 99999999};
    for (size_t at = 0; at < MOST; at++) {
        for (size_t i = 0; i < MOST; i++)
            numbers[i] = (int32_t)i;
        for (size_t k = 0; k < sizeof extremes / sizeof *extremes; k++) {
            numbers[at] = extremes[k];
            expect_array(numbers, MOST, 0, arena);
        }
        arena_reset(arena);
    }
    arena_free(arena);
}

static void test_no_integers(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    static const char *const wrong[] = {"1.5",  "1e3", "2147483648", "-2147483649", "99999999999",
                                        "null", "[]",  "\"1\"",      "true",        "{\"b\":1}"};
    for (size_t at = 0; at < MOST; at++) {
        for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
            struct bytes line = {0};
            const int32_t *ints;
            size_t count;
            char expected[64];
            bytes_put(&line, SLICE("{\"a\":["));
            for (size_t i = 0; i < MOST; i++) {
                bytes_put(&line, i > 0 ? SLICE(",") : SLICE(""));
                if (i == at)
                    bytes_put(&line, slice_of(wrong[k]));
                else
                    put_number(&line, (int32_t)(i * 37 % 11111));
            }
            bytes_put(&line, SLICE("]}"));
            assert_int_equal(read_line(&line, arena, &ints, &count), -1);
            (void)snprintf(expected, sizeof expected, "a[%zu]: not a 32-bit integer", at);
            assert_string_equal(diag_message(), expected);
        }
        arena_reset(arena);
    }
    arena_free(arena);
}

static void test_commas(void **state)
{
    (void)state;
    char text[9000];
    for (size_t length = 0; length < sizeof text; length += 1 + length / 3) {
        size_t count = 0;
        for (size_t i = 0; i < length; i++)
            count += (text[i] = random_below(3) == 0 ? ',' : (char)random_below(256)) == ',';
        assert_int_equal(json_count_commas(text, text + length), count);
        memset(text, ',', length);
        assert_int_equal(json_count_commas(text, text + length), length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arrays),
        cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_no_integers),
        cmocka_unit_test(test_commas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
