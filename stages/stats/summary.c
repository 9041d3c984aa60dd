/* summary.c - see summary.h. */
#include "summary.h"

#include "base/arena.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/memory.h"
#include "text/json.h"

#include <assert.h>
#include <stdlib.h>

enum kind { KIND_NUMBER, KIND_FIXED, KIND_OBJECT };

/* Kept small, because a histogram of labels has one for each label. */
struct summary {
    enum kind kind;
    union {
        int64_t number;
        struct slice fixed; /* JSON text, owned */
        struct members *members;
    };
};

struct members {
    bool array;        /* the names are 0, 1, … */
    struct map *names; /* the value is the index into items */
    struct summary *items;
    size_t len, cap;
};

static struct summary empty_object(void)
{
    struct summary made = {.kind = KIND_OBJECT, .members = mem_zalloc(1, sizeof(struct members))};
    made.members->names = map_new();
    return made;
}

static void release(struct summary *summary)
{
    if (summary->kind == KIND_FIXED)
        mem_free((void *)summary->fixed.ptr);
    if (summary->kind != KIND_OBJECT)
        return;
    for (size_t i = 0; i < summary->members->len; i++)
        release(&summary->members->items[i]);
    map_free(summary->members->names);
    vec_free(summary->members);
    mem_free(summary->members);
}

struct summary *summary_new(void)
{
    struct summary *made = mem_alloc(sizeof *made);
    *made = empty_object();
    return made;
}

void summary_free(struct summary *summary)
{
    if (summary == NULL)
        return;
    release(summary);
    mem_free(summary);
}

static struct summary *find(const struct summary *object, struct slice name)
{
    if (object == NULL || object->kind != KIND_OBJECT)
        return NULL;
    const uint64_t *place = map_get(object->members->names, name);
    return place == NULL ? NULL : &object->members->items[*place];
}

static struct summary *put(struct summary *object, struct slice name, struct summary value)
{
    struct members *members = object->members;
    assert(map_get(members->names, name) == NULL);
    *map_put(members->names, name) = members->len;
    vec_push(members, value);
    return &members->items[members->len - 1];
}

static struct summary fixed(struct slice json)
{
    return (struct summary){.kind = KIND_FIXED, .fixed = {mem_string(json.ptr, json.len), json.len}};
}

static struct summary fixed_text(struct slice text)
{
    struct bytes json = {0};
    json_put_string(&json, text);
    struct summary made = fixed(bytes_slice(&json));
    vec_free(&json);
    return made;
}

void summary_put_number(struct summary *object, struct slice name, int64_t number)
{
    (void)put(object, name, (struct summary){.kind = KIND_NUMBER, .number = number});
}

void summary_put_text(struct summary *object, struct slice name, struct slice text)
{
    (void)put(object, name, fixed_text(text));
}

struct summary *summary_put_object(struct summary *object, struct slice name)
{
    return put(object, name, empty_object());
}

struct summary *summary_take(struct summary *object, struct slice name)
{
    struct summary *taken = summary_new(), *there = find(object, name);
    if (there == NULL || there->kind != KIND_OBJECT)
        return taken;
    struct members *members = object->members, *kept = empty_object().members;
    size_t place = (size_t)(there - members->items);
    kept->array = members->array;
    for (size_t i = 0; i < members->len; i++) {
        if (i == place)
            continue;
        *map_put(kept->names, map_at(members->names, i)->key) = kept->len;
        vec_push(kept, members->items[i]);
    }
    release(taken);
    *taken = *there;
    map_free(members->names);
    vec_free(members);
    mem_free(members);
    object->members = kept;
    return taken;
}

/* ---- reading ---- */

static int read_members(struct summary *object, struct slice json, unsigned depth, struct arena *arena);

