/* unit_lexicon.c - word tables and the longest match. */
#include "pipeline/base/diag.h"
#include "pipeline/base/vec.h"
#include "pipeline/text/lexicon.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void expect_longest(const struct lexicon *lexicon, const char *text, size_t length, size_t number)
{
    size_t found = 99;
    assert_int_equal(lexicon_longest(lexicon, slice_of(text), &found), length);
    if (length > 0)
        assert_int_equal(found, number);
}

static void expect_entry(const struct lexicon *lexicon, size_t number, const char *text, const char *label, size_t line)
{
    const struct lexicon_entry *entry = lexicon_entry(lexicon, number);
    assert_true(slice_is(entry->text, text));
    assert_true(label == NULL ? entry->label.ptr == NULL : slice_is(entry->label, label));
    assert_int_equal(entry->line, line);
}

static void the_longest_entry_matches(void **state)
{
    (void)state;
    struct lexicon *lexicon =
        lexicon_read(SLICE("new\nnew york\nnew york times\nyork\n\xe6\x9c\xba\xe5\x99\xa8\n"), "l");
    assert_int_equal(lexicon_count(lexicon), 5);
    expect_longest(lexicon, "new york times!", 14, 2);
    expect_longest(lexicon, "new york tim", 8, 1);
    expect_longest(lexicon, "newt", 3, 0);
    expect_longest(lexicon, "ne", 0, 0);
    expect_longest(lexicon, "", 0, 0);
    expect_longest(lexicon, "\xe6\x9c\xba\xe5\x99\xa8\xe4\xba\xba", 6, 4);
    expect_longest(lexicon, "\xe6\x9c\xba", 0, 0);
    lexicon_free(lexicon);
}

static void the_file_may_hold_comments_labels_and_odd_ends(void **state)
{
    (void)state;
    struct lexicon *lexicon =
        lexicon_read(SLICE("\xef\xbb\xbf# names\n\r\nBerlin\tLOC\r\n  San\xc2\xa0 Marino \t a  b \n \nx\t"), "l");
    assert_int_equal(lexicon_count(lexicon), 3);
    expect_entry(lexicon, 0, "Berlin", "LOC", 3);
    expect_entry(lexicon, 1, "San Marino", "a b", 4);
    expect_entry(lexicon, 2, "x", "", 6);
    lexicon_free(lexicon);
}

static void of_equal_entries_the_first_counts(void **state)
{
    (void)state;
    struct lexicon *lexicon = lexicon_read(SLICE("b\nab\tX\nab\tY\nab c\n"), "l");
    expect_longest(lexicon, "ab", 2, 1);
    expect_longest(lexicon, "ab c", 4, 3);
    lexicon_free(lexicon);
}

static void an_empty_file_matches_nothing(void **state)
{
    (void)state;
    struct lexicon *lexicon = lexicon_read(SLICE(""), "l");
    assert_int_equal(lexicon_count(lexicon), 0);
    expect_longest(lexicon, "a", 0, 0);
    lexicon_free(lexicon);
}

static void wrong_lines_are_named(void **state)
{
    (void)state;
    assert_null(lexicon_read(SLICE("a\nb\tc\td\n"), "words.txt"));
    assert_string_equal(diag_message(), "words.txt:2: expected an entry and a label, found a third column");
    assert_null(lexicon_read(SLICE("a\n\xff\n"), "words.txt"));
    assert_string_equal(diag_message(), "words.txt:2: not UTF-8");
    assert_null(lexicon_read(SLICE(" \tLOC\n"), "words.txt"));
    assert_string_equal(diag_message(), "words.txt:1: a label without an entry");
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static size_t random_word(uint32_t *seed, char *word, size_t most)
{
    size_t len = 1 + next_random(seed) % most;
    for (size_t i = 0; i < len; i++)
        word[i] = (char)('a' + next_random(seed) % 3);
    return len;
}

/* Against a search through all entries. */
static void random_lexicons_agree_with_a_plain_search(void **state)
{
    (void)state;
    uint32_t seed = 5;
    for (int round = 0; round < 200; round++) {
        struct bytes file = {0};
        char word[16];
        for (int i = 0; i < 60; i++) {
            bytes_append(&file, word, random_word(&seed, word, 6));
            bytes_byte(&file, '\n');
        }
        struct lexicon *lexicon = lexicon_read(bytes_slice(&file), "l");
        for (int i = 0; i < 100; i++) {
            struct slice text = {word, random_word(&seed, word, 10)};
            size_t longest = 0, first = 0, found = 0;
            for (size_t n = lexicon_count(lexicon); n > 0; n--) {
                struct slice entry = lexicon_entry(lexicon, n - 1)->text;
                if (slice_starts(text, entry) && entry.len >= longest) {
                    longest = entry.len;
                    first = n - 1;
                }
            }
            assert_int_equal(lexicon_longest(lexicon, text, &found), longest);
            if (longest > 0)
                assert_int_equal(found, first);
        }
        lexicon_free(lexicon);
        vec_free(&file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_entry_matches),
        cmocka_unit_test(the_file_may_hold_comments_labels_and_odd_ends),
        cmocka_unit_test(of_equal_entries_the_first_counts),
        cmocka_unit_test(an_empty_file_matches_nothing),
        cmocka_unit_test(wrong_lines_are_named),
        cmocka_unit_test(random_lexicons_agree_with_a_plain_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
