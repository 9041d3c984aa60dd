/* describe.h - what a tokenizer file contains, for people and scripts. */
#ifndef QUERN_TOKENIZER_DESCRIBE_H
#define QUERN_TOKENIZER_DESCRIBE_H

#include "base/arena.h"
#include "record/record.h"

/* Sets the members that quern-inspect(1) lists on a record, for the file at `path`. A tokenizer that is not supported
 * is described as far as its file says, with `supported` false and the loader's message as `reason`. 0, or -1 with the
 * message if the file can't be read or is not a tokenizer. */
int describe_file(const char *path, struct record *record, struct arena *arena);

#endif
