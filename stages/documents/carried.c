/* carried.c - see carried.h. */
#include "carried.h"

#define NAME(name)                                                                                                     \
    {                                                                                                                  \
        name, sizeof(name) - 1                                                                                         \
    }

const struct slice carried_names[CARRY_COUNT] = {
    [CARRY_INPUT_IDS] = NAME("input_ids"),
    [CARRY_WORD_IDS] = NAME("word_ids"),
    [CARRY_SPECIAL_TOKENS_MASK] = NAME("special_tokens_mask"),
    [CARRY_ATTENTION_MASK] = NAME("attention_mask"),
    [CARRY_TOKEN_TYPE_IDS] = NAME("token_type_ids"),
    [CARRY_SENTENCE_TOKENS] = NAME("sentence_tokens"),
    [CARRY_WORD_TOKENS] = NAME("word_tokens"),
    [CARRY_PHRASE_TOKENS] = NAME("phrase_tokens"),
    [CARRY_ENTITY_TOKENS] = NAME("entity_tokens"),
    [CARRY_TOKENS] = NAME("tokens"),
    [CARRY_OFFSET_MAPPING] = NAME("offset_mapping"),
};

/* That of tokenize. */
const int carried_order[CARRY_COUNT] = {
    CARRY_TOKENS,         CARRY_INPUT_IDS,      CARRY_OFFSET_MAPPING,  CARRY_WORD_IDS,    CARRY_SPECIAL_TOKENS_MASK,
    CARRY_ATTENTION_MASK, CARRY_TOKEN_TYPE_IDS, CARRY_SENTENCE_TOKENS, CARRY_WORD_TOKENS, CARRY_PHRASE_TOKENS,
    CARRY_ENTITY_TOKENS,
};

unsigned carried_emitted(const struct words *emit)
{
    if (emit->len == 0)
        return CARRY_ALL;
    unsigned members = 0;
    for (int i = 0; i < CARRY_COUNT; i++)
        if (words_has(emit, carried_names[i]))
            members |= CARRY_BIT(i);
    return members;
}

bool carried_writes(const struct words *emit, const struct words *also, const char *name, bool always)
{
    if (also != NULL && words_has(also, slice_of(name)))
        return true;
    return emit->len > 0 ? words_has(emit, slice_of(name)) : always;
}
