/* block.c - see block.h. */
#include "run/block.h"

#include "base/memory.h"

#include <assert.h>
#include <string.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define FREES_AT_ONCE 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define FREES_AT_ONCE 1
#endif

/* Frees what one very long line took, so that memory follows the current lines. A sanitizer build frees everything, so
 * that it detects a filter that keeps a record without copying it. */
#ifdef FREES_AT_ONCE
enum { KEPT_BYTES = 0 };
#else
enum { KEPT_BYTES = 4 * 1024 * 1024 };
#endif

struct block *block_new(size_t filters, size_t outputs)
{
    struct block *block = mem_zalloc(1, sizeof *block);
    block->arena = arena_new();
    block->lane_count = filters + 1;
    block->lanes = mem_zalloc(block->lane_count, sizeof *block->lanes);
    for (size_t i = 0; i < block->lane_count; i++)
        block->lanes[i].arena = arena_new();
    block->counters = mem_zalloc(filters * COUNTERS_EACH, sizeof *block->counters);
    block->out_count = outputs + 1;
    block->outs = mem_zalloc(block->out_count, sizeof *block->outs);
    block->first_waiting = block->last_waiting = STEP_NONE;
    assert(block->lane_count > 0);
    size_t share = BLOCK_MADE_BYTES / block->lane_count;
    block->slice_bytes = share > BLOCK_SLICE_LEAST ? share : BLOCK_SLICE_LEAST;
    return block;
}

static void reset_bytes(struct bytes *bytes)
{
    if (bytes->cap > KEPT_BYTES)
        vec_free(bytes);
    bytes->len = 0;
}

void block_reset(struct block *block)
{
    arena_reset(block->arena);
    for (size_t i = 0; i < block->lane_count; i++) {
        struct lane *lane = &block->lanes[i];
        arena_reset(lane->arena);
        lane->in.len = lane->next = 0;
    }
    memset(block->counters, 0, (block->lane_count - 1) * COUNTERS_EACH * sizeof *block->counters);
    reset_bytes(&block->raw);
    for (size_t i = 0; i < block->out_count; i++)
        reset_bytes(&block->outs[i]);
    block->outputs.len = block->rejects.len = block->places.len = 0;
    block->in = block->bytes_in = block->first_line = block->first_printed = 0;
    block->file = block->charset = NULL;
    block->last = block->busy = false;
    block->part = 0;
    block->slices = 0;
    block->first_waiting = block->last_waiting = STEP_NONE;
    block->fatal = block->printed = (struct slice){0};
}

void block_free(struct block *block)
{
    arena_free(block->arena);
    for (size_t i = 0; i < block->lane_count; i++) {
        arena_free(block->lanes[i].arena);
        vec_free(&block->lanes[i].in);
    }
    mem_free(block->lanes);
    for (size_t i = 0; i < block->out_count; i++)
        vec_free(&block->outs[i]);
    mem_free(block->outs);
    vec_free(&block->raw);
    vec_free(&block->places);
    vec_free(&block->outputs);
    vec_free(&block->rejects);
    mem_free(block->counters);
    mem_free(block);
}

/* Merges two sorted runs, [start, middle) and [middle, end); of equal origins the first run's come first. */
static void merge_rejects(const struct reject *from, struct reject *to, size_t start, size_t middle, size_t end)
{
    size_t left = start, right = middle;
    for (size_t at = start; at < end; at++) {
        bool take_left = left < middle && (right == end || from[left].origin <= from[right].origin);
        to[at] = take_left ? from[left++] : from[right++];
    }
}

/* Parsing and each filter add their rejects in order, so there is nothing to do unless two of them refused records. */
void block_sort_rejects(struct block *block)
{
    size_t len = block->rejects.len, sorted = 1;
    while (sorted < len && block->rejects.items[sorted - 1].origin <= block->rejects.items[sorted].origin)
        sorted++;
    if (sorted >= len)
        return;
    struct reject *spare = mem_zalloc(len, sizeof *spare);
    for (size_t width = 1; width < len; width *= 2) {
        for (size_t start = 0; start < len; start += 2 * width) {
            size_t middle = start + width < len ? start + width : len;
            size_t end = middle + width < len ? middle + width : len;
            merge_rejects(block->rejects.items, spare, start, middle, end);
        }
        memcpy(block->rejects.items, spare, len * sizeof *spare);
    }
    mem_free(spare);
}
