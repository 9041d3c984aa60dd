/* runner.h - runs a chain of filters over its input: the only reading loop, writing loop and thread pool.
 *
 * A run goes in phases. A phase reads blocks of lines (or, behind a WHOLE filter, what that filter has
 * left), takes each block through a list of steps and writes it. Reading, writing and ORDERED filters are
 * ordered steps; parsing, MAP filters and printing are parallel ones (schedule.h). So the bytes that are
 * written, and the order of every message, do not depend on the number of threads. */
#ifndef QUERN_RUNNER_H
#define QUERN_RUNNER_H

#include "base/diag.h"
#include "record/options.h"
#include "run/chain.h"

struct runner_options {
    const char *output;
    int64_t level;
    int64_t threads;
    const char *on_error;
    const char *max_errors;
    int64_t max_line;
    int64_t max_depth;
    const char *stats;
    int progress;
    bool dry_run;
    bool quiet;
};
extern const struct option runner_option_table[];

/* Runs the chain over the files (none: standard input) and closes it. Messages are written; the exit status
 * comes back. */
enum status run(struct chain *chain, const struct runner_options *options, const struct words *files);

#endif
