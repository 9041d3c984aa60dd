/* sink.h - a block of lines on its way through the chain, and the sink that a filter emits into.
 *
 * The runner's side of what stage.h promises to filters. */
#ifndef QUERN_SINK_H
#define QUERN_SINK_H

#include "run/chain.h"
#include "run/reject.h"

#include <stdbool.h>
#include <stdint.h>

/* Counters of each filter in a run: in, out, and those that stage->counters names. */
enum { COUNTER_IN, COUNTER_OUT, COUNTER_OWN, SINK_COUNTERS = 16 };

/* The name of a counter, NULL where the filter has none of this number. */
const char *sink_counter_name(const struct stage *stage, size_t number);

#define ORIGIN_NONE INT64_MAX

struct records {
    const struct record **items;
    size_t len, cap;
};

struct block {
    uint64_t number; /* in the phase, from 0 */
    size_t step;     /* where it is */
    bool busy;       /* a thread has it */
    bool last;       /* of the phase */

    struct bytes raw; /* lines as they were read */
    const char *file; /* of the lines, NULL where they are a filter's */
    uint64_t first_line;
    uint64_t in; /* records among the lines */

    struct arena *arena;
    struct records records; /* what the step behind has made */
    struct records made;    /* what the step at work makes */
    VEC(struct reject) rejects;
    int64_t stop_at;    /* the first line that does not count any more: it is bad and ends the run, or stands behind
                           the last one that is wanted; ORIGIN_NONE where all count */
    bool done;          /* a filter wants no more */
    struct slice fatal; /* the message of a failure that ends the run */
    uint64_t *counters;

    struct bytes out;
    struct slice printed; /* out, or raw */
};

struct block *block_new(size_t counters);
void block_reset(struct block *block, size_t counters);
void block_free(struct block *block);

/* By origin; in the order of the filters where one line made several. */
void block_sort_rejects(struct block *block);

struct sink {
    struct block *block;
    const struct link *link;
    uint64_t *counters;
    const struct record *at; /* the record that is worked on */
    bool stops;              /* the first bad record ends the run */
};

struct sink sink_start(const struct chain *chain, struct block *block, size_t link, bool stops);

/* What was made is what the next step sees. */
void sink_finish(struct sink *sink);

#endif
