/* One hash for all spellings of a value, another one for every other value. */
#include "pipeline/base/diag.h"
#include "pipeline/text/json.h"
#include "pipeline/text/json_hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct json_hasher hasher;

static struct hash hash_of(struct slice value)
{
    struct arena *arena = arena_new();
    struct hash hash;
    assert_int_equal(json_check(value, JSON_DEPTH_LIMIT), 0);
    assert_int_equal(json_hash(&hasher, value, arena, &hash), 0);
    arena_free(arena);
    return hash;
}

static void check(struct slice a, struct slice b, bool equal)
{
    if ((hash_compare(hash_of(a), hash_of(b)) == 0) != equal)
        fail_msg("%.*s and %.*s have %s hash", (int)a.len, a.ptr, (int)b.len, b.ptr, equal ? "not one" : "one");
}

/* ---- known ones ---- */

/* The values of a row are equal, those of different rows are not. */
static const char *const rows[][4] = {
    {"\"\"", NULL},
    {"\"a\"", "\"\\u0061\"", NULL},
    {"\"\xc3\xa9\"", "\"\\u00e9\"", "\"\\u00E9\"", NULL},
    {"\"e\xcc\x81\"", NULL}, /* not normalized */
    {"\"\xf0\x9f\x98\x80\"", "\"\\ud83d\\ude00\"", NULL},
    {"\"\\/\"", "\"/\"", NULL},
    {"\"17\"", NULL},
    {"17", "1.7e1", "17.0", NULL},
    {"-17", "-0.17e+2", NULL},
    {"0", "-0", "0.0e7", NULL},
    {"9007199254740993", "9007199254740993.0", NULL},
    {"9007199254740992", NULL},
    {"true", NULL},
    {"\"true\"", NULL},
    {"false", NULL},
    {"null", NULL},
    {"[]", "[ ]", NULL},
    {"{}", "{ }", NULL},
    {"[[]]", NULL},
    {"[{}]", NULL},
    {"[[],[]]", "[ [ ] , [ ] ]", NULL},
    {"[1,2]", "[1.0, 20e-1]", NULL},
    {"[2,1]", NULL},
    {"[12]", NULL},
    {"[1,\"2\"]", NULL},
    {"[\"1,2\"]", NULL},
    {"[\"ab\",\"c\"]", NULL},
    {"[\"a\",\"bc\"]", NULL},
    {"[[1],2]", NULL},
    {"[[1,2]]", NULL},
    {"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", "{ \"\\u0062\" : 2.0 , \"a\" : 1 }", NULL},
    {"{\"a\":2,\"b\":1}", NULL},
    {"{\"a\":1}", NULL},
    {"{\"a\":1,\"a\":1}", NULL},
    {"{\"a\":{\"b\":1,\"c\":[{\"d\":1},{\"e\":2}]}}", "{\"a\":{\"c\":[{\"d\":1},{\"e\":2}],\"b\":1}}", NULL},
    {"{\"a\":{\"b\":1,\"c\":[{\"e\":2},{\"d\":1}]}}", NULL},
    {"{\"a\":{\"b\":1},\"c\":[{\"d\":1},{\"e\":2}]}", NULL},
    {"{\"\":\"\"}", NULL},
    {"{\"a\":\"b\"}", NULL},
    {"{\"b\":\"a\"}", NULL},
    {"[\"a\",\"b\"]", NULL},
    {"[{\"a\":1},{\"a\":1}]", NULL},
    {"[{\"a\":1}]", NULL},
};

static void test_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        for (size_t k = 1; rows[i][k] != NULL; k++)
            check(slice_of(rows[i][0]), slice_of(rows[i][k]), true);
        for (size_t other = 0; other < i; other++)
            check(slice_of(rows[i][0]), slice_of(rows[other][0]), false);
    }
}

/* ---- drawn ones ---- */

static uint64_t random_state = 1;

static uint64_t draw(uint64_t below)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (random_state >> 33) % below;
}

static void put_space(struct bytes *out)
{
    for (uint64_t i = draw(3); i > 0; i--)
        bytes_byte(out, " \t\r"[draw(3)]);
}

static void put_text(struct bytes *out, uint64_t number)
{
    static const char *const letters[][3] = {{"a", "\\u0061", "a"},
                                             {"\\n", "\\u000a", "\\n"},
                                             {"\\\\", "\\u005c", "\\u005C"},
                                             {"\xc3\xa9", "\\u00e9", "\xc3\xa9"}};
    bytes_byte(out, '"');
    for (; number > 0; number /= COUNT(letters))
        bytes_put(out, slice_of(letters[number % COUNT(letters)][draw(3)]));
    bytes_byte(out, '"');
}

