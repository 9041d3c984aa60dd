/* runner.c - sets up and ends a run: see runner.h. */
#include "run/runner.h"

#include "base/codec.h"
#include "base/output.h"
#include "base/stream.h"
#include "run/files.h"
#include "run/pager.h"
#include "run/phases.h"
#include "run/progress.h"
#include "run/report.h"
#include "text/json.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    THREADS_MOST = 256,
};

#define TEMP_DIR "/tmp"

static const char *const on_error_choices[] = {"stop", "skip", "quarantine=FILE", NULL};

const struct option runner_option_table[] = {
    {"files0-from", 0, OPT_FILE, OPT_AT(struct runner_options, files0_from), .value = "FILE",
     .help = "read the files named in FILE, each name with a byte of zero after it; -: standard input"},
    {"output", 'o', OPT_FILE, OPT_AT(struct runner_options, output), .value = "FILE",
     .help = "write to FILE, not to standard output; a name in .zst, .gz, .xz, .bz2 or .lz4 compresses"},
    {"level", 0, OPT_INT, OPT_AT(struct runner_options, level), .value = "N", .min = 1, .max = 19,
     .help = "level of compression; by default 3 for zstd, 6 for gzip and xz, 9 for bzip2, 1 for lz4"},
    {"jobs", 'j', OPT_INT, OPT_AT(struct runner_options, threads), .value = "N", .fallback = "1", .min = 0,
     .max = THREADS_MOST, .help = "number of threads, 0: one for each core; it does not change the output"},
    {"on-error", 0, OPT_TEXT, OPT_AT(struct runner_options, on_error), .value = "WHAT", .fallback = "stop",
     .choices = on_error_choices, .help = "what to do with a bad record"},
    {"max-errors", 0, OPT_TEXT, OPT_AT(struct runner_options, max_errors), .value = "N|P%",
     .help = "fail if more records than this are bad"},
    {"max-line", 0, OPT_SIZE, OPT_AT(struct runner_options, max_line), .value = "SIZE", .fallback = "1G", .min = 1,
     .max = (int64_t)1 << 40, .help = "longest line allowed, in bytes"},
    {"max-depth", 0, OPT_INT, OPT_AT(struct runner_options, max_depth), .value = "N", .fallback = "1024", .min = 1,
     .max = JSON_DEPTH_LIMIT, .help = "deepest nesting allowed in a record"},
    {"max-window", 0, OPT_SIZE, OPT_AT(struct runner_options, max_window), .value = "SIZE", .fallback = "128M",
     .min = 1024, .max = (int64_t)1 << 31,
     .help = "largest window of zstd input; decompression takes so much memory, for zstd --long=31 it is 2G"},
    {"temp-dir", 0, OPT_FILE, OPT_AT(struct runner_options, temp_dir), .value = "DIR", .fallback = TEMP_DIR,
     .help = "folder for temporary files; they have no names in it"},
    {"max-spool", 0, OPT_SIZE, OPT_AT(struct runner_options, max_spool), .value = "SIZE", .fallback = "100G", .min = 1,
     .max = (int64_t)1 << 50,
     .help = "largest temporary file for input that is needed twice but can be read only once"},
    {"stats", 0, OPT_FILE, OPT_AT(struct runner_options, stats), .value = "FILE",
     .help = "write the counters of this run as JSON"},
    {"progress", 0, OPT_CHOICE, OPT_AT(struct runner_options, progress), .value = "WHEN", .fallback = "auto",
     .choices = progress_choices, .when = "!quiet",
     .help = "show on standard error how far the run is, how fast, and how long it will take"},
    {"dry-run", 'n', OPT_FLAG, OPT_AT(struct runner_options, dry_run),
     .help = "print the resolved configuration as JSON and read nothing"},
    {"quiet", 'q', OPT_FLAG, OPT_AT(struct runner_options, quiet), .help = "no notes on standard error"},
    {0},
};

/* ---- the end of a run ---- */

static int write_counters(const struct run *run)
{
    struct bytes text = {0};
    if (run->options->stats == NULL)
        return 0;
    report_counters(run, &text);
    int done = outputs_write(run->outputs, run->counters_file, bytes_slice(&text));
    vec_free(&text);
    return done;
}

