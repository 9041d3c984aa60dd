/* runner.c - blocks through steps: see runner.h. */
#include "run/runner.h"

#include "base/stream.h"
#include "base/version.h"
#include "run/pager.h"
#include "run/progress.h"
#include "run/reject.h"
#include "run/schedule.h"
#include "run/sink.h"
#include "text/json.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    BLOCK_BYTES = 256 * 1024, /* of lines read at a time: also the size of a pipe */
    THREADS_MOST = 256,
};

const struct option runner_option_table[] = {
    {"output", 'o', OPT_FILE, OPT_AT(struct runner_options, output), .value = "FILE",
     .help = "write here, not to standard output; a name in .zst compresses"},
    {"level", 0, OPT_INT, OPT_AT(struct runner_options, level), .value = "N", .fallback = "3", .min = 1, .max = 19,
     .help = "level of zstd compression"},
    {"jobs", 'j', OPT_INT, OPT_AT(struct runner_options, threads), .value = "N", .fallback = "1", .min = 1,
     .max = THREADS_MOST, .help = "threads; the output is the same for any number"},
    {"on-error", 0, OPT_TEXT, OPT_AT(struct runner_options, on_error), .value = "WHAT", .fallback = "stop",
     .help = "what becomes of a bad record: stop, skip or quarantine=FILE"},
    {"max-errors", 0, OPT_TEXT, OPT_AT(struct runner_options, max_errors), .value = "N|P%",
     .help = "fail when more records are bad than this"},
    {"max-line", 0, OPT_SIZE, OPT_AT(struct runner_options, max_line), .value = "SIZE", .fallback = "1G", .min = 1,
     .max = (int64_t)1 << 40, .help = "longest line in bytes"},
    {"max-depth", 0, OPT_INT, OPT_AT(struct runner_options, max_depth), .value = "N", .fallback = "1024", .min = 1,
     .max = JSON_DEPTH_LIMIT, .help = "deepest nesting of a record"},
    {"stats", 0, OPT_FILE, OPT_AT(struct runner_options, stats), .value = "FILE",
     .help = "write the counters of this run as JSON"},
    {"progress", 0, OPT_CHOICE, OPT_AT(struct runner_options, progress), .value = "WHEN", .fallback = "auto",
     .choices = progress_choices, .help = "show a bar on standard error"},
    {"dry-run", 'n', OPT_FLAG, OPT_AT(struct runner_options, dry_run),
     .help = "print the resolved configuration as JSON and read nothing"},
    {"quiet", 'q', OPT_FLAG, OPT_AT(struct runner_options, quiet), .help = "no notes on standard error"},
    {0},
};

enum step_kind { STEP_READ, STEP_REPLAY, STEP_PARSE, STEP_FILTER, STEP_PRINT, STEP_WRITE };

struct step {
    enum step_kind kind;
    size_t link; /* STEP_FILTER, STEP_REPLAY: which filter */
    bool ordered;
};

struct run {
    struct chain *chain;
    const struct runner_options *options;
    const struct words *files;
    struct reject_policy *policy;
    struct output *output;
    struct progress *progress;

    /* reading; only the step that reads touches these */
    struct input *input;
    size_t next_file;
    uint64_t line;

    /* counted where blocks are written */
    uint64_t in, bytes_in, out;
    bool done; /* a filter wants no more; what was read beyond counts for nothing */

    struct schedule *schedule;
    VEC(struct step) steps;
    size_t threads;
    void ***thread_states; /* [thread][filter]: of filters that run in parallel */
    void **ordered_states; /* [filter]: of those that run in one thread */
    uint64_t *counters;    /* SINK_COUNTERS for each filter */

    enum status status;
};

/* ---- steps ---- */

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
    return run->input != NULL ? 1 : -1;
}

/* Counts in bytes, as many side by side as vectors hold, for as long as a byte can't overflow: every byte of the input
 * comes through here, and counters of 64 bits would take a third of the time of a filter that does nothing. */
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

