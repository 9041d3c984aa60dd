/* outputs.h - every named output of a run: -o, --stats, the quarantine, and files that a filter asks for.
 *
 *     outputs_new, outputs_input …, outputs_add …, outputs_check, outputs_open, outputs_write …, outputs_finish
 *
 * An output must not be the same file as another output or an input, under any name; this is checked before anything is
 * read. The outputs get their names together, after all of them have been written and synced. If the run fails, none
 * appears, and older files stay as they were. */
#ifndef QUERN_OUTPUTS_H
#define QUERN_OUTPUTS_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct outputs;
struct outputs *outputs_new(void);

enum { OUTPUTS_RECORDS = 0 /* the number of -o, which is added first */ };

enum input_role {
    INPUT_RECORDS, /* read in turn; -o may replace it, since by then it has been read */
    INPUT_FOUND,   /* the same, but the user has only named its folder: -o must not replace it */
    INPUT_OTHER,   /* a second stream, a model, a lexicon */
};

/* Declares that the run reads a file; "-" is standard input. asker: what names the file, for messages ("--with"); it is
 * copied. The path must live as long as the outputs. */
void outputs_input(struct outputs *outputs, const char *asker, const char *path, enum input_role role);

enum output_role {
    OUTPUT_RECORDS, /* -o; the first to be added */
    OUTPUT_BESIDE,
    OUTPUT_REFUSED, /* a quarantine: see outputs_free */
};

/* Adds an output; "-" or NULL is standard output. level: of
 * compression, if the name asks for one; 0: the default. Returns its number: 0, 1, … */
unsigned outputs_add(struct outputs *outputs, const char *asker, const char *path, int level, enum output_role role);

/* Creates the folder of some of the outputs unless it exists; unless outputs_finish is called, outputs_free removes it
 * again. 0, or -1 with the message. */
int outputs_folder(struct outputs *outputs, const char *path);

/* Refuses one file under two names, standard input named twice, and names of formats that are not written. May be
 * called again after more were added. 0, or -1 with the message. */
int outputs_check(struct outputs *outputs);

/* Refuses a level that was given but that no output has, or that one can't have. 0, or -1 with the message. */
int outputs_check_level(const struct outputs *outputs);

/* Opens all of them. 0, or -1 with the message. */
int outputs_open(struct outputs *outputs);

/* Is this one standard output? */
bool outputs_is_standard(const struct outputs *outputs, unsigned output);

/* 0, or -1 with the message. */
int outputs_write(struct outputs *outputs, unsigned output, struct slice bytes);

uint64_t outputs_written(const struct outputs *outputs, unsigned output); /* bytes passed in, before compression */

/* Completes all, then gives them their names. 0, or -1 with the message: then none has appeared. */
int outputs_finish(struct outputs *outputs);

/* Unless outputs_finish was called, discards the files, with one exception: if the records were written in place, as to
 * standard output, or if there are none, the quarantine is kept. */
void outputs_free(struct outputs *outputs);

#endif
