/* unit_breaks.c - words and sentences against ICU's own boundaries, and words from lexicons. */
#include "pipeline/base/vec.h"
#include "pipeline/text/language.h"
#include "stages/segmenter/ascii.h"
#include "stages/segmenter/ascii_sentences.h"
#include "stages/segmenter/breaks.h"
#include "stages/segmenter/entries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <unicode/ubrk.h>

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Much ASCII, and what reaches over its neighbours in the rules of words. */
static void random_text(uint32_t *seed, struct bytes *text, bool ascii)
{
    static const uint32_t others[] = {
        0x301,  0x308,  0x200d, 0x200b, 0xad,   0xa0,   0x202f,  0x3000,  0x2003,  0x2028,  0x85,    0x2019, 0x201c,
        0xb7,   0xe9,   0x416,  0x5d0,  0x5f4,  0x661,  0x66b,   0x915,   0x93f,   0xe01,   0xe32,   0xac00, 0x30ab,
        0x30fc, 0x3042, 0x4e2d, 0x6587, 0xff0e, 0x203f, 0x1f600, 0x1f1e9, 0x1f1ea, 0x1f468, 0x1f3fd, 0xfe0f, 0x20000,
    };
    static const char dense[] = "aZ19__..,,;;::''\"\"@-  \n\r\t";
    text->len = 0;
    for (size_t i = next_random(seed) % 40; i > 0; i--) {
        uint32_t kind = next_random(seed) % 8, point = next_random(seed) % 128;
        if (kind < 5)
            point = (unsigned char)dense[next_random(seed) % (sizeof dense - 1)];
        else if (kind < 7 && !ascii)
            point = others[next_random(seed) % (sizeof others / sizeof *others)];
        char bytes[4];
        bytes_append(text, bytes, text_encode(point, bytes));
    }
}

/* The words by one pass of ICU over the whole text, cut at white space. */
static void plain_words(UBreakIterator *iterator, const struct passage *passage, struct spans *words)
{
    UErrorCode status = U_ZERO_ERROR;
    ubrk_setText(iterator, passage->units.items, (int32_t)passage->units.len, &status);
    assert_true(U_SUCCESS(status));
    words->len = 0;
    uint32_t start = 0;
    for (uint32_t at = 0; at < passage->units.len; at++) {
        bool boundary = ubrk_isBoundary(iterator, (int32_t)at) != 0;
        bool space = text_is_space(passage->units.items[at]);
        struct span word = {start, at};
        if ((boundary || space) && start < at)
            vec_push(words, word);
        if (boundary || space)
            start = space ? at + 1 : at;
    }
    struct span last = {start, (uint32_t)passage->units.len};
    if (last.start < last.end)
        vec_push(words, last);
}

static void expect_same(const struct spans *found, const struct spans *expected)
{
    assert_int_equal(found->len, expected->len);
    for (size_t i = 0; i < found->len; i++) {
        assert_int_equal(found->items[i].start, expected->items[i].start);
        assert_int_equal(found->items[i].end, expected->items[i].end);
    }
}

static void compare_language(struct breaks *breaks, const char *tag, const char *locale, int rounds)
{
    UErrorCode status = U_ZERO_ERROR;
    UBreakIterator *iterator = ubrk_open(UBRK_WORD, locale, NULL, 0, &status);
    assert_true(U_SUCCESS(status));
    struct bytes text = {0};
    struct passage passage = {0};
    struct spans found = {0}, expected = {0};
    uint32_t seed = 17;
    for (int round = 0; round < rounds; round++) {
        random_text(&seed, &text, round % 2 == 0);
        assert_int_equal(breaks_passage(&passage, bytes_slice(&text)), 0);
        assert_int_equal(breaks_words(breaks, slice_of(tag), &passage, &found), 0);
        plain_words(iterator, &passage, &expected);
        expect_same(&found, &expected);
    }
    ubrk_close(iterator);
    vec_free(&text);
    vec_free(&passage.units);
    vec_free(&found);
    vec_free(&expected);
}

