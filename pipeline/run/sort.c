/* sort.c - writes tables as runs and merges the runs: see sort.h. */
#include "run/sort.h"

#include "base/memory.h"
#include "base/temporary.h"
#include "run/sort_merge.h"

#include <assert.h>
#include <unistd.h>

struct sort {
    const struct sort_bounds *bounds;
    size_t share; /* of the memory, in bytes; 0: unknown until the first entry */
    struct sort_table table;
    int file; /* -1: none */
    VEC(struct sort_run) runs;
};

struct sort *sort_new(const struct sort_bounds *bounds)
{
    struct sort *sort = mem_zalloc(1, sizeof *sort);
    sort->bounds = bounds;
    sort->table = sort_table_of(bounds);
    sort->file = -1;
    return sort;
}

void sort_free(struct sort *sort)
{
    if (sort == NULL)
        return;
    sort_table_free(&sort->table);
    vec_free(&sort->runs);
    if (sort->file >= 0)
        (void)close(sort->file);
    mem_free(sort);
}

/* ---- putting ---- */

static size_t share_of(const struct sort_bounds *bounds)
{
    uint64_t share = bounds->max_memory / bounds->threads;
    return share > SORT_LEAST + SORT_WRITER_BYTES ? (size_t)share - SORT_WRITER_BYTES : SORT_LEAST;
}

static int write_items(struct sort_writer *writer, const struct sort_bounds *bounds, const struct sort_item *items,
                       size_t count)
{
    enum { AHEAD = 8 };
    for (size_t i = 0; i < count; i++) {
        struct sort_entry entry;
        if (i + AHEAD < count)
            __builtin_prefetch(items[i + AHEAD].at);
        sort_item_entry(bounds, &items[i], &entry);
        if (sort_writer_put(writer, &entry) != 0)
            return -1;
    }
    return 0;
}

static int spill(struct sort *sort)
{
    if (sort->file < 0 && (sort->file = temporary_open(sort->bounds->temp_dir)) < 0)
        return -1;
    uint64_t at = sort->runs.len > 0 ? sort->runs.items[sort->runs.len - 1].end : 0;
    struct sort_writer writer;
    struct sort_run run;
    struct sort_item *items = sort_table_items(&sort->table);
    sort_writer_open(&writer, sort->file, at);
    int written = write_items(&writer, sort->bounds, items, sort_table_len(&sort->table));
    int closed = sort_writer_close(&writer, &run);
    mem_free(items);
    if (written != 0 || closed != 0)
        return -1;
    vec_push(&sort->runs, run);
    sort_table_clear(&sort->table);
    return 0;
}

static int put_entry(struct sort *sort, struct slice key, struct slice value)
{
    const struct sort_entry entry = {key, value};
    if (sort_table_add(&sort->table, &entry, sort->share))
        return 0;
    if (spill(sort) != 0)
        return -1;
    (void)sort_table_add(&sort->table, &entry, sort->share);
    return 0;
}

int sort_put(struct sort *sort, struct slice key, struct slice value)
{
    if (sort->share == 0)
        sort->share = share_of(sort->bounds);
    if (sort->bounds->combine == NULL)
        return put_entry(sort, key, value);
    uint64_t number;
    assert(value.len == sizeof number);
    memcpy(&number, value.ptr, sizeof number);
    return sort_table_sum(&sort->table, key, number, sort->share) ? 0 : spill(sort);
}

/* ---- in one table ---- */

static void add_sums(struct map *sums, struct sort_table *from)
{
    for (size_t i = 0; i < map_len(from->sums); i++) {
        const struct map_entry *entry = map_at(from->sums, i);
        size_t known = map_len(sums);
        uint64_t *sum = map_put(sums, entry->key);
        *sum = map_len(sums) > known ? entry->value : from->bounds->combine(*sum, entry->value);
    }
    sort_table_clear(from);
}

struct map *sort_table(struct sort *const *sorts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (sorts[i]->runs.len > 0)
            return NULL;
    struct map *sums = sorts[0]->table.sums;
    sorts[0]->table.sums = map_new();
    for (size_t i = 1; i < count; i++)
        add_sums(sums, &sorts[i]->table);
    return sums;
}

/* ---- reading ---- */

struct sorted {
    const struct sort_bounds *bounds;
    VEC(struct sort *) sorts;
    VEC(struct sort_run) runs; /* from `first` on: not merged yet */
    size_t first;
    int file; /* of merged runs; -1: none */
    uint64_t end;
    struct sort_merge *merge; /* the last pass; NULL: not begun */
};

struct sorted *sort_all(struct sort *const *sorts, size_t count)
{
    struct sorted *sorted = mem_zalloc(1, sizeof *sorted);
    sorted->bounds = sorts[0]->bounds;
    sorted->file = -1;
    for (size_t i = 0; i < count; i++)
        vec_push(&sorted->sorts, sorts[i]);
    return sorted;
}

void sorted_free(struct sorted *sorted)
{
    if (sorted == NULL)
        return;
    sort_merge_free(sorted->merge);
    if (sorted->file >= 0)
        (void)close(sorted->file);
    vec_free(&sorted->runs);
    vec_free(&sorted->sorts);
    mem_free(sorted);
}

