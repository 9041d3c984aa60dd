/* tiktoken.h - rank files of OpenAI's tiktoken: a line for each token, with its bytes in base64 and its rank.
 *
 * The file does not say how to cut texts or what the special tokens are. Both are known of some encodings, recognised
 * by the number of ranks, by the class that tokenizer_config.json names, or by the name that is given; the config may
 * also list the special tokens, and an expression may be given instead of a name. */
#ifndef QUERN_TOKENIZER_TIKTOKEN_H
#define QUERN_TOKENIZER_TIKTOKEN_H

#include "base/slice.h"

#include <stdbool.h>

/* Do the first lines look like those of a rank file? */
bool tiktoken_looks_like(struct slice text);

#endif
