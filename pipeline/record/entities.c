/* entities.c - named spans: see entities.h. */
#include "record/entities.h"

#include "base/diag.h"
#include "record/members.h"
#include "text/json.h"

static int read_end(size_t number, const char *name, struct slice value, uint32_t *point)
{
    int64_t found;
    if (value.len > 0 && json_int(value, &found) && found >= 0 && found <= UINT32_MAX) {
        *point = (uint32_t)found;
        return 0;
    }
    return diag_error("entities[%zu].%s: %s", number, name, value.len == 0 ? "missing" : "not an offset");
}

static int read_entity(struct slice json, size_t number, size_t text_points, struct arena *arena, struct entity *entity)
{
    struct slice start = {0}, end = {0}, label = {0};
    if (json_kind(json) != '{')
        return diag_error("entities[%zu]: expected an object with start and end", number);
    for (struct json_walk walk = json_walk(json); json_next(&walk);) {
        if (json_name_is(walk.name, SLICE("start")))
            start = walk.value;
        else if (json_name_is(walk.name, SLICE("end")))
            end = walk.value;
        else if (json_name_is(walk.name, SLICE("label")))
            label = walk.value;
    }
    *entity = (struct entity){.json = json};
    if (read_end(number, "start", start, &entity->place.start) < 0 ||
        read_end(number, "end", end, &entity->place.end) < 0)
        return -1;
    if (entity->place.start > entity->place.end)
        return diag_error("entities[%zu]: the start is greater than the end", number);
    if (entity->place.end > text_points)
        return diag_error("entities[%zu]: ends at %u, the text has %zu characters", number, entity->place.end,
                          text_points);
    if (label.len == 0 || json_kind(label) == 'n')
        return 0;
    if (json_kind(label) != '"')
        return diag_error("entities[%zu].label: expected a string, found %s", number, json_kind_name(json_kind(label)));
    entity->label = json_string(label, arena);
    return 0;
}

int entities_read(const struct record *record, size_t text_points, struct arena *arena, const struct entity **entities,
                  size_t *count)
{
    const struct value *value = rec_present(record, SLICE("entities"));
    if (value == NULL) {
        (void)member_missing(record, SLICE("entities"), "");
        return -1;
    }
    struct slice array = rec_json(value, arena);
    if (json_kind(array) != '[') {
        (void)rec_mismatch(SLICE("entities"), "an array of objects", value);
        return -1;
    }
    size_t n = 0;
    for (struct json_walk walk = json_walk(array); json_next(&walk);)
        n++;
    struct entity *read = arena_array(arena, n, sizeof *read);
    *entities = read;
    *count = n;
    n = 0;
    for (struct json_walk walk = json_walk(array); json_next(&walk); n++)
        if (read_entity(walk.value, n, text_points, arena, &read[n]) < 0)
            return -1;
    return 0;
}

int entities_no_label(size_t number)
{
    return diag_error("entities[%zu].label: missing (in a gazetteer it follows the entry and a tab)", number);
}

void entities_put(struct bytes *out, struct span place, struct slice label)
{
    bytes_put(out, out->len > 1 ? SLICE(",{\"start\":") : SLICE("{\"start\":"));
    json_put_int(out, place.start);
    bytes_put(out, SLICE(",\"end\":"));
    json_put_int(out, place.end);
    if (label.ptr != NULL) {
        bytes_put(out, SLICE(",\"label\":"));
        json_put_string(out, label);
    }
    bytes_byte(out, '}');
}