static int read_block(struct run *run, struct block *block)
{
    for (;;) {
        if (run->input == NULL) {
            int opened = open_next(run);
            if (opened <= 0) {
                block->last = true;
                return opened;
            }
        }
        block->file = stream_name(run->input);
        block->first_line = run->line;
        int got = stream_lines(run->input, &block->raw, BLOCK_BYTES, (uint64_t)run->options->max_line);
        if (got != 0) {
            run->line += count_lines(bytes_slice(&block->raw));
            if (run->progress != NULL)
                progress_read(run->progress, stream_position(run->input));
            return got > 0 ? 0 : -1;
        }
        if (run->progress != NULL)
            progress_file_done(run->progress, stream_position(run->input));
        stream_close(run->input);
        run->input = NULL;
    }
}

static void refuse_line(struct sink *sink, struct record *record)
{
    sink_at(sink, record);
    sink_reject(sink, record);
}

/* Cuts the block into lines and reads each as a record. For a SOURCE the line is the record. */
static void parse_block(struct run *run, struct block *block)
{
    bool raw = run->chain->links.items[0].stage->class == STAGE_SOURCE;
    struct sink sink = sink_start(run->chain, block, 0, reject_stops(run->policy));
    struct slice line, left = bytes_slice(&block->raw);
    for (int64_t number = 0; stream_next_line(&left, &line); number++) {
        struct record *record = arena_alloc(block->arena, sizeof *record);
        *record = (struct record){.line = line};
        if (line.len > (uint64_t)run->options->max_line) {
            (void)diag_error("the line is longer than --max-line %lld bytes", (long long)run->options->max_line);
            record->line.len = (size_t)run->options->max_line;
            block->in++;
            record->origin = number;
            refuse_line(&sink, record);
            continue;
        }
        if (!raw) {
            if (json_is_blank(line))
                continue;
            int parsed = rec_parse(record, line, (unsigned)run->options->max_depth, block->arena);
            record->origin = number;
            block->in++;
            if (parsed < 0) {
                refuse_line(&sink, record);
                if (sink.stops)
                    break;
                continue;
            }
        }
        record->origin = number;
        vec_push(&block->records, record);
    }
    if (raw)
        block->in += block->records.len;
}

static int filter_block(const struct run *run, size_t thread, const struct step *step, struct block *block)
{
    const struct stage *stage = run->chain->links.items[step->link].stage;
    void *state = step->ordered ? run->ordered_states[step->link] : run->thread_states[thread][step->link];
    struct batch batch = {block->records.items, block->records.len};
    struct sink sink = sink_start(run->chain, block, step->link, reject_stops(run->policy));
    int done = batch.count > 0 ? stage->records(state, &batch, &sink) : 0;
    bool ends = stage->end != NULL && (stage->class == STAGE_ORDERED || stage->class == STAGE_SOURCE);
    if (done == 0 && block->last && ends && block->stop_at == ORIGIN_NONE)
        done = stage->end(state, &sink);
    sink_finish(&sink);
    return done < 0 ? -1 : 0;
}

/* The records that a filter held back come as a block of their own. */
static int replay_block(struct run *run, const struct step *step, struct block *block)
{
    const struct link *link = &run->chain->links.items[step->link];
    struct sink sink = sink_start(run->chain, block, step->link, reject_stops(run->policy));
    int more = link->stage->end(link->shared, &sink);
    sink_finish(&sink);
    block->last = more <= 0;
    return more < 0 ? -1 : 0;
}

