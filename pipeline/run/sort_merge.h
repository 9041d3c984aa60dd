/* sort_merge.h - merges several sorted sources: tables and runs. */
#ifndef QUERN_SORT_MERGE_H
#define QUERN_SORT_MERGE_H

#include "run/sort_run.h"
#include "run/sort_table.h"

struct sort_merge;

struct sort_merge *sort_merge_new(const struct sort_bounds *bounds);
void sort_merge_free(struct sort_merge *merge);

/* Add all sources before reading the first entry. A table must live as long as the merge. at_once: bytes of the run to
 * read at a time. */
void sort_merge_add_table(struct sort_merge *merge, const struct sort_table *table);
void sort_merge_add_run(struct sort_merge *merge, const struct sort_run *run, size_t at_once);

/* The next entry, with equal keys combined if bounds->combine is set; valid until the next call. 1, 0 at the end, or -1
 * with the message. */
int sort_merge_next(struct sort_merge *merge, struct sort_entry *entry);

#endif
