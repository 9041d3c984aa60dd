/* annotations.h - the members of a record that hold spans of its text (members_of_text), and how they move with it. */
#ifndef QUERN_ANNOTATIONS_H
#define QUERN_ANNOTATIONS_H

#include "base/arena.h"
#include "record/members.h"
#include "record/record.h"
#include "text/edits.h"

struct annotation {
    struct slice name;
    bool objects;              /* its items are objects with start and end, as in entities; else pairs */
    const struct value *value; /* NULL if the record has no such member */
    struct span *spans;        /* where the items are now */
    const struct span *before; /* where they were in the record */
    size_t count;
};

/* One for each of members_of_text, in that order. */
struct annotations {
    struct annotation members[MEMBERS_OF_TEXT];
};

/* Do the spans of the record belong to this member? They do to `text`, and in a record without a text to whatever a
 * filter processes. */
bool annotations_belong(const struct record *record, struct slice field);

/* Reads and checks them: every span must be within `text` and not end before it starts. Returns 1 if there are any, 0
 * if there are none, or -1 with the message, which names the member and the item. */
int annotations_read(const struct record *record, struct slice text, struct arena *arena,
                     struct annotations *annotations);

/* Moves all of them. */
void annotations_move(const struct edits *edits, struct annotations *annotations);

/* On a copy of the record that they were read from, sets the members in which anything moved and confirms the others.
 * Items whose text is gone are dropped; the other members of an entity keep their bytes. Returns how many items were
 * dropped. */
size_t annotations_set(struct record *record, const struct annotations *annotations, struct arena *arena);

/* ---- pieces of the text as records of their own ---- */

/* Which items of which member each piece has. */
struct annotation_pieces {
    const struct annotations *annotations;
    const struct span *pieces;
    struct annotation_items {
        const uint32_t *first;       /* for each piece, and one more: where its items start in `items` */
        const uint32_t *items;       /* in the order of the member */
        const struct slice *objects; /* of the whole member, if its items are objects */
    } of[MEMBERS_OF_TEXT];
};

/* The first span that ends after `point`, or `count`; ends must be non-decreasing. */
size_t annotations_span_after(const struct span *spans, size_t count, uint32_t point);

/* Pieces are [start, end) in code points of the text, in order: their starts and their ends are non-decreasing. An item
 * belongs to every piece with which it shares a character; an empty item belongs to the pieces that have the character
 * after it or, at the end of the text, the one before it. The result is in the arena and uses the annotations and the
 * pieces, which must live as long. 0, or -1 with the message if pieces and items together are too many for memory. */
int annotations_cut(const struct annotations *annotations, const struct span *pieces, size_t count, struct arena *arena,
                    struct annotation_pieces *cut);

/* The items of a piece, as spans of the whole text: an array of *count, in the arena. */
const struct span *annotations_of_piece(const struct annotation_pieces *pieces, size_t member, size_t piece,
                                        struct arena *arena, size_t *count);

/* Sets the members on a copy of the record whose text is the piece: items are cut to the piece and count from its
 * start.
 */
void annotations_set_piece(struct record *record, const struct annotation_pieces *pieces, size_t piece,
                           struct arena *arena);

/* The same for a text that is put together from pieces of several texts: items of all of them, in order, moved to where
 * the pieces are. A member is set if any of the texts has it. */
struct annotation_source {
    const struct annotation_pieces *pieces;
    size_t piece;
    uint32_t at; /* where the piece starts in the new text */
};
void annotations_set_joined(struct record *record, const struct annotation_source *sources, size_t count,
                            struct arena *arena);

#endif