static int read_value(struct summary *value, struct slice name, struct slice json, unsigned depth, struct arena *arena)
{
    int64_t number;
    switch (json_kind(json)) {
    case '{':
    case '[':
        *value = empty_object();
        return read_members(value, json, depth + 1, arena);
    case '"':
        *value = fixed_text(json_string(json, arena));
        return 0;
    case '0':
        if (!json_int(json, &number))
            return diag_error("%.*s: %.*s is not a 64-bit integer: it can't be added", (int)name.len, name.ptr,
                              (int)json.len, json.ptr);
        *value = (struct summary){.kind = KIND_NUMBER, .number = number};
        return 0;
    default:
        *value = fixed(json);
        return 0;
    }
}

static int read_members(struct summary *object, struct slice json, unsigned depth, struct arena *arena)
{
    bool array = object->members->array = json_kind(json) == '[';
    if (depth > SUMMARY_DEPTH)
        return diag_error("nested deeper than %d: not a summary", SUMMARY_DEPTH);
    struct json_walk walk = json_walk(json);
    while (json_next(&walk)) {
        struct slice name = array ? arena_print(arena, "%zu", object->members->len)
                                  : json_string((struct slice){walk.name.ptr - 1, walk.name.len + 2}, arena);
        struct summary value = {0};
        int status = read_value(&value, name, walk.value, depth, arena);
        struct summary *there = find(object, name);
        if (there == NULL) {
            (void)put(object, name, value);
        } else {
            release(there);
            *there = value;
        }
        if (status != 0)
            return -1;
    }
    return 0;
}

int summary_read(struct summary *object, struct slice json)
{
    struct arena *arena = arena_new();
    int status = read_members(object, json, 1, arena);
    arena_free(arena);
    return status;
}

/* ---- merging ---- */

static struct summary copy(const struct summary *from)
{
    if (from->kind == KIND_FIXED)
        return fixed(from->fixed);
    if (from->kind == KIND_NUMBER)
        return *from;
    struct summary made = empty_object();
    made.members->array = from->members->array;
    for (size_t i = 0; i < from->members->len; i++)
        (void)put(&made, map_at(from->members->names, i)->key, copy(&from->members->items[i]));
    return made;
}

static int merge_number(struct summary *into, const struct summary *from, struct slice name, bool range)
{
    if (range && slice_is(name, "min")) {
        into->number = from->number < into->number ? from->number : into->number;
    } else if (range && slice_is(name, "max")) {
        into->number = from->number > into->number ? from->number : into->number;
    } else if (__builtin_add_overflow(into->number, from->number, &into->number)) {
        return diag_error("%.*s: the sum has more than 64 bits", (int)name.len, name.ptr);
    }
    return 0;
}

static bool is_array(const struct summary *value)
{
    return value->kind == KIND_OBJECT && value->members->array;
}

static const char *kind_name(const struct summary *value)
{
    static const char *const names[] = {"a number", "not a number", "an object"};
    return is_array(value) ? "an array" : names[value->kind];
}

static int merge_members(struct summary *into, const struct summary *from, bool range);

static int merge_value(struct summary *into, const struct summary *from, struct slice name, bool range)
{
    if (into->kind != from->kind || is_array(into) != is_array(from))
        return diag_error("%.*s: %s in one summary, %s in another", (int)name.len, name.ptr, kind_name(into),
                          kind_name(from));
    if (into->kind == KIND_NUMBER)
        return merge_number(into, from, name, range);
    if (is_array(into) && into->members->len != from->members->len)
        return diag_error("%.*s: %zu items in one summary, %zu in another", (int)name.len, name.ptr, into->members->len,
                          from->members->len);
    if (into->kind == KIND_OBJECT)
        return merge_members(into, from, slice_is(name, "range"));
    if (!slice_equal(into->fixed, from->fixed))
        return diag_error("%.*s: %.*s in one summary, %.*s in another", (int)name.len, name.ptr, (int)into->fixed.len,
                          into->fixed.ptr, (int)from->fixed.len, from->fixed.ptr);
    return 0;
}

/* Members that do not add up must be in both, or summaries of different kinds would pass for parts of one. */
static int check_fixed(const struct summary *one, const struct summary *other)
{
    for (size_t i = 0; i < one->members->len; i++) {
        struct slice name = map_at(one->members->names, i)->key;
        if (one->members->items[i].kind == KIND_FIXED && find(other, name) == NULL)
            return diag_error("%.*s: %.*s in one summary, missing in another", (int)name.len, name.ptr,
                              (int)one->members->items[i].fixed.len, one->members->items[i].fixed.ptr);
    }
    return 0;
}

