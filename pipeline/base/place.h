/* place.h - which file a path names, so that a file is known again under another spelling: ./f, a link to f, a second
 * hard link of f, and also if it does not exist yet. */
#ifndef QUERN_PLACE_H
#define QUERN_PLACE_H

#include <stdbool.h>
#include <sys/stat.h>

struct place {
    char *path;  /* with every symbolic link followed; NULL for a descriptor */
    bool exists; /* then `status` is the file's; else that of the folder it would be made in */
    bool
        by_descriptor; /* the path goes through /proc, as /dev/stdout and /dev/fd/3 do: what is there is open already */
    bool mounted;      /* something is mounted on the file itself, so it can't be replaced */
    int descriptor;    /* its number, if it is one of this process; else -1 */
    struct stat status;
    char *name; /* in its folder */
};

/* To be released also after a failure. 0, or -1 with errno: a folder is missing, a circle of links. */
int place_find(const char *path, struct place *place);

/* The place of an open descriptor. 0, or -1 with errno. */
int place_of_descriptor(int fd, struct place *place);

void place_release(struct place *place);

/* Do both name the same file? */
bool place_same(const struct place *a, const struct place *b);

#endif
