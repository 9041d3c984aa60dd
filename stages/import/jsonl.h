/* jsonl.h - records that are JSON already: foreign ones, and those that a filter rejected. */
#ifndef QUERN_IMPORT_JSONL_H
#define QUERN_IMPORT_JSONL_H

#include "source.h"

extern const struct format jsonl_format, jsonl_quarantine;

/* Decodes base64 (RFC 4648, with padding); false where it is none. */
bool jsonl_base64(struct slice text, struct arena *arena, struct slice *bytes);

#endif
