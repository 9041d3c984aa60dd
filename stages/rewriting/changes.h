/* changes.h - what an operation does to a text: a list of changes, and what follows from it for the text's words, its
 * spans and the member `edits`. */
#ifndef QUERN_REWRITING_CHANGES_H
#define QUERN_REWRITING_CHANGES_H

#include "../words/part.h"
#include "base/vec.h"
#include "text/edits.h"

#include <stdbool.h>

struct change {
    struct part part;  /* start and end are equal for an insertion */
    struct slice text; /* what stands there instead; lives as long as the record */
    bool inserts_word; /* the text is a word that came in, between `lead` and `trail` spaces */
    unsigned char lead, trail;
};

/* A part of the old text that stands elsewhere in the new one, unchanged. */
struct move {
    struct span from;
    uint32_t to; /* where it starts now */
};

/* Zero it before the first use. */
struct changes {
    struct change *items;
    size_t len, cap;
    VEC(struct move) moves; /* in the order of the old text; they do not overlap */
};

void changes_reset(struct changes *changes);
void changes_release(struct changes *changes);

/* The changes of an operation may be put in any order; they must not overlap. Then settle them: in the order of the
 * text, insertions at one place in the order in which they were put, without those that change nothing. */
void changes_put(struct changes *changes, struct change change);
void changes_settle(struct changes *changes, struct slice text);

/* The new text, over what `out` holds. */
void changes_apply(const struct changes *changes, struct slice text, struct bytes *out);

/* The same as a list of edits, for spans. */
void changes_edits(const struct changes *changes, struct edits *edits);

/* Where a span of the old text is in the new one: with the part that was moved, if it lies in one; else by the edits.
 */
struct span changes_span(const struct changes *changes, const struct edits *edits, struct span span);

/* Was anything inside the span changed? Text inserted at its borders is not inside; a part that was moved is. */
bool changes_touch(const struct changes *changes, struct span span);

/* ---- several operations, one after the other ---- */

/* Where each byte of a text comes from: its place in the text that the first operation found, or NO_ORIGIN. */
#define NO_ORIGIN UINT32_MAX
struct origins {
    uint32_t *items;
    size_t len, cap;
};
void origins_start(struct origins *origins, struct slice text);

/* The origins, which were those of `text`, become those of the text that the changes make of it. */
void changes_track(const struct changes *changes, struct origins *origins, struct slice text);

/* What made `text`, whose origins these are, of the old text, as one list. Uses the memory of `text`. */
void changes_since(const struct origins *origins, struct slice old, struct slice text, struct changes *changes);

/* ---- the member ---- */

/* Appends the items of the member `edits`, with commas between them; `field` has no bytes if they shall not name it. */
void changes_put_json(const struct changes *changes, struct slice text, struct slice field, struct bytes *out);

#endif
