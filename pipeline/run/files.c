/* files.c - see files.h. */
#include "run/files.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/stream.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

static char *join(const char *folder, const char *name)
{
    struct slice start = slice_of(folder);
    struct bytes path = {0};
    bytes_put(&path, start);
    if (start.ptr[start.len - 1] != '/')
        bytes_byte(&path, '/');
    bytes_append(&path, name, strlen(name) + 1);
    return path.items;
}

/* ---- folders ---- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_link(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
}

/* Adds the files of a folder to `names`, and its folders to `folders`. Links to files are followed, links to folders
 * are not: they could form a circle. */
static int list_folder(const char *path, struct words *names, struct words *folders)
{
    DIR *folder = opendir(path);
    if (folder == NULL)
        return diag_errno("%s", path);
    int done = 0;
    for (struct dirent *entry; errno = 0, done == 0 && (entry = readdir(folder)) != NULL;) {
        struct stat status;
        if (entry->d_name[0] == '.')
            continue;
        char *name = join(path, entry->d_name);
        if (stat(name, &status) < 0)
            done = diag_errno("%s", name);
        if (done == 0 && S_ISREG(status.st_mode))
            vec_push(names, name);
        else if (done == 0 && S_ISDIR(status.st_mode) && !is_link(name))
            vec_push(folders, name);
        else
            mem_free(name);
    }
    if (done == 0 && errno != 0)
        done = diag_errno("%s", path);
    (void)closedir(folder);
    return done;
}

/* In the order of the bytes of their paths, which depends on nothing but the names. */
static int add_folder(struct files *files, const char *path)
{
    struct words folders = {0}, names = {0};
    vec_push(&folders, mem_string(path, strlen(path)));
    int done = 0;
    for (size_t i = 0; i < folders.len && done == 0; i++)
        done = list_folder(folders.items[i], &names, &folders);
    if (done == 0 && names.len == 0)
        done = diag_kind(STATUS_FAILED, "%s: the folder has no files (names that start with a dot do not count)", path);
    if (names.len > 0)
        qsort(names.items, names.len, sizeof *names.items, compare_names);
    for (size_t i = 0; i < names.len; i++) {
        vec_push(&files->owned, names.items[i]);
        vec_push(&files->names, names.items[i]);
        vec_push(&files->found, true);
    }
    vec_free(&names);
    words_release(&folders);
    return done;
}

/* ---- all of them ---- */

static int add_file(struct files *files, const char *path)
{
    struct stat status;
    if (strcmp(path, "-") != 0 && stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return add_folder(files, path);
    vec_push(&files->names, path);
    vec_push(&files->found, false);
    return 0;
}

/* The names in the list end with a byte of zero, as find -print0 and git ls-files -z write them. */
static int add_list(struct files *files, const char *list)
{
    struct bytes text = {0};
    int done = stream_load(list, &text);
    size_t number = 1;
    for (const char *at = text.items, *end = at + text.len; done == 0 && at < end; number++) {
        const char *zero = memchr(at, '\0', (size_t)(end - at));
        if (zero == NULL && number == 1 && memchr(at, '\n', (size_t)(end - at)) != NULL)
            done = diag_kind(STATUS_USAGE,
                             "--files0-from %s: names must end with a byte of zero, as find -print0 writes them, "
                             "not with a newline",
                             list);
        zero = zero != NULL ? zero : end;
        char *name = mem_string(at, (size_t)(zero - at));
        vec_push(&files->owned, name);
        if (done == 0 && zero == at)
            done = diag_kind(STATUS_USAGE, "--files0-from %s: name %zu is empty", list, number);
        if (done == 0)
            done = add_file(files, name);
        at = zero + 1;
    }
    if (done == 0 && files->names.len == 0)
        done = diag_kind(STATUS_USAGE, "--files0-from %s: the list is empty", list);
    vec_free(&text);
    return done;
}

int files_find(struct files *files, const struct words *operands, const char *files0_from)
{
    *files = (struct files){0};
    if (files0_from != NULL && operands->len > 0)
        return diag_kind(STATUS_USAGE, "\"%s\": files go either into the list --files0-from or onto the command line",
                         operands->items[0]);
    if (files0_from != NULL)
        return add_list(files, files0_from);
    for (size_t i = 0; i < operands->len; i++)
        if (add_file(files, operands->items[i]) < 0)
            return -1;
    return 0;
}

void files_release(struct files *files)
{
    words_release(&files->owned);
    vec_free(&files->names);
    vec_free(&files->found);
}
