/* JSON text: what is accepted and refused, decoding, printing, integers. */
#include "base/diag.h"
#include "base/memory.h"
#include "text/json.h"
#include "text/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* A vector may hold a NUL byte, so it has its length. */
#define TEXT(literal)                                                                                                  \
    {                                                                                                                  \
        "" literal, sizeof(literal) - 1                                                                                \
    }
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* One vector a line would hide the table. */
/* clang-format off */
static const struct slice accepted[] = {
    /* one value of each kind, alone and with white space around it */
    TEXT("null"), TEXT("true"), TEXT("false"), TEXT("0"), TEXT("\"\""), TEXT("[]"), TEXT("{}"),
    TEXT(" \t\r\n[] \t\r\n"), TEXT("\"a\" "), TEXT("\t1\n"), TEXT("[ ]"), TEXT("{ }"),
    /* numbers */
    TEXT("-0"), TEXT("-1"), TEXT("10"), TEXT("0.0"), TEXT("-0.5"), TEXT("1.5e3"), TEXT("1E3"), TEXT("1e+3"),
    TEXT("1E-03"), TEXT("0e0"), TEXT("0.00000000000000000000000001"), TEXT("123456789012345678901234567890"),
    TEXT("1e9999"), TEXT("-9223372036854775808"), TEXT("[1,-2,3]"), TEXT("[0,0,-0,10]"), TEXT("[1 , 2]"),
    TEXT("[1,2.5,3e1]"), TEXT("[1,[2,[3]],4]"),
    /* strings: every escape, surrogate pairs, lone surrogates, what needs no escape */
    TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), TEXT("\"\\u0000\""), TEXT("\"\\u00e9\\u00E9\""),
    TEXT("\"\\ud83d\\ude00\""), TEXT("\"\\ud800\""), TEXT("\"\\udc00\\ud800\""), TEXT("\"\\ud800\\u0041\""),
    TEXT("\"\\\\u0041\""), TEXT("\"\x7f\""), TEXT("\"/\""), TEXT("\"\xc2\x80\""),
    TEXT("\"\xe2\x80\xa8\xe2\x80\xa9\""), TEXT("\"\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\""),
    TEXT("\"\xef\xb7\x90\xef\xbf\xbe\""), TEXT("\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\""), TEXT("\"{[,:]}\""),
    /* containers */
    TEXT("[[],{},\"\",null]"), TEXT("{\"a\":1}"), TEXT("{\"\":0}"), TEXT("{\"a\":1,\"a\":2}"),
    TEXT("{ \"a\" : [ { \"b\" : { } } ] , \"c\" : \"d\" }"), TEXT("{\"a\\u0000b\":1}"), TEXT("[[[[[[]]]]]]"),
};

