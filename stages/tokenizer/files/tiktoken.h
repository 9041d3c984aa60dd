/* tiktoken.h - rank files of OpenAI's tiktoken: a line for each token, its bytes in base 64 and its rank.
 *
 * The file says neither how texts are cut nor what the special tokens are: both belong to the name of an encoding,
 * which is told by the number of ranks. Known are r50k_base (GPT-2's, too), p50k_base, cl100k_base, o200k_base, and
 * those of Llama 3 and Qwen. */
#ifndef QUERN_TOKENIZER_TIKTOKEN_H
#define QUERN_TOKENIZER_TIKTOKEN_H

#include "base/slice.h"

#include <stdbool.h>

/* Does the first line look like one? */
bool tiktoken_looks_like(struct slice text);

#endif
