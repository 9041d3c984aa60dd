/* text_rewrite.c - how a text is rewritten, and the rewritings that need no tables: see text_rewrite.h, text.h. */
#include "text/text_rewrite.h"

#include "base/diag.h"
#include "base/vec.h"
#include "text/edits.h"

#include <assert.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

const char *rewrite_next(const char *at, const char *end, unsigned char least)
{
#if defined(__SSE2__)
    const __m128i bound = _mm_set1_epi8((char)least);
    for (; end - at >= 16; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        int found = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(bytes, bound), bytes));
        if (found != 0)
            return at + __builtin_ctz((unsigned)found);
    }
#endif
    while (at < end && (unsigned char)*at < least)
        at++;
    return at;
}

int rewrite_start(struct rewrite *rewrite, struct slice text, struct edits *edits, struct bytes *out)
{
    *rewrite = (struct rewrite){.edits = edits, .out = out, .from = text.ptr, .end = text.ptr + text.len};
    if (text.len > TEXT_MOST_BYTES)
        return diag_error("the text has %zu bytes, more than the limit of %d", text.len, TEXT_MOST_BYTES);
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
        (void)diag_error("the text would become longer than %d bytes", TEXT_MOST_BYTES);
        return TEXT_FAILED;
    }
    return TEXT_CHANGED;
}

/* Skips ahead, eight bytes at a time, to the first group with a byte that is below a space, DEL, or 0x80 or greater. */
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

/* Skips ASCII words with one space between them. May stop anywhere except after a space, so that a run of white space,
 * or one at the end of the text, is seen from its start. */
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
        if (at == end)
            break;
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
