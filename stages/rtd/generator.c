/* generator.c - see generator.h. */
#include "generator.h"

#include <inttypes.h>

enum { SEED_BITS = 53 /* JSON's numbers are exact up to here in every language */ };

static size_t count_items(struct slice array)
{
    size_t count = 0;
    for (struct json_walk walk = json_walk(array); json_next(&walk);)
        count++;
    return count;
}

/* As many ids of the vocabulary as there are positions. */
static int accept_ids(const void *filter, struct slice request, struct slice reply)
{
    const struct vocabulary *vocabulary = filter;
    struct slice positions, ids;
    size_t count = 0;
    if (!json_member(request, "positions", &positions) || !json_member(reply, "ids", &ids) || json_kind(ids) != '[')
        return diag_error("the reply has no \"ids\"");
    for (struct json_walk walk = json_walk(ids); json_next(&walk); count++) {
        int64_t id;
        if (!json_int(walk.value, &id) || id < 0 || id > INT32_MAX ||
            vocabulary_kind(vocabulary, (int32_t)id) == ID_ABSENT)
            return diag_error("the reply's ids[%zu] is not in the vocabulary of %zu ids", count, vocabulary->size);
    }
    size_t wanted = count_items(positions);
    return count == wanted ? 0 : diag_error("the reply has %zu ids for %zu positions", count, wanted);
}

struct child *generator_open(struct stage_context *context, const char *command, const struct child_options *options,
                             const struct vocabulary *vocabulary)
{
    struct child_settings settings = {
        .options = options,
        .protocol = &child_jsonl,
        .engine = command,
        .accept = accept_ids,
        .filter = vocabulary,
    };
    if (words_split("command", command, &settings.commands) < 0) {
        (void)diag_within("--command: %s", diag_message());
        return NULL;
    }
    return child_open(context, &settings);
}

static void put_array(struct bytes *out, const int32_t *items, size_t count)
{
    vec_reserve(out, count * JSON_INT32_BYTES + JSON_INT_BYTES);
    out->len = (size_t)(json_write_ints(out->items + out->len, items, count) - out->items);
}

struct slice generator_request(const int32_t *ids, size_t count, const uint32_t *positions, size_t position_count,
                               uint64_t seed, struct arena *arena)
{
    struct bytes out = {0};
    bytes_put(&out, SLICE("{\"input_ids\":"));
    put_array(&out, ids, count);
    bytes_put(&out, SLICE(",\"positions\":"));
    put_array(&out, (const int32_t *)positions, position_count);
    bytes_put(&out, SLICE(",\"seed\":"));
    json_put_int(&out, (int64_t)(seed >> (64 - SEED_BITS)));
    bytes_byte(&out, '}');
    struct slice kept = arena_copy(arena, bytes_slice(&out));
    vec_free(&out);
    return kept;
}

const int32_t *generator_ids(struct slice reply, size_t count, struct arena *arena)
{
    int32_t *made = arena_array(arena, count, sizeof *made);
    struct slice ids;
    size_t i = 0;
    if (json_member(reply, "ids", &ids))
        for (struct json_walk walk = json_walk(ids); i < count && json_next(&walk);) {
            int64_t id;
            made[i++] = json_int(walk.value, &id) ? (int32_t)id : 0;
        }
    return made;
}
