/* output.h - one output.
 *
 * A file is written under a temporary name in the same folder, synced and renamed, so that a name never holds half an
 * output. Outputs that can't be replaced are written in place: devices, pipes, files that are already open (standard
 * output, /dev/fd/3), mount points. Every write is checked, including the last one. run/outputs.h manages all outputs
 * of a run. */
#ifndef QUERN_OUTPUT_H
#define QUERN_OUTPUT_H

#include "base/place.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct output;

/* Standard output. NULL, with the message, if it is closed. */
struct output *output_standard(void);

/* A file. If its name says so, it is compressed (pack.h) at this level, 0 being the default. name: for messages; it
 * must live as long as the output, the place need not. NULL, with the message, if the file can't be created. */
struct output *output_open(const struct place *place, const char *name, int level);

/* Is it written in place, so that a write can't be undone? */
bool output_in_place(const struct output *output);

/* 0, or -1 with the message. */
int output_write(struct output *output, struct slice bytes);

uint64_t output_written(const struct output *output); /* bytes passed to output_write, before compression */

/* Writes what is still buffered, syncs, and closes a file. After that only output_appear can fail. 0, or -1 with the
 * message. */
int output_complete(struct output *output);

/* Gives a complete file its name; with `revocable`, output_revoke can undo this. 0, or -1 with the message. */
int output_appear(struct output *output, bool revocable);
void output_revoke(struct output *output);

/* Makes the name survive a crash of the machine. 0, or -1 with the message. */
int output_sync_folder(const struct output *output);

/* After a failure: completes the output with the pieces that were written completely (each output_write is a piece) and
 * drops an incomplete one at the end. 0; 1 if nothing is left; or -1 with the message. */
int output_salvage(struct output *output);

/* Also removes a file that has not appeared. */
void output_free(struct output *output);

#endif
