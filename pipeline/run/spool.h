/* spool.h - lines kept between the two passes of a filter, in an unnamed temporary file, compressed (zstd level 1).
 *
 * A spool is written completely, then read from its start. Each line remembers where it was first read. */
#ifndef QUERN_SPOOL_H
#define QUERN_SPOOL_H

#include "base/slice.h"
#include "base/vec.h"
#include "run/block.h"

#include <stddef.h>
#include <stdint.h>

struct spool;

/* On the file system of `dir`; max_bytes: the largest size of the file (--max-spool). NULL with the message. */
struct spool *spool_new(const char *dir, uint64_t max_bytes);
void spool_free(struct spool *spool);

/* Appends lines; their records say where each was read. 0, or -1 with the message. */
int spool_write(struct spool *spool, struct slice lines, const struct record *const *records, size_t count);

/* Reads the next lines, about a block of them, into block->raw and block->places. 1, 0 at the end, or -1 with the
 * message. */
int spool_read(struct spool *spool, struct block *block);

#endif