static const struct slice refused[] = {
    /* no value, or a part of one */
    TEXT(""), TEXT(" "), TEXT("nul"), TEXT("nulll"), TEXT("True"), TEXT("t"), TEXT("fals"), TEXT("NaN"),
    TEXT("Infinity"), TEXT("-Infinity"), TEXT("undefined"), TEXT("a"), TEXT("'a'"), TEXT("\xef\xbb\xbf{}"),
    TEXT("\xff"), TEXT("\xc3\xa5"), TEXT("/**/1"), TEXT("1//"), TEXT("#1"), TEXT("\\u0031"), TEXT("<null>"),
    TEXT("*"), TEXT("null\0"), TEXT("\0"), TEXT("\f1"), TEXT("\v1"), TEXT("\xc2\xa0" "1"), TEXT("\xe2\x81\xa0"),
    /* numbers */
    TEXT("-"), TEXT("+1"), TEXT("01"), TEXT("-01"), TEXT("00"), TEXT("1."), TEXT(".5"), TEXT("-.5"), TEXT("1.e1"),
    TEXT("1e"), TEXT("1e+"), TEXT("1E-"), TEXT("1.5e"), TEXT("1ee1"), TEXT("1+1"), TEXT("1 2"), TEXT("0x1"),
    TEXT("1_000"), TEXT("--1"), TEXT("- 1"), TEXT("1.5.5"), TEXT("1a"), TEXT("\xef\xbc\x91"), TEXT("[01]"),
    TEXT("[1,02]"), TEXT("[01,1]"), TEXT("[-01,1]"), TEXT("[1,00,1]"), TEXT("[-]"), TEXT("[1,-]"), TEXT("[1,-a]"),
    TEXT("[1.,2]"), TEXT("[1\0]"), TEXT("[1,2\0]"), TEXT("1\xe5"),
    /* strings */
    TEXT("\""), TEXT("\"a"), TEXT("a\""), TEXT("\"\\\""), TEXT("\"\\a\""), TEXT("\"\\x41\""), TEXT("\"\\'\""),
    TEXT("\"\\u\""), TEXT("\"\\u1\""), TEXT("\"\\u12\""), TEXT("\"\\u123\""), TEXT("\"\\u123g\""),
    TEXT("\"\\u 123\""), TEXT("\"\\U0041\""), TEXT("\"\\ud800\\\""), TEXT("\"\\ud800\\u\""), TEXT("\"\\ud800\\u1\""),
    TEXT("\"\\\0\""), TEXT("\"\\\n\""), TEXT("\"\\\xc3\xa9\""), TEXT("\"\n\""), TEXT("\"\t\""), TEXT("\"\0\""),
    TEXT("\"\x1f\""), TEXT("\"a\"b"), TEXT("\"a\"\"b\""),
    /* UTF-8: continuation alone, cut short, overlong, surrogates, beyond U+10FFFF, bytes that never occur */
    TEXT("\"\x80\""), TEXT("\"\xbf\""), TEXT("\"\xc3\""), TEXT("\"\xc3"), TEXT("\"\xe2\x82\""), TEXT("\"\xe2\x82"),
    TEXT("\"\xf0\x9f\x98\""), TEXT("\"\xf0\x9f\x98"), TEXT("\"\xc3(\""), TEXT("\"\xe2(\xa1\""), TEXT("\"\xe2\x82(\""),
    TEXT("\"\xf0(\x8c\xbc\""), TEXT("\"\xf0\x90(\xbc\""), TEXT("\"\xf0\x90\x8c(\""), TEXT("\"\xc0\x80\""),
    TEXT("\"\xc0\xaf\""), TEXT("\"\xc1\xbf\""), TEXT("\"\xe0\x80\x80\""), TEXT("\"\xe0\x9f\xbf\""),
    TEXT("\"\xf0\x80\x80\x80\""), TEXT("\"\xf0\x8f\xbf\xbf\""), TEXT("\"\xed\xa0\x80\""), TEXT("\"\xed\xbf\xbf\""),
    TEXT("\"\xed\xa0\xbd\xed\xb8\x80\""), TEXT("\"\xf4\x90\x80\x80\""), TEXT("\"\xf5\x80\x80\x80\""),
    TEXT("\"\xf8\x88\x80\x80\x80\""), TEXT("\"\xfc\x84\x80\x80\x80\x80\""), TEXT("\"\xfe\""), TEXT("\"\xff\""),
    TEXT("{\"\xff\":1}"),
    /* arrays */
    TEXT("["), TEXT("]"), TEXT("[,]"), TEXT("[1,]"), TEXT("[,1]"), TEXT("[1,,2]"), TEXT("[1 2]"), TEXT("[1"),
    TEXT("[1,"), TEXT("[\"a\""), TEXT("[\"a\":1]"), TEXT("[}"), TEXT("[1}"), TEXT("[]]"), TEXT("[][]"), TEXT("[1]x"),
    TEXT("[1;2]"), TEXT("[[]"), TEXT("[[1],"), TEXT("[\f]"), TEXT("[\"a\",\n4\n,1,"), TEXT("[*]"), TEXT("[\"x\"]]"),
    TEXT("[1,2,]"), TEXT("[1,2,"), TEXT("[1,2"), TEXT("[-1,"), TEXT("[nul]"), TEXT("[tru,1]"),
    /* objects */
    TEXT("{"), TEXT("}"), TEXT("{]"), TEXT("{,}"), TEXT("{1:1}"), TEXT("{a:1}"), TEXT("{'a':1}"), TEXT("{\"a\"}"),
    TEXT("{\"a\":}"), TEXT("{\"a\" 1}"), TEXT("{\"a\",1}"), TEXT("{\"a\":1,}"), TEXT("{,\"a\":1}"),
    TEXT("{\"a\":1,,\"b\":2}"), TEXT("{\"a\":1"), TEXT("{\"a\":"), TEXT("{\"a\""), TEXT("{\"a"), TEXT("{\"a\":1]"),
    TEXT("{\"a\":1 \"b\":2}"), TEXT("{\"a\"::1}"), TEXT("{:1}"), TEXT("{null:1}"), TEXT("{\"a\":1}}"),
    TEXT("{\"a\":1}#"), TEXT("{\"a\":1}/**/"), TEXT("{\"a\":1,1}"), TEXT("{\"a\":\"b\",\"c\"}"), TEXT("{{}}"),
    TEXT("{[]:1}"), TEXT("{}{}"), TEXT("{\"a\":1,\"b\"=2}"),
};
/* clang-format on */

