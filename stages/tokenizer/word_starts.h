/* word_starts.h - where words begin, told by the white space in the spelling of tokens.
 *
 * Tokenizers without a pre-tokenizer (Llama 2's, Gemma's), or with one that cuts nothing, number a whole text as one
 * word, and so does the reference:
 *
 *     tokens     ▁the  ▁mill  ▁tur  ns  ▁slow  ly
 *     word_ids      0      0     0   0      0   0
 *     here          0      1     2   2      3   3
 */
#ifndef QUERN_TOKENIZER_WORD_STARTS_H
#define QUERN_TOKENIZER_WORD_STARTS_H

#include "record/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is known of a token: a set of these. */
enum {
    TOKEN_SPACE_FIRST = 1, /* it begins with a space, and has more than white space */
    TOKEN_BLANK_FIRST = 2, /* it begins, or ends, with white space */
    TOKEN_BLANK_LAST = 4,
    TOKEN_BLANK = 8,  /* it is white space */
    TOKEN_APART = 16, /* an added token, which is a word of its own: the caller's to set */
};

/* A space may be spelled U+2581 or, byte-level, U+0120; other white space may be one byte, <0x0A>. */
uint8_t word_starts_kind(struct slice token);

/* Those of the member `tokens`, which must have `count` items. *kinds: NULL if the record does not have it, or if none
 * of them begins with a space. 0, or -1 with the message. */
int word_starts_read(const struct record *in, size_t count, struct arena *arena, uint8_t **kinds);

/* The word ids of a text: the given ones, unless there are spaces in the words and none between them (words of the user
 * may have spaces). Then in the arena, new ones, by which a word also begins at white space; white space belongs to the
 * word after it. types may be NULL: token_type_ids. A word id below 0 stays. */
const int32_t *word_starts(const int32_t *word_ids, const int32_t *types, const uint8_t *kinds, size_t count,
                           struct arena *arena);

#endif
