/* sort_run.h - entries in their order in a part of a temporary file: what does not fit into memory.
 *
 * A run is cut into blocks of `block` bytes, whatever entry is there, each compressed for itself:
 *
 *     length | length in the file | bytes      bytes as they are if both are equal, else zstd
 *
 * Lengths are 32 bits as the machine has them: nobody else reads the file. */
#ifndef QUERN_SORT_RUN_H
#define QUERN_SORT_RUN_H

#include "base/vec.h"
#include "run/sort_entry.h"

#include <zstd.h>

struct sort_run {
    int file;
    uint64_t at, end; /* places in the file */
    size_t longest;   /* no entry is longer: bytes */
};

struct sort_writer {
    struct sort_run run; /* what has been written */
    size_t block;
    struct bytes plain, packed;
    ZSTD_CCtx *compressor;
};

/* Begins a run at this place of the file. */
void sort_writer_open(struct sort_writer *writer, int file, uint64_t at, size_t block);

/* 0, or -1 with the message. */
int sort_writer_put(struct sort_writer *writer, const struct sort_entry *entry);

/* Writes what is left and frees; *run: what has been written. 0, or -1 with the message. */
int sort_writer_close(struct sort_writer *writer, struct sort_run *run);

/* What readers have in common, since one block is unpacked at a time. */
struct sort_unpacker {
    struct bytes packed;
    ZSTD_DCtx *decompressor;
};
void sort_unpacker_free(struct sort_unpacker *unpacker);

struct sort_reader {
    struct sort_run run; /* what has not been read */
    struct sort_unpacker *unpacker;
    struct bytes plain;
    size_t taken; /* of plain */
};

/* What a reader may take. */
size_t sort_reader_bytes(size_t block, size_t longest);

/* The next entry, valid until the next call. 1, 0 at the end, or -1 with the message. */
int sort_reader_next(struct sort_reader *reader, struct sort_entry *entry);
void sort_reader_free(struct sort_reader *reader);

#endif
