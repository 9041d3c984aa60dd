/* entities.h - the verbs of check entities, and what they share. */
#ifndef CHECK_ENTITIES_H
#define CHECK_ENTITIES_H

#include "check.h"

extern const struct stage stage_check_entities_find, stage_check_entities_negatives, stage_check_entities_questions,
    stage_check_entities_tags;

/* The items of `entities`. */
struct entity_list {
    size_t count;
    struct span *spans;
    struct slice *labels; /* ptr NULL: it has none */
    struct slice *json;
};

/* A tokenized record with entities; the arrays have `count` items. */
struct entity_record {
    size_t count;
    const bool *text;     /* is it a token of the text: not special, and not of the question? */
    const int32_t *words; /* word_ids as words are counted; NULL: not asked for */
    const struct span *entities;
    struct slice *labels; /* of each entity; NULL: not asked for */
    size_t entity_count;
};

/* Reads it, and applies the rule `shape`. word_ids: are they needed? */
bool entity_record_read(struct check *check, const struct record *in, bool word_ids, bool labels, struct arena *arena,
                        struct entity_record *record);

/* Reads them; false, with rule `shape` broken, if they are not as they should be. */
bool entity_list_read(struct check *check, const struct record *in, struct arena *arena, struct entity_list *list);

/* check_untouched for a filter that writes `entities`: entity_tokens stay if these have not changed, else they are
 * stale and may not. */
void entity_untouched(struct check *check, size_t rule, const struct record *source, const struct record *in,
                      const char *const *changed, struct arena *arena);

/* Calls `line` for each line of a text file, without its end. 0, or -1 with the message, which names the line. */
int entity_lines(const char *path, int (*line)(void *state, struct slice text), void *state);

/* The number of a name in a list, or -1. */
int32_t entity_number(const struct words *names, struct slice name);

#endif
