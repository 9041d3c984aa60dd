/* sort_run.h - entries (sort_entry.h) in their order, in a part of a temporary file: what does not fit into memory.
 *
 * They are not compressed: zstd's fastest level takes longer over a byte than a disk of 200 MB/s. */
#ifndef QUERN_SORT_RUN_H
#define QUERN_SORT_RUN_H

#include "base/vec.h"
#include "run/sort_entry.h"

struct sort_run {
    int file;
    uint64_t at, end; /* places in the file */
    size_t longest;   /* no entry is longer: bytes */
};

struct sort_writer {
    struct sort_run run; /* what has been written */
    struct bytes buffer;
};

enum { SORT_WRITER_BYTES = 1 << 18 }; /* what a writer takes */

/* Begins a run at this place of the file. */
void sort_writer_open(struct sort_writer *writer, int file, uint64_t at);

/* 0, or -1 with the message. */
int sort_writer_put(struct sort_writer *writer, const struct sort_entry *entry);

/* Writes what is left and frees; *run: what has been written. 0, or -1 with the message. */
int sort_writer_close(struct sort_writer *writer, struct sort_run *run);

struct sort_reader {
    struct sort_run run; /* what has not been read */
    size_t at_once;      /* bytes to read at a time */
    struct bytes buffer;
    size_t taken; /* of the buffer */
};

/* What a reader takes, longest: of the run. */
size_t sort_reader_bytes(size_t at_once, size_t longest);

void sort_reader_open(struct sort_reader *reader, const struct sort_run *run, size_t at_once);
void sort_reader_free(struct sort_reader *reader);

/* The next entry, valid until the next call. 1, 0 at the end, or -1 with the message. */
int sort_reader_next(struct sort_reader *reader, struct sort_entry *entry);

#endif
