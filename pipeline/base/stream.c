/* stream.c - bytes in and out: see stream.h.
 *
 * An input is three layers, each of which may be absent: the file's bytes, a decompressor, a charset
 * converter. stream_read runs the outermost one that is there. */
#include "base/stream.h"

#include "base/arena.h"
#include "base/codec.h"
#include "base/diag.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unicode/ucnv.h>
#include <unistd.h>
#include <zstd.h>

enum {
    PIPE_BYTES = 256 * 1024,       /* larger pipes are slower and run into the kernel's limit for one user */
    RAW_BYTES = 128 * 1024,        /* read at a time before a decompressor or a converter */
    START_BYTES = 4096,            /* read to see whether there is to be a decompressor; copied where there is none */
    FRAME_BYTES = 4 * 1024 * 1024, /* of text in one zstd frame */
};

struct input {
    int fd;
    const char *name;
    uint64_t size, position; /* of the file, before decompression */
    bool started;            /* the magic number has been looked at */

    struct bytes raw; /* bytes of the file that the decompressor (or nobody) has not taken yet */
    size_t taken;
    bool file_ended;

    struct codec *codec; /* NULL: not compressed */
    char *failure;       /* of the codec, told when what it gave before has been taken */

    const char *encoding;
    UConverter *from, *to; /* NULL where nothing is converted */
    struct bytes encoded;  /* decompressed bytes that the converter has not taken yet */
    size_t converted;
    bool decoder_ended;
    UChar pivot[1024];
    UChar *pivot_source, *pivot_target;
    UErrorCode unconverted; /* a failure, told when what was converted before has been taken */

    struct bytes carry; /* the start of a line whose end was not there yet */
    bool marked;        /* the place of the byte order mark is behind us */
};

/* ---- the file ---- */

static void widen_pipe(int fd)
{
    struct stat status;
    if (fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode))
        (void)fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES); /* where the kernel lets us */
}

static int read_file(struct input *input, struct bytes *into, size_t most)
{
    vec_reserve(into, most);
    ssize_t got;
    do
        got = read(input->fd, into->items + into->len, most);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return diag_errno("%s", input->name);
    into->len += (size_t)got;
    input->position += (uint64_t)got;
    input->file_ended = got == 0;
    return got > 0 ? 1 : 0;
}

/* ---- decompression ---- */

static int read_compressed(struct input *input, struct bytes *into, size_t most)
{
    if (input->failure != NULL)
        return diag_error("%s: %s", input->name, input->failure);
    if (most > UINT_MAX)
        most = UINT_MAX; /* what a step can take */
    vec_reserve(into, most);
    for (;;) {
        if (input->taken == input->raw.len && !input->file_ended) {
            input->raw.len = input->taken = 0;
            if (read_file(input, &input->raw, RAW_BYTES) < 0)
                return -1;
        }
        struct codec_step step = {
            .from = input->raw.items + input->taken,
            .from_len = input->raw.len - input->taken,
            .to = into->items + into->len,
            .to_len = most,
            .ended = input->file_ended,
        };
        int done = codec_step(input->codec, &step);
        size_t took = input->raw.len - input->taken - step.from_len, gave = most - step.to_len;
        input->taken += took;
        into->len += gave;
        if (done < 0)
            input->failure = mem_string(diag_message(), strlen(diag_message()));
        if (gave > 0)
            return 1;
        if (done < 0)
            return diag_error("%s: %s", input->name, input->failure);
        if (took == 0 && input->file_ended)
            return codec_in_frame(input->codec) ? diag_error("%s: the compressed data is cut short", input->name) : 0;
    }
}

/* Decides, on the first bytes, whether the file is compressed. */
static int start(struct input *input)
{
    input->started = true;
    do
        if (read_file(input, &input->raw, START_BYTES) < 0)
            return -1;
    while (codec_may_begin(bytes_slice(&input->raw)) && !input->file_ended);
    enum codec_kind kind = codec_of(bytes_slice(&input->raw));
    if (kind != CODEC_NONE)
        input->codec = codec_new(kind);
    return 0;
}

static int read_decoded(struct input *input, struct bytes *into, size_t most)
{
    if (!input->started && start(input) < 0)
        return -1;
    if (input->codec != NULL)
        return read_compressed(input, into, most);
    size_t waiting = input->raw.len - input->taken;
    if (waiting == 0)
        return input->file_ended ? 0 : read_file(input, into, most);
    size_t given = waiting < most ? waiting : most;
    bytes_append(into, input->raw.items + input->taken, given);
    input->taken += given;
    return 1;
}

/* ---- charset ---- */

