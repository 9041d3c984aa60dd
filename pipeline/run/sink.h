/* sink.h - what a filter emits records into: the runner's side of stage.h. */
#ifndef QUERN_SINK_H
#define QUERN_SINK_H

#include "base/crew.h"
#include "run/block.h"
#include "run/chain.h"

#include <stdbool.h>

/* How a filter processes its records. */
enum sink_mode {
    SINK_EMITS,
    SINK_HOLDS, /* a WHOLE filter: emits after it has seen all */
    SINK_KEEPS, /* the first of two passes: input records that are not bad are kept for the second */
};

struct sink {
    struct block *block;
    const struct link *link;
    size_t number; /* of the filter; its output goes to the next lane */
    uint64_t *counters;
    struct crew *crew;       /* in `end` of a WHOLE filter */
    const struct record *at; /* the record that is being processed */
    enum sink_mode mode;
    size_t depth;    /* of what it refuses: see reject.h */
    bool stops;      /* the first bad record ends the run */
    bool stopped;    /* there was one: nothing after it counts */
    bool done;       /* the filter wants no more records */
    bool ending;     /* in `end`: no record is of this block, whatever its origin says */
    size_t consumed; /* how many records of the batch were processed */
};

/* The filter begins to process the records in its lane; its previous output is freed. */
struct sink sink_start(const struct chain *chain, struct block *block, size_t number, bool stops);

/* The name of a counter, NULL if the filter has none of this number. */
const char *sink_counter_name(const struct stage *stage, size_t number);

#endif
