/* Records: reading a line, members, what is set and removed, and the bytes that come out. */
#include "records.h"

#include <math.h>
#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void check_print(const struct record *record, const char *expected)
{
    struct slice printed = print(record);
    if (!slice_is(printed, expected))
        fail_msg("printed  %.*s\nexpected %s", (int)printed.len, printed.ptr, expected);
    struct record again;
    if (rec_parse(&again, printed, JSON_DEPTH, arena) < 0)
        fail_msg("%s: printed what is no record: %s", expected, diag_message());
}

/* ---- a line ---- */

static const char *const lines[] = {
    "{}",
    " { } ",
    "{\"a\":1}",
    "{\"a\":1}\r",
    "\t{\t\"a\"\t:\t1\t}\t",
    "{ \"a\" : 1 , \"b\" : [ 1 , 2 ] , \"c\" : { \"d\" : \"}\" } }",
    "{\"a\":1,\"a\":2,\"a\":3}",
    "{\"\\u0061\":1.50e+3,\"\":\"\\/\\u00e9\",\"n\":null,\"t\":true,\"f\":false}",
    "{\"\xc3\xa9\":\"\xe4\xb8\xad\xe6\x96\x87\",\"\\ud800\":0}",
    "{\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0,\"f\":0,\"g\":0,\"h\":0}",
};

static void test_untouched(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        check_print(parse(lines[i]), lines[i]);
        check_print(derive(lines[i]), lines[i]);
        check_print(rec_derive(arena, derive(lines[i])), lines[i]);
    }
}

static void test_members_of_a_line(void **state)
{
    (void)state;
    const struct record *record = parse(lines[5]);
    assert_int_equal(record->count, 3);
    assert_true(slice_is(rec_json(rec_get(record, SLICE("b")), arena), "[ 1 , 2 ]"));
    assert_null(rec_get(record, SLICE("d")));
    record = parse(lines[6]);
    assert_int_equal(record->count, 3);
    assert_true(slice_is(rec_json(rec_get(record, SLICE("a")), arena), "3"));
    assert_non_null(rec_get(parse(lines[7]), SLICE("a")));
    assert_non_null(rec_get(parse(lines[7]), SLICE("")));
}

#define NOT_A_RECORD "expected a record, one object in braces (\"quern import\" makes records of text and tables)"
#define CUT_OFF "; the line ends here (\"quern import --format json\" reads JSON of several lines)"

static void test_no_records(void **state)
{
    (void)state;
    static const struct {
        const char *line, *message;
    } bad[] = {
        {"", NOT_A_RECORD},
        {"[]",
         "expected a record, one object in braces, found an array (\"quern import --format json\" makes records of "
         "its items)"},
        {"\"a\"", NOT_A_RECORD},
        {"{", "not JSON: byte 2: expected a member name" CUT_OFF},
        {"{\"a\"", "not JSON: byte 5: expected ':' after a member name" CUT_OFF},
        {"{\"a\":", "not JSON: byte 6: expected a value, found the end" CUT_OFF},
        {"{\"a\":1", "not JSON: byte 7: expected ',' or '}'" CUT_OFF},
        {"{\"a\":1,", "not JSON: byte 8: expected a member name" CUT_OFF},
        {"{\"a\":1,}", "not JSON: byte 8: expected a member name"},
        {"{,}", "not JSON: byte 2: expected a member name"},
        {"{\"a\":1;\"b\":2}", "not JSON: byte 7: expected ',' or '}'"},
        {"{\"a\":01}", "not JSON: byte 7: expected ',' or '}'"},
        {"{\"a\":\"\x01\"}", "not JSON: byte 7: unescaped control character in a string"},
        {"{\"\xff\":1}", "not JSON: byte 3: not UTF-8"},
        {"{}{}", "not JSON: byte 3: unexpected text after the record"},
        {"{\"a\":1}x", "not JSON: byte 8: unexpected text after the record"},
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct record record;
        assert_int_equal(rec_parse(&record, slice_of(bad[i].line), JSON_DEPTH, arena), -1);
        assert_string_equal(diag_message(), bad[i].message);
    }
}