/* Prints the records that go out; where they are the block as it was read, there is nothing to print. */
static void print_block(struct block *block)
{
    size_t count = 0;
    while (count < block->records.len && block->records.items[count]->origin < block->stop_at)
        count++;
    block->records.len = count;
    const char *at = block->raw.items;
    size_t untouched = 0;
    while (untouched < count && !block->records.items[untouched]->derived &&
           block->records.items[untouched]->line.ptr == at) {
        at += block->records.items[untouched]->line.len + 1;
        untouched++;
    }
    if (untouched == count && block->raw.len > 0 && at == block->raw.items + block->raw.len) {
        block->printed = bytes_slice(&block->raw);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        rec_print(block->records.items[i], &block->out);
        bytes_byte(&block->out, '\n');
    }
    block->printed = bytes_slice(&block->out);
}

/* Nothing more is written; no block behind this one is begun. */
static void fail_run(struct run *run, struct block *block, enum status status)
{
    run->status = status;
    block->last = true;
}

/* Where --max-errors ends the run within this block, nothing behind that line goes out. */
static void cut_at_limit(const struct run *run, struct block *block)
{
    uint64_t allowed = reject_allowance(run->policy);
    if (block->rejects.len <= allowed || block->rejects.items[allowed].origin >= block->stop_at)
        return;
    block->stop_at = block->rejects.items[allowed].origin;
    block->out.len = 0;
    print_block(block);
}

/* What --on-error says, in the order of the lines. 0, or -1 where that ends the run. */
static int handle_rejects(struct run *run, struct block *block)
{
    for (size_t i = 0; i < block->rejects.len; i++) {
        const struct reject *reject = &block->rejects.items[i];
        if (block->done && reject->origin >= block->stop_at)
            break;
        int stop = reject_handle(run->policy, reject, block->file, block->first_line + (uint64_t)reject->origin);
        if (stop == 0)
            continue;
        if (stop < 0)
            diag_report("%s", diag_message());
        fail_run(run, block, stop < 0 ? STATUS_FAILED : STATUS_DATA);
        return -1;
    }
    return 0;
}

/* The one place where output, messages and counts are made: blocks come here in order. */
static void write_block(struct run *run, struct block *block)
{
    if (run->status != STATUS_DONE || run->done)
        return;
    run->done = block->done;
    block_sort_rejects(block);
    cut_at_limit(run, block);
    run->in += block->in;
    run->bytes_in += block->raw.len;
    run->out += block->records.len;
    for (size_t i = 0; i < run->chain->links.len * SINK_COUNTERS; i++)
        run->counters[i] += block->counters[i];
    if (block->printed.len > 0 && stream_write(run->output, block->printed) < 0) {
        diag_report("%s", diag_message());
        fail_run(run, block, STATUS_FAILED);
    } else if (handle_rejects(run, block) == 0 && block->fatal.len > 0 && !block->done) {
        diag_report("%.*s", (int)block->fatal.len, block->fatal.ptr);
        fail_run(run, block, STATUS_FAILED);
    }
    if (run->progress != NULL)
        progress_show(run->progress, run->in, false);
}

static int perform_step(struct run *run, size_t thread, const struct step *step, struct block *block)
{
    switch (step->kind) {
    case STEP_READ:
        return read_block(run, block);
    case STEP_REPLAY:
        return replay_block(run, step, block);
    case STEP_PARSE:
        parse_block(run, block);
        return 0;
    case STEP_FILTER:
        return filter_block(run, thread, step, block);
    case STEP_PRINT:
        print_block(block);
        return 0;
    case STEP_WRITE:
        write_block(run, block);
        return 0;
    }
    return 0;
}

/* A block in which a step has failed goes on to be written, which reports it when its turn has come. */
static void perform(void *context, size_t thread, size_t number, struct block *block)
{
    struct run *run = context;
    const struct step *step = &run->steps.items[number];
    if (block->fatal.len > 0 && step->kind != STEP_PRINT && step->kind != STEP_WRITE)
        return;
    if (perform_step(run, thread, step, block) < 0) {
        block->fatal = arena_copy(block->arena, slice_of(diag_message()));
        block->last = true;
    }
}

/* ---- phases ---- */

