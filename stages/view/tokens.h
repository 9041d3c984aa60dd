/* tokens.h - the tokens of a record, and which of them are masked, as cells of a screen. */
#ifndef VIEW_TOKENS_H
#define VIEW_TOKENS_H

#include "record/record.h"
#include "text/screen.h"

struct tokenizer;

struct token_names {
    const struct tokenizer *tokenizer; /* NULL: use the record's own tokens, or else its text */
    int32_t mask_id;                   /* -1: unknown */
};

/* The arrays of one record; NULL for those it does not have. */
struct token_row {
    size_t count;
    const int32_t *input_ids;
    const int32_t *labels; /* only if they say which tokens are masked */
    const int32_t *special_tokens_mask;
    const int32_t *doc_ids;
    const struct slice *tokens;
    const struct slice *pieces; /* the text of each token, by offset_mapping */
    const struct span *offsets; /* in code points */
    size_t second;              /* the first token of the second text of a pair; count if there is none */
};

/* Reads them. texts: the record's text and the second of a pair; offset_mapping is ignored for a text with a NULL ptr.
 * in_bytes: offset_mapping counts bytes. count is 0 if the record has neither input_ids nor tokens. 0, or -1 with the
 * message. */
int tokens_read(const struct record *record, const struct slice texts[2], bool in_bytes, struct arena *arena,
                struct token_row *row);

/* Appends the tokens, with "||" before the first one of another document, "|" between two that touch in the text, else
 * a space. A masked token is followed by
 * {M:original} if it is the mask token, {R:original} if it is another, {K} if it was kept; if the mask token is
 * unknown, {C:original} means M or R. An id without a name is shown as #id. */
void tokens_add(const struct token_row *row, const struct token_names *names, struct arena *arena,
                struct screen *screen);

#endif
