/* describe.h - what a tokenizer file contains, for people and scripts. */
#ifndef QUERN_TOKENIZER_DESCRIBE_H
#define QUERN_TOKENIZER_DESCRIBE_H

#include "base/arena.h"
#include "record/record.h"

/* Sets on a record what the file at `path` holds: the members that quern-inspect(1) lists. A tokenizer that is not
 * supported is described as far as its file says, with `supported` false and the loader's message as `reason`.
 * 0, or -1 with the message where the file can't be read or is no tokenizer. */
int describe_file(const char *path, struct record *record, struct arena *arena);

#endif
