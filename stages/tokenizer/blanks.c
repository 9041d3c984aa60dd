/* blanks.c - see blanks.h. */
#include "blanks.h"

#include "text/byte_spelling.h"
#include "text/classes.h"
#include "text/text.h"

/* The length of the blank at `at` in bytes, 0 if it is another character. */
static size_t blank_at(const char *at, const char *end)
{
    if (at == end)
        return 0;
    size_t len;
    uint32_t point = text_decode(at, &len);
    return point == byte_spelling(' ') || (classes_of(classes_table(), point) & CLASS_SPACE) ? len : 0;
}

struct blanks blanks_of(struct slice token)
{
    struct blanks blanks = {0, 0};
    const char *start = token.ptr, *end = token.ptr + token.len;
    for (size_t len; (len = blank_at(start, end)) > 0; start += len)
        blanks.leading++;
    for (const char *last = end; last > token.ptr; end = last, blanks.trailing++) {
        do
            last--;
        while (last > token.ptr && ((unsigned char)*last & 0xc0) == 0x80);
        if (blank_at(last, end) == 0)
            break;
    }
    return blanks;
}

void blanks_fill(struct blanks_known *known, const struct slice *tokens, size_t count)
{
    for (size_t id = 0; id < count; id++) {
        if (tokens[id].ptr == NULL)
            continue;
        struct blanks blanks = blanks_of(tokens[id]);
        known[id].leading = (uint8_t)(blanks.leading < BLANKS_MANY ? blanks.leading : BLANKS_MANY);
        known[id].trailing = (uint8_t)(blanks.trailing < BLANKS_MANY ? blanks.trailing : BLANKS_MANY);
    }
}
