/* write.h - the one place that writes output, reports bad records and counts: blocks come here in order. */
#ifndef QUERN_WRITE_H
#define QUERN_WRITE_H

#include "run/steps.h"

/* STEP_WRITE writes what was printed, STEP_KEEP puts it into the spool; both report bad records. A failure ends the
 * run: it sets run->status, and no further block is begun. */
void write_block(struct run *run, const struct step *step, struct block *block);

/* Prints the records that wait in a lane, or a slice of them, for the step that writes. If they are the block as it was
 * read, nothing needs printing. */
void steps_print(struct block *block, size_t lane);

#endif
