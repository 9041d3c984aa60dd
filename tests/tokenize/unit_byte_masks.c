/* unit_byte_masks.c - the masks of a block say of every byte what the C library says of it, on every level that the
 * machine has; and what cuts texts by them does not see which level it was. */
#include "pipeline/base/vec.h"
#include "pipeline/text/text.h"
#include "stages/tokenizer/text/byte_masks.h"
#include "stages/tokenizer/text/gpt2.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *const level_names[BYTE_MASKS_LEVELS] = {"portable", "SSE2", "AVX2", "AVX-512"};

static uint64_t state_of_random = 1;

static uint32_t below(uint32_t limit)
{
    state_of_random = state_of_random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state_of_random >> 33) % limit);
}

/* ---- the masks ---- */

static struct byte_masks expected(const unsigned char *text)
{
    struct byte_masks masks = {0};
    for (unsigned i = 0; i < BYTE_MASKS_BLOCK; i++) {
        unsigned c = text[i], next = i + 1 < BYTE_MASKS_BLOCK ? text[i + 1] : 0;
        masks.letter |= (uint64_t)(c < 128 && isalpha((int)c)) << i;
        masks.digit |= (uint64_t)(c < 128 && isdigit((int)c)) << i;
        masks.sign |= (uint64_t)(c < 128 && ispunct((int)c)) << i;
        masks.capital |= (uint64_t)(c < 128 && isupper((int)c)) << i;
        masks.newline |= (uint64_t)(c == '\n' || c == '\r') << i;
        masks.white |= (uint64_t)(c < 128 && isspace((int)c)) << i;
        masks.feed |= (uint64_t)(c == '\v' || c == '\f') << i;
        masks.blank |= (uint64_t)(c == ' ') << i;
        masks.quote |= (uint64_t)(c == '\'') << i;
        masks.wide |= (uint64_t)(c >= 0x80) << i;
        masks.inside |= (uint64_t)(c >= 0x80 && c < 0xc0) << i;
        masks.han |= (uint64_t)((c > 0xe4 && c < 0xea) || (c == 0xe4 && next >= 0xb8 && next < 0xc0)) << i;
    }
    return masks;
}

static bool same(const struct byte_masks *a, const struct byte_masks *b)
{
    return a->letter == b->letter && a->digit == b->digit && a->sign == b->sign && a->white == b->white &&
           a->feed == b->feed && a->blank == b->blank && a->quote == b->quote && a->wide == b->wide &&
           a->inside == b->inside && a->han == b->han && a->capital == b->capital && a->newline == b->newline;
}

static void check_masks(const unsigned char *text)
{
    struct byte_masks wanted = expected(text);
    for (unsigned level = 0; level < BYTE_MASKS_LEVELS; level++) {
        byte_masks_finder *find = byte_masks_at((enum byte_masks_level)level);
        struct byte_masks found;
        if (find == NULL)
            continue;
        find((const char *)text, &found);
        if (!same(&found, &wanted))
            fail_msg("%s: the masks differ", level_names[level]);
    }
}

/* Every pair of bytes, at every place. */
static void test_every_pair(void **state)
{
    (void)state;
    unsigned char text[BYTE_MASKS_BLOCK + 1];
    for (unsigned first = 0; first < 256; first++)
        for (unsigned second = 0; second < 256; second++) {
            for (unsigned i = 0; i <= BYTE_MASKS_BLOCK; i++)
                text[i] = (unsigned char)(i % 2 == 0 ? first : second);
            check_masks(text);
            check_masks(text + 1);
        }
}

static void test_random_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < 100000; i++) {
        unsigned char text[BYTE_MASKS_BLOCK];
        unsigned limit = i % 2 == 0 ? 256 : 128;
        for (size_t at = 0; at < sizeof text; at++)
            text[at] = (unsigned char)below(limit);
        check_masks(text);
    }
}

