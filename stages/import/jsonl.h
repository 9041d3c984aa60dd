/* jsonl.h - records that are already JSON: foreign ones, and those that a filter has rejected. */
#ifndef QUERN_IMPORT_JSONL_H
#define QUERN_IMPORT_JSONL_H

#include "source.h"

extern const struct format jsonl_format, jsonl_quarantine;

#endif
