/* steps.c - reading, parsing, filtering, printing: see steps.h. */
#include "run/steps.h"

#include "base/charset.h"
#include "base/diag.h"
#include "base/search.h"
#include "run/write.h"
#include "text/json.h"

/* ---- reading ---- */

/* What ends a line. Records end with a newline, text of others with whatever they use. */
static enum line_ends line_ends(const struct run *run)
{
    if (run->chain->pieces)
        return ENDS_NONE;
    return run->chain->links.items[0].stage->lines_in ? ENDS_ANY : ENDS_LF;
}

/* The next input file. 1, 0 when there is none left, or -1. */
static int open_next(struct run *run)
{
    size_t count = run->files->len > 0 ? run->files->len : 1;
    if (run->next_file == count || run->chain->links.items[0].stage->operands != NULL)
        return 0;
    const char *path = run->files->len > 0 ? run->files->items[run->next_file] : "-";
    run->next_file++;
    run->line = 1;
    run->input = stream_open(path, run->chain->encoding);
    if (run->input == NULL)
        return -1;
    stream_set_ends(run->input, line_ends(run));
    return 1;
}

/* Counts in bytes, as many in parallel as a vector holds, as long as a byte can't overflow. Every byte of the input
 * comes through here, and with 64-bit counters this would take a third of the time of a filter that does nothing. */
static uint64_t count_lines(struct slice lines)
{
    enum { LANES = 64, ROUNDS = UINT8_MAX };
    uint64_t count = 0;
    size_t at = 0;
    while (lines.len - at >= LANES) {
        uint8_t lanes[LANES] = {0};
        for (unsigned round = 0; round < ROUNDS && lines.len - at >= LANES; round++, at += LANES)
            for (size_t lane = 0; lane < LANES; lane++)
                lanes[lane] = (uint8_t)(lanes[lane] + (lines.ptr[at + lane] == '\n'));
        for (size_t lane = 0; lane < LANES; lane++)
            count += lanes[lane];
    }
    for (; at < lines.len; at++)
        count += lines.ptr[at] == '\n';
    return count;
}

/* Carriage returns that end a line. */
static uint64_t count_returns(struct slice lines)
{
    uint64_t count = 0;
    if (lines.len == 0 || memchr(lines.ptr, '\r', lines.len) == NULL)
        return 0;
    for (size_t at = 0; at + 1 < lines.len; at++)
        count += lines.ptr[at] == '\r' && lines.ptr[at + 1] != '\n';
    return count + (lines.ptr[lines.len - 1] == '\r');
}

/* Short lines make many records: leaves those beyond BLOCK_LINES for the next block. */
static void limit_lines(struct run *run, struct block *block)
{
    enum line_ends ends = line_ends(run);
    struct slice line, ending;
    struct line_cutter cutter = stream_cutter(bytes_slice(&block->raw), ends);
    uint64_t count = count_lines(cutter.left) + (ends == ENDS_ANY ? count_returns(cutter.left) : 0);
    if (count > BLOCK_LINES && ends != ENDS_NONE) {
        for (count = 0; count < BLOCK_LINES && stream_cut(&cutter, &line, &ending);)
            count++;
        stream_give_back(run->input, cutter.left);
        block->raw.len -= cutter.left.len;
    }
    run->line += count;
    block->bytes_in = ends != ENDS_NONE ? block->raw.len : 0;
}

/* There are no more records to read; what the filter of a second pass makes by itself comes after them. */
static void end_input(struct run *run, struct block *block)
{
    if (run->next_part < run->parts)
        block->part = ++run->next_part;
    block->last = run->next_part == run->parts;
}

static int read_block(struct run *run, struct block *block)
{
    struct progress *progress = run->progress;
    for (;;) {
        if (run->input == NULL) {
            int opened = open_next(run);
            if (opened < 0)
                return -1;
            if (opened == 0) {
                end_input(run, block);
                return 0;
            }
        }
        block->file = stream_name(run->input);
        block->file_number = run->next_file;
        block->first_line = run->line;
        int got = stream_lines(run->input, &block->raw, run->block_bytes, (uint64_t)run->options->max_line);
        if (got != 0) {
            block->charset = stream_encoding(run->input);
            limit_lines(run, block);
            if (progress != NULL)
                progress_read(progress, stream_position(run->input));
            return got > 0 ? 0 : -1;
        }
        if (progress != NULL)
            progress_file_done(progress, stream_position(run->input));
        stream_close(run->input);
        run->input = NULL;
    }
}