/* The record itself is the first level. */
static void test_depth(void **state)
{
    (void)state;
    struct record record;
    assert_int_equal(rec_parse(&record, SLICE("{\"a\":1}"), 1, arena), 0);
    assert_int_equal(rec_parse(&record, SLICE("{\"a\":[]}"), 1, arena), -1);
    assert_string_equal(diag_message(), "not JSON: byte 6: nested deeper than --max-depth allows");
    assert_int_equal(rec_parse(&record, SLICE("{\"a\":[]}"), 2, arena), 0);
    assert_int_equal(rec_parse(&record, SLICE("{\"a\":[{}]}"), 2, arena), -1);
}

/* What a record with a bad member had before it is still there, for its id in the message. */
static void test_id_before_the_fault(void **state)
{
    (void)state;
    struct record record;
    assert_int_equal(rec_parse(&record, SLICE("{\"id\":\"x\",\"a\":nul}"), JSON_DEPTH, arena), -1);
    assert_true(slice_is(rec_json(rec_get(&record, SLICE("id")), arena), "\"x\""));
}

/* ---- setting and removing ---- */

static void test_set_in_place(void **state)
{
    (void)state;
    struct record *record = derive("{ \"a\" : 1 , \"b\" : 2 , \"c\" : 3 }");
    rec_set_int(record, SLICE("a"), 10);
    check_print(record, "{ \"a\" : 10 , \"b\" : 2 , \"c\" : 3 }");
    rec_set_text(record, SLICE("c"), SLICE("x\"\n"));
    rec_set_int(record, SLICE("b"), -1);
    check_print(record, "{ \"a\" : 10 , \"b\" : -1 , \"c\" : \"x\\\"\\n\" }");
}

static void test_set_appends(void **state)
{
    (void)state;
    struct record *record = derive("{ \"a\" : 1 }\r");
    rec_set_int(record, SLICE("b"), 2);
    rec_set_json(record, SLICE("\"\n"), SLICE("{}"));
    check_print(record, "{ \"a\" : 1,\"b\":2,\"\\\"\\n\":{} }\r");
    record = derive(" { } ");
    rec_set_int(record, SLICE("b"), 2);
    check_print(record, " {\"b\":2 } ");
    record = rec_new(arena);
    check_print(record, "{}");
    rec_set_text(record, SLICE("id"), SLICE(""));
    check_print(record, "{\"id\":\"\"}");
}

static void test_set_kinds(void **state)
{
    (void)state;
    static const int32_t ints[] = {0, -1, INT32_MAX, INT32_MIN};
    static const struct span spans[] = {{0, 1}, {7, 4294967295u}};
    const struct slice strings[] = {SLICE(""), SLICE("a\\"), SLICE("\xe4\xb8\xad")};
    struct record *record = rec_new(arena);
    rec_set_ints(record, SLICE("i"), ints, COUNT(ints));
    rec_set_ints(record, SLICE("i0"), NULL, 0);
    rec_set_spans(record, SLICE("p"), spans, COUNT(spans));
    rec_set_spans(record, SLICE("p0"), NULL, 0);
    rec_set_strings(record, SLICE("s"), strings, COUNT(strings));
    rec_set_strings(record, SLICE("s0"), NULL, 0);
    struct names *letters = names_new(strings, COUNT(strings));
    const int32_t numbers[] = {2, 1, 1, 0};
    rec_set_names(record, SLICE("m"), letters, numbers, COUNT(numbers));
    rec_set_names(record, SLICE("m0"), letters, NULL, 0);
    rec_set_int(record, SLICE("n"), INT64_MIN);
    static const double floats[] = {0.1, -0.0, 1e21, 1e-7, 3};
    assert_int_equal(rec_set_float(record, SLICE("f"), -1.5), 0);
    assert_int_equal(rec_set_floats(record, SLICE("d"), floats, COUNT(floats)), 0);
    assert_int_equal(rec_set_floats(record, SLICE("d0"), NULL, 0), 0);
    check_print(record, "{\"i\":[0,-1,2147483647,-2147483648],\"i0\":[],\"p\":[[0,1],[7,4294967295]],\"p0\":[],"
                        "\"s\":[\"\",\"a\\\\\",\"\xe4\xb8\xad\"],\"s0\":[],"
                        "\"m\":[\"\xe4\xb8\xad\",\"a\\\\\",\"a\\\\\",\"\"],\"m0\":[],\"n\":-9223372036854775808,"
                        "\"f\":-1.5,\"d\":[0.1,-0,1e+21,1e-7,3],\"d0\":[]}");
    names_free(letters);
}

