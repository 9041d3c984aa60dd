/* charsmap.c - see charsmap.h. The blob comes from a file, so every step through the trie is checked. */
#include "charsmap.h"

#include "base/diag.h"
#include "base/memory.h"
#include "text/text.h"

/* ---- Darts' units ---- */

static uint32_t unit_offset(uint32_t unit)
{
    return unit >> 10 << ((unit & 1u << 9) >> 6);
}

static bool unit_has_leaf(uint32_t unit)
{
    return (unit >> 8 & 1) != 0;
}

static uint32_t unit_label(uint32_t unit)
{
    return unit & (1u << 31 | 0xff);
}

static uint32_t unit_value(uint32_t unit)
{
    return unit & 0x7fffffffu;
}

/* *node is the node from which the children of the last byte are counted. */
static bool step(const struct charsmap *map, size_t *node, char byte, uint32_t *unit)
{
    uint32_t label = (unsigned char)byte;
    *node ^= label;
    if (*node >= map->count)
        return false;
    *unit = map->units[*node];
    if (unit_label(*unit) != label)
        return false;
    *node ^= unit_offset(*unit);
    return true;
}

static size_t root(const struct charsmap *map)
{
    return map->count > 0 ? unit_offset(map->units[0]) : 0;
}

static bool leaf(const struct charsmap *map, size_t node, uint32_t unit, struct slice *becomes)
{
    if (!unit_has_leaf(unit) || node >= map->count)
        return false;
    uint32_t at = unit_value(map->units[node]);
    if (at >= map->replacements.len)
        return false;
    const char *start = map->replacements.ptr + at;
    if (((unsigned char)*start & 0xc0) == 0x80) /* inside a character: not made by SentencePiece */
        return false;
    const char *end = memchr(start, '\0', map->replacements.len - at);
    *becomes = slice_between(start, end != NULL ? end : map->replacements.ptr + map->replacements.len);
    return true;
}

static bool find(const struct charsmap *map, struct slice text, bool longest, struct slice *becomes, size_t *len)
{
    size_t node = root(map);
    uint32_t unit = 0;
    *len = 0;
    for (size_t i = 0; i < text.len && step(map, &node, text.ptr[i], &unit); i++)
        if (leaf(map, node, unit, becomes)) {
            *len = i + 1;
            if (!longest)
                break;
        }
    return *len > 0;
}

bool charsmap_longest(const struct charsmap *map, struct slice text, struct slice *becomes, size_t *len)
{
    return find(map, text, true, becomes, len);
}

bool charsmap_shortest(const struct charsmap *map, struct slice text, struct slice *becomes, size_t *len)
{
    return find(map, text, false, becomes, len);
}

/* ---- reading ---- */

/* Does a key start with the character, or is a key a prefix of it? */
static bool touches(const struct charsmap *map, uint32_t point)
{
    char bytes[4];
    size_t count = text_encode(point, bytes), node = root(map);
    struct slice becomes;
    uint32_t unit = 0;
    for (size_t i = 0; i < count; i++) {
        if (!step(map, &node, bytes[i], &unit))
            return false;
        if (leaf(map, node, unit, &becomes))
            return true;
    }
    return true;
}

static bool is_plain(const struct charsmap *map, char c)
{
    size_t node = root(map);
    uint32_t unit = 0;
    struct slice becomes;
    if (!step(map, &node, c, &unit))
        return true;
    if (leaf(map, node, unit, &becomes))
        return false;
    for (char next = 1; next > 0; next++) {
        size_t child = node;
        if (step(map, &child, next, &unit))
            return false;
        if (next == 127)
            break;
    }
    return true;
}

static uint32_t read_u32(const char *at)
{
    const unsigned char *s = (const unsigned char *)at;
    return (uint32_t)s[0] | (uint32_t)s[1] << 8 | (uint32_t)s[2] << 16 | (uint32_t)s[3] << 24;
}

/* A text stays valid UTF-8 only if the replacements are. */
static int check_replacements(struct slice replacements)
{
    return text_is_utf8(replacements) ? 0 : diag_error("precompiled_charsmap: a replacement is not UTF-8");
}

int charsmap_read(struct charsmap *map, struct slice blob)
{
    *map = (struct charsmap){0};
    if (blob.len > 0) {
        size_t size = blob.len < 4 ? SIZE_MAX : read_u32(blob.ptr);
        if (size > blob.len - 4 || size % 4 != 0)
            return diag_error("precompiled_charsmap: truncated");
        map->replacements = (struct slice){blob.ptr + 4 + size, blob.len - 4 - size};
        if (check_replacements(map->replacements) != 0)
            return -1;
        map->count = size / 4;
        map->units = mem_zalloc(map->count + 1, sizeof *map->units);
        for (size_t i = 0; i < map->count; i++)
            map->units[i] = read_u32(blob.ptr + 4 + 4 * i);
    }
    for (uint32_t point = 0; point < 0x10000; point++)
        if ((point < 0xd800 || point > 0xdfff) && !touches(map, point))
            map->untouched[point >> 3] |= (uint8_t)(1 << (point & 7));
    for (int c = 0; c < 128; c++)
        map->plain[c] = is_plain(map, (char)c);
    map->printable = true;
    for (int c = ' '; c <= '~'; c++)
        map->printable &= map->plain[c];
    return 0;
}

void charsmap_free(struct charsmap *map)
{
    mem_free(map->units);
    map->units = NULL;
    map->count = 0;
}
