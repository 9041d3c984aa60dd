/* Option tables: parsing by GNU rules, values and their errors, the configuration as JSON, help, quoting. */
#include "base/diag.h"
#include "record/options.h"
#include "text/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct values {
    bool all, loud;
    int64_t number, bounded, size;
    struct decimal share;
    const char *text, *file, *plain;
    int color;
    struct words words, picked;
    struct ints ints;
};

static const char *const colors[] = {"red", "green", "blue", NULL};

static const struct option table[] = {
    {"all", 'a', OPT_FLAG, OPT_AT(struct values, all), .help = "a flag"},
    {"loud", 'l', OPT_FLAG, OPT_AT(struct values, loud), .help = "another"},
    {"number", 'n', OPT_INT, OPT_AT(struct values, number), .value = "N", .fallback = "5", .help = "an integer"},
    {"bounded", 0, OPT_INT, OPT_AT(struct values, bounded), .value = "N", .min = -1, .max = 10,
     .help = "one with bounds"},
    {"size", 0, OPT_SIZE, OPT_AT(struct values, size), .value = "SIZE", .fallback = "64K", .min = 1, .max = INT64_MAX,
     .help = "bytes"},
    {"share", 'p', OPT_DECIMAL, OPT_AT(struct values, share), .value = "P", .fallback = "0.15", .help = "a share"},
    {"text", 't', OPT_TEXT, OPT_AT(struct values, text), .value = "TEXT", .fallback = "", .help = "a text"},
    {"plain", 0, OPT_TEXT, OPT_AT(struct values, plain), .value = "TEXT", .help = "a text without fallback"},
    {"file", 'f', OPT_FILE, OPT_AT(struct values, file), .value = "FILE", .help = "a file"},
    {"color", 'c', OPT_CHOICE, OPT_AT(struct values, color), .value = "COLOR", .fallback = "green", .choices = colors,
     .help = "one of"},
    {"words", 'w', OPT_WORDS, OPT_AT(struct values, words), .value = "LIST", .help = "words"},
    {"picked", 0, OPT_WORDS, OPT_AT(struct values, picked), .value = "LIST", .choices = colors, .fallback = "red,blue",
     .help = "some of"},
    {"ints", 'i', OPT_INTS, OPT_AT(struct values, ints), .value = "A,B", .fallback = "80,10,10", .help = "integers"},
    {0},
};

static struct values values;
static struct option_group group = {.table = table, .values = &values};
static struct words operands;
static enum asked asked;

/* Parses the arguments, which end in NULL. */
static int parse(char **argv)
{
    int argc = 0;
    while (argv[argc] != NULL)
        argc++;
    opt_release(&group);
    memset(&values, 0, sizeof values);
    operands.len = 0;
    return opt_parse(&group, 1, argc, argv, &operands, &asked);
}
#define PARSE(...) parse((char *[]){"name", __VA_ARGS__, NULL})
#define PARSED(...) assert_int_equal(PARSE(__VA_ARGS__), 0)
#define REFUSED(message, ...)                                                                                          \
    do {                                                                                                               \
        assert_int_equal(PARSE(__VA_ARGS__), -1);                                                                      \
        assert_string_equal(diag_message(), message);                                                                  \
    } while (0)

static int teardown(void **state)
{
    (void)state;
    opt_release(&group);
    vec_free(&operands);
    return 0;
}

static void test_fallbacks(void **state)
{
    (void)state;
    assert_int_equal(parse((char *[]){"name", NULL}), 0);
    assert_false(values.all);
    assert_int_equal(values.number, 5);
    assert_int_equal(values.bounded, 0);
    assert_int_equal(values.size, 65536);
    assert_true(values.share.digits == 15 && values.share.scale == 2);
    assert_string_equal(values.text, "");
    assert_null(values.plain);
    assert_int_equal(values.color, 1);
    assert_int_equal(values.words.len, 0);
    assert_int_equal(values.picked.len, 2);
    assert_int_equal(values.ints.len, 3);
    assert_int_equal(operands.len, 0);
    assert_int_equal(asked, 0);
}

