/* sink.c - receives what a filter emits: see sink.h and stage.h. */
#include "run/sink.h"

#include "base/diag.h"
#include "run/stale.h"
#include "text/json.h"

#include <assert.h>

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

static struct lane *lane_of(const struct sink *sink)
{
    return &sink->block->lanes[sink->number];
}

/* Where the filter's output waits for the next filter. */
static struct lane *next_lane(const struct sink *sink)
{
    return &sink->block->lanes[sink->number + 1];
}

struct sink sink_start(const struct chain *chain, struct block *block, size_t number, bool stops)
{
    struct sink sink = {
        .block = block,
        .link = &chain->links.items[number],
        .number = number,
        .depth = number + 1,
        .counters = block->counters + number * COUNTERS_EACH,
        .stops = stops,
    };
    struct lane *made = next_lane(&sink);
    arena_reset(lane_of(&sink)->arena);
    made->in.len = made->next = 0;
    if (number + 2 == block->lane_count)
        block->outputs.len = 0;
    return sink;
}

/* A failure that is not the record's fault also says at which record it occurred. */
static int fail_at(const struct record *record)
{
    return record->file == NULL
               ? -1
               : diag_within("%s:%llu: %s", record->file, (unsigned long long)record->line_number, diag_message());
}

int sink_one(struct sink *out, const struct record *in, int (*record)(void *, const struct record *, struct sink *),
             void *state)
{
    struct lane *made = next_lane(out);
    size_t mark = made->in.len;
    sink_at(out, in);
    if (record(state, in, out) < 0) {
        if (diag_status(STATUS_DATA) != STATUS_DATA)
            return fail_at(in);
        made->in.len = mark;
        sink_reject(out, in);
    } else if (out->mode == SINK_KEEPS) {
        vec_push(&made->in, in);
    }
    return 0;
}

int sink_each(struct sink *out, const struct batch *in, int (*record)(void *, const struct record *, struct sink *),
              void *state)
{
    size_t i = 0;
    for (; i < in->count && !out->stopped && !out->done; i++) {
        if (i > 0 && arena_used(lane_of(out)->arena) > out->block->slice_bytes)
            break;
        if (sink_one(out, in->records[i], record, state) < 0)
            return -1;
    }
    out->consumed = i;
    return 0;
}

struct arena *sink_arena(struct sink *out)
{
    return lane_of(out)->arena;
}

void sink_at(struct sink *out, const struct record *in)
{
    out->at = in;
}

/* Records that a filter makes come after those that it received. */
static int64_t origin_of_next(const struct sink *out)
{
    return out->at != NULL ? out->at->origin : INT64_MAX / 2 + (int64_t)next_lane(out)->in.len;
}

int sink_emit(struct sink *out, const struct record *record)
{
    assert(out->mode == SINK_EMITS);
    if (out->stopped)
        return 0;
    if (record != out->at) {
        /* The filter has just made it, so it may still be changed. */
        struct record *made = (struct record *)(uintptr_t)record;
        made->origin = origin_of_next(out);
        if (made->file == NULL && out->at != NULL) {
            made->file = out->at->file;
            made->line_number = out->at->line_number;
        }
        if (stale_refuse(out->link, made) < 0)
            return -1;
        rec_settle(made);
    }
    vec_push(&next_lane(out)->in, record);
    return 0;
}

int sink_emit_to(struct sink *out, unsigned output, const struct record *record)
{
    struct block *block = out->block;
    assert(output < block->out_count - 1);
    if (sink_emit(out, record) < 0)
        return -1;
    /* Records emitted earlier without a number go to the run's output, number 0. */
    while (block->outputs.len + 1 < next_lane(out)->in.len)
        vec_push(&block->outputs, 0);
    block->outputs.len = next_lane(out)->in.len - 1;
    vec_push(&block->outputs, (unsigned char)(output + 1));
    return 0;
}

void sink_took(struct sink *out, const struct record *in)
{
    out->counters[COUNTER_IN]++;
    out->block->in++;
    out->block->bytes_in += in->line.len + 1;
}

struct crew *sink_crew(const struct sink *out)
{
    return out->crew;
}

const char *sink_charset(const struct sink *out)
{
    return out->block->charset;
}

/* The line as it was read, or the printed record if a filter made it. */
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
    if (out->stopped)
        return;
    const struct value *id = rec_get(in, SLICE("id"));
    /* In the block's memory: it may have to wait until earlier records are done. */
    struct reject reject = {
        .origin = out->ending ? origin_of_next(out) : in->origin,
        .file = in->file,
        .line = in->line_number,
        .depth = out->depth,
        .link = out->link,
        .raw = arena_copy(block->arena, raw_of(in, block->arena)),
        .id = id != NULL ? arena_copy(block->arena, rec_json(id, block->arena)) : (struct slice){0},
        .message = arena_copy(block->arena, slice_of(diag_message())),
    };
    out->stopped = out->stops;
    /* If the first bad record ends the run, the rejects found so far come after it. */
    if (out->stopped)
        block->rejects.len = 0;
    vec_push(&block->rejects, reject);
}

void sink_done(struct sink *out)
{
    out->done = true;
}

void sink_count(struct sink *out, size_t which, uint64_t add)
{
    assert(which < COUNTERS_EACH - COUNTER_OWN);
    out->counters[COUNTER_OWN + which] += add;
}
