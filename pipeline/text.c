/* text.c - UTF-8, places in a text, the rewritings that need no tables: see text.h. */
#include "text.h"

#include "diag.h"
#include "edits.h"
#include "text_rewrite.h"
#include "vec.h"

#include <assert.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

size_t text_encode(uint32_t point, char *at)
{
    if (point < 0x80) {
        at[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        at[0] = (char)(0xc0 | point >> 6);
        at[1] = (char)(0x80 | (point & 0x3f));
        return 2;
    }
    if (point < 0x10000) {
        at[0] = (char)(0xe0 | point >> 12);
        at[1] = (char)(0x80 | (point >> 6 & 0x3f));
        at[2] = (char)(0x80 | (point & 0x3f));
        return 3;
    }
    at[0] = (char)(0xf0 | point >> 18);
    at[1] = (char)(0x80 | (point >> 12 & 0x3f));
    at[2] = (char)(0x80 | (point >> 6 & 0x3f));
    at[3] = (char)(0x80 | (point & 0x3f));
    return 4;
}

bool text_is_ascii(struct slice bytes)
{
    size_t i = 0;
    for (; i + 8 <= bytes.len; i += 8) {
        uint64_t word;
        memcpy(&word, bytes.ptr + i, 8);
        if ((word & 0x8080808080808080u) != 0)
            return false;
    }
    for (; i < bytes.len; i++)
        if ((unsigned char)bytes.ptr[i] >= 0x80)
            return false;
    return true;
}

bool text_is_utf8(struct slice bytes)
{
    if (text_is_ascii(bytes))
        return true;
    const char *at = bytes.ptr, *end = bytes.ptr + bytes.len;
    while (at < end) {
        size_t len = text_sequence(at, end);
        if (len == 0)
            return false;
        at += len;
    }
    return true;
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* Code points that start in the eight bytes. */
static size_t starts_in(const char *at)
{
    uint64_t word;
    memcpy(&word, at, 8);
    uint64_t continuations = (word >> 7) & (~word >> 6) & 0x0101010101010101u;
    return 8 - (size_t)((continuations * 0x0101010101010101u) >> 56);
}

size_t text_length(struct slice text)
{
    size_t count = 0, i = 0;
    for (; i + 8 <= text.len; i += 8)
        count += starts_in(text.ptr + i);
    for (; i < text.len; i++)
        count += !is_continuation(text.ptr[i]);
    return count;
}

/* ---- places ---- */

struct text_place text_start(struct slice text)
{
    return (struct text_place){.text = text};
}

size_t text_to_point(struct text_place *place, size_t point)
{
    const char *bytes = place->text.ptr;
    size_t len = place->text.len, byte = place->byte, at = place->point;
    for (; len - byte >= 8 && at + 8 <= point; byte += 8)
        at += starts_in(bytes + byte);
    /* The byte may lie inside a code point now, which has been counted. */
    while (byte < len && (at < point || is_continuation(bytes[byte])))
        at += !is_continuation(bytes[byte++]);
    while (at > point)
        at -= !is_continuation(bytes[--byte]);
    assert(at == point);
    place->byte = byte;
    place->point = at;
    return byte;
}

size_t text_to_byte(struct text_place *place, size_t byte)
{
    const char *bytes = place->text.ptr;
    assert(byte <= place->text.len && (byte == place->text.len || !is_continuation(bytes[byte])));
    if (byte >= place->byte)
        place->point += text_length((struct slice){bytes + place->byte, byte - place->byte});
    else
        place->point -= text_length((struct slice){bytes + byte, place->byte - byte});
    place->byte = byte;
    return place->point;
}

void text_push_units(struct text_units *units, uint32_t point)
{
    vec_reserve(units, 2);
    if (point < 0x10000) {
        units->items[units->len++] = (uint16_t)point;
    } else {
        units->items[units->len++] = (uint16_t)(0xd800 + ((point - 0x10000) >> 10));
        units->items[units->len++] = (uint16_t)(0xdc00 + (point & 0x3ff));
    }
}

/* ---- rewriting ---- */

int rewrite_start(struct rewrite *rewrite, struct slice text, struct edits *edits, struct bytes *out)
{
    *rewrite = (struct rewrite){.edits = edits, .out = out, .from = text.ptr, .end = text.ptr + text.len};
    if (text.len > TEXT_MOST_BYTES)
        return diag_error("a text of %zu bytes, at most %d are possible", text.len, TEXT_MOST_BYTES);
    return 0;
}

void rewrite_flush(struct rewrite *rewrite, const char *start, const char *end)
{
    if (!rewrite->changed) {
        rewrite->changed = true;
        rewrite->out->len = 0;
        if (rewrite->edits != NULL)
            edits_reset(rewrite->edits);
    }
    struct slice same = slice_between(rewrite->from, start);
    bytes_put(rewrite->out, same);
    if (rewrite->edits != NULL)
        edits_keep(rewrite->edits, text_length(same));
    rewrite->from = end;
}

void rewrite_put(struct rewrite *rewrite, const char *start, const char *end, size_t points, struct slice made)
{
    rewrite_flush(rewrite, start, end);
    bytes_put(rewrite->out, made);
    if (rewrite->edits != NULL)
        edits_replace(rewrite->edits, points, text_length(made));
}

enum text_status rewrite_finish(struct rewrite *rewrite)
{
    if (!rewrite->changed)
        return TEXT_SAME;
    rewrite_flush(rewrite, rewrite->end, rewrite->end);
    if (rewrite->out->len > TEXT_MOST_BYTES) {
        (void)diag_error("a text would become longer than %d bytes", TEXT_MOST_BYTES);
        return TEXT_FAILED;
    }
    return TEXT_CHANGED;
}

/* The first of eight-byte steps in which a byte is below a space, DEL or from 0x80 on. */
static const char *skip_graphic(const char *at, const char *end)
{
    for (; end - at >= 8; at += 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        uint64_t below_space = word - 0x2020202020202020u;
        uint64_t from_delete = word + 0x0101010101010101u;
        if (((below_space | from_delete | word) & 0x8080808080808080u) != 0)
            break;
    }
    return at;
}

static bool is_dropped_control(uint32_t point)
{
    if (point < 0x20)
        return point < '\t' || point > '\r';
    if (point < 0xa0)
        return point >= 0x7f && point != 0x85;
    return point == 0xad || point == 0x61c || point == 0x180e || point == 0x200b || point == 0x200e ||
           point == 0x200f || (point >= 0x202a && point <= 0x202e) || (point >= 0x2060 && point <= 0x2064) ||
           (point >= 0x2066 && point <= 0x206f) || point == 0xfeff || (point >= 0xfff9 && point <= 0xfffb);
}

enum text_status text_remove_controls(struct slice text, struct edits *edits, struct bytes *out)
{
    struct rewrite rewrite;
    if (rewrite_start(&rewrite, text, edits, out) < 0)
        return TEXT_FAILED;
    const char *at = text.ptr, *end = rewrite.end;
    while ((at = skip_graphic(at, end)) < end) {
        const char *start = at;
        size_t points = 0, len = 0;
        for (; at < end && is_dropped_control(text_decode(at, &len)); points++)
            at += len;
        if (points > 0)
            rewrite_put(&rewrite, start, at, points, SLICE(""));
        else
            at += len;
    }
    return rewrite_finish(&rewrite);
}

/* The end of the run of white space at `at`; *points counts it. */
static const char *skip_spaces(const char *at, const char *end, size_t *points)
{
    size_t len;
    *points = 0;
    for (; at < end && text_is_space(text_decode(at, &len)); at += len)
        ++*points;
    return at;
}

/* Can a white space character start with this byte? */
static bool may_be_space(unsigned char c)
{
    return c <= ' ' || c == 0xc2 || (c >= 0xe1 && c <= 0xe3);
}

/* Goes over ASCII words with one space between them. May stop anywhere but behind a space, so that a run of white
 * space, or one at the end of the text, is seen from its start. */
static const char *skip_words(const char *at, const char *end)
{
#if defined(__SSE2__)
    const __m128i space = _mm_set1_epi8(' ');
    while (end - at >= 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        /* As signed bytes, controls and bytes from 0x80 on are both less than a space. */
        unsigned others = (unsigned)_mm_movemask_epi8(_mm_cmplt_epi8(bytes, space));
        unsigned spaces = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, space));
        if ((others | (spaces & spaces >> 1)) != 0)
            break;
        at += (spaces & 0x8000) != 0 ? 15 : 16;
    }
#else
    (void)end;
#endif
    return at;
}

