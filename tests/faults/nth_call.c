/* nth_call.c - makes one call of the C library fail: a library for LD_PRELOAD.
 *
 *     NTH_CALL=write:3:28 LD_PRELOAD=nth_call.so quern …     the third write fails with errno 28
 *     NTH_CALL=write:3+:28                                   and so do all after it
 *     NTH_COUNTS=FILE                                        at the end: how often each was called, a line each
 *
 * Only calls by the program and its libraries count, not those that the C library makes in its own functions. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum call {
    CALL_CALLOC,
    CALL_CLOSE,
    CALL_FALLOCATE,
    CALL_FCNTL,
    CALL_FSTAT,
    CALL_FSYNC,
    CALL_FTRUNCATE,
    CALL_GETRANDOM,
    CALL_LSEEK,
    CALL_MALLOC,
    CALL_MKOSTEMP,
    CALL_MMAP,
    CALL_MREMAP,
    CALL_OPEN,
    CALL_PREAD,
    CALL_PTHREAD_CREATE,
    CALL_PWRITE,
    CALL_READ,
    CALL_READLINK,
    CALL_REALLOC,
    CALL_REALPATH,
    CALL_RENAME,
    CALL_STAT,
    CALL_STATX,
    CALL_WRITE,
    CALLS
};

static const char *const call_names[CALLS] = {
    [CALL_CALLOC] = "calloc",       [CALL_CLOSE] = "close",
    [CALL_FALLOCATE] = "fallocate", [CALL_FCNTL] = "fcntl",
    [CALL_FSTAT] = "fstat",         [CALL_FSYNC] = "fsync",
    [CALL_FTRUNCATE] = "ftruncate", [CALL_GETRANDOM] = "getrandom",
    [CALL_LSEEK] = "lseek",         [CALL_MALLOC] = "malloc",
    [CALL_MKOSTEMP] = "mkostemp",   [CALL_MMAP] = "mmap",
    [CALL_MREMAP] = "mremap",       [CALL_OPEN] = "open",
    [CALL_PREAD] = "pread",         [CALL_PTHREAD_CREATE] = "pthread_create",
    [CALL_PWRITE] = "pwrite",       [CALL_READ] = "read",
    [CALL_READLINK] = "readlink",   [CALL_REALLOC] = "realloc",
    [CALL_REALPATH] = "realpath",   [CALL_RENAME] = "rename",
    [CALL_STAT] = "stat",           [CALL_STATX] = "statx",
    [CALL_WRITE] = "write",
};

static _Atomic unsigned long counts[CALLS];
static enum call wanted = CALLS;
static unsigned long wanted_number;
static int wanted_errno;
static bool and_after, counting;

/* The libraries that the program needs have been set up by now, the program itself has not. */
__attribute__((constructor)) static void start(void)
{
    const char *given = getenv("NTH_CALL");
    for (enum call call = 0; given != NULL && call < CALLS; call++) {
        size_t len = strlen(call_names[call]);
        if (strncmp(given, call_names[call], len) != 0 || given[len] != ':')
            continue;
        char *end;
        wanted = call;
        wanted_number = strtoul(given + len + 1, &end, 10);
        and_after = *end == '+';
        wanted_errno = (int)strtol(end + (and_after ? 2 : 1), NULL, 10);
    }
    counting = true;
}

__attribute__((destructor)) static void tell(void)
{
    const char *path = getenv("NTH_COUNTS");
    counting = false;
    if (path == NULL)
        return;
    int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    for (enum call call = 0; call < CALLS; call++)
        (void)dprintf(file, "%s %lu\n", call_names[call], counts[call]);
}

static bool fails(enum call call)
{
    if (!counting)
        return false;
    unsigned long number = atomic_fetch_add(&counts[call], 1) + 1;
    if (call != wanted || (and_after ? number < wanted_number : number != wanted_number))
        return false;
    errno = wanted_errno;
    return true;
}

