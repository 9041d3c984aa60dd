/* choose.h - the format of the input: what --format says, or what the names of the files tell. */
#ifndef QUERN_IMPORT_CHOOSE_H
#define QUERN_IMPORT_CHOOSE_H

#include "quern.h"

enum {
    FORMAT_AUTO,
    FORMAT_TEXT,
    FORMAT_CSV,
    FORMAT_TSV,
    FORMAT_JSONL,
    FORMAT_JSON,
    FORMAT_DEB822,
    FORMAT_CONLL,
    FORMAT_QUARANTINE
};
extern const char *const choose_names[]; /* of the formats, in that order; ends in NULL */

/* The format of the files. as_text: other options say that it is text. -1 with the message. */
int choose_format(int given, const struct words *files, bool as_text);

/* Does each option that was given go with the format? 0, or -1 with the message. */
int choose_check(const struct stage_context *context, int format);

#endif
