/* unit_pattern.c - expressions mean what they mean to the engines that they are written for. What is expected is what
 * Oniguruma finds, by way of Hugging Face tokenizers 0.22.2, and, of Rust's syntax, what fancy-regex 0.13 finds;
 * tests/conformance/patterns_differ.py asks for much more. */
#include "pipeline/base/diag.h"
#include "pipeline/base/vec.h"
#include "pipeline/text/text.h"
#include "stages/tokenizer/text/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct regex_work *work;
static struct bytes everything; /* all code points but the surrogates */

static int setup(void **state)
{
    (void)state;
    work = regex_work_new();
    for (uint32_t point = 0; point < 0x110000; point++) {
        char bytes[4];
        if (point < 0xd800 || point > 0xdfff)
            bytes_append(&everything, bytes, text_encode(point, bytes));
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    regex_work_free(work);
    vec_free(&everything);
    return 0;
}

/* ---- what stands for one character ---- */

/* How many code points match, and their sum. */
struct set_fact {
    const char *expression;
    uint32_t count;
    uint64_t sum;
};

static void check_set(const struct set_fact *fact, bool rust)
{
    struct slice expression = slice_of(fact->expression), text = bytes_slice(&everything);
    struct regex *pattern = rust ? pattern_new_rust(expression) : pattern_new(expression);
    struct pattern_matches matches = {0};
    size_t start, end, len, count = 0;
    uint64_t sum = 0;
    if (pattern == NULL)
        fail_msg("%s", diag_message());
    while (pattern_next(pattern, work, text, &matches, &start, &end) == 1)
        for (size_t at = start; at < end; at += len, count++)
            sum += text_decode(text.ptr + at, &len);
    if (count != fact->count || sum != fact->sum)
        fail_msg("%s: %zu code points with the sum %llu, expected %u and %llu", fact->expression, count,
                 (unsigned long long)sum, fact->count, (unsigned long long)fact->sum);
    regex_free(pattern);
}

static const struct set_fact set_facts[] = {
    {"\\w", 144671, 15621630088U},
    {"[\\w]", 144665, 15621628979U},
    {"[^\\w]", 967399, 604885245901U},
    {"\\d", 760, 39891450U},
    {"\\s", 25, 141586U},
    {"[^\\s\\p{L}\\p{N}]", 969100, 605155152141U},
    {"\\h", 22, 1527U},
    {".", 1112063, 620506874870U},
    {"\\R", 7, 16644U},
    {"\\p{L}", 141028, 15240929258U},
    {"\\P{L}", 971036, 605265945622U},
    {"\\p{^M}", 1109563, 620190103407U},
    {"\\p{Lu}", 1858, 86924357U},
    {"\\p{Mn}", 2020, 296911989U},
    {"\\p{Mc}", 468, 19663575U},
    {"\\p{Nd}", 760, 39891450U},
    {"\\p{P}", 855, 28835015U},
    {"\\p{Pd}", 27, 635487U},
    {"\\p{S}", 8514, 620170451U},
    {"\\p{Sm}", 950, 11722907U},
    {"\\p{C}", 957236, 604189375390U},
    {"\\p{Cn}", 819533, 466275017146U},
    {"\\p{Cf}", 170, 92312063U},
    {"\\p{Han}", 99030, 12573883150U},
    {"\\p{Hiragana}", 381, 33455756U},
    {"\\p{Katakana}", 321, 9165001U},
    {"\\p{Latin}", 1487, 27421744U},
    {"\\p{Arabic}", 1373, 71326622U},
    {"\\p{Common}", 9053, 783105505U},
    {"\\p{Inherited}", 657, 234641039U},
    {"\\p{Unknown}", 957001, 604097058112U},
    {"\\p{hani}", 99030, 12573883150U},
    {"\\p{Alphabetic}", 142759, 15314421907U},
    {"\\p{Uppercase}", 1978, 97237165U},
    {"\\p{Lowercase}", 2569, 117919901U},
    {"\\p{White_Space}", 25, 141586U},
    {"\\p{Emoji}", 1431, 162209198U},
    {"\\p{Extended_Pictographic}", 3537, 415750984U},
    {"\\p{Ideographic}", 106477, 13336533671U},
    {"\\p{Math}", 2312, 150557434U},
    {"\\p{Dash}", 31, 669130U},
    {"\\p{Word}", 144671, 15621630088U},
    {"[\\p{Word}]", 144665, 15621628979U},
    {"\\p{Punct}", 855, 28835015U},
    {"\\p{Any}", 1112064, 620506874880U},
    {"\\p{Assigned}", 292531, 154231857734U},
    {"\\p{InBasicLatin}", 128, 8128U},
    {"\\p{In_CJK_Unified_Ideographs}", 20992, 639489792U},
    {"[[:alpha:]]", 142759, 15314421907U},
    {"[[:alnum:]]", 143519, 15354313357U},
    {"[[:blank:]]", 18, 124942U},
    {"[[:cntrl:]]", 65, 5215U},
    {"[[:digit:]]", 760, 39891450U},
    {"[[:graph:]]", 292447, 154231711121U},
    {"[[:lower:]]", 2569, 117919901U},
    {"[[:print:]]", 292464, 154231836054U},
    {"[[:punct:]]", 9369, 649005466U},
    {"[[:space:]]", 25, 141586U},
    {"[[:upper:]]", 1978, 97237165U},
    {"[[:xdigit:]]", 22, 1527U},
    {"[[:ascii:]]", 128, 8128U},
    {"[[:word:]]", 144665, 15621628979U},
    {"[[:^alpha:]]", 969305, 605192452973U},
    {"[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]", 42584, 2883332134U},
    {"[^\\p{L}&&[^\\p{Han}]]", 1069721, 617835412711U},
    {"[^(\\s|[.,!?\xe2\x80\xa6\xe3\x80\x82\xef\xbc\x8c\xe3\x80\x81\xe0\xa5\xa4\xdb\x94\xd8\x8c])]", 1112025,
     620506629102U},
    {"[a-z&&[^aeiou]]", 21, 2316U},
    {"[a-z-9]", 28, 2949U},
    {"[]a]", 2, 190U},
    {"[\\u0000-\\uffff]", 63488, 2032108544U},
    {"[\\x{1f600}-\\x{1f64f}]", 80, 10284120U},
    {"[^\\x00-\\x7f]", 1111936, 620506866752U},
    {"(?i)k", 3, 8672U},
    {"(?i)s", 3, 581U},
    {"(?i)[a-z]", 54, 13735U},
    {"(?i)[^a-z]", 1112010, 620506861145U},
    {"(?i)\\p{Lu}", 1858, 86924357U},
    {"(?i)[\\p{Lu}&&[a-z]]", 0, 0U},
    {"(?i:[sdmt])", 9, 1135U},
    {"(?i)\\x{a7dc}", 2, 43383U},
};

static void test_sets(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(set_facts); i++)
        check_set(&set_facts[i], false);
}

