/* path.c - see path.h. */
#include "path.h"

/* ---- the text of a path ---- */

/* NAME or "NAME": 0, or -1 if it is neither. */
static int read_name(const char **at, const char *end, struct slice *name)
{
    bool quoted = *at < end && **at == '"';
    const char *start = *at + quoted;
    const char *stop = start;
    while (stop < end && (quoted ? *stop != '"' : *stop != '.' && *stop != '['))
        stop++;
    if (stop == start || (quoted && stop == end))
        return -1;
    *name = slice_between(start, stop);
    *at = stop + quoted;
    return 0;
}

/* [N] or [-N] */
static int read_index(const char **at, const char *end, int64_t *index)
{
    const char *close = memchr(*at, ']', (size_t)(end - *at));
    if (close == NULL || !json_int(slice_between(*at + 1, close), index))
        return -1;
    *at = close + 1;
    return 0;
}

static int read_steps(struct slice text, struct path *path)
{
    const char *at = text.ptr, *end = text.ptr + text.len;
    size_t most = 1;
    for (size_t i = 0; i < text.len; i++)
        most += text.ptr[i] == '.' || text.ptr[i] == '[';
    path->steps = mem_zalloc(most, sizeof *path->steps);
    if (read_name(&at, end, &path->steps[path->count++].name) < 0)
        return -1;
    while (at < end) {
        struct path_step *step = &path->steps[path->count++];
        bool is_index = *at == '[';
        if (!is_index && *at++ != '.')
            return -1;
        if ((is_index ? read_index(&at, end, &step->index) : read_name(&at, end, &step->name)) < 0)
            return -1;
    }
    return path->count > 1 || text.ptr[0] == '"' ? 0 : -1;
}

struct path path_read(struct slice text)
{
    struct path path = {.text = text};
    if (text.len == 0 || read_steps(text, &path) < 0)
        path_free(&path);
    return path;
}

void path_free(struct path *path)
{
    mem_free(path->steps);
    *path = (struct path){0};
}

/* ---- a record ---- */

/* The value of the last member of this name. */
static bool find_member(struct slice object, struct slice name, struct slice *value)
{
    bool found = false;
    for (struct json_walk walk = json_walk(object); json_next(&walk);) {
        if (!json_name_is(walk.name, name))
            continue;
        *value = walk.value;
        found = true;
    }
    return found;
}

static int64_t count_items(struct slice array)
{
    int64_t count = 0;
    for (struct json_walk walk = json_walk(array); json_next(&walk);)
        count++;
    return count;
}

static bool find_item(struct slice array, int64_t index, struct slice *value)
{
    if (index < 0)
        index += count_items(array);
    for (struct json_walk walk = json_walk(array); index >= 0 && json_next(&walk);) {
        if (index-- > 0)
            continue;
        *value = walk.value;
        return true;
    }
    return false;
}

static bool take_step(const struct path_step *step, struct slice *value)
{
    char kind = json_kind(*value);
    if (step->name.ptr != NULL)
        return kind == '{' && find_member(*value, step->name, value);
    return kind == '[' && find_item(*value, step->index, value);
}

enum { NAMES_SHOWN = 12 };

static void put_name(struct bytes *list, size_t number, struct slice name)
{
    if (number < NAMES_SHOWN) {
        bytes_put(list, number > 0 ? SLICE(", ") : SLICE(""));
        bytes_put(list, name);
    } else if (number == NAMES_SHOWN) {
        bytes_put(list, SLICE(", \xe2\x80\xa6"));
    }
}

static void put_step(struct bytes *text, const struct path_step *step)
{
    if (step->name.ptr != NULL) {
        bytes_put(text, text->len > 0 ? SLICE(".") : SLICE(""));
        bytes_put(text, step->name);
        return;
    }
    bytes_byte(text, '[');
    json_put_int(text, step->index);
    bytes_byte(text, ']');
}

/* Step number `failed` can't be taken from this value. */
static void tell_missing(const struct path *path, size_t failed, struct slice value)
{
    struct bytes done = {0}, list = {0};
    for (size_t i = 0; i < failed; i++)
        put_step(&done, &path->steps[i]);
    char kind = json_kind(value);
    const char *has = "is not an object or an array";
    if (kind == '{') {
        size_t number = 0;
        for (struct json_walk walk = json_walk(value); json_next(&walk);)
            put_name(&list, number++, walk.name);
        has = number > 0 ? "has " : "is empty";
    } else if (kind == '[') {
        json_put_int(&list, count_items(value));
        bytes_put(&list, SLICE(" items"));
        has = "has ";
    }
    size_t len = done.len;
    put_step(&done, &path->steps[failed]);
    (void)diag_error("%.*s: missing; %.*s %s%.*s", (int)done.len, done.items, (int)len, done.items, has, (int)list.len,
                     list.len > 0 ? list.items : "");
    vec_free(&done);
    vec_free(&list);
}

/* Does the value begin like an array of objects? */
static bool holds_objects(const struct value *value)
{
    const char *at = value->bytes, *end = at + value->count;
    return value->kind == VALUE_RAW && *at == '[' && (at = json_space(at + 1, end)) < end && *at == '{';
}

/* A dump may be one object with all records in it. */
int path_missing(struct slice name, const struct record *record)
{
    struct bytes list = {0};
    const struct member *around = NULL;
    for (uint32_t i = 0; i < record->count; i++) {
        put_name(&list, i, record->members[i].name);
        if (around == NULL && holds_objects(&record->members[i].value))
            around = &record->members[i];
    }
    (void)diag_error("%.*s: missing; the record has %.*s", (int)name.len, name.ptr, list.len > 0 ? (int)list.len : 10,
                     list.len > 0 ? list.items : "no members");
    if (around != NULL)
        (void)diag_error("%s; if the objects in %.*s are the records: jq -c '.[\"%.*s\"][]'", diag_message(),
                         (int)around->name.len, around->name.ptr, (int)around->name.len, around->name.ptr);
    vec_free(&list);
    return -1;
}

const struct value *path_find(const struct path *path, const struct record *record, struct arena *arena)
{
    const struct value *first = rec_get(record, path->steps[0].name);
    if (first == NULL) {
        (void)path_missing(path->text, record);
        return NULL;
    }
    struct slice value = {first->bytes, first->count};
    for (size_t i = 1; i < path->count; i++) {
        if (take_step(&path->steps[i], &value))
            continue;
        tell_missing(path, i, value);
        return NULL;
    }
    struct value *found = arena_alloc(arena, sizeof *found);
    *found = (struct value){.kind = VALUE_RAW, .count = value.len, .bytes = value.ptr};
    return found;
}
