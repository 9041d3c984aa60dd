/* stream.h - bytes in.
 *
 * Reads standard input or a file. zstd, gzip, bzip2 and xz are recognised by their magic numbers and decompressed, all
 * their frames or members in turn; truncated data is an error, not an end of input. */
#ifndef QUERN_STREAM_H
#define QUERN_STREAM_H

#include "base/slice.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct input;

/* Opens a file, "-" for standard input. encoding: an ICU converter's name, NULL if the bytes are UTF-8 or
 * not text. NULL, with the message, if it can't be opened. */
struct input *stream_open(const char *path, const char *encoding);

/* Appends at most `most` bytes, at least one unless the input has ended. 1, 0 at the end, or -1. */
int stream_read(struct input *input, struct bytes *into, size_t most);

/* The name for messages. */
const char *stream_name(const struct input *input);

/* Bytes read from the file so far (before decompression), and its size, 0 if it is not known. */
uint64_t stream_position(const struct input *input);
uint64_t stream_size(const struct input *input);

/* Appends whole lines, newlines included (the last line of an input may have none): at least one line, and
 * about `about` bytes if lines are short. A line longer than max_line bytes is cut after max_line + 1 bytes, so the
 * caller sees by its length that it is too long. A byte order mark at the start of the input is dropped. 1, 0 at the
 * end, or -1. */
int stream_lines(struct input *input, struct bytes *into, size_t about, uint64_t max_line);

/* Returns lines that stream_lines has just delivered; the next call delivers them again. */
void stream_give_back(struct input *input, struct slice lines);

/* Takes the next line, without its newline, off `left`; false if nothing is left. */
bool stream_next_line(struct slice *left, struct slice *line);

void stream_close(struct input *input);

/* Reads a whole file into memory. 0, or -1 with the message, also if the file is longer than STREAM_LOAD_MOST bytes (a
 * device may never end). */
enum { STREAM_LOAD_MOST = 1 << 30 };
int stream_load(const char *path, struct bytes *into);

#endif
