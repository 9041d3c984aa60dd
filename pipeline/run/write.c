/* write.c - see write.h. */
#include "run/write.h"

#include "base/diag.h"

/* Nothing more is written, and no further block is begun. */
static void fail_run(struct run *run, struct block *block, enum status status)
{
    run->status = status;
    block->last = true;
}

/* All lines of the block before this one are done; rejects from there on have to wait. */
static int64_t through(const struct run *run, const struct block *block)
{
    if (block->last_waiting == STEP_NONE)
        return INT64_MAX;
    const struct lane *lane = &block->lanes[run->steps.items[block->last_waiting].link];
    return lane->in.items[lane->next]->origin;
}

/* If --max-errors ends the run within this block, no record from that line on is written. */
static void cut_at_limit(const struct run *run, struct block *block, size_t lane, size_t ready)
{
    uint64_t allowed = reject_allowance(run->policy);
    if (ready <= allowed)
        return;
    struct lane *printed = &block->lanes[lane];
    size_t kept = block->first_printed;
    while (kept < printed->in.len && printed->in.items[kept]->origin < block->rejects.items[allowed].origin)
        kept++;
    printed->in.len = kept;
    if (printed->next <= kept)
        return;
    printed->next = block->first_printed;
    steps_print(block, lane);
}

static void remember_skipped(struct run *run, const struct block *block, const struct reject *reject)
{
    struct skipped_line skipped = {block->file_number, reject->line};
    vec_push(&run->skipped, skipped);
}

/* Handles the first `ready` rejects as --on-error says, in the order of the lines. 0, or -1 if that ends the run. */
static int handle_rejects(struct run *run, const struct step *step, struct block *block, size_t ready)
{
    for (size_t i = 0; i < ready; i++) {
        const struct reject *reject = &block->rejects.items[i];
        int stop = reject_handle(run->policy, reject);
        if (stop != 0) {
            if (stop < 0)
                diag_report("%s", diag_message());
            fail_run(run, block, stop < 0 ? STATUS_FAILED : STATUS_DATA);
            return -1;
        }
        if (step->kind == STEP_KEEP && run->to == NULL)
            remember_skipped(run, block, reject);
    }
    if (ready == 0)
        return 0;
    block->rejects.len -= ready;
    memmove(block->rejects.items, block->rejects.items + ready, block->rejects.len * sizeof *block->rejects.items);
    return 0;
}

static int write_printed(struct run *run, const struct step *step, const struct block *block)
{
    const struct lane *lane = &block->lanes[step->link];
    size_t first = block->first_printed, count = lane->next - first;
    if (step->kind == STEP_KEEP)
        return run->to == NULL ? 0 : spool_write(run->to, block->printed, lane->in.items + first, count);
    run->out += count;
    if (block->printed.len > 0 && outputs_write(run->outputs, OUTPUTS_RECORDS, block->printed) < 0)
        return -1;
    for (unsigned i = 0; i < run->chain->outputs.len; i++) {
        struct slice out = bytes_slice(&block->outs[i + 1]);
        if (out.len > 0 && outputs_write(run->outputs, run->filter_outputs + i, out) < 0)
            return -1;
    }
    return 0;
}

/* Counts are added after the last slice of a block: until then a filter may still declare that it is done. */
static void add_counts(struct run *run, const struct block *block)
{
    run->in += block->in;
    run->bytes_in += block->bytes_in;
    for (size_t i = 0; i < run->chain->links.len * COUNTERS_EACH; i++)
        run->counters[i] += block->counters[i];
}

static bool may_end_early(const struct chain *chain)
{
    for (size_t i = 0; i < chain->links.len; i++)
        if (chain->links.items[i].class == STAGE_ORDERED)
            return true;
    return false;
}

/* Makes blocks smaller after one had to be written in slices, and larger again after a while without slices. When that
 * happens depends on the threads, so it must not happen if a filter may end early: how much the filters before it have
 * counted by then depends on where blocks end. */
static void adapt_size(struct run *run, const struct block *block)
{
    enum { LEAST_BYTES = 8 * 1024, A_WHILE = 64 };
    size_t now = run->block_bytes;
    if (may_end_early(run->chain))
        return;
    if (block->slices > 1) {
        run->block_bytes = now / 2 > LEAST_BYTES ? now / 2 : LEAST_BYTES;
        run->whole_blocks = 0;
    } else if (++run->whole_blocks == A_WHILE) {
        run->block_bytes = now * 2 < BLOCK_BYTES ? now * 2 : BLOCK_BYTES;
        run->whole_blocks = 0;
    }
}

void write_block(struct run *run, const struct step *step, struct block *block)
{
    if (run->status != STATUS_DONE)
        return;
    block_sort_rejects(block);
    size_t ready = 0;
    for (int64_t end = through(run, block); ready < block->rejects.len && block->rejects.items[ready].origin < end;)
        ready++;
    cut_at_limit(run, block, step->link, ready);
    if (write_printed(run, step, block) < 0) {
        diag_report("%s", diag_message());
        fail_run(run, block, diag_status(STATUS_FAILED));
    } else if (handle_rejects(run, step, block, ready) == 0 && block->fatal.len > 0) {
        diag_report("%.*s", (int)block->fatal.len, block->fatal.ptr);
        fail_run(run, block, block->fatal_status);
    }
    block->printed = (struct slice){0};
    block->slices++;
    if (block->last_waiting == STEP_NONE) {
        add_counts(run, block);
        adapt_size(run, block);
    }
    if (run->progress != NULL)
        progress_show(run->progress, &(struct progress_counts){run->in, run->out, run->bytes_in});
}
