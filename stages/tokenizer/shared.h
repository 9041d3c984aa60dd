/* shared.h - one tokenizer for all filters of a chain that name its file. */
#ifndef QUERN_TOKENIZER_SHARED_H
#define QUERN_TOKENIZER_SHARED_H

#include "record/stage.h"
#include "tokenizer.h"

/* For a filter's `open`: loads the tokenizer, or finds it already loaded. The runner frees it. NULL, with the message,
 * if it can't be loaded. */
const struct tokenizer *shared_tokenizer(struct stage_context *context, const char *path);

/* The same, with the pattern of a rank file (tokenizer_load_cut); NULL: none is given. */
const struct tokenizer *shared_tokenizer_cut(struct stage_context *context, const char *path, const char *pattern);

#endif
