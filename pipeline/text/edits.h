/* edits.h - how offsets move when a text changes.
 *
 * An edit says that the code points [start, end) of the old text became `length` code points of the new one; text
 * that no edit covers is unchanged. The list is built from left to right along with the new text, and unchanged text
 * costs nothing:
 *
 *     edits_reset(&edits);
 *     edits_keep(&edits, 5);           five code points are the same
 *     edits_replace(&edits, 2, 1);     two became one; 2, 0 deletes, 0, 1 inserts
 *     span = edits_span(&edits, span);
 *
 * If a text changes in several steps, its spans move through the list of each step in turn.
 *
 * How a span [start, end) of the old text moves:
 *
 *   - a border outside every edit, or at the border of one, stays at the same place in the text;
 *   - a span that covers part of a replaced cluster covers the whole replacement;
 *   - text inserted inside a span belongs to it, text inserted at its border does not;
 *   - a span whose characters were all deleted becomes empty, and is dropped when the spans of a record move;
 *     a span that was already empty stays at its place;
 *   - order is kept: if a <= b, the new start (end) of a is <= the new start (end) of b.
 *
 * Replacing one code point by one moves nothing and is not recorded. */
#ifndef QUERN_EDITS_H
#define QUERN_EDITS_H

#include "text/text.h"

#include <stddef.h>
#include <stdint.h>

struct edit {
    uint32_t start, end; /* in the old text; equal for an insertion */
    uint32_t to, length; /* in the new text: where the replacement starts, and its size */
};

/* Zero it before the first use. */
struct edits {
    struct edit *items;
    size_t len, cap;
    uint32_t old_end, new_end; /* how many code points the list covers so far */
};

void edits_reset(struct edits *edits);
void edits_release(struct edits *edits);

/* The next code points of the old text are the same in the new one. */
void edits_keep(struct edits *edits, size_t points);

/* The next `removed` code points of the old text became `inserted` ones. */
void edits_replace(struct edits *edits, size_t removed, size_t inserted);

/* The span in the new text: start <= end, both within the old text. */
struct span edits_span(const struct edits *edits, struct span span);

/* The same for spans whose starts and whose ends do not decrease, in one pass. */
void edits_spans(const struct edits *edits, struct span *spans, size_t count);

#endif
