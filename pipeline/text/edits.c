/* edits.c - lists of edits: see edits.h. */
#include "text/edits.h"

#include "base/search.h"
#include "base/vec.h"

#include <assert.h>

void edits_reset(struct edits *edits)
{
    edits->len = 0;
    edits->old_end = edits->new_end = 0;
}

void edits_release(struct edits *edits)
{
    vec_free(edits);
}

void edits_keep(struct edits *edits, size_t points)
{
    edits->old_end += (uint32_t)points;
    edits->new_end += (uint32_t)points;
}

void edits_replace(struct edits *edits, size_t removed, size_t inserted)
{
    if (removed != inserted || removed > 1) {
        struct edit edit = {
            .start = edits->old_end,
            .end = edits->old_end + (uint32_t)removed,
            .to = edits->new_end,
            .length = (uint32_t)inserted,
        };
        vec_push(edits, edit);
    }
    edits->old_end += (uint32_t)removed;
    edits->new_end += (uint32_t)inserted;
}

/* How many edits start before `point`, or with or_at also at it. */
static size_t edits_before(const struct edits *edits, uint32_t point, bool or_at)
{
    size_t i;
    search_first(i, edits->len, edits->items[i].start < point || (or_at && edits->items[i].start == point));
    return i;
}

/* n: how many edits start before the point or at it, because a span starts after text inserted at its start. */
static uint32_t move_start(const struct edits *edits, uint32_t point, size_t n)
{
    if (n == 0)
        return point;
    const struct edit *edit = &edits->items[n - 1];
    return point < edit->end ? edit->to : edit->to + edit->length + (point - edit->end);
}

/* n: how many edits start before the point. */
static uint32_t move_end(const struct edits *edits, uint32_t point, size_t n)
{
    if (n == 0)
        return point;
    const struct edit *edit = &edits->items[n - 1];
    return edit->to + edit->length + (point < edit->end ? 0 : point - edit->end);
}

struct span edits_span(const struct edits *edits, struct span span)
{
    assert(span.start <= span.end);
    uint32_t end = move_end(edits, span.end, edits_before(edits, span.end, false));
    if (span.start == span.end)
        return (struct span){end, end};
    return (struct span){move_start(edits, span.start, edits_before(edits, span.start, true)), end};
}

void edits_spans(const struct edits *edits, struct span *spans, size_t count)
{
    size_t starts = 0, ends = 0; /* the edits before the start and before the end of the span */
    for (size_t i = 0; i < count; i++) {
        struct span span = spans[i];
        while (ends < edits->len && edits->items[ends].start < span.end)
            ends++;
        while (starts < edits->len && edits->items[starts].start <= span.start)
            starts++;
        spans[i].end = move_end(edits, span.end, ends);
        spans[i].start = span.start == span.end ? spans[i].end : move_start(edits, span.start, starts);
    }
}
