/* steps.h - what happens to a block, step by step.
 *
 * A run consists of phases. A phase reads blocks of lines (or takes the records that a WHOLE filter emits at its end),
 * moves each block through a list of steps and writes it. Reading, writing and ORDERED filters are ordered steps;
 * parsing, MAP filters and printing are parallel ones (schedule.h). So neither the output nor the order of messages
 * depends on the number of threads. */
#ifndef QUERN_STEPS_H
#define QUERN_STEPS_H

#include "base/stream.h"
#include "run/chain.h"
#include "run/outputs.h"
#include "run/progress.h"
#include "run/reject.h"
#include "run/runner.h"
#include "run/schedule.h"
#include "run/sink.h"
#include "run/spool.h"

#include <stdatomic.h>
#include <sys/stat.h>

enum step_kind {
    STEP_READ,       /* lines of the input */
    STEP_READ_SPOOL, /* lines of the spool */
    STEP_HELD,       /* records that a WHOLE filter emits at its end */
    STEP_PARSE,
    STEP_FILTER,
    STEP_APPLY, /* the second pass of a WHOLE filter */
    STEP_PRINT,
    STEP_KEEP,  /* to the spool */
    STEP_WRITE, /* to the outputs */
};

struct step {
    enum step_kind kind;
    size_t link; /* the filter; STEP_PRINT, STEP_KEEP: the lane; STEP_PARSE: the next filter */
    bool ordered;
    enum sink_mode mode;
};

/* A line of the input that was bad in the first of two passes. */
struct skipped_line {
    size_t file;
    uint64_t line;
};

struct run {
    struct chain *chain;
    const struct runner_options *options;
    const struct words *files;
    const bool *found; /* each: was it found in a folder? NULL: they are operands of a filter */
    struct reject_policy *policy;
    struct outputs *outputs;
    struct bytes folder,
        folder_file;         /* what -o names, if it is a folder, and the file in it; NUL-terminated, or empty */
    unsigned filter_outputs; /* among the outputs: the first of chain->outputs */
    unsigned counters_file;  /* --stats, if given */
    struct progress *progress;
    bool terminal; /* records, or what a pager shows, go to one */

    /* Reading; only the step that reads uses these. */
    struct input *input;
    size_t next_file;
    uint64_t line;
    _Atomic size_t block_bytes; /* to read at a time; adapted when blocks are written */
    size_t whole_blocks;        /* how many in a row were written without slices */

    /* Two passes. */
    bool second_pass;        /* the phase has STEP_APPLY */
    struct spool *from, *to; /* being read, being written; NULL: the input itself is read again */
    VEC(struct stat) inputs; /* as they were in the first pass */
    off_t stdin_start;
    VEC(struct skipped_line) skipped; /* in order; only if the input is read again */

    /* Counted when blocks are written. */
    uint64_t in, bytes_in, out;

    uint64_t parts, next_part; /* of what the filter makes after its second pass */

    struct crew *crew;
    struct schedule *schedule;
    VEC(struct step) steps;
    size_t threads;
    void ***thread_states; /* [thread][filter]: of filters that run in parallel */
    void **ordered_states; /* [filter]: of those that run in one thread */
    bool *finished;        /* [filter]: it wants no more records, or its `end` was called; for its ordered step only */
    uint64_t *counters;    /* COUNTERS_EACH for each filter */

    enum status status;
};

/* Performs one step for one block, in thread number `thread`; context is the run. */
void steps_perform(void *context, size_t thread, size_t number, struct block *block);

#endif
