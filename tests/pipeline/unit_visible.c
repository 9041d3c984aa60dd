/* unit_visible.c - what messages show of text from outside, and what a failure says of its kind. */
#include "pipeline/base/diag.h"
#include "pipeline/base/visible.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void expect_shown(struct slice text, const char *shown)
{
    char to[256];
    assert_int_equal(visible_put(to, sizeof to, text), strlen(shown));
    assert_string_equal(to, shown);
}

static void plain_text_stays(void **state)
{
    (void)state;
    expect_shown(SLICE(""), "");
    expect_shown(SLICE("in.jsonl:7: \"a\" ~"), "in.jsonl:7: \"a\" ~");
    expect_shown(SLICE("é 北京 \U0001f600 \U0001f3f3\ufe0f"), "é 北京 \U0001f600 \U0001f3f3\ufe0f");
}

static void what_can_not_be_seen_is_escaped(void **state)
{
    (void)state;
    expect_shown(SLICE("a\x1b[31mb\n\r\t\x7f"), "a\\x1b[31mb\\x0a\\x0d\\x09\\x7f");
    expect_shown(SLICE("a\0b"), "a\\x00b");
    expect_shown(SLICE("\xc2\x85\xc2\x9b"), "\\u0085\\u009b");
    expect_shown(SLICE("a\xe2\x80\xae"
                       "b\xe2\x81\xa6\xe2\x80\x8b\xef\xbb\xbf"),
                 "a\\u202eb\\u2066\\u200b\\ufeff");
    expect_shown(SLICE("\xf3\xa0\x81\x81"), "\\U000e0041");
}

static void what_is_not_utf_8_is_escaped_byte_by_byte(void **state)
{
    (void)state;
    expect_shown(SLICE("a\xff\xc3"), "a\\xff\\xc3");
    expect_shown(SLICE("\xed\xa0\x80"), "\\xed\\xa0\\x80");          /* a surrogate */
    expect_shown(SLICE("\xc0\x9b"), "\\xc0\\x9b");                   /* ESC in two bytes */
    expect_shown(SLICE("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80"); /* above U+10FFFF */
    expect_shown(SLICE("\xe5\x8c"), "\\xe5\\x8c");
}

/* Whatever the bytes, the result has no byte below a space, and no DEL. */
static void no_control_character_comes_through(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int round = 0; round < 100000; round++) {
        char text[24], to[300];
        for (size_t i = 0; i < sizeof text; i++) {
            seed = seed * 6364136223846793005U + 1442695040888963407U;
            text[i] = (char)(seed >> 56);
        }
        size_t len = visible_put(to, sizeof to, (struct slice){text, sizeof text});
        for (size_t i = 0; i < len; i++)
            assert_true((unsigned char)to[i] >= ' ' && to[i] != 0x7f);
    }
}

static void a_long_text_is_cut_between_characters(void **state)
{
    (void)state;
    char to[12];
    assert_int_equal(visible_put(to, sizeof to, SLICE("abcdefghijk")), 11);
    assert_string_equal(to, "abcdefghijk");
    visible_put(to, sizeof to, SLICE("abcdefghijkl"));
    assert_string_equal(to, "abcdefgh" VISIBLE_ELLIPSIS);
    visible_put(to, sizeof to, SLICE("abcdefg\xc3\xa9xyzw"));
    assert_string_equal(to, "abcdefg" VISIBLE_ELLIPSIS);
    visible_put(to, sizeof to, SLICE("abcdef\x1b\x1b"));
    assert_string_equal(to, "abcdef" VISIBLE_ELLIPSIS);
    assert_true(slice_is(visible_cut(SLICE("abc"), 3), "abc"));
    assert_true(slice_is(visible_cut(SLICE("ab\xc3\xa9"), 3), "ab"));
    assert_true(slice_is(visible_cut(SLICE("\xe5\x8c\x97\xe4\xba\xac"), 5), "\xe5\x8c\x97"));
    assert_int_equal(visible_cut(SLICE("\x80\x80\x80\x80\x80\x80\x80"), 5).len, 5);
}

/* ---- kinds ---- */

static void a_failure_carries_its_kind(void **state)
{
    (void)state;
    assert_int_equal(diag_error("x"), -1);
    assert_int_equal(diag_status(STATUS_USAGE), STATUS_USAGE);
    assert_int_equal(diag_status(STATUS_DATA), STATUS_DATA);
    errno = ENOSPC;
    assert_int_equal(diag_errno("f: write"), -1);
    assert_string_equal(diag_message(), "f: write: No space left on device");
    assert_int_equal(diag_status(STATUS_DATA), STATUS_FAILED);
    assert_int_equal(diag_within("in a record: %s", diag_message()), -1);
    assert_string_equal(diag_message(), "in a record: f: write: No space left on device");
    assert_int_equal(diag_status(STATUS_DATA), STATUS_FAILED);
    assert_int_equal(diag_kind(STATUS_DATA, "y"), -1);
    assert_int_equal(diag_status(STATUS_USAGE), STATUS_DATA);
    assert_int_equal(diag_error("z"), -1);
    assert_int_equal(diag_status(STATUS_USAGE), STATUS_USAGE);
}

static void a_long_name_leaves_room_for_the_reason(void **state)
{
    (void)state;
    char name[5000];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    errno = ENOENT;
    (void)diag_errno("%s", name);
    const char *message = diag_message(), *reason = VISIBLE_ELLIPSIS ": No such file or directory";
    assert_true(strlen(message) > 1500 && strlen(message) < 2048);
    assert_string_equal(message + strlen(message) - strlen(reason), reason);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_stays),
        cmocka_unit_test(what_can_not_be_seen_is_escaped),
        cmocka_unit_test(what_is_not_utf_8_is_escaped_byte_by_byte),
        cmocka_unit_test(no_control_character_comes_through),
        cmocka_unit_test(a_long_text_is_cut_between_characters),
        cmocka_unit_test(a_failure_carries_its_kind),
        cmocka_unit_test(a_long_name_leaves_room_for_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
