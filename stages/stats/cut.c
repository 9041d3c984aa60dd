/* cut.c - see cut.h. */
#include "cut.h"

#include <string.h>

/* The part of the text that has tokens, in the unit of the offsets. */
static struct span find_covered(const struct span *offsets, size_t count)
{
    struct span covered = {0};
    uint32_t last = 0;
    bool any = false, special = false;
    for (size_t i = 0; i < count; i++) {
        special = special || offsets[i].end == 0;
        if (offsets[i].start == offsets[i].end)
            continue;
        if (any && offsets[i].start < (special ? covered.end : last))
            break; /* the second text */
        special = false;
        if (!any)
            covered.start = offsets[i].start;
        any = true;
        last = offsets[i].start;
        covered.end = offsets[i].end > covered.end ? offsets[i].end : covered.end;
    }
    return covered;
}

static bool is_removed(uint32_t point)
{
    return text_is_space(point) || point < 0x20 || (point >= 0x7f && point < 0xa0) ||
           (point >= 0x200b && point <= 0x200f) || point == 0xfeff;
}

/* Has one of the characters from `from` to `to`, counted in code points, or in bytes, more than that? */
static bool has_more(struct slice text, size_t from, size_t to, bool in_bytes)
{
    size_t place = 0, length;
    for (size_t at = 0; at < text.len && place < to; at += length) {
        uint32_t point = text_decode(text.ptr + at, &length);
        if (place >= from && !is_removed(point))
            return true;
        place += in_bytes ? length : 1;
    }
    return false;
}

bool cut_is(struct slice text, size_t length, const struct span *offsets, size_t count)
{
    struct span covered = find_covered(offsets, count);
    bool in_bytes = covered.end > length;
    size_t end = in_bytes ? text.len : length;
    if (covered.end == 0)
        return false;
    return (covered.start > 0 && has_more(text, 0, covered.start, in_bytes)) ||
           (covered.end < end && has_more(text, covered.end, end, in_bytes));
}

/* The span "[1,23]" that begins at `at`; false if something else does. */
static bool read_pair(const char *at, const char *end, size_t pair[2])
{
    if (at == end || *at++ != '[')
        return false;
    for (size_t i = 0; i < 2; i++) {
        const char *digits = at;
        for (pair[i] = 0; at < end && *at >= '0' && *at <= '9' && pair[i] <= UINT32_MAX; at++)
            pair[i] = pair[i] * 10 + (size_t)(*at - '0');
        if (at == digits || at == end || *at++ != (i == 0 ? ',' : ']'))
            return false;
    }
    return true;
}

bool cut_is_whole(struct slice offsets, size_t length)
{
    const char *first = offsets.ptr + 1, *end = offsets.ptr + offsets.len, *last = end;
    size_t pair[2] = {0};
    while (pair[1] == 0) { /* special tokens come first */
        if (!read_pair(first, end, pair) || (first = memchr(first, ']', (size_t)(end - first))) == NULL)
            return false;
        first += 2; /* past the comma */
    }
    if (pair[0] > 0)
        return false;
    for (pair[1] = 0; pair[1] == 0;) {
        last = memrchr(offsets.ptr, '[', (size_t)(last - offsets.ptr));
        if (last == NULL || !read_pair(last, end, pair))
            return false;
    }
    static const char special[] = "[0,0]"; /* between other tokens: a second text follows */
    return pair[1] == length &&
           (last < first || memmem(first, (size_t)(last - first), special, sizeof special - 1) == NULL);
}