static void test_rust_sets(void **state)
{
    (void)state;
    static const struct set_fact facts[] = {
        {"\\w", 144667, 15621645388U},
        {"\\d", 760, 39891450U},
        {"\\s", 25, 141586U},
        {"\\pL", 141028, 15240929258U},
        {"\\p{script=Greek}", 518, 15787342U},
        {"\\p{sc=Latin}", 1487, 27421744U},
        {"\\p{Han}", 99030, 12573883150U},
        {"[[:alpha:]]", 52, 4862U},
        {"[a-z--[aeiou]]", 21, 2316U},
        {"[a-c~~b-d]", 2, 197U},
        {"(?i)\\p{Lu}", 3266, 122938234U},
        {"(?i)[^k]", 1112061, 620506866208U},
        {"(?i)\xc3\x9f", 2, 8061U},
        {".", 1112063, 620506874870U},
        {"(?s).", 1112064, 620506874880U},
        {"[^\\s\\p{L}\\p{N}]", 969100, 605155152141U},
    };
    for (size_t i = 0; i < COUNT(facts); i++)
        check_set(&facts[i], true);
}

/* ---- matches ---- */

struct match_fact {
    const char *expression, *text, *matches; /* those that are not empty, in bytes */
};

static void check_matches(const struct match_fact *fact, bool rust)
{
    struct slice expression = slice_of(fact->expression), text = slice_of(fact->text);
    struct regex *pattern = rust ? pattern_new_rust(expression) : pattern_new(expression);
    struct pattern_matches matches = {0};
    char found[256] = "";
    size_t start, end, len = 0;
    if (pattern == NULL)
        fail_msg("%s", diag_message());
    while (pattern_next(pattern, work, text, &matches, &start, &end) == 1 && len < sizeof found)
        if (start < end)
            len += (size_t)snprintf(found + len, sizeof found - len, "%s%zu-%zu", len > 0 ? " " : "", start, end);
    if (strcmp(found, fact->matches) != 0)
        fail_msg("%s on \"%s\": found %s, expected %s", fact->expression, fact->text, found, fact->matches);
    regex_free(pattern);
}