/* Bounds for reading a run at once: less is slow, more is no faster. */
enum { LEAST_READ = 1 << 15, MOST_READ = 1 << 20 };

static size_t longest_entry(const struct sorted *sorted)
{
    size_t longest = 0;
    for (size_t i = sorted->first; i < sorted->runs.len; i++)
        longest = sorted->runs.items[i].longest > longest ? sorted->runs.items[i].longest : longest;
    return longest;
}

static uint64_t table_bytes(const struct sorted *sorted)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < sorted->sorts.len; i++)
        bytes += sort_table_bytes(&sorted->sorts.items[i]->table);
    return bytes;
}

/* How many runs can be read at a time. */
static size_t most_runs(const struct sorted *sorted)
{
    uint64_t most = sorted->bounds->max_memory / sort_reader_bytes(LEAST_READ, longest_entry(sorted));
    return most < 2 ? 2 : (size_t)most;
}

/* An equal share of the memory for each of `count` runs, within bounds. */
static size_t read_at_once(const struct sorted *sorted, size_t count)
{
    uint64_t taken = table_bytes(sorted) + count * sort_reader_bytes(0, longest_entry(sorted));
    uint64_t left = sorted->bounds->max_memory > taken ? sorted->bounds->max_memory - taken : 0;
    uint64_t bytes = left / (count > 0 ? count : 1);
    return bytes < LEAST_READ ? LEAST_READ : bytes > MOST_READ ? MOST_READ : (size_t)bytes;
}

static void list_runs(struct sorted *sorted)
{
    sorted->runs.len = 0;
    for (size_t i = 0; i < sorted->sorts.len; i++)
        for (size_t r = 0; r < sorted->sorts.items[i]->runs.len; r++)
            vec_push(&sorted->runs, sorted->sorts.items[i]->runs.items[r]);
}

/* The tables stay in memory if there is room for them beside the readers. */
static int make_room(struct sorted *sorted)
{
    uint64_t readers = (uint64_t)sorted->runs.len * sort_reader_bytes(LEAST_READ, longest_entry(sorted));
    if (sorted->runs.len == 0 || readers + table_bytes(sorted) <= sorted->bounds->max_memory)
        return 0;
    for (size_t i = 0; i < sorted->sorts.len; i++)
        if (sort_table_len(&sorted->sorts.items[i]->table) > 0 && spill(sorted->sorts.items[i]) != 0)
            return -1;
    list_runs(sorted);
    return 0;
}

static void add_runs(const struct sorted *sorted, struct sort_merge *merge, size_t count)
{
    size_t at_once = read_at_once(sorted, count);
    for (size_t i = 0; i < count; i++)
        sort_merge_add_run(merge, &sorted->runs.items[sorted->first + i], at_once);
}

static int write_merged(struct sort_merge *merge, struct sort_writer *writer)
{
    struct sort_entry entry;
    int more;
    while ((more = sort_merge_next(merge, &entry)) == 1)
        if (sort_writer_put(writer, &entry) != 0)
            return -1;
    return more;
}

/* Merges the next `count` runs into one, and frees their disk space. */
static int merge_runs(struct sorted *sorted, size_t count)
{
    if (sorted->file < 0 && (sorted->file = temporary_open(sorted->bounds->temp_dir)) < 0)
        return -1;
    struct sort_merge *merge = sort_merge_new(sorted->bounds);
    struct sort_writer writer;
    struct sort_run made;
    add_runs(sorted, merge, count);
    sort_writer_open(&writer, sorted->file, sorted->end);
    int written = write_merged(merge, &writer), closed = sort_writer_close(&writer, &made);
    sort_merge_free(merge);
    if (written != 0 || closed != 0)
        return -1;
    for (size_t i = 0; i < count; i++, sorted->first++) {
        const struct sort_run *read = &sorted->runs.items[sorted->first];
        temporary_forget(read->file, read->at, read->end);
    }
    sorted->end = made.end;
    vec_push(&sorted->runs, made);
    return 0;
}

/* Merges until one pass can read all remaining runs. The first merge takes just so few runs that all later ones can
 * take as many as can be read at a time: no byte is written more often than necessary. */
static int reduce(struct sorted *sorted)
{
    for (bool first = true;; first = false) {
        size_t left = sorted->runs.len - sorted->first, most = most_runs(sorted);
        if (left <= most)
            return 0;
        if (merge_runs(sorted, first ? (left - 2) % (most - 1) + 2 : most) != 0)
            return -1;
    }
}

static int begin(struct sorted *sorted)
{
    list_runs(sorted);
    if (make_room(sorted) != 0 || reduce(sorted) != 0)
        return -1;
    sorted->merge = sort_merge_new(sorted->bounds);
    add_runs(sorted, sorted->merge, sorted->runs.len - sorted->first);
    for (size_t i = 0; i < sorted->sorts.len; i++)
        sort_merge_add_table(sorted->merge, &sorted->sorts.items[i]->table);
    return 0;
}

int sorted_next(struct sorted *sorted, struct slice *key, struct slice *value)
{
    struct sort_entry entry;
    if (sorted->merge == NULL && begin(sorted) != 0)
        return -1;
    int more = sort_merge_next(sorted->merge, &entry);
    if (more == 1) {
        *key = entry.key;
        *value = entry.value;
    }
    return more;
}
