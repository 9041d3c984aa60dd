/* decoding.h - turns a record's ids back into its text. */
#ifndef QUERN_TOKENIZER_DECODING_H
#define QUERN_TOKENIZER_DECODING_H

#include "../tokenizer/tokenizer.h"
#include "record/record.h"

/* A copy of the record with the text of its input_ids in the member `field`. Members that belong to the ids stay valid;
 * offset_mapping does only if the text stays the same. *count: the number of ids. NULL, with the message, if an id is
 * not in the vocabulary, or if the record's `tokens` are another tokenizer's; path: of this one. */
struct record *decoding_record(const struct tokenizer *tokenizer, const char *path, const struct record *in,
                               struct slice field, bool skip_special, struct arena *arena, size_t *count);

#endif