static void test_levels(void **state)
{
    (void)state;
    assert_non_null(byte_masks_at(BYTE_MASKS_PORTABLE));
    assert_null(byte_masks_at(BYTE_MASKS_LEVELS));
    byte_masks_finder *best = NULL;
    for (unsigned level = 0; level < BYTE_MASKS_LEVELS; level++) {
        byte_masks_finder *find = byte_masks_at((enum byte_masks_level)level);
        print_message("%s: %s\n", level_names[level], find != NULL ? "tested" : "not here");
        best = find != NULL ? find : best;
    }
    assert_true(byte_masks_best() == best);
}

/* ---- blocks of a text ---- */

static void test_characters_are_not_torn(void **state)
{
    (void)state;
    static const char *const characters[] = {"a", "\xc3\xa9", "\xe4\xb8\x80", "\xf0\x9f\x98\x80"};
    for (size_t c = 0; c < 4; c++)
        for (size_t before = 60; before <= 64; before++)
            for (size_t behind = 0; behind < 2; behind++) {
                char text[80] = {0};
                size_t len = strlen(characters[c]), left = before + len + behind;
                memset(text, 'x', left);
                memcpy(text + before, characters[c], len);
                struct byte_masks masks;
                size_t most = left < 64 ? left : 64;
                size_t wanted = before < 64 && before + len > 64 ? before : most;
                assert_int_equal(byte_masks_read(byte_masks_best(), text, left, &masks), wanted);
            }
}

static void test_nothing_is_seen_behind_the_end(void **state)
{
    (void)state;
    char text[2 * BYTE_MASKS_BLOCK];
    memset(text, 'x', sizeof text);
    for (size_t left = 1; left < BYTE_MASKS_BLOCK; left++) {
        struct byte_masks masks;
        assert_int_equal(byte_masks_read(byte_masks_best(), text, left, &masks), left);
        assert_true(masks.letter == mask_first(left));
    }
}

/* ---- what is made of them ---- */

static void fill(struct bytes *text, size_t characters)
{
    static const uint32_t limits[] = {0x80, 0x80, 0x300, 0x3100, 0xd800, 0x30000};
    text->len = 0;
    for (size_t i = 0; i < characters; i++) {
        char bytes[4];
        uint32_t point = below(4) == 0 ? (uint32_t) " 's\n"[below(4)] : below(limits[below(6)]);
        point = point >= 0xd800 && point < 0xe000 ? 0x4e00 : point;
        bytes_append(text, bytes, text_encode(point, bytes));
    }
}

static size_t cut(byte_masks_finder *find, struct slice text, uint32_t *starts)
{
    struct gpt2_cursor cursor = gpt2_cursor(text.ptr, 0, text.len);
    size_t count = 0;
    cursor.find = find;
    while (cursor.at < cursor.end)
        count += gpt2_starts(&cursor, starts + count);
    return count;
}

static void test_cuts(void **state)
{
    (void)state;
    enum { CHARACTERS = 300 };
    static uint32_t wanted[4 * CHARACTERS + GPT2_BLOCK], starts[4 * CHARACTERS + GPT2_BLOCK];
    struct bytes text = {0};
    for (size_t i = 0; i < 5000; i++) {
        fill(&text, 1 + below(CHARACTERS));
        size_t count = cut(byte_masks_at(BYTE_MASKS_PORTABLE), bytes_slice(&text), wanted);
        for (unsigned level = BYTE_MASKS_PORTABLE + 1; level < BYTE_MASKS_LEVELS; level++) {
            byte_masks_finder *find = byte_masks_at((enum byte_masks_level)level);
            if (find == NULL)
                continue;
            assert_int_equal(cut(find, bytes_slice(&text), starts), count);
            assert_memory_equal(starts, wanted, count * sizeof *starts);
        }
    }
    vec_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_every_pair),
        cmocka_unit_test(test_random_bytes),
        cmocka_unit_test(test_characters_are_not_torn),
        cmocka_unit_test(test_nothing_is_seen_behind_the_end),
        cmocka_unit_test(test_cuts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
