/* sink.c - blocks, and what a filter emits: see sink.h. */
#include "run/sink.h"

#include "base/diag.h"
#include "run/stale.h"
#include "text/json.h"

#include <assert.h>

/* ---- blocks ---- */

struct block *block_new(size_t counters)
{
    struct block *block = mem_zalloc(1, sizeof *block);
    block->arena = arena_new();
    block->counters = mem_zalloc(counters, sizeof *block->counters);
    block->stop_at = ORIGIN_NONE;
    return block;
}

void block_reset(struct block *block, size_t counters)
{
    /* What one very long line took is given back, so that memory follows the lines of now. */
    enum { KEPT_BYTES = 4 * 1024 * 1024 };
    if (block->raw.cap > KEPT_BYTES)
        vec_free(&block->raw);
    if (block->out.cap > KEPT_BYTES)
        vec_free(&block->out);
    arena_reset(block->arena);
    memset(block->counters, 0, counters * sizeof *block->counters);
    block->raw.len = block->out.len = 0;
    block->records.len = block->made.len = block->rejects.len = 0;
    block->in = block->first_line = 0;
    block->file = NULL;
    block->last = block->busy = block->done = false;
    block->stop_at = ORIGIN_NONE;
    block->fatal = block->printed = (struct slice){0};
}

void block_free(struct block *block)
{
    arena_free(block->arena);
    vec_free(&block->raw);
    vec_free(&block->out);
    vec_free(&block->records);
    vec_free(&block->made);
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

/* Parsing and each filter add theirs in order: without a second one that refuses there is nothing to do. */
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

/* ---- the sink ---- */

const char *sink_counter_name(const struct stage *stage, size_t number)
{
    if (number < COUNTER_OWN)
        return number == COUNTER_IN ? "in" : "out";
    if (stage->counters == NULL)
        return NULL;
    for (size_t i = 0; i <= number - COUNTER_OWN; i++)
        if (stage->counters[i] == NULL)
            return NULL;
    return stage->counters[number - COUNTER_OWN];
}

struct sink sink_start(const struct chain *chain, struct block *block, size_t link, bool stops)
{
    struct sink sink = {
        .block = block,
        .link = &chain->links.items[link],
        .counters = block->counters + link * SINK_COUNTERS,
        .stops = stops,
    };
    sink.counters[COUNTER_IN] += block->records.len;
    return sink;
}

void sink_finish(struct sink *sink)
{
    struct block *block = sink->block;
    struct records made = block->made;
    block->made = block->records;
    block->made.len = 0;
    block->records = made;
    sink->counters[COUNTER_OUT] += made.len;
}

int sink_each(struct sink *out, const struct batch *in, int (*record)(void *, const struct record *, struct sink *),
              void *state)
{
    for (size_t i = 0; i < in->count; i++) {
        if (in->records[i]->origin >= out->block->stop_at)
            break;
        size_t mark = out->block->made.len;
        sink_at(out, in->records[i]);
        if (record(state, in->records[i], out) < 0) {
            out->block->made.len = mark;
            sink_reject(out, in->records[i]);
        }
    }
    return 0;
}

struct arena *sink_arena(struct sink *out)
{
    return out->block->arena;
}

void sink_at(struct sink *out, const struct record *in)
{
    out->at = in;
}

int sink_emit(struct sink *out, const struct record *record)
{
    if (record != out->at && record->derived) {
        /* Made by the filter just now, so it may still be changed. */
        struct record *made = (struct record *)(uintptr_t)record;
        made->origin = out->at != NULL ? out->at->origin : (int64_t)out->block->made.len;
        if (stale_refuse(out->link, made) < 0)
            return -1;
        rec_settle(made);
    }
    vec_push(&out->block->made, record);
    return 0;
}

/* What the record was when it was read; a filter may have made it. */
static struct slice raw_of(const struct record *record, struct arena *arena)
{
    if (record->line.len > 0)
        return record->line;
    struct bytes text = {0};
    rec_print(record, &text);
    struct slice kept = arena_copy(arena, bytes_slice(&text));
    vec_free(&text);
    return kept;
}

void sink_reject(struct sink *out, const struct record *in)
{
    struct block *block = out->block;
    const struct value *id = rec_get(in, SLICE("id"));
    struct reject reject = {
        .origin = in->origin,
        .link = out->link,
        .raw = raw_of(in, block->arena),
        .id = id != NULL ? rec_json(id, block->arena) : (struct slice){0},
        .message = arena_copy(block->arena, slice_of(diag_message())),
    };
    vec_push(&block->rejects, reject);
    if (out->stops && in->origin < block->stop_at)
        block->stop_at = in->origin;
}

void sink_done(struct sink *out)
{
    struct block *block = out->block;
    block->done = block->last = true;
    if (out->at->origin + 1 < block->stop_at)
        block->stop_at = out->at->origin + 1;
}

void sink_count(struct sink *out, size_t which, uint64_t add)
{
    assert(which < SINK_COUNTERS - COUNTER_OWN);
    out->counters[COUNTER_OWN + which] += add;
}

const char *sink_file(const struct sink *out)
{
    return out->block->file != NULL ? out->block->file : "";
}

uint64_t sink_line(const struct sink *out, const struct record *in)
{
    return out->block->first_line + (uint64_t)in->origin;
}
