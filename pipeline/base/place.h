/* place.h - which file a path names, so that a file is recognised under another spelling (./f, a link to f, another
 * hard link of f), even if it does not exist yet. */
#ifndef QUERN_PLACE_H
#define QUERN_PLACE_H

#include <stdbool.h>
#include <sys/stat.h>

struct place {
    char *path;         /* with every symbolic link followed; NULL for a descriptor */
    bool exists;        /* if so, `status` is the file's; else that of the folder in which it would be created */
    bool by_descriptor; /* the path goes through /proc, as /dev/stdout and /dev/fd/3 do: the file is already open */
    bool mounted;       /* something is mounted on the file itself, so it can't be replaced */
    int descriptor;     /* its number, if it belongs to this process; else -1 */
    struct stat status;
    char *name; /* the last part of the path */
};

/* Release the place even after a failure. 0, or -1 with errno: a folder is missing, or links form a circle. */
int place_find(const char *path, struct place *place);

/* The place of an open descriptor. 0, or -1 with errno. */
int place_of_descriptor(int fd, struct place *place);

void place_release(struct place *place);

/* Do both name the same file? */
bool place_same(const struct place *a, const struct place *b);

#endif
