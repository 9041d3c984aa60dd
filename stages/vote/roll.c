/* roll.c - see roll.h. */
#include "roll.h"

#include "base/diag.h"
#include "base/memory.h"
#include "record/members.h"
#include "text/json.h"

#include <stdlib.h>

void roll_init(struct roll *roll)
{
    *roll = (struct roll){.numbers = map_new()};
}

void roll_release(struct roll *roll)
{
    map_free(roll->numbers);
    mem_free(roll->ranks);
    mem_free(roll->order);
}

int roll_number(struct roll *roll, const struct record *in, const char *member, const char *option, struct arena *arena,
                uint32_t *number)
{
    struct slice name = slice_of(member), text;
    const struct value *value = rec_present(in, name);
    struct bytes json = {0};
    int64_t integer;
    if (value == NULL)
        return member_missing_named(in, name, arena_print(arena, "(--%s names it)", option).ptr);
    char kind = rec_kind(value);
    if (kind != '"' && kind != '0')
        return rec_mismatch(name, "a string or an integer", value);
    if (kind == '"' ? rec_text(in, name, arena, &text) < 0 : rec_int(in, name, &integer) < 0)
        return -1;
    if (kind == '"')
        json_put_string(&json, text);
    else
        json_put_int(&json, integer);
    size_t before = map_len(roll->numbers);
    uint64_t *place = map_put(roll->numbers, bytes_slice(&json));
    if (map_len(roll->numbers) > before)
        *place = before;
    *number = (uint32_t)*place;
    vec_free(&json);
    return 0;
}

size_t roll_count(const struct roll *roll)
{
    return map_len(roll->numbers);
}

/* ---- order ---- */

struct name {
    struct slice text; /* decoded */
    int64_t integer;
    bool is_text;
    uint32_t number;
};

static int compare(const void *a, const void *b)
{
    const struct name *x = a, *y = b;
    if (x->is_text != y->is_text)
        return x->is_text ? 1 : -1;
    if (x->is_text)
        return slice_compare(x->text, y->text);
    return (x->integer > y->integer) - (x->integer < y->integer);
}

void roll_sort(struct roll *roll)
{
    size_t count = roll_count(roll);
    struct arena *arena = arena_new();
    struct name *sorted = arena_array(arena, count, sizeof *sorted);
    for (size_t i = 0; i < count; i++) {
        struct slice json = map_at(roll->numbers, i)->key;
        sorted[i] = (struct name){.is_text = json_kind(json) == '"', .number = (uint32_t)i};
        if (sorted[i].is_text)
            sorted[i].text = json_string(json, arena);
        else
            (void)json_int(json, &sorted[i].integer);
    }
    if (count > 1)
        qsort(sorted, count, sizeof *sorted, compare);
    roll->ranks = mem_zalloc(count + 1, sizeof *roll->ranks);
    roll->order = mem_zalloc(count + 1, sizeof *roll->order);
    for (size_t rank = 0; rank < count; rank++) {
        roll->order[rank] = sorted[rank].number;
        roll->ranks[sorted[rank].number] = (uint32_t)rank;
    }
    arena_free(arena);
}

struct slice roll_at(const struct roll *roll, size_t rank)
{
    return map_at(roll->numbers, roll->order[rank])->key;
}
