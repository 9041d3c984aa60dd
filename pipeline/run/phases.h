/* phases.h - a run from its first phase to its last, and the states of the filters in each thread.
 *
 * Each WHOLE filter ends a phase. The next one begins with what it has left, or, if it takes its records in two passes,
 * with the records that it has seen before: from the input again, or from a spool. */
#ifndef QUERN_PHASES_H
#define QUERN_PHASES_H

#include "run/steps.h"

/* thread_open of every filter. 0, or -1 with the message. */
int phases_open(struct run *run);

/* 0, or -1 with run->status set and the message reported. */
int phases_run(struct run *run);

void phases_close(struct run *run);

#endif