static void test_every_spelling_of_a_value(void **state)
{
    (void)state;
    PARSED("-n7");
    assert_int_equal(values.number, 7);
    PARSED("-n", "7");
    assert_int_equal(values.number, 7);
    PARSED("--number=7");
    assert_int_equal(values.number, 7);
    PARSED("--number", "7");
    assert_int_equal(values.number, 7);
    PARSED("-n-7");
    assert_int_equal(values.number, -7);
    PARSED("--number", "-7");
    assert_int_equal(values.number, -7);
    PARSED("-n1", "-n2");
    assert_int_equal(values.number, 2);
    PARSED("--text=", "--plain=a=b");
    assert_string_equal(values.text, "");
    assert_string_equal(values.plain, "a=b");
    PARSED("--text", "--all");
    assert_string_equal(values.text, "--all");
    assert_false(values.all);
}

static void test_letters_together(void **state)
{
    (void)state;
    PARSED("-aln7");
    assert_true(values.all && values.loud);
    assert_int_equal(values.number, 7);
    PARSED("-la", "-n", "8", "x");
    assert_true(values.all && values.loud);
    assert_int_equal(values.number, 8);
    assert_int_equal(operands.len, 1);
}

static void test_operands(void **state)
{
    (void)state;
    PARSED("one", "-a", "-", "two", "--", "--loud", "-n9", "--");
    assert_true(values.all);
    assert_false(values.loud);
    assert_int_equal(values.number, 5);
    static const char *const expected[] = {"one", "-", "two", "--loud", "-n9", "--"};
    assert_int_equal(operands.len, COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++)
        assert_string_equal(operands.items[i], expected[i]);
}

/* Three options of which two depend on others. */
static struct {
    int color;
    bool mixed, stop;
    const char *shade;
} mix;
static const struct option mix_table[] = {
    {"color", 0, OPT_CHOICE, OPT_AT(__typeof__(mix), color), .value = "COLOR", .fallback = "green", .choices = colors,
     .help = "one of"},
    {"mixed", 0, OPT_FLAG, OPT_AT(__typeof__(mix), mixed), .when = "color=red|blue", .help = "a flag"},
    {"shade", 0, OPT_TEXT, OPT_AT(__typeof__(mix), shade), .value = "SHADE", .fallback = "dark", .when = "mixed stop",
     .help = "a text"},
    {"stop", 0, OPT_FLAG, OPT_AT(__typeof__(mix), stop), .when = "!mixed", .help = "a flag"},
    {0},
};

static int parse_mix(bool *given, int argc, char **argv)
{
    const struct option_group mix_group = {.table = mix_table, .values = &mix, .given = given};
    memset(&mix, 0, sizeof mix);
    return opt_parse(&mix_group, 1, argc, argv, &operands, &asked);
}

static void check_mix_error(const char *expected, int argc, char **argv)
{
    assert_int_equal(parse_mix(NULL, argc, argv), -1);
    assert_string_equal(diag_message(), expected);
}

static void test_together(void **state)
{
    (void)state;
    bool given[4];
    assert_int_equal(parse_mix(given, 1, (char *[]){"x", NULL}), 0);
    assert_false(given[0] || given[1] || given[2] || given[3]);
    assert_int_equal(parse_mix(given, 4, (char *[]){"x", "--color=blue", "--mixed", "--shade=pale", NULL}), 0);
    assert_true(given[0] && given[1] && given[2] && !given[3]);
    /* the value by default counts, the order does not */
    check_mix_error("--mixed goes only with --color red or blue", 2, (char *[]){"x", "--mixed", NULL});
    assert_int_equal(parse_mix(NULL, 3, (char *[]){"x", "--mixed", "--color=red", NULL}), 0);
    check_mix_error("--shade goes only with --mixed, or --stop", 2, (char *[]){"x", "--shade=pale", NULL});
    assert_int_equal(parse_mix(NULL, 3, (char *[]){"x", "--shade=pale", "--stop", NULL}), 0);
    check_mix_error("--stop does not go with --mixed", 4, (char *[]){"x", "--color=red", "--mixed", "--stop", NULL});
}

