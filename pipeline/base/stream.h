/* stream.h - bytes in, as they are or as lines of text.
 *
 * Reads standard input or a file. zstd, gzip, bzip2, xz and lz4 are recognised by their magic numbers and decompressed,
 * all their frames or members in turn; truncated data is an error, not an end of input. Text that is not UTF-8 is
 * converted (charset.h). */
#ifndef QUERN_STREAM_H
#define QUERN_STREAM_H

#include "base/slice.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct input;

/* Opens a file, "-" for standard input. encoding: ICU's name of the charset of its lines, NULL for UTF-8; either way a
 * byte order mark of UTF-16 or UTF-32 counts. NULL, with the message, if it can't be opened. */
struct input *stream_open(const char *path, const char *encoding);

/* Appends at most `most` bytes as they are, at least one unless the input has ended. 1, 0 at the end, or -1. */
int stream_read(struct input *input, struct bytes *into, size_t most);

/* The name for messages. */
const char *stream_name(const struct input *input);

/* The charset that stream_lines converts from; NULL: none, or nothing has been read yet. */
const char *stream_encoding(const struct input *input);

/* Bytes read from the file so far (before decompression), and its size, 0 if it is not known. */
uint64_t stream_position(const struct input *input);
uint64_t stream_size(const struct input *input);

enum line_ends {
    ENDS_LF,   /* the default */
    ENDS_ANY,  /* LF, CRLF or CR; the CR of a CRLF is still part of the line */
    ENDS_NONE, /* stream_lines returns the text in pieces */
};

/* What ends a line. To be called before anything is read. */
void stream_set_ends(struct input *input, enum line_ends ends);

/* Appends whole lines, newlines included (the last line of an input may have none): at least one line, and
 * about `about` bytes if lines are short. A line longer than max_line bytes is cut after max_line + 1 bytes, so the
 * caller sees by its length that it is too long. A byte order mark at the start of the input is dropped. 1, 0 at the
 * end, or -1. */
int stream_lines(struct input *input, struct bytes *into, size_t about, uint64_t max_line);

/* Returns lines that stream_lines has just delivered; the next call delivers them again. */
void stream_give_back(struct input *input, struct slice lines);

/* Takes the next line, without its newline, off `left`; false if nothing is left. */
bool stream_next_line(struct slice *left, struct slice *line);

/* The same for any ends. ending: what follows the line, empty at the end of the text or of a piece. */
struct line_cutter {
    struct slice left;
    enum line_ends ends;
    const char *newline; /* the first one in `left`, or its end; before `left`: not known */
};
struct line_cutter stream_cutter(struct slice text, enum line_ends ends);
bool stream_cut(struct line_cutter *cutter, struct slice *line, struct slice *ending);

void stream_close(struct input *input);

/* Reads a whole file into memory. 0, or -1 with the message, also if the file is longer than STREAM_LOAD_MOST bytes (a
 * device may never end). */
enum { STREAM_LOAD_MOST = 1 << 30 };
int stream_load(const char *path, struct bytes *into);

#endif