static void test_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(accepted); i++)
        if (json_check(accepted[i], JSON_DEPTH) < 0)
            fail_msg("%.*s: refused: %s", (int)accepted[i].len, accepted[i].ptr, diag_message());
}

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++)
        if (json_check(refused[i], JSON_DEPTH) == 0)
            fail_msg("%.*s: accepted (vector %zu)", (int)refused[i].len, refused[i].ptr, i);
}

/* A document that is cut at any place is no document, numbers apart. The copy is as long as the cut, so that a
 * sanitizer build sees a read past it. */
static void test_cut_anywhere(void **state)
{
    (void)state;
    const struct slice whole =
        TEXT("{\"a\\u00e9\xc3\xa9\":[1,-2.5e+3,true,false,null,\"\\ud83d\\ude00\xf0\x9f\x98\x80\",{}]}");
    assert_int_equal(json_check(whole, JSON_DEPTH), 0);
    for (size_t len = 0; len < whole.len; len++) {
        char *copy = mem_alloc(len);
        memcpy(copy, whole.ptr, len);
        assert_int_equal(json_check((struct slice){copy, len}, JSON_DEPTH), -1);
        mem_free(copy);
    }
}

static void test_place_of_the_error(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } errors[] = {
        {"", "not JSON: byte 1: expected a value, found the end"},
        {"[1,,2]", "not JSON: byte 4: not a JSON value"},
        {"[1 2]", "not JSON: byte 4: expected ',' or ']'"},
        {"[1", "not JSON: byte 3: an array is not closed"},
        {"{\"a\":1", "not JSON: byte 7: an object is not closed"},
        {"{\"a\":1 \"b\"}", "not JSON: byte 8: expected ',' or '}'"},
        {"{a:1}", "not JSON: byte 2: expected a member name"},
        {"{\"a\" 1}", "not JSON: byte 6: expected ':' after a member name"},
        {"1 2", "not JSON: byte 3: unexpected text after the value"},
        {"\"abc", "not JSON: byte 5: a string has no closing quote"},
        {"\"ab\\c\"", "not JSON: byte 4: unknown escape in a string"},
        {"\"a\tb\"", "not JSON: byte 3: unescaped control character in a string"},
        {"\"\xc3\xa9\xc3\"", "not JSON: byte 4: not UTF-8"},
        {"-", "not JSON: byte 2: not a number"},
        {"1.", "not JSON: byte 3: a number has no digit after the decimal point"},
        {"1e", "not JSON: byte 3: a number has no digit in its exponent"},
        {"trux", "not JSON: byte 1: not a JSON value"},
    };
    for (size_t i = 0; i < COUNT(errors); i++) {
        assert_int_equal(json_check(slice_of(errors[i].text), JSON_DEPTH), -1);
        assert_string_equal(diag_message(), errors[i].message);
    }
}

