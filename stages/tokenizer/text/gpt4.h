/* gpt4.h - the expressions of GPT-4 and of what came after it (Llama 3, Qwen, GPT-4o, Mistral, DeepSeek) without a
 * regular expression engine.
 *
 *     (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|
 *     [ ]?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
 *
 * is Llama 3's; a form says how each of the others differs. tests/tokenize/unit_gpt4.c shows that each of them cuts as
 * PCRE2 does with the expression. */
#ifndef QUERN_TOKENIZER_GPT4_H
#define QUERN_TOKENIZER_GPT4_H

#include "base/slice.h"
#include "byte_masks.h"
#include "draft.h"

struct gpt4_form {
    const char *expression; /* as PCRE2 reads it, and Oniguruma too, except cl100k_base's */
    size_t numbers;         /* the most number characters in one word: 1 or 3; 0: not for `signs` */
    bool contractions;      /* 's is a word of its own; if `cased`, the end of the word before it */
    bool cased; /* a word ends where a capital follows a small letter; words may contain marks; and newlines and slashes
                   attach to the other characters before them */
    bool marks; /* marks are letters */
    bool signs; /* others are \p{P} and \p{S}; only one of ASCII attaches to letters, and only to those of ASCII;
                   remaining characters, numbers included, are a word, without a last one that a letter follows */
    bool whole_end; /* the white space at the end of a text is one word */
};

enum { GPT4_CL100K, GPT4_LLAMA3, GPT4_QWEN2, GPT4_QWEN3_5, GPT4_O200K, GPT4_TEKKEN, GPT4_DEEPSEEK, GPT4_FORMS };
extern const struct gpt4_form gpt4_forms[GPT4_FORMS];

/* The form with exactly this expression, or NULL. */
const struct gpt4_form *gpt4_find(struct slice expression);

enum { GPT4_BLOCK = BYTE_MASKS_BLOCK }; /* the most words that one call of gpt4_starts finds */

/* A place in a piece of text (valid UTF-8) where a word starts. */
struct gpt4_cursor {
    const struct gpt4_form *form;
    const unsigned char *kinds; /* see gpt4.c */
    byte_masks_finder *find;
    const char *text;
    size_t at, end;
};

struct gpt4_cursor gpt4_cursor(const struct gpt4_form *form, const char *text, size_t start, size_t end);

/* Advances, at < end, and writes where words start in what it passed, including the first of the piece; every word ends
 * where the next one starts, the last at the end. Returns their number. */
size_t gpt4_starts(struct gpt4_cursor *cursor, uint32_t starts[GPT4_BLOCK]);

/* Cuts a piece of text; every byte of it is in one of the pieces. */
void gpt4_cut(const struct gpt4_form *form, struct draft *draft, struct piece piece);

#endif
