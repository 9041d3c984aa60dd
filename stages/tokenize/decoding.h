/* decoding.h - a record's ids as its text. */
#ifndef QUERN_TOKENIZER_DECODING_H
#define QUERN_TOKENIZER_DECODING_H

#include "../tokenizer/tokenizer.h"
#include "record/record.h"

/* A copy of the record with the text of its input_ids in the member `field`. What belongs to the ids is still true,
 * offset_mapping only if the text stays the same. *count: of the ids. NULL, with the message, if an id is not in the
 * vocabulary. */
struct record *decoding_record(const struct tokenizer *tokenizer, const struct record *in, struct slice field,
                               bool skip_special, struct arena *arena, size_t *count);

#endif
