/* path.h - values inside a JSON record: _source.body, messages[0].content, "a.b"[-1]. */
#ifndef QUERN_IMPORT_PATH_H
#define QUERN_IMPORT_PATH_H

#include "quern.h"

/* One step inwards. */
struct path_step {
    struct slice name; /* of a member */
    int64_t index;     /* of an item, if there is no name; from the end if negative */
};

struct path {
    struct slice text;
    struct path_step *steps;
    size_t count; /* 0: the text is no path, only a name */
};

/* Reads a path. The text must live as long as the path. */
struct path path_read(struct slice text);
void path_free(struct path *path);

/* The value at the path, of a record that has been read; NULL, with the message, if a step is missing. The message says
 * what there is instead. */
const struct value *path_find(const struct path *path, const struct record *record, struct arena *arena);

/* The message for a member that is missing: which there are. Returns -1. */
int path_missing(struct slice name, const struct record *record);

#endif