/* ---- memory ---- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

void *malloc(size_t size)
{
    return fails(CALL_MALLOC) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails(CALL_CALLOC) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return fails(CALL_REALLOC) ? NULL : __libc_realloc(old, size);
}

void *mmap(void *at, size_t len, int protection, int flags, int fd, off_t offset)
{
    return fails(CALL_MMAP) ? MAP_FAILED : (void *)syscall(SYS_mmap, at, len, protection, flags, fd, offset);
}

void *mremap(void *old, size_t old_len, size_t len, int flags, ...)
{
    return fails(CALL_MREMAP) ? MAP_FAILED : (void *)syscall(SYS_mremap, old, old_len, len, flags, NULL);
}

/* ---- files ---- */

int open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    unsigned mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(args, unsigned) : 0;
    va_end(args);
    return fails(CALL_OPEN) ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int close(int fd)
{
    /* As on Linux: the descriptor is gone, whatever close says. */
    int done = (int)syscall(SYS_close, fd);
    return fails(CALL_CLOSE) ? -1 : done;
}

ssize_t read(int fd, void *into, size_t most)
{
    return fails(CALL_READ) ? -1 : syscall(SYS_read, fd, into, most);
}

ssize_t write(int fd, const void *bytes, size_t len)
{
    return fails(CALL_WRITE) ? -1 : syscall(SYS_write, fd, bytes, len);
}

ssize_t pread(int fd, void *into, size_t most, off_t at)
{
    return fails(CALL_PREAD) ? -1 : syscall(SYS_pread64, fd, into, most, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    return fails(CALL_PWRITE) ? -1 : syscall(SYS_pwrite64, fd, bytes, len, at);
}

off_t lseek(int fd, off_t offset, int whence)
{
    return fails(CALL_LSEEK) ? -1 : syscall(SYS_lseek, fd, offset, whence);
}

int fsync(int fd)
{
    return fails(CALL_FSYNC) ? -1 : (int)syscall(SYS_fsync, fd);
}

int ftruncate(int fd, off_t len)
{
    return fails(CALL_FTRUNCATE) ? -1 : (int)syscall(SYS_ftruncate, fd, len);
}

int posix_fallocate(int fd, off_t offset, off_t len)
{
    if (fails(CALL_FALLOCATE))
        return wanted_errno;
    return syscall(SYS_fallocate, fd, 0, offset, len) == 0 ? 0 : errno;
}

int fcntl(int fd, int command, ...)
{
    va_list args;
    va_start(args, command);
    long argument = va_arg(args, long);
    va_end(args);
    return fails(CALL_FCNTL) ? -1 : (int)syscall(SYS_fcntl, fd, command, argument);
}

/* ---- names ---- */

int stat(const char *path, struct stat *status)
{
    return fails(CALL_STAT) ? -1 : fstatat(AT_FDCWD, path, status, 0);
}

int fstat(int fd, struct stat *status)
{
    return fails(CALL_FSTAT) ? -1 : fstatat(fd, "", status, AT_EMPTY_PATH);
}

int statx(int fd, const char *path, int flags, unsigned mask, struct statx *status)
{
    return fails(CALL_STATX) ? -1 : (int)syscall(SYS_statx, fd, path, flags, mask, status);
}

ssize_t readlink(const char *path, char *into, size_t most)
{
    return fails(CALL_READLINK) ? -1 : syscall(SYS_readlinkat, AT_FDCWD, path, into, most);
}

int rename(const char *from, const char *to)
{
    return fails(CALL_RENAME) ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    return fails(CALL_RENAME) ? -1 : (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
}

ssize_t getrandom(void *into, size_t most, unsigned flags)
{
    return fails(CALL_GETRANDOM) ? -1 : syscall(SYS_getrandom, into, most, flags);
}

/* ISO C has no way from an object pointer to a function's. */
static void find(const char *name, void *function)
{
    void *found = dlsym(RTLD_NEXT, name);
    memcpy(function, &found, sizeof found);
}

char *realpath(const char *path, char *into)
{
    char *(*real)(const char *, char *);
    find("realpath", &real);
    return fails(CALL_REALPATH) ? NULL : real(path, into);
}

int mkostemp(char *path, int flags)
{
    int (*real)(char *, int);
    find("mkostemp", &real);
    return fails(CALL_MKOSTEMP) ? -1 : real(path, flags);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *), void *state)
{
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    find("pthread_create", &real);
    return fails(CALL_PTHREAD_CREATE) ? wanted_errno : real(thread, how, run, state);
}