static void test_asked(void **state)
{
    (void)state;
    static const struct {
        const char *argument;
        enum asked asked;
    } questions[] = {
        {"--help", ASKED_HELP}, {"-h", ASKED_SHORT_HELP},     {"-ah", ASKED_SHORT_HELP},
        {"-V", ASKED_VERSION},  {"--version", ASKED_VERSION}, {"-aV", ASKED_VERSION},
    };
    for (size_t i = 0; i < COUNT(questions); i++) {
        PARSED((char *)(uintptr_t)questions[i].argument);
        assert_int_equal(asked, questions[i].asked);
    }
    PARSED("--text", "--help");
    assert_int_equal(asked, 0);
}

static void test_unknown(void **state)
{
    (void)state;
    REFUSED("unknown option \"--numbr\", did you mean \"--number\"?", "--numbr", "1");
    REFUSED("unknown option \"--colour\", did you mean \"--color\"?", "--colour=red");
    REFUSED("unknown option \"--hlep\", did you mean \"--help\"?", "--hlep");
    REFUSED("unknown option \"--xyzzy-quux\"", "--xyzzy-quux");
    REFUSED("unknown option \"-x\"", "-x");
    REFUSED("unknown option \"-x\"", "-ax");
    REFUSED("unknown option \"--\"", "--=1");
}

