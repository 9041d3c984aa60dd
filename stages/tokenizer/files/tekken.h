/* tekken.h - Mistral's tekken.json: ranks as of tiktoken, the expression, and the special tokens.
 *
 * The special tokens have the first ids, the ranks those after them. As in Mistral's own encoder, nothing is put around
 * a text, and the name of a special token in a text is ordinary text. */
#ifndef QUERN_TOKENIZER_TEKKEN_H
#define QUERN_TOKENIZER_TEKKEN_H

#include "base/slice.h"

#include <stdbool.h>

/* Is the root of a JSON document one of them? */
bool tekken_is(struct slice root);

#endif
