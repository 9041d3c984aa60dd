/* tokens.h - the tokens of a record, and what has been masked of them, as cells of a screen. */
#ifndef VIEW_TOKENS_H
#define VIEW_TOKENS_H

#include "record/record.h"
#include "text/screen.h"

struct tokenizer;

struct token_names {
    const struct tokenizer *tokenizer; /* NULL: the record's own tokens serve, or else its text */
    int32_t mask_id;                   /* -1: not known */
};

/* The arrays of one record; NULL where it has none. */
struct token_row {
    size_t count;
    const int32_t *input_ids;
    const int32_t *labels; /* only where they say which tokens are masked */
    const int32_t *special_tokens_mask;
    const struct slice *tokens;
    const struct slice *pieces; /* of the texts, by offset_mapping */
    const struct span *offsets; /* in code points */
    size_t second;              /* the first token of the second text of a pair; count where there is none */
};

/* Reads them. texts: the record's, and the second of a pair; offset_mapping is left alone for one of ptr NULL.
 * in_bytes: its unit. count is 0 where the record has neither input_ids nor tokens. 0, or -1 with the message. */
int tokens_read(const struct record *record, const struct slice texts[2], bool in_bytes, struct arena *arena,
                struct token_row *row);

/* Appends the tokens: "|" between two that touch in the text, else a space. A masked one is followed by
 * {M:original} where it is the mask token, {R:original} where it is another, {K} where it was kept; {C:original}
 * stands for M or R where the mask token is not known. An id without a name is #id. */
void tokens_add(const struct token_row *row, const struct token_names *names, struct arena *arena,
                struct screen *screen);

#endif