static int open_converter(struct input *input, const char *encoding)
{
    UErrorCode status = U_ZERO_ERROR;
    input->encoding = encoding;
    input->from = ucnv_open(encoding, &status);
    if (U_FAILURE(status))
        return diag_error("unknown encoding \"%s\"", encoding);
    ucnv_setToUCallBack(input->from, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
    input->to = ucnv_open("UTF-8", &status);
    input->pivot_source = input->pivot_target = input->pivot;
    return U_SUCCESS(status) ? 0 : diag_error("ICU: %s", u_errorName(status));
}

static int read_converted(struct input *input, struct bytes *into, size_t most)
{
    vec_reserve(into, most);
    for (;;) {
        if (U_FAILURE(input->unconverted))
            return diag_error("%s: not %s: %s", input->name, input->encoding, u_errorName(input->unconverted));
        if (input->converted == input->encoded.len && !input->decoder_ended) {
            input->encoded.len = input->converted = 0;
            int got = read_decoded(input, &input->encoded, RAW_BYTES);
            if (got < 0)
                return -1;
            input->decoder_ended = got == 0;
        }
        const char *from = input->encoded.items + input->converted;
        const char *from_end = input->encoded.items + input->encoded.len;
        char *to = into->items + into->len, *to_start = to;
        UErrorCode status = U_ZERO_ERROR;
        ucnv_convertEx(input->to, input->from, &to, to + most, &from, from_end, input->pivot, &input->pivot_source,
                       &input->pivot_target, input->pivot + sizeof input->pivot / sizeof *input->pivot, false,
                       input->decoder_ended, &status);
        input->converted = (size_t)(from - input->encoded.items);
        into->len += (size_t)(to - to_start);
        if (U_FAILURE(status) && status != U_BUFFER_OVERFLOW_ERROR)
            input->unconverted = status;
        if (to > to_start)
            return 1;
        if (input->decoder_ended && U_SUCCESS(status))
            return 0;
    }
}

/* ---- the reader ---- */

struct input *stream_open(const char *path, const char *encoding)
{
    bool standard = strcmp(path, "-") == 0;
    struct input *input = mem_zalloc(1, sizeof *input);
    input->name = standard ? "stdin" : path;
    input->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (input->fd < 0 || fstat(input->fd, &status) < 0) {
        (void)diag_errno("%s", input->name);
        stream_close(input);
        return NULL;
    }
    if (S_ISREG(status.st_mode))
        input->size = (uint64_t)status.st_size;
    widen_pipe(input->fd);
    if (encoding != NULL && open_converter(input, encoding) < 0) {
        stream_close(input);
        return NULL;
    }
    return input;
}

int stream_read(struct input *input, struct bytes *into, size_t most)
{
    return input->from != NULL ? read_converted(input, into, most) : read_decoded(input, into, most);
}

const char *stream_name(const struct input *input)
{
    return input->name;
}

uint64_t stream_position(const struct input *input)
{
    return input->position;
}

uint64_t stream_size(const struct input *input)
{
    return input->size;
}

/* Drops U+FEFF at the start of the text. */
static int pass_mark(struct input *input, struct bytes *into, size_t from)
{
    const struct slice mark = SLICE("\xef\xbb\xbf");
    input->marked = true;
    while (into->len - from < mark.len) {
        int got = stream_read(input, into, mark.len);
        if (got <= 0)
            return got;
    }
    if (slice_starts((struct slice){into->items + from, into->len - from}, mark)) {
        memmove(into->items + from, into->items + from + mark.len, into->len - from - mark.len);
        into->len -= mark.len;
    }
    return 1;
}

/* The line that begins at `from` is too long: keeps max_line + 1 bytes of it, passes over the rest. */
static int pass_long(struct input *input, struct bytes *into, size_t from, uint64_t max_line)
{
    struct bytes rest = {0};
    int got;
    into->len = from + (size_t)max_line + 1;
    while ((got = stream_read(input, &rest, RAW_BYTES)) > 0) {
        const char *newline = memchr(rest.items, '\n', rest.len);
        if (newline != NULL) {
            bytes_append(&input->carry, newline + 1, (size_t)(rest.items + rest.len - newline - 1));
            break;
        }
        rest.len = 0;
    }
    bytes_byte(into, '\n');
    vec_free(&rest);
    return got < 0 ? -1 : 1;
}

int stream_lines(struct input *input, struct bytes *into, size_t about, uint64_t max_line)
{
    size_t from = into->len, seen = from;
    bytes_put(into, bytes_slice(&input->carry));
    input->carry.len = 0;
    if (!input->marked && pass_mark(input, into, from) < 0)
        return -1;
    for (;;) {
        const char *newline = into->len > seen ? memrchr(into->items + seen, '\n', into->len - seen) : NULL;
        if (newline != NULL) {
            size_t whole = (size_t)(newline + 1 - into->items);
            bytes_append(&input->carry, newline + 1, into->len - whole);
            into->len = whole;
            return 1;
        }
        seen = into->len;
        if (seen - from > max_line)
            return pass_long(input, into, from, max_line);
        int got = stream_read(input, into, about);
        if (got < 0)
            return -1;
        if (got == 0)
            return into->len > from ? 1 : 0;
    }
}

bool stream_next_line(struct slice *left, struct slice *line)
{
    if (left->len == 0)
        return false;
    const char *newline = memchr(left->ptr, '\n', left->len);
    line->ptr = left->ptr;
    line->len = newline != NULL ? (size_t)(newline - left->ptr) : left->len;
    size_t taken = line->len + (newline != NULL ? 1 : 0);
    left->ptr += taken;
    left->len -= taken;
    return true;
}

void stream_close(struct input *input)
{
    if (input == NULL)
        return;
    codec_free(input->codec);
    if (input->from != NULL)
        ucnv_close(input->from);
    if (input->to != NULL)
        ucnv_close(input->to);
    if (input->fd > STDIN_FILENO)
        (void)close(input->fd); /* only read from */
    vec_free(&input->raw);
    vec_free(&input->encoded);
    vec_free(&input->carry);
    mem_free(input->failure);
    mem_free(input);
}

int stream_load(const char *path, struct bytes *into)
{
    struct input *input = stream_open(path, NULL);
    if (input == NULL)
        return -1;
    int got = 1;
    uint64_t size = stream_size(input);
    if (size <= STREAM_LOAD_MOST) {
        size_t most = size < RAW_BYTES ? RAW_BYTES : (size_t)size + 1;
        vec_reserve(into, most);
        do
            got = stream_read(input, into, most);
        while (got > 0 && into->len <= STREAM_LOAD_MOST);
    }
    stream_close(input);
    return got > 0 ? diag_error("%s: longer than %d bytes, which is too much to be held", path, STREAM_LOAD_MOST) : got;
}

/* ---- out ---- */

struct output {
    int fd;
    const char *name;
    char *target, *temporary; /* NULL where the bytes go straight to their place */
    ZSTD_CCtx *compressor;    /* NULL: plain */
    struct bytes frame;       /* text of the frame that is not full yet */
    struct bytes compressed;
    uint64_t written;
    struct output *next; /* of those with a temporary */
};

/* What a signal has to remove. Only changed with those signals blocked. */
static struct output *unfinished;

static void remove_unfinished(void)
{
    for (const struct output *output = unfinished; output != NULL; output = output->next)
        (void)unlink(output->temporary);
}

static void end_by_signal(int signal_number)
{
    remove_unfinished();
    (void)signal(signal_number, SIG_DFL);
    (void)raise(signal_number);
}

static void block_signals(sigset_t *before)
{
    sigset_t all;
    (void)sigfillset(&all);
    (void)sigprocmask(SIG_BLOCK, &all, before);
}

static void remember(struct output *output)
{
    static const int signals[] = {SIGHUP, SIGINT, SIGTERM, SIGPIPE};
    static bool at_exit;
    sigset_t before;
    block_signals(&before);
    if (!at_exit)
        at_exit = atexit(remove_unfinished) == 0; /* for diag_die */
    if (unfinished == NULL) {
        for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
            struct sigaction action = {.sa_handler = end_by_signal}, old;
            if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
                (void)sigaction(signals[i], &action, NULL);
        }
    }
    output->next = unfinished;
    unfinished = output;
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
}