/* In the name of each filter, as if it had run alone. */
static void tell_notes(const struct run *run)
{
    const char *program = diag_program_name();
    for (size_t i = 0; i < run->chain->links.len; i++) {
        const struct link *link = &run->chain->links.items[i];
        const uint64_t *counters = run->counters + i * COUNTERS_EACH;
        if (link->stage->notes == NULL)
            continue;
        diag_program(link->program);
        link->stage->notes(link->shared, &(struct totals){.in = counters[COUNTER_IN],
                                                          .out = counters[COUNTER_OUT],
                                                          .counters = counters + COUNTER_OWN});
    }
    diag_program(program);
}

/* Were all lines bad, or all records that came to one of the filters? Then skipping them has left nothing, which a
 * program that looks only at the status would take for success. */
static bool all_bad(const struct run *run)
{
    uint64_t unread = reject_count_at(run->policy, 0);
    if (unread > 0 && unread == run->in)
        return true;
    for (size_t i = 0; i < run->chain->links.len; i++) {
        const uint64_t *counters = run->counters + i * COUNTERS_EACH;
        uint64_t bad = reject_count_at(run->policy, i + 1);
        bool lines = run->chain->links.items[i].stage->lines_in;
        if (bad > 0 && (lines ? counters[COUNTER_OUT] == 0 : bad == counters[COUNTER_IN]))
            return true;
    }
    return false;
}

/* 0, or -1 when a filter says that the run has failed, and the reason has been reported. */
static int finish_filters(const struct run *run)
{
    for (size_t i = 0; i < run->chain->links.len; i++) {
        const struct link *link = &run->chain->links.items[i];
        if (link->stage->finish != NULL && link->stage->finish(link->shared) < 0) {
            diag_report_by(link->program, "%s", diag_message());
            return -1;
        }
    }
    return 0;
}

/* The end of a run that has processed all of its input. */
static enum status finish(struct run *run)
{
    if (reject_finish(run->policy, run->in) != 0)
        return STATUS_DATA;
    if (finish_filters(run) < 0)
        return diag_status(STATUS_FAILED);
    if (all_bad(run)) {
        diag_report("no record was good, so the run has failed");
        return STATUS_DATA;
    }
    if (write_counters(run) == 0 && outputs_finish(run->outputs) == 0) {
        if (run->progress != NULL)
            progress_done(run->progress, &(struct progress_counts){run->in, run->out, run->bytes_in});
        tell_notes(run);
        return STATUS_DONE;
    }
    diag_report("%s", diag_message());
    return STATUS_FAILED;
}

/* --dry-run: to standard output, whatever -o says. */
static enum status print_configuration(struct run *run)
{
    struct bytes text = {0};
    report_configuration(run, &text);
    struct output *output = output_standard();
    int done = output != NULL ? output_write(output, bytes_slice(&text)) : -1;
    if (done == 0)
        done = output_complete(output);
    output_free(output);
    vec_free(&text);
    if (done < 0)
        diag_report("%s", diag_message());
    return done < 0 ? STATUS_FAILED : STATUS_DONE;
}

static const struct stage *last_stage(const struct run *run)
{
    return run->chain->links.items[run->chain->links.len - 1].stage;
}

/* Does -o name a folder that the last filter can fill? */
static void find_folder(struct run *run)
{
    const char *output = run->options->output, *file = last_stage(run)->folder_file;
    size_t len = output != NULL ? strlen(output) : 0;
    struct stat status;
    bool folder = len > 0 && (output[len - 1] == '/' || (stat(output, &status) == 0 && S_ISDIR(status.st_mode)));
    if (!folder || file == NULL)
        return;
    while (len > 1 && output[len - 1] == '/')
        len--;
    bytes_append(&run->folder, output, len);
    bytes_byte(&run->folder, '\0');
    bytes_append(&run->folder_file, output, len);
    bytes_byte(&run->folder_file, '/');
    bytes_append(&run->folder_file, file, strlen(file) + 1);
}

/* A folder that is not there would be found only when it is needed, perhaps after hours. */
static int check_temp_dir(const char *path)
{
    struct stat status;
    if (stat(path, &status) < 0 || access(path, W_OK | X_OK) < 0)
        return diag_errno("--temp-dir %s", path);
    return S_ISDIR(status.st_mode) ? 0 : diag_kind(STATUS_FAILED, "--temp-dir %s: not a folder", path);
}

