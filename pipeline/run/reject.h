/* reject.h - handling bad records: --on-error and --max-errors.
 *
 * The runner passes every bad record once, in the order of the input, so counts, messages and the quarantine file are
 * the same for any number of threads. */
#ifndef QUERN_REJECT_H
#define QUERN_REJECT_H

#include "run/chain.h"
#include "run/outputs.h"

#include <stdbool.h>
#include <stdint.h>

/* A bad record. Its fields live in the arena of its block. */
struct reject {
    int64_t origin;   /* which line of the block */
    const char *file; /* where it was read; NULL: a filter made the record without input */
    uint64_t line;
    size_t depth;            /* 0: not a record; else the number of the filter that refused it + 1 */
    const struct link *link; /* the filter that refused it */
    struct slice raw;        /* the line */
    struct slice id;         /* its `id` as JSON; empty if it has none */
    struct slice message;
};

struct reject_policy;

/* on_error: stop, skip or quarantine=FILE; max_errors: N or N%, NULL for no limit. NULL, with the message, if
 * they are something else. */
struct reject_policy *reject_new(const char *on_error, const char *max_errors);

/* Adds the quarantine file, if any, to the outputs of the run, which must outlive the policy. */
void reject_add_output(struct reject_policy *policy, struct outputs *outputs);

/* Does the first bad record end the run? */
bool reject_stops(const struct reject_policy *policy);

/* How many more bad records --max-errors N allows. */
uint64_t reject_allowance(const struct reject_policy *policy);

/* 0: go on; 1: the run ends here because of bad data, and the reason has been reported; -1: the quarantine file can't
 * be written, with the message. */
int reject_handle(struct reject_policy *policy, const struct reject *reject);

uint64_t reject_count(const struct reject_policy *policy);

/* Those of one depth: see struct reject. */
uint64_t reject_count_at(const struct reject_policy *policy, size_t depth);

/* At the end of the input: reports how many of `in` records were refused. 0, or 1 if there were more than --max-errors
 * allows. */
int reject_finish(const struct reject_policy *policy, uint64_t in);

void reject_free(struct reject_policy *policy);

#endif
