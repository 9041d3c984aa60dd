/* class_counts.c - variants by class: see class_counts.h. */
#include "class_counts.h"

#include <inttypes.h>

struct class_counts {
    struct map *classes; /* the value of the label as JSON: how many records have it */
    uint64_t wanted;
};

/* {"strings":{"pos":2},"integers":{"1":3}}: the kinds of values. */
static int read_kind(struct class_counts *counts, struct slice kind, bool strings, struct arena *arena)
{
    for (struct json_walk walk = json_walk(kind); json_next(&walk);) {
        int64_t number;
        struct bytes key = {0};
        if (strings)
            bytes_byte(&key, '"');
        /* the quotes are around the name */
        bytes_put(&key, json_string((struct slice){walk.name.ptr - 1, walk.name.len + 2}, arena));
        if (!json_int(walk.value, &number) || number < 0) {
            vec_free(&key);
            return diag_error("labels: expected a count, found %.*s", (int)walk.value.len, walk.value.ptr);
        }
        *map_put(counts->classes, bytes_slice(&key)) = (uint64_t)number;
        vec_free(&key);
    }
    return 0;
}

static int read_summary(void *state, const struct record *record, struct arena *arena)
{
    struct class_counts *counts = state;
    const struct value *labels = rec_present(record, SLICE("labels"));
    if (labels == NULL || json_kind(rec_json(labels, arena)) != '{')
        return diag_error("labels: missing; expected what \"quern stats --json\" writes of records with labels");
    for (struct json_walk walk = json_walk(rec_json(labels, arena)); json_next(&walk);) {
        bool strings = json_name_is(walk.name, SLICE("strings"));
        if ((strings || json_name_is(walk.name, SLICE("integers"))) &&
            read_kind(counts, walk.value, strings, arena) < 0)
            return -1;
    }
    return 0;
}

struct class_counts *class_counts_open(struct stage_context *context, const char *path, int64_t wanted)
{
    struct class_counts *counts = mem_zalloc(1, sizeof *counts);
    counts->classes = map_new();
    counts->wanted = (uint64_t)wanted;
    int status = chain_read(context, path, read_summary, counts);
    for (size_t i = 0; wanted == 0 && i < map_len(counts->classes); i++) {
        uint64_t count = map_at(counts->classes, i)->value;
        counts->wanted = count > counts->wanted ? count : counts->wanted;
    }
    if (status == 0 && map_len(counts->classes) == 0)
        status = diag_error("%s: counts no labels", path);
    if (status < 0) {
        class_counts_free(counts);
        return NULL;
    }
    return counts;
}

void class_counts_free(struct class_counts *counts)
{
    if (counts == NULL)
        return;
    map_free(counts->classes);
    mem_free(counts);
}

int class_counts_wanted(const struct class_counts *counts, const struct record *record, struct slice label,
                        struct arena *arena, struct rng *rng, uint64_t draw, size_t *wanted)
{
    const struct value *value = rec_present(record, label);
    if (value == NULL)
        return diag_error("%.*s: missing, and --per-class goes by it", (int)label.len, label.ptr);
    struct slice json = rec_json(value, arena);
    if (json_kind(json) == '"') { /* as the summary spells it */
        struct bytes key = {0};
        bytes_byte(&key, '"');
        bytes_put(&key, json_string(json, arena));
        json = arena_copy(arena, bytes_slice(&key));
        vec_free(&key);
    }
    const uint64_t *count = map_get(counts->classes, json);
    if (count == NULL || *count == 0)
        return diag_error("%.*s: this class is not among those of --counts", (int)label.len, label.ptr);
    uint64_t lack = counts->wanted > *count ? counts->wanted - *count : 0, rest = lack % *count;
    *wanted = (size_t)(lack / *count) + (rng_below(rng, draw, *count) < rest);
    return 0;
}