static void check_depth(unsigned depth, bool objects)
{
    struct bytes text = {0};
    for (unsigned i = 0; i < depth; i++)
        bytes_put(&text, objects ? SLICE("{\"a\":") : SLICE("["));
    if (objects)
        bytes_byte(&text, '1');
    for (unsigned i = 0; i < depth; i++)
        bytes_byte(&text, objects ? '}' : ']');
    assert_int_equal(json_check(bytes_slice(&text), depth), 0);
    assert_int_equal(json_check(bytes_slice(&text), depth - 1), -1);
    assert_non_null(strstr(diag_message(), "nested deeper than --max-depth allows"));
    vec_free(&text);
}

static void test_depth(void **state)
{
    (void)state;
    for (int objects = 0; objects < 2; objects++) {
        check_depth(1, objects);
        check_depth(2, objects);
        check_depth(64, objects);
        check_depth(65, objects);
        check_depth(JSON_DEPTH, objects);
        check_depth(JSON_DEPTH_LIMIT, objects);
    }
    assert_int_equal(json_check(SLICE("1"), 0), 0);
    assert_int_equal(json_check(SLICE("[]"), 0), -1);
    /* siblings do not add up */
    assert_int_equal(json_check(SLICE("[[],[],{},[{}]]"), 3), 0);
}

/* Nothing but open brackets, many of them: an error, quickly, and no recursion. */
static void test_only_open_brackets(void **state)
{
    (void)state;
    struct bytes text = {0};
    for (int i = 0; i < 2000000; i++)
        bytes_put(&text, i % 2 ? SLICE("[") : SLICE("[{\"\":"));
    assert_int_equal(json_check(bytes_slice(&text), JSON_DEPTH_LIMIT), -1);
    vec_free(&text);
}

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

/* ---- decoding and printing ---- */

static void check_decoded(struct slice json, struct slice expected)
{
    struct arena *arena = arena_new();
    assert_int_equal(json_check(json, JSON_DEPTH), 0);
    struct slice text = json_string(json, arena);
    if (!slice_equal(text, expected))
        fail_msg("%.*s: decoded to %.*s", (int)json.len, json.ptr, (int)text.len, text.ptr);
    arena_free(arena);
}

static void test_decode(void **state)
{
    (void)state;
    static const struct slice decoded[][2] = {
        {TEXT("\"\""), TEXT("")},
        {TEXT("\"abc\""), TEXT("abc")},
        {TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), TEXT("\"\\/\b\f\n\r\t")},
        {TEXT("\"a\\u0000b\""), TEXT("a\0b")},
        {TEXT("\"\\u0041\\u00e9\\u20AC\\uFFFF\""), TEXT("A\xc3\xa9\xe2\x82\xac\xef\xbf\xbf")},
        {TEXT("\"\\ud83d\\ude00\""), TEXT("\xf0\x9f\x98\x80")},
        {TEXT("\"\\udbff\\udfff\""), TEXT("\xf4\x8f\xbf\xbf")},
        {TEXT("\"\\ud800\\udc00\""), TEXT("\xf0\x90\x80\x80")},
        {TEXT("\"\\ud800\""), TEXT("\xef\xbf\xbd")},
        {TEXT("\"\\udc00\""), TEXT("\xef\xbf\xbd")},
        {TEXT("\"\\ud800x\""), TEXT("\xef\xbf\xbdx")},
        {TEXT("\"\\ud800\\n\""), TEXT("\xef\xbf\xbd\n")},
        {TEXT("\"\\ud800\\u0041\""), TEXT("\xef\xbf\xbd"
                                          "A")},
        {TEXT("\"\\ud800\\ud83d\\ude00\""), TEXT("\xef\xbf\xbd\xf0\x9f\x98\x80")},
        {TEXT("\"\\ude00\\ud83d\""), TEXT("\xef\xbf\xbd\xef\xbf\xbd")},
        {TEXT("\"\\udc00\\ude00\""), TEXT("\xef\xbf\xbd\xef\xbf\xbd")},
        {TEXT("\"\\\\u0041\""), TEXT("\\u0041")},
        {TEXT("\"\\\\\\\\\""), TEXT("\\\\")},
        {TEXT("\"\xe4\xb8\xad\\n\xe6\x96\x87\""), TEXT("\xe4\xb8\xad\n\xe6\x96\x87")},
    };
    for (size_t i = 0; i < COUNT(decoded); i++)
        check_decoded(decoded[i][0], decoded[i][1]);
}

