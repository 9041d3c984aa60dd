/* runner.h - runs a chain of filters over its input: the only reading loop, writing loop and thread pool. See phases.h
 * and steps.h. */
#ifndef QUERN_RUNNER_H
#define QUERN_RUNNER_H

#include "base/diag.h"
#include "record/options.h"
#include "run/chain.h"

struct runner_options {
    const char *files0_from;
    const char *output;
    int64_t level;
    int64_t threads;
    const char *on_error;
    const char *max_errors;
    int64_t max_line;
    int64_t max_depth;
    int64_t max_window;
    const char *temp_dir;
    int64_t max_spool;
    const char *stats;
    int progress;
    bool dry_run;
    bool quiet;
};
extern const struct option runner_option_table[];

/* Runs the chain over the files that the operands and options name (if there are none, over standard input) and closes
 * it. Reports all messages; returns
 * the exit status. */
enum status run(struct chain *chain, const struct runner_options *options, const struct words *operands);

#endif
