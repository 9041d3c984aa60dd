/* entities.h - the member entities: named spans of the text. */
#ifndef QUERN_ENTITIES_H
#define QUERN_ENTITIES_H

#include "record/record.h"

struct entity {
    struct span place;
    struct slice label; /* decoded; ptr NULL: it has none */
    struct slice json;  /* the whole object */
};

/* Reads and checks the member entities. text_points: the length of the text, if it is known; else SIZE_MAX. An array of
 * *count, in the arena. 0, or -1 with the message. */
int entities_read(const struct record *record, size_t text_points, struct arena *arena, const struct entity **entities,
                  size_t *count);

/* The message for an entity without a label. Returns -1. */
int entities_no_label(size_t number);

/* Appends {"start":s,"end":e,"label":"L"} to an array, whose bracket is there; without a label if it has none. */
void entities_put(struct bytes *out, struct span place, struct slice label);

#endif
