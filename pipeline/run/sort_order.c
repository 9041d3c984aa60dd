/* sort_order.c - a radix sort by the heads, then comparisons: see sort_order.h. */
#include "run/sort_order.h"

#include <stdlib.h>

uint64_t sort_head(const uint8_t *rank, struct slice key)
{
    uint64_t head = 0;
    if (rank == NULL && key.len >= sizeof head) {
        for (size_t i = 0; i < sizeof head; i++)
            head = head << 8 | (unsigned char)key.ptr[i];
        return head;
    }
    for (size_t i = 0; i < sizeof head; i++) {
        unsigned char byte = i < key.len ? (unsigned char)key.ptr[i] : 0;
        head = head << 8 | (i >= key.len ? 0 : rank != NULL ? rank[byte] : byte);
    }
    return head;
}

static int compare_ranked(const uint8_t *rank, struct slice a, struct slice b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    for (size_t i = 0; i < shared; i++)
        if (a.ptr[i] != b.ptr[i])
            return rank[(unsigned char)a.ptr[i]] < rank[(unsigned char)b.ptr[i]] ? -1 : 1;
    return (a.len > b.len) - (a.len < b.len);
}

int sort_compare(const struct sort_bounds *bounds, const struct sort_entry *a, const struct sort_entry *b)
{
    int order = bounds->rank != NULL ? compare_ranked(bounds->rank, a->key, b->key) : slice_compare(a->key, b->key);
    return order != 0 || bounds->combine != NULL ? order : slice_compare(a->value, b->value);
}

void sort_item_entry(const struct sort_bounds *bounds, const struct sort_item *item, struct sort_entry *entry)
{
    if (bounds->combine == NULL) {
        sort_entry_at(item->at, entry);
        return;
    }
    const struct map_entry *sum = item->at;
    *entry = (struct sort_entry){sum->key, {(const char *)&sum->value, sizeof sum->value}};
}

static int compare_items(const struct sort_bounds *bounds, const struct sort_item *x, const struct sort_item *y)
{
    if (x->head != y->head)
        return x->head < y->head ? -1 : 1;
    struct sort_entry a, b;
    sort_item_entry(bounds, x, &a);
    sort_item_entry(bounds, y, &b);
    return sort_compare(bounds, &a, &b);
}

static int compare_for_qsort(const void *a, const void *b, void *bounds)
{
    return compare_items(bounds, a, b);
}

static void insert(const struct sort_bounds *bounds, struct sort_item *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct sort_item moved = items[i];
        size_t at = i;
        for (; at > 0 && compare_items(bounds, &moved, &items[at - 1]) < 0; at--)
            items[at] = items[at - 1];
        items[at] = moved;
    }
}

enum { BYTES = 256, FEW = 24 };

/* Moves each item to its bucket, with one swap per item: `next` is where the next item of a bucket goes. */
static void distribute(struct sort_item *items, int shift, size_t next[BYTES], const size_t ends[BYTES])
{
    for (size_t bucket = 0; bucket < BYTES; bucket++) {
        while (next[bucket] < ends[bucket]) {
            struct sort_item moved = items[next[bucket]];
            for (size_t to; (to = moved.head >> shift & 0xff) != bucket;) {
                struct sort_item displaced = items[next[to]];
                items[next[to]++] = moved;
                moved = displaced;
            }
            items[next[bucket]++] = moved;
        }
    }
}

static void sort_range(const struct sort_bounds *bounds, struct sort_item *items, size_t count, int shift);

/* Sorts by the byte of the heads at `shift`, then each bucket by the next byte. */
static void sort_by_byte(const struct sort_bounds *bounds, struct sort_item *items, size_t count, int shift)
{
    size_t next[BYTES] = {0}, ends[BYTES];
    for (size_t i = 0; i < count; i++)
        next[items[i].head >> shift & 0xff]++;
    for (size_t bucket = 0, end = 0; bucket < BYTES; bucket++) {
        size_t len = next[bucket];
        next[bucket] = end;
        ends[bucket] = end += len;
    }
    distribute(items, shift, next, ends);
    for (size_t bucket = 0, start = 0; bucket < BYTES; start = ends[bucket++])
        sort_range(bounds, items + start, ends[bucket] - start, shift - 8);
}

static void sort_range(const struct sort_bounds *bounds, struct sort_item *items, size_t count, int shift)
{
    if (count <= FEW)
        insert(bounds, items, count);
    else if (shift < 0)
        qsort_r(items, count, sizeof *items, compare_for_qsort, (void *)(uintptr_t)bounds);
    else
        sort_by_byte(bounds, items, count, shift);
}

void sort_items(const struct sort_bounds *bounds, struct sort_item *items, size_t count)
{
    sort_range(bounds, items, count, 56);
}
