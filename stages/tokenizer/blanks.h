/* blanks.h - the white space at both ends of a token, which trim_offsets removes from its offsets. */
#ifndef QUERN_TOKENIZER_BLANKS_H
#define QUERN_TOKENIZER_BLANKS_H

#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

/* In characters: White_Space, or a byte-level vocabulary's spelling of a blank. A token that consists of nothing else
 * counts all of them at both ends. */
struct blanks {
    uint32_t leading, trailing;
};

struct blanks blanks_of(struct slice token);

/* Those of each token; a number that does not fit is BLANKS_MANY and has to be counted. */
struct blanks_known {
    uint8_t leading, trailing;
};
enum { BLANKS_MANY = 255 };

/* The caller provides room for `count`. */
void blanks_fill(struct blanks_known *known, const struct slice *tokens, size_t count);

static inline struct blanks blanks_get(const struct blanks_known *known, const struct slice *tokens, int32_t id)
{
    struct blanks_known token = known[id];
    if (token.leading == BLANKS_MANY || token.trailing == BLANKS_MANY)
        return blanks_of(tokens[id]);
    return (struct blanks){token.leading, token.trailing};
}

#endif
