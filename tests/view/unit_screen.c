/* The screen: no line is wider than it may be, nothing but white space gets lost, nothing steers the terminal. */
#include "text/screen.h"
#include "text/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_columns(void **state)
{
    (void)state;
    assert_int_equal(screen_columns(SLICE("")), 0);
    assert_int_equal(screen_columns(SLICE("abc")), 3);
    assert_int_equal(screen_columns(SLICE("石a")), 3);
    assert_int_equal(screen_columns(SLICE("e\xcc\x81")), 1);
    assert_int_equal(screen_columns(SLICE("\t")), 2);
    assert_int_equal(screen_columns(SLICE("\xe2\x80\xae")), 6);      /* \u202e */
    assert_int_equal(screen_columns(SLICE("\xf3\xa0\x81\x81")), 9);  /* \u{e0041} */
    assert_int_equal(screen_columns(SLICE("\xf4\x8f\xbf\xbf")), 10); /* \u{10ffff} */
    assert_int_equal(screen_cut(SLICE("石石石"), 5).len, 6);
    assert_int_equal(screen_cut(SLICE("abc"), 9).len, 3);
}

/* Every code point: what is shown is printable, and its columns are those of its escape where it has one. */
static void test_every_code_point(void **state)
{
    (void)state;
    struct bytes out = {0};
    for (uint32_t point = 0; point < 0x110000; point++) {
        if (point >= 0xd800 && point < 0xe000)
            continue;
        char bytes[4];
        struct slice text = {bytes, text_encode(point, bytes)};
        out.len = 0;
        screen_escape(&out, text);
        bool control = point < 0x20 || (point >= 0x7f && point < 0xa0) || (point >= 0x200e && point <= 0x200f) ||
                       (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) || point == 0x61c ||
                       point == 0xfeff || (point >= 0xe0000 && point < 0xe0080);
        if (control)
            assert_true(out.items[0] == '\\' && text_is_ascii(bytes_slice(&out)));
        if (out.items[0] == '\\' && point != '\\')
            assert_int_equal(out.len, screen_columns(text));
        else
            assert_true(slice_equal(bytes_slice(&out), text) && screen_columns(text) <= 2);
    }
    vec_free(&out);
}

static uint64_t next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

/* The bytes without white space, tabs as they are escaped. */
static void put_solid(struct bytes *out, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\t')
            bytes_put(out, SLICE("\\t"));
        else if (text.ptr[i] != ' ' && text.ptr[i] != '\n')
            bytes_byte(out, text.ptr[i]);
    }
}

static void check_lines(struct slice out, size_t width)
{
    for (size_t start = 0; start < out.len;) {
        size_t end = start;
        while (out.ptr[end] != '\n')
            end++;
        assert_true(screen_columns((struct slice){out.ptr + start, end - start}) <= width);
        assert_true(end == start || out.ptr[end - 1] != ' ');
        start = end + 1;
    }
}

static void test_wrapping(void **state)
{
    (void)state;
    static const char *const parts[] = {"a", "word", " ", "  ", "石", "。", "\xcc\x81", "\n", "longer-word", ",", "\t"};
    struct bytes text = {0}, out = {0}, expected = {0}, found = {0};
    struct screen screen = {0};
    uint64_t draw = 1;
    for (int round = 0; round < 2000; round++) {
        text.len = out.len = expected.len = found.len = 0;
        for (uint64_t n = next(&draw) % 60; n > 0; n--)
            bytes_put(&text, slice_of(parts[next(&draw) % (sizeof parts / sizeof *parts)]));
        size_t width = 8 + next(&draw) % 30;
        screen_add(&screen, bytes_slice(&text), SCREEN_PLAIN);
        screen_flush(&screen, &(struct screen_layout){.width = width, .first = "", .rest = "  "}, &out);
        check_lines(bytes_slice(&out), width);
        put_solid(&expected, bytes_slice(&text));
        put_solid(&found, bytes_slice(&out));
        assert_true(slice_equal(bytes_slice(&expected), bytes_slice(&found)));
    }
    vec_free(&text);
    vec_free(&out);
    vec_free(&expected);
    vec_free(&found);
    screen_free(&screen);
}

static void test_styles(void **state)
{
    (void)state;
    struct screen screen = {0};
    struct bytes out = {0};
    screen_add(&screen, SLICE("ab cd"), SCREEN_RED | SCREEN_BOLD);
    screen_add(&screen, SLICE("e"), SCREEN_UNDERLINE);
    screen_flush(&screen, &(struct screen_layout){.width = 4, .color = true}, &out);
    assert_true(slice_equal(bytes_slice(&out), SLICE("\033[0;1;31mab\033[0m\n\033[0;1;31mcd\033[0;4me\033[0m\n")));
    out.len = 0;
    screen_flush(&screen, &(struct screen_layout){.width = 4}, &out);
    assert_int_equal(out.len, 0);
    screen_free(&screen);
    vec_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_every_code_point),
        cmocka_unit_test(test_wrapping),
        cmocka_unit_test(test_styles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
