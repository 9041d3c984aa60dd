/* spell.c - see spell.h. */
#include "spell.h"

#include "byte_spelling.h"
#include "text/text.h"

static void put(struct draft *draft, const char *bytes, size_t len, size_t from)
{
    bytes_append(&draft->spare, bytes, len);
    for (size_t i = 0; draft->wants_origins && i < len; i++)
        vec_push(&draft->spare_origins, draft_origin(draft, from));
}

int spell_apply(struct draft *draft)
{
    draft_text_begin(draft);
    for (size_t i = 0; i < draft->pieces.len; i++) {
        struct piece piece = draft->pieces.items[i];
        size_t start = draft->spare.len;
        for (size_t at = piece.start; at < piece.end; at++) {
            char bytes[4] = {draft->text[at]};
            size_t len = piece.id != PIECE_TEXT ? 1 : text_encode(byte_spelling((unsigned char)draft->text[at]), bytes);
            put(draft, bytes, len, at);
        }
        draft_cut(draft, start, draft->spare.len, piece.id);
    }
    return draft_text_done(draft, draft->wants_origins);
}
