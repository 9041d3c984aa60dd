/* annotations.h - the members of a record that hold spans of its text, and how they move with it: members_of_text. */
#ifndef QUERN_ANNOTATIONS_H
#define QUERN_ANNOTATIONS_H

#include "base/arena.h"
#include "record/members.h"
#include "record/record.h"
#include "text/edits.h"

struct annotation {
    struct slice name;
    bool objects;              /* with start and end, as entities are; else pairs */
    const struct value *value; /* NULL if the record has no such member */
    struct span *spans;        /* where they are by now */
    const struct span *before; /* where they were */
    size_t count;
};

/* One for each of members_of_text, in that order. */
struct annotations {
    struct annotation members[MEMBERS_OF_TEXT];
};

/* Reads and checks them: every span must lie within `text` and not end before it starts. Returns 1 where there
 * are any, 0 where there are none, or -1 with the message, which names the member and the item. */
int annotations_read(const struct record *record, struct slice text, struct arena *arena,
                     struct annotations *annotations);

/* Moves all of them. */
void annotations_move(const struct edits *edits, struct annotations *annotations);

/* Sets, on a copy of the record that they were read from, the members in which anything moved, and confirms the others.
 * An item of which nothing is left is dropped; the other members of an entity keep their bytes. Returns how many were
 * dropped. */
size_t annotations_set(struct record *record, const struct annotations *annotations, struct arena *arena);

/* ---- pieces of the text as records of their own ---- */

/* Which items of which member each piece has. */
struct annotation_pieces {
    const struct annotations *annotations;
    const struct span *pieces;
    struct annotation_items {
        const uint32_t *first;       /* by piece, and one more: where its items start in `items` */
        const uint32_t *items;       /* in the order of the member */
        const struct slice *objects; /* of the whole member, if it has some */
    } of[MEMBERS_OF_TEXT];
};

/* The first of the spans, whose ends do not fall, that ends behind `point`; count where none does. */
size_t annotations_span_behind(const struct span *spans, size_t count, uint32_t point);

/* Pieces are [start, end) in code points of the text, in its order: neither their starts nor their ends fall. An item
 * is in every piece that it has a character in common with; an empty one where the character behind it is, or at the
 * end of the text the one before it. What this gives lives in the arena, as long as the annotations and pieces do. 0,
 * or -1 with the message where pieces and items are so many together that memory would not hold them. */
int annotations_cut(const struct annotations *annotations, const struct span *pieces, size_t count, struct arena *arena,
                    struct annotation_pieces *cut);

/* Items of a piece as they are in the whole text: an array of *count, in the arena. */
const struct span *annotations_of_piece(const struct annotation_pieces *pieces, size_t member, size_t piece,
                                        struct arena *arena, size_t *count);

/* Sets the members on a copy of the record, of which the text is the piece: items are cut to it and count from its
 * start. */
void annotations_set_piece(struct record *record, const struct annotation_pieces *pieces, size_t piece,
                           struct arena *arena);

#endif
