/* sort_merge.c - a heap of sources: see sort_merge.h. */
#include "run/sort_merge.h"

#include "base/memory.h"

struct source {
    struct sort_entry entry; /* the next one */

    struct sort_item *items; /* of a table; NULL: a run */
    size_t next, len;
    struct sort_reader reader;
};

/* What is compared first, beside its source. */
struct place {
    uint64_t head;
    size_t source;
};

struct sort_merge {
    const struct sort_bounds *bounds;
    VEC(struct source) sources;
    struct place *heap; /* the sources that have an entry, the one with the first on top; NULL: not begun */
    size_t heap_len;
    bool given; /* the top's entry was returned: go on after it */

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
    mem_free(merge->heap);
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

static bool is_before(const struct sort_merge *merge, const struct place *x, const struct place *y)
{
    return x->head != y->head ? x->head < y->head
                              : sort_compare(merge->bounds, &merge->sources.items[x->source].entry,
                                             &merge->sources.items[y->source].entry) < 0;
}

static void sift_down(struct sort_merge *merge, size_t at)
{
    struct place *heap = merge->heap, moved = heap[at];
    for (size_t down; (down = at * 2 + 1) < merge->heap_len; at = down) {
        if (down + 1 < merge->heap_len && is_before(merge, &heap[down + 1], &heap[down]))
            down++;
        if (!is_before(merge, &heap[down], &moved))
            break;
        heap[at] = heap[down];
    }
    heap[at] = moved;
}

/* Entries of a table are wherever they were put: this is how far ahead they are asked for. */
enum { AHEAD = 8 };

/* Goes on to the source's next entry, and sets its head: 1, 0 if it has none, or -1. */
static int advance(const struct sort_merge *merge, struct place *place)
{
    struct source *source = &merge->sources.items[place->source];
    if (source->items == NULL) {
        int more = sort_reader_next(&source->reader, &source->entry);
        if (more == 1)
            place->head = sort_head(merge->bounds->rank, source->entry.key);
        return more;
    }
    if (source->next == source->len)
        return 0;
    if (source->next + AHEAD < source->len)
        __builtin_prefetch(source->items[source->next + AHEAD].at);
    place->head = source->items[source->next].head;
    sort_item_entry(merge->bounds, &source->items[source->next++], &source->entry);
    return 1;
}

static int start(struct sort_merge *merge)
{
    merge->heap = mem_zalloc(merge->sources.len, sizeof *merge->heap);
    for (size_t i = 0; i < merge->sources.len; i++) {
        struct place place = {.source = i};
        int more = advance(merge, &place);
        if (more < 0)
            return -1;
        if (more == 1)
            merge->heap[merge->heap_len++] = place;
    }
    for (size_t i = merge->heap_len / 2; i > 0; i--)
        sift_down(merge, i - 1);
    return 0;
}

/* Goes on after the entry of the top. */
static int advance_top(struct sort_merge *merge)
{
    int more = advance(merge, &merge->heap[0]);
    if (more < 0)
        return -1;
    if (more == 0)
        merge->heap[0] = merge->heap[--merge->heap_len];
    if (merge->heap_len > 1)
        sift_down(merge, 0);
    return 0;
}

static const struct sort_entry *top(const struct sort_merge *merge)
{
    return &merge->sources.items[merge->heap[0].source].entry;
}

/* Takes all entries of the top's key. */
static int combine(struct sort_merge *merge, struct sort_entry *entry)
{
    uint64_t number;
    merge->key.len = 0;
    bytes_put(&merge->key, top(merge)->key);
    for (bool first = true; merge->heap_len > 0 && slice_equal(top(merge)->key, bytes_slice(&merge->key));
         first = false) {
        memcpy(&number, top(merge)->value.ptr, sizeof number);
        merge->sum = first ? number : merge->bounds->combine(merge->sum, number);
        if (advance_top(merge) != 0)
            return -1;
    }
    *entry = (struct sort_entry){bytes_slice(&merge->key), {(const char *)&merge->sum, sizeof merge->sum}};
    return 1;
}

int sort_merge_next(struct sort_merge *merge, struct sort_entry *entry)
{
    if (merge->heap == NULL && start(merge) != 0)
        return -1;
    if (merge->given && advance_top(merge) != 0)
        return -1;
    merge->given = false;
    if (merge->heap_len == 0)
        return 0;
    if (merge->bounds->combine != NULL)
        return combine(merge, entry);
    *entry = *top(merge);
    merge->given = true;
    return 1;
}
