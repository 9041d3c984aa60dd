/* stream.c - bytes in: see stream.h.
 *
 * An input has up to three layers: the file's bytes, a decompressor and, for lines of text, a charset converter. */
#include "base/stream.h"

#include "base/charset.h"
#include "base/codec.h"
#include "base/container.h"
#include "base/descriptor.h"
#include "base/diag.h"
#include "base/memory.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
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

    bool begun;              /* the first bytes of the text have been looked at */
    const char *encoding;    /* what the user has named; NULL: UTF-8, unless a mark says otherwise */
    struct charset *charset; /* NULL if nothing is converted */
    struct bytes encoded;    /* decompressed bytes that have not been taken yet */
    size_t converted;        /* of them */
    bool decoder_ended;
    bool marked; /* the place of a byte order mark has been passed */

    struct bytes carry; /* the start of a line whose end has not been read yet */
    enum line_ends ends;
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

/* ---- text ---- */

/* Reads until there are START_BYTES. */
static int read_start(struct input *input)
{
    while (input->encoded.len < START_BYTES && !input->decoder_ended) {
        int got = read_decoded(input, &input->encoded, START_BYTES);
        if (got < 0)
            return -1;
        input->decoder_ended = got == 0;
    }
    return 0;
}

/* The charset that the user has named; if that is UTF-8, UTF-16 or none, a mark at the start counts. */
static int open_charset(struct input *input)
{
    const char *marked = charset_of_mark(bytes_slice(&input->encoded));
    const char *name = input->encoding != NULL ? input->encoding : marked;
    if (name == NULL)
        return 0;
    struct charset *charset = charset_open(name);
    if (charset == NULL)
        return -1;
    bool utf8 = charset_is_utf8(charset);
    const char *unmarked = charset_unmarked(charset, bytes_slice(&input->encoded));
    if (unmarked != NULL && marked == NULL) {
        if (read_start(input) < 0) {
            charset_close(charset);
            return -1;
        }
        unmarked = charset_unmarked(charset, bytes_slice(&input->encoded));
    }
    if (utf8 || unmarked != NULL) {
        charset_close(charset);
        name = marked != NULL ? marked : unmarked;
        charset = name != NULL ? charset_open(name) : NULL;
    }
    input->charset = charset;
    return charset != NULL || utf8 ? 0 : -1;
}

/* May these first bytes be a mark that has not been read completely? */
static bool may_be_mark(struct slice start)
{
    return start.len == 0 || (start.len < 4 && strchr("\xef\xbb\xbf\xfe\xff", start.ptr[start.len - 1]) != NULL);
}

/* Looks at the first bytes. */
static int begin_text(struct input *input)
{
    input->begun = true;
    while (may_be_mark(bytes_slice(&input->encoded)) && !input->decoder_ended) {
        int got = read_decoded(input, &input->encoded, START_BYTES);
        if (got < 0)
            return -1;
        input->decoder_ended = got == 0;
    }
    return container_refuse(input->name, bytes_slice(&input->encoded)) < 0 ? -1 : open_charset(input);
}

/* Drops a byte order mark at the start of the text. */
static void pass_mark(struct input *input, struct bytes *into, size_t from)
{
    const struct slice mark = SLICE("\xef\xbb\xbf");
    input->marked = true;
    if (!slice_starts((struct slice){into->items + from, into->len - from}, mark))
        return;
    memmove(into->items + from, into->items + from + mark.len, into->len - from - mark.len);
    into->len -= mark.len;
}

