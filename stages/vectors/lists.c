/* lists.c - see lists.h. */
#include "lists.h"

#include "base/memory.h"

#include <float.h>
#include <math.h>
#include <string.h>

void lists_open(struct lists *lists, const struct tile_frame *frame, size_t room, size_t count)
{
    *lists = (struct lists){.frame = frame,
                            .room = room,
                            .items = mem_alloc(count * room * sizeof *lists->items),
                            .counts = mem_zalloc(count, sizeof *lists->counts),
                            .lost = mem_zalloc(count, sizeof *lists->lost),
                            .limits = mem_zalloc(count + KERNEL_COLUMNS, sizeof *lists->limits)};
}

void lists_close(struct lists *lists)
{
    mem_free(lists->items);
    mem_free(lists->counts);
    mem_free(lists->lost);
    mem_free(lists->limits);
}

void lists_start(struct lists *lists, size_t first, size_t count)
{
    lists->first = first;
    lists->count = count;
    for (size_t i = 0; i < count; i++) {
        lists->counts[i] = 0;
        lists->lost[i] = FLT_MAX;
        lists->limits[i] = FLT_MAX;
    }
    for (size_t i = count; i < count + KERNEL_COLUMNS; i++)
        lists->limits[i] = -INFINITY;
}

void lists_scratch_open(struct lists_scratch *scratch, const struct lists *lists)
{
    scratch->smallest = mem_zalloc(lists->room, sizeof *scratch->smallest);
    scratch->rows = mem_zalloc(lists->room, sizeof *scratch->rows);
}

void lists_scratch_close(struct lists_scratch *scratch)
{
    mem_free(scratch->smallest);
    mem_free(scratch->rows);
}

/* Offers a number to a heap of the smallest ones, whose root is the largest of them. */
static void offer(double *heap, size_t *count, size_t room, double value)
{
    size_t at;
    if (*count < room) {
        for (at = (*count)++; at > 0 && heap[(at - 1) / 2] < value; at = (at - 1) / 2)
            heap[at] = heap[(at - 1) / 2];
        heap[at] = value;
        return;
    }
    if (value >= heap[0])
        return;
    at = 0;
    for (size_t down; (down = at * 2 + 1) < room; at = down) {
        down += down + 1 < room && heap[down] < heap[down + 1];
        if (heap[down] <= value)
            break;
        heap[at] = heap[down];
    }
    heap[at] = value;
}

/* The least float32 that is not below a number of less than 2^127. */
static float round_up(double value)
{
    float rounded = (float)value;
    return (double)rounded < value ? nextafterf(rounded, INFINITY) : rounded;
}

/* Lowers the limit of a query to what its candidates allow, and drops those above it. */
static void tighten(struct lists *lists, size_t query, struct lists_scratch *scratch)
{
    const struct tile_frame *frame = lists->frame;
    const struct search *search = frame->exact->search;
    struct lists_item *items = lists->items + query * lists->room;
    size_t count = lists->counts[query], ranked = 0, kept = 0;
    if (count < frame->exact->k)
        return;
    for (size_t i = 0; i < count; i++)
        offer(scratch->smallest, &ranked, frame->exact->k,
              (double)items[i].score + 2 * frame->relative * frame->norms[search->base[items[i].place]]);
    double own = frame->norms[search->queries[lists->first + query]];
    float limit = round_up(scratch->smallest[0] + 2 * frame->relative * own + 2 * frame->absolute);
    if (limit < lists->limits[query])
        lists->limits[query] = limit;
    for (size_t i = 0; i < count; i++)
        if (items[i].score <= lists->limits[query])
            items[kept++] = items[i];
    lists->counts[query] = (uint32_t)kept;
}

/* The greatest float32 below a number. */
static float below(float value)
{
    return nextafterf(value, -INFINITY);
}

/* Loses the candidates of a full list that have the largest scores, half of those that there is room for beyond k. */
static void shed(struct lists *lists, size_t query, struct lists_scratch *scratch)
{
    struct lists_item *items = lists->items + query * lists->room;
    size_t k = lists->frame->exact->k, most = k + (lists->room - k) / 2, ranked = 0, kept = 0;
    for (size_t i = 0; i < lists->counts[query]; i++)
        offer(scratch->smallest, &ranked, most + 1, (double)items[i].score);
    float lost = (float)scratch->smallest[0];
    size_t equal = most; /* how many of those that are equal to it stay */
    for (size_t i = 0; i < lists->counts[query]; i++)
        equal -= items[i].score < lost;
    for (size_t i = 0; i < lists->counts[query]; i++)
        if (items[i].score < lost || (items[i].score <= lost && equal-- > 0))
            items[kept++] = items[i];
    lists->counts[query] = (uint32_t)kept;
    lists->lost[query] = lost;
    lists->limits[query] = below(lost);
}

void lists_add(struct lists *lists, size_t query, float score, size_t place, struct lists_scratch *scratch)
{
    if (score > lists->limits[query])
        return;
    lists->items[query * lists->room + lists->counts[query]++] = (struct lists_item){score, (uint32_t)place};
    if (lists->counts[query] < lists->room)
        return;
    tighten(lists, query, scratch);
    /* Close to full it would soon be tightened again. */
    if (lists->counts[query] > lists->room - (lists->room - lists->frame->exact->k) / 4 - 1)
        shed(lists, query, scratch);
}

size_t lists_rows(struct lists *lists, size_t query, struct lists_scratch *scratch)
{
    const struct search *search = lists->frame->exact->search;
    tighten(lists, query, scratch);
    if (lists->lost[query] < FLT_MAX && lists->limits[query] >= below(lists->lost[query]))
        return SIZE_MAX;
    for (size_t i = 0; i < lists->counts[query]; i++)
        scratch->rows[i] = search->base[lists->items[query * lists->room + i].place];
    return lists->counts[query];
}