static void test_print(void **state)
{
    (void)state;
    static const struct slice printed[][2] = {
        {TEXT(""), TEXT("\"\"")},
        {TEXT("plain/\x7f"), TEXT("\"plain/\x7f\"")},
        {TEXT("\"\\"), TEXT("\"\\\"\\\\\"")},
        {TEXT("\b\f\n\r\t"), TEXT("\"\\b\\f\\n\\r\\t\"")},
        {TEXT("\0\x01\x0b\x1f"), TEXT("\"\\u0000\\u0001\\u000b\\u001f\"")},
        {TEXT("\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80\xe2\x80\xa8"),
         TEXT("\"\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80\xe2\x80\xa8\"")},
    };
    struct bytes out = {0};
    for (size_t i = 0; i < COUNT(printed); i++) {
        out.len = 0;
        json_put_string(&out, printed[i][0]);
        assert_true(slice_equal(bytes_slice(&out), printed[i][1]));
    }
    vec_free(&out);
}

/* What is printed is JSON and decodes to what went in: random text of every kind of character, any alignment. */
static void test_round_trip(void **state)
{
    (void)state;
    static const struct slice pieces[] = {
        TEXT("\0"),
        TEXT("\x01"),
        TEXT("\n"),
        TEXT("\""),
        TEXT("\\"),
        TEXT("/"),
        TEXT("\x7f"),
        TEXT("\xc2\x80"),
        TEXT("\xef\xbf\xbf"),
        TEXT("\xf4\x8f\xbf\xbf"),
        TEXT("u0041"),
        TEXT("a"),
        TEXT("plain text that is long enough"),
    };
    uint64_t seed = 7;
    struct bytes text = {0}, printed = {0};
    struct arena *arena = arena_new();
    for (int round = 0; round < 20000; round++) {
        text.len = printed.len = 0;
        for (size_t left = next_random(&seed) % 12; left > 0; left--)
            bytes_put(&text, pieces[next_random(&seed) % COUNT(pieces)]);
        json_put_string(&printed, bytes_slice(&text));
        assert_int_equal(json_check(bytes_slice(&printed), 0), 0);
        assert_true(slice_equal(json_string(bytes_slice(&printed), arena), bytes_slice(&text)));
        arena_reset(arena);
    }
    arena_free(arena);
    vec_free(&text);
    vec_free(&printed);
}

/* ---- integers ---- */

static void test_read_integers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_int;
        int64_t number;
    } numbers[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"-1", true, -1},
        {"9223372036854775807", true, INT64_MAX},
        {"9223372036854775808", false, 0},
        {"-9223372036854775808", true, INT64_MIN},
        {"-9223372036854775809", false, 0},
        {"9999999999999999999", false, 0},
        {"18446744073709551616", false, 0},
        {"100000000000000000000", false, 0},
        {"1.0", false, 0},
        {"1e3", false, 0},
        {"1E0", false, 0},
        {"true", false, 0},
        {"null", false, 0},
        {"\"1\"", false, 0},
        {"[1]", false, 0},
        {"{}", false, 0},
    };
    for (size_t i = 0; i < COUNT(numbers); i++) {
        int64_t number = 77;
        if (json_int(slice_of(numbers[i].text), &number) != numbers[i].is_int)
            fail_msg("%s", numbers[i].text);
        assert_int_equal(number, numbers[i].is_int ? numbers[i].number : 77);
    }
}