static int merge_members(struct summary *into, const struct summary *from, bool range)
{
    if (check_fixed(into, from) != 0 || check_fixed(from, into) != 0)
        return -1;
    for (size_t i = 0; i < from->members->len; i++) {
        struct slice name = map_at(from->members->names, i)->key;
        const struct summary *value = &from->members->items[i];
        struct summary *there = find(into, name);
        if (there == NULL)
            (void)put(into, name, copy(value));
        else if (merge_value(there, value, name, range) != 0)
            return -1;
    }
    return 0;
}

int summary_merge(struct summary *into, const struct summary *from)
{
    if (into->members->len > 0 && from->members->len > 0)
        return merge_members(into, from, false);
    if (from->members->len > 0) { /* an empty summary has no texts to compare */
        release(into);
        *into = copy(from);
    }
    return 0;
}

/* ---- printing ---- */

struct entry {
    struct slice name;
    const struct summary *value;
};

static bool is_digits(struct slice name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] < '0' || name.ptr[i] > '9')
            return false;
    return name.len > 0;
}

static int compare_entries(const void *a, const void *b)
{
    struct slice x = ((const struct entry *)a)->name, y = ((const struct entry *)b)->name;
    if (is_digits(x) != is_digits(y))
        return is_digits(x) ? -1 : 1;
    if (is_digits(x) && x.len != y.len)
        return x.len < y.len ? -1 : 1;
    return slice_compare(x, y);
}

static void print_array(const struct members *members, struct bytes *out)
{
    bytes_byte(out, '[');
    for (size_t i = 0; i < members->len; i++) {
        if (i > 0)
            bytes_byte(out, ',');
        summary_print(&members->items[i], out);
    }
    bytes_byte(out, ']');
}

static void print_object(const struct members *members, struct bytes *out)
{
    struct entry *entries = mem_zalloc(members->len + 1, sizeof *entries);
    for (size_t i = 0; i < members->len; i++)
        entries[i] = (struct entry){map_at(members->names, i)->key, &members->items[i]};
    qsort(entries, members->len, sizeof *entries, compare_entries);
    bytes_byte(out, '{');
    for (size_t i = 0; i < members->len; i++) {
        if (i > 0)
            bytes_byte(out, ',');
        json_put_string(out, entries[i].name);
        bytes_byte(out, ':');
        summary_print(entries[i].value, out);
    }
    bytes_byte(out, '}');
    mem_free(entries);
}

void summary_print(const struct summary *summary, struct bytes *out)
{
    if (summary->kind == KIND_NUMBER)
        json_put_int(out, summary->number);
    else if (summary->kind == KIND_FIXED)
        bytes_put(out, summary->fixed);
    else if (summary->members->array)
        print_array(summary->members, out);
    else
        print_object(summary->members, out);
}

/* ---- looking ---- */

const struct summary *summary_object(const struct summary *object, struct slice name)
{
    const struct summary *value = find(object, name);
    return value != NULL && value->kind == KIND_OBJECT ? value : NULL;
}

int64_t summary_number(const struct summary *object, struct slice name)
{
    const struct summary *value = find(object, name);
    return value != NULL && value->kind == KIND_NUMBER ? value->number : 0;
}

struct slice summary_fixed(const struct summary *object, struct slice name)
{
    const struct summary *value = find(object, name);
    return value != NULL && value->kind == KIND_FIXED ? value->fixed : (struct slice){0};
}

size_t summary_count(const struct summary *object)
{
    return object == NULL ? 0 : object->members->len;
}

struct slice summary_name(const struct summary *object, size_t i)
{
    return map_at(object->members->names, i)->key;
}

int64_t summary_number_at(const struct summary *object, size_t i)
{
    const struct summary *value = &object->members->items[i];
    return value->kind == KIND_NUMBER ? value->number : 0;
}
