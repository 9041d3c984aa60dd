/* unit_text.c - UTF-8, places in a text, and the rewritings with what they say of offsets. */
#include "pipeline/base/diag.h"
#include "pipeline/base/vec.h"
#include "pipeline/text/edits.h"
#include "pipeline/text/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

static struct text_work *work;

static int open_work(void **state)
{
    (void)state;
    work = text_work_new();
    return work == NULL ? -1 : 0;
}

static int close_work(void **state)
{
    (void)state;
    text_work_free(work);
    return 0;
}

/* ---- the operations by number, so that all of them can be tried ---- */

enum operation { NFC, NFKC, NFD, NFKD, LOWER, FOLD, STRIP, STRIP_OPEN, CONTROLS, SPACES, HALF, OPERATIONS };

static enum text_status run(enum operation operation, struct slice text, struct edits *edits, struct bytes *out)
{
    switch (operation) {
    case NFC:
        return text_normalize(work, text, TEXT_NFC, edits, out);
    case NFKC:
        return text_normalize(work, text, TEXT_NFKC, edits, out);
    case NFD:
        return text_normalize(work, text, TEXT_NFD, edits, out);
    case NFKD:
        return text_normalize(work, text, TEXT_NFKD, edits, out);
    case LOWER:
        return text_lower(work, text, edits, out);
    case FOLD:
        return text_fold(work, text, edits, out);
    case STRIP:
        return text_strip_accents(work, text, true, edits, out);
    case STRIP_OPEN:
        return text_strip_accents(work, text, false, edits, out);
    case CONTROLS:
        return text_remove_controls(text, edits, out);
    case SPACES:
        return text_collapse_spaces(text, edits, out);
    case HALF:
        return text_half_width(text, edits, out);
    case OPERATIONS:
        break;
    }
    return TEXT_FAILED;
}

/* The text that comes out, with and without edits; the same text where nothing changes. */
static void expect_text(enum operation operation, const char *text, const char *expected)
{
    struct bytes out = {0};
    struct edits edits = {0};
    for (int with_edits = 0; with_edits < 2; with_edits++) {
        enum text_status status = run(operation, slice_of(text), with_edits ? &edits : NULL, &out);
        assert_int_equal(status, strcmp(text, expected) != 0 ? TEXT_CHANGED : TEXT_SAME);
        struct slice made = status == TEXT_CHANGED ? bytes_slice(&out) : slice_of(text);
        assert_int_equal(made.len, strlen(expected));
        assert_memory_equal(made.ptr, expected, made.len);
    }
    edits_release(&edits);
    vec_free(&out);
}

static void expect_edit(enum operation operation, const char *text, struct span from, struct span to)
{
    struct bytes out = {0};
    struct edits edits = {0};
    assert_int_equal(run(operation, slice_of(text), &edits, &out), TEXT_CHANGED);
    struct span moved = edits_span(&edits, from);
    assert_int_equal(moved.start, to.start);
    assert_int_equal(moved.end, to.end);
    assert_int_equal(edits.old_end, text_length(slice_of(text)));
    assert_int_equal(edits.new_end, text_length(bytes_slice(&out)));
    edits_release(&edits);
    vec_free(&out);
}

/* ---- places ---- */

static void places_go_both_ways(void **state)
{
    (void)state;
    struct slice text = SLICE("a\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80zzzzzzzzzzzzzzzzzzzz\xc3\xa9!");
    static const size_t bytes[] = {0,  1,  3,  6,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
                                   20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 32, 33};
    size_t points = sizeof bytes / sizeof *bytes;
    assert_int_equal(text_length(text), points - 1);
    for (size_t from = 0; from < points; from++)
        for (size_t to = 0; to < points; to++) {
            struct text_place place = text_start(text);
            assert_int_equal(text_to_point(&place, from), bytes[from]);
            assert_int_equal(text_to_point(&place, to), bytes[to]);
            assert_int_equal(text_to_byte(&place, bytes[from]), from);
            assert_int_equal(text_to_byte(&place, bytes[to]), to);
        }
}

static void length_counts_code_points(void **state)
{
    (void)state;
    char text[64];
    for (size_t len = 0; len < sizeof text; len += 3) {
        memcpy(text + len, "\xe4\xb8\xad", len + 3 <= sizeof text ? 3 : 0);
        assert_int_equal(text_length((struct slice){text, len}), len / 3);
    }
}

