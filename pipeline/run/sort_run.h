/* sort_run.h - sorted entries (sort_entry.h) in part of a temporary file, for what does not fit into memory.
 *
 * They are not compressed: zstd's fastest level needs longer for a byte than a disk of 200 MB/s. */
#ifndef QUERN_SORT_RUN_H
#define QUERN_SORT_RUN_H

#include "base/vec.h"
#include "run/sort_entry.h"

struct sort_run {
    int file;
    uint64_t at, end; /* offsets in the file */
    size_t longest;   /* bytes of the longest entry */
};

struct sort_writer {
    struct sort_run run; /* what has been written */
    struct bytes buffer;
};

enum { SORT_WRITER_BYTES = 1 << 18 }; /* the buffer of a writer */

/* Begins a run at this offset of the file. */
void sort_writer_open(struct sort_writer *writer, int file, uint64_t at);

/* 0, or -1 with the message. */
int sort_writer_put(struct sort_writer *writer, const struct sort_entry *entry);

/* Writes the rest of the buffer and frees it; *run is the finished run. 0, or -1 with the message. */
int sort_writer_close(struct sort_writer *writer, struct sort_run *run);

struct sort_reader {
    struct sort_run run; /* what has not been read */
    size_t at_once;      /* bytes to read at a time */
    struct bytes buffer;
    size_t taken; /* of the buffer */
};

/* The memory of a reader; longest: that of the run. */
size_t sort_reader_bytes(size_t at_once, size_t longest);

void sort_reader_open(struct sort_reader *reader, const struct sort_run *run, size_t at_once);
void sort_reader_free(struct sort_reader *reader);

/* The next entry, valid until the next call. 1, 0 at the end, or -1 with the message. */
int sort_reader_next(struct sort_reader *reader, struct sort_entry *entry);

#endif