static const struct match_fact match_facts[] = {
    {"\\w+|[^\\w\\s]", "ab\xc2\xb2 c-\xc3\xa9", "0-4 5-6 6-7 7-9"},
    {"[^\\w\\s]",
     "a\xc2\xb2\xc2\xbd"
     "b",
     "1-3 3-5"},
    {"a{,2}", "aaab", "0-2 2-3"},
    {"a{2,1}", "aaa", "0-2 2-3"},
    {"\\d{1,3}+", "12345", "0-5"},
    {"a{2}?", "aaa", "0-2"},
    {"a++a|b?+", "aab", "2-3"},
    {"\\h+", "xyz beef 09G", "4-8 9-11"},
    {"\\R",
     "a\r\nb\n\rc\xe2\x80\xa8"
     "d\xc2\x85",
     "1-3 4-5 5-6 7-10 11-13"},
    {"\\v",
     "a\x0b"
     "b\nc",
     "1-2"},
    {"\\u4e00\\x{4e8c}", "\xe4\xb8\x80\xe4\xba\x8c\xe4\xb8\x89", "0-6"},
    {"\\Aa|b\\z|\\s\\Z", "a ba b\n", "0-1 6-7"},
    {"^.|.$", "ab\ncd\n", "0-1 1-2 3-4 4-5"},
    {"\\bx\\b|\\By", "x yx\xc2\xb2xy", "0-1 7-8"},
    {".", "a\nb", "0-1 2-3"},
    {"(?m:.)", "a\nb", "0-1 1-2 2-3"},
    {"a(?i)b|C", "aB c C ab", "0-2 7-9"},
    {"(?i:'s|'t|'re)", "'S'\xc5\xbf'RE're", "0-2 2-5 5-8 8-11"},
    {"(?x) a  b # c", "abc ab", "0-2 4-6"},
    {"a(?#no)*b", "aaab", "0-4"},
    {"(?<year>\\d+)-", "12-3", "0-3"},
    {"(?<=a|bc)d", "ad bcd cd", "1-2 5-6"},
    {"(?<!\\S)\\w", "ab cd", "0-1 3-4"},
    {"(?>a|ab)c", "abc ac", "4-6"},
    {"(?=(?:\\d{3})+(?!\\d))", "1234567", ""},
    {"\\d{1,3}(?=(?:\\d{3})*\\b)", "1234567 12", "0-1 1-4 4-7 8-10"},
    {"\\G\\d{2}", "12345 67", "0-2 2-4"},
    {"a\\Kb", "abab", "1-2 3-4"},
    {"(?i)[\xc3\x9f]+", "s1ssS\xe1\xba\x9e", "2-4 5-8"},
    {"(?i:[\\p{L}_])", "a1\xc7\xb0j\xcc\x8c", "0-1 2-4 4-5"},
    {"(?>a|ab)+c|(?>1)*+2", "abaac 112", "2-5 6-9"},
    {"([ab1])\\1", "aabb1a11", "0-2 2-4 6-8"},
    {"b*", "abba", "1-3"},
    {"(?:a|)+b", "aab b", "0-3 4-5"},
    {"[a-c&&b-x]+", "abcb", "1-4"},
    {"[^(\\s|[.,!?\xe2\x80\xa6\xe3\x80\x82\xef\xbc\x8c\xe3\x80\x81\xe0\xa5\xa4\xdb\x94\xd8\x8c])]+", "ab (c), d",
     "0-2 4-5 8-9"},
    {"]|}|{", "{1]}", "0-1 2-3 3-4"},
    {"\\p{Han}+|\xe3\x83\xbc", "\xe6\xbc\xa2\xe3\x83\xbc\xe5\xad\x97\xe3\x80\x82", "0-3 3-6 6-9"},
    {"[[:^alpha:]]+", "ab12!c", "2-5"},
    {"\\x41\\0?\\i", "Ai AI", "0-2"},
    {"", "ab", ""},
    {"[\\w-]+|\\-", "a-b -", "0-3 4-5"},
    {"\\N+|\\O", "a\nb", "0-1 1-2 2-3"},
    {"(?i-i:K)|k", "kK", "0-1 1-2"},
};

static void test_matches(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(match_facts); i++)
        check_matches(&match_facts[i], false);
}

static void test_rust_matches(void **state)
{
    (void)state;
    static const struct match_fact facts[] = {
        {"\\d{1,3}+", "12345", "0-3 3-5"},
        {"^a|b$", "ab\nab", "0-1 4-5"},
        {"(?m)^a|b$", "ab\nab\n", "0-1 1-2 3-4 4-5"},
        {"a(?:b|c)++", "abcb a", "0-4"},
        {"(?P<n>a)b", "ab", "0-2"},
        {"(?i:'s|'t)", "'S '\xc5\xbf", "0-2 3-6"},
        {"\\p{Han}+|[^\\p{Han}]", "\xe6\xbc\xa2\xe5\xad\x97x", "0-6 6-7"},
        {"\\bx\\b", "x\xe2\x80\x8d x", "5-6"},
        {"(?>a|ab)c|\\u{e9}", "abc \xc3\xa9", "4-6"},
        {"\\s+(?!\\S)|\\s+", "a  b ", "1-2 2-3 4-5"},
    };
    for (size_t i = 0; i < COUNT(facts); i++)
        check_matches(&facts[i], true);
}