static void spaces_are_those_of_unicode(void **state)
{
    (void)state;
    for (uint32_t point = 0; point <= 0x10ffff; point++)
        assert_int_equal(text_is_space(point), u_isUWhiteSpace((UChar32)point) != 0);
}

/* ---- normal forms ---- */

/* The cases that implementations get wrong, chosen by hand; columns as in Unicode's own test: source, NFC, NFD,
 * NFKC, NFKD. */
static void normal_forms(void **state)
{
    (void)state;
    static const char *const cases[][5] = {
        /* plain and composed */
        {"abc", "abc", "abc", "abc", "abc"},
        {"\u00e9", "\u00e9", "e\u0301", "\u00e9", "e\u0301"},
        {"e\u0301", "\u00e9", "e\u0301", "\u00e9", "e\u0301"},
        /* an ASCII character before the mark is part of the cluster */
        {"x<\u0338y", "x\u226ey", "x<\u0338y", "x\u226ey", "x<\u0338y"},
        /* marks out of order */
        {"a\u0301\u0323", "\u1ea1\u0301", "a\u0323\u0301", "\u1ea1\u0301", "a\u0323\u0301"},
        /* of the same class: the second is blocked */
        {"a\u0315\u0300\u05ae\u0300b", "\u00e0\u05ae\u0300\u0315b", "a\u05ae\u0300\u0300\u0315b",
         "\u00e0\u05ae\u0300\u0315b", "a\u05ae\u0300\u0300\u0315b"},
        /* singletons never compose again */
        {"\u212b\u2126", "\u00c5\u03a9", "A\u030a\u03a9", "\u00c5\u03a9", "A\u030a\u03a9"},
        {"\u0340\u0341", "\u0300\u0301", "\u0300\u0301", "\u0300\u0301", "\u0300\u0301"},
        /* excluded from composition */
        {"\u0958", "\u0915\u093c", "\u0915\u093c", "\u0915\u093c", "\u0915\u093c"},
        /* Hangul: letters, syllables, a syllable that a final letter joins */
        {"\u1112\u1161\u11ab", "\ud55c", "\u1112\u1161\u11ab", "\ud55c", "\u1112\u1161\u11ab"},
        {"\ud558\u11ab", "\ud55c", "\u1112\u1161\u11ab", "\ud55c", "\u1112\u1161\u11ab"},
        /* compatibility */
        {"\ufb01\u2460\u00bd", "\ufb01\u2460\u00bd", "\ufb01\u2460\u00bd", "fi11\u20442", "fi11\u20442"},
        {"\u2103", "\u2103", "\u2103", "\u00b0C", "\u00b0C"},
        {"\u00a0\u00a8", "\u00a0\u00a8", "\u00a0\u00a8", "  \u0308", "  \u0308"},
        {"\uff76\uff9e\uff21", "\uff76\uff9e\uff21", "\uff76\uff9e\uff21", "\u30acA", "\u30ab\u3099A"},
        {"\u1e9b\u0323", "\u1e9b\u0323", "\u017f\u0323\u0307", "\u1e69", "s\u0323\u0307"},
        /* beyond the first plane, also an excluded one */
        {"\U0001d15e", "\U0001d157\U0001d165", "\U0001d157\U0001d165", "\U0001d157\U0001d165", "\U0001d157\U0001d165"},
        {"\U00011131\U00011127", "\U0001112e", "\U00011131\U00011127", "\U0001112e", "\U00011131\U00011127"},
        {"\U0001d400\U0001f600", "\U0001d400\U0001f600", "\U0001d400\U0001f600", "A\U0001f600", "A\U0001f600"},
        /* the longest mapping there is */
        {"\ufdfa", "\ufdfa", "\ufdfa",
         "\u0635\u0644\u0649 \u0627\u0644\u0644\u0647 \u0639\u0644\u064a\u0647 \u0648\u0633\u0644\u0645",
         "\u0635\u0644\u0649 \u0627\u0644\u0644\u0647 \u0639\u0644\u064a\u0647 \u0648\u0633\u0644\u0645"},
        /* a mark with nothing before it */
        {"\u0301a", "\u0301a", "\u0301a", "\u0301a", "\u0301a"},
        {"", "", "", "", ""},
    };
    static const enum operation columns[] = {NFC, NFC, NFD, NFKC, NFKD};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t form = 1; form < 5; form++) {
            expect_text(columns[form], cases[i][0], cases[i][form]);
            /* What is in the form stays. */
            expect_text(columns[form], cases[i][form], cases[i][form]);
        }
}

