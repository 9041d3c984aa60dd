/* stream.h - bytes in and out.
 *
 * In: standard input, or a file; zstd, gzip, bzip2 and xz are known by their magic numbers and come out
 * decompressed, all their frames or members one behind the other; a truncated one is an error, not an end.
 * Out: every write is checked, also the last one; a file is written beside its name, synced and renamed, so
 * that a name never holds half an output. */
#ifndef QUERN_STREAM_H
#define QUERN_STREAM_H

#include "base/slice.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- in ---- */

struct input;

/* Opens a file, "-" for standard input. encoding: an ICU converter's name, NULL where the bytes are UTF-8 or
 * no text at all. NULL, with the message, where it can't be opened. */
struct input *stream_open(const char *path, const char *encoding);

/* Appends at most `most` bytes, at least one unless the input has ended. 1, 0 at the end, or -1. */
int stream_read(struct input *input, struct bytes *into, size_t most);

/* The name for messages. */
const char *stream_name(const struct input *input);

/* Bytes read from the file so far (before decompression), and its size, 0 where that is not known. */
uint64_t stream_position(const struct input *input);
uint64_t stream_size(const struct input *input);

/* Appends whole lines, newlines included (the last line of an input may have none): at least one line, and
 * about `about` bytes where lines are short. Of a line longer than max_line bytes the first max_line + 1 are
 * given, the rest is passed over: the caller sees by its length that it is too long. A byte order mark at the
 * start of the input is dropped. 1, 0 at the end, or -1. */
int stream_lines(struct input *input, struct bytes *into, size_t about, uint64_t max_line);

/* Takes the next line, without its newline, off `left`; false where there is none left. */
bool stream_next_line(struct slice *left, struct slice *line);

void stream_close(struct input *input);

/* A whole file into memory. 0, or -1 with the message, also where it is longer than STREAM_LOAD_MOST bytes: a device,
 * say, that never ends. */
enum { STREAM_LOAD_MOST = 1 << 30 };
int stream_load(const char *path, struct bytes *into);

/* ---- out ---- */

struct output;

/* "-" or NULL is standard output. A file whose name ends in .zst is compressed by zstd at this level.
 * NULL, with the message, where it can't be made. */
struct output *stream_create(const char *path, int level);
int stream_write(struct output *output, struct slice bytes);
uint64_t stream_written(const struct output *output); /* bytes given, before compression */

/* Flushes, syncs, closes, renames; 0 or -1. The output is freed either way. */
int stream_finish(struct output *output);

/* Throws a file away; what went to standard output went. */
void stream_abandon(struct output *output);

#endif
