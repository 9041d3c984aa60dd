/* tops.c - see tops.h. */
#include "tops.h"

#include <stdlib.h>

int entry_compare(const struct entry *a, const struct entry *b)
{
    if (a->key != b->key)
        return a->key > b->key ? -1 : 1;
    int order = record_id_compare(&a->id, &b->id);
    return order != 0 ? order : slice_compare(a->line, b->line);
}

/* ---- one entry ---- */

static const void *keep(const void *items, size_t count, size_t size)
{
    if (items == NULL)
        return NULL;
    void *kept = mem_zalloc(count + 1, size);
    if (count > 0)
        memcpy(kept, items, count * size);
    return kept;
}

/* Copies what it points to. */
static struct entry entry_keep(const struct entry *entry)
{
    struct entry kept = *entry;
    size_t count = entry->vector.count;
    kept.line.ptr = mem_string(entry->line.ptr, entry->line.len);
    kept.id.spelling.ptr = mem_string(entry->id.spelling.ptr, entry->id.spelling.len);
    kept.vector.indices = keep(entry->vector.indices, count, sizeof *entry->vector.indices);
    kept.vector.numbers = keep(entry->vector.numbers, count, sizeof *entry->vector.numbers);
    return kept;
}

void entry_release(struct entry *entry)
{
    mem_free((void *)(uintptr_t)entry->line.ptr);
    mem_free((void *)(uintptr_t)entry->id.spelling.ptr);
    mem_free((void *)(uintptr_t)entry->vector.indices);
    mem_free((void *)(uintptr_t)entry->vector.numbers);
    *entry = (struct entry){0};
}

/* ---- the best ---- */

static bool is_worse(const void *context, uint32_t a, uint32_t b)
{
    const struct tops *tops = context;
    return entry_compare(&tops->entries.items[a], &tops->entries.items[b]) > 0;
}

/* One more; when there are enough, the heap begins. */
static void add(struct tops *tops, struct entry entry, size_t most)
{
    vec_push(&tops->entries, entry);
    size_t count = tops->entries.len;
    if (count < most)
        return;
    tops->heap.items = mem_zalloc(count, sizeof *tops->heap.items);
    tops->heap.len = count;
    for (size_t i = 0; i < count; i++)
        tops->heap.items[i] = (uint32_t)i;
    heap_order(&tops->heap, is_worse, tops);
}

/* Instead of the worst. */
static void exchange(struct tops *tops, struct entry entry)
{
    struct entry *worst = &tops->entries.items[tops->heap.items[0]];
    entry_release(worst);
    *worst = entry;
    heap_settle(&tops->heap, 0, is_worse, tops);
}

static const struct entry *worst_of(const struct tops *tops)
{
    return &tops->entries.items[tops->heap.items[0]];
}

void tops_offer(struct tops *tops, const struct entry *entry, const struct record *in, size_t most,
                struct bytes *scratch)
{
    struct entry offered = *entry;
    bool full = tops->entries.len >= most;
    if (most == 0 || (full && offered.key < worst_of(tops)->key))
        return;
    scratch->len = 0;
    rec_print(in, scratch);
    offered.line = bytes_slice(scratch);
    if (!full)
        add(tops, entry_keep(&offered), most);
    else if (entry_compare(&offered, worst_of(tops)) < 0)
        exchange(tops, entry_keep(&offered));
}

void tops_merge(struct tops *into, struct tops *from, size_t most)
{
    for (size_t i = 0; i < from->entries.len; i++) {
        struct entry *entry = &from->entries.items[i];
        if (into->entries.len < most)
            add(into, *entry, most);
        else if (entry_compare(entry, worst_of(into)) < 0)
            exchange(into, *entry);
        else
            entry_release(entry);
    }
    from->entries.len = 0;
}

static int by_rank(const void *a, const void *b)
{
    return entry_compare(a, b);
}

void tops_sort(struct tops *tops)
{
    if (tops->entries.len > 0)
        qsort(tops->entries.items, tops->entries.len, sizeof *tops->entries.items, by_rank);
}

void tops_release(struct tops *tops)
{
    for (size_t i = 0; i < tops->entries.len; i++)
        entry_release(&tops->entries.items[i]);
    vec_free(&tops->entries);
    mem_free(tops->heap.items);
    *tops = (struct tops){0};
}
