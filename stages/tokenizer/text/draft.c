/* draft.c - see draft.h. */
#include "draft.h"

#include "base/diag.h"
#include "text/text.h"

#include <assert.h>

void draft_start(struct draft *draft, struct slice text, bool wants_origins)
{
    draft->text = text.ptr;
    draft->len = text.len;
    draft->wants_origins = wants_origins;
    draft->origin = NULL;
    draft->pieces.len = draft->spare_pieces.len = 0;
    if (text.len > 0)
        vec_push(&draft->pieces, ((struct piece){0, (uint32_t)text.len, PIECE_TEXT}));
    if (!wants_origins || text_is_ascii(text))
        return;
    struct origins *origins = &draft->made_origins;
    origins->len = 0;
    vec_reserve(origins, text.len);
    uint32_t points = 0;
    for (size_t i = 0; i < text.len; i++) {
        points += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
        origins->items[i] = points - 1;
    }
    origins->len = text.len;
    draft->origin = origins->items;
}

void draft_free(struct draft *draft)
{
    vec_free(&draft->pieces);
    vec_free(&draft->spare_pieces);
    vec_free(&draft->made);
    vec_free(&draft->spare);
    vec_free(&draft->made_origins);
    vec_free(&draft->spare_origins);
}

void draft_pieces_done(struct draft *draft)
{
    struct pieces old = draft->pieces;
    draft->pieces = draft->spare_pieces;
    draft->spare_pieces = old;
    draft->spare_pieces.len = 0;
}

void draft_text_begin(struct draft *draft)
{
    draft->spare.len = draft->spare_origins.len = draft->spare_pieces.len = 0;
}

int draft_text_done(struct draft *draft, bool aligned)
{
    if (draft->spare.len > UINT32_MAX)
        return diag_error("a text of %zu bytes grows to %zu bytes, which is too long to be tokenized", draft->len,
                          draft->spare.len);
    struct bytes old = draft->made;
    draft->made = draft->spare;
    draft->spare = old;
    struct origins old_origins = draft->made_origins;
    draft->made_origins = draft->spare_origins;
    draft->spare_origins = old_origins;
    assert(!aligned || draft->made_origins.len == draft->made.len);
    draft->text = draft->made.items;
    draft->len = draft->made.len;
    draft->origin = aligned ? draft->made_origins.items : NULL;
    draft_pieces_done(draft);
    return 0;
}
