/* jsonl.h - JSON from others, one object per line, and lines from a quarantine. */
#ifndef QUERN_IMPORT_JSONL_H
#define QUERN_IMPORT_JSONL_H

#include "source.h"

extern const struct format jsonl_format, jsonl_quarantine;

/* Renames members of the record, sets its id and emits it: 0, or -1 with the message if it is bad. */
int jsonl_emit(struct source *source, const struct record *in);

#endif
