/* unit_gpt4.c - the hand-made cutter of each form, and of each kind of runs, cuts every text as PCRE2 does with the
 * expression. */
#include "pipeline/text/text.h"
#include "stages/tokenizer/text/gpt4.h"
#include "stages/tokenizer/text/pattern.h"
#include "stages/tokenizer/text/runs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { FORMS = (int)GPT4_FORMS + (int)RUNS_FORMS };
static struct regex *patterns[FORMS];
static struct regex_work *thread;
static struct draft draft;
static struct bytes text;

static const char *expression_of(size_t form)
{
    return form < GPT4_FORMS ? gpt4_forms[form].expression : runs_forms[form - GPT4_FORMS].expression;
}

static int setup(void **state)
{
    (void)state;
    thread = regex_work_new();
    for (size_t i = 0; i < FORMS; i++)
        if ((patterns[i] = pattern_new(slice_of(expression_of(i)))) == NULL)
            return -1;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    for (size_t i = 0; i < FORMS; i++)
        regex_free(patterns[i]);
    regex_work_free(thread);
    draft_free(&draft);
    vec_free(&text);
    return 0;
}

static void cut(size_t form, struct slice string)
{
    draft_start(&draft, string, false);
    if (string.len == 0)
        return;
    if (form < GPT4_FORMS)
        gpt4_cut(&gpt4_forms[form], &draft, draft.pieces.items[0]);
    else
        runs_cut(&runs_forms[form - GPT4_FORMS], &draft, draft.pieces.items[0]);
    draft_pieces_done(&draft);
}

/* The next match, or what stands before it: a piece of its own. */
static void next_piece(size_t form, struct slice string, size_t from, size_t *start, size_t *end)
{
    int found = regex_find(patterns[form], thread, string, from, start, end);
    assert_in_range(found, 0, 1);
    if (found == 0)
        *start = *end = string.len;
    if (*start > from) {
        *end = *start;
        *start = from;
    }
}

static void check_form(size_t form, struct slice string)
{
    cut(form, string);
    size_t from = 0, start, end;
    for (size_t i = 0; i < draft.pieces.len; i++) {
        struct piece piece = draft.pieces.items[i];
        next_piece(form, string, from, &start, &end);
        if (piece.start != start || piece.end != end)
            fail_msg("form %zu, \"%.*s\": piece %zu is [%u, %u), the expression says [%zu, %zu)", form, (int)string.len,
                     string.ptr, i, piece.start, piece.end, start, end);
        from = end;
    }
    assert_int_equal(from, string.len);
}

static void check(struct slice string)
{
    for (size_t form = 0; form < FORMS; form++)
        check_form(form, string);
}

static void put(uint32_t point)
{
    char bytes[4];
    bytes_append(&text, bytes, text_encode(point, bytes));
}

static void check_points(const uint32_t *points, size_t count)
{
    text.len = 0;
    for (size_t i = 0; i < count; i++)
        put(points[i]);
    check(bytes_slice(&text));
}

/* Every code point alone, and between characters of every kind; of the empty planes some. */
static void test_every_code_point(void **state)
{
    (void)state;
    for (uint32_t c = 1; c < 0x110000; c += (c >= 0x40000 && c < 0xe0000) || c >= 0xe0200 ? 0x123 : 1) {
        if (c >= 0xd800 && c < 0xe000)
            continue;
        check_points((uint32_t[]){c}, 1);
        check_points(
            (uint32_t[]){'a', c, 'b', ' ', c, c, ' ', ' ', c, '1', c, '\n', c, 'A', c, 'B', c, '.', '\'', c, ' '}, 21);
    }
}

/* All strings of up to five characters of the kinds that the expressions tell apart. */
static void test_every_short_text(void **state)
{
    (void)state;
    static const uint32_t kinds[] = {' ', '\n', '\t', 'a', 's', 'L', '\'', '7', '!', '/', 0x301, 0x4e00, 0x3000, 0x1};
    enum { KINDS = sizeof kinds / sizeof *kinds, LONGEST = 5 };
    for (size_t count = 1; count <= LONGEST; count++) {
        size_t all = 1;
        for (size_t i = 0; i < count; i++)
            all *= KINDS;
        for (size_t number = 0; number < all; number++) {
            uint32_t points[LONGEST];
            size_t rest = number;
            for (size_t i = 0; i < count; i++, rest /= KINDS)
                points[i] = kinds[rest % KINDS];
            check_points(points, count);
        }
    }
}

