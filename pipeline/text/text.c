/* text.c - UTF-8, places in a text: see text.h. */
#include "text/text.h"

#include "base/vec.h"

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
        if (end - at >= 8 && text_is_ascii((struct slice){at, 8})) {
            at += 8;
            continue;
        }
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

/* How many code points start in the eight bytes. */
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
    /* The byte may now be inside a code point that has already been counted. */
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
