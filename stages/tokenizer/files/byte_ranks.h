/* byte_ranks.h - what rank files of tiktoken and tekken.json have in common: tokens of bytes, whose ranks give the
 * order of the merges.
 *
 * Two neighbours are merged if they are a token together, that of the lowest rank first. So each way to cut a token
 * into two tokens is a merge with the token's rank. A word that is a token as a whole becomes that token, whatever the
 * merges say. Tokens are kept in the spelling of byte-level vocabularies (byte_spelling.h). */
#ifndef QUERN_TOKENIZER_BYTE_RANKS_H
#define QUERN_TOKENIZER_BYTE_RANKS_H

#include "../parts.h"

/* Adds a token, its bytes in base64. Its id is its rank, or larger than it by a number that is the same for all. 0, or
 * -1 with the message, also if the token or the id is there already. */
int byte_ranks_add(struct tokenizer *tokenizer, struct slice base64, int32_t id);

/* Cuts texts into the matches of an expression. */
int byte_ranks_cut(struct tokenizer *tokenizer, struct slice expression);

/* Makes the model, after the last token was added. */
int byte_ranks_ready(struct tokenizer *tokenizer);

#endif
