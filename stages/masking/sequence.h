/* sequence.h - the tokens of a record, and which of them a model may be asked to predict. */
#ifndef QUERN_MASKING_SEQUENCE_H
#define QUERN_MASKING_SEQUENCE_H

#include "record/record.h"
#include "vocabulary.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Arrays of `count` items; all but ids and maskable are NULL until they are read, or if the record lacks them. */
struct sequence {
    const int32_t *ids, *word_ids, *token_type_ids, *doc_ids;
    const uint8_t *maskable; /* 0 or 1 */
    size_t count;
};

/* Who made the ids. */
struct sequence_reader {
    const struct vocabulary *vocabulary;
    const struct tokenizer *tokenizer; /* NULL if only numbers are known */
    const char *model;                 /* the file of the tokenizer, for messages */
};

/* All of these return 0, or -1 with the message. */

/* Reads ids and maskable: a token may be masked unless the vocabulary protects its id or special_tokens_mask is 1. */
int sequence_read(const struct sequence_reader *reader, const struct record *in, struct arena *arena,
                  struct sequence *sequence);

/* Reads doc_ids, which the record may lack. */
int sequence_read_documents(const struct record *in, struct arena *arena, struct sequence *sequence);

/* Reads word_ids and, if present, token_type_ids and doc_ids. Words of tokenizers that cut none begin at white space
 * (../tokenizer/word_starts.h). */
int sequence_read_words(const struct sequence_reader *reader, const struct record *in, struct arena *arena,
                        struct sequence *sequence);

/* Does a document or a text of a pair end between token i - 1 and token i? */
static inline bool sequence_parts(const struct sequence *sequence, size_t i)
{
    return (sequence->token_type_ids != NULL && sequence->token_type_ids[i - 1] != sequence->token_type_ids[i]) ||
           (sequence->doc_ids != NULL && sequence->doc_ids[i - 1] != sequence->doc_ids[i]);
}

/* Are token i - 1 and token i of one word? Word ids below 0 are no words. */
static inline bool sequence_same_word(const struct sequence *sequence, size_t i)
{
    return sequence->word_ids[i - 1] == sequence->word_ids[i] && sequence->word_ids[i] >= 0 &&
           !sequence_parts(sequence, i);
}

#endif
