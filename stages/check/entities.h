/* entities.h - the verbs of check entities, and what they share. */
#ifndef CHECK_ENTITIES_H
#define CHECK_ENTITIES_H

#include "check.h"

extern const struct stage stage_check_entities_negatives, stage_check_entities_tags;

/* A tokenized record with entities; the arrays have `count` items. */
struct entity_record {
    size_t count;
    const bool *text;     /* is it a token of the text: not special, and not of the question? */
    const int32_t *words; /* word_ids as words are counted; NULL: not asked for */
    const struct span *entities;
    struct slice *labels; /* of each entity; empty: it has none */
    size_t entity_count;
};

/* Reads it, and applies the rule `shape`. word_ids: are they needed? */
bool entity_record_read(struct check *check, const struct record *in, bool word_ids, bool labels, struct arena *arena,
                        struct entity_record *record);

/* start, end and label of the members of `entities`; NULL what is not asked for. */
bool entity_list_read(struct check *check, const struct record *in, struct arena *arena, struct span **spans,
                      struct slice **labels, size_t *count);

/* The number of a name in a list, or -1. */
int32_t entity_number(const struct words *names, struct slice name);

#endif
