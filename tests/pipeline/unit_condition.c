/* Conditions: what satisfies them, what is a bad record, what is no condition, and which operands are meant as one. */
#include "record/condition.h"

#include "base/diag.h"
#include "base/memory.h"
#include "text/json.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct words words_of(const char *const *texts, size_t count)
{
    return (struct words){(const char **)(uintptr_t)texts, count, count};
}

static int hold(const char *const *texts, size_t count, bool any, bool invert, const struct record *record,
                struct arena *arena)
{
    struct words words = words_of(texts, count);
    struct conditions *conditions = conditions_new(&words, any, invert);
    if (conditions == NULL)
        fail_msg("%s: %s", texts[0], diag_message());
    struct condition_thread *thread = condition_thread_new(conditions);
    int held = conditions_hold(conditions, thread, record, arena);
    condition_thread_free(thread);
    conditions_free(conditions);
    return held;
}

/* One condition on one line. */
static int check(const char *condition, const char *line)
{
    struct arena *arena = arena_new();
    struct record record;
    if (rec_parse(&record, slice_of(line), JSON_DEPTH, arena) < 0)
        fail_msg("%s: %s", line, diag_message());
    int held = hold(&condition, 1, false, false, &record, arena);
    arena_free(arena);
    return held;
}

static const char line[] = "{\"n\":100,\"f\":-0.50,\"s\":\"spam\",\"five\":\"5\",\"t\":true,\"null\":null,\"a\":[1],"
                           "\"o\":{},\"two words\":\"x y\",\"a==b\":1,\"has\":7,\"e\":\"a\\n\\\"b\\u00e9\",\"big\":"
                           "9007199254740993,\"dup\":1,\"dup\":2,\"empty\":\"\",\"~\":0}";

/* What the conditions say of `line`. */
static const struct {
    const char *condition;
    int held;
} verdicts[] = {
    /* numbers */
    {"n == 100", 1},
    {"n == 1e2", 1},
    {"n==100.0", 1},
    {"n != 100", 0},
    {"n < 100", 0},
    {"n <= 100", 1},
    {"n>99.999999999999999999999", 1},
    {"n >= 100.000000000000000000001", 0},
    {"f == -5e-1", 1},
    {"f < 0", 1},
    {"big == 9007199254740993", 1},
    {"big == 9007199254740992", 0},
    {"big > 9007199254740992", 1},
    {"dup == 2", 1},
    {"dup == 1", 0},
    /* strings */
    {"s == spam", 1},
    {"s == \"spam\"", 1},
    {"s == 'spam'", 1},
    {"s==spam", 1},
    {"  s   ==   spam  ", 1},
    {"s != ham", 1},
    {"s < spami", 1},
    {"s > Spam", 1},
    {"five == \"5\"", 1},
    {"five == '5'", 1},
    {"empty == \"\"", 1},
    {"e == \"a\\n\\\"b\\u00e9\"", 1},
    {"e > a", 1},
    {"\"two words\" == x y", 1},
    {"'two words' == \"x y\"", 1},
    {"\"a==b\" == 1", 1},
    {"\"~\" == 0", 1},
    /* booleans and null */
    {"t == true", 1},
    {"t != true", 0},
    {"t == false", 0},
    {"null == null", 1},
    {"null != null", 0},
    {"s != null", 1},
    {"s == null", 0},
    {"a != null", 1},
    /* null is of no type: it satisfies no other comparison */
    {"null == 0", 0},
    {"null != 0", 0},
    {"null < x", 0},
    {"null ~ x", 0},
    /* what is missing satisfies no comparison */
    {"none == 1", 0},
    {"none != 1", 0},
    {"none == null", 0},
    {"none != null", 0},
    {"none ~ .", 0},
    /* presence */
    {"has s", 1},
    {"has null", 1},
    {"has none", 0},
    {"has 'two words'", 1},
    {"has has", 1},
    {"has == 7", 1},
    {"has==7", 1},
    {" has  a ", 1},
    /* expressions */
    {"s ~ pa", 1},
    {"s ~ ^pa", 0},
    {"s~^s.am$", 1},
    {"s ~ \"^s\"", 1},
    {"s ~ ' spam'", 0},
    {"s ~ (?i)SPAM", 1},
    {"e ~ b\xc3\xa9$", 1},
    {"e ~ ^a$", 0},
    {"e ~ (?m)^a$", 1},
    {"e ~ \"b\\\\w$\"", 1},
    {"e ~ \\bb\\w\\b", 1},
    {"empty ~ ^$", 1},
    {"five ~ 5", 1},
};

