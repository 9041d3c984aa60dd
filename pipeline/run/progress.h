/* progress.h - a line on standard error: how much of the input files has been read, how fast, and how long it will
 * take.
 *
 *     [##############..........................] 35%  0:12 left  96 MB/s  1.2 M records
 *     |  1.2 M records  96 MB/s  0:12  1.1 GB
 *
 * It fits the terminal; what there is no room for is left out. Bytes are those of the text, whether the files are
 * compressed or not. A message of the program clears it first. */
#ifndef QUERN_PROGRESS_H
#define QUERN_PROGRESS_H

#include "record/options.h"

#include <stdbool.h>
#include <stdint.h>

enum progress_when { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };
extern const char *const progress_choices[];

struct progress;

/* files: NULL if their records are not read in turn. NULL if nothing should be shown: by default, if standard error is
 * not a terminal or the size of the input is unknown. */
struct progress *progress_open(int when, const struct words *files);

/* The position in the current file, and its end. Called by the step that reads. */
void progress_read(struct progress *progress, uint64_t position);
void progress_file_done(struct progress *progress, uint64_t position);

/* Another phase begins: one that reads the files again, or something of unknown length. */
void progress_next_pass(struct progress *progress, bool reads_input);

struct progress_counts {
    uint64_t in, out, bytes_in; /* records, bytes of text */
};

/* Draws the line, at most six times a second and, unless it was asked for, not in the first two seconds. Called by the
 * step that writes. */
void progress_show(struct progress *progress, const struct progress_counts *counts);

/* The run has succeeded: replaces the line, if there was one, by the totals. */
void progress_done(struct progress *progress, const struct progress_counts *counts);

void progress_close(struct progress *progress); /* NULL is fine */

#endif
