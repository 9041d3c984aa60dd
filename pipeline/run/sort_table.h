/* sort_table.h - the entries that a sorter holds in memory: packed one after another, or sums in a map. */
#ifndef QUERN_SORT_TABLE_H
#define QUERN_SORT_TABLE_H

#include "base/vec.h"
#include "run/sort_order.h"

struct sort_chunk {
    char *bytes;
    size_t len, room;
};

struct sort_table {
    const struct sort_bounds *bounds;
    struct map *sums; /* with combine */

    /* without */
    VEC(struct sort_chunk) chunks;
    size_t count, bytes; /* of entries; of the chunks */
};

struct sort_table sort_table_of(const struct sort_bounds *bounds);
void sort_table_free(struct sort_table *table);
void sort_table_clear(struct sort_table *table);

/* Adds a copy of the entry, if the table and the memory for sorting it stay within `share` bytes; an empty table
 * accepts any entry. False: the table is full, and the entry was not added. */
bool sort_table_add(struct sort_table *table, const struct sort_entry *entry, size_t share);

/* With combine: adds to the number of the key. False: the number was added, and the table is now full. */
bool sort_table_sum(struct sort_table *table, struct slice key, uint64_t number, size_t share);

size_t sort_table_len(const struct sort_table *table);
size_t sort_table_bytes(const struct sort_table *table); /* including the memory for sorting */

/* A sorted array of an item for each entry; free it with mem_free before the table changes. */
struct sort_item *sort_table_items(const struct sort_table *table);

#endif