static void check_printed_int(int64_t number)
{
    char expected[32];
    struct bytes out = {0};
    int64_t back;
    (void)snprintf(expected, sizeof expected, "%lld", (long long)number);
    json_put_int(&out, number);
    if (!slice_is(bytes_slice(&out), expected))
        fail_msg("%s printed as %.*s", expected, (int)out.len, out.items);
    assert_true(json_int(bytes_slice(&out), &back));
    assert_true(back == number);
    vec_free(&out);
}

static void test_print_integers(void **state)
{
    (void)state;
    for (int64_t number = -11000; number <= 11000; number++)
        check_printed_int(number);
    for (int64_t power = 1; power <= INT64_MAX / 10; power *= 10) {
        for (int64_t step = -1; step <= 1; step++) {
            check_printed_int(power * 10 + step);
            check_printed_int(-power * 10 + step);
        }
    }
    for (unsigned bit = 0; bit < 63; bit++)
        check_printed_int((int64_t)1 << bit);
    check_printed_int(INT64_MAX);
    check_printed_int(INT64_MIN);
    uint64_t seed = 3;
    for (int i = 0; i < 100000; i++)
        check_printed_int((int64_t)(next_random(&seed) << 33 ^ next_random(&seed)) >> next_random(&seed) % 60);
}

/* Arrays print as their items do, whatever stands side by side: short and long ones, runs of single digits. */
static void check_printed_arrays(uint64_t *seed, unsigned bits)
{
    int32_t ints[40];
    struct span spans[40];
    struct bytes expected = {0}, expected_spans = {0};
    size_t count = next_random(seed) % (COUNT(ints) + 1);
    bytes_byte(&expected, '[');
    bytes_byte(&expected_spans, '[');
    for (size_t i = 0; i < count; i++) {
        char text[64];
        bool single = next_random(seed) % 3 > 0;
        ints[i] = single ? (int32_t)(next_random(seed) % 10) : (int32_t)((uint32_t)next_random(seed) >> bits);
        if (next_random(seed) % 64 == 0)
            ints[i] = (int32_t)(next_random(seed) % 3) * 65536 + (int32_t)(next_random(seed) % 12) - 1;
        static const int32_t edges[] = {-1, -100, -128, -129, 9999, 10000};
        if (next_random(seed) % 8 == 0)
            ints[i] = edges[next_random(seed) % COUNT(edges)];
        spans[i] = (struct span){(uint32_t)next_random(seed) >> bits, (uint32_t)next_random(seed) >> bits};
        (void)snprintf(text, sizeof text, "%s%d", i > 0 ? "," : "", ints[i]);
        bytes_put(&expected, slice_of(text));
        (void)snprintf(text, sizeof text, "%s[%u,%u]", i > 0 ? "," : "", spans[i].start, spans[i].end);
        bytes_put(&expected_spans, slice_of(text));
    }
    bytes_byte(&expected, ']');
    bytes_byte(&expected_spans, ']');
    char *room = mem_alloc(count * JSON_INT32_BYTES + JSON_INT_BYTES);
    if (!slice_equal(slice_between(room, json_write_ints(room, ints, count)), bytes_slice(&expected)))
        fail_msg("expected %.*s", (int)expected.len, expected.items);
    mem_free(room);
    room = mem_alloc(count * JSON_SPAN_BYTES + JSON_INT_BYTES);
    if (!slice_equal(slice_between(room, json_write_spans(room, spans, count)), bytes_slice(&expected_spans)))
        fail_msg("expected %.*s", (int)expected_spans.len, expected_spans.items);
    mem_free(room);
    vec_free(&expected);
    vec_free(&expected_spans);
}

static void test_print_arrays(void **state)
{
    (void)state;
    uint64_t seed = 5;
    for (unsigned round = 0; round < 20000; round++)
        check_printed_arrays(&seed, round % 32);
}