static void test_set_no_number(void **state)
{
    (void)state;
    const double wrong[] = {1, (double)NAN, (double)-INFINITY};
    struct record *record = rec_new(arena);
    assert_int_equal(rec_set_float(record, SLICE("f"), wrong[1]), -1);
    assert_string_equal(diag_message(), "f: not a finite number");
    assert_int_equal(rec_set_floats(record, SLICE("d"), wrong + 2, 1), -1);
    assert_int_equal(rec_set_floats(record, SLICE("d"), wrong, 2), -1);
    assert_string_equal(diag_message(), "d[1]: not a finite number");
    check_print(record, "{}");
}

/* They are escaped in blocks, of which the last one is not full. */
static void test_names_are_the_strings(void **state)
{
    (void)state;
    enum { MANY = 333 };
    static const char letters[] = "\"abcdefghijklmnopqrstuvwxyz\\\n0123456789";
    struct slice strings[MANY];
    int32_t numbers[MANY];
    for (size_t i = 0; i < MANY; i++) {
        strings[i] = (struct slice){letters + i % 7, i % (COUNT(letters) - 7)};
        numbers[i] = (int32_t)(i * 100 % MANY); /* 100 and 333 have no common divisor: each once */
    }
    struct names *many = names_new(strings, MANY);
    struct slice wanted[MANY];
    for (size_t i = 0; i < MANY; i++) {
        wanted[i] = strings[numbers[i]];
        assert_true(slice_equal(names_string(many, numbers[i]), wanted[i]));
    }
    struct record *of_names = rec_new(arena), *of_strings = rec_new(arena);
    rec_set_names(of_names, SLICE("m"), many, numbers, MANY);
    rec_set_strings(of_strings, SLICE("m"), wanted, MANY);
    struct slice printed = print(of_names);
    assert_true(slice_equal(printed, print(of_strings)));
    names_free(many);
}

static void test_set_replaces_the_last_of_equal_names(void **state)
{
    (void)state;
    struct record *record = derive("{\"a\":1,\"a\":2,\"b\":3}");
    rec_set_int(record, SLICE("a"), 9);
    check_print(record, "{\"a\":1,\"a\":9,\"b\":3}");
}

static void test_set_finds_escaped_names(void **state)
{
    (void)state;
    struct record *record = derive("{\"\\u0061\\/\":1}");
    rec_set_int(record, SLICE("a/"), 2);
    check_print(record, "{\"\\u0061\\/\":2}");
}

static void test_set_does_not_touch_its_source(void **state)
{
    (void)state;
    const struct record *in = parse("{\"a\":1}");
    struct record *first = rec_derive(arena, in), *second;
    rec_set_int(first, SLICE("a"), 2);
    second = rec_derive(arena, first);
    rec_set_int(second, SLICE("a"), 3);
    rec_set_int(second, SLICE("b"), 4);
    check_print(in, "{\"a\":1}");
    check_print(first, "{\"a\":2}");
    check_print(second, "{\"a\":3,\"b\":4}");
}

static void test_many_members(void **state)
{
    (void)state;
    struct record *record = rec_new(arena);
    struct bytes expected = {0};
    for (int i = 0; i < 1000; i++) {
        struct slice name = arena_print(arena, "m%d", i);
        rec_set_int(record, name, i);
        bytes_put(&expected, arena_print(arena, "%c\"m%d\":%d", i == 0 ? '{' : ',', i, i));
    }
    bytes_put(&expected, SLICE("}"));
    struct slice printed = print(record);
    assert_true(slice_equal(printed, bytes_slice(&expected)));
    struct record parsed;
    assert_int_equal(rec_parse(&parsed, printed, JSON_DEPTH, arena), 0);
    assert_int_equal(parsed.count, 1000);
    assert_true(slice_is(rec_json(rec_get(&parsed, SLICE("m999")), arena), "999"));
    vec_free(&expected);
}

