/* classes.c - see classes.h. */
#include "classes.h"

#include "base/visible.h"

#include <stdlib.h>

enum { CLASSES_SHOWN = 8, CLASS_BYTES = 40 /* in a message */ };

static int compare(const void *left, const void *right)
{
    const struct class *a = left, *b = right;
    if (a->is_text != b->is_text)
        return a->is_text ? 1 : -1;
    if (!a->is_text)
        return a->integer < b->integer ? -1 : a->integer > b->integer;
    size_t common = a->text.len < b->text.len ? a->text.len : b->text.len;
    int order = common == 0 ? 0 : memcmp(a->text.ptr, b->text.ptr, common);
    return order != 0 ? order : a->text.len < b->text.len ? -1 : a->text.len > b->text.len;
}

static struct slice key_of(const int64_t *integer)
{
    return (struct slice){(const char *)integer, sizeof *integer};
}

static void put_class(struct classes *classes, struct class added)
{
    if (classes->count == classes->room) {
        classes->room = vec_grown(classes->room, classes->count + 1);
        classes->items = mem_resize(classes->items, classes->room, sizeof *classes->items);
    }
    classes->items[classes->count++] = added;
}

/* ---- the summary ---- */

struct reader {
    struct classes *classes;
    struct slice label;
    bool seen;
};

static int add_class(struct reader *reader, struct slice name, struct slice value, bool is_text, struct arena *arena)
{
    struct classes *classes = reader->classes;
    struct class class = {.is_text = is_text};
    int64_t count;
    /* The quotes are around the name. */
    struct slice text = json_string((struct slice){name.ptr - 1, name.len + 2}, arena);
    if (!json_int(value, &count) || count < 0 ||
        __builtin_add_overflow(classes->records, (uint64_t)count, &classes->records) || classes->records > INT64_MAX)
        return diag_error("labels: expected a count, found %.*s", (int)value.len, value.ptr);
    if (is_text)
        class.text = arena_copy(classes->arena, text);
    else if (json_skip(text.ptr, text.ptr + text.len, 1, NULL) != text.ptr + text.len ||
             !json_int(text, &class.integer))
        return diag_error("labels: expected an integer, found \"%.*s\"", (int)text.len, text.ptr);
    class.count = (uint64_t)count;
    if (count > 0)
        put_class(classes, class);
    return 0;
}

/* {"strings":{"pos":2},"integers":{"1":3}} */
static int read_labels(struct reader *reader, struct slice labels, struct arena *arena)
{
    for (struct json_walk walk = json_walk(labels); json_next(&walk);) {
        bool is_text = json_name_is(walk.name, SLICE("strings"));
        if (!is_text && !json_name_is(walk.name, SLICE("integers")))
            continue;
        if (json_kind(walk.value) != '{')
            return diag_error("labels: expected an object of counts, found %s", json_kind_name(json_kind(walk.value)));
        for (struct json_walk one = json_walk(walk.value); json_next(&one);)
            if (add_class(reader, one.name, one.value, is_text, arena) < 0)
                return -1;
    }
    return 0;
}

static int check_label(const struct reader *reader, const struct record *record, struct arena *arena)
{
    const struct value *options = rec_present(record, SLICE("options"));
    struct slice name;
    if (options == NULL || rec_kind(options) != '{' || !json_member(rec_json(options, arena), "label", &name) ||
        json_kind(name) != '"')
        return 0;
    name = json_string(name, arena);
    return slice_equal(name, reader->label)
               ? 0
               : diag_error("counts the member %.*s, not %.*s (--label NAME of both says "
                            "which member has the class)",
                            (int)name.len, name.ptr, (int)reader->label.len, reader->label.ptr);
}

static int read_summary(void *state, const struct record *record, struct arena *arena)
{
    struct reader *reader = state;
    const struct value *labels = rec_present(record, SLICE("labels"));
    if (reader->seen)
        return diag_error("expected one summary (\"quern stats merge --json\" adds several up)");
    reader->seen = true;
    if (labels == NULL || rec_kind(labels) != '{')
        return diag_error("labels: missing; expected what \"quern stats --json\" writes of records with labels");
    return check_label(reader, record, arena) < 0 ? -1 : read_labels(reader, rec_json(labels, arena), arena);
}

static int index_classes(struct classes *classes)
{
    if (classes->count > 1)
        qsort(classes->items, classes->count, sizeof *classes->items, compare);
    for (size_t i = 0; i < classes->count; i++) {
        const struct class *class = &classes->items[i];
        if (i > 0 && compare(class - 1, class) == 0)
            return diag_error("%s: has a class twice", classes->path);
        *map_put(class->is_text ? classes->texts : classes->integers,
                 class->is_text ? class->text : key_of(&class->integer)) = i;
    }
    return classes->count > 0 ? 0 : diag_error("%s: counts no labels", classes->path);
}

static struct classes *new_classes(const char *path)
{
    struct classes *classes = mem_zalloc(1, sizeof *classes);
    *classes = (struct classes){.path = path, .texts = map_new(), .integers = map_new(), .arena = arena_new()};
    return classes;
}

