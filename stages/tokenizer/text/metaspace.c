/* metaspace.c - see metaspace.h. */
#include "metaspace.h"

static bool starts_with_mark(struct slice text, struct slice mark)
{
    return *text.ptr == ' ' || slice_starts(text, mark);
}

static void put_origin(struct draft *draft, size_t count, uint32_t origin)
{
    for (size_t i = 0; i < count; i++)
        draft->spare_origins.items[draft->spare_origins.len++] = origin;
}

static void mark_piece(const struct metaspace *metaspace, struct draft *draft, struct piece piece)
{
    const struct slice mark = metaspace->mark, text = {draft->text + piece.start, piece.end - piece.start};
    size_t word = draft->spare.len;
    uint32_t first = draft_origin(draft, piece.start);
    vec_reserve(&draft->spare, (text.len + 1) * mark.len + 8);
    if (draft->wants_origins)
        vec_reserve(&draft->spare_origins, (text.len + 1) * mark.len);
    char *to = draft->spare.items + draft->spare.len;
    bool prepends = metaspace->prepend == METASPACE_ALWAYS || (metaspace->prepend == METASPACE_FIRST && first == 0);
    if (prepends && !starts_with_mark(text, mark)) {
        memcpy(to, mark.ptr, mark.len);
        to += mark.len;
        if (draft->wants_origins)
            put_origin(draft, mark.len, first);
    }
    for (size_t at = 0, len; at < text.len; at += len) {
        bool blank = text.ptr[at] == ' ';
        bool marked =
            blank || (text.ptr[at] == *mark.ptr && slice_starts((struct slice){text.ptr + at, text.len - at}, mark));
        size_t here = (size_t)(to - draft->spare.items);
        if (marked && metaspace->split) {
            draft_cut(draft, word, here, PIECE_TEXT);
            word = here;
        }
        len = marked && !blank ? mark.len : 1;
        size_t made = marked ? mark.len : 1;
        memcpy(to, marked ? mark.ptr : text.ptr + at, made);
        to += made;
        if (draft->wants_origins)
            put_origin(draft, made, draft_origin(draft, piece.start + at));
    }
    draft->spare.len = (size_t)(to - draft->spare.items);
    draft_cut(draft, word, draft->spare.len, PIECE_TEXT);
}

int metaspace_apply(const struct metaspace *metaspace, struct draft *draft)
{
    draft_text_begin(draft);
    for (size_t i = 0; i < draft->pieces.len; i++) {
        struct piece piece = draft->pieces.items[i];
        if (piece.id == PIECE_TEXT) {
            mark_piece(metaspace, draft, piece);
            continue;
        }
        size_t start = draft->spare.len;
        bytes_append(&draft->spare, draft->text + piece.start, piece.end - piece.start);
        if (draft->wants_origins)
            for (size_t at = piece.start; at < piece.end; at++)
                vec_push(&draft->spare_origins, draft_origin(draft, at));
        draft_cut(draft, start, draft->spare.len, piece.id);
    }
    return draft_text_done(draft, draft->wants_origins);
}
