/* gpt2.h - GPT-2's expression without a regular expression engine.
 *
 *     's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
 *
 * tests/tokenize/unit_gpt2.c shows that it cuts as PCRE2 does. */
#ifndef QUERN_TOKENIZER_GPT2_H
#define QUERN_TOKENIZER_GPT2_H

#include "byte_masks.h"
#include "draft.h"

/* The expression, as PCRE2 and Oniguruma read it. */
extern const char gpt2_expression[];

enum { GPT2_BLOCK = BYTE_MASKS_BLOCK }; /* the most words that one call of gpt2_starts finds */

/* A place in a piece of text, and the kind of character before it. Valid UTF-8. */
struct gpt2_cursor {
    byte_masks_finder *find;
    const char *text;
    size_t at, end;
    uint64_t letter, number, other, white, blank; /* 1: the character before `at` is of this kind */
};

static inline struct gpt2_cursor gpt2_cursor(const char *text, size_t start, size_t end)
{
    return (struct gpt2_cursor){.find = byte_masks_best(), .text = text, .at = start, .end = end};
}

/* Advances by up to GPT2_BLOCK bytes, at < end, and writes where words start in them, including the first of the piece;
 * every word ends where the next one starts, the last at the end. Returns their number. */
size_t gpt2_starts(struct gpt2_cursor *cursor, uint32_t starts[GPT2_BLOCK]);

/* Cuts a piece of text; every byte of it is in one of the pieces. */
void gpt2_cut(struct draft *draft, struct piece piece);

#endif
