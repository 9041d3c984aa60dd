/* phases.h - a run from its first phase to its last, and the states of the filters in each thread.
 *
 * Each WHOLE filter ends a phase. The next phase begins with the records that the filter then emits or, if the filter
 * takes two passes, with the records that it has already seen: from the input again, or from a spool. */
#ifndef QUERN_PHASES_H
#define QUERN_PHASES_H

#include "run/steps.h"

/* thread_open of every filter. 0, or -1 with the message. */
int phases_open(struct run *run);

/* 0, or -1 with run->status set and the message reported. */
int phases_run(struct run *run);

void phases_close(struct run *run);

#endif
