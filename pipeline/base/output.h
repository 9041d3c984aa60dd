/* output.h - one place where bytes go.
 *
 * A file is written beside its name, synced and renamed, so that a name never holds half an output. What can't be
 * replaced is written in place: devices, pipes, what is open already (standard output, /dev/fd/3), a file on which
 * something is mounted. Every write is checked, also the last one. run/outputs.h keeps those of a run together. */
#ifndef QUERN_OUTPUT_H
#define QUERN_OUTPUT_H

#include "base/place.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct output;

/* Standard output. NULL, with the message, if it is closed. */
struct output *output_standard(void);

/* A file. One whose name ends in .zst is compressed by zstd at this level. name: for messages; it must live as long as
 * the output, the place need not. NULL, with the message, if it can't be made. */
struct output *output_open(const struct place *place, const char *name, int level);

/* Is it written in place, so that what was written can't be taken back? */
bool output_in_place(const struct output *output);

/* 0, or -1 with the message. */
int output_write(struct output *output, struct slice bytes);

uint64_t output_written(const struct output *output); /* bytes given, before compression */

/* Writes what is held back, syncs, and closes a file. Afterwards only output_appear can fail. 0, or -1 with the
 * message. */
int output_complete(struct output *output);

/* Gives a complete file its name; with `revocable`, output_revoke may take it back. 0, or -1 with the message. */
int output_appear(struct output *output, bool revocable);
void output_revoke(struct output *output);

/* Makes the name survive a crash of the machine. 0, or -1 with the message. */
int output_sync_folder(const struct output *output);

/* After a failure: keeps what was written whole, each output_write as one piece, as if that were all, and completes
 * it. A torn piece at the end is dropped. 0; 1 if nothing is left; or -1 with the message. */
int output_salvage(struct output *output);

/* A file that has not appeared is removed. */
void output_free(struct output *output);

#endif