static void add_step(struct run *run, enum step_kind kind, size_t link, bool ordered)
{
    struct step step = {.kind = kind, .link = link, .ordered = ordered};
    vec_push(&run->steps, step);
}

static bool is_barrier(const struct stage *stage)
{
    return stage->end != NULL && (stage->class == STAGE_WHOLE || stage->class == STAGE_SINK);
}

static bool is_ordered(const struct stage *stage)
{
    bool parallel = stage->class == STAGE_MAP || stage->class == STAGE_ASYNC || stage->merge != NULL;
    return !parallel;
}

/* The steps of the phase that starts with filter `first`, or behind it where it is `held`: up to the end of
 * the chain or the next barrier, which is returned; links.len where there is none. */
static size_t plan_phase(struct run *run, size_t first, bool held)
{
    size_t count = run->chain->links.len, link = held ? first + 1 : first;
    run->steps.len = 0;
    add_step(run, held ? STEP_REPLAY : STEP_READ, first, true);
    if (!held)
        add_step(run, STEP_PARSE, 0, false);
    for (; link < count; link++) {
        const struct stage *stage = run->chain->links.items[link].stage;
        add_step(run, STEP_FILTER, link, is_ordered(stage));
        if (is_barrier(stage))
            break;
    }
    add_step(run, STEP_PRINT, 0, false);
    add_step(run, STEP_WRITE, 0, true);
    return link;
}

static int merge_states(struct run *run, size_t link)
{
    const struct link *held = &run->chain->links.items[link];
    if (held->stage->merge == NULL)
        return 0;
    for (size_t thread = 0; thread < run->threads; thread++)
        if (held->stage->merge(held->shared, run->thread_states[thread][link]) < 0)
            return -1;
    return 0;
}

static void run_phase(struct run *run)
{
    bool *ordered = mem_zalloc(run->steps.len, sizeof *ordered);
    for (size_t i = 0; i < run->steps.len; i++)
        ordered[i] = run->steps.items[i].ordered;
    schedule_run(run->schedule, ordered, run->steps.len, perform, run);
    mem_free(ordered);
}

static int run_phases(struct run *run)
{
    size_t first = 0, count = run->chain->links.len;
    for (bool held = false;; held = true) {
        size_t barrier = plan_phase(run, first, held);
        run_phase(run);
        if (run->status != STATUS_DONE)
            return -1;
        if (barrier == count)
            return 0;
        if (merge_states(run, barrier) < 0) {
            diag_report("%s", diag_message());
            run->status = STATUS_FAILED;
            return -1;
        }
        first = barrier;
    }
}

/* ---- the whole run ---- */

static int open_states(struct run *run)
{
    size_t count = run->chain->links.len;
    run->counters = mem_zalloc(count * SINK_COUNTERS, sizeof *run->counters);
    run->ordered_states = mem_zalloc(count, sizeof *run->ordered_states);
    run->thread_states = mem_zalloc(run->threads, sizeof *run->thread_states);
    for (size_t thread = 0; thread < run->threads; thread++)
        run->thread_states[thread] = mem_zalloc(count, sizeof *run->thread_states[thread]);
    for (size_t link = 0; link < count; link++) {
        const struct link *own = &run->chain->links.items[link];
        bool ordered = is_ordered(own->stage);
        for (size_t thread = 0; thread < (ordered ? 1 : run->threads); thread++) {
            void **state = ordered ? &run->ordered_states[link] : &run->thread_states[thread][link];
            *state = own->shared;
            if (own->stage->thread_open != NULL && own->stage->thread_open(own->shared, state) < 0) {
                *state = NULL;
                return -1;
            }
        }
    }
    return 0;
}

