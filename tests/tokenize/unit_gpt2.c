/* unit_gpt2.c - the matcher of GPT-2's expression cuts every text as PCRE2 does with the expression itself. */
#include "pipeline/text/text.h"
#include "stages/tokenizer/text/gpt2.h"
#include "stages/tokenizer/text/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct regex *pattern;
static struct regex_work *thread;
static struct draft draft;

static int setup(void **state)
{
    (void)state;
    pattern = pattern_new(slice_of(gpt2_expression));
    thread = regex_work_new();
    return pattern == NULL ? -1 : 0;
}

static int teardown(void **state)
{
    (void)state;
    regex_free(pattern);
    regex_work_free(thread);
    draft_free(&draft);
    return 0;
}

static void check(struct slice text)
{
    draft_start(&draft, text, false);
    if (text.len == 0)
        return;
    gpt2_cut(&draft, draft.pieces.items[0]);
    draft_pieces_done(&draft);
    size_t from = 0, start, end;
    for (size_t i = 0; i < draft.pieces.len; i++) {
        assert_int_equal(regex_find(pattern, thread, text, from, &start, &end), 1);
        if (draft.pieces.items[i].start != start || draft.pieces.items[i].end != end || start != from)
            fail_msg("\"%.*s\": piece %zu is [%u, %u), the expression says [%zu, %zu)", (int)text.len, text.ptr, i,
                     draft.pieces.items[i].start, draft.pieces.items[i].end, start, end);
        from = end;
    }
    assert_int_equal(from, text.len);
}

static void put(struct bytes *out, uint32_t point)
{
    char bytes[4];
    bytes_append(out, bytes, text_encode(point, bytes));
}

static void check_points(const uint32_t *points, size_t count)
{
    static struct bytes text;
    text.len = 0;
    for (size_t i = 0; i < count; i++)
        put(&text, points[i]);
    check(bytes_slice(&text));
}

/* Every code point alone and with a letter, a number, another and blanks on either side. */
static void test_every_code_point(void **state)
{
    (void)state;
    for (uint32_t c = 1; c < 0x110000; c++) {
        if (c >= 0xd800 && c < 0xe000)
            continue;
        check_points((uint32_t[]){c}, 1);
        check_points((uint32_t[]){'a', c, 'b', ' ', c, c, ' ', ' ', c, '1', c, '\n', c, '.', '\'', c, ' '}, 17);
    }
}

/* All strings of up to six characters of the kinds that the expression tells apart. */
static void test_every_short_text(void **state)
{
    (void)state;
    static const uint32_t kinds[] = {' ', '\n', 0x3000, 'a', 's', 'r', 'e', '\'', '7', '!', 0xe9};
    enum { KINDS = sizeof kinds / sizeof *kinds, LONGEST = 6 };
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
    static const char *const texts[] = {"it's",   "they'll've", "O'neil", "'s",   "''s",      " 's",      "I'm'm",
                                        "don't'", "we're're",   "'ll",    "'l l", "'",        "'r",       "'S",
                                        "a' s",   "\n's",       "1's",    "!'d",  "\xc5\xbf", "'\xc5\xbf"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check(slice_of(texts[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contractions),
        cmocka_unit_test(test_every_short_text),
        cmocka_unit_test(test_every_code_point),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