static void check_remove(const char *line, const char *names, const char *expected)
{
    struct record *record = derive(line);
    for (; *names != '\0'; names++)
        rec_remove(record, (struct slice){names, 1});
    check_print(record, expected);
}

static void test_remove(void **state)
{
    (void)state;
    const char *tight = "{\"a\":1,\"b\":2,\"c\":3}", *wide = " { \"a\" : 1 ,  \"b\" : 2 , \"c\" : 3 } ";
    check_remove(tight, "a", "{\"b\":2,\"c\":3}");
    check_remove(tight, "b", "{\"a\":1,\"c\":3}");
    check_remove(tight, "c", "{\"a\":1,\"b\":2}");
    check_remove(tight, "ab", "{\"c\":3}");
    check_remove(tight, "abc", "{}");
    check_remove(tight, "x", tight);
    check_remove(wide, "a", " {\"b\" : 2 , \"c\" : 3 } ");
    check_remove(wide, "b", " { \"a\" : 1 , \"c\" : 3 } ");
    check_remove(wide, "c", " { \"a\" : 1 ,  \"b\" : 2 } ");
    check_remove(wide, "cba", " { } ");
    check_remove("{\"a\":1,\"b\":2,\"a\":3}", "a", "{\"b\":2}");
    check_remove("{\"a,\\\"\":0,\",\":1}", "a", "{\"a,\\\"\":0,\",\":1}");
    check_remove("{\"a\":0 , \",\\\",\":1}", "a", "{\",\\\",\":1}");
}

static void test_remove_then_set_appends(void **state)
{
    (void)state;
    struct record *record = derive("{\"a\":1,\"b\":2}");
    rec_remove(record, SLICE("a"));
    rec_set_int(record, SLICE("a"), 3);
    check_print(record, "{\"b\":2,\"a\":3}");
    rec_remove(record, SLICE("b"));
    check_print(record, "{\"a\":3}");
}

/* ---- typed reading ---- */

static void test_read(void **state)
{
    (void)state;
    const struct record *record =
        parse("{\"text\":\"a\\u00e9\",\"n\":-7,\"ids\":[ 1,-2 ,2147483647,-2147483648, 0],\"none\":[ ],"
              "\"spans\":[[0,1] , [2,4294967295]],\"words\":[\"a\",\"\\n\"]}");
    struct slice text;
    int64_t number;
    const int32_t *ints;
    const struct span *spans;
    const struct slice *strings;
    size_t count;
    assert_int_equal(rec_text(record, SLICE("text"), arena, &text), 0);
    assert_true(slice_is(text, "a\xc3\xa9"));
    assert_int_equal(rec_int(record, SLICE("n"), &number), 0);
    assert_int_equal(number, -7);
    assert_int_equal(rec_ints(record, SLICE("ids"), arena, &ints, &count), 0);
    assert_int_equal(count, 5);
    assert_memory_equal(ints, ((int32_t[]){1, -2, INT32_MAX, INT32_MIN, 0}), 5 * sizeof *ints);
    assert_int_equal(rec_ints(record, SLICE("none"), arena, &ints, &count), 0);
    assert_int_equal(count, 0);
    assert_int_equal(rec_spans(record, SLICE("spans"), arena, &spans, &count), 0);
    assert_int_equal(count, 2);
    assert_int_equal(spans[1].end, 4294967295u);
    assert_int_equal(rec_strings(record, SLICE("words"), arena, &strings, &count), 0);
    assert_int_equal(count, 2);
    assert_true(slice_is(strings[1], "\n"));
    record = parse("{\"plain\":[[0,1],[1,1],[999999999,999999999]],\"wide\":[[0,1],[2,4294967295]],\"none\":[],"
                   "\"blank\":[[0, 1]]}");
    assert_int_equal(rec_spans(record, SLICE("plain"), arena, &spans, &count), 0);
    assert_int_equal(count, 3);
    assert_memory_equal(spans, ((struct span[]){{0, 1}, {1, 1}, {999999999, 999999999}}), 3 * sizeof *spans);
    assert_int_equal(rec_spans(record, SLICE("wide"), arena, &spans, &count), 0);
    assert_int_equal(count, 2);
    assert_int_equal(spans[1].end, 4294967295u);
    assert_int_equal(rec_spans(record, SLICE("none"), arena, &spans, &count), 0);
    assert_int_equal(count, 0);
    assert_int_equal(rec_spans(record, SLICE("blank"), arena, &spans, &count), 0);
    assert_int_equal(count, 1);
}