enum text_status text_collapse_spaces(struct slice text, struct edits *edits, struct bytes *out)
{
    struct rewrite rewrite;
    if (rewrite_start(&rewrite, text, edits, out) < 0)
        return TEXT_FAILED;
    const char *at = text.ptr, *end = rewrite.end;
    while (at < end) {
        if (at > text.ptr && (unsigned char)*at < 0x80)
            at = skip_words(at, end);
        if (!may_be_space((unsigned char)*at)) {
            at++;
            continue;
        }
        const char *start = at;
        size_t points, first;
        at = skip_spaces(start, end, &points);
        if (points == 0) {
            at++;
        } else if (start == text.ptr || at == end) {
            rewrite_put(&rewrite, start, at, points, SLICE(""));
        } else if (points > 1 || *start != ' ') {
            (void)text_decode(start, &first);
            rewrite_put(&rewrite, start, start + first, 1, SLICE(" "));
            if (points > 1)
                rewrite_put(&rewrite, start + first, at, points - 1, SLICE(""));
        }
    }
    return rewrite_finish(&rewrite);
}

enum text_status text_half_width(struct slice text, struct edits *edits, struct bytes *out)
{
    struct rewrite rewrite;
    if (rewrite_start(&rewrite, text, edits, out) < 0)
        return TEXT_FAILED;
    const char *end = rewrite.end;
    for (const char *at = rewrite_next(text.ptr, end, 0xe3); at < end; at = rewrite_next(at, end, 0xe3)) {
        size_t len;
        uint32_t point = text_decode(at, &len);
        if (point == 0x3000 || (point >= 0xff01 && point <= 0xff5e)) {
            char half = (char)(point == 0x3000 ? ' ' : point - 0xfee0);
            rewrite_put(&rewrite, at, at + len, 1, (struct slice){&half, 1});
        }
        at += len;
    }
    return rewrite_finish(&rewrite);
}
