/* Records that are laid out anew from members of another: rec_pick. */
#include "record/record.h"

#include "base/diag.h"
#include "base/memory.h"
#include "text/json.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct record *parse(const char *line)
{
    struct record *record = arena_alloc(arena, sizeof *record);
    if (rec_parse(record, slice_of(line), JSON_DEPTH, arena) < 0)
        fail_msg("%s: %s", line, diag_message());
    return record;
}

static void check_print(const struct record *record, const char *expected)
{
    struct bytes out = {0};
    rec_print(record, &out);
    if (!slice_is(bytes_slice(&out), expected))
        fail_msg("printed  %.*s\nexpected %s", (int)out.len, out.items, expected);
    vec_free(&out);
}

/* picks: a digit is a member of the record by its place, '=' and a letter after it another name, '+' a new member n. */
static struct record *pick(const struct record *in, const char *picks)
{
    static struct pick made[16];
    size_t count = 0;
    for (const char *at = picks; *at != '\0'; at++) {
        if (*at == '=') {
            made[count - 1].name = (struct slice){++at, 1};
        } else if (*at == '+') {
            made[count++] = (struct pick){.name = SLICE("n"), .value = {.kind = VALUE_RAW, .count = 3, .bytes = "1.0"}};
        } else {
            made[count++] = (struct pick){.from = &in->members[*at - '0']};
        }
    }
    return rec_pick(arena, in, made, count);
}

static void test_lines(void **state)
{
    (void)state;
    static const struct {
        const char *line, *picks, *made;
    } cases[] = {
        {"{\"a\":1,\"b\":2,\"c\":3}", "012", "{\"a\":1,\"b\":2,\"c\":3}"},
        {"{\"a\":1,\"b\":2,\"c\":3}", "", "{}"},
        {"{\"a\":1,\"b\":2,\"c\":3}", "1", "{\"b\":2}"},
        {"{\"a\":1,\"b\":2,\"c\":3}", "210", "{\"c\":3,\"b\":2,\"a\":1}"},
        {"{\"a\":1,\"b\":2,\"c\":3}", "20=x1", "{\"c\":3,\"x\":1,\"b\":2}"},
        {"{\"a\":1,\"b\":2,\"c\":3}", "0=x1=y", "{\"x\":1,\"y\":2}"},
        {"{\"a\":1,\"b\":2,\"c\":3}", "+02", "{\"n\":1.0,\"a\":1,\"c\":3}"},
        {"{\"a\":1,\"b\":2,\"c\":3}", "0+2=\"", "{\"a\":1,\"n\":1.0,\"\\\"\":3}"},
        {" { \"a\" : 1.50 , \"b\" : [ 1 ] } ", "01", " { \"a\" : 1.50 , \"b\" : [ 1 ] } "},
        {" { \"a\" : 1.50 , \"b\" : [ 1 ] } ", "1=x0", " {\"x\" : [ 1 ], \"a\" : 1.50 } "},
        {" { \"a\" : 1.50 , \"b\" : [ 1 ] } ", "0=x1=y", " { \"x\" : 1.50 , \"y\" : [ 1 ] } "},
        {" { } ", "+", " {\"n\":1.0 } "},
        {"{\"\\u0061,\\\"\":1,\"b\":2}", "10", "{\"b\":2,\"\\u0061,\\\"\":1}"},
        {"{\"\\u0061,\\\"\":1,\"b\":2}", "10=x", "{\"b\":2,\"x\":1}"},
        {"{\"a\":1,\"a\":2}", "10", "{\"a\":2,\"a\":1}"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check_print(pick(parse(cases[i].line), cases[i].picks), cases[i].made);
}

/* What was picked before, or set, or has lost its first member, is picked from as well. */
static void test_of_a_copy(void **state)
{
    (void)state;
    struct record *made = rec_derive(arena, parse("{\"a\":1, \"b\":2,\"c\":3}"));
    rec_remove(made, SLICE("a"));
    rec_set_int(made, SLICE("d"), 4);
    check_print(pick(made, "210"), "{\"d\":4,\"c\":3, \"b\":2}");
    check_print(pick(pick(made, "210"), "021"), "{\"d\":4, \"b\":2,\"c\":3}");
    check_print(pick(made, "2=x0"), "{\"x\":4, \"b\":2}");
    rec_set_int(pick(made, "01"), SLICE("c"), 9);
    check_print(made, "{\"b\":2,\"c\":3,\"d\":4}");
}

/* What gets a name, or is new, is fresh: it is what makes other members stale. */
static void test_fresh(void **state)
{
    (void)state;
    struct record *made = rec_derive(arena, parse("{\"a\":1,\"b\":2}"));
    rec_set_int(made, SLICE("b"), 3);
    made = pick(made, "0=x1+");
    assert_true(made->members[0].fresh);
    assert_false(made->members[1].fresh);
    assert_true(made->members[2].fresh);
    assert_true(slice_is(made->members[0].name, "x"));
    assert_non_null(rec_get(made, SLICE("x")));
    assert_null(rec_get(made, SLICE("a")));
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(test_lines),
        TEST(test_of_a_copy),
        TEST(test_fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
