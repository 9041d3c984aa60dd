/* unit_lexicon.c - word tables and the longest match. */
#include "pipeline/base/diag.h"
#include "pipeline/base/vec.h"
#include "pipeline/text/lexicon.h"
#include "pipeline/text/lexicon_build.h"

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
    struct lexicon_entry entry = lexicon_entry(lexicon, number);
    assert_true(slice_is(entry.text, text));
    assert_true(label == NULL ? entry.label.ptr == NULL : slice_is(entry.label, label));
    assert_int_equal(entry.line, line);
}

static void the_longest_entry_matches(void **state)
{
    (void)state;
    struct lexicon *lexicon =
        lexicon_read(SLICE("new\nnew york\nnew york times\nyork\n\xe6\x9c\xba\xe5\x99\xa8\n"), "l", LEXICON_WORDS);
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
    struct lexicon *lexicon = lexicon_read(
        SLICE("\xef\xbb\xbf# names\n\r\nBerlin\tLOC\r\n  San\xc2\xa0 Marino \t a  b \n \nx\t"), "l", LEXICON_WORDS);
    assert_int_equal(lexicon_count(lexicon), 3);
    expect_entry(lexicon, 0, "Berlin", "LOC", 3);
    expect_entry(lexicon, 1, "San Marino", "a b", 4);
    expect_entry(lexicon, 2, "x", "", 6);
    lexicon_free(lexicon);
}

static void of_equal_entries_the_first_counts(void **state)
{
    (void)state;
    struct lexicon *lexicon = lexicon_read(SLICE("b\nab\tX\nab\tY\nab c\n"), "l", LEXICON_WORDS);
    expect_longest(lexicon, "ab", 2, 1);
    expect_longest(lexicon, "ab c", 4, 2);
    assert_int_equal(lexicon_entry(lexicon, 2).line, 4);
    lexicon_free(lexicon);
}

static void an_empty_file_matches_nothing(void **state)
{
    (void)state;
    struct lexicon *lexicon = lexicon_read(SLICE(""), "l", LEXICON_WORDS);
    assert_int_equal(lexicon_count(lexicon), 0);
    expect_longest(lexicon, "a", 0, 0);
    lexicon_free(lexicon);
}