static void test_read_floats(void **state)
{
    (void)state;
    const struct record *record = parse("{\"f\":-1.50e1,\"n\":7,\"d\":[ 1 , 0.5,-0,1e-400, 1.7976931348623157e308],"
                                        "\"none\":[ ]}");
    double number;
    const double *numbers;
    size_t count;
    assert_int_equal(rec_float(record, SLICE("f"), &number), 0);
    assert_true(number == -15);
    assert_int_equal(rec_float(record, SLICE("n"), &number), 0);
    assert_true(number == 7);
    assert_int_equal(rec_floats(record, SLICE("d"), arena, &numbers, &count), 0);
    assert_int_equal(count, 5);
    assert_memory_equal(numbers, ((double[]){1, 0.5, -0.0, 0, 1.7976931348623157e308}), 5 * sizeof *numbers);
    assert_int_equal(rec_floats(record, SLICE("none"), arena, &numbers, &count), 0);
    assert_int_equal(count, 0);
}

/* Calls the reader that `as` names; returns what it returns. */
static int read_as(const struct record *record, struct slice name, char as)
{
    struct slice text;
    int64_t number;
    const int32_t *ints;
    const struct span *spans;
    const struct slice *strings;
    double real;
    const double *reals;
    size_t count;
    switch (as) {
    case 'f':
        return rec_float(record, name, &real);
    case 'd':
        return rec_floats(record, name, arena, &reals, &count);
    case 't':
        return rec_text(record, name, arena, &text);
    case 'n':
        return rec_int(record, name, &number);
    case 'i':
        return rec_ints(record, name, arena, &ints, &count);
    case 'p':
        return rec_spans(record, name, arena, &spans, &count);
    default:
        return rec_strings(record, name, arena, &strings, &count);
    }
}

static void test_read_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        char as;
        const char *message;
    } wrong[] = {
        {"1", 't', "m: expected a string, found a number"},
        {"null", 't', "m: expected a string, found null"},
        {"true", 'n', "m: expected an integer, found a boolean"},
        {"1.5", 'n', "m: not a 64-bit integer"},
        {"9223372036854775808", 'n', "m: not a 64-bit integer"},
        {"{}", 'i', "m: expected an array of integers, found an object"},
        {"[1,\"a\"]", 'i', "m[1]: not a 32-bit integer"},
        {"[1,2.0]", 'i', "m[1]: not a 32-bit integer"},
        {"[2147483648]", 'i', "m[0]: not a 32-bit integer"},
        {"[-2147483649]", 'i', "m[0]: not a 32-bit integer"},
        {"[-21474836480]", 'i', "m[0]: not a 32-bit integer"},
        {"[0,1,99999999999999999999999]", 'i', "m[2]: not a 32-bit integer"},
        {"[[1]]", 'i', "m[0]: not a 32-bit integer"},
        {"[null]", 'i', "m[0]: not a 32-bit integer"},
        {"\"a\"", 'p', "m: expected an array of spans, found a string"},
        {"[[0,1],2]", 'p', "m[1]: expected [start,end]"},
        {"[[0]]", 'p', "m[0]: expected [start,end], two offsets"},
        {"[[]]", 'p', "m[0]: expected [start,end], two offsets"},
        {"[[0,1,2]]", 'p', "m[0]: expected [start,end], two offsets"},
        {"[[-1,1]]", 'p', "m[0]: expected [start,end], two offsets"},
        {"[[0,4294967296]]", 'p', "m[0]: expected [start,end], two offsets"},
        {"[[0,1.0]]", 'p', "m[0]: expected [start,end], two offsets"},
        {"[[2,1]]", 'p', "m[0]: the start is greater than the end"},
        {"false", 's', "m: expected an array of strings, found a boolean"},
        {"[\"a\",1]", 's', "m[1]: not a string"},
        {"\"1\"", 'f', "m: expected a number, found a string"},
        {"1e309", 'f', "m: too large for a 64-bit float"},
        {"1", 'd', "m: expected an array of numbers, found a number"},
        {"[1,null]", 'd', "m[1]: expected a number, found null"},
        {"[1,-1e999]", 'd', "m[1]: too large for a 64-bit float"},
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct slice line = arena_print(arena, "{\"m\":%s}", wrong[i].value);
        assert_int_equal(read_as(parse(line.ptr), SLICE("m"), wrong[i].as), -1);
        assert_string_equal(diag_message(), wrong[i].message);
        assert_int_equal(read_as(parse("{\"M\":1}"), SLICE("m"), wrong[i].as), -1);
        assert_string_equal(diag_message(), "m: missing; the record has M");
    }
}

