/* The fast paths of the JSON scanner against readers that go byte by byte, on random text of every alignment. */
#include "base/diag.h"
#include "base/memory.h"
#include "text/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* A vector may hold a NUL byte, so it has its length. */
#define TEXT(literal)                                                                                                  \
    {                                                                                                                  \
        "" literal, sizeof(literal) - 1                                                                                \
    }
#define COUNT(array) (sizeof(array) / sizeof *(array))

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

/* ---- strings ---- */

static unsigned oracle_utf8(const unsigned char *s, size_t left)
{
    unsigned need = s[0] >= 0xc2 && s[0] <= 0xdf ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 : s[0] >= 0xf0 && s[0] <= 0xf4 ? 4 : 0;
    if (need == 0 || need > left)
        return 0;
    uint32_t point = s[0] & (0xffu >> (need + 1));
    for (unsigned i = 1; i < need; i++) {
        if (s[i] < 0x80 || s[i] > 0xbf)
            return 0;
        point = point << 6 | (s[i] & 0x3f);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    bool surrogate = point >= 0xd800 && point <= 0xdfff;
    return point < least[need] || point > 0x10ffff || surrogate ? 0 : need;
}

/* The length of the string at the start of the bytes, quotes included; 0 where there is none. */
static size_t oracle_string(const unsigned char *s, size_t len)
{
    size_t i = 1;
    while (i < len && s[i] != '"') {
        if (s[i] < 0x20)
            return 0;
        if (s[i] >= 0x80) {
            unsigned taken = oracle_utf8(s + i, len - i);
            if (taken == 0)
                return 0;
            i += taken;
        } else if (s[i] == '\\') {
            if (i + 1 >= len || s[i + 1] == '\0' || strchr("\"\\/bfnrtu", s[i + 1]) == NULL)
                return 0;
            size_t digits = s[i + 1] == 'u' ? 4 : 0;
            for (size_t k = 0; k < digits; k++)
                if (i + 2 + k >= len || s[i + 2 + k] == '\0' || strchr("0123456789abcdefABCDEF", s[i + 2 + k]) == NULL)
                    return 0;
            i += 2 + digits;
        } else {
            i++;
        }
    }
    return i < len ? i + 1 : 0;
}

/* Mostly plain bytes, so that the 16-byte steps are taken, with all that can end one. */
static void random_string(uint64_t *seed, struct bytes *text)
{
    static const struct slice pieces[] = {
        TEXT("\\\""),
        TEXT("\\u00e9"),
        TEXT("\\ud83d\\ude00"),
        TEXT("\\n"),
        TEXT("\xc3\xa9"),
        TEXT("\xe4\xb8\xad"),
        TEXT("\xf0\x9f\x98\x80"),
        TEXT("\""),
        TEXT("\\"),
        TEXT("\\u12"),
        TEXT("\x1f"),
        TEXT("\0"),
        TEXT("\x7f"),
        TEXT("\x80"),
        TEXT("\xed\xa0\x80"),
        TEXT("\xe2\x82"),
        TEXT("\xff"),
        TEXT("\\u12G4"),
        TEXT("\xf4\x90\x80\x80"),
        TEXT(" "),
        TEXT("!"),
    };
    text->len = 0;
    bytes_byte(text, '"');
    size_t count = next_random(seed) % 6, rare = next_random(seed) % 3;
    for (size_t i = 0; i < count; i++) {
        for (size_t plain = next_random(seed) % 40; plain > 0; plain--)
            bytes_byte(text, (char)('#' + next_random(seed) % 57));
        if (rare > 0)
            bytes_put(text, pieces[next_random(seed) % (rare == 1 ? 7 : COUNT(pieces))]);
    }
    if (next_random(seed) % 16 != 0)
        bytes_byte(text, '"');
}

static void test_strings_against_oracle(void **state)
{
    (void)state;
    uint64_t seed = 1, valid = 0, invalid = 0;
    struct bytes text = {0};
    char *room = mem_alloc(4096);
    for (int round = 0; round < 200000; round++) {
        random_string(&seed, &text);
        size_t offset = (size_t)round % 16;
        assert_true(text.len + offset < 4096);
        memcpy(room + offset, text.items, text.len);
        const char *bad = NULL, *at = room + offset, *end = at + text.len;
        const char *behind = json_skip(at, end, JSON_DEPTH, &bad);
        size_t expected = oracle_string((const unsigned char *)at, text.len);
        if (expected == 0) {
            assert_null(behind);
            assert_true(bad >= at && bad <= end);
            invalid++;
        } else {
            assert_ptr_equal(behind, at + expected);
            valid++;
        }
    }
    assert_true(valid > 20000 && invalid > 20000);
    mem_free(room);
    vec_free(&text);
}

/* ---- arrays of integers, of spans ---- */

static const char *oracle_spaces(const char *at, const char *end)
{
    while (at < end && *at == ' ')
        at++;
    return at;
}

static const char *oracle_int(const char *at, const char *end)
{
    if (at < end && *at == '-')
        at++;
    const char *first = at;
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return at == first || (*first == '0' && at - first > 1) ? NULL : at;
}

/* The end of an integer or of an array of such values, with spaces between them; NULL where there is none. */
static const char *oracle_value(const char *at, const char *end)
{
    if (at == end || *at != '[')
        return oracle_int(at, end);
    at = oracle_spaces(at + 1, end);
    if (at < end && *at == ']')
        return at + 1;
    for (;; at++) {
        at = oracle_value(oracle_spaces(at, end), end);
        if (at == NULL)
            return NULL;
        at = oracle_spaces(at, end);
        if (at == end || (*at != ',' && *at != ']'))
            return NULL;
        if (*at == ']')
            return at + 1;
    }
}

static bool oracle_array(const char *at, const char *end)
{
    return at < end && *at == '[' && oracle_value(at, end) == end;
}

/* Of at most so many bits. */
static void put_random_int(uint64_t *seed, struct bytes *text, unsigned bits)
{
    json_put_int(text, (int64_t)(next_random(seed) % ((uint64_t)1 << bits) >> next_random(seed) % bits));
}

/* Ids, digits or spans, most of them; in every second array one byte is another one or missing. */
static void random_array(uint64_t *seed, struct bytes *text)
{
    static const char other[] = "0123456789-, ][";
    enum { IDS, DIGITS, SPANS } kind = (unsigned)(next_random(seed) % 3);
    text->len = 0;
    bytes_byte(text, '[');
    for (size_t left = 1 + next_random(seed) % 40; left > 0; left--) {
        bool rare = next_random(seed) % 16 == 0, span = kind == SPANS && !rare;
        if (kind == IDS && rare)
            bytes_byte(text, '-');
        if (span) {
            bytes_byte(text, '[');
            put_random_int(seed, text, 20);
            bytes_byte(text, ',');
        }
        put_random_int(seed, text, kind == DIGITS && !rare ? 3 : 31);
        if (span)
            bytes_byte(text, ']');
        if (next_random(seed) % 64 == 0)
            bytes_byte(text, ' ');
        bytes_byte(text, left > 1 ? ',' : ']');
    }
    size_t at = next_random(seed) % text->len, change = next_random(seed) % 4;
    if (change == 0)
        text->items[at] = other[next_random(seed) % (sizeof other - 1)];
    else if (change == 1)
        memmove(text->items + at, text->items + at + 1, --text->len - at);
}

static void test_arrays_against_oracle(void **state)
{
    (void)state;
    uint64_t seed = 5, valid = 0, invalid = 0;
    struct bytes text = {0};
    for (int round = 0; round < 300000; round++) {
        random_array(&seed, &text);
        char *copy = mem_alloc(text.len); /* as long as the text, so that a read past its end is seen */
        memcpy(copy, text.items, text.len);
        bool expected = oracle_array(copy, copy + text.len);
        if ((json_check((struct slice){copy, text.len}, JSON_DEPTH) == 0) != expected)
            fail_msg("%.*s: %s", (int)text.len, text.items, expected ? diag_message() : "accepted");
        bool nested = text.len > 0 && memchr(copy + 1, '[', text.len - 1) != NULL;
        if ((json_check((struct slice){copy, text.len}, 1) == 0) != (expected && !nested))
            fail_msg("%.*s: not nested", (int)text.len, text.items);
        valid += expected;
        invalid += !expected;
        mem_free(copy);
    }
    assert_true(valid > 100000 && invalid > 20000);
    vec_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strings_against_oracle),
        cmocka_unit_test(test_arrays_against_oracle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