static void wrong_lines_are_named(void **state)
{
    (void)state;
    assert_null(lexicon_read(SLICE("a\nb\tc\td\n"), "words.txt", LEXICON_WORDS));
    assert_string_equal(diag_message(), "words.txt:2: expected an entry and a label, found a third column");
    assert_null(lexicon_read(SLICE("a\n\xff\n"), "words.txt", LEXICON_WORDS));
    assert_string_equal(diag_message(), "words.txt:2: not UTF-8");
    assert_null(lexicon_read(SLICE(" \tLOC\n"), "words.txt", LEXICON_WORDS));
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
        struct lexicon *lexicon = lexicon_read(bytes_slice(&file), "l", LEXICON_WORDS);
        for (int i = 0; i < 100; i++) {
            struct slice text = {word, random_word(&seed, word, 10)};
            size_t longest = 0, first = 0, found = 0;
            for (size_t n = lexicon_count(lexicon); n > 0; n--) {
                struct slice entry = lexicon_entry(lexicon, n - 1).text;
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

/* ---- by key ---- */

static size_t number_of(const struct lexicon *lexicon, const char *key)
{
    size_t number = 99;
    return lexicon_find(lexicon, slice_of(key), &number) ? number : 99;
}

static void keys_are_found_however_an_entry_is_written(void **state)
{
    (void)state;
    struct lexicon *lexicon =
        lexicon_read(SLICE("Don\xe2\x80\x99t\tneg\nRome\nDON'T\tx\nrome\tplace\nnew  York\n"), "l", LEXICON_KEYED);
    assert_int_equal(number_of(lexicon, "don't"), 0);
    assert_true(slice_is(lexicon_entry(lexicon, 0).label, "neg"));
    assert_int_equal(number_of(lexicon, "rome"), 1);
    assert_null(lexicon_entry(lexicon, 1).label.ptr);
    assert_int_equal(number_of(lexicon, "Rome"), 99);
    assert_int_equal(number_of(lexicon, "new york"), 4);
    assert_int_equal(number_of(lexicon, "new yor"), 99);
    assert_int_equal(number_of(lexicon, "new yorks"), 99);
    struct lexicon_walk walk = LEXICON_START_KEYS;
    size_t number;
    assert_true(lexicon_steps(lexicon, &walk, SLICE("new york")));
    assert_true(lexicon_ends(lexicon, &walk, &number) && number == 4);
    assert_false(lexicon_step(lexicon, &walk, 's'));
    assert_false(lexicon_step(lexicon, &walk, 's') || lexicon_ends(lexicon, &walk, &number));
    lexicon_free(lexicon);
}

static void expect_synonyms(const struct lexicon *lexicon, const char *key, struct lexicon_choice choice,
                            const char *expected)
{
    struct synonyms found = {0};
    struct bytes line = {0};
    size_t number;
    assert_true(lexicon_find(lexicon, slice_of(key), &number));
    lexicon_synonyms(lexicon, number, choice, &found);
    for (size_t i = 0; i < found.len; i++) {
        bytes_put(&line, i > 0 ? SLICE("|") : SLICE(""));
        bytes_put(&line, found.items[i].text);
    }
    assert_true(slice_is(bytes_slice(&line), expected));
    vec_free(&found);
    vec_free(&line);
}

static void synonyms_of_repeated_words_add_up(void **state)
{
    (void)state;
    struct lexicon *lexicon = lexicon_read(
        SLICE("good\tfine\tGOOD\twell done\nbad\tevil\nGood\tNice\tFine\tgood\t\nlone\n"), "l", LEXICON_SYNONYMS);
    expect_synonyms(lexicon, "good", (struct lexicon_choice){2, false}, "fine|Nice");
    expect_synonyms(lexicon, "good", (struct lexicon_choice){2, true}, "fine|well done|Nice");
    expect_synonyms(lexicon, "bad", (struct lexicon_choice){0, true}, "evil");
    expect_synonyms(lexicon, "lone", (struct lexicon_choice){0, true}, "");
    assert_int_equal(number_of(lexicon, "fine"), 99);
    assert_int_equal(lexicon_senses(lexicon, number_of(lexicon, "good")), 1);
    lexicon_free(lexicon);
}

static void every_group_is_a_sense(void **state)
{
    (void)state;
    struct lexicon *lexicon = lexicon_read(SLICE("a\tb\tc\nb\tb\td\na\tB\te f\na\tg\n"), "l", LEXICON_GROUPS);
    expect_synonyms(lexicon, "a", (struct lexicon_choice){2, true}, "b|c|e f");
    expect_synonyms(lexicon, "a", (struct lexicon_choice){0, false}, "b|c|g");
    expect_synonyms(lexicon, "b", (struct lexicon_choice){0, true}, "a|c|d|e f");
    expect_synonyms(lexicon, "e f", (struct lexicon_choice){1, true}, "a|B");
    assert_int_equal(lexicon_senses(lexicon, number_of(lexicon, "b")), 3);
    lexicon_free(lexicon);
}

/* ---- compiled and plain ---- */

static struct lexicon *compiled(struct slice text, enum lexicon_use use)
{
    struct bytes plain = {0}, image = {0};
    struct lexicon_build *build = lexicon_build_new(BUILD_BYTES | BUILD_KEYS);
    bytes_put(&plain, text);
    assert_int_equal(lexicon_plain_read(build, &plain, use, "l", NULL), 0);
    assert_int_equal(lexicon_build_finish(build, &image), 0);
    lexicon_build_free(build);
    vec_free(&plain);
    return lexicon_of_image(image, true, (struct lexicon_lines){0}, "l");
}

static void expect_same(const struct lexicon *plain, const struct lexicon *made, struct slice word)
{
    size_t number = 99, other = 99;
    struct synonyms a = {0}, b = {0};
    assert_int_equal(lexicon_find(plain, word, &number), lexicon_find(made, word, &other));
    assert_int_equal(number, other);
    if (number == 99)
        return;
    struct lexicon_entry left = lexicon_entry(plain, number), right = lexicon_entry(made, number);
    assert_true(slice_equal(left.text, right.text) && slice_equal(left.label, right.label));
    for (size_t senses = 0; senses < 3; senses++) {
        lexicon_synonyms(plain, number, (struct lexicon_choice){senses, senses != 1}, &a);
        lexicon_synonyms(made, number, (struct lexicon_choice){senses, senses != 1}, &b);
        assert_int_equal(a.len, b.len);
        for (size_t i = 0; i < a.len; i++)
            assert_true(slice_equal(a.items[i].text, b.items[i].text));
    }
    vec_free(&a);
    vec_free(&b);
}

static void compiled_lexicons_answer_as_plain_ones(void **state)
{
    (void)state;
    uint32_t seed = 7;
    for (int round = 0; round < 200; round++) {
        struct bytes file = {0};
        char word[16];
        enum lexicon_use use = (enum lexicon_use)(round % 4);
        for (int i = 0; i < 40; i++) {
            size_t columns = use < LEXICON_SYNONYMS ? 1 + next_random(&seed) % 2 : 1 + next_random(&seed) % 4;
            for (size_t k = 0; k < columns; k++) {
                bytes_put(&file, k > 0 ? SLICE("\t") : SLICE(""));
                bytes_append(&file, word, random_word(&seed, word, 3));
                if (next_random(&seed) % 4 == 0)
                    file.items[file.len - 1] = (char)('A' + next_random(&seed) % 3);
            }
            bytes_byte(&file, '\n');
        }
        struct lexicon *plain = lexicon_read(bytes_slice(&file), "l", use);
        struct lexicon *made = compiled(bytes_slice(&file), use);
        for (int i = 0; i < 200; i++) {
            struct slice text = {word, random_word(&seed, word, 4)};
            size_t number = 99, other = 99;
            if (use != LEXICON_WORDS)
                expect_same(plain, made, text);
            else
                assert_int_equal(lexicon_longest(plain, text, &number), lexicon_longest(made, text, &other));
            assert_int_equal(number, other);
        }
        lexicon_free(plain);
        lexicon_free(made);
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
        cmocka_unit_test(keys_are_found_however_an_entry_is_written),
        cmocka_unit_test(synonyms_of_repeated_words_add_up),
        cmocka_unit_test(every_group_is_a_sense),
        cmocka_unit_test(compiled_lexicons_answer_as_plain_ones),
        cmocka_unit_test(random_lexicons_agree_with_a_plain_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
