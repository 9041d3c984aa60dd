/* metaspace.c - see metaspace.h. */
#include "metaspace.h"

#include "byte_vectors.h"

static bool starts_with_mark(struct slice text, struct slice mark)
{
    return *text.ptr == ' ' || slice_starts(text, mark);
}

/* The next blank, or start of a possible mark, or the end of the text. */
static size_t next_candidate(struct slice text, size_t at, char mark)
{
#ifdef __SSE2__
    for (; text.len - at >= BYTE_VECTOR; at += BYTE_VECTOR) {
        __m128i bytes = vector_load(text.ptr + at);
        uint32_t found = vector_bits(_mm_or_si128(vector_equals(bytes, ' '), vector_equals(bytes, mark)));
        if (found != 0)
            return at + (size_t)__builtin_ctz(found);
    }
#endif
    while (at < text.len && text.ptr[at] != ' ' && text.ptr[at] != mark)
        at++;
    return at;
}

/* Puts bytes that all stand for one code point. There must be room for them. */
static void put_mark(struct draft *draft, struct slice mark, uint32_t origin)
{
    memcpy(draft->spare.items + draft->spare.len, mark.ptr, mark.len);
    draft->spare.len += mark.len;
    for (size_t i = 0; draft->wants_origins && i < mark.len; i++)
        draft->spare_origins.items[draft->spare_origins.len++] = origin;
}

/* Copies bytes [start, end) of the draft. There must be room for them and BYTE_VECTOR more; `most`: bytes of the
 * draft. */
static void put_run(struct draft *draft, size_t start, size_t end, size_t most)
{
    char *to = draft->spare.items + draft->spare.len;
    if (end - start <= BYTE_VECTOR && most - start >= BYTE_VECTOR)
        memcpy(to, draft->text + start, BYTE_VECTOR);
    else
        memcpy(to, draft->text + start, end - start);
    draft->spare.len += end - start;
    if (!draft->wants_origins)
        return;
    uint32_t *origins = draft->spare_origins.items + draft->spare_origins.len;
    for (size_t at = start; at < end; at++)
        *origins++ = draft_origin(draft, at);
    draft->spare_origins.len += end - start;
}

static void mark_piece(const struct metaspace *metaspace, struct draft *draft, struct piece piece)
{
    const struct slice mark = metaspace->mark, text = {draft->text + piece.start, piece.end - piece.start};
    size_t word = draft->spare.len;
    uint32_t first = draft_origin(draft, piece.start);
    vec_reserve(&draft->spare, (text.len + 1) * mark.len + BYTE_VECTOR);
    if (draft->wants_origins)
        vec_reserve(&draft->spare_origins, (text.len + 1) * mark.len);
    bool prepends = metaspace->prepend == METASPACE_ALWAYS ||
                    (metaspace->prepend == METASPACE_FIRST && (first & ~ORIGIN_BEFORE) == 0);
    if (prepends && !starts_with_mark(text, mark))
        put_mark(draft, mark, first);
    for (size_t at = 0; at < text.len;) {
        size_t found = next_candidate(text, at, *mark.ptr);
        put_run(draft, piece.start + at, piece.start + found, draft->len);
        at = found;
        if (at == text.len)
            break;
        bool blank = text.ptr[at] == ' ';
        if (!blank && !slice_starts((struct slice){text.ptr + at, text.len - at}, mark)) {
            put_run(draft, piece.start + at, piece.start + at + 1, draft->len);
            at++;
            continue;
        }
        if (metaspace->split) {
            draft_cut(draft, word, draft->spare.len, PIECE_TEXT);
            word = draft->spare.len;
        }
        put_mark(draft, mark, draft_origin(draft, piece.start + at));
        at += blank ? 1 : mark.len;
    }
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
