/* counts.c - a table with linear probing, which is cleared where it was used; a radix sort. See counts.h. */
#include "counts.h"

#include "base/memory.h"

#include <string.h>

enum { FIRST_SLOTS = 256, FEW = 48 };

void counts_release(struct counts *counts)
{
    vec_free(&counts->items);
    vec_free(&counts->spare);
    mem_free(counts->table);
}

void counts_clear(struct counts *counts)
{
    for (size_t i = 0; i < counts->items.len; i++)
        counts->table[counts->items.items[i].place] = 0;
    counts->items.len = 0;
}

/* Neighbouring indices are to be apart. */
static size_t first_slot(const struct counts *counts, int32_t index)
{
    return (size_t)((uint64_t)(uint32_t)index * 0x9e3779b97f4a7c15 >> 32) & (counts->slots - 1);
}

static size_t find_slot(const struct counts *counts, int32_t index)
{
    size_t slot = first_slot(counts, index);
    while (counts->table[slot] != 0 && counts->items.items[counts->table[slot] - 1].index != index)
        slot = (slot + 1) & (counts->slots - 1);
    return slot;
}

static void grow(struct counts *counts)
{
    counts->slots = counts->slots == 0 ? FIRST_SLOTS : counts->slots * 2;
    mem_free(counts->table);
    counts->table = mem_zalloc(counts->slots, sizeof *counts->table);
    for (size_t i = 0; i < counts->items.len; i++) {
        size_t slot = find_slot(counts, counts->items.items[i].index);
        counts->table[slot] = (uint32_t)i + 1;
        counts->items.items[i].place = (int32_t)slot;
    }
}

void counts_add(struct counts *counts, int32_t index, int64_t more)
{
    if (counts->items.len * 2 >= counts->slots)
        grow(counts);
    size_t slot = find_slot(counts, index);
    if (counts->table[slot] == 0) {
        vec_push(&counts->items, ((struct count){index, (int32_t)slot, 0}));
        counts->table[slot] = (uint32_t)counts->items.len;
    }
    counts->items.items[counts->table[slot] - 1].sum += more;
}

static void sort_few(struct count *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct count item = items[i];
        size_t at = i;
        for (; at > 0 && items[at - 1].index > item.index; at--)
            items[at] = items[at - 1];
        items[at] = item;
    }
}

/* By one byte of the index; false if it is the same in all, and then nothing is done. */
static bool sort_by(const struct count *from, struct count *to, size_t count, unsigned shift)
{
    size_t starts[256] = {0}, sum = 0;
    for (size_t i = 0; i < count; i++)
        starts[(uint32_t)from[i].index >> shift & 0xff]++;
    if (starts[(uint32_t)from[0].index >> shift & 0xff] == count)
        return false;
    for (size_t i = 0; i < 256; i++) {
        size_t here = starts[i];
        starts[i] = sum;
        sum += here;
    }
    for (size_t i = 0; i < count; i++)
        to[starts[(uint32_t)from[i].index >> shift & 0xff]++] = from[i];
    return true;
}

void counts_sort(struct counts *counts)
{
    size_t count = counts->items.len;
    if (count <= FEW) {
        sort_few(counts->items.items, count);
        return;
    }
    counts->spare.len = 0;
    vec_reserve(&counts->spare, count);
    struct count *from = counts->items.items, *to = counts->spare.items;
    for (unsigned shift = 0; shift < 32; shift += 8)
        if (sort_by(from, to, count, shift)) {
            struct count *sorted = to;
            to = from;
            from = sorted;
        }
    if (from != counts->items.items)
        memcpy(counts->items.items, from, count * sizeof *from);
}
