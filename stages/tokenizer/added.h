/* added.h - tokens that are cut out of a text before anything else looks at it: [MASK], <|endoftext|>.
 *
 * Tokens with `normalized` are looked for in the normalized text, in their own normalized spelling; the others in the
 * text as it was written. The leftmost match wins; of several there, the longest. */
#ifndef QUERN_TOKENIZER_ADDED_H
#define QUERN_TOKENIZER_ADDED_H

#include "text/draft.h"

#include <stdbool.h>
#include <stdint.h>

struct added_token {
    struct slice content; /* what to look for */
    int32_t id;
    bool single_word;    /* only if no letter, digit, mark or _ is next to it */
    bool lstrip, rstrip; /* takes the white space before it, after it */
    bool normalized, special;
};

struct added_set {
    struct added_token *items; /* sorted by content */
    size_t len, cap;
    bool first[256]; /* bytes that a token starts with */
    int only;        /* the one that all tokens start with, or -1 */
};

/* The token must not be empty or in the set already. Its content must live as long as the set. */
void added_put(struct added_set *set, struct added_token token);

/* To be called after the last added_put. */
void added_ready(struct added_set *set);
void added_free(struct added_set *set);

/* Cuts the tokens out of every piece of text. */
void added_apply(const struct added_set *set, struct draft *draft);

#endif