static struct stage_context context_of(struct run *run)
{
    const char *output = run->options->output;
    struct winsize window = {0};
    bool own_operands = run->chain->links.items[0].stage->operands != NULL;
    struct stage_context context = {
        .operands = own_operands ? run->files : NULL,
        .files = own_operands ? NULL : run->files,
        .terminal = (output == NULL || strcmp(output, "-") == 0) && isatty(STDOUT_FILENO),
        .folder = run->folder.items,
        .max_line = run->options->max_line,
        .depth = (unsigned)run->options->max_depth,
        .temp_dir = run->options->temp_dir,
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

/* ---- the files of a run ---- */

/* The second streams, models and lexicons that options of a filter name. */
static void add_option_inputs(struct outputs *outputs, const struct link *link)
{
    for (const struct option *option = link->stage->options; option != NULL && option->name != NULL; option++) {
        const char *path = NULL;
        if (option->type == OPT_FILE && !option->written)
            memcpy(&path, (const char *)link->options + option->offset, sizeof path);
        if (path == NULL)
            continue;
        struct bytes asker = {0};
        bytes_put(&asker, SLICE("--"));
        bytes_append(&asker, option->name, strlen(option->name) + 1);
        outputs_input(outputs, asker.items, path, INPUT_OTHER);
        vec_free(&asker);
    }
}

/* Declares what a run reads and writes, as far as that is known before its filters are open. */
static void add_files(struct run *run)
{
    const struct chain *chain = run->chain;
    const struct runner_options *options = run->options;
    bool own_operands = chain->links.items[0].stage->operands != NULL;
    for (size_t i = 0; i < chain->links.len; i++)
        add_option_inputs(run->outputs, &chain->links.items[i]);
    for (size_t i = 0; i < run->files->len; i++) {
        bool found = !own_operands && run->found[i];
        outputs_input(run->outputs, "the input", run->files->items[i],
                      own_operands ? INPUT_OTHER
                      : found      ? INPUT_FOUND
                                   : INPUT_RECORDS);
    }
    if (options->files0_from != NULL)
        outputs_input(run->outputs, "--files0-from", options->files0_from, INPUT_OTHER);
    if (run->files->len == 0 && !own_operands)
        outputs_input(run->outputs, "the input", "-", INPUT_RECORDS);
    const char *output = run->folder.len > 0 ? run->folder_file.items : options->output;
    (void)outputs_add(run->outputs, "--output", output, (int)options->level, OUTPUT_RECORDS);
    reject_add_output(run->policy, run->outputs);
    if (options->stats != NULL)
        run->counters_file = outputs_add(run->outputs, "--stats", options->stats, 0, OUTPUT_BESIDE);
}

static void add_filter_outputs(struct run *run)
{
    const struct chain *chain = run->chain;
    for (size_t i = 0; i < chain->outputs.len; i++) {
        unsigned number = outputs_add(run->outputs, "the filter's output", chain->outputs.items[i],
                                      (int)run->options->level, OUTPUT_BESIDE);
        if (i == 0)
            run->filter_outputs = number;
    }
}

/* ---- the run ---- */

static enum status failed(enum status otherwise)
{
    diag_report("%s", diag_message());
    return diag_status(otherwise);
}

/* The files are checked before any is read, and again after filters have asked for outputs of their own. */
static enum status open_chain(struct run *run, const struct stage_context *context)
{
    const struct link *link = NULL;
    run->outputs = outputs_new();
    add_files(run);
    if (run->folder.len > 0 && outputs_folder(run->outputs, run->folder.items) < 0)
        return failed(STATUS_FAILED);
    if (outputs_check(run->outputs) < 0)
        return failed(STATUS_USAGE);
    if (chain_open(run->chain, context, &link) < 0) {
        diag_report_by(link->program, "%s", diag_message());
        return diag_status(STATUS_USAGE);
    }
    if (run->threads < run->chain->in_flight)
        run->threads = run->chain->in_flight; /* they wait for an engine most of the time */
    add_filter_outputs(run);
    if ((run->chain->outputs.len > 0 && outputs_check(run->outputs) < 0) || outputs_check_level(run->outputs) < 0)
        return failed(STATUS_USAGE);
    return STATUS_DONE;
}

/* Opens everything that a run needs. STATUS_DONE, or another status with the message reported. */
static enum status open_run(struct run *run)
{
    find_folder(run);
    struct stage_context context = context_of(run);
    run->terminal = context.terminal;
    if (strcmp(run->options->temp_dir, TEMP_DIR) != 0 && check_temp_dir(run->options->temp_dir) < 0)
        return failed(STATUS_USAGE);
    if (chain_check(run->chain) < 0)
        return failed(STATUS_USAGE);
    run->policy = reject_new(run->options->on_error, run->options->max_errors);
    if (run->policy == NULL)
        return failed(STATUS_USAGE);
    enum status status = open_chain(run, &context);
    if (status != STATUS_DONE || run->options->dry_run)
        return status;
    if ((last_stage(run)->text_out && context.terminal && pager_start() < 0) || phases_open(run) < 0 ||
        outputs_open(run->outputs) < 0)
        return failed(STATUS_FAILED);
    return STATUS_DONE;
}

static void close_run(struct run *run)
{
    phases_close(run);
    outputs_free(run->outputs);
    vec_free(&run->folder);
    vec_free(&run->folder_file);
    reject_free(run->policy);
    stream_close(run->input);
    progress_close(run->progress);
    schedule_free(run->schedule);
    crew_free(run->crew);
}

/* By default nothing is drawn on a terminal to which the records, or a pager, go too. */
static struct progress *open_progress(const struct run *run)
{
    const struct runner_options *options = run->options;
    bool own_operands = run->chain->links.items[0].stage->operands != NULL;
    bool hidden = options->quiet || run->terminal;
    int when = options->progress == PROGRESS_AUTO && hidden ? PROGRESS_NEVER : options->progress;
    return progress_open(when, own_operands ? NULL : run->files);
}

/* The cores that this process may use. */
static size_t count_cores(void)
{
    cpu_set_t cores;
    int count = sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 1;
    return count > THREADS_MOST ? THREADS_MOST : (size_t)count;
}

/* The operands of the first filter, or the input files. */
static int find_files(const struct chain *chain, const struct runner_options *options, const struct words *operands,
                      struct files *files)
{
    const struct stage *first = chain->links.items[0].stage;
    if (first->operands == NULL)
        return files_find(files, operands, options->files0_from);
    if (options->files0_from != NULL)
        return diag_kind(STATUS_USAGE, "--files0-from: %s has no input files", first->name);
    for (size_t i = 0; i < operands->len; i++)
        vec_push(&files->names, operands->items[i]);
    return 0;
}

/* Does the run wait for someone to type, who may not know it? */
static bool reads_terminal(const struct run *run)
{
    return run->files->len == 0 && run->chain->links.items[0].stage->operands == NULL && isatty(STDIN_FILENO);
}

enum status run(struct chain *chain, const struct runner_options *options, const struct words *operands)
{
    struct files files = {0};
    if (find_files(chain, options, operands, &files) < 0) {
        files_release(&files);
        return failed(STATUS_FAILED);
    }
    struct run self = {
        .chain = chain,
        .options = options,
        .files = &files.names,
        .found = files.found.items,
        .threads = options->threads > 0 ? (size_t)options->threads : count_cores(),
        .block_bytes = BLOCK_BYTES,
    };
    if (options->quiet)
        diag_quiet();
    codec_window((uint64_t)options->max_window);
    enum status status = open_run(&self);
    if (status == STATUS_DONE && options->dry_run) {
        status = print_configuration(&self);
    } else if (status == STATUS_DONE) {
        if (reads_terminal(&self))
            diag_note("reading records from the terminal; name a file, or end them with Control-D");
        self.progress = open_progress(&self);
        self.crew = crew_new(self.threads);
        self.schedule = schedule_new(self.crew, chain->links.len, chain->outputs.len);
        status = phases_run(&self) == 0 ? finish(&self) : self.status;
    }
    /* After a failure standard output keeps what was written; a file with that would look finished. */
    close_run(&self);
    files_release(&files);
    pager_wait();
    return status;
}
