/* keep.c - copies of records, and a queue of them: see keep.h. */
#include "record/keep.h"

#include "record/member_index.h"

#include <assert.h>

/* ---- a copy ---- */

/* A piece of the line becomes a piece of the line's copy; anything else is copied. */
static struct slice copy_slice(struct slice piece, struct slice from, struct slice to, struct arena *arena)
{
    if (piece.len == 0)
        return (struct slice){"", 0};
    uintptr_t at = (uintptr_t)piece.ptr, start = (uintptr_t)from.ptr;
    if (from.len > 0 && at >= start && at < start + from.len)
        return (struct slice){to.ptr + (at - start), piece.len};
    return arena_copy(arena, piece);
}

static const void *copy_items(const void *items, size_t count, size_t size, struct arena *arena)
{
    void *copy = arena_array(arena, count, size);
    if (count > 0)
        memcpy(copy, items, count * size);
    return copy;
}

static struct value copy_value(const struct value *in, struct slice from, struct slice to, struct arena *arena)
{
    struct value value = *in;
    switch (in->kind) {
    case VALUE_RAW:
    case VALUE_TEXT:
        value.bytes = copy_slice((struct slice){in->bytes, in->count}, from, to, arena).ptr;
        break;
    case VALUE_INT:
    case VALUE_FLOAT:
        break;
    case VALUE_FLOATS:
        value.numbers = copy_items(in->numbers, in->count, sizeof *in->numbers, arena);
        break;
    case VALUE_VECTOR: {
        struct vector *vector = arena_alloc(arena, sizeof *vector);
        *vector = *in->vector;
        if (vector->indices != NULL)
            vector->indices = copy_items(vector->indices, vector->count, sizeof *vector->indices, arena);
        if (vector->numbers != NULL)
            vector->numbers = copy_items(vector->numbers, vector->count, sizeof *vector->numbers, arena);
        else
            vector->floats = copy_items(vector->floats, vector->count, sizeof *vector->floats, arena);
        value.vector = vector;
        break;
    }
    case VALUE_INTS:
        value.ints = copy_items(in->ints, in->count, sizeof *in->ints, arena);
        break;
    case VALUE_SPANS:
        value.spans = copy_items(in->spans, in->count, sizeof *in->spans, arena);
        break;
    case VALUE_STRINGS: {
        struct slice *strings = arena_array(arena, in->count, sizeof *strings);
        for (size_t i = 0; i < in->count; i++)
            strings[i] = copy_slice(in->strings[i], from, to, arena);
        value.strings = strings;
        break;
    }
    case VALUE_NAMES: {
        /* The names themselves belong to a filter, and live as long as the chain. */
        struct value_names *names = arena_alloc(arena, sizeof *names);
        names->names = in->names->names;
        names->numbers = copy_items(in->names->numbers, in->count, sizeof *in->names->numbers, arena);
        value.names = names;
        break;
    }
    }
    return value;
}

struct record *rec_copy(struct arena *arena, const struct record *in)
{
    struct record *copy = arena_alloc(arena, sizeof *copy);
    struct slice from = in->line;
    *copy = *in;
    copy->arena = in->derived ? arena : NULL;
    copy->index = NULL;
    copy->from = NULL;
    copy->line = arena_copy(arena, from);
    copy->head = copy_slice(in->head, from, copy->line, arena);
    copy->tail = copy_slice(in->tail, from, copy->line, arena);
    copy->members = arena_array(arena, in->count, sizeof *copy->members);
    copy->room = in->count;
    if (in->index != NULL)
        member_index_copy(copy, in, arena);
    for (uint32_t i = 0; i < in->count; i++) {
        const struct member *member = &in->members[i];
        copy->members[i] = (struct member){
            .name = copy_slice(member->name, from, copy->line, arena),
            .lead = copy_slice(member->lead, from, copy->line, arena),
            .value = copy_value(&member->value, from, copy->line, arena),
            .removed = member->removed,
            .before = member->before,
        };
    }
    return copy;
}

/* ---- the kept ones ---- */

size_t keep_len(const struct keep *keep)
{
    return keep->records.len - keep->first;
}

const struct record *keep_at(const struct keep *keep, size_t i)
{
    assert(i < keep_len(keep));
    return keep->records.items[keep->first + i];
}

const struct record *keep_put(struct keep *keep, const struct record *in)
{
    if (keep->young == NULL) {
        keep->young = arena_new();
        keep->old = arena_new();
    }
    const struct record *copy = rec_copy(keep->young, in);
    vec_push(&keep->records, copy);
    return copy;
}

/* When the last of the older records has left, frees their memory and makes the newer records the older ones. */
static void turn_over(struct keep *keep)
{
    struct arena *emptied = keep->old;
    arena_reset(emptied);
    keep->old = keep->young;
    keep->young = emptied;
    memmove(keep->records.items, keep->records.items + keep->first, keep_len(keep) * sizeof *keep->records.items);
    keep->records.len = keep_len(keep);
    keep->first = 0;
    keep->of_old = keep->records.len;
}

void keep_drop(struct keep *keep)
{
    assert(keep_len(keep) > 0);
    if (keep->of_old == 0)
        turn_over(keep);
    keep->first++;
    keep->of_old--;
}

void keep_release(struct keep *keep)
{
    vec_free(&keep->records);
    arena_free(keep->old);
    arena_free(keep->young);
    *keep = (struct keep){0};
}