static int read_spool(struct run *run, struct block *block)
{
    int got = run->next_part == 0 ? spool_read(run->from, block) : 0;
    if (got == 0)
        end_input(run, block);
    return got < 0 ? -1 : 0;
}

/* Records that a filter has held back form blocks of their own. */
static int take_held(const struct run *run, const struct step *step, struct block *block)
{
    const struct link *link = &run->chain->links.items[step->link];
    struct sink sink = sink_start(run->chain, block, step->link, reject_stops(run->policy));
    sink.ending = true;
    sink.crew = run->crew;
    int more = link->stage->end != NULL ? link->stage->end(link->shared, &sink) : 0;
    sink.counters[COUNTER_OUT] += block->lanes[step->link + 1].in.len;
    block->last = more <= 0;
    return more < 0 ? -1 : 0;
}

/* ---- parsing ---- */

/* Was this line bad in the first pass? Then it has been reported, and the second pass skips it. */
static bool is_skipped(const struct run *run, size_t file, uint64_t line)
{
    size_t i, count = run->second_pass && run->from == NULL ? run->skipped.len : 0;
    const struct skipped_line *skipped = run->skipped.items;
    search_first(i, count, skipped[i].file < file || (skipped[i].file == file && skipped[i].line < line));
    return i < count && skipped[i].file == file && skipped[i].line == line;
}

/* 0, or -1 with the message. */
static int parse_line(const struct run *run, struct record *record, struct slice line, bool raw, struct arena *arena)
{
    if (line.len > (uint64_t)run->options->max_line && !run->chain->pieces) {
        record->line.len = (size_t)run->options->max_line;
        return diag_error("the line is longer than --max-line %lld bytes", (long long)run->options->max_line);
    }
    return raw ? 0 : rec_parse(record, line, (unsigned)run->options->max_depth, arena);
}

/* A line that was converted is kept in its own charset. */
static void restore_charset(const struct block *block, struct record *record)
{
    struct bytes bytes = {0};
    if (block->charset == NULL || text_is_utf8(record->line))
        return;
    charset_restore(block->charset, record->line, &bytes);
    record->line = arena_copy(block->arena, bytes_slice(&bytes));
    vec_free(&bytes);
}

/* Cuts the block into lines and reads each as a record. For a filter with lines_in the line is the record, with its end
 * in `tail`. */
static void parse_block(const struct run *run, const struct step *step, struct block *block)
{
    bool raw = run->chain->links.items[step->link].stage->lines_in;
    struct lane *lane = &block->lanes[step->link];
    struct sink sink = sink_start(run->chain, block, step->link, reject_stops(run->policy));
    sink.depth = 0;
    struct slice line, ending;
    struct line_cutter cutter = stream_cutter(bytes_slice(&block->raw), line_ends(run));
    for (int64_t number = 0; stream_cut(&cutter, &line, &ending) && !sink.stopped; number++) {
        if (!raw && json_is_blank(line))
            continue;
        struct line_place place = {block->file, block->first_line + (uint64_t)number};
        if (block->places.len > 0)
            place = block->places.items[number];
        if (is_skipped(run, block->file_number, place.line))
            continue;
        struct record *record = arena_alloc(block->arena, sizeof *record);
        *record = (struct record){.line = line};
        int parsed = parse_line(run, record, line, raw, block->arena);
        record->origin = number;
        record->file = place.file;
        record->line_number = place.line;
        if (raw)
            record->tail = ending;
        block->in += !run->chain->pieces;
        sink_at(&sink, record);
        if (parsed < 0) {
            restore_charset(block, record);
            sink_reject(&sink, record);
        } else
            vec_push(&lane->in, record);
    }
    if (run->second_pass)
        block->in = block->bytes_in = 0;
}

/* ---- filtering ---- */

/* Drops all records that wait for this filter or for one before it. */
static void drop_waiting(struct block *block, size_t link)
{
    for (size_t i = 0; i <= link; i++)
        block->lanes[i].next = block->lanes[i].in.len;
}