static void test_nearest_name(void **state)
{
    (void)state;
    static const char *const candidates[] = {"normalize", "tokenize", "mask", "cat"};
    static const struct {
        const char *name, *nearest;
    } pairs[] = {
        {"normalise", "normalize"},
        {"tokenise", "tokenize"},
        {"maks", "mask"},
        {"masks", "mask"},
        {"ca", "cat"},
        {"ct", "cat"},
        {"norm", "normalize"},
        {"cats", "cat"},
        {"tokneize", "tokenize"},
        {"head", NULL},
        {"segment", NULL},
        {"wwwwwwwwww", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < COUNT(pairs); i++) {
        const char *nearest = NULL;
        size_t distance = SIZE_MAX;
        for (size_t c = 0; c < COUNT(candidates); c++)
            opt_nearest(slice_of(pairs[i].name), candidates[c], &nearest, &distance);
        if (pairs[i].nearest == NULL)
            assert_null(nearest);
        else
            assert_string_equal(nearest, pairs[i].nearest);
    }
}

static void test_missing_and_needless_values(void **state)
{
    (void)state;
    REFUSED("--number: the value is missing: --number N", "--number");
    REFUSED("-n: the value is missing: -n N", "-an");
    REFUSED("--all takes no value", "--all=1");
}

static void test_integers(void **state)
{
    (void)state;
    PARSED("--number=9223372036854775807");
    assert_true(values.number == INT64_MAX);
    PARSED("--number=-9223372036854775808");
    assert_true(values.number == INT64_MIN);
    REFUSED("--number: expected an integer, found \"9223372036854775808\"", "--number=9223372036854775808");
    REFUSED("--number: expected an integer, found \"\"", "--number=");
    REFUSED("--number: expected an integer, found \"1.0\"", "-n1.0");
    REFUSED("--number: expected an integer, found \" 1\"", "-n 1");
    REFUSED("--number: expected an integer, found \"1x\"", "-n1x");
    REFUSED("--number: expected an integer, found \"+1\"", "-n+1");
    REFUSED("--number: expected an integer, found \"0x10\"", "-n0x10");
    PARSED("--bounded=-1");
    PARSED("--bounded=10");
    REFUSED("--bounded: expected -1 to 10, found \"11\"", "--bounded=11");
    REFUSED("--bounded: expected -1 to 10, found \"-2\"", "--bounded=-2");
}

static void test_sizes(void **state)
{
    (void)state;
    static const struct {
        const char *argument;
        int64_t bytes;
    } sizes[] = {
        {"--size=1", 1},
        {"--size=64K", 65536},
        {"--size=1M", 1048576},
        {"--size=3G", 3221225472},
        {"--size=2T", 2199023255552},
        {"--size=9223372036854775807", INT64_MAX},
        {"--size=8388607T", 8388607ll << 40},
    };
    for (size_t i = 0; i < COUNT(sizes); i++) {
        PARSED((char *)(uintptr_t)sizes[i].argument);
        assert_true(values.size == sizes[i].bytes);
    }
    REFUSED("--size: expected a size such as 4096, 64K or 1G, found \"8388608T\"", "--size=8388608T");
    REFUSED("--size: expected a size such as 4096, 64K or 1G, found \"K\"", "--size=K");
    REFUSED("--size: expected a size such as 4096, 64K or 1G, found \"\"", "--size=");
    REFUSED("--size: expected a size such as 4096, 64K or 1G, found \"-1K\"", "--size=-1K");
    REFUSED("--size: expected a size such as 4096, 64K or 1G, found \"1.5G\"", "--size=1.5G");
    REFUSED("--size: expected a size such as 4096, 64K or 1G, found \"1KK\"", "--size=1KK");
    REFUSED("--size: expected 1 to 9223372036854775807 bytes, found \"0\"", "--size=0");
}

static void check_decimal(const char *text, uint64_t digits, unsigned scale)
{
    PARSED("--share", (char *)(uintptr_t)text);
    if (values.share.digits != digits || values.share.scale != scale)
        fail_msg("%s: %llu / 10^%u", text, (unsigned long long)values.share.digits, values.share.scale);
}

static void test_decimals(void **state)
{
    (void)state;
    check_decimal("0", 0, 0);
    check_decimal("1", 1, 0);
    check_decimal("0.15", 15, 2);
    check_decimal(".5", 5, 1);
    check_decimal("1.", 1, 0);
    check_decimal("0.", 0, 0);
    check_decimal("1.0", 10, 1);
    check_decimal("0.10", 10, 2);
    check_decimal("00.1", 1, 1);
    check_decimal("0.000000000000000001", 1, 18);
    check_decimal("0.999999999999999999", 999999999999999999u, 18);
    check_decimal("1.000000000000000000", 1000000000000000000u, 18);
    static const char *const bad[] = {"",
                                      ".",
                                      "-0.1",
                                      "+0.1",
                                      "1.1",
                                      "2",
                                      "1.000000000000000001",
                                      "0.1e1",
                                      "15%",
                                      "0,15",
                                      "1/2",
                                      "0..1",
                                      "0.1.",
                                      "nan",
                                      " 0.1",
                                      "0.1 ",
                                      "0.0000000000000000001",
                                      "99999999999999999999999999999999"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(PARSE("--share", (char *)(uintptr_t)bad[i]), -1);
        assert_non_null(
            strstr(diag_message(), "--share: expected a share from 0 to 1 with at most 18 decimals, found \""));
    }
}

static void test_choices(void **state)
{
    (void)state;
    PARSED("-cblue");
    assert_int_equal(values.color, 2);
    PARSED("--color", "red");
    assert_int_equal(values.color, 0);
    REFUSED("--color: expected red, green or blue, found \"Red\"", "-cRed");
    REFUSED("--color: expected red, green or blue, found \"\"", "--color=");
    REFUSED("--color: expected red, green or blue, found \"re\"", "--color=re");
}

static void test_lists(void **state)
{
    (void)state;
    PARSED("-wa,b", "--words=c d");
    static const char *const expected[] = {"a", "b", "c d"};
    assert_int_equal(values.words.len, COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++)
        assert_string_equal(values.words.items[i], expected[i]);
    PARSED("--picked=green");
    assert_int_equal(values.picked.len, 1);
    PARSED("-i1,-2,3");
    assert_int_equal(values.ints.len, 3);
    assert_true(values.ints.items[1] == -2);
    REFUSED("--words: expected words separated by commas, found \"\"", "--words=");
    REFUSED("--words: expected words separated by commas, found \"a,,b\"", "--words=a,,b");
    REFUSED("--words: expected words separated by commas, found \"a,\"", "--words=a,");
    REFUSED("--picked: expected red, green or blue, found \"pink\"", "--picked=red,pink");
    REFUSED("--ints: expected integers separated by commas, found \"\"", "--ints=");
    REFUSED("--ints: expected integers separated by commas, found \"1,\"", "--ints=1,");
    REFUSED("--ints: expected integers separated by commas, found \"1,x\"", "--ints=1,x");
}

static void test_required(void **state)
{
    (void)state;
    struct {
        const char *with;
    } own = {0};
    static const struct option required[] = {
        {"with", 0, OPT_FILE, 0, .value = "FILE", .required = true, .help = "needed"},
        {0},
    };
    struct option_group groups[] = {{.table = required, .values = &own}, {.table = table, .values = &values}};
    opt_release(&group);
    memset(&values, 0, sizeof values);
    assert_int_equal(opt_parse(groups, 2, 1, (char *[]){"name", NULL}, &operands, &asked), -1);
    assert_string_equal(diag_message(), "--with FILE is required: needed");
    opt_release(&group);
    memset(&values, 0, sizeof values);
    assert_int_equal(opt_parse(groups, 2, 3, (char *[]){"name", "-a", "--with=x", NULL}, &operands, &asked), 0);
    assert_string_equal(own.with, "x");
    assert_true(values.all);
    /* what is asked is answered even where something is missing */
    assert_int_equal(opt_parse(groups, 2, 2, (char *[]){"name", "--help", NULL}, &operands, &asked), 0);
    assert_int_equal(asked, ASKED_HELP);
}

static void test_json(void **state)
{
    (void)state;
    PARSED("-a", "--text=x\"\n", "-wp,q", "--share=0.5");
    struct bytes out = {0};
    bytes_byte(&out, '{');
    opt_json(&group, &out);
    bytes_byte(&out, '}');
    assert_int_equal(json_check(bytes_slice(&out), JSON_DEPTH), 0);
    bytes_byte(&out, '\0');
    assert_string_equal(out.items,
                        "{\"all\":true,\"loud\":false,\"number\":5,\"bounded\":0,\"size\":65536,"
                        "\"share\":5e-1,\"text\":\"x\\\"\\n\",\"plain\":\"\",\"file\":\"\",\"color\":\"green\","
                        "\"words\":[\"p\",\"q\"],\"picked\":[\"red\",\"blue\"],\"ints\":[80,10,10]}");
    vec_free(&out);
}

static void test_help(void **state)
{
    (void)state;
    static const struct option long_table[] = {
        {"flag", 'f', OPT_FLAG, 0, .help = "a flag"},
        {"name", 0, OPT_CHOICE, 0, .value = "NAME", .choices = colors, .fallback = "green",
         .help = "words enough that they do not fit into one line of eighty columns, so the line is cut between"},
        {"list", 'l', OPT_WORDS, 0, .value = "LIST", .choices = colors, .required = true, .help = "some"},
        {0},
    };
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    opt_help(long_table, NULL, out);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(text, "  -f, --flag\n"
                              "        a flag\n"
                              "  --name NAME\n"
                              "        words enough that they do not fit into one line of eighty columns, so\n"
                              "        the line is cut between: red, green or blue (default: green)\n"
                              "  -l, --list LIST\n"
                              "        some: any of red, green or blue (required)\n");
    free(text);
}

/* ---- a chain in one string ---- */

static void check_split(const char *chain, const char *expected)
{
    struct commands commands = {0};
    struct bytes shown = {0};
    if (words_split("chain", chain, &commands) < 0)
        fail_msg("%s: %s", chain, diag_message());
    for (size_t c = 0; c < commands.len; c++) {
        bytes_put(&shown, c > 0 ? SLICE(" |") : SLICE(""));
        for (size_t i = 0; i < commands.items[c].len; i++) {
            bytes_put(&shown, SLICE(" <"));
            bytes_put(&shown, slice_of(commands.items[c].items[i]));
            bytes_byte(&shown, '>');
        }
    }
    bytes_byte(&shown, '\0');
    assert_string_equal(shown.items + 1, expected);
    vec_free(&shown);
    words_split_release(&commands);
}

static void test_split(void **state)
{
    (void)state;
    check_split("cat", "<cat>");
    check_split(" \tcat \n --check ", "<cat> <--check>");
    check_split("a b|c d | e", "<a> <b> | <c> <d> | <e>");
    check_split("a 'b c' \"d e\"", "<a> <b c> <d e>");
    check_split("a x'b'\"c\"y", "<a> <xbcy>");
    check_split("a '' \"\"", "<a> <> <>");
    check_split("a 'b|c' \"d|e\" f\\|g", "<a> <b|c> <d|e> <f|g>");
    check_split("a '$x `y` * ; & < > ( ) \\ \"'", "<a> <$x `y` * ; & < > ( ) \\ \">");
    check_split("a \"\\$x \\` \\\" \\\\ \\n * '\"", "<a> <$x ` \" \\ \\n * '>");
    check_split("a \\$ \\* b\\ c \\\\", "<a> <$> <*> <b c> <\\>");
    check_split("a --replace=80,10,10 -m bert/vocab.txt", "<a> <--replace=80,10,10> <-m> <bert/vocab.txt>");
    check_split("a \\\n b\\\nc \\\n\\\n| \\\nd \\\n", "<a> <bc> | <d>");
    check_split("a \"b\\\nc\" 'd\\\ne'", "<a> <bc> <d\\\ne>");
    check_split("a \xe4\xb8\xad", "<a> <\xe4\xb8\xad>");
}

static void test_split_refuses(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",        " ",    "|",    "a |",   "| a",  "a || b", "a 'b",  "a \"b",    "a \"b\\\"", "a $HOME", "a `b`",
        "a *.txt", "a b?", "a; b", "a & b", "a <b", "a >b",   "a (b)", "a \"$x\"", "a \"`b`\"", "a b\\",
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct commands commands = {0};
        if (words_split("chain", bad[i], &commands) == 0)
            fail_msg("%s: accepted", bad[i]);
        words_split_release(&commands);
    }
}

