/* progress.c - a line on standard error: see progress.h. The clock is used only for display. */
#include "run/progress.h"

#include "base/clock.h"
#include "base/diag.h"
#include "base/memory.h"
#include "base/vec.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FIRST_MS = 2000,
    REDRAW_MS = 167,
    BAR_LEAST = 10,
    BAR_MOST = 40,
    COLUMNS_USUAL = 80,
    PIECE_BYTES = 64,
};

const char *const progress_choices[] = {"auto", "always", "never", NULL};

struct progress {
    uint64_t size;            /* of all files together; 0: unknown */
    uint64_t before;          /* size of the files that are done */
    _Atomic uint64_t reached; /* bytes read of all files */
    int64_t start_ms, pass_ms, drawn_ms;
    bool shown; /* a line was drawn */
    unsigned pass, turns;
};

/* The columns of the line that is on the screen, 0 if there is none; a message clears it before it is written. */
static _Atomic unsigned drawn_columns;

static void clear_line(void)
{
    unsigned columns = atomic_exchange(&drawn_columns, 0);
    if (columns > 0)
        (void)fprintf(stderr, "\r%*s\r", (int)columns, "");
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
    uint64_t size = files != NULL ? total_size(files) : 0;
    if (when == PROGRESS_NEVER || (when == PROGRESS_AUTO && (size == 0 || !isatty(STDERR_FILENO))))
        return NULL;
    struct progress *progress = mem_zalloc(1, sizeof *progress);
    progress->size = size;
    progress->pass = 1;
    progress->start_ms = progress->pass_ms = clock_ms();
    progress->drawn_ms = progress->start_ms + (when == PROGRESS_AUTO ? FIRST_MS : 0) - REDRAW_MS;
    diag_before(clear_line);
    return progress;
}

void progress_next_pass(struct progress *progress, bool reads_input)
{
    progress->pass++;
    progress->pass_ms = clock_ms();
    progress->before = 0;
    atomic_store_explicit(&progress->reached, 0, memory_order_relaxed);
    if (!reads_input)
        progress->size = 0;
}

void progress_read(struct progress *progress, uint64_t position)
{
    atomic_store_explicit(&progress->reached, progress->before + position, memory_order_relaxed);
}

void progress_file_done(struct progress *progress, uint64_t position)
{
    progress->before += position;
}

/* ---- the line ---- */

static unsigned columns_of_terminal(void)
{
    struct winsize window;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0 ? window.ws_col : COLUMNS_USUAL;
}

/* Appends a piece after two blanks, unless the line would get longer than `most`. */
__attribute__((format(printf, 3, 4))) static void add_piece(struct bytes *line, size_t most, const char *format, ...)
{
    char piece[PIECE_BYTES];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(piece, sizeof piece, format, args);
    va_end(args);
    size_t gap = line->len > 0 ? 2 : 0;
    if (len <= 0 || (size_t)len >= sizeof piece || line->len + gap + (size_t)len > most)
        return;
    bytes_append(line, "  ", gap);
    bytes_append(line, piece, (size_t)len);
}

struct scaled {
    char text[PIECE_BYTES];
};

/* "999", "1.2 M", "34 G"; `unit` follows. */
static struct scaled scale(uint64_t number, const char *unit)
{
    static const char *const scales[] = {"", "k", "M", "G", "T", "P", "E"};
    struct scaled scaled;
    uint64_t tenths = number * 10;
    size_t i = 0;
    if (number > UINT64_MAX / 10) {
        tenths = number / 100;
        i = 1;
    }
    for (; tenths >= 10000; i++)
        tenths /= 1000;
    if (i > 0 && tenths < 100)
        (void)snprintf(scaled.text, sizeof scaled.text, "%u.%u %s%s", (unsigned)(tenths / 10), (unsigned)(tenths % 10),
                       scales[i], unit);
    else
        (void)snprintf(scaled.text, sizeof scaled.text, "%u%s%s%s", (unsigned)(tenths / 10),
                       i > 0 || unit[0] != '\0' ? " " : "", scales[i], unit);
    return scaled;
}

/* "1:05", "2:03:04" */
static struct scaled clock_time(int64_t ms)
{
    struct scaled scaled;
    unsigned long long seconds = (unsigned long long)(ms > 0 ? ms : 0) / 1000, hours = seconds / 3600;
    if (hours > 0)
        (void)snprintf(scaled.text, sizeof scaled.text, "%llu:%02llu:%02llu", hours, seconds / 60 % 60, seconds % 60);
    else
        (void)snprintf(scaled.text, sizeof scaled.text, "%llu:%02llu", seconds / 60, seconds % 60);
    return scaled;
}