static void words_are_those_of_icu(void **state)
{
    (void)state;
    struct breaks *breaks = breaks_new();
    compare_language(breaks, "", "", 60000);
    compare_language(breaks, "sv", "sv", 20000);
    compare_language(breaks, "en_US_POSIX", "en_US_POSIX", 20000);
    breaks_free(breaks);
}

static void words_are_those_of_icu_in_every_language(void **state)
{
    (void)state;
    struct breaks *breaks = breaks_new();
    for (int32_t i = 0; i < ubrk_countAvailable(); i++)
        compare_language(breaks, ubrk_getAvailable(i), ubrk_getAvailable(i), 100);
    breaks_free(breaks);
}

static int cut_by_icu(void *locale, const struct text_units *units, struct spans *words)
{
    UErrorCode status = U_ZERO_ERROR;
    UBreakIterator *iterator = ubrk_open(UBRK_WORD, locale, NULL, 0, &status);
    assert_true(U_SUCCESS(status));
    plain_words(iterator, &(struct passage){.units = *units}, words);
    ubrk_close(iterator);
    return 0;
}

/* Else all would be left to ICU, with the same words. */
static void the_rules_hold_for_most_languages(void **state)
{
    (void)state;
    static char locales[][3] = {"", "en", "sv", "zh", "th"};
    for (size_t i = 0; i < sizeof locales / sizeof *locales; i++) {
        struct ascii_rules rules;
        bool hold = false;
        assert_int_equal(ascii_learn(&rules, &hold, cut_by_icu, locales[i]), 0);
        assert_true(hold);
    }
}

static int case_of(uint16_t unit)
{
    return unit >= 'a' && unit <= 'z' ? 1 : unit >= 'A' && unit <= 'Z' ? 2 : 0;
}

/* Rules of another kind: letters of one case stay together, nothing else does. */
static int cut_at_case(void *state, const struct text_units *units, struct spans *words)
{
    (void)state;
    for (size_t at = 0, next; at < units->len; at = next) {
        int kind = case_of(units->items[at]);
        for (next = at + 1; kind != 0 && next < units->len && case_of(units->items[next]) == kind;)
            next++;
        struct span word = {(uint32_t)at, (uint32_t)next};
        if (units->items[at] != ' ')
            vec_push(words, word);
    }
    return 0;
}

static void other_rules_do_not_hold(void **state)
{
    (void)state;
    struct ascii_rules rules;
    bool hold = true;
    assert_int_equal(ascii_learn(&rules, &hold, cut_at_case, NULL), 0);
    assert_false(hold);
}

/* Sentences are in order, trimmed, and leave out white space only. */
static void sentences_hold_all_but_white_space(void **state)
{
    (void)state;
    struct breaks *breaks = breaks_new();
    struct bytes text = {0};
    struct passage passage = {0};
    struct spans sentences = {0};
    uint32_t seed = 23;
    for (int round = 0; round < 20000; round++) {
        random_text(&seed, &text, false);
        assert_int_equal(breaks_passage(&passage, bytes_slice(&text)), 0);
        assert_int_equal(breaks_sentences(breaks, SLICE("en"), &passage, &sentences), 0);
        const uint16_t *units = passage.units.items;
        uint32_t at = 0;
        for (size_t i = 0; i < sentences.len; i++) {
            struct span sentence = sentences.items[i];
            for (; at < sentence.start; at++)
                assert_true(text_is_space(units[at]));
            assert_true(at == sentence.start && sentence.start < sentence.end);
            assert_false(text_is_space(units[sentence.start]) || text_is_space(units[sentence.end - 1]));
            at = sentence.end;
        }
        for (; at < passage.units.len; at++)
            assert_true(text_is_space(units[at]));
    }
    breaks_free(breaks);
    vec_free(&text);
    vec_free(&passage.units);
    vec_free(&sentences);
}