static void forget(const struct output *output)
{
    sigset_t before;
    block_signals(&before);
    for (struct output **at = &unfinished; *at != NULL; at = &(*at)->next) {
        if (*at == output) {
            *at = output->next;
            break;
        }
    }
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
}

static void free_output(struct output *output)
{
    if (output->temporary != NULL)
        forget(output);
    if (output->fd > STDERR_FILENO)
        (void)close(output->fd); /* what matters was closed and checked before */
    (void)ZSTD_freeCCtx(output->compressor);
    vec_free(&output->frame);
    vec_free(&output->compressed);
    mem_free(output->target);
    mem_free(output->temporary);
    mem_free(output);
}

/* Devices and pipes are written to as they are; a file is made beside its name (behind a link: beside the
 * file that the link leads to). */
static int open_output(struct output *output, const char *path)
{
    struct stat status;
    bool exists = stat(path, &status) == 0;
    if (exists && !S_ISREG(status.st_mode)) {
        output->fd = open(path, O_WRONLY | O_CLOEXEC);
        return output->fd < 0 ? -1 : 0;
    }
    char *resolved = exists ? realpath(path, NULL) : NULL;
    output->target = mem_string(resolved != NULL ? resolved : path, strlen(resolved != NULL ? resolved : path));
    free(resolved);
    struct arena *arena = arena_new();
    struct slice temporary = arena_print(arena, "%s.%ld.tmp", output->target, (long)getpid());
    char *name = mem_string(temporary.ptr, temporary.len);
    arena_free(arena);
    output->fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, exists ? status.st_mode & 0777 : 0666);
    if (output->fd < 0) {
        mem_free(name);
        return -1;
    }
    output->temporary = name;
    remember(output);
    return 0;
}

