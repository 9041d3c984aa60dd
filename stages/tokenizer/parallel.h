/* parallel.h - arrays of a record with an item for each token. */
#ifndef QUERN_TOKENIZER_PARALLEL_H
#define QUERN_TOKENIZER_PARALLEL_H

#include "record/record.h"

/* Reads an array that must have `count` items, as many as input_ids. 0, or -1 with the message. */
int parallel_ints(const struct record *in, struct slice name, size_t count, struct arena *arena, const int32_t **items);

/* The same for one that a record may lack: then *items is NULL. */
int parallel_optional(const struct record *in, struct slice name, size_t count, struct arena *arena,
                      const int32_t **items);

/* The same for an optional array of 0 and 1. */
int parallel_flags(const struct record *in, struct slice name, size_t count, struct arena *arena,
                   const int32_t **items);

#endif
