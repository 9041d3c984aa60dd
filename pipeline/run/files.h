/* files.h - the input files of a run: operands, the files in folders, and lists of names. */
#ifndef QUERN_FILES_H
#define QUERN_FILES_H

#include "base/vec.h"
#include "record/words.h"

struct files {
    struct words names; /* in the order in which they are read */
    VEC(bool) found;    /* each: was it found in a folder? */
    struct words owned; /* those names that are freed with the list */
};

/* The files that operands name, or the list --files0-from (NULL: none). A folder stands for all files in it and in its
 * folders. 0, or -1 with the message; release in both cases. */
int files_find(struct files *files, const struct words *operands, const char *files0_from);

void files_release(struct files *files);

#endif