struct output *stream_create(const char *path, int level)
{
    struct output *output = mem_zalloc(1, sizeof *output);
    bool standard = path == NULL || strcmp(path, "-") == 0, compress = false;
    output->name = standard ? "stdout" : path;
    if (standard) {
        output->fd = STDOUT_FILENO;
        widen_pipe(output->fd);
    } else {
        size_t len = strlen(path);
        compress = len > 4 && strcmp(path + len - 4, ".zst") == 0;
        if (open_output(output, path) < 0) {
            (void)diag_errno("%s", path);
            free_output(output);
            return NULL;
        }
    }
    if (compress) {
        output->compressor = ZSTD_createCCtx();
        if (output->compressor == NULL)
            diag_die(STATUS_FAILED, "out of memory for compression");
        (void)ZSTD_CCtx_setParameter(output->compressor, ZSTD_c_compressionLevel, level);
        (void)ZSTD_CCtx_setParameter(output->compressor, ZSTD_c_checksumFlag, 1);
    }
    return output;
}

/* Whoever reads from us is gone: end as a program that knows nothing of SIGPIPE would, without a word. */
static void end_by_pipe(void)
{
    end_by_signal(SIGPIPE);
    _exit(128 + SIGPIPE);
}

static int write_all(const struct output *output, struct slice bytes)
{
    while (bytes.len > 0) {
        ssize_t wrote = write(output->fd, bytes.ptr, bytes.len);
        if (wrote < 0 && errno == EPIPE)
            end_by_pipe();
        if (wrote < 0 && errno != EINTR)
            return diag_errno("%s: write", output->name);
        if (wrote > 0) {
            bytes.ptr += wrote;
            bytes.len -= (size_t)wrote;
        }
    }
    return 0;
}

static int write_frame(struct output *output, struct slice text)
{
    size_t bound = ZSTD_compressBound(text.len);
    output->compressed.len = 0;
    vec_reserve(&output->compressed, bound);
    size_t len = ZSTD_compress2(output->compressor, output->compressed.items, bound, text.ptr, text.len);
    if (ZSTD_isError(len))
        return diag_error("%s: zstd: %s", output->name, ZSTD_getErrorName(len));
    return write_all(output, (struct slice){output->compressed.items, len});
}

/* A frame ends with the line that reaches FRAME_BYTES, so the compressed bytes are a function of the text,
 * not of the pieces in which it came. */
static int write_frames(struct output *output)
{
    while (output->frame.len >= FRAME_BYTES) {
        const char *at = output->frame.items + FRAME_BYTES - 1;
        const char *newline = memchr(at, '\n', output->frame.len - (FRAME_BYTES - 1));
        if (newline == NULL)
            return 0;
        size_t len = (size_t)(newline + 1 - output->frame.items);
        if (write_frame(output, (struct slice){output->frame.items, len}) < 0)
            return -1;
        memmove(output->frame.items, newline + 1, output->frame.len - len);
        output->frame.len -= len;
    }
    return 0;
}

int stream_write(struct output *output, struct slice bytes)
{
    output->written += bytes.len;
    if (output->compressor == NULL)
        return write_all(output, bytes);
    bytes_put(&output->frame, bytes);
    return write_frames(output);
}

uint64_t stream_written(const struct output *output)
{
    return output->written;
}

static int finish(struct output *output)
{
    if (output->compressor != NULL && (output->frame.len > 0 || output->written == 0) &&
        write_frame(output, bytes_slice(&output->frame)) < 0)
        return -1;
    if (output->temporary != NULL && fsync(output->fd) < 0)
        return diag_errno("%s", output->name);
    int fd = output->fd;
    output->fd = -1;
    if (close(fd) < 0)
        return diag_errno("%s: close", output->name);
    if (output->temporary != NULL && rename(output->temporary, output->target) < 0)
        return diag_errno("%s: rename", output->name);
    return 0;
}

int stream_finish(struct output *output)
{
    int done = finish(output);
    if (done < 0)
        stream_abandon(output);
    else
        free_output(output);
    return done;
}

void stream_abandon(struct output *output)
{
    if (output == NULL)
        return;
    if (output->temporary != NULL)
        (void)unlink(output->temporary);
    free_output(output);
}
