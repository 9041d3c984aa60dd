/* sink.h - what a filter emits into: the runner's side of what stage.h promises to filters. */
#ifndef QUERN_SINK_H
#define QUERN_SINK_H

#include "run/block.h"
#include "run/chain.h"

#include <stdbool.h>

/* How a filter takes its records. */
enum sink_mode {
    SINK_EMITS,
    SINK_HOLDS, /* a WHOLE filter: it will emit when it has seen all */
    SINK_KEEPS, /* the first of two passes: what comes in and is not bad is kept, to come again */
};

struct sink {
    struct block *block;
    const struct link *link;
    size_t number; /* of the filter; the lane of what it makes is the next one */
    uint64_t *counters;
    const struct record *at; /* the record that is worked on */
    enum sink_mode mode;
    size_t depth;    /* of what it refuses: see reject.h */
    bool stops;      /* the first bad record ends the run */
    bool stopped;    /* it has come: nothing after it counts */
    bool done;       /* the filter wants no more */
    bool ending;     /* in `end`: no record is of this block, whatever its origin says */
    size_t consumed; /* how many of the batch were taken in */
};

/* The filter begins to take in what waits in its lane; what it made before is gone. */
struct sink sink_start(const struct chain *chain, struct block *block, size_t number, bool stops);

/* The name of a counter, NULL if the filter has none of this number. */
const char *sink_counter_name(const struct stage *stage, size_t number);

#endif
