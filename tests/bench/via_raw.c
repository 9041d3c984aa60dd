/* via_raw - an Apertium pair fed by a plain loop, 64 texts in flight: what translate is measured against.
 *
 *     via_raw MODE TEXTS >TRANSLATIONS
 *
 * MODE is a .mode file or the name of a pair, TEXTS a file with a text a line. Writes a translation a line, and to
 * standard error: texts a second, and the CPU seconds of the engine and of this loop. */
#include "tests/translate/raw.h"

#include "base/stream.h"

#include <sys/resource.h>
#include <time.h>

enum { WINDOW = 64, LINES_BYTES = 1 << 16 };

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static double cpu_of(int who)
{
    struct rusage usage;
    if (getrusage(who, &usage) < 0)
        raw_die("getrusage");
    return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

static double now(void)
{
    struct timespec time;
    if (clock_gettime(CLOCK_MONOTONIC, &time) < 0)
        raw_die("clock_gettime");
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* The next text; false at the end. */
static bool next_text(struct input *input, struct bytes *lines, struct slice *left, struct slice *text)
{
    if (stream_next_line(left, text))
        return true;
    lines->len = 0;
    int more = stream_lines(input, lines, LINES_BYTES, LINES_BYTES);
    if (more < 0)
        diag_die(STATUS_FAILED, "%s", diag_message());
    *left = bytes_slice(lines);
    return more == 1 && stream_next_line(left, text);
}

static void print_replies(struct raw *raw, struct arena *arena)
{
    struct slice text;
    int taken;
    arena_reset(arena);
    while ((taken = raw_take(raw, arena, &text)) == 1) {
        (void)fwrite(text.ptr, 1, text.len, stdout);
        (void)putchar('\n');
    }
    if (taken < 0)
        diag_die(STATUS_FAILED, "%s", diag_message());
    (void)fflush(stdout); /* another one may be waiting for it */
}

int main(int argc, char **argv)
{
    diag_program("via_raw");
    struct apertium_pair pair;
    if (argc != 3)
        diag_die(STATUS_USAGE, "usage: via_raw MODE TEXTS");
    struct input *input = stream_open(argv[2], NULL);
    if (input == NULL || apertium_pair_open(APERTIUM_MODES, argv[1], &pair) < 0)
        diag_die(STATUS_FAILED, "%s", diag_message());
    double began = now();
    struct arena *arena = arena_new();
    struct raw raw = raw_start(&pair.commands);
    struct bytes lines = {0};
    struct slice left = {0}, text;
    bool more = true;
    for (;;) {
        while (more && raw.asked - raw.replies < WINDOW && (more = next_text(input, &lines, &left, &text)))
            raw_ask(&raw, text);
        if (!more && raw.replies == raw.asked)
            break;
        if (!raw_turn(&raw))
            diag_die(STATUS_FAILED, "Apertium has ended after %zu of %zu replies", raw.replies, raw.asked);
        print_replies(&raw, arena);
    }
    size_t count = raw.replies;
    raw_end(&raw);
    double took = now() - began;
    (void)fprintf(stderr, "%zu texts in %.2f s: %.0f/s; CPU: engine %.2f s, loop %.2f s\n", count, took,
                  (double)count / took, cpu_of(RUSAGE_CHILDREN), cpu_of(RUSAGE_SELF));
    vec_free(&lines);
    arena_free(arena);
    stream_close(input);
    apertium_pair_release(&pair);
    return fflush(stdout) == 0 ? STATUS_DONE : STATUS_FAILED;
}
