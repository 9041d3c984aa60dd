/* gpt2.h - GPT-2's expression without a regular expression engine.
 *
 *     's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
 *
 * tests/tokenize/unit_gpt2.c shows that it cuts as PCRE2 does. */
#ifndef QUERN_TOKENIZER_GPT2_H
#define QUERN_TOKENIZER_GPT2_H

#include "draft.h"

/* The expression, as PCRE2 and Oniguruma read it. */
extern const char gpt2_expression[];

/* Cuts a piece of text; every byte of it is in one of the pieces. */
void gpt2_cut(struct draft *draft, struct piece piece);

#endif