static void put_number(struct bytes *out, uint64_t number)
{
    static const char *const ends[] = {"", ".0", "e0", ".00E+0", "0e-1"};
    json_put_int(out, (int64_t)number - 8);
    if (number != 8)
        bytes_put(out, slice_of(ends[draw(COUNT(ends))]));
}

/* Writes the value that `seed` stands for; each call another spelling of it. Values of different seeds may be equal. */
static void put_value(struct bytes *out, uint64_t seed, unsigned depth)
{
    uint64_t kind = seed % (depth > 0 ? 6 : 4), rest = seed / 6, count = rest % 4, first = draw(4);
    switch (kind) {
    case 0:
        put_text(out, rest % 100);
        break;
    case 1:
    case 2:
        put_number(out, rest % 20);
        break;
    case 3:
        bytes_put(out, rest % 3 == 0 ? SLICE("true") : rest % 3 == 1 ? SLICE("false") : SLICE("null"));
        break;
    default:
        bytes_byte(out, kind == 4 ? '[' : '{');
        for (uint64_t i = 0; i < count; i++) {
            uint64_t item = kind == 4 ? i : (i + first) % count; /* members in another order */
            bytes_put(out, i > 0 ? SLICE(",") : SLICE(""));
            put_space(out);
            if (kind == 5) {
                put_text(out, item + 1);
                put_space(out);
                bytes_byte(out, ':');
                put_space(out);
            }
            put_value(out, rest / 4 * 31 + item * 7919, depth - 1);
            put_space(out);
        }
        bytes_byte(out, kind == 4 ? ']' : '}');
    }
}

static void test_any_spelling(void **state)
{
    (void)state;
    size_t differ = 0;
    for (int round = 0; round < 20000; round++) {
        struct bytes one = {0}, two = {0};
        uint64_t seed = draw(UINT32_MAX);
        put_value(&one, seed, 4);
        put_value(&two, seed, 4);
        check(bytes_slice(&one), bytes_slice(&two), true);
        differ += !slice_equal(bytes_slice(&one), bytes_slice(&two));
        vec_free(&one);
        vec_free(&two);
    }
    assert_true(differ > 5000);
}

/* A value with one leaf changed is another value, wherever the leaf is. */
static void test_one_leaf_changed(void **state)
{
    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct bytes one = {0}, two = {0};
        uint64_t seed = draw(UINT32_MAX);
        struct bytes *const both[] = {&one, &two};
        for (size_t i = 0; i < 2; i++) {
            bytes_put(both[i], SLICE("[{\"x\":"));
            put_value(both[i], seed, 3);
            bytes_put(both[i], i == 0 ? SLICE(",\"y\":[7]},") : SLICE(",\"y\":[\"7\"]},"));
            put_value(both[i], seed + 1, 3);
            bytes_byte(both[i], ']');
        }
        check(bytes_slice(&one), bytes_slice(&two), false);
        vec_free(&one);
        vec_free(&two);
    }
}

static void test_very_deep(void **state)
{
    (void)state;
    struct bytes one = {0}, two = {0};
    for (int i = 0; i < JSON_DEPTH_LIMIT / 2; i++) {
        bytes_put(&one, SLICE("[{\"a\":"));
        bytes_put(&two, SLICE("[ {\"\\u0061\":"));
    }
    bytes_put(&one, SLICE("1"));
    bytes_put(&two, SLICE("1.0"));
    for (int i = 0; i < JSON_DEPTH_LIMIT / 2; i++) {
        bytes_put(&one, SLICE("}]"));
        bytes_put(&two, SLICE("}]"));
    }
    check(bytes_slice(&one), bytes_slice(&two), true);
    vec_free(&one);
    vec_free(&two);
}

static void test_too_large(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct hash hash;
    assert_int_equal(json_hash(&hasher, SLICE("[1,1e9999999999999999999]"), arena, &hash), -1);
    assert_string_equal(diag_message(), "an exponent of more than 18 digits is too large to compare");
    check(SLICE("[1]"), SLICE("[1.0]"), true);
    arena_free(arena);
    json_hasher_release(&hasher);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),     cmocka_unit_test(test_any_spelling), cmocka_unit_test(test_one_leaf_changed),
        cmocka_unit_test(test_very_deep), cmocka_unit_test(test_too_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