/* A share of a large number without an overflow. */
static uint64_t share(uint64_t of, uint64_t part, uint64_t whole)
{
    return (uint64_t)((long double)of * (long double)part / (long double)whole);
}

static void add_amount(struct bytes *line, size_t most, const struct progress *progress,
                       const struct progress_counts *counts, int64_t elapsed_ms)
{
    if (progress->pass > 1)
        add_piece(line, most, "pass %u", progress->pass);
    else
        add_piece(line, most, "%s/s", scale(share(counts->bytes_in, 1000, (uint64_t)elapsed_ms), "B").text);
}

/* The size is known: a bar, as long as there is room for it, the share, and the time that is left. */
static void draw_bar(const struct progress *progress, const struct progress_counts *counts, size_t columns,
                     int64_t elapsed_ms, struct bytes *line)
{
    uint64_t reached = atomic_load_explicit(&progress->reached, memory_order_relaxed);
    uint64_t done = reached < progress->size ? reached : progress->size;
    struct bytes after = {0};
    size_t room = columns > BAR_LEAST + 3 ? columns - BAR_LEAST - 3 : columns;
    add_piece(&after, columns, "%3u%%", (unsigned)share(100, done, progress->size));
    if (done > 0 && elapsed_ms >= 1000)
        add_piece(&after, columns, "%s left",
                  clock_time((int64_t)share((uint64_t)elapsed_ms, progress->size - done, done) + 999).text);
    add_amount(&after, columns, progress, counts, elapsed_ms);
    add_piece(&after, room, "%s records", scale(progress->pass > 1 ? counts->out : counts->in, "").text);
    size_t bar = after.len + 3 < columns ? columns - after.len - 3 : 0;
    bar = bar < BAR_LEAST ? 0 : bar < BAR_MOST ? bar : BAR_MOST;
    size_t filled = (size_t)share(bar, done, progress->size);
    for (size_t i = 0; i < bar; i++) {
        if (i == 0)
            bytes_byte(line, '[');
        bytes_byte(line, i < filled ? '#' : '.');
    }
    bytes_put(line, bar > 0 ? SLICE("] ") : SLICE(""));
    bytes_put(line, bytes_slice(&after));
    vec_free(&after);
}

/* It is not: something that turns, and what is done so far. */
static void draw_spinner(const struct progress *progress, const struct progress_counts *counts, size_t columns,
                         int64_t elapsed_ms, struct bytes *line)
{
    bytes_byte(line, "|/-\\"[progress->turns % 4]);
    add_piece(line, columns, "%s records", scale(progress->pass > 1 ? counts->out : counts->in, "").text);
    add_amount(line, columns, progress, counts, elapsed_ms);
    add_piece(line, columns, "%s", clock_time(elapsed_ms).text);
    if (progress->pass == 1)
        add_piece(line, columns, "%s", scale(counts->bytes_in, "B").text);
}

void progress_show(struct progress *progress, const struct progress_counts *counts)
{
    int64_t now = clock_ms(), elapsed_ms = now - progress->pass_ms > 0 ? now - progress->pass_ms : 1;
    if (now - progress->drawn_ms < REDRAW_MS)
        return;
    struct bytes line = {0};
    size_t columns = columns_of_terminal() - 1; /* some terminals wrap after the last one */
    progress->drawn_ms = now;
    progress->shown = true;
    progress->turns++;
    if (progress->size > 0)
        draw_bar(progress, counts, columns, elapsed_ms, &line);
    else
        draw_spinner(progress, counts, columns, elapsed_ms, &line);
    clear_line();
    (void)fprintf(stderr, "%.*s", (int)line.len, line.items);
    atomic_store(&drawn_columns, (unsigned)line.len);
    vec_free(&line);
}

void progress_done(struct progress *progress, const struct progress_counts *counts)
{
    int64_t elapsed_ms = clock_ms() - progress->start_ms;
    struct bytes line = {0};
    size_t columns = columns_of_terminal() - 1;
    clear_line();
    if (!progress->shown)
        return;
    add_piece(&line, columns, "%llu in", (unsigned long long)counts->in);
    add_piece(&line, columns, "%llu out", (unsigned long long)counts->out);
    add_piece(&line, columns, "%s", clock_time(elapsed_ms).text);
    add_piece(&line, columns, "%s", scale(counts->bytes_in, "B").text);
    add_piece(&line, columns, "%s/s",
              scale(share(counts->bytes_in, 1000, (uint64_t)(elapsed_ms > 0 ? elapsed_ms : 1)), "B").text);
    (void)fprintf(stderr, "%.*s\n", (int)line.len, line.items);
    vec_free(&line);
}

void progress_close(struct progress *progress)
{
    clear_line();
    mem_free(progress);
}
