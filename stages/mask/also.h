/* also.h - the members that quern-mask writes on demand. */
#ifndef QUERN_MASKER_ALSO_H
#define QUERN_MASKER_ALSO_H

#include "masker.h"
#include "select.h"

extern const char *const also_names[]; /* ends in NULL */

/* The members named, a bit for each, in `also`. 0, or -1 with the message. */
int also_read(const struct mask_options *given, unsigned *also);

/* Sets the members of masker->also. Sorts the chosen units. */
void also_set(const struct masker *masker, struct record *made, const struct sequence *sequence, struct chosen *chosen,
              struct arena *arena);

#endif
