/* heap.h - a binary heap of numbers: keeps the first in order at the top.
 *
 *     heap.items[heap.len++] = number; …
 *     heap_order(&heap, is_before, context);
 *     … heap.items[0] is the first. After it has changed: heap_settle(&heap, 0, is_before, context);
 *
 * before(context, a, b): does a come before b? Inline, so that a constant `before` costs no call. */
#ifndef QUERN_HEAP_H
#define QUERN_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap {
    uint32_t *items; /* the caller's */
    size_t len;
};

typedef bool (*heap_before)(const void *context, uint32_t a, uint32_t b);

/* Moves items[at] down to where it belongs. */
static inline void heap_settle(struct heap *heap, size_t at, heap_before before, const void *context)
{
    if (at >= heap->len)
        return;
    uint32_t *items = heap->items, moved = items[at];
    for (size_t down; (down = at * 2 + 1) < heap->len; at = down) {
        if (down + 1 < heap->len && before(context, items[down + 1], items[down]))
            down++;
        if (!before(context, items[down], moved))
            break;
        items[at] = items[down];
    }
    items[at] = moved;
}

static inline void heap_order(struct heap *heap, heap_before before, const void *context)
{
    for (size_t i = heap->len / 2; i > 0; i--)
        heap_settle(heap, i - 1, before, context);
}

/* Removes the first. */
static inline void heap_drop(struct heap *heap, heap_before before, const void *context)
{
    heap->items[0] = heap->items[--heap->len];
    heap_settle(heap, 0, before, context);
}

#endif
