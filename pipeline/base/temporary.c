/* temporary.c - see temporary.h. */
#include "base/temporary.h"

#include "base/diag.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

int temporary_open(const char *dir)
{
    struct bytes path = {0};
    bytes_put(&path, slice_of(dir));
    bytes_append(&path, "/quern-XXXXXX", sizeof "/quern-XXXXXX");
    int file = mkostemp(path.items, O_CLOEXEC);
    if (file < 0 || unlink(path.items) < 0) {
        (void)diag_errno("%s: can't create a temporary file", path.items);
        if (file >= 0)
            (void)close(file);
        file = -1;
    }
    vec_free(&path);
    return file;
}

int temporary_write(int file, struct slice bytes, uint64_t at)
{
    while (bytes.len > 0) {
        ssize_t done = pwrite(file, bytes.ptr, bytes.len, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return diag_errno("the temporary file can't be written");
        bytes = (struct slice){bytes.ptr + done, bytes.len - (size_t)done};
        at += (uint64_t)done;
    }
    return 0;
}

int temporary_read(int file, struct bytes *into, size_t len, uint64_t at)
{
    vec_reserve(into, len);
    while (len > 0) {
        ssize_t done = pread(file, into->items + into->len, len, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return diag_errno("the temporary file can't be read");
        if (done == 0)
            return diag_error("the temporary file ends too early");
        into->len += (size_t)done;
        len -= (size_t)done;
        at += (uint64_t)done;
    }
    return 0;
}

void temporary_forget(int file, uint64_t at, uint64_t end)
{
    if (end > at)
        (void)fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)at, (off_t)(end - at));
}

/* ---- beside another file ---- */

struct temporary {
    int file; /* -1: closed */
    char *name;
    atomic_bool named; /* a file has that name */
    bool exchanged;    /* that file is the old target */
    bool folder;       /* a folder, which is removed only if it is empty */
    struct temporary *next;
};

/* The files that a signal handler has to remove, the newest first: so files go before their folder. A handler may walk
 * the list at any moment, even in another thread, so the list only grows: entries that are done are marked. */
static struct temporary *_Atomic temporaries;

static void remove_all(void)
{
    for (const struct temporary *at = atomic_load(&temporaries); at != NULL; at = at->next)
        if (atomic_load(&at->named))
            (void)(at->folder ? rmdir(at->name) : unlink(at->name));
}

void temporary_end_by_signal(int signal_number)
{
    remove_all();
    (void)signal(signal_number, SIG_DFL);
    (void)raise(signal_number);
}

/* Every signal that ends the process by default, except those that a bug in the program raises. An ignored signal
 * (nohup) stays ignored. */
static void catch_signals(void)
{
    static const int signals[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,   SIGPIPE, SIGALRM,
                                  SIGUSR1, SIGUSR2, SIGXCPU, SIGVTALRM, SIGXFSZ, SIGPROF};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct sigaction action = {.sa_handler = temporary_end_by_signal}, old;
        if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
            (void)sigaction(signals[i], &action, NULL);
    }
}

static void remember(struct temporary *temporary)
{
    static bool caught;
    if (!caught) {
        caught = true;
        (void)atexit(remove_all); /* for diag_die */
        catch_signals();
    }
    temporary->next = atomic_load(&temporaries);
    atomic_store(&temporaries, temporary);
}

/* A new name rather than the target's with a suffix, which could be too long. */
static int make_name(const char *target, struct bytes *path)
{
    enum { WORD_CHARS = 16 };
    uint64_t number;
    char word[WORD_CHARS + 1];
    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
        return -1;
    (void)snprintf(word, sizeof word, "%016llx", (unsigned long long)number);
    path->len = 0;
    bytes_append(path, target, (size_t)(strrchr(target, '/') + 1 - target));
    bytes_put(path, SLICE(".quern-"));
    bytes_append(path, word, WORD_CHARS);
    bytes_append(path, ".tmp", sizeof ".tmp");
    return 0;
}

static int create(const char *target, unsigned mode, struct bytes *path)
{
    int file = -1;
    do {
        if (make_name(target, path) < 0)
            return -1;
        file = open(path->items, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    } while (file < 0 && errno == EEXIST);
    return file;
}

/* No signal may arrive between the creation of the file and its entry in the list. */
struct temporary *temporary_beside(const char *target, unsigned mode)
{
    struct temporary *temporary = mem_zalloc(1, sizeof *temporary);
    struct bytes path = {0};
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_BLOCK, &all, &before);
    temporary->file = create(target, mode, &path);
    int reason = errno;
    if (temporary->file >= 0) {
        temporary->name = path.items;
        atomic_store(&temporary->named, true);
        remember(temporary);
    } else {
        mem_free(temporary);
        temporary = NULL;
        vec_free(&path);
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = reason;
    return temporary;
}

int temporary_descriptor(const struct temporary *temporary)
{
    return temporary->file;
}

int temporary_shut(struct temporary *temporary)
{
    int file = temporary->file;
    temporary->file = -1;
    return close(file);
}

int temporary_appear(struct temporary *temporary, const char *target, bool exchange)
{
    if (exchange && renameat2(AT_FDCWD, temporary->name, AT_FDCWD, target, RENAME_EXCHANGE) == 0) {
        temporary->exchanged = true;
        return 0;
    }
    if (rename(temporary->name, target) < 0)
        return -1;
    atomic_store(&temporary->named, false);
    return 0;
}

void temporary_withdraw(struct temporary *temporary, const char *target)
{
    if (temporary->exchanged)
        (void)renameat2(AT_FDCWD, temporary->name, AT_FDCWD, target, RENAME_EXCHANGE);
    else
        (void)unlink(target);
    temporary->exchanged = false;
}

void temporary_drop(struct temporary *temporary)
{
    if (temporary == NULL)
        return;
    if (temporary->file >= 0)
        (void)temporary_shut(temporary); /* files that matter were closed and checked before */
    if (atomic_exchange(&temporary->named, false))
        (void)(temporary->folder ? rmdir(temporary->name) : unlink(temporary->name));
}

struct temporary *temporary_folder(const char *path)
{
    struct temporary *temporary = mem_zalloc(1, sizeof *temporary);
    sigset_t all, before;
    *temporary = (struct temporary){.file = -1, .name = mem_string(path, strlen(path)), .folder = true};
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_BLOCK, &all, &before);
    int made = mkdir(path, 0777), reason = errno;
    if (made == 0) {
        atomic_store(&temporary->named, true);
        remember(temporary);
    } else {
        mem_free(temporary->name);
        mem_free(temporary);
        temporary = NULL;
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = reason;
    return temporary;
}