static void close_states(struct run *run)
{
    if (run->thread_states == NULL)
        return;
    for (size_t link = 0; link < run->chain->links.len; link++) {
        void (*close_state)(void *) = run->chain->links.items[link].stage->thread_close;
        if (close_state == NULL)
            continue;
        for (size_t thread = 0; thread < run->threads; thread++)
            if (run->thread_states[thread][link] != NULL)
                close_state(run->thread_states[thread][link]);
        if (run->ordered_states[link] != NULL)
            close_state(run->ordered_states[link]);
    }
    for (size_t thread = 0; thread < run->threads; thread++)
        mem_free(run->thread_states[thread]);
    mem_free(run->thread_states);
    mem_free(run->ordered_states);
    mem_free(run->counters);
}

/* The counters of this run: integers that add up over shards, and strings. */
static void describe_counters(const struct run *run, struct bytes *out)
{
    const struct {
        const char *name;
        uint64_t value;
    } totals[] = {
        {"in", run->in},
        {"out", run->out},
        {"skipped", reject_count(run->policy)},
        {"bytes_in", run->bytes_in},
        {"bytes_out", stream_written(run->output)},
    };
    bytes_put(out, SLICE("{\"quern\":\"" QUERN_VERSION "\""));
    for (size_t i = 0; i < sizeof totals / sizeof *totals; i++) {
        bytes_byte(out, ',');
        json_put_string(out, slice_of(totals[i].name));
        bytes_byte(out, ':');
        json_put_int(out, (int64_t)totals[i].value);
    }
    bytes_put(out, SLICE(",\"filters\":["));
    for (size_t link = 0; link < run->chain->links.len; link++) {
        const struct link *own = &run->chain->links.items[link];
        bytes_put(out, link > 0 ? SLICE(",{\"filter\":") : SLICE("{\"filter\":"));
        json_put_string(out, slice_of(own->stage->name));
        /* One string, since what is no sum must be equal for counters to be added up. */
        struct bytes chosen = {0};
        chain_options(own, &chosen);
        bytes_put(out, SLICE(",\"options\":"));
        json_put_string(out, bytes_slice(&chosen));
        vec_free(&chosen);
        for (size_t i = 0; i < SINK_COUNTERS && sink_counter_name(own->stage, i) != NULL; i++) {
            bytes_byte(out, ',');
            json_put_string(out, slice_of(sink_counter_name(own->stage, i)));
            bytes_byte(out, ':');
            json_put_int(out, (int64_t)run->counters[link * SINK_COUNTERS + i]);
        }
        bytes_byte(out, '}');
    }
    bytes_put(out, SLICE("]}\n"));
}

static int write_counters(const struct run *run, const char *path)
{
    struct bytes text = {0};
    describe_counters(run, &text);
    struct output *file = stream_create(path, 3);
    int done = file != NULL ? stream_write(file, bytes_slice(&text)) : -1;
    if (done == 0)
        done = stream_finish(file);
    else
        stream_abandon(file);
    vec_free(&text);
    return done;
}

static enum status finish_output(struct run *run)
{
    struct output *output = run->output;
    run->output = NULL;
    if (stream_finish(output) == 0)
        return STATUS_DONE;
    diag_report("%s", diag_message());
    return STATUS_FAILED;
}

/* The end of a run that has seen all of its input. */
static enum status finish(struct run *run)
{
    if (run->progress != NULL)
        progress_show(run->progress, run->in, true);
    int bad = reject_finish(run->policy, run->in);
    if (bad == 0 && run->options->stats != NULL && write_counters(run, run->options->stats) < 0)
        bad = -1;
    if (bad < 0)
        diag_report("%s", diag_message());
    if (bad != 0)
        return bad < 0 ? STATUS_FAILED : STATUS_DATA;
    return finish_output(run);
}

