/* fit.c - see fit.h. */
#include "fit.h"

#include "base/heap.h"
#include "base/vec.h"

#include <stdlib.h>

/* The open records by the room that is left in them; of equal ones the one opened first is at the top of a heap. */
struct shelf {
    VEC(uint32_t) records;
};

struct shelves {
    struct shelf *of;
    uint64_t *filled; /* a bit for each shelf: is there a record? */
    uint32_t room;
};

static bool is_smaller(const void *context, uint32_t a, uint32_t b)
{
    (void)context;
    return a < b;
}

static void shelve(struct shelves *shelves, uint32_t left, uint32_t record)
{
    struct shelf *shelf = &shelves->of[left];
    vec_push(&shelf->records, record);
    uint32_t *items = shelf->records.items;
    for (size_t at = shelf->records.len - 1; at > 0 && items[(at - 1) / 2] > items[at]; at = (at - 1) / 2) {
        uint32_t moved = items[at];
        items[at] = items[(at - 1) / 2];
        items[(at - 1) / 2] = moved;
    }
    shelves->filled[left / 64] |= UINT64_C(1) << left % 64;
}

static uint32_t take_first(struct shelves *shelves, uint32_t left)
{
    struct shelf *shelf = &shelves->of[left];
    struct heap heap = {shelf->records.items, shelf->records.len};
    uint32_t record = heap.items[0];
    heap_drop(&heap, is_smaller, NULL);
    shelf->records.len = heap.len;
    if (heap.len == 0)
        shelves->filled[left / 64] &= ~(UINT64_C(1) << left % 64);
    return record;
}

/* The least room that is at least `length` and left in some record; room + 1: there is none. */
static uint32_t least_left(const struct shelves *shelves, uint32_t length)
{
    size_t word = length / 64, words = (size_t)shelves->room / 64 + 1;
    uint64_t bits = shelves->filled[word] & (UINT64_MAX << length % 64);
    while (bits == 0 && ++word < words)
        bits = shelves->filled[word];
    return bits == 0 ? shelves->room + 1 : (uint32_t)(word * 64) + (uint32_t)__builtin_ctzll(bits);
}

struct sized {
    uint32_t length, number;
};

static int longest_first(const void *a, const void *b)
{
    const struct sized *x = a, *y = b;
    if (x->length != y->length)
        return x->length > y->length ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

/* Numbers the records by their first pieces. */
static void renumber(uint32_t *record_of, size_t count, size_t records)
{
    uint32_t *numbers = mem_zalloc(records, sizeof *numbers), next = 0; /* number + 1 */
    for (size_t i = 0; i < count; i++) {
        uint32_t *number = &numbers[record_of[i]];
        if (*number == 0)
            *number = ++next;
        record_of[i] = *number - 1;
    }
    mem_free(numbers);
}

size_t fit_best(const uint32_t *lengths, size_t count, uint32_t room, uint32_t *record_of)
{
    struct sized *order = mem_zalloc(count, sizeof *order);
    struct shelves shelves = {
        mem_zalloc((size_t)room + 1, sizeof *shelves.of),
        mem_zalloc((size_t)room / 64 + 1, sizeof *shelves.filled),
        room,
    };
    uint32_t records = 0;
    for (size_t i = 0; i < count; i++)
        order[i] = (struct sized){lengths[i], (uint32_t)i};
    qsort(order, count, sizeof *order, longest_first);
    for (size_t i = 0; i < count; i++) {
        uint32_t left = least_left(&shelves, order[i].length);
        uint32_t record = left <= room ? take_first(&shelves, left) : records++;
        left = (left <= room ? left : room) - order[i].length;
        record_of[order[i].number] = record;
        shelve(&shelves, left, record);
    }
    for (size_t i = 0; i <= room; i++)
        vec_free(&shelves.of[i].records);
    mem_free(shelves.of);
    mem_free(shelves.filled);
    mem_free(order);
    renumber(record_of, count, records);
    return records;
}
