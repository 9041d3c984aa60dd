/* class_list.c - see class_list.h. */
#include "class_list.h"

#include "../fitted/head.h"
#include "base/stream.h"
#include "base/visible.h"

#include <inttypes.h>

enum { MOST_CLASSES = 1 << 20, NAME_BYTES = 80 /* in a message */ };

typedef VEC(struct class) names;

/* ---- reading ---- */

static bool is_json(struct slice word)
{
    return word.len > 0 && json_skip(word.ptr, word.ptr + word.len, 1, NULL) == word.ptr + word.len;
}

/* What the user wrote: in double quotes a string of JSON, an integer, or any other text. */
static struct class class_of_word(struct slice word, struct arena *arena)
{
    struct class class = {.text = word, .is_text = true};
    if (is_json(word) && json_kind(word) == '"')
        class.text = json_string(word, arena);
    else if (is_json(word) && json_int(word, &class.integer))
        class.is_text = false;
    return class;
}

/* Takes over the names, which are in the order of the classes. */
static int take_names(struct class_list *list, names *found, const char *name)
{
    for (size_t i = 0; i < found->len; i++) {
        found->items[i].number = i;
        found->items[i].count = 1;
    }
    if (found->len < 1 || found->len > MOST_CLASSES)
        return diag_error("%s: expected from 1 to %d classes, found %zu", name, MOST_CLASSES, found->len);
    list->classes = classes_of(found->items, found->len, name);
    if (list->classes == NULL)
        return -1;
    list->count = found->len;
    list->places = mem_zalloc(list->count, sizeof *list->places);
    for (size_t i = 0; i < list->count; i++)
        list->places[list->classes->items[i].number] = i;
    return 0;
}

static int read_words(struct class_list *list, const char *given, struct arena *arena)
{
    struct slice rest = slice_of(given), word, value;
    names found = {0};
    while (classes_item(&rest, &word, &value)) {
        if (value.ptr != NULL) /* = has no meaning here */
            word.len = (size_t)(value.ptr + value.len - word.ptr);
        if (word.len == 0) {
            vec_free(&found);
            return diag_error("--classes: a name is missing between commas (\"\" is the empty string)");
        }
        vec_push(&found, class_of_word(word, arena));
    }
    int status = take_names(list, &found, "--classes");
    vec_free(&found);
    return status;
}

static int read_lines(struct class_list *list, const char *path, struct slice text, struct arena *arena)
{
    names found = {0};
    for (const char *at = text.ptr, *end = text.ptr + text.len, *stop; at < end; at = stop + 1) {
        stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop != NULL ? stop : end;
        struct slice line = slice_between(at, stop);
        line.len -= line.len > 0 && line.ptr[line.len - 1] == '\r';
        if (line.len > 0)
            vec_push(&found, class_of_word(line, arena));
    }
    int status = take_names(list, &found, path);
    vec_free(&found);
    return status;
}

int class_list_read(struct class_list *list, struct slice array, const char *name)
{
    struct arena *arena = arena_new();
    names found = {0};
    int status = 0;
    for (struct json_walk walk = json_walk(array); status == 0 && json_next(&walk);) {
        struct class class = {.is_text = json_kind(walk.value) == '"'};
        if (class.is_text)
            class.text = json_string(walk.value, arena);
        else if (!json_int(walk.value, &class.integer))
            status = diag_error("%s: classes: expected strings and integers, found %s", name,
                                json_kind_name(json_kind(walk.value)));
        vec_push(&found, class);
    }
    if (status == 0)
        status = take_names(list, &found, name);
    vec_free(&found);
    arena_free(arena);
    return status;
}

/* A table of fit that has `classes`. */
struct table {
    struct class_list *list;
    const char *path;
};

static int read_table(void *state, const struct record *in, const struct fit_head *head, struct arena *arena)
{
    const struct table *table = state;
    const struct value *classes = rec_present(in, SLICE("classes"));
    (void)head;
    struct slice array = classes != NULL && rec_kind(classes) == '[' ? rec_json(classes, arena) : SLICE("[]");
    struct json_walk walk = json_walk(array);
    if (!json_next(&walk))
        return diag_error("classes: the table names none");
    return class_list_read(table->list, array, table->path);
}

static int read_file(struct class_list *list, const char *path, struct arena *arena)
{
    struct bytes text = {0};
    int status = -1;
    if (stream_load(path, &text) < 0)
        (void)diag_within("--classes: %s (classes with commas between them, or a file with one on each line)",
                          diag_message());
    else if (text.len > 0 && text.items[0] == '{')
        status = fit_load(path, read_table, &(struct table){list, path});
    else if (text_is_utf8(bytes_slice(&text)))
        status = read_lines(list, path, text_without_bom(bytes_slice(&text)), arena);
    else
        (void)diag_error("%s: not valid UTF-8", path);
    vec_free(&text);
    return status;
}

int class_list_load(struct class_list *list, const char *path)
{
    *list = (struct class_list){0};
    return fit_load(path, read_table, &(struct table){list, path});
}

int class_list_open(struct class_list *list, struct stage_context *context, const char *given)
{
    *list = (struct class_list){0};
    if (given == NULL) {
        if (context != NULL)
            context->in_order = true;
        return 0;
    }
    struct arena *arena = arena_new();
    int status = strchr(given, ',') != NULL ? read_words(list, given, arena) : read_file(list, given, arena);
    if (status < 0)
        class_list_release(list);
    arena_free(arena);
    return status;
}