/* An empty match right after another one does not count. */
static void test_empty_matches(void **state)
{
    (void)state;
    static const size_t expected[][2] = {{0, 0}, {1, 3}, {4, 4}};
    struct regex *pattern = pattern_new(SLICE("b*"));
    struct pattern_matches matches = {0};
    size_t start, end;
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_int_equal(pattern_next(pattern, work, SLICE("abba"), &matches, &start, &end), 1);
        assert_int_equal(start, expected[i][0]);
        assert_int_equal(end, expected[i][1]);
    }
    assert_int_equal(pattern_next(pattern, work, SLICE("abba"), &matches, &start, &end), 0);
    regex_free(pattern);
}

/* ---- refusals ---- */

static void check_refused(const char *expression, const char *message, bool rust)
{
    struct slice source = slice_of(expression);
    struct regex *pattern = rust ? pattern_new_rust(source) : pattern_new(source);
    if (pattern != NULL)
        fail_msg("%s is not refused", expression);
    if (strstr(diag_message(), expression) == NULL || strstr(diag_message(), message) == NULL)
        fail_msg("\"%s\" does not quote %s or say \"%s\"", diag_message(), expression, message);
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const facts[][2] = {
        {"\\X", "uses \\X, which is not supported"},
        {"\\y", "uses \\y"},
        {"(a\\1)", "uses such a back reference"},
        {"(a)(?<n>b)\\1", "uses such a back reference"},
        {"(?<a>b)\\k<a>", "uses \\k"},
        {"(a)\\g<1>", "uses \\g"},
        {"(?~a)", "uses (?~"},
        {"(a)(?(1)b)", "uses (?("},
        {"(*FAIL)", "uses (*"},
        {"(?{x})", "uses (?{"},
        {"(?W)\\w", "uses (?W"},
        {"(?s:.)", "uses (?s"},
        {"\\p{Case_Ignorable}", "uses \\p{Case_Ignorable}"},
        {"\\p{Nothing}", "uses \\p{Nothing}"},
        {"\\xe9", "uses \\x with a byte beyond ASCII"},
        {"\\x{61 62}", "not one code point"},
        {"\\u61", "an incomplete number"},
        {"(?i)stra\xc3\x9f"
         "e",
         "uses (?i) with letters"},
        {"(?i)ss", "uses (?i) with letters"},
        {"(?<=a+)b", "is not supported: "},
        {"(?:a?){2}", "uses a repeat of what can be empty"},
        {"(?=a)*", "uses a repeat of what can be empty"},
        {"*a", "uses a repeat of nothing"},
        {"(a", "is not valid at byte 3: a group without its closing parenthesis"},
        {"a)", "is not valid at byte 2: a closing parenthesis"},
        {"[a", "is not valid at byte 3: a class without its closing bracket"},
        {"[]", "an empty class"},
        {"[b-a]", "a range that runs backwards"},
        {"[a-\\d]", "a range that ends with a set"},
        {"[\\w-z]", "a range that starts with a set"},
        {"[[:foo:]]", "an unknown name between [: and :]"},
        {"\\p{L", "a property without its closing brace"},
        {"a\\", "a backslash at its end"},
    };
    for (size_t i = 0; i < COUNT(facts); i++)
        check_refused(facts[i][0], facts[i][1], false);
    assert_null(pattern_new(SLICE("\xff")));
}

static void test_rust_refused(void **state)
{
    (void)state;
    static const char *const facts[][2] = {
        {"\\i", "uses \\i"},
        {"a(?i)b", "uses options that are not at its start"},
        {"a{1,2}{2}", "a repeat of a repeat"},
        {"\\p{InBasicLatin}", "uses \\p{InBasicLatin}"},
        {"(?x)a", "uses (?x"},
    };
    for (size_t i = 0; i < COUNT(facts); i++)
        check_refused(facts[i][0], facts[i][1], true);
}

/* Groups and classes nested without end are refused before the stack is. */
static void test_depth(void **state)
{
    (void)state;
    static const char *const levels[] = {"(", "[", "(?i)(", "(?=", "[a&&["};
    for (size_t i = 0; i < COUNT(levels); i++) {
        struct bytes deep = {0};
        for (size_t k = 0; k < 100000; k++)
            bytes_put(&deep, slice_of(levels[i]));
        assert_null(pattern_new(bytes_slice(&deep)));
        vec_free(&deep);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sets),         cmocka_unit_test(test_rust_sets),     cmocka_unit_test(test_matches),
        cmocka_unit_test(test_rust_matches), cmocka_unit_test(test_empty_matches), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_rust_refused), cmocka_unit_test(test_depth),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
