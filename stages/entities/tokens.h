/* tokens.h - what the verbs of entities read of the tokens of a record. */
#ifndef QUERN_ENTITIES_TOKENS_H
#define QUERN_ENTITIES_TOKENS_H

#include "quern.h"

struct text_tokens {
    size_t count;
    const bool *in_text;           /* of each token: is it one of the text: not special, and not of its question? */
    const int32_t *word_ids;       /* where words begin, as in mask --unit word; NULL: not read */
    const int32_t *token_type_ids; /* NULL: the record does not have them, or they don't matter */
    const struct span *places;     /* of each entity, in tokens; empty if it has none */
    size_t entity_count;
};

/* Reads special_tokens_mask, token_type_ids, entity_tokens and, with `words`, word_ids. A record with a question has it
 * before its text. 0, or -1 with the message. */
int text_tokens_read(const struct record *record, bool words, struct arena *arena, struct text_tokens *tokens);

/* Do tokens i - 1 and i of the text belong to one word? Needs word_ids. */
static inline bool text_tokens_joined(const struct text_tokens *tokens, size_t i)
{
    const int32_t *types = tokens->token_type_ids;
    return tokens->in_text[i - 1] && tokens->in_text[i] && tokens->word_ids[i] >= 0 &&
           tokens->word_ids[i - 1] == tokens->word_ids[i] && (types == NULL || types[i - 1] == types[i]);
}

#endif
