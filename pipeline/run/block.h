/* block.h - a block of lines on its way through the chain.
 *
 * The output of a filter may be much larger than the block. So a block goes through the filters in slices: a filter
 * stops taking records when it has made its share of BLOCK_MADE_BYTES, its output goes through the rest of the chain
 * and is written, and then the block comes back for the waiting records. Each filter has a lane: the records that wait
 * for it, and the memory of its output, which is freed when that is written. Printing goes in slices too, since each of
 * many records may print the members that they share.
 *
 * While a block goes in slices, the blocks after it wait to be written, which would leave little work for the threads.
 * So the blocks that are read then become smaller (steps.c). */
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

/* Limits of a block: bytes read at a time, the size of a pipe; lines, since the shortest ones take a hundred times
 * their size when parsed; the output of all filters and of printing together; and the smallest share of one of them. */
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
    struct records in;   /* waiting for this filter, from `next` on; in the last lane: output */
    size_t next;         /* in the last lane: the first record that is not printed yet */
    struct arena *arena; /* of the filter's output */
};

/* Where a line was read. */
struct line_place {
    const char *file;
    uint64_t line;
};

struct block {
    uint64_t number; /* in the phase, from 0 */
    size_t step;     /* the next step */
    bool busy;       /* a thread is working on it */
    bool last;       /* of the phase */
    uint64_t part;   /* of what a filter makes after its second pass, from 1; 0: the block has lines */

    /* The first and the last step for which records wait; STEP_NONE: none do. */
    size_t first_waiting, last_waiting;

    struct bytes raw;              /* lines as they were read */
    const char *file;              /* of the lines; NULL if a filter made them */
    const char *charset;           /* from which they were converted; NULL: none */
    uint64_t first_line;           /* of `file` */
    VEC(struct line_place) places; /* of each line, if they come from a spool */
    size_t file_number;            /* which of the input files */
    uint64_t in, bytes_in;         /* records and bytes among the lines */
    struct arena *arena;           /* of the parsed lines */

    struct lane *lanes; /* one for each filter, and one for the output */
    size_t lane_count;
    size_t slice_bytes;         /* how much a filter makes at a time */
    size_t slices;              /* how many have been written */
    VEC(unsigned char) outputs; /* for each output record: which of chain->outputs; empty if there are none */

    VEC(struct reject) rejects;
    struct slice fatal; /* the message of a failure that ends the run */
    enum status fatal_status;
    uint64_t *counters; /* COUNTERS_EACH for each filter */

    struct bytes *outs; /* bytes to write to the output and to each of chain->outputs */
    size_t out_count;
    struct slice printed; /* outs[0], or raw */
    size_t first_printed; /* the printed records are those of the last lane from here up to its `next` */
};

#define STEP_NONE SIZE_MAX

/* filters, outputs: of the chain. */
struct block *block_new(size_t filters, size_t outputs);
void block_reset(struct block *block);
void block_free(struct block *block);

/* Sorts by origin; several rejects of one line are in the order of the filters. */
void block_sort_rejects(struct block *block);

#endif
