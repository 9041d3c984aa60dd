/* labels.h - the option --labels: names in the order of their numbers. */
#ifndef QUERN_ENTITIES_LABELS_H
#define QUERN_ENTITIES_LABELS_H

#include "quern.h"

/* The number of each label, counted from `first`. 0, or -1 with the message: one is given twice. */
int labels_number(const struct words *labels, uint64_t first, struct map *numbers);

#endif