static void clusters_move_whole(void **state)
{
    (void)state;
    expect_edit(NFC, "cafe\u0301s", (struct span){0, 4}, (struct span){0, 4});
    expect_edit(NFC, "cafe\u0301s", (struct span){4, 6}, (struct span){3, 5});
    expect_edit(NFD, "d\u00e9j\u00e0", (struct span){2, 4}, (struct span){3, 6});
    expect_edit(NFKC, "\u2460\ufb03x", (struct span){1, 2}, (struct span){1, 4});
    /* Two in another order: either stands for both. */
    expect_edit(NFD, "a\u0301\u0323b", (struct span){1, 2}, (struct span){1, 3});
    expect_edit(NFC, "\u1112\u1161\u11ab!", (struct span){3, 4}, (struct span){1, 2});
}

/* ICU's own result for the whole text. */
static void expect_as_icu(enum operation form, const char *bytes, size_t len)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *tables = form == NFC    ? unorm2_getNFCInstance(&status)
                                 : form == NFKC ? unorm2_getNFKCInstance(&status)
                                 : form == NFD  ? unorm2_getNFDInstance(&status)
                                                : unorm2_getNFKDInstance(&status);
    int32_t room = (int32_t)len * 18 + 16, units = 0, made = 0, byte_count = 0;
    UChar *source = malloc((size_t)room * sizeof *source), *target = malloc((size_t)room * sizeof *target);
    char *expected = malloc((size_t)room * 3);
    u_strFromUTF8(source, room, &units, bytes, (int32_t)len, &status);
    made = unorm2_normalize(tables, source, units, target, room, &status);
    u_strToUTF8(expected, room * 3, &byte_count, target, made, &status);
    assert_true(U_SUCCESS(status));
    struct bytes out = {0};
    struct edits edits = {0};
    for (int with_edits = 0; with_edits < 2; with_edits++) {
        struct slice text = {bytes, len};
        if (run(form, text, with_edits ? &edits : NULL, &out) == TEXT_CHANGED)
            text = bytes_slice(&out);
        assert_int_equal(text.len, byte_count);
        assert_memory_equal(text.ptr, expected, text.len);
    }
    edits_release(&edits);
    vec_free(&out);
    free(source);
    free(target);
    free(expected);
}

/* ---- random texts ---- */

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Characters that the operations change or that join others, and plain ones. */
static size_t random_text(uint32_t *seed, char *text, size_t points)
{
    static const uint32_t interesting[] = {
        'a',    'A',    'i',    ' ',    ' ',    '\n',   '\t',   '<',    0x300,   0x301,   0x323,   0x308,   0x338,
        0x345,  0xe9,   0xc5,   0xdf,   0xa0,   0x130,  0x149,  0x1c5,  0x3a3,   0x3b1,   0x390,   0x5d0,   0x5b0,
        0x915,  0x93c,  0x958,  0xe01,  0xe31,  0xf73,  0x1100, 0x1161, 0x11a8,  0x1e9e,  0x1f80,  0x200b,  0x200d,
        0x2028, 0x212b, 0x2103, 0x3000, 0x30ab, 0x3099, 0x4e2d, 0x6587, 0xac00,  0xac01,  0xfb01,  0xfb03,  0xfdfa,
        0xfe0f, 0xfeff, 0xff21, 0xff01, 0xff76, 0xff9e, 0x7f,   0x85,   0x1d15e, 0x1d400, 0x1f600, 0x11131, 0x11127,
    };
    size_t len = 0;
    for (size_t i = 0; i < points; i++) {
        uint32_t point = interesting[next_random(seed) % (sizeof interesting / sizeof *interesting)];
        if (next_random(seed) % 16 == 0) {
            point = next_random(seed) % 0x3000 + 1;
        }
        len += text_encode(point, text + len);
    }
    return len;
}

static void random_texts_come_out_as_from_icu(void **state)
{
    (void)state;
    char text[400];
    uint32_t seed = 3;
    for (int round = 0; round < 4000; round++) {
        size_t len = random_text(&seed, text, next_random(&seed) % 100);
        for (enum operation form = NFC; form <= NFKD; form++)
            expect_as_icu(form, text, len);
    }
}