/* As stream_read, but converted, which may make more than `most` bytes of text. */
static int read_text(struct input *input, struct bytes *into, size_t most)
{
    size_t before = into->len;
    for (;;) {
        size_t waiting = input->encoded.len - input->converted;
        if (waiting == 0 && input->charset == NULL)
            return input->decoder_ended ? 0 : read_decoded(input, into, most);
        if (waiting == 0 && !input->decoder_ended) {
            input->encoded.len = input->converted = 0;
            int got = read_decoded(input, &input->encoded, RAW_BYTES);
            if (got < 0)
                return -1;
            input->decoder_ended = got == 0;
            waiting = input->encoded.len;
        }
        struct slice text = {input->encoded.items + input->converted, waiting < most ? waiting : most};
        input->converted += text.len;
        if (input->charset == NULL)
            bytes_put(into, text);
        else
            charset_convert(input->charset, text, input->decoder_ended, into);
        if (into->len > before && !input->marked)
            pass_mark(input, into, before);
        if (into->len > before)
            return 1;
        if (input->decoder_ended && text.len == 0)
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
    input->encoding = encoding;
    return input;
}

int stream_read(struct input *input, struct bytes *into, size_t most)
{
    return read_decoded(input, into, most);
}

const char *stream_name(const struct input *input)
{
    return input->name;
}

const char *stream_encoding(const struct input *input)
{
    return input->charset != NULL ? charset_name(input->charset) : NULL;
}

void stream_set_ends(struct input *input, enum line_ends ends)
{
    input->ends = ends;
}

uint64_t stream_position(const struct input *input)
{
    return input->position;
}

uint64_t stream_size(const struct input *input)
{
    return input->size;
}

/* The end of the last whole line, or NULL. From `seen` on the text has not been looked at before. A carriage return at
 * the end is not the end of a line yet: a newline may follow. */
static const char *last_line_end(const struct input *input, const struct bytes *text, size_t from, size_t seen)
{
    const char *newline = text->len > seen ? memrchr(text->items + seen, '\n', text->len - seen) : NULL;
    if (newline != NULL)
        return newline + 1;
    if (input->ends != ENDS_ANY || text->len == from)
        return NULL;
    seen -= seen > from;
    const char *cr = memrchr(text->items + seen, '\r', text->len - 1 - seen);
    return cr != NULL ? cr + 1 : NULL;
}

/* The line that begins at `from` is too long: keeps its first max_line + 1 bytes and skips the rest. */
static int pass_long(struct input *input, struct bytes *into, size_t from, uint64_t max_line)
{
    struct bytes rest = {0};
    bool any = input->ends == ENDS_ANY;
    int got;
    into->len = from + (size_t)max_line + 1;
    while ((got = read_text(input, &rest, RAW_BYTES)) > 0) {
        const char *end = memchr(rest.items, '\n', rest.len);
        const char *cr = any ? memchr(rest.items, '\r', (end != NULL ? (size_t)(end - rest.items) : rest.len)) : NULL;
        if (cr != NULL && cr + 1 == rest.items + rest.len)
            continue; /* a newline may follow */
        if (cr != NULL && cr + 1 != end)
            end = cr;
        if (end != NULL) {
            bytes_append(&input->carry, end + 1, (size_t)(rest.items + rest.len - end - 1));
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
    if (!input->begun && begin_text(input) < 0)
        return -1;
    if (input->ends == ENDS_NONE)
        return read_text(input, into, about);
    for (;;) {
        const char *end = last_line_end(input, into, from, seen);
        if (end != NULL) {
            size_t whole = (size_t)(end - into->items);
            bytes_append(&input->carry, end, into->len - whole);
            into->len = whole;
            return 1;
        }
        seen = into->len;
        if (seen - from > max_line)
            return pass_long(input, into, from, max_line);
        int got = read_text(input, into, about);
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

struct line_cutter stream_cutter(struct slice text, enum line_ends ends)
{
    /* Most texts have no carriage return, and then none has to be looked for in each line. */
    if (ends == ENDS_ANY && (text.len == 0 || memchr(text.ptr, '\r', text.len) == NULL))
        ends = ENDS_LF;
    return (struct line_cutter){.left = text, .ends = ends, .newline = text.ptr};
}

/* The search for a newline is not repeated while there are carriage returns before the one that was found. */
bool stream_cut(struct line_cutter *cutter, struct slice *line, struct slice *ending)
{
    struct slice *left = &cutter->left;
    if (left->len == 0)
        return false;
    if (cutter->ends == ENDS_LF) {
        (void)stream_next_line(left, line);
        *ending = slice_between(line->ptr + line->len, left->ptr);
        return true;
    }
    const char *start = left->ptr, *text_end = start + left->len;
    *ending = (struct slice){text_end, 0};
    if (cutter->ends != ENDS_NONE) {
        if (cutter->newline <= start) {
            cutter->newline = memchr(start, '\n', left->len);
            if (cutter->newline == NULL)
                cutter->newline = text_end;
        }
        const char *end = cutter->newline;
        const char *cr = memchr(start, '\r', (size_t)(end - start));
        if (cr != NULL && (cr + 1 != end || end == text_end))
            end = cr;
        *ending = (struct slice){end, end < text_end ? 1 : 0};
    }
    *line = slice_between(start, ending->ptr);
    left->len -= line->len + ending->len;
    left->ptr = ending->ptr + ending->len;
    return true;
}

void stream_close(struct input *input)
{
    if (input == NULL)
        return;
    codec_free(input->codec);
    charset_close(input->charset);
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
