/* counts.h - a file of counts: lines of an id, a tab and a count; empty ones and those that begin with # are skipped.
 */
#ifndef CHECK_COUNTS_H
#define CHECK_COUNTS_H

#include "kinds.h"

/* Adds the counts to `weights`, which has an item for each id. 0, or -1 with the message. */
int counts_read(const struct kinds *kinds, const char *path, double *weights);

#endif
