/* Windows over tokens, and spans of a text as tokens. */
#include "pipeline/base/arena.h"
#include "pipeline/base/diag.h"
#include "stages/tokenizer/spans.h"
#include "stages/tokenizer/windows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* ---- windows ---- */

static void window_is(const struct windows *windows, size_t number, size_t from, size_t count)
{
    struct window window = windows_at(windows, number);
    assert_int_equal(window.from, from);
    assert_int_equal(window.count, count);
}

static void test_windows(void **state)
{
    (void)state;
    struct windows windows;
    assert_int_equal(windows_of(10, 4, 1, false, &windows), 0);
    assert_int_equal(windows.count, 3);
    window_is(&windows, 0, 0, 4);
    window_is(&windows, 1, 3, 4);
    window_is(&windows, 2, 6, 4);
    assert_int_equal(windows_of(9, 4, 0, true, &windows), 0);
    assert_int_equal(windows.count, 3);
    window_is(&windows, 0, 5, 4);
    window_is(&windows, 1, 1, 4);
    window_is(&windows, 2, 0, 1);
    assert_int_equal(windows_of(4, 4, 9, false, &windows), 0); /* it fits: the stride does not matter */
    assert_int_equal(windows.count, 1);
    window_is(&windows, 0, 0, 4);
    assert_int_equal(windows_of(0, 0, 0, false, &windows), 0);
    window_is(&windows, 0, 0, 0);
}

static void test_no_progress(void **state)
{
    (void)state;
    struct windows windows;
    assert_int_equal(windows_of(5, 4, 4, false, &windows), -1);
    assert_string_equal(diag_message(), "windows of 4 tokens of the text are too short for a stride of 4");
    assert_int_equal(windows_of(5, 0, 0, false, &windows), -1);
    assert_int_equal(windows_of(5, 4, 3, false, &windows), 0);
    assert_int_equal(windows.count, 2);
}

/* Every token is in a window, each window but the last is full and shares `stride` tokens with the next one, and the
 * last one ends where the text does. */
static void check_cover(size_t total, size_t size, size_t stride)
{
    struct windows right, left;
    assert_int_equal(windows_of(total, size, stride, false, &right), 0);
    assert_int_equal(windows_of(total, size, stride, true, &left), 0);
    assert_int_equal(right.count, left.count);
    size_t covered = 0;
    for (size_t i = 0; i < right.count; i++) {
        struct window window = windows_at(&right, i), mirror = windows_at(&left, i);
        assert_int_equal(mirror.count, window.count);
        assert_int_equal(mirror.from, total - window.from - window.count);
        assert_int_equal(window.from, i == 0 ? 0 : covered - stride);
        assert_true(i + 1 == right.count || window.count == size);
        assert_true(window.from + window.count > covered || total == 0);
        covered = window.from + window.count;
        assert_true(i + 1 == right.count || covered < total);
    }
    assert_int_equal(covered, total);
}

static void test_cover(void **state)
{
    (void)state;
    for (size_t total = 0; total < 24; total++)
        for (size_t size = 1; size < 9; size++)
            for (size_t stride = 0; stride < size; stride++)
                check_cover(total, size, stride);
}

static void test_pairs(void **state)
{
    (void)state;
    static const size_t first_leads[6][2] = {{0, 0}, {1, 0}, {1, 1}, {1, 2}, {0, 1}, {0, 2}};
    static const size_t second_leads[6][2] = {{0, 0}, {0, 1}, {1, 1}, {0, 2}, {1, 2}, {1, 0}};
    struct windows texts[2];
    size_t count, which[2];
    assert_int_equal(windows_of(4, 2, 0, false, &texts[0]), 0);
    assert_int_equal(windows_of(5, 2, 0, false, &texts[1]), 0);
    assert_int_equal(windows_pairs(texts, &count), 0);
    assert_int_equal(count, 6);
    for (size_t i = 0; i < count; i++) {
        windows_pair(texts, 0, i, which);
        assert_memory_equal(which, first_leads[i], sizeof which);
        windows_pair(texts, 1, i, which);
        assert_memory_equal(which, second_leads[i], sizeof which);
    }
    assert_int_equal(windows_of(257, 1, 0, false, &texts[0]), 0);
    assert_int_equal(windows_of(256, 1, 0, false, &texts[1]), 0);
    assert_int_equal(windows_pairs(texts, &count), -1);
    assert_int_equal(windows_of(1, 1, 0, false, &texts[1]), 0);
    assert_int_equal(windows_pairs(texts, &count), 0);
}

/* ---- spans ---- */

static void test_words(void **state)
{
    (void)state;
    const struct span words[] = {{0, 2}, {3, 5}, {5, 6}};
    /* the last two of the first word; a blank between; over two words; two pieces outside, of one pre-token; another */
    const struct span places[] = {{0, 1}, {1, 3}, {2, 3}, {4, 6}, {5, 5}, {6, 7}, {6, 7}, {7, 8}};
    int32_t ids[] = {0, 0, 1, 2, 3, 4, 4, 5};
    const int32_t expected[] = {0, 0, 3, 1, 4, 5, 5, 6};
    spans_number_words(places, 8, words, 3, ids);
    assert_memory_equal(ids, expected, sizeof ids);
    int32_t none[] = {0, 0, 1};
    spans_number_words(places, 3, words, 0, none);
    const int32_t same[] = {0, 0, 1};
    assert_memory_equal(none, same, sizeof none);
}

static void test_spans(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    /* [CLS] and three tokens with a blank of no width among them, [SEP] */
    const struct span places[] = {{0, 0}, {0, 2}, {2, 2}, {3, 5}, {5, 9}, {0, 0}};
    const struct span spans[] = {{0, 9}, {1, 2}, {2, 3}, {4, 6}, {9, 12}, {5, 5}, {0, 1}};
    const struct span expected[] = {{1, 5}, {1, 2}, {0, 0}, {3, 5}, {0, 0}, {0, 0}, {1, 2}};
    const struct span *tokens = spans_to_tokens(places, (struct span){1, 5}, spans, 7, arena);
    assert_memory_equal(tokens, expected, sizeof expected);
    const struct span clipped[] = {{3, 4}, {0, 0}, {0, 0}, {3, 4}, {0, 0}, {0, 0}, {0, 0}};
    tokens = spans_to_tokens(places, (struct span){3, 4}, spans, 7, arena);
    assert_memory_equal(tokens, clipped, sizeof clipped);
    tokens = spans_to_tokens(places, (struct span){0, 0}, spans, 1, arena);
    assert_int_equal(tokens[0].end, 0);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_windows), cmocka_unit_test(test_no_progress), cmocka_unit_test(test_cover),
        cmocka_unit_test(test_pairs),   cmocka_unit_test(test_words),       cmocka_unit_test(test_spans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
