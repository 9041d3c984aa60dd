/* runner.c - blocks through steps: see runner.h. */
#include "run/runner.h"

#include "base/stream.h"
#include "run/pager.h"
#include "run/phases.h"
#include "run/progress.h"
#include "run/report.h"
#include "text/json.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
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
    {"temp-dir", 0, OPT_FILE, OPT_AT(struct runner_options, temp_dir), .value = "DIR", .fallback = "/tmp",
     .help = "where temporary files are made; they have no names"},
    {"max-spool", 0, OPT_SIZE, OPT_AT(struct runner_options, max_spool), .value = "SIZE", .fallback = "100G", .min = 1,
     .max = (int64_t)1 << 50, .help = "longest temporary file for input that has to be read twice and can not be"},
    {"stats", 0, OPT_FILE, OPT_AT(struct runner_options, stats), .value = "FILE",
     .help = "write the counters of this run as JSON"},
    {"progress", 0, OPT_CHOICE, OPT_AT(struct runner_options, progress), .value = "WHEN", .fallback = "auto",
     .choices = progress_choices, .help = "show a bar on standard error"},
    {"dry-run", 'n', OPT_FLAG, OPT_AT(struct runner_options, dry_run),
     .help = "print the resolved configuration as JSON and read nothing"},
    {"quiet", 'q', OPT_FLAG, OPT_AT(struct runner_options, quiet), .help = "no notes on standard error"},
    {0},
};

/* ---- the end of a run ---- */

static int write_counters(const struct run *run, const char *path)
{
    struct bytes text = {0};
    report_counters(run, &text);
    struct output *file = stream_create(path, 3);
    int done = file != NULL ? stream_write(file, bytes_slice(&text)) : -1;
    if (done == 0)
        done = stream_finish(file);
    else
        stream_abandon(file);
    vec_free(&text);
    return done;
}

/* 0, or -1 with the message. */
static int finish_outputs(struct run *run)
{
    int status = 0;
    for (size_t i = 0; i < run->output_count; i++) {
        struct output *output = run->outputs[i];
        run->outputs[i] = NULL;
        if (status == 0)
            status = stream_finish(output);
        else
            stream_abandon(output);
    }
    return status;
}

static enum status finish_output(struct run *run)
{
    if (finish_outputs(run) == 0)
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
    report_configuration(run, &text);
    run->outputs = mem_zalloc(1, sizeof *run->outputs);
    run->output_count = 1;
    run->outputs[0] = stream_create(NULL, 0);
    int done = stream_write(run->outputs[0], bytes_slice(&text));
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

static int open_outputs(struct run *run)
{
    const struct chain *chain = run->chain;
    run->outputs = mem_zalloc(chain->outputs.len + 1, sizeof *run->outputs);
    for (size_t i = 0; i <= chain->outputs.len; i++) {
        const char *path = i == 0 ? run->options->output : chain->outputs.items[i - 1];
        run->outputs[i] = stream_create(path, (int)run->options->level);
        if (run->outputs[i] == NULL)
            return -1;
        run->output_count++;
    }
    return 0;
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
    bool shows = run->chain->links.items[run->chain->links.len - 1].stage->text_out;
    if ((shows && context.terminal && pager_start() < 0) || phases_open(run) < 0 || reject_open(run->policy) < 0 ||
        open_outputs(run) < 0) {
        diag_report("%s", diag_message());
        return STATUS_FAILED;
    }
    return STATUS_DONE;
}

static void close_run(struct run *run)
{
    phases_close(run);
    reject_free(run->policy);
    for (size_t i = 0; i < run->output_count; i++)
        stream_abandon(run->outputs[i]);
    mem_free(run->outputs);
    stream_close(run->input);
    progress_close(run->progress);
    schedule_free(run->schedule);
}

enum status run(struct chain *chain, const struct runner_options *options, const struct words *files)
{
    struct run self = {
        .chain = chain,
        .options = options,
        .files = files,
        .threads = (size_t)options->threads,
    };
    if (options->quiet)
        diag_quiet();
    enum status status = open_run(&self);
    if (status == STATUS_DONE && options->dry_run) {
        status = print_configuration(&self);
    } else if (status == STATUS_DONE) {
        self.progress = progress_open(options->progress, files);
        self.schedule = schedule_new(self.threads, chain->links.len, chain->outputs.len);
        status = phases_run(&self) == 0 ? finish(&self) : self.status;
    }
    /* Standard output keeps what was written before a failure; a file of that would look finished. */
    close_run(&self);
    pager_wait();
    return status;
}
