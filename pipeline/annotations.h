/* annotations.h - the members of a record that hold spans of its text, and how they move with it. */
#ifndef QUERN_ANNOTATIONS_H
#define QUERN_ANNOTATIONS_H

#include "arena.h"
#include "edits.h"
#include "record.h"

/* `entities` (an array of objects with `start` and `end`), `sentences`, `words`, `phrases`, `stopwords`. */
enum { ANNOTATIONS = 5 };

struct annotation {
    struct slice name;
    const struct value *value; /* NULL where the record has no such member */
    struct span *spans;        /* where they are by now */
    const struct span *before; /* where they were */
    size_t count;
};

struct annotations {
    struct annotation members[ANNOTATIONS];
};

/* Reads and checks them: every span must lie within `text` and not end before it starts. Returns 1 where there
 * are any, 0 where there are none, or -1 with the message, which names the member and the item. */
int annotations_read(const struct record *record, struct slice text, struct arena *arena,
                     struct annotations *annotations);

/* Moves all of them. */
void annotations_move(const struct edits *edits, struct annotations *annotations);

/* Sets, on a copy of the record that they were read from, the members in which anything moved. An item of which
 * nothing is left is dropped; the other members of an entity keep their bytes. Returns how many were dropped. */
size_t annotations_set(struct record *record, const struct annotations *annotations, struct arena *arena);

#endif
