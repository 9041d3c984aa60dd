/* schedule.h - moves blocks through a list of steps with one or more threads.
 *
 * A step is parallel (any thread, any block) or ordered: one block at a time, in the order of the block numbers. All
 * threads do the same: a thread takes the oldest block that can go on and moves it as far as possible; if no block can
 * go on, it begins a new one. So threads hand nothing over, the number of blocks in flight is bounded, and what the
 * ordered steps see does not depend on the number of threads. */
#ifndef QUERN_SCHEDULE_H
#define QUERN_SCHEDULE_H

#include "base/crew.h"
#include "run/block.h"

struct schedule;

/* The crew must live as long; filters, outputs: as in block_new. */
struct schedule *schedule_new(struct crew *crew, size_t filters, size_t outputs);

/* Performs one step for one block, in thread number `thread`. After a block that it marks as `last` no more are begun.
 * A block with waiting records (block->last_waiting) goes back to that step after the last step. */
typedef void schedule_perform(void *context, size_t thread, size_t step, struct block *block);

/* Moves blocks through the steps until the last block is done. ordered[i]: is step i ordered? The first and the last
 * step must be. */
void schedule_run(struct schedule *schedule, const bool *ordered, size_t step_count, schedule_perform *perform,
                  void *context);

void schedule_free(struct schedule *schedule);

#endif
