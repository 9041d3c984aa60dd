/* empty.h - what stands for a member that a record lacks. */
#ifndef QUERN_FIELDS_EMPTY_H
#define QUERN_FIELDS_EMPTY_H

#include "plan.h"

/* The fill of a member that quern-record(5) names. False if none would be true: 0 is a count and a class. */
bool empty_value(struct slice name, enum fill_kind *kind, struct slice *json);

#endif