/* Texts of more than one chunk, and a cluster longer than one. */
static void long_texts_come_out_as_from_icu(void **state)
{
    (void)state;
    uint32_t seed = 9;
    struct bytes text = {0};
    vec_reserve(&text, 200000);
    for (size_t i = 0; i < 60; i++)
        text.len += random_text(&seed, text.items + text.len, 300);
    for (size_t i = 0; i < 3000; i++)
        bytes_append(&text, i % 2 == 0 ? "\u0301" : "\u0323", 2);
    for (size_t i = 0; i < 9000; i++)
        bytes_append(&text, "\u4e2d", 3);
    for (size_t i = 0; i < 5000; i++)
        bytes_append(&text, "\u1161", 3);
    for (enum operation form = NFC; form <= NFKD; form++)
        expect_as_icu(form, text.items, text.len);
    /* A chunk must not end between a letter and its mark, wherever that falls. */
    for (size_t before = 0; before < 2; before++) {
        text.len = 0;
        bytes_append(&text, "\u4e2d", before * 3);
        for (size_t i = 0; i < 9000; i++)
            bytes_append(&text, "\u0438\u0306", 4);
        for (enum operation form = NFC; form <= NFKD; form++)
            expect_as_icu(form, text.items, text.len);
    }
    vec_free(&text);
}

/* A million marks in alternating classes behind one letter: minutes by insertion. */
static void a_huge_cluster_takes_no_time(void **state)
{
    (void)state;
    struct bytes text = {0}, out = {0};
    struct edits edits = {0};
    bytes_byte(&text, 'a');
    for (size_t i = 0; i < 500000; i++) {
        bytes_append(&text, "\u0301", 2);
        bytes_append(&text, "\u0323", 2);
    }
    for (int with_edits = 0; with_edits < 2; with_edits++) {
        assert_int_equal(run(NFC, bytes_slice(&text), with_edits ? &edits : NULL, &out), TEXT_CHANGED);
        assert_int_equal(out.len, text.len); /* a and one dot below are one character of three bytes */
        assert_memory_equal(out.items, "\u1ea1\u0323\u0323", 7);
        assert_int_equal(run(STRIP, bytes_slice(&text), with_edits ? &edits : NULL, &out), TEXT_CHANGED);
        assert_int_equal(out.len, 1);
    }
    edits_release(&edits);
    vec_free(&out);
    vec_free(&text);
}

/* May the text be cut before this character, so that the operation does the same to the parts? */
static bool may_cut(enum operation operation, uint32_t before, uint32_t point)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar32 c = (UChar32)point;
    switch (operation) {
    case NFC:
    case STRIP:
    case STRIP_OPEN:
        return unorm2_hasBoundaryBefore(unorm2_getNFCInstance(&status), c) != 0;
    case NFKC:
        return unorm2_hasBoundaryBefore(unorm2_getNFKCInstance(&status), c) != 0;
    case NFD:
        return unorm2_hasBoundaryBefore(unorm2_getNFDInstance(&status), c) != 0;
    case NFKD:
        return unorm2_hasBoundaryBefore(unorm2_getNFKDInstance(&status), c) != 0;
    case LOWER: /* the final sigma sees its neighbours */
        return before == ' ' || before == '\n';
    case SPACES: /* spaces at the ends of a part would go */
        return !text_is_space(before) && !text_is_space(point);
    default:
        return true;
    }
}

/* The text of a span, changed, is the text of the moved span. */
static void spans_move_as_their_text_changes(void **state)
{
    (void)state;
    char text[200];
    struct bytes whole = {0}, part = {0};
    struct edits edits = {0};
    uint32_t seed = 21;
    size_t compared = 0;
    for (int round = 0; round < 6000; round++) {
        struct slice old = {text, random_text(&seed, text, next_random(&seed) % 40)};
        enum operation operation = (enum operation)(next_random(&seed) % OPERATIONS);
        if (run(operation, old, &edits, &whole) == TEXT_SAME)
            continue;
        assert_int_equal(edits.old_end, text_length(old));
        assert_int_equal(edits.new_end, text_length(bytes_slice(&whole)));
        struct span cuts = {0, 0};
        uint32_t before = 0, point;
        size_t len = 1;
        for (size_t byte = 0; byte <= old.len; byte += len, cuts.end++, before = point) {
            point = byte < old.len ? text_decode(text + byte, &len) : 0;
            if (byte < old.len && (byte == 0 || !may_cut(operation, before, point)))
                continue;
            /* cuts: from the last place where the text may be cut to this one */
            struct text_place from = text_start(old), to = text_start(bytes_slice(&whole));
            size_t start = text_to_point(&from, cuts.start);
            struct slice piece = {text + start, byte - start};
            struct span moved = edits_span(&edits, cuts);
            if (operation == SPACES && (cuts.start == 0 || byte == old.len)) {
                cuts.start = cuts.end;
                continue;
            }
            if (run(operation, piece, NULL, &part) == TEXT_CHANGED)
                piece = bytes_slice(&part);
            size_t to_start = text_to_point(&to, moved.start), to_end = text_to_point(&to, moved.end);
            assert_int_equal(piece.len, to_end - to_start);
            assert_memory_equal(piece.ptr, whole.items + to_start, piece.len);
            cuts.start = cuts.end;
            compared++;
        }
    }
    assert_true(compared > 20000);
    edits_release(&edits);
    vec_free(&whole);
    vec_free(&part);
}