/* ---- one process and a shell pipeline: the same bytes, the same messages ---- */

static const struct slice names[] = {
    {"a", 1}, {"b", 1}, {"\xc3\xa9", 2}, {"", 0}, {",", 1}, {"\"\n", 2},
};

static struct slice random_line(uint64_t *seed)
{
    static const char *const spellings[COUNT(names)][3] = {
        {"a", "\\u0061", "a"}, {"b", "b", "\\u0062"},       {"\xc3\xa9", "\\u00e9", "\\u00E9"},
        {"", "", ""},          {",", "\\u002c", "\\u002C"}, {"\\\"\\n", "\\u0022\\n", "\\\"\\u000a"},
    };
    static const char *const values[] = {
        "1",           "-0",          "1.50",  "[]",      "[ 1 , 2 ]",    "[[0,1] ,[2,3]]", "[\"a\",\"\\u0062\"]",
        "\"x\\/\"",    "\"\\ud800\"", "null",  "{ }",     "{\"c\":[{}]}", "[1,\"a\"]",      "true",
        "99999999999", "[[1,0]]",     "1e400", "[1e400]",
    };
    static const char *const spaces[] = {"", "", "", " ", "\t", "  "};
    struct bytes line = {0};
#define SPACE() bytes_put(&line, slice_of(spaces[next_random(seed, COUNT(spaces))]))
    SPACE();
    bytes_byte(&line, '{');
    for (size_t left = next_random(seed, 6); left > 0; left--) {
        SPACE();
        bytes_byte(&line, '"');
        bytes_put(&line, slice_of(spellings[next_random(seed, COUNT(names))][next_random(seed, 3)]));
        bytes_byte(&line, '"');
        SPACE();
        bytes_byte(&line, ':');
        SPACE();
        bytes_put(&line, slice_of(values[next_random(seed, COUNT(values))]));
        SPACE();
        if (left > 1)
            bytes_byte(&line, ',');
    }
    SPACE();
    bytes_byte(&line, '}');
    SPACE();
#undef SPACE
    struct slice kept = arena_copy(arena, bytes_slice(&line));
    vec_free(&line);
    return kept;
}

/* What one filter does: a few sets and removes on a copy, chosen by the seed alone. */
static struct names *random_names;

