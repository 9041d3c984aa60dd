/* progress.c - a bar on standard error: see progress.h. The clock is used only for display. */
#include "run/progress.h"

#include "base/memory.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_MS = 2000, REDRAW_MS = 167, BAR_COLUMNS = 40 };

const char *const progress_choices[] = {"auto", "always", "never", NULL};

struct progress {
    uint64_t size;            /* of all files together; 0: unknown */
    uint64_t before;          /* size of the files that are done */
    _Atomic uint64_t reached; /* bytes read of all files */
    int64_t start_ms, drawn_ms;
    bool drawn;
};

static int64_t now_ms(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) < 0)
        return 0;
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static uint64_t total_size(const struct words *files)
{
    uint64_t size = 0;
    struct stat status;
    for (size_t i = 0; i < (files->len > 0 ? files->len : 1); i++) {
        bool standard = files->len == 0 || strcmp(files->items[i], "-") == 0;
        int got = standard ? fstat(STDIN_FILENO, &status) : stat(files->items[i], &status);
        if (got < 0 || !S_ISREG(status.st_mode))
            return 0;
        size += (uint64_t)status.st_size;
    }
    return size;
}

struct progress *progress_open(int when, const struct words *files)
{
    uint64_t size = total_size(files);
    if (when == PROGRESS_NEVER || (when == PROGRESS_AUTO && (size == 0 || !isatty(STDERR_FILENO))))
        return NULL;
    struct progress *progress = mem_zalloc(1, sizeof *progress);
    progress->size = size;
    progress->start_ms = now_ms();
    progress->drawn_ms = progress->start_ms + FIRST_MS - REDRAW_MS;
    return progress;
}

void progress_read(struct progress *progress, uint64_t position)
{
    atomic_store_explicit(&progress->reached, progress->before + position, memory_order_relaxed);
}

void progress_file_done(struct progress *progress, uint64_t position)
{
    progress->before += position;
}

void progress_show(struct progress *progress, uint64_t records, bool done)
{
    int64_t now = now_ms();
    if (done && progress->drawn)
        (void)fprintf(stderr, "\r%*s\r", BAR_COLUMNS + 38, "");
    if (done || now - progress->drawn_ms < REDRAW_MS)
        return;
    progress->drawn_ms = now;
    progress->drawn = true;
    uint64_t reached = atomic_load_explicit(&progress->reached, memory_order_relaxed);
    int64_t elapsed_ms = now - progress->start_ms > 0 ? now - progress->start_ms : 1;
    char bar[BAR_COLUMNS + 1] = {0};
    int filled = progress->size > 0 ? (int)(reached * BAR_COLUMNS / progress->size) : 0;
    for (int i = 0; i < BAR_COLUMNS; i++)
        bar[i] = i < filled ? '#' : '.';
    (void)fprintf(stderr, "\r%s %3d%% %10llu records %5llu MB/s", bar,
                  progress->size > 0 ? (int)(reached * 100 / progress->size) : 0, (unsigned long long)records,
                  (unsigned long long)(reached / 1000 / (uint64_t)elapsed_ms));
}

void progress_close(struct progress *progress)
{
    mem_free(progress);
}
