/* schedule.h - brings blocks through a list of steps, by one thread or many.
 *
 * A step is parallel - any thread, any block - or ordered: one block at a time, in the order of the blocks'
 * numbers. Every thread does the same: it takes the oldest block that can go on and brings it as far as it
 * can; where none can, it begins a new one. So nobody hands anything over, the number of blocks in flight is
 * bounded, and what the ordered steps see does not depend on the number of threads. */
#ifndef QUERN_SCHEDULE_H
#define QUERN_SCHEDULE_H

#include "run/block.h"

struct schedule;

/* threads: at least 1; filters, outputs: as in block_new. */
struct schedule *schedule_new(size_t threads, size_t filters, size_t outputs);

/* Does one step for one block, in thread number `thread`. A block that it marks as `last` is the last one
 * that is begun. A block for which records wait (block->last_waiting) goes back to that step after the last one. */
typedef void schedule_perform(void *context, size_t thread, size_t step, struct block *block);

/* Runs blocks through the steps until the last one is through. ordered[i]: is step i ordered? The first step
 * and the last one must be. */
void schedule_run(struct schedule *schedule, const bool *ordered, size_t step_count, schedule_perform *perform,
                  void *context);

void schedule_free(struct schedule *schedule);

#endif
