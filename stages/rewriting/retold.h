/* retold.h - a variant of a record whose text somebody else has written: an engine, such as a translator or a language
 * model. Its entities must have survived; what else describes the text is not known of the new one. */
#ifndef QUERN_REWRITING_RETOLD_H
#define QUERN_REWRITING_RETOLD_H

#include "changes.h"
#include "quern.h"

/* A record of which variants are made. */
struct retold {
    const struct record *in;
    struct slice field, text;
    bool annotated; /* its spans are those of this field */
    struct annotations annotations;
    const struct entity *entities;
    size_t entity_count;
};

/* Reads the text of the field, the id and the spans. 0, or -1 with the message. */
int retold_read(const struct record *in, struct slice field, struct arena *arena, struct retold *retold);

/* Where the entities are in the new text: places[i] is that of entity i. false if one was lost: its surface must stand
 * there as often as entities of the record have it, at the borders of words. */
bool retold_find(const struct retold *retold, struct slice text, struct span *places, struct arena *arena);

/* Makes variant number n, whose id ends with "#", the mark and n. changes: how the text was changed; op: what says so;
 * places: those of the entities. The other members with spans are not in it. NULL with the message. */
struct record *retold_make(const struct retold *retold, const struct changes *changes, struct slice text,
                           const struct span *places, const char *mark, uint64_t n, struct slice op,
                           struct arena *arena);

#endif