struct classes *classes_of(const struct class *items, size_t count, const char *name)
{
    struct classes *classes = new_classes(name);
    for (size_t i = 0; i < count; i++) {
        struct class class = items[i];
        class.text = arena_copy(classes->arena, class.text);
        classes->records += class.count;
        put_class(classes, class);
    }
    if (count == 0 || index_classes(classes) == 0)
        return classes;
    classes_free(classes);
    return NULL;
}

struct classes *classes_open(struct stage_context *context, const char *path, const char *label)
{
    struct classes *classes = new_classes(path);
    struct reader reader = {.classes = classes, .label = slice_of(label)};
    if (chain_read(context, path, read_summary, &reader) < 0 || index_classes(classes) < 0) {
        classes_free(classes);
        return NULL;
    }
    return classes;
}

void classes_free(struct classes *classes)
{
    if (classes == NULL)
        return;
    map_free(classes->texts);
    map_free(classes->integers);
    arena_free(classes->arena);
    mem_free(classes->items);
    mem_free(classes);
}

/* ---- messages ---- */

void classes_put(const struct class *class, struct bytes *out)
{
    if (!class->is_text) {
        json_put_int(out, class->integer);
        return;
    }
    struct slice shown = visible_cut(class->text, CLASS_BYTES);
    bytes_byte(out, '"');
    bytes_put(out, shown);
    bytes_put(out, shown.len < class->text.len ? SLICE(VISIBLE_ELLIPSIS "\"") : SLICE("\""));
}

/* "FILE has no class X; it has 0, 1 and "spam"" */
static int no_class(const struct classes *classes, const struct class *wanted, const char *before)
{
    struct bytes text = {0};
    classes_put(wanted, &text);
    bytes_put(&text, SLICE("; it has "));
    size_t shown = classes->count <= CLASSES_SHOWN + 1 ? classes->count : CLASSES_SHOWN;
    for (size_t i = 0; i < shown; i++) {
        if (i > 0)
            bytes_put(&text, i + 1 == classes->count ? SLICE(" and ") : SLICE(", "));
        classes_put(&classes->items[i], &text);
    }
    if (shown < classes->count) {
        bytes_put(&text, SLICE(" and "));
        json_put_int(&text, (int64_t)(classes->count - shown));
        bytes_put(&text, SLICE(" more"));
    }
    (void)diag_error("%s%s has no class %.*s", before, classes->path, (int)text.len, text.items);
    vec_free(&text);
    return -1;
}

/* ---- the class of a record ---- */

static const uint64_t *look_up(const struct classes *classes, const struct class *class)
{
    return class->is_text ? map_get(classes->texts, class->text) : map_get(classes->integers, key_of(&class->integer));
}

int classes_find(const struct classes *classes, const struct record *record, struct slice label, const char *why,
                 struct arena *arena, size_t *class)
{
    const struct value *value = rec_present(record, label);
    if (value == NULL)
        return member_missing(record, label, why);
    struct class wanted = {.is_text = rec_kind(value) == '"'};
    if (!wanted.is_text && rec_kind(value) != '0')
        return rec_mismatch(label, "a string or an integer, the class of the record", value);
    if (wanted.is_text ? rec_text(record, label, arena, &wanted.text) < 0 : rec_int(record, label, &wanted.integer) < 0)
        return -1;
    const uint64_t *found = look_up(classes, &wanted);
    if (found == NULL) {
        struct bytes before = {0};
        bytes_put(&before, label);
        bytes_put(&before, SLICE(": "));
        bytes_byte(&before, '\0');
        (void)no_class(classes, &wanted, before.items);
        vec_free(&before);
        return -1;
    }
    *class = (size_t)*found;
    return 0;
}

/* ---- classes in options ---- */

static bool is_json(struct slice word)
{
    return json_skip(word.ptr, word.ptr + word.len, 1, NULL) == word.ptr + word.len;
}

int classes_named(const struct classes *classes, struct slice word, size_t *class)
{
    struct arena *arena = arena_new();
    struct class wanted = {.text = word, .is_text = true};
    if (word.len > 0 && word.ptr[0] == '"' && is_json(word)) {
        wanted.text = json_string(word, arena);
    } else if (word.len > 0 && is_json(word) && json_int(word, &wanted.integer)) {
        wanted.is_text = false;
        wanted.is_text = look_up(classes, &wanted) == NULL;
    }
    const uint64_t *found = look_up(classes, &wanted);
    int status = found == NULL ? no_class(classes, &wanted, "") : 0;
    if (found != NULL)
        *class = (size_t)*found;
    arena_free(arena);
    return status;
}

bool classes_item(struct slice *list, struct slice *label, struct slice *value)
{
    if (list->ptr == NULL)
        return false;
    const char *end = list->ptr + list->len, *at = list->ptr, *equals = NULL;
    bool quoted = false;
    for (; at < end && (quoted || *at != ','); at++) {
        if (*at == '"' && (quoted || at == list->ptr))
            quoted = !quoted;
        else if (quoted && *at == '\\' && at + 1 < end)
            at++;
        else if (!quoted && *at == '=')
            equals = at;
    }
    *label = slice_between(list->ptr, equals != NULL ? equals : at);
    *value = equals != NULL ? slice_between(equals + 1, at) : (struct slice){0};
    *list = at < end ? slice_between(at + 1, end) : (struct slice){0};
    return true;
}
