/* place.c - see place.h.
 *
 * Links are followed by hand, because realpath fails for a file that does not exist yet and can't tell a link from the
 * entries of /proc/PID/fd. Those look like links but lead to open files, each with an offset and a mode of its own. */
#include "base/place.h"

#include "base/memory.h"
#include "base/slice.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { LINKS_MOST = 40 }; /* as the kernel */

static char *join(const char *folder, const char *name)
{
    struct bytes path = {0};
    bytes_put(&path, slice_of(folder));
    if (path.len == 0 || path.items[path.len - 1] != '/')
        bytes_byte(&path, '/');
    bytes_append(&path, name, strlen(name) + 1);
    return path.items;
}

/* realpath of the folder part of a path, and the rest in *name. NULL with errno. */
static char *folder_of(const char *path, const char **name)
{
    const char *slash = strrchr(path, '/');
    *name = slash != NULL ? slash + 1 : path;
    char *folder = slash == NULL ? mem_string(".", 1) : mem_string(path, slash == path ? 1 : (size_t)(slash - path));
    char *real = realpath(folder, NULL);
    mem_free(folder);
    return real;
}

static bool is_proc(const char *folder)
{
    struct statfs system;
    return statfs(folder, &system) == 0 && system.f_type == PROC_SUPER_MAGIC;
}

/* The number of an entry of this process's fd folder, which realpath has made /proc/PID/fd or /proc/PID/task/TID/fd. */
static int own_descriptor(const char *folder, const char *name)
{
    char *own = realpath("/proc/self", NULL);
    char *end = NULL;
    size_t len = own != NULL ? strlen(own) : 0, folder_len = strlen(folder);
    bool is_own = own != NULL && strncmp(folder, own, len) == 0 && folder[len] == '/' && folder_len >= len + 3 &&
                  strcmp(folder + folder_len - 3, "/fd") == 0;
    mem_free(own);
    if (!is_own || name[0] < '0' || name[0] > '9')
        return -1;
    long number = strtol(name, &end, 10);
    return *end == '\0' && number <= INT_MAX ? (int)number : -1;
}

/* Where the link at `path`, an entry of `folder`, leads; NULL if it is not a link. */
static char *follow(const char *folder, const char *path)
{
    char target[PATH_MAX];
    ssize_t len = readlink(path, target, sizeof target - 1);
    if (len < 0)
        return NULL;
    target[len] = '\0';
    return target[0] == '/' ? mem_string(target, (size_t)len) : join(folder, target);
}

/* stat follows the remaining links: entries of /proc. */
static int look(struct place *place, const char *folder)
{
    if (stat(place->path, &place->status) == 0) {
        struct statx extended;
        place->exists = true;
        place->mounted = statx(AT_FDCWD, place->path, 0, STATX_TYPE, &extended) == 0 &&
                         (extended.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
        return 0;
    }
    return errno == ENOENT ? stat(folder, &place->status) : -1;
}

/* One step: 1 if the path was a link and *path is where it leads, 0 at the end, -1 with errno. */
static int step(char **path, struct place *place)
{
    const char *name;
    char *folder = folder_of(*path, &name), *next = NULL;
    int done = -1;
    if (folder == NULL)
        return -1;
    bool is_folder = name[0] == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
    place->by_descriptor = is_proc(folder);
    place->path = join(folder, name);
    if (!is_folder && !place->by_descriptor)
        next = follow(folder, place->path);
    if (next != NULL) {
        mem_free(*path);
        *path = next;
        mem_free(place->path);
        place->path = NULL;
        done = 1;
    } else {
        place->name = mem_string(name, strlen(name));
        if (place->by_descriptor)
            place->descriptor = own_descriptor(folder, name);
        done = look(place, folder);
    }
    mem_free(folder);
    return done;
}

int place_find(const char *path, struct place *place)
{
    char *at = mem_string(path, strlen(path));
    int more = 1;
    *place = (struct place){.descriptor = -1};
    if (path[0] == '\0') {
        errno = ENOENT;
        more = -1;
    }
    for (int links = 0; more > 0; links++) {
        more = step(&at, place);
        if (more > 0 && links == LINKS_MOST) {
            errno = ELOOP;
            more = -1;
        }
    }
    mem_free(at);
    return more;
}

int place_of_descriptor(int fd, struct place *place)
{
    *place = (struct place){.exists = true, .by_descriptor = true, .descriptor = fd};
    return fstat(fd, &place->status);
}

void place_release(struct place *place)
{
    mem_free(place->path);
    mem_free(place->name);
    place->path = place->name = NULL;
}

bool place_same(const struct place *a, const struct place *b)
{
    if (a->exists != b->exists || a->status.st_dev != b->status.st_dev || a->status.st_ino != b->status.st_ino)
        return false;
    return a->exists || strcmp(a->name, b->name) == 0;
}
