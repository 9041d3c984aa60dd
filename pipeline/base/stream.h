/* stream.h - bytes in.
 *
 * Standard input, or a file; zstd, gzip, bzip2 and xz are known by their magic numbers and come out
 * decompressed, all their frames or members one after the other; a truncated one is an error, not an end. */
#ifndef QUERN_STREAM_H
#define QUERN_STREAM_H

#include "base/slice.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct input;

/* Opens a file, "-" for standard input. encoding: an ICU converter's name, NULL if the bytes are UTF-8 or
 * no text at all. NULL, with the message, if it can't be opened. */
struct input *stream_open(const char *path, const char *encoding);

/* Appends at most `most` bytes, at least one unless the input has ended. 1, 0 at the end, or -1. */
int stream_read(struct input *input, struct bytes *into, size_t most);

/* The name for messages. */
const char *stream_name(const struct input *input);

/* Bytes read from the file so far (before decompression), and its size, 0 if that is not known. */
uint64_t stream_position(const struct input *input);
uint64_t stream_size(const struct input *input);

/* Appends whole lines, newlines included (the last line of an input may have none): at least one line, and
 * about `about` bytes if lines are short. Of a line longer than max_line bytes the first max_line + 1 are
 * given, the rest is passed over: the caller sees by its length that it is too long. A byte order mark at the
 * start of the input is dropped. 1, 0 at the end, or -1. */
int stream_lines(struct input *input, struct bytes *into, size_t about, uint64_t max_line);

/* Lines that stream_lines gave last, to be given again by the next call. */
void stream_give_back(struct input *input, struct slice lines);

/* Takes the next line, without its newline, off `left`; false if nothing is left. */
bool stream_next_line(struct slice *left, struct slice *line);

void stream_close(struct input *input);

/* A whole file into memory. 0, or -1 with the message, also if it is longer than STREAM_LOAD_MOST bytes: a device,
 * say, that never ends. */
enum { STREAM_LOAD_MOST = 1 << 30 };
int stream_load(const char *path, struct bytes *into);

#endif