/* --dry-run: to standard output, whatever -o says. */
static enum status print_configuration(struct run *run)
{
    struct bytes text = {0};
    bytes_put(&text, SLICE("{\"quern\":\"" QUERN_VERSION "\",\"chain\":"));
    chain_describe(run->chain, &text);
    bytes_put(&text, SLICE(",\"run\":{"));
    opt_json(&(struct option_group){runner_option_table, (void *)(uintptr_t)run->options}, &text);
    bytes_put(&text, SLICE("}}\n"));
    run->output = stream_create(NULL, 0);
    int done = stream_write(run->output, bytes_slice(&text));
    vec_free(&text);
    if (done == 0)
        return finish_output(run);
    diag_report("%s", diag_message());
    return STATUS_FAILED;
}

static struct stage_context context_of(struct run *run)
{
    const char *output = run->options->output;
    struct winsize window = {0};
    bool own_operands = run->chain->links.items[0].stage->operands != NULL;
    struct stage_context context = {
        .operands = own_operands ? run->files : NULL,
        .terminal = (output == NULL || strcmp(output, "-") == 0) && isatty(STDOUT_FILENO),
        .max_line = run->options->max_line,
        .depth = (unsigned)run->options->max_depth,
        .chain = run->chain,
    };
    if (context.terminal) {
        const char *no_color = getenv("NO_COLOR");
        context.color = no_color == NULL || no_color[0] == '\0';
        if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0)
            context.columns = window.ws_col;
    }
    return context;
}

static bool is_named_twice(const struct run *run)
{
    const char *names[] = {run->options->output, run->options->stats, reject_path(run->policy)};
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < i; j++)
            if (names[i] != NULL && names[j] != NULL && strcmp(names[i], names[j]) == 0 && strcmp(names[i], "-") != 0 &&
                strncmp(names[i], "/dev/", 5) != 0)
                return true;
    return false;
}

/* Opens all that a run needs. STATUS_DONE, or another with the message reported. */
static enum status open_run(struct run *run)
{
    const struct link *failed = NULL;
    struct stage_context context = context_of(run);
    if (chain_check(run->chain) < 0) {
        diag_report("%s", diag_message());
        return STATUS_USAGE;
    }
    if (chain_open(run->chain, &context, &failed) < 0) {
        diag_report_by(failed->program, "%s", diag_message());
        return run->chain->open_status;
    }
    run->policy = reject_new(run->options->on_error, run->options->max_errors);
    if (run->policy == NULL) {
        diag_report("%s", diag_message());
        return STATUS_USAGE;
    }
    if (run->options->dry_run)
        return STATUS_DONE;
    if (is_named_twice(run)) {
        diag_report("-o, --stats and the quarantine must be different files");
        return STATUS_USAGE;
    }
    bool shows = run->chain->links.items[run->chain->links.len - 1].stage->class == STAGE_SINK;
    if ((shows && context.terminal && pager_start() < 0) || open_states(run) < 0 || reject_open(run->policy) < 0 ||
        (run->output = stream_create(run->options->output, (int)run->options->level)) == NULL) {
        diag_report("%s", diag_message());
        return STATUS_FAILED;
    }
    return STATUS_DONE;
}

static void close_run(struct run *run)
{
    close_states(run);
    reject_free(run->policy);
    stream_abandon(run->output);
    stream_close(run->input);
    progress_close(run->progress);
    schedule_free(run->schedule);
    vec_free(&run->steps);
}

enum status run(struct chain *chain, const struct runner_options *options, const struct words *files)
{
    struct run self = {
        .chain = chain,
        .options = options,
        .files = files,
        .threads = (size_t)options->threads,
        .schedule = schedule_new((size_t)options->threads, chain->links.len * SINK_COUNTERS),
    };
    if (options->quiet)
        diag_quiet();
    enum status status = open_run(&self);
    if (status == STATUS_DONE && options->dry_run) {
        status = print_configuration(&self);
    } else if (status == STATUS_DONE) {
        self.progress = progress_open(options->progress, files);
        status = run_phases(&self) == 0 ? finish(&self) : self.status;
    }
    /* Standard output keeps what was written before a failure; a file of that would look finished. */
    close_run(&self);
    pager_wait();
    return status;
}