static void units_become_code_points(void **state)
{
    (void)state;
    struct passage passage = {0};
    struct spans spans = {0};
    assert_int_equal(breaks_passage(&passage, SLICE("a\U0001f600\U0001f600b")), 0);
    static const struct span units[] = {{0, 1}, {1, 3}, {3, 6}};
    for (size_t i = 0; i < 3; i++)
        vec_push(&spans, units[i]);
    breaks_to_points(&passage, &spans);
    static const struct span points[] = {{0, 1}, {1, 2}, {2, 4}};
    expect_same(&spans, &(struct spans){.items = (struct span *)(uintptr_t)points, .len = 3});
    vec_free(&spans);
    vec_free(&passage.units);
}

/* More languages than are kept open. */
static void many_languages_are_no_trouble(void **state)
{
    (void)state;
    struct breaks *breaks = breaks_new();
    struct passage passage = {0};
    struct spans words = {0};
    assert_int_equal(breaks_passage(&passage, SLICE("a:b")), 0);
    for (char first = 'a'; first <= 'z'; first++)
        for (char second = 'a'; second <= 'z'; second++) {
            const char tag[] = {first, second};
            assert_int_equal(breaks_words(breaks, (struct slice){tag, 2}, &passage, &words), 0);
            bool joined = memcmp(tag, "sv", 2) == 0 || memcmp(tag, "fi", 2) == 0;
            assert_int_equal(words.len, joined ? 1 : 3);
        }
    breaks_free(breaks);
    vec_free(&words);
    vec_free(&passage.units);
}

static void tags_are_checked(void **state)
{
    (void)state;
    assert_true(language_is_known(SLICE("en")));
    assert_true(language_is_known(SLICE("zh_Hant_TW")));
    assert_true(language_is_known(SLICE("en-u-ss-standard")));
    assert_true(language_is_known(SLICE("und")));
    assert_true(language_is_known(SLICE("cmn")));
    assert_false(language_is_known(SLICE("")));
    assert_false(language_is_known(SLICE("english")));
    assert_false(language_is_known(SLICE("xx")));
    assert_false(language_is_known(SLICE("no tag")));
    assert_false(language_is_known(SLICE("en-")));
    assert_false(language_is_known(SLICE("\xe4\xb8\xad")));
}

/* ---- lexicons ---- */

static bool has_entry(const struct lexicon *lexicon, struct slice text)
{
    size_t number;
    return lexicon_longest(lexicon, text, &number) == text.len && text.len > 0;
}

/* Chinese text at random: the words cover it, and nowhere does an entry match that is longer than the word that
 * starts there, or cut where the words are. */
static void cut_words_cover_the_text_and_hold_the_entries(void **state)
{
    (void)state;
    struct lexicon *lexicon = lexicon_read(SLICE("一二\n二三\n一二三\n四\n三四一\n"), "l", LEXICON_WORDS);
    static const char *const characters[] = {"一", "二", "三", "四", "，", "a", " "};
    struct breaks *breaks = breaks_new();
    struct passage passage = {0};
    struct spans words = {0}, cut = {0};
    struct bytes text = {0};
    uint32_t seed = 29;
    for (int round = 0; round < 20000; round++) {
        text.len = 0;
        for (size_t i = next_random(&seed) % 14; i > 0; i--)
            bytes_put(&text, slice_of(characters[next_random(&seed) % 7]));
        assert_int_equal(breaks_passage(&passage, bytes_slice(&text)), 0);
        assert_int_equal(breaks_words(breaks, SLICE("zh"), &passage, &words), 0);
        entries_cut(lexicon, &passage, &words, &cut);
        uint32_t at = 0;
        struct text_place place = text_start(bytes_slice(&text));
        for (size_t i = 0; i < cut.len; i++) {
            for (; at < cut.items[i].start; at++)
                assert_int_equal(passage.units.items[at], ' ');
            size_t start = text_to_point(&place, cut.items[i].start), end = text_to_point(&place, cut.items[i].end);
            size_t number,
                longest = lexicon_longest(lexicon, (struct slice){text.items + start, text.len - start}, &number);
            if (longest > 0)
                assert_int_equal(end - start, longest);
            else
                assert_false(has_entry(lexicon, (struct slice){text.items + start, end - start}));
            at = cut.items[i].end;
        }
        for (; at < passage.units.len; at++)
            assert_int_equal(passage.units.items[at], ' ');
    }
    breaks_free(breaks);
    lexicon_free(lexicon);
    vec_free(&passage.units);
    vec_free(&words);
    vec_free(&cut);
    vec_free(&text);
}

