/* decoding.h - a record's ids as its text. */
#ifndef QUERN_TOKENIZER_DECODING_H
#define QUERN_TOKENIZER_DECODING_H

#include "../tokenizer/tokenizer.h"
#include "record/record.h"

/* A copy of the record with the text of its input_ids in the member `field`. of_ids: members that belong to ids and
 * stay true, offset_mapping only where the text stays the same; ends with NULL. *count: of the ids. NULL, with the
 * message, where an id is not in the vocabulary, or other text has spans in the record already. */
struct record *decoding_record(const struct tokenizer *tokenizer, const struct record *in, struct slice field,
                               bool skip_special, const char *const *of_ids, struct arena *arena, size_t *count);

#endif
