/* visible.c - see visible.h.
 *
 * base/ knows nothing about text, and this must work when memory is exhausted. So it has its own decoder and a table of
 * ranges, and allocates nothing. */
#include "base/visible.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { ESCAPE_BYTES = sizeof "\\U0010ffff" - 1, ELLIPSIS_BYTES = sizeof VISIBLE_ELLIPSIS - 1 };

/* Format characters and line separators of Unicode that are invisible, sorted. The signs of Arabic and Kaithi numbers
 * (U+0600, U+110BD, …) are format characters too, but visible. Variation selectors, which many emoji carry, affect no
 * other character. */
static const struct range {
    uint32_t first, last;
} hidden[] = {
    {0x0000, 0x001f},   /* C0 */
    {0x007f, 0x009f},   /* DEL, C1 */
    {0x00ad, 0x00ad},   /* soft hyphen */
    {0x034f, 0x034f},   /* combining grapheme joiner */
    {0x061c, 0x061c},   /* Arabic letter mark */
    {0x115f, 0x1160},   /* Hangul fillers */
    {0x17b4, 0x17b5},   /* Khmer inherent vowels */
    {0x180b, 0x180f},   /* Mongolian */
    {0x200b, 0x200f},   /* zero width, directions */
    {0x2028, 0x202e},   /* line and paragraph separator, embeddings and overrides */
    {0x2060, 0x206f},   /* word joiner, invisible operators, isolates */
    {0x3164, 0x3164},   /* Hangul filler */
    {0xfeff, 0xfeff},   /* byte order mark */
    {0xffa0, 0xffa0},   /* halfwidth Hangul filler */
    {0xfff0, 0xfffb},   /* interlinear annotation */
    {0x13430, 0x1343f}, /* Egyptian joiners */
    {0x1bca0, 0x1bca3}, /* shorthand */
    {0x1d173, 0x1d17a}, /* beams and slurs */
    {0xe0000, 0xe0fff}, /* tags */
};

static bool is_hidden(uint32_t point)
{
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden && hidden[i].first <= point; i++)
        if (point <= hidden[i].last)
            return true;
    return false;
}

/* The character at the start of the text and its length; -1 and 1 for a byte that is not UTF-8. */
static int32_t decode(struct slice text, size_t *len)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *at = (const unsigned char *)text.ptr;
    *len = 1;
    if (at[0] < 0x80)
        return at[0];
    size_t bytes = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
    if (at[0] < 0xc2 || at[0] > 0xf4 || bytes > text.len)
        return -1;
    uint32_t point = at[0] & (0x7fU >> bytes);
    for (size_t i = 1; i < bytes; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return -1;
        point = point << 6 | (at[i] & 0x3f);
    }
    if (point < least[bytes] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
        return -1;
    *len = bytes;
    return (int32_t)point;
}

size_t visible_put(char *to, size_t size, struct slice text)
{
    size_t at = 0, fits = 0; /* fits: how much can stay if an ellipsis must follow */
    while (text.len > 0) {
        char escape[ESCAPE_BYTES + 1];
        size_t len;
        int32_t point = decode(text, &len);
        struct slice piece = {text.ptr, len};
        if (point < 0 || is_hidden((uint32_t)point)) {
            const char *format = point > 0xffff ? "\\U%08x" : point > 0x7f ? "\\u%04x" : "\\x%02x";
            unsigned value = point < 0 ? (unsigned char)text.ptr[0] : (unsigned)point;
            piece.ptr = escape;
            piece.len = (size_t)snprintf(escape, sizeof escape, format, value);
        }
        if (at + piece.len + 1 > size) {
            memcpy(to + fits, VISIBLE_ELLIPSIS, ELLIPSIS_BYTES);
            at = fits + ELLIPSIS_BYTES;
            break;
        }
        memcpy(to + at, piece.ptr, piece.len);
        at += piece.len;
        if (at + ELLIPSIS_BYTES + 1 <= size)
            fits = at;
        text = (struct slice){text.ptr + len, text.len - len};
    }
    to[at] = '\0';
    return at;
}

struct slice visible_cut(struct slice text, size_t most)
{
    if (text.len <= most)
        return text;
    size_t len = most, start = most;
    while (start > most - 3 && ((unsigned char)text.ptr[start] & 0xc0) == 0x80)
        start--;
    /* Bytes that are not UTF-8 form no character to keep whole. */
    if (((unsigned char)text.ptr[start] & 0xc0) != 0x80)
        len = start;
    return (struct slice){text.ptr, len};
}
