/* within.c - see within.h. */
#include "within.h"

#include "base/diag.h"
#include "text/json.h"

int within_open(const char *within, struct conditions **conditions)
{
    const char *equals = within != NULL ? strchr(within, '=') : NULL;
    struct words words = {0};
    struct bytes text = {0};
    *conditions = NULL;
    if (within == NULL)
        return 0;
    if (equals == NULL || equals == within || equals[1] == '\0' || equals[1] == '=')
        return diag_error("--within: expected NAME=VALUE such as split=train, found \"%s\"", within);
    bytes_append(&text, within, (size_t)(equals - within));
    bytes_put(&text, SLICE(" == "));
    bytes_append(&text, equals + 1, strlen(equals + 1) + 1);
    vec_push(&words, text.items);
    *conditions = conditions_new(&words, false, false);
    vec_free(&words);
    vec_free(&text);
    return *conditions != NULL ? 0 : diag_within("--within: %s", diag_message());
}

int within_holds(const struct conditions *conditions, struct condition_thread *thread, const struct record *in,
                 struct arena *arena)
{
    return conditions == NULL ? 1 : conditions_hold(conditions, thread, in, arena);
}

enum { SPLITS_ENOUGH = 3 };

struct slice split_find(const struct record *in, struct arena *arena)
{
    const struct value *value = rec_present(in, SLICE("split"));
    struct slice split = value != NULL ? rec_json(value, arena) : NO_SPLIT;
    if (value != NULL && rec_kind(value) == '"' && memchr(split.ptr, '\\', split.len) != NULL) {
        struct bytes spelled = {0};
        json_put_string(&spelled, json_string(split, arena));
        split = arena_copy(arena, bytes_slice(&spelled));
        vec_free(&spelled);
    }
    return split;
}

void splits_note(struct map *splits, const struct record *in, struct arena *arena)
{
    struct slice split = split_find(in, arena);
    if (map_len(splits) < SPLITS_ENOUGH)
        *map_put(splits, split) = 1;
}

void splits_merge(struct map *splits, const struct map *others)
{
    for (size_t i = 0; i < map_len(others); i++)
        *map_put(splits, map_at(others, i)->key) = 1;
}

int splits_check(const struct map *splits, const char *use)
{
    if (map_len(splits) > 1)
        return diag_kind(STATUS_DATA,
                         "split: there are records with different values, such as %.*s and %.*s; --within split=train "
                         "says which ones are %s",
                         (int)map_at(splits, 0)->key.len, map_at(splits, 0)->key.ptr, (int)map_at(splits, 1)->key.len,
                         map_at(splits, 1)->key.ptr, use);
    return 0;
}

struct slice splits_one(const struct map *splits)
{
    bool none = map_len(splits) == 0 || slice_equal(map_at(splits, 0)->key, NO_SPLIT);
    return none ? SLICE("") : map_at(splits, 0)->key;
}