static bool is_sum(const char *operand)
{
    return strchr(operand, '+') != NULL;
}

/* Texts are taken as they are, one a use; operands that the option accepts are among them, in order. */
static void test_texts_and_operands_they_take(void **state)
{
    (void)state;
    struct {
        struct words sums;
    } taken = {0};
    static const struct option sums[] = {{"sum", 's', OPT_TEXTS, 0, .value = "SUM", .takes = is_sum, .help = "a sum"},
                                         {0}};
    struct option_group own = {.table = sums, .values = &taken};
    char *argv[] = {"name", "a+b", "file", "--sum", "x,y", "-sz", "c+d", "--", "e+f"};
    operands.len = 0;
    assert_int_equal(opt_parse(&own, 1, (int)COUNT(argv), argv, &operands, &asked), 0);
    struct bytes json = {0};
    opt_json(&own, &json);
    assert_true(slice_is(bytes_slice(&json), "\"sum\":[\"a+b\",\"x,y\",\"z\",\"c+d\"]"));
    vec_free(&json);
    assert_int_equal(operands.len, 2);
    assert_string_equal(operands.items[0], "file");
    assert_string_equal(operands.items[1], "e+f");
    opt_release(&own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fallbacks),
        cmocka_unit_test(test_every_spelling_of_a_value),
        cmocka_unit_test(test_letters_together),
        cmocka_unit_test(test_operands),
        cmocka_unit_test(test_together),
        cmocka_unit_test(test_asked),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_nearest_name),
        cmocka_unit_test(test_missing_and_needless_values),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_decimals),
        cmocka_unit_test(test_choices),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_texts_and_operands_they_take),
        cmocka_unit_test(test_required),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_help),
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_split_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}
