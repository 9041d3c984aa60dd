/* progress.h - a bar on standard error: how much of the input files has been read. */
#ifndef QUERN_PROGRESS_H
#define QUERN_PROGRESS_H

#include "record/options.h"

#include <stdbool.h>
#include <stdint.h>

enum progress_when { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };
extern const char *const progress_choices[];

struct progress;

/* NULL if no bar should be shown: by default, if standard error is not a terminal or the size of the input is unknown.
 */
struct progress *progress_open(int when, const struct words *files);

/* The position in the current file, and its end. Called by the step that reads. */
void progress_read(struct progress *progress, uint64_t position);
void progress_file_done(struct progress *progress, uint64_t position);

/* Draws the bar, at most six times a second and not in the first two seconds; `done` clears it. Called by the step that
 * writes. */
void progress_show(struct progress *progress, uint64_t records, bool done);

void progress_close(struct progress *progress);

#endif
