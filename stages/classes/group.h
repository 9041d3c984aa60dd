/* group.h - records that go together because they have the same value of a member. */
#ifndef QUERN_CLASSES_GROUP_H
#define QUERN_CLASSES_GROUP_H

#include "record/record.h"

/* The group that a member names: its value, a string, a number or a boolean, as JSON, a string's escapes as quern
 * writes them. name: NULL: all records are one group, "". 0, or -1 with the message. */
int group_find(const char *name, const struct record *in, struct arena *arena, struct slice *group);

#endif
