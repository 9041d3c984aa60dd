/* block.h - a block of lines on its way through the chain.
 *
 * What a filter makes of a block may be much larger than the block. So a block goes through the filters in slices: a
 * filter stops taking records in when it has made its share of BLOCK_MADE_BYTES, what it has made goes through the rest
 * of the chain and is written, and then the block comes back for the records that still wait. Each filter has a lane:
 * the records that wait for it, and the memory of what it makes of them, which is free again when those are written.
 * Printing goes in slices, too, since records that share most of their members print them each.
 *
 * A block that goes in slices keeps those after it waiting to be written, so that threads would have little to do: the
 * blocks that are read then become smaller (steps.c). */
#ifndef QUERN_BLOCK_H
#define QUERN_BLOCK_H

#include "base/arena.h"
#include "base/diag.h"
#include "record/record.h"
#include "run/reject.h"

#include <stdbool.h>
#include <stdint.h>

/* Counters of each filter in a run: in, out, and those that stage->counters names. */
enum { COUNTER_IN, COUNTER_OUT, COUNTER_OWN, COUNTERS_EACH = 16 };

/* What a block holds: read at a time, the size of a pipe; lines, since the shortest take a hundred times their size
 * when they are parsed; what all filters and printing make together; and the least share of one of them. */
enum {
    BLOCK_BYTES = 256 * 1024,
    BLOCK_LINES = 8192,
    BLOCK_MADE_BYTES = 8 * 1024 * 1024,
    BLOCK_SLICE_LEAST = 512 * 1024,
};

struct records {
    const struct record **items;
    size_t len, cap;
};

struct lane {
    struct records in;   /* wait for this filter, from `next` on; of the last lane: go out */
    size_t next;         /* of the last lane: to be printed */
    struct arena *arena; /* of what the filter makes of them */
};

/* Where a line was read. */
struct line_place {
    const char *file;
    uint64_t line;
};

struct block {
    uint64_t number; /* in the phase, from 0 */
    size_t step;     /* where it is */
    bool busy;       /* a thread has it */
    bool last;       /* of the phase */

    /* The first and the last step for which records wait; STEP_NONE: none do. */
    size_t first_waiting, last_waiting;

    struct bytes raw;              /* lines as they were read */
    const char *file;              /* of the lines, NULL if they are a filter's */
    uint64_t first_line;           /* of `file` */
    VEC(struct line_place) places; /* of each line, if they are a spool's */
    size_t file_number;            /* which of the input files */
    uint64_t in, bytes_in;         /* records and bytes among the lines */
    struct arena *arena;           /* of the parsed lines */

    struct lane *lanes; /* one for each filter, and one for what goes out */
    size_t lane_count;
    size_t slice_bytes;         /* that a filter makes at a time */
    size_t slices;              /* that were written */
    VEC(unsigned char) outputs; /* of what goes out: to which of chain->outputs; empty if there are none */

    VEC(struct reject) rejects;
    struct slice fatal; /* the message of a failure that ends the run */
    enum status fatal_status;
    uint64_t *counters; /* COUNTERS_EACH for each filter */

    struct bytes *outs; /* what is to be written: to the output, and to each of chain->outputs */
    size_t out_count;
    struct slice printed; /* outs[0], or raw */
    size_t first_printed; /* what was printed: the records of the last lane from here up to its `next` */
};

#define STEP_NONE SIZE_MAX

/* filters, outputs: of the chain. */
struct block *block_new(size_t filters, size_t outputs);
void block_reset(struct block *block);
void block_free(struct block *block);

/* By origin; in the order of the filters if one line made several. */
void block_sort_rejects(struct block *block);

#endif
