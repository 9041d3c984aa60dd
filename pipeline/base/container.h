/* container.h - files that hold text, but not as text: archives, compressions that are not read, columnar files,
 * documents. */
#ifndef QUERN_CONTAINER_H
#define QUERN_CONTAINER_H

#include "base/slice.h"

/* Refuses a file that should be text but begins like one of these: -1, with a message that names it and a command that
 * gets its text out. name: of the file. Else 0. */
int container_refuse(const char *name, struct slice start);

#endif
