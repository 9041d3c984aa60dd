/* compose.h - a record made of pieces of tapes and of markers.
 *
 *     const struct piece pieces[] = {piece_marker(&cls, PIECE_NEXT), piece_tokens(&tape, 0, 90),
 *                                    piece_marker(&sep, PIECE_PREVIOUS)};
 *     composition_of(pieces, 3, arena, &composition);
 *     struct record *made = composition_record(&composition, arena);
 *
 * The record gets the members that the tapes carry and that are in `emit`, words numbered anew, and spans of tokens
 * moved. */
#ifndef DOCUMENTS_COMPOSE_H
#define DOCUMENTS_COMPOSE_H

#include "tape.h"

/* Instead of a token_type_id: that of the next token, of the one before, or that on the tape. */
enum { PIECE_NEXT = -3, PIECE_PREVIOUS, PIECE_AS_IT_IS };

struct piece {
    const struct marker *marker; /* or NULL */
    const struct tape *tape;     /* else its tokens [from, to) … */
    uint64_t from, to;
    bool backward; /* … the last one first */
    bool apart;    /* what stands here is another source, and another document, than what stands before it */
    int32_t type;
};

static inline struct piece piece_marker(const struct marker *marker, int32_t type)
{
    return (struct piece){.marker = marker, .type = type};
}

static inline struct piece piece_tokens(const struct tape *tape, uint64_t from, uint64_t to)
{
    return (struct piece){.tape = tape, .from = from, .to = to, .type = PIECE_AS_IT_IS};
}

struct composition {
    size_t count; /* tokens */
    unsigned carried;
    int32_t *ints[CARRY_INTS]; /* those that are carried */
    struct span *offsets, *ranges[CARRY_RANGES];
    size_t range_counts[CARRY_RANGES];
    struct slice *tokens;
    int32_t *doc_ids; /* 1 for the first document … */
    struct lineage_source *sources;
    size_t source_count;
};

/* emit: bits of the carried members to make. All is in the arena. The pieces are not needed any more afterwards. */
void composition_of(const struct piece *pieces, size_t count, unsigned emit, struct arena *arena,
                    struct composition *composition);

/* Sets the carried members. */
void composition_set(const struct composition *composition, struct record *made);

#endif
