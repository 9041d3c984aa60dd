/* sort_merge.c - a heap of sources: see sort_merge.h. */
#include "run/sort_merge.h"

#include "base/heap.h"
#include "base/memory.h"

struct source {
    uint64_t head;           /* of the entry: what is compared first */
    struct sort_entry entry; /* the next one */

    struct sort_item *items; /* of a table; NULL: a run */
    size_t next, len;
    struct sort_reader reader;
};

struct sort_merge {
    const struct sort_bounds *bounds;
    VEC(struct source) sources;
    struct heap heap; /* of the sources that have an entry */
    bool begun;
    bool given; /* the top's entry has been returned: continue after it */

    /* with combine: the entry that was returned */
    struct bytes key;
    uint64_t sum;
};

struct sort_merge *sort_merge_new(const struct sort_bounds *bounds)
{
    struct sort_merge *merge = mem_zalloc(1, sizeof *merge);
    merge->bounds = bounds;
    return merge;
}

void sort_merge_free(struct sort_merge *merge)
{
    if (merge == NULL)
        return;
    for (size_t i = 0; i < merge->sources.len; i++) {
        mem_free(merge->sources.items[i].items);
        sort_reader_free(&merge->sources.items[i].reader);
    }
    vec_free(&merge->sources);
    mem_free(merge->heap.items);
    vec_free(&merge->key);
    mem_free(merge);
}

void sort_merge_add_table(struct sort_merge *merge, const struct sort_table *table)
{
    struct source source = {.items = sort_table_items(table), .len = sort_table_len(table)};
    vec_push(&merge->sources, source);
}

void sort_merge_add_run(struct sort_merge *merge, const struct sort_run *run, size_t at_once)
{
    struct source source = {0};
    sort_reader_open(&source.reader, run, at_once);
    vec_push(&merge->sources, source);
}

/* ---- the heap ---- */

static bool is_before(const void *context, uint32_t a, uint32_t b)
{
    const struct sort_merge *merge = context;
    const struct source *x = &merge->sources.items[a], *y = &merge->sources.items[b];
    return x->head != y->head ? x->head < y->head : sort_compare(merge->bounds, &x->entry, &y->entry) < 0;
}

/* Entries of a table are scattered in memory: prefetch this far ahead. */
enum { AHEAD = 8 };

/* Advances to the source's next entry: 1, 0 if there is none, or -1. */
static int advance(const struct sort_merge *merge, struct source *source)
{
    if (source->items == NULL) {
        int more = sort_reader_next(&source->reader, &source->entry);
        if (more == 1)
            source->head = sort_head(merge->bounds->rank, source->entry.key);
        return more;
    }
    if (source->next == source->len)
        return 0;
    if (source->next + AHEAD < source->len)
        __builtin_prefetch(source->items[source->next + AHEAD].at);
    source->head = source->items[source->next].head;
    sort_item_entry(merge->bounds, &source->items[source->next++], &source->entry);
    return 1;
}

static int start(struct sort_merge *merge)
{
    merge->begun = true;
    merge->heap.items = mem_zalloc(merge->sources.len, sizeof *merge->heap.items);
    for (size_t i = 0; i < merge->sources.len; i++) {
        int more = advance(merge, &merge->sources.items[i]);
        if (more < 0)
            return -1;
        if (more == 1)
            merge->heap.items[merge->heap.len++] = (uint32_t)i;
    }
    heap_order(&merge->heap, is_before, merge);
    return 0;
}

static struct source *top(const struct sort_merge *merge)
{
    return &merge->sources.items[merge->heap.items[0]];
}

/* Advances past the entry of the top. */
static int advance_top(struct sort_merge *merge)
{
    int more = advance(merge, top(merge));
    if (more < 0)
        return -1;
    if (more == 0)
        heap_drop(&merge->heap, is_before, merge);
    else
        heap_settle(&merge->heap, 0, is_before, merge);
    return 0;
}

/* Combines all entries of the top's key. */
static int combine(struct sort_merge *merge, struct sort_entry *entry)
{
    uint64_t number;
    merge->key.len = 0;
    bytes_put(&merge->key, top(merge)->entry.key);
    for (bool first = true; merge->heap.len > 0 && slice_equal(top(merge)->entry.key, bytes_slice(&merge->key));
         first = false) {
        memcpy(&number, top(merge)->entry.value.ptr, sizeof number);
        merge->sum = first ? number : merge->bounds->combine(merge->sum, number);
        if (advance_top(merge) != 0)
            return -1;
    }
    *entry = (struct sort_entry){bytes_slice(&merge->key), {(const char *)&merge->sum, sizeof merge->sum}};
    return 1;
}

int sort_merge_next(struct sort_merge *merge, struct sort_entry *entry)
{
    if (!merge->begun && start(merge) != 0)
        return -1;
    if (merge->given && advance_top(merge) != 0)
        return -1;
    merge->given = false;
    if (merge->heap.len == 0)
        return 0;
    if (merge->bounds->combine != NULL)
        return combine(merge, entry);
    *entry = top(merge)->entry;
    merge->given = true;
    return 1;
}