void class_list_release(struct class_list *list)
{
    classes_free(list->classes);
    mem_free(list->places);
    *list = (struct class_list){0};
}

/* ---- the classes of records ---- */

int class_list_expect(struct class_list *list, struct slice name, size_t count)
{
    if (list->count == 0 && count > 0)
        list->count = count;
    if (count == list->count && count > 0)
        return 0;
    if (count == 0)
        return diag_error("%.*s: empty: expected a number for each class", (int)name.len, name.ptr);
    return diag_error("%.*s: expected %zu number%s, one for each class%s, found %zu", (int)name.len, name.ptr,
                      list->count, diag_s(list->count), list->classes == NULL ? " (as in the first record)" : "",
                      count);
}

/* Without names. */
static int check_position(const struct class_list *list, struct slice name, int64_t position, size_t *class)
{
    if (position < 0 || (list->count > 0 && position >= (int64_t)list->count))
        return diag_error("%.*s: expected the position of a class, from 0 to %" PRId64 ", found %" PRId64
                          " (--classes gives classes names)",
                          (int)name.len, name.ptr, list->count > 0 ? (int64_t)list->count - 1 : INT32_MAX, position);
    *class = (size_t)position;
    return 0;
}

/* The message for a class that is not there, with a hint if it is the string of an integer that is. Returns -1. */
static int no_class(const struct class_list *list, const struct record *record, struct slice label, struct arena *arena)
{
    const struct value *value = rec_present(record, label);
    struct slice text;
    size_t class;
    const char *why = arena_print(arena, "%s", diag_message()).ptr;
    if (value == NULL || rec_kind(value) != '"' || rec_text(record, label, arena, &text) < 0 ||
        !class_list_named(list, text, &class))
        return diag_error("%s", why);
    return diag_error("%s (in --classes a string that looks like a number needs double quotes)", why);
}

int class_list_find(const struct class_list *list, const struct record *record, struct slice label, const char *why,
                    struct arena *arena, size_t *class)
{
    int64_t position;
    size_t place;
    if (list->classes != NULL) {
        if (classes_find(list->classes, record, label, why, arena, &place) < 0)
            return no_class(list, record, label, arena);
        *class = list->classes->items[place].number;
        return 0;
    }
    const struct value *value = rec_present(record, label);
    if (value == NULL)
        return member_missing(record, label, why);
    if (rec_kind(value) != '0')
        return rec_mismatch(label, "an integer, the position of the class (--classes gives classes names)", value);
    return rec_int(record, label, &position) < 0 ? -1 : check_position(list, label, position, class);
}

int class_list_value(const struct class_list *list, struct slice name, struct slice value, struct arena *arena,
                     size_t *class)
{
    struct record *one = rec_new(arena);
    rec_set_json(one, name, value);
    return class_list_find(list, one, name, "", arena, class);
}

int class_list_labels(const struct class_list *list, const struct record *record, struct slice name,
                      struct arena *arena, const bool **labels)
{
    const struct value *value = rec_present(record, name);
    if (value == NULL)
        return member_missing(record, name, "");
    if (rec_kind(value) != '[')
        return rec_mismatch(name, "an array of labels, which may be empty", value);
    bool *found = arena_array(arena, list->count, sizeof *found);
    memset(found, 0, list->count * sizeof *found);
    for (struct json_walk walk = json_walk(rec_json(value, arena)); json_next(&walk);) {
        size_t class = 0;
        if (class_list_value(list, name, walk.value, arena, &class) < 0)
            return -1;
        found[class] = true;
    }
    *labels = found;
    return 0;
}

bool class_list_named(const struct class_list *list, struct slice text, size_t *class)
{
    const uint64_t *place = list->classes != NULL ? map_get(list->classes->texts, text) : NULL;
    int64_t integer;
    if (place == NULL && list->classes != NULL && is_json(text) && json_int(text, &integer))
        place = map_get(list->classes->integers, (struct slice){(const char *)&integer, sizeof integer});
    if (place != NULL)
        *class = list->classes->items[*place].number;
    return place != NULL;
}

static const struct class *class_at(const struct class_list *list, size_t class)
{
    return list->classes != NULL ? &list->classes->items[list->places[class]] : NULL;
}

void class_list_set(const struct class_list *list, struct record *record, struct slice name, size_t class)
{
    const struct class *at = class_at(list, class);
    if (at != NULL && at->is_text)
        rec_set_text(record, name, at->text);
    else
        rec_set_int(record, name, at != NULL ? at->integer : (int64_t) class);
}

void class_list_put(const struct class_list *list, size_t class, struct bytes *json)
{
    const struct class *at = class_at(list, class);
    if (at != NULL && at->is_text)
        json_put_string(json, at->text);
    else
        json_put_int(json, at != NULL ? at->integer : (int64_t) class);
}

void class_list_put_all(const struct class_list *list, struct bytes *json)
{
    bytes_byte(json, '[');
    for (size_t c = 0; c < list->count; c++) {
        if (c > 0)
            bytes_byte(json, ',');
        class_list_put(list, c, json);
    }
    bytes_byte(json, ']');
}