/* The boundaries of one text by the rules of ASCII and by ICU. */
static void compare_boundaries(const struct ascii_sentences *rules, UBreakIterator *iterator,
                               const struct text_units *units)
{
    UErrorCode status = U_ZERO_ERROR;
    ubrk_setText(iterator, units->items, (int32_t)units->len, &status);
    assert_true(U_SUCCESS(status));
    for (size_t at = 0; at < units->len;) {
        at = ascii_sentences_next(rules, units, at);
        if (ubrk_next(iterator) != (int32_t)at)
            fail_msg("boundary at %zu", at);
    }
}

/* All texts of six characters, one of each class that the rules know; then longer ones of any ASCII. */
static void ascii_sentences_are_those_of_icu(void **state)
{
    (void)state;
    static const char classes[] = "aA1.!,) \r\n%";
    enum { CLASSES = sizeof classes - 1, LENGTH = 6 };
    UErrorCode status = U_ZERO_ERROR;
    UBreakIterator *iterator = ubrk_open(UBRK_SENTENCE, "", NULL, 0, &status);
    struct ascii_sentences rules;
    struct text_units units = {0};
    uint32_t seed = 3;
    ascii_sentences_init(&rules);
    for (uint32_t number = 0, all = CLASSES * CLASSES * CLASSES * CLASSES * CLASSES * CLASSES; number < all; number++) {
        units.len = 0;
        for (uint32_t i = 0, left = number; i < LENGTH; i++, left /= CLASSES)
            text_push_units(&units, (unsigned char)classes[left % CLASSES]);
        compare_boundaries(&rules, iterator, &units);
    }
    for (int round = 0; round < 100000; round++) {
        units.len = 0;
        for (uint32_t i = next_random(&seed) % 40; i > 0; i--) {
            uint32_t any = next_random(&seed) % 128, one = next_random(&seed) % CLASSES;
            text_push_units(&units, next_random(&seed) % 3 == 0 ? any : (unsigned char)classes[one]);
        }
        compare_boundaries(&rules, iterator, &units);
    }
    ubrk_close(iterator);
    vec_free(&units);
}

/* In Greek a semicolon ends a sentence, and there are lists of exceptions. */
static void other_rules_are_those_of_icu(void **state)
{
    (void)state;
    struct breaks *breaks = breaks_new();
    struct passage passage = {0};
    struct spans found = {0};
    assert_int_equal(breaks_passage(&passage, SLICE("One; Two")), 0);
    assert_int_equal(breaks_sentences(breaks, SLICE("el"), &passage, &found), 0);
    assert_int_equal(found.len, 2);
    assert_int_equal(breaks_sentences(breaks, SLICE("en"), &passage, &found), 0);
    assert_int_equal(found.len, 1);
    assert_int_equal(breaks_passage(&passage, SLICE("Mr. One")), 0);
    assert_int_equal(breaks_sentences(breaks, SLICE("en"), &passage, &found), 0);
    assert_int_equal(found.len, 2);
    assert_int_equal(breaks_sentences(breaks, SLICE("en-u-ss-standard"), &passage, &found), 0);
    assert_int_equal(found.len, 1);
    breaks_free(breaks);
    vec_free(&passage.units);
    vec_free(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_those_of_icu),
        cmocka_unit_test(words_are_those_of_icu_in_every_language),
        cmocka_unit_test(the_rules_hold_for_most_languages),
        cmocka_unit_test(other_rules_do_not_hold),
        cmocka_unit_test(sentences_hold_all_but_white_space),
        cmocka_unit_test(units_become_code_points),
        cmocka_unit_test(many_languages_are_no_trouble),
        cmocka_unit_test(tags_are_checked),
        cmocka_unit_test(cut_words_cover_the_text_and_hold_the_entries),
        cmocka_unit_test(ascii_sentences_are_those_of_icu),
        cmocka_unit_test(other_rules_are_those_of_icu),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
