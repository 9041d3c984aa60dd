/* sort_order.h - the order of a sort, and sorting in memory. */
#ifndef QUERN_SORT_ORDER_H
#define QUERN_SORT_ORDER_H

#include "run/sort.h"
#include "run/sort_entry.h"

/* The first eight bytes of a key as a number. If those of two keys differ, the keys have the same order. */
uint64_t sort_head(const uint8_t *rank, struct slice key);

/* Compares by key and then, unless equal keys are combined, by value: <0, 0, >0. */
int sort_compare(const struct sort_bounds *bounds, const struct sort_entry *a, const struct sort_entry *b);

/* What is moved around instead of an entry. */
struct sort_item {
    uint64_t head;
    const void *at; /* a struct map_entry if equal keys are combined, else the bytes of sort_entry.h */
};

/* Its key and value; the value of a map entry is the eight bytes of its number. */
void sort_item_entry(const struct sort_bounds *bounds, const struct sort_item *item, struct sort_entry *entry);

/* Sorts. With equal heads it may temporarily take as much memory again as the items. */
void sort_items(const struct sort_bounds *bounds, struct sort_item *items, size_t count);

#endif