/* What must be escaped is, wherever it stands; what is not is copied in steps of 16 bytes. */
static void check_printed_character(size_t len, size_t at, char c)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnop", special[] = "\"\\\b\f\n\r\t";
    char text[sizeof letters], escape[8] = {c}, expected[sizeof letters + 10];
    memcpy(text, letters, sizeof text);
    text[at] = c;
    const char *known = c != '\0' ? strchr(special, c) : NULL;
    if (known != NULL)
        (void)snprintf(escape, sizeof escape, "\\%c", "\"\\bfnrt"[known - special]);
    else if ((unsigned char)c < 0x20)
        (void)snprintf(escape, sizeof escape, "\\u%04x", (unsigned)c);
    (void)snprintf(expected, sizeof expected, "\"%.*s%s%.*s\"", (int)at, letters, escape, (int)(len - at - 1),
                   letters + at + 1);
    struct bytes out = {0};
    json_put_string(&out, (struct slice){text, len});
    if (!slice_is(bytes_slice(&out), expected))
        fail_msg("expected %s, found %.*s", expected, (int)out.len, out.items);
    vec_free(&out);
}

static void test_print_strings_of_any_length(void **state)
{
    (void)state;
    for (size_t len = 1; len <= 40; len++)
        for (size_t at = 0; at < len; at++)
            for (int c = 0; c < 0x80; c++)
                check_printed_character(len, at, (char)c);
}

/* ---- walking ---- */

static void test_walk(void **state)
{
    (void)state;
    struct slice object = SLICE("{ \"a\" : [1 , {\"b\":\"]\"}] ,\"c\\\"\":\"\\\\\", \"\":{\"x\":[ ]} , \"n\":-1.5e3}");
    static const char *const members[][2] = {
        {"a", "[1 , {\"b\":\"]\"}]"}, {"c\\\"", "\"\\\\\""}, {"", "{\"x\":[ ]}"}, {"n", "-1.5e3"}};
    size_t n = 0;
    for (struct json_walk walk = json_walk(object); json_next(&walk); n++) {
        assert_true(n < COUNT(members));
        assert_true(slice_is(walk.name, members[n][0]));
        assert_true(slice_is(walk.value, members[n][1]));
    }
    assert_int_equal(n, COUNT(members));
    static const char *const items[] = {"1", "\"a,b\"", "[2,3]", "null", "{}"};
    n = 0;
    for (struct json_walk walk = json_walk(SLICE("[1,\"a,b\" ,[2,3], null,{} ]")); json_next(&walk); n++)
        assert_true(n < COUNT(items) && slice_is(walk.value, items[n]));
    assert_int_equal(n, COUNT(items));
    for (struct json_walk walk = json_walk(SLICE("[ ]")); json_next(&walk);)
        fail();
    for (struct json_walk walk = json_walk(SLICE("{}")); json_next(&walk);)
        fail();
}

static void test_member(void **state)
{
    (void)state;
    struct slice value = {0};
    assert_true(json_member(SLICE("{\"a\":1,\"b\":2,\"a\":3}"), "a", &value));
    assert_true(slice_is(value, "3"));
    assert_true(json_member(SLICE("{\"\\u0061\":4}"), "a", &value));
    assert_true(slice_is(value, "4"));
    assert_false(json_member(SLICE("{\"ab\":1,\"A\":2}"), "a", &value));
    assert_false(json_member(SLICE("{}"), "", &value));
    assert_true(json_member(SLICE("{\"\":5}"), "", &value));
}

static void test_names(void **state)
{
    (void)state;
    assert_true(json_name_is(SLICE("abc"), SLICE("abc")));
    assert_false(json_name_is(SLICE("abc"), SLICE("ab")));
    assert_false(json_name_is(SLICE("ab"), SLICE("abc")));
    assert_true(json_name_is(SLICE(""), SLICE("")));
    assert_true(json_name_is(SLICE("\\u00e9"), SLICE("\xc3\xa9")));
    assert_true(json_name_is(SLICE("a\\/b"), SLICE("a/b")));
    assert_false(json_name_is(SLICE("a\\/b"), SLICE("a\\/b")));
    assert_false(json_name_is(SLICE("\\n"), SLICE("nn")));
}

