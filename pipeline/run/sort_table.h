/* sort_table.h - what a sorter holds in memory: entries one after another, or sums in a map. */
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
    size_t count, bytes; /* entries; what the chunks take */
};

struct sort_table sort_table_of(const struct sort_bounds *bounds);
void sort_table_free(struct sort_table *table);
void sort_table_clear(struct sort_table *table);

/* Adds a copy of the entry, if the table and what sorting it takes stay within `share` bytes; an empty table takes any
 * entry. False: it is full, and the entry was not added. */
bool sort_table_add(struct sort_table *table, const struct sort_entry *entry, size_t share);

/* With combine: adds to the number of the key. False: it was added, and now the table is full. */
bool sort_table_sum(struct sort_table *table, struct slice key, uint64_t number, size_t share);

size_t sort_table_len(const struct sort_table *table);
size_t sort_table_bytes(const struct sort_table *table); /* with what sorting takes */

/* An item for each entry, sorted; to be freed with mem_free before the table changes. */
struct sort_item *sort_table_items(const struct sort_table *table);

#endif