/* Forgets rejects of records that this filter would no longer have seen. */
static void drop_rejects(struct block *block, size_t link, int64_t after)
{
    size_t kept = 0;
    for (size_t i = 0; i < block->rejects.len; i++)
        if (block->rejects.items[i].depth > link || block->rejects.items[i].origin <= after)
            block->rejects.items[kept++] = block->rejects.items[i];
    block->rejects.len = kept;
}

/* The filter wants no record after this one. The rest of the block is ignored. */
static void finish_block(const struct run *run, struct block *block, size_t link, int64_t after)
{
    bool raw = run->chain->links.items[0].stage->lines_in;
    struct slice line, ending;
    struct line_cutter cutter = stream_cutter(bytes_slice(&block->raw), line_ends(run));
    drop_waiting(block, link);
    drop_rejects(block, link, after);
    block->last = true;
    if (run->chain->pieces) {
        block->in = (uint64_t)(after + 1); /* the filter numbers its records from 0 */
        return;
    }
    uint64_t in = 0;
    for (int64_t number = 0; number <= after && stream_cut(&cutter, &line, &ending); number++)
        in += raw || !json_is_blank(line);
    block->bytes_in = block->raw.len - cutter.left.len;
    block->in = in;
}

/* A block after the one in which the filter was done. */
static void pass_over(const struct run *run, struct block *block, size_t link)
{
    finish_block(run, block, link, -1);
    memset(block->counters, 0, link * COUNTERS_EACH * sizeof *block->counters);
    block->lanes[link + 1].in.len = block->lanes[link + 1].next = 0;
}

static int take_in(const struct stage *stage, void *state, const struct batch *in, struct sink *sink)
{
    if (in->count == 0)
        return 0;
    sink->consumed = in->count;
    if (stage->records != NULL)
        return stage->records(state, in, sink);
    return sink_each(sink, in, stage->record, state);
}

static bool is_waiting(const struct block *block, size_t link)
{
    for (size_t i = 0; i <= link; i++)
        if (block->lanes[i].next < block->lanes[i].in.len)
            return true;
    return false;
}

static int filter_block(struct run *run, size_t thread, const struct step *step, struct block *block)
{
    const struct link *link = &run->chain->links.items[step->link];
    struct lane *lane = &block->lanes[step->link];
    if (step->ordered && run->finished[step->link]) {
        pass_over(run, block, step->link);
        return 0;
    }
    bool stops = reject_stops(run->policy);
    struct sink sink = sink_start(run->chain, block, step->link, stops);
    sink.mode = step->mode;
    struct batch batch = {lane->in.items + lane->next, lane->in.len - lane->next};
    void *state = step->ordered ? run->ordered_states[step->link] : run->thread_states[thread][step->link];
    int status = take_in(link->stage, state, &batch, &sink);
    if (step->link > 0 || !run->chain->pieces)
        sink.counters[COUNTER_IN] += sink.consumed;
    lane->next += sink.consumed;
    if (sink.stopped)
        drop_waiting(block, step->link);
    if (sink.done)
        finish_block(run, block, step->link, sink.at->origin);
    bool stopped = stops && block->rejects.len > 0;
    if (status == 0 && link->class == STAGE_ORDERED && block->last && !stopped && !is_waiting(block, step->link)) {
        run->finished[step->link] = true;
        sink.at = NULL;
        sink.ending = true;
        if (link->stage->end != NULL && link->stage->class == STAGE_ORDERED)
            status = link->stage->end(state, &sink);
    }
    if (step->mode == SINK_EMITS)
        sink.counters[COUNTER_OUT] += block->lanes[step->link + 1].in.len;
    return status < 0 ? -1 : 0;
}

/* The second pass of a filter. */
static int apply_block(const struct run *run, const struct step *step, struct block *block)
{
    const struct link *link = &run->chain->links.items[step->link];
    struct lane *lane = &block->lanes[step->link];
    struct sink sink = sink_start(run->chain, block, step->link, reject_stops(run->policy));
    struct batch batch = {lane->in.items + lane->next, lane->in.len - lane->next};
    sink.ending = block->part > 0;
    int status = sink.ending ? link->stage->part(link->shared, block->part - 1, &sink)
                             : sink_each(&sink, &batch, link->stage->apply, link->shared);
    lane->next += sink.consumed;
    if (sink.stopped)
        drop_waiting(block, step->link);
    sink.counters[COUNTER_OUT] += block->lanes[step->link + 1].in.len;
    return status;
}