static void test_kind(void **state)
{
    (void)state;
    assert_int_equal(json_kind(SLICE("-1")), '0');
    assert_int_equal(json_kind(SLICE("7")), '0');
    assert_int_equal(json_kind(SLICE("\"\"")), '"');
    assert_int_equal(json_kind(SLICE("[]")), '[');
    assert_int_equal(json_kind(SLICE("{}")), '{');
    assert_int_equal(json_kind(SLICE("true")), 't');
    assert_int_equal(json_kind(SLICE("false")), 'f');
    assert_int_equal(json_kind(SLICE("null")), 'n');
}

/* A string of brackets, quotes and backslashes, escaped where they have to be. */
static void put_brackets(struct bytes *out, unsigned *seed)
{
    static const char *const parts[] = {"[", "]", "{", "}", "\\\"", "\\\\", "\\n", "a", ",", ":"};
    bytes_byte(out, '"');
    for (int left = rand_r(seed) % (rand_r(seed) % 8 == 0 ? 200 : 8); left > 0; left--)
        bytes_put(out, slice_of(parts[(size_t)rand_r(seed) % COUNT(parts)]));
    bytes_byte(out, '"');
}

/* An array in arrays and objects, of strings and the other way round. */
static void put_nested(struct bytes *out, unsigned *seed)
{
    char closing[20];
    size_t depth = 0;
    for (int left = rand_r(seed) % 120; left > 0 || depth > 0; left--) {
        bool closes = depth > 0 && (left <= 0 || rand_r(seed) % 3 == 0),
             object = depth > 0 && closing[depth - 1] == '}';
        char last = out->items[out->len - 1];
        if (closes) {
            bytes_byte(out, closing[--depth]);
            continue;
        }
        if (last != '[' && last != '{')
            bytes_byte(out, ',');
        if (object) {
            put_brackets(out, seed);
            bytes_byte(out, ':');
        }
        if (rand_r(seed) % 2 == 0 || depth == COUNT(closing)) {
            put_brackets(out, seed);
        } else {
            closing[depth] = rand_r(seed) % 2 == 0 ? ']' : '}';
            bytes_byte(out, closing[depth++] == ']' ? '[' : '{');
        }
    }
}

/* What the walker skips ends where the validating scanner says, at whatever place of a block of 64. */
static void test_walk_ends(void **state)
{
    (void)state;
    struct bytes text = {0};
    unsigned seed = 1;
    for (unsigned round = 0; round < 20000; round++) {
        text.len = 0;
        bytes_byte(&text, '[');
        put_nested(&text, &seed);
        bytes_byte(&text, ']');
        char *exact = memcpy(mem_alloc(text.len), text.items, text.len); /* a sanitizer sees what is read behind it */
        struct slice document = {exact, text.len};
        assert_int_equal(json_check(document, JSON_DEPTH), 0);
        for (struct json_walk walk = json_walk(document); json_next(&walk);)
            assert_ptr_equal(walk.value.ptr + walk.value.len,
                             json_skip(walk.value.ptr, exact + text.len, JSON_DEPTH, NULL));
        mem_free(exact);
    }
    vec_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_cut_anywhere),
        cmocka_unit_test(test_place_of_the_error),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_only_open_brackets),
        cmocka_unit_test(test_decode),
        cmocka_unit_test(test_print),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_read_integers),
        cmocka_unit_test(test_print_integers),
        cmocka_unit_test(test_print_arrays),
        cmocka_unit_test(test_print_strings_of_any_length),
        cmocka_unit_test(test_walk),
        cmocka_unit_test(test_member),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_kind),
        cmocka_unit_test(test_walk_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