static void test_contractions(void **state)
{
    (void)state;
    static const char *const texts[] = {"it's",
                                        "they'll've",
                                        "O'neil",
                                        "'s",
                                        "''s",
                                        " 's",
                                        "I'm'm",
                                        "don't'",
                                        "we're're",
                                        "'ll",
                                        "'l l",
                                        "'",
                                        "'r",
                                        "'S",
                                        "a' s",
                                        "\n's",
                                        "1's",
                                        "!'d",
                                        "\u017f",
                                        "'\u017f",
                                        "A'\u017fb",
                                        "foo'sBar",
                                        "foo'SBar",
                                        "FOO'LLs",
                                        "foo'lLs",
                                        "foo's's't",
                                        "'s't'reX",
                                        "HTTPServer's",
                                        "camelCase'VEn",
                                        "x'\u212a",
                                        "'\u017f\u017f",
                                        "\u4e00's\u4e00",
                                        "AB\u4e00CD's",
                                        "e\u0301's",
                                        "!ab\u00e9c",
                                        "\u2019ab",
                                        "!\u00e9",
                                        "1a",
                                        "12a",
                                        "\x01\x02",
                                        " 1",
                                        " 12\u0301",
                                        "\x01 a",
                                        "!\u0301's",
                                        "'\u0301's",
                                        "12345's6789"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check(slice_of(texts[i]));
}

/* Long enough that every kind of character meets every place of a block. Runs, so that what a run is for is met, too.
 */
static void test_random_texts(void **state)
{
    (void)state;
    static const uint32_t kinds[] = {
        ' ',    ' ',     ' ',   '\n',   '\r',     '\t',   0x85,    0xa0,   0x2028,  0x3000,  'a',
        'b',    's',     'l',   'e',    'r',      'v',    't',     'A',    'B',     'S',     'L',
        '\'',   '\'',    '0',   '7',    0x664,    0x2460, '!',     '.',    '/',     '/',     '-',
        0x2019, 0x1f600, 0x301, 0x93f,  0xe9,     0xc9,   0x17f,   0x212a, 0x1c5,   0x2b0,   0x4e00,
        0xac00, 0x5d0,   0x378, 0xe000, 0x10ffff, 0x1c89, 0x2ebf0, 0x200d, 0x10400, 0x10428,
    };
    static const uint32_t ascii[] = {' ', ' ', ' ', ' ', '\n', 'a', 'b', 's', 'l', 't', 'e',
                                     'r', 'A', 'S', 'L', '\'', '1', '2', '.', '/', '"'};
    uint64_t random = 0x9e3779b97f4a7c15u;
    for (size_t number = 0; number < 60000; number++) {
        const uint32_t *alphabet = number % 2 == 0 ? kinds : ascii;
        const size_t size = number % 2 == 0 ? sizeof kinds / sizeof *kinds : sizeof ascii / sizeof *ascii;
        text.len = 0;
        for (size_t i = 0; i < 20 + number % 200;) {
            random = random * 0x5851f42d4c957f2du + 0x14057b7ef767814fu;
            uint32_t point = alphabet[(random >> 33) % size];
            size_t run = (random >> 60) == 0 ? (random >> 52 & 0x7f) : (random >> 60) < 4 ? 1 + (random >> 52 & 3) : 1;
            for (size_t k = 0; k < run; k++)
                put(point);
            i += run + (run == 0);
        }
        check(bytes_slice(&text));
    }
}

/* CPU seconds that every form takes for `len` bytes of a unit; the least of three tries. */
static double seconds_for(size_t which, const char *unit, size_t len)
{
    text.len = 0;
    bytes_append(&text, which % 2 == 0 ? "\u4e00" : "x ", which % 2 == 0 ? 3 : 2);
    while (text.len < len)
        bytes_append(&text, unit, strlen(unit));
    double least = 1e9;
    for (int tries = 0; tries < 3; tries++) {
        clock_t begin = clock();
        for (size_t form = 0; form < FORMS; form++)
            cut(form, bytes_slice(&text));
        double taken = (double)(clock() - begin) / CLOCKS_PER_SEC;
        least = taken < least ? taken : least;
    }
    return least;
}

/* Four times as much of one character, or of two in turn, takes four times as long; it would be sixteen times if any
 * form were quadratic. */
static void test_linear(void **state)
{
    (void)state;
    enum { SHORT_BYTES = 1 << 16 };
    static const char *const units[] = {" ",       "\n",  "a",      "A",   "1",     "'",      "/",
                                        "'s",      "\n ", " \n",    "!\n", "\n/",   "\u4e00", "\u0301",
                                        "\u4e00A", "aA",  "\u3000", " a",  "\u0661"};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        double once = seconds_for(i, units[i], SHORT_BYTES), four = seconds_for(i, units[i], 4 * SHORT_BYTES);
        if (four > 10 * once)
            fail_msg("%d bytes of \"%s\" took %g s, four times as many %g s", SHORT_BYTES, units[i], once, four);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contractions), cmocka_unit_test(test_every_short_text),
        cmocka_unit_test(test_random_texts), cmocka_unit_test(test_every_code_point),
        cmocka_unit_test(test_linear),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