static const struct record *random_filter(const struct record *in, uint64_t seed)
{
    static const int32_t numbers[] = {1, 0, 2, 1};
    static const int32_t ints[] = {5, -6, 7};
    static const struct span spans[] = {{0, 2}, {3, 3}};
    static const struct slice strings[] = {{"p", 1}, {"\"q", 2}};
    static const double reals[] = {3, -0.0, 1e20, 1e21, 2147483648, 0.1};
    struct record *out = rec_derive(arena, in);
    for (size_t left = next_random(&seed, 4); left > 0; left--) {
        struct slice name = names[next_random(&seed, COUNT(names))];
        switch (next_random(&seed, 12)) {
        case 0:
            rec_set_int(out, name, -5);
            break;
        case 1:
            rec_set_ints(out, name, ints, next_random(&seed, 4));
            break;
        case 2:
            rec_set_spans(out, name, spans, next_random(&seed, 3));
            break;
        case 3:
            rec_set_text(out, name, SLICE("t\x01\xc3\xa9"));
            break;
        case 4:
            rec_set_strings(out, name, strings, next_random(&seed, 3));
            break;
        case 5:
            rec_set_json(out, name, SLICE("{\"k\":[1.50]}"));
            break;
        case 6:
            rec_set_names(out, name, random_names, numbers, next_random(&seed, 5));
            break;
        case 7:
            assert_int_equal(rec_set_float(out, name, reals[next_random(&seed, COUNT(reals))]), 0);
            break;
        case 8:
            assert_int_equal(rec_set_floats(out, name, reals, next_random(&seed, COUNT(reals) + 1)), 0);
            break;
        default:
            rec_remove(out, name);
        }
    }
    return out;
}

static void check_reads_alike(const struct record *fused, const struct record *shell)
{
    for (size_t i = 0; i < COUNT(names); i++) {
        for (const char *as = "tnipsfd"; *as != '\0'; as++) {
            int in_one = read_as(fused, names[i], *as);
            struct slice message = arena_copy(arena, slice_of(diag_message()));
            int in_two = read_as(shell, names[i], *as);
            if (in_one != in_two || (in_one < 0 && !slice_is(message, diag_message())))
                fail_msg("read as %c from %.*s: in one process %d (%.*s), from a pipe %d (%s)", *as,
                         (int)print(shell).len, print(shell).ptr, in_one, (int)message.len, message.ptr, in_two,
                         diag_message());
        }
    }
}

static void test_fused_equals_shell(void **state)
{
    (void)state;
    static const struct slice strings[] = {{"", 0}, {"\n", 1}, {"longer than sixteen bytes", 25}};
    random_names = names_new(strings, COUNT(strings));
    uint64_t seed = 42;
    for (int round = 0; round < 20000; round++) {
        struct slice line = random_line(&seed);
        struct record parsed;
        assert_int_equal(rec_parse(&parsed, line, JSON_DEPTH, arena), 0);
        const struct record *fused = &parsed;
        struct slice piped = line;
        for (size_t filters = 1 + next_random(&seed, 4); filters > 0; filters--) {
            uint64_t choice = seed + filters;
            struct record *shell = arena_alloc(arena, sizeof *shell);
            assert_int_equal(rec_parse(shell, piped, JSON_DEPTH, arena), 0);
            check_reads_alike(fused, shell);
            fused = random_filter(fused, choice);
            piped = print(random_filter(shell, choice));
        }
        struct slice printed = print(fused);
        if (!slice_equal(printed, piped))
            fail_msg("from  %.*s\nfused %.*s\nshell %.*s", (int)line.len, line.ptr, (int)printed.len, printed.ptr,
                     (int)piped.len, piped.ptr);
        arena_reset(arena);
    }
    names_free(random_names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_untouched),
        TEST(test_members_of_a_line),
        TEST(test_no_records),
        TEST(test_depth),
        TEST(test_id_before_the_fault),
        TEST(test_set_in_place),
        TEST(test_set_appends),
        TEST(test_set_kinds),
        TEST(test_set_no_number),
        TEST(test_names_are_the_strings),
        TEST(test_set_replaces_the_last_of_equal_names),
        TEST(test_set_finds_escaped_names),
        TEST(test_set_does_not_touch_its_source),
        TEST(test_many_members),
        TEST(test_remove),
        TEST(test_remove_then_set_appends),
        TEST(test_read),
        TEST(test_read_floats),
        TEST(test_read_wrong),
        TEST(test_fused_equals_shell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
