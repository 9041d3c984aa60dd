/* stream.c - bytes in: see stream.h.
 *
 * An input has up to three layers: the file's bytes, a decompressor, a charset converter. stream_read runs the
 * outermost one that is present. */
#include "base/stream.h"

#include "base/codec.h"
#include "base/descriptor.h"
#include "base/diag.h"
#include "base/memory.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unicode/ucnv.h>
#include <unistd.h>

enum {
    RAW_BYTES = 128 * 1024, /* read at a time for a decompressor or a converter */
    START_BYTES = 4096,     /* read to detect compression; copied if there is none */
};

struct input {
    int fd;
    const char *name;
    uint64_t size, position; /* of the file, before decompression */
    bool started;            /* the magic number has been looked at */

    struct bytes raw; /* bytes of the file that have not been consumed yet */
    size_t taken;
    bool file_ended;

    struct codec *codec; /* NULL: not compressed */
    char *failure;       /* of the codec; reported after the output before it has been consumed */

    const char *encoding;
    UConverter *from, *to; /* NULL if nothing is converted */
    struct bytes encoded;  /* decompressed bytes that the converter has not consumed yet */
    size_t converted;
    bool decoder_ended;
    UChar pivot[1024];
    UChar *pivot_source, *pivot_target;
    UErrorCode unconverted; /* a failure; reported after the text before it has been consumed */

    struct bytes carry; /* the start of a line whose end has not been read yet */
    bool marked;        /* the place of the byte order mark has been passed */
};

/* ---- the file ---- */

static int read_file(struct input *input, struct bytes *into, size_t most)
{
    vec_reserve(into, most);
    ssize_t got = descriptor_read(input->fd, into->items + into->len, most);
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
        return diag_kind(STATUS_FAILED, "%s: %s", input->name, input->failure);
    if (most > UINT_MAX)
        most = UINT_MAX; /* the limit of one step */
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
            return diag_kind(STATUS_FAILED, "%s: %s", input->name, input->failure);
        if (took == 0 && input->file_ended)
            return codec_in_frame(input->codec)
                       ? diag_kind(STATUS_FAILED, "%s: the compressed data is cut short", input->name)
                       : 0;
    }
}

/* Decides by the first bytes whether the file is compressed. */
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
    return U_SUCCESS(status) ? 0 : diag_kind(STATUS_FAILED, "ICU: %s", u_errorName(status));
}

static int read_converted(struct input *input, struct bytes *into, size_t most)
{
    vec_reserve(into, most);
    for (;;) {
        if (U_FAILURE(input->unconverted))
            return diag_kind(STATUS_FAILED, "%s: not %s: %s", input->name, input->encoding,
                             u_errorName(input->unconverted));
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
    descriptor_widen(input->fd);
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

/* The line that begins at `from` is too long: keeps its first max_line + 1 bytes and skips the rest. */
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

void stream_give_back(struct input *input, struct slice lines)
{
    struct bytes *carry = &input->carry;
    if (lines.len == 0)
        return;
    vec_reserve(carry, lines.len);
    memmove(carry->items + lines.len, carry->items, carry->len);
    memcpy(carry->items, lines.ptr, lines.len);
    carry->len += lines.len;
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
    return got > 0 ? diag_kind(STATUS_FAILED, "%s: longer than %d bytes, too long to load into memory", path,
                               STREAM_LOAD_MOST)
                   : got;
}
