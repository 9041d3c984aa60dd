/* draft.h - a text on its way through a tokenizer: normalized so far, cut into pieces so far.
 *
 * Normalizer, pre-tokenizer and the cutter of added tokens are functions from a draft to a draft. A step that only cuts
 * writes a new list of pieces over the same text; one that changes the text writes a new text.
 *
 * Offsets: every byte of the text knows the one code point of the original that it stands for (the reference's
 * alignments are never wider than one character, see normal_form.h), or that it was put before a code point and stands
 * for nothing. */
#ifndef QUERN_TOKENIZER_DRAFT_H
#define QUERN_TOKENIZER_DRAFT_H

#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

enum { PIECE_TEXT = -1 };

/* In an origin: the byte stands for nothing and is before the code point. */
#define ORIGIN_BEFORE 0x80000000u

struct piece {
    uint32_t start, end; /* bytes of the draft's text; never empty */
    int32_t id;          /* an added token, or PIECE_TEXT */
};

struct origins {
    uint32_t *items;
    size_t len, cap;
};

struct pieces {
    struct piece *items;
    size_t len, cap;
};

struct draft {
    const char *text; /* the caller's, or `made` */
    size_t len;
    /* By byte of the text: the code point of the original. NULL: byte i stands for code point i, or no offsets are
     * wanted. */
    const uint32_t *origin;
    bool wants_origins;
    struct pieces pieces;

    /* The next step writes these, then swaps them with the above. */
    struct bytes made, spare;
    struct origins made_origins, spare_origins;
    struct pieces spare_pieces;
};

/* One piece, the whole text, or none if it is empty. The text must live as long as the draft is used. */
void draft_start(struct draft *draft, struct slice text, bool wants_origins);
void draft_free(struct draft *draft);

/* For a step that cuts: write the new pieces with draft_cut, then call draft_pieces_done. Empty ones are dropped. */
static inline void draft_cut(struct draft *draft, size_t start, size_t end, int32_t id)
{
    if (start < end)
        vec_push(&draft->spare_pieces, ((struct piece){(uint32_t)start, (uint32_t)end, id}));
}
void draft_pieces_done(struct draft *draft);

/* For a step that changes the text: write the text (and origins, if `aligned`) to spare and spare_origins and the
 * pieces with draft_cut, then call draft_text_done. -1 if the text has become too long to be indexed. */
void draft_text_begin(struct draft *draft);
int draft_text_done(struct draft *draft, bool aligned);

/* The code point that a byte stands for, or with ORIGIN_BEFORE. */
static inline uint32_t draft_origin(const struct draft *draft, size_t byte)
{
    return draft->origin != NULL ? draft->origin[byte] : (uint32_t)byte;
}

/* The code points that bytes [start, end) stand for, as [from, to). */
static inline uint32_t draft_from(const struct draft *draft, size_t start)
{
    return draft_origin(draft, start) & ~ORIGIN_BEFORE;
}

static inline uint32_t draft_to(const struct draft *draft, size_t end)
{
    uint32_t last = draft_origin(draft, end - 1);
    return (last & ~ORIGIN_BEFORE) + 1 - (last >> 31);
}

#endif
