/* word_run.h - counted words in a temporary file, in their order: what does not fit into memory. */
#ifndef QUERN_TRAINER_WORD_RUN_H
#define QUERN_TRAINER_WORD_RUN_H

#include "base/map.h"
#include "base/slice.h"
#include "base/vec.h"

#include <stddef.h>
#include <stdint.h>

/* A part of a file. */
struct word_run {
    int file;
    uint64_t at, end;
};

/* Writes the words from run->at on, and sets run->end. 0, or -1 with the message. */
int word_run_write(struct word_run *run, const struct map_entry *const *sorted, size_t count);

struct word_reader {
    struct word_run run; /* what has not been read */
    struct bytes buffer;
    size_t taken;   /* of the buffer */
    size_t at_once; /* bytes to read at a time */
};

/* The next word, valid until the next call. 1, 0 at the end, or -1 with the message. */
int word_run_next(struct word_reader *reader, struct slice *word, uint64_t *count);

#endif