static void twice_is_once(void **state)
{
    (void)state;
    char text[200];
    struct bytes once = {0}, twice = {0};
    uint32_t seed = 33;
    for (int round = 0; round < 20000; round++) {
        struct slice old = {text, random_text(&seed, text, next_random(&seed) % 40)};
        enum operation operation = (enum operation)(next_random(&seed) % OPERATIONS);
        if (run(operation, old, NULL, &once) == TEXT_CHANGED)
            assert_int_equal(run(operation, bytes_slice(&once), NULL, &twice), TEXT_SAME);
    }
    vec_free(&once);
    vec_free(&twice);
}

/* ---- case ---- */

static void lower_case(void **state)
{
    (void)state;
    expect_text(LOWER, "Hello, WORLD 123 [@Z`{", "hello, world 123 [@z`{");
    expect_text(LOWER, "\u00c9COLE \u0416\u0423\u041a", "\u00e9cole \u0436\u0443\u043a");
    expect_text(LOWER, "\u039f\u0394\u039f\u03a3 \u03a3", "\u03bf\u03b4\u03bf\u03c2 \u03c3");
    expect_text(LOWER, "\u0130I", "i\u0307i");
    expect_text(LOWER, "\u1e9e\u2126", "\u00df\u03c9");
    expect_text(LOWER, "nothing to do \u4e2d", "nothing to do \u4e2d");
    expect_edit(LOWER, "x\u0130y", (struct span){1, 2}, (struct span){1, 3});
    expect_edit(LOWER, "x\u0130y", (struct span){2, 3}, (struct span){3, 4});
}

static void case_folding(void **state)
{
    (void)state;
    expect_text(FOLD, "Stra\u00dfe", "strasse");
    expect_text(FOLD, "\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c3");
    expect_text(FOLD, "\u0130\u0149", "i\u0307\u02bcn");
    expect_text(FOLD, "\ufb03", "ffi");
    expect_edit(FOLD, "Stra\u00dfe!", (struct span){4, 6}, (struct span){4, 7});
    expect_edit(FOLD, "\ufb03\u0390", (struct span){1, 2}, (struct span){3, 6});
}

/* Every character alone: the list of edits accounts for all that the mapping makes of it. */
static void every_character_changes_case(void **state)
{
    (void)state;
    struct bytes out = {0};
    struct edits edits = {0};
    for (uint32_t point = 1; point <= 0x10ffff; point++) {
        if (point >= 0xd800 && point < 0xe000)
            continue;
        char text[8] = {'x'};
        size_t len = 1 + text_encode(point, text + 1);
        text[len++] = 'y';
        for (enum operation operation = LOWER; operation <= FOLD; operation++) {
            if (run(operation, (struct slice){text, len}, &edits, &out) == TEXT_SAME)
                continue;
            size_t points = text_length(bytes_slice(&out));
            struct span moved = edits_span(&edits, (struct span){1, 2});
            assert_int_equal(moved.start, 1);
            assert_int_equal(moved.end, points - 1);
            assert_int_equal(edits.len, points > 3 ? 1 : 0);
        }
    }
    edits_release(&edits);
    vec_free(&out);
}

/* ---- the others ---- */

static void accents_are_stripped(void **state)
{
    (void)state;
    expect_text(STRIP, "caf\u00e9 cr\u00e8me, \u00c5ngstr\u00f6m", "cafe creme, Angstrom");
    expect_text(STRIP, "e\u0301\u0323x", "ex");
    expect_text(STRIP, "\u00f8\u0142\u00df", "\u00f8\u0142\u00df");
    expect_text(STRIP, "\u304c\u30d1", "\u304b\u30cf");
    expect_text(STRIP, "\ud55c\u0301", "\ud55c");
    expect_text(STRIP_OPEN, "\u1112\u1161\u11ab\u0301", "\u1112\u1161\u11ab");
    expect_text(STRIP, "\u1112\u1161\u11ab", "\u1112\u1161\u11ab");
    expect_text(STRIP, "\u0301", "");
    expect_edit(STRIP, "e\u0301x", (struct span){0, 2}, (struct span){0, 1});
    expect_edit(STRIP, "\u0301x", (struct span){0, 1}, (struct span){0, 0});
}

