/* own_tokens.h - are the tokens of a record a tokenizer's own?
 *
 * Ids of another tokenizer look like any ids. A record that still has its `tokens` shows whose they are. */
#ifndef QUERN_TOKENIZER_OWN_TOKENS_H
#define QUERN_TOKENIZER_OWN_TOKENS_H

#include "record/record.h"
#include "tokenizer.h"

enum { OWN_TOKENS_CHECKED = 4 }; /* the first of each record: comparing all would make a mask a third slower */

/* Compares the member `tokens`, if the record has it, with the ids, those that are masked by `labels`. Special,
 * unknown and added tokens are spelled as in the text, so they are not compared. path: of the tokenizer, for the
 * message. 0, or -1 with the message. */
int own_tokens_check(const struct tokenizer *tokenizer, const char *path, const struct record *in,
                     const int32_t *input_ids, size_t count, struct arena *arena);

#endif
