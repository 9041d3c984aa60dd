/* part.c - parts of a text: see part.h. */
#include "part.h"

/* Grows the part over the white space before it, not beyond `limit`. */
static struct part with_space_before(struct slice text, struct part part, uint32_t limit)
{
    while (part.start > limit) {
        uint32_t at = part.start - 1;
        size_t size;
        while (at > limit && ((unsigned char)text.ptr[at] & 0xc0) == 0x80)
            at--;
        if (!text_is_space(text_decode(text.ptr + at, &size)))
            break;
        part.start = at;
        part.place.start--;
    }
    return part;
}

static struct part with_space_behind(struct slice text, struct part part)
{
    size_t size;
    while (part.end < text.len && text_is_space(text_decode(text.ptr + part.end, &size))) {
        part.end += (uint32_t)size;
        part.place.end++;
    }
    return part;
}

struct part part_to_delete(struct slice text, struct part word, uint32_t *taken)
{
    struct part part = with_space_before(text, word, *taken);
    if (part.start == word.start)
        part = with_space_behind(text, word);
    *taken = part.end;
    return part;
}