static void controls_are_removed(void **state)
{
    (void)state;
    expect_text(CONTROLS,
                "a\x01\x1f"
                "b\x7f"
                "c",
                "abc");
    expect_text(CONTROLS, "a\tb\nc\rd\fe\vf\xc2\x85g", "a\tb\nc\rd\fe\vf\xc2\x85g");
    expect_text(CONTROLS,
                "\ufeffa\u200bb\u00adc\u200ed\u2060e\xc2\x80"
                "f",
                "abcdef");
    expect_text(CONTROLS, "\u0645\u06cc\u200c\u062e \U0001f468\u200d\U0001f469",
                "\u0645\u06cc\u200c\u062e \U0001f468\u200d\U0001f469");
    expect_text(CONTROLS, "no controls at all, and rather long \u4e2d\u6587",
                "no controls at all, and rather long \u4e2d\u6587");
    expect_edit(CONTROLS,
                "a\x01\x02"
                "b",
                (struct span){1, 3}, (struct span){1, 1});
    expect_edit(CONTROLS,
                "a\x01\x02"
                "b",
                (struct span){2, 4}, (struct span){1, 2});
}

static void spaces_collapse(void **state)
{
    (void)state;
    expect_text(SPACES, "one two three four five", "one two three four five");
    expect_text(SPACES, "  a \n b\t\tc\u3000d\u00a0e \u2003", "a b c d e");
    expect_text(SPACES, " ", "");
    expect_text(SPACES, "\n\n", "");
    expect_text(SPACES, "a\nb", "a b");
    expect_text(SPACES, "abcdefghijklmno ", "abcdefghijklmno");
    expect_text(SPACES, "abcdefghijklmno  pqrstuvwxyz abcdefg", "abcdefghijklmno pqrstuvwxyz abcdefg");
    expect_text(SPACES, "abcdefghijklmnop  qrstuvwxyz abcdefg", "abcdefghijklmnop qrstuvwxyz abcdefg");
    expect_text(SPACES, "\u4e2d \u6587  \u5b57", "\u4e2d \u6587 \u5b57");
    /* The first of a run is the space, the others are gone. */
    expect_edit(SPACES, " a  b", (struct span){1, 3}, (struct span){0, 2});
    expect_edit(SPACES, " a  b", (struct span){3, 5}, (struct span){2, 3});
    expect_edit(SPACES, " a  b", (struct span){0, 1}, (struct span){0, 0});
}

static void full_width_becomes_half(void **state)
{
    (void)state;
    expect_text(HALF, "\uff21\uff42\uff11\uff01\uff5e\u3000\uff5f", "Ab1!~ \uff5f");
    expect_text(HALF, "\uff76\u4e2d\u3002", "\uff76\u4e2d\u3002");
}

static void a_text_may_be_too_long(void **state)
{
    (void)state;
    struct bytes out = {0};
    struct slice text = {"", (size_t)TEXT_MOST_BYTES + 1};
    for (enum operation operation = NFC; operation < OPERATIONS; operation++) {
        assert_int_equal(run(operation, text, NULL, &out), TEXT_FAILED);
        assert_string_equal(diag_message(), "the text has 2147483648 bytes, more than the limit of 2147483647");
    }
    vec_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_go_both_ways),
        cmocka_unit_test(length_counts_code_points),
        cmocka_unit_test(spaces_are_those_of_unicode),
        cmocka_unit_test(normal_forms),
        cmocka_unit_test(clusters_move_whole),
        cmocka_unit_test(random_texts_come_out_as_from_icu),
        cmocka_unit_test(long_texts_come_out_as_from_icu),
        cmocka_unit_test(a_huge_cluster_takes_no_time),
        cmocka_unit_test(spans_move_as_their_text_changes),
        cmocka_unit_test(twice_is_once),
        cmocka_unit_test(lower_case),
        cmocka_unit_test(case_folding),
        cmocka_unit_test(every_character_changes_case),
        cmocka_unit_test(accents_are_stripped),
        cmocka_unit_test(controls_are_removed),
        cmocka_unit_test(spaces_collapse),
        cmocka_unit_test(full_width_becomes_half),
        cmocka_unit_test(a_text_may_be_too_long),
    };
    return cmocka_run_group_tests(tests, open_work, close_work);
}