static void test_holds(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(verdicts); i++) {
        int held = check(verdicts[i].condition, line);
        if (held != verdicts[i].held)
            fail_msg("%s: %d%s%s", verdicts[i].condition, held, held < 0 ? ": " : "", held < 0 ? diag_message() : "");
    }
}

static void test_bad_records(void **state)
{
    (void)state;
    static const struct {
        const char *condition, *message;
    } cases[] = {
        {"five == 5",
         "five: expected a number, found a string (the condition compares with 5; the string is written \"5\")"},
        {"s == true", "s: expected true or false, found a string (the condition compares with true; the string is "
                      "written \"true\")"},
        {"n == spam", "n: expected a string, found a number (the condition compares with the string spam)"},
        {"n == \"100\"", "n: expected a string, found a number (the condition compares with the string 100)"},
        {"n ~ 1", "n: expected a string, found a number (the condition searches for 1)"},
        {"t != 1", "t: expected a number, found a boolean (the condition compares with 1)"},
        {"a != 1", "a: expected a number, found an array (the condition compares with 1)"},
        {"o ~ x", "o: expected a string, found an object (the condition searches for x)"},
        {"n == false", "n: expected true or false, found a number (the condition compares with false)"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(check(cases[i].condition, line), -1);
        assert_string_equal(diag_message(), cases[i].message);
    }
    assert_int_equal(check("n < 1.5", "{\"n\":1e1000000000000000000}"), -1);
    assert_string_equal(diag_message(), "n: an exponent of more than 18 digits is too large to compare");
}

static void test_no_conditions(void **state)
{
    (void)state;
    static const char usage[] = "expected 'MEMBER OP VALUE' (OP is ==, !=, <, <=, >, >= or ~) or 'has MEMBER'";
    static const struct {
        const char *condition, *message;
    } cases[] = {
        {"s", usage},
        {"s !~ x", usage},
        {"s spam", usage},
        {"has", usage},
        {"", "expected a member name"},
        {"== 1", "expected a member name before == 1"},
        {"s = spam", "there is no operator =; use =="},
        {"s=spam", "there is no operator =; use =="},
        {"has a b", "expected one name after has, also found: b"},
        {"s ==", "the value is missing; \"\" is the empty string"},
        {"s == \"x", "the closing quote is missing"},
        {"\"s == x", "the closing quote is missing"},
        {"s == 'x' y", "unexpected text after the closing quote:  y"},
        {"s == \"\\x\"", "not JSON: byte 2: unknown escape in a string"},
        {"t < true", "true can be compared only with == and !=; the string is written \"true\""},
        {"t >= null", "null can be compared only with == and !=; the string is written \"null\""},
        {"n < 1e1000000000000000000", "an exponent of more than 18 digits is too large"},
        {"s ~ (", "the expression \"(\" is not valid at byte 2: missing closing parenthesis"},
        {"s ~ \\C", "the expression \"\\C\" is not valid at byte 3: using \\C is disabled by the application"},
        {"s == \xff", "the value is not UTF-8"},
        {"\xff == 1", "the name is not UTF-8"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct words words = words_of(&cases[i].condition, 1);
        assert_null(conditions_new(&words, false, false));
        const char *message = strstr(diag_message(), "': ");
        assert_non_null(message);
        assert_string_equal(message + 3, cases[i].message);
    }
}

static void test_several(void **state)
{
    (void)state;
    static const char *const yes[] = {"n == 100", "s == spam"}, *const mixed[] = {"n == 100", "s == ham"},
                             *const no[] = {"n == 1", "s == ham"}, *const decided[] = {"n == 1", "s == 5"};
    struct arena *arena = arena_new();
    struct record record;
    assert_int_equal(rec_parse(&record, slice_of(line), JSON_DEPTH, arena), 0);
    const struct {
        const char *const *texts;
        bool any, invert;
        int held;
    } cases[] = {
        {yes, false, false, 1},     {mixed, false, false, 0}, {no, false, false, 0},  {yes, true, false, 1},
        {mixed, true, false, 1},    {no, true, false, 0},     {yes, false, true, 0},  {mixed, false, true, 1},
        {no, false, true, 1},       {yes, true, true, 0},     {mixed, true, true, 0}, {no, true, true, 1},
        {decided, false, false, 0}, /* the second is not looked at */
        {decided, true, false, -1},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(hold(cases[i].texts, 2, cases[i].any, cases[i].invert, &record, arena), cases[i].held);
    arena_free(arena);
}

/* Members that a filter of the same process has set are not JSON text yet. */
static void test_members_that_were_set(void **state)
{
    (void)state;
    static const struct {
        const char *condition;
        int held;
    } cases[] = {
        {"n == 100", 1}, {"n < 100.5", 1},   {"n > 99", 1},  {"n == x", -1}, {"s == sp\"am", 1},
        {"s < t", 1},    {"s ~ ^sp.am$", 1}, {"s == 1", -1}, {"has ids", 1}, {"ids == 1", -1},
    };
    struct arena *arena = arena_new();
    struct record *record = rec_new(arena);
    rec_set_int(record, SLICE("n"), 100);
    rec_set_text(record, SLICE("s"), SLICE("sp\"am"));
    rec_set_ints(record, SLICE("ids"), (int32_t[]){1}, 1);
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(hold(&cases[i].condition, 1, false, false, record, arena), cases[i].held);
    arena_free(arena);
}

/* An expression that backtracks without end is an error, not a hang; deep ones do not break the stack. */
static void test_expressions_are_bounded(void **state)
{
    (void)state;
    struct bytes text = {0};
    bytes_put(&text, SLICE("{\"s\":\""));
    for (int i = 0; i < 40; i++)
        bytes_byte(&text, 'a');
    bytes_put(&text, SLICE("b\"}"));
    bytes_byte(&text, '\0');
    assert_int_equal(check("s ~ ^(a+)+$", text.items), -1);
    assert_string_equal(diag_message(), "s: the expression backtracks too much on this text");
    text.len = 0;
    bytes_put(&text, SLICE("{\"s\":\""));
    for (int i = 0; i < 100000; i++)
        bytes_put(&text, i % 2 == 0 ? SLICE("a") : SLICE("b"));
    bytes_put(&text, SLICE("\"}"));
    bytes_byte(&text, '\0');
    assert_int_equal(check("s ~ ^(a|b)*$", text.items), 1);
    vec_free(&text);
}

static void test_operands(void **state)
{
    (void)state;
    static const char *const conditions[] = {
        "s == spam", "s==spam", "s>5",       "s >= 5",   "s ~ x",      "s ~x",    "s = x",
        "s !~ x",    "has s",   "has s t",   "has == 1", "'a b' == 1", "\"a\">1", "\"open",
        "s!=x",      " n < 1 ", "a.b/c > 1", "s ==",     "'a~' ~ x",
    };
    static const char *const files[] = {
        "-",
        "s",
        "part-0.jsonl",
        "data.jsonl~",
        "date=2024-01-01/part.jsonl",
        "my file.jsonl",
        "has",
        "hash.jsonl",
        "a!b",
        "a=b",
        "== x",
        "",
        "'a' 'b' c",
    };
    for (size_t i = 0; i < COUNT(conditions); i++)
        if (!condition_is_meant(conditions[i]))
            fail_msg("a file: %s", conditions[i]);
    for (size_t i = 0; i < COUNT(files); i++)
        if (condition_is_meant(files[i]))
            fail_msg("a condition: %s", files[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_holds),
        cmocka_unit_test(test_bad_records),
        cmocka_unit_test(test_no_conditions),
        cmocka_unit_test(test_several),
        cmocka_unit_test(test_members_that_were_set),
        cmocka_unit_test(test_expressions_are_bounded),
        cmocka_unit_test(test_operands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
