/* tiktoken.h - rank files of OpenAI's tiktoken: a line for each token, with its bytes in base64 and its rank.
 *
 * The file does not say how to cut texts or what the special tokens are: both depend on the encoding, which is
 * recognised by the number of ranks. Known are r50k_base (also GPT-2's), p50k_base, cl100k_base, o200k_base, and those
 * of Llama 3 and Qwen. */
#ifndef QUERN_TOKENIZER_TIKTOKEN_H
#define QUERN_TOKENIZER_TIKTOKEN_H

#include "base/slice.h"

#include <stdbool.h>

/* Does the first line look like one of a rank file? */
bool tiktoken_looks_like(struct slice text);

#endif