/* ---- printing ---- */

/* Are these records the whole block, as it was read? */
static bool is_untouched(const struct block *block, const struct records *records)
{
    const char *at = block->raw.items;
    for (size_t i = 0; i < records->len; i++) {
        const struct record *record = records->items[i];
        if (record->derived || record->line.ptr != at)
            return false;
        at += record->line.len + 1;
    }
    return block->raw.len > 0 && at == block->raw.items + block->raw.len;
}

/* May a slice end before this record? Not if that would separate the records of one line, some of which are bad: the
 * others may have to be withdrawn (write.c). */
static bool may_cut(const struct block *block, const struct records *records, size_t at)
{
    return block->rejects.len == 0 || records->items[at]->origin != records->items[at - 1]->origin;
}

void steps_print(struct block *block, size_t lane)
{
    const struct records *records = &block->lanes[lane].in;
    size_t *next = &block->lanes[lane].next, made = 0;
    block->first_printed = *next;
    for (size_t i = 0; i < block->out_count; i++)
        block->outs[i].len = 0;
    if (*next == 0 && block->outputs.len == 0 && is_untouched(block, records)) {
        block->printed = bytes_slice(&block->raw);
        *next = records->len;
        return;
    }
    for (; *next < records->len; (*next)++) {
        if (made > block->slice_bytes && may_cut(block, records, *next))
            break;
        struct bytes *out = &block->outs[*next < block->outputs.len ? block->outputs.items[*next] : 0];
        made -= out->len;
        rec_print(records->items[*next], out);
        if (!records->items[*next]->bytes_output)
            bytes_byte(out, '\n');
        made += out->len;
    }
    block->printed = bytes_slice(&block->outs[0]);
}

/* ---- the steps ---- */

static int perform_step(struct run *run, size_t thread, const struct step *step, struct block *block)
{
    switch (step->kind) {
    case STEP_READ:
        return read_block(run, block);
    case STEP_READ_SPOOL:
        return read_spool(run, block);
    case STEP_HELD:
        return take_held(run, step, block);
    case STEP_PARSE:
        parse_block(run, step, block);
        return 0;
    case STEP_FILTER:
        return filter_block(run, thread, step, block);
    case STEP_APPLY:
        return apply_block(run, step, block);
    case STEP_PRINT:
        steps_print(block, step->link);
        return 0;
    case STEP_KEEP:
    case STEP_WRITE:
        write_block(run, step, block);
        return 0;
    }
    return 0;
}

/* Where records still wait. */
static void find_waiting(const struct run *run, struct block *block)
{
    block->first_waiting = block->last_waiting = STEP_NONE;
    for (size_t i = 0; i < run->steps.len; i++) {
        const struct step *step = &run->steps.items[i];
        if (step->kind != STEP_FILTER && step->kind != STEP_APPLY && step->kind != STEP_PRINT)
            continue;
        const struct lane *lane = &block->lanes[step->link];
        if (lane->next == lane->in.len)
            continue;
        if (block->first_waiting == STEP_NONE)
            block->first_waiting = i;
        block->last_waiting = i;
    }
}

/* A block in which a step has failed still goes on to be written: that step reports the failure in turn. Failing to
 * read input after the last record that a filter wants is not a failure. */
void steps_perform(void *context, size_t thread, size_t number, struct block *block)
{
    struct run *run = context;
    const struct step *step = &run->steps.items[number];
    if (block->fatal.len > 0 && step->kind == STEP_FILTER && step->ordered && run->finished[step->link])
        block->fatal = (struct slice){0};
    if (block->fatal.len > 0 && step->kind != STEP_KEEP && step->kind != STEP_WRITE)
        return;
    if (perform_step(run, thread, step, block) < 0) {
        block->fatal = arena_copy(block->arena, slice_of(diag_message()));
        block->fatal_status = diag_status(STATUS_FAILED);
        block->last = true;
        drop_waiting(block, block->lane_count - 1);
    }
    find_waiting(run, block);
}
