/* carried.h - the members that a sequence made of documents takes over from them: those that describe tokens. */
#ifndef DOCUMENTS_CARRIED_H
#define DOCUMENTS_CARRIED_H

#include "base/slice.h"
#include "record/words.h"

/* Integers, one for each token; first, so that they are also indices of arrays. */
enum {
    CARRY_INPUT_IDS,
    CARRY_WORD_IDS,
    CARRY_SPECIAL_TOKENS_MASK,
    CARRY_ATTENTION_MASK,
    CARRY_TOKEN_TYPE_IDS,
    CARRY_INTS, /* how many */

    /* Spans of tokens. */
    CARRY_SENTENCE_TOKENS = CARRY_INTS,
    CARRY_WORD_TOKENS,
    CARRY_PHRASE_TOKENS,
    CARRY_ENTITY_TOKENS,
    CARRY_RANGES_END,

    CARRY_TOKENS = CARRY_RANGES_END,
    CARRY_OFFSET_MAPPING,
    CARRY_COUNT
};
enum { CARRY_RANGES = CARRY_RANGES_END - CARRY_INTS };

#define CARRY_BIT(member) (1U << (member))
#define CARRY_ALL (CARRY_BIT(CARRY_COUNT) - 1)

/* Of a member CARRY_…, and in the order in which they are written. */
extern const struct slice carried_names[CARRY_COUNT];
extern const int carried_order[CARRY_COUNT];

/* For the table of options: the choices of --emit are these and the members that a filter adds. */
#define CARRIED_NAMES                                                                                                  \
    "tokens", "input_ids", "offset_mapping", "word_ids", "special_tokens_mask", "attention_mask", "token_type_ids",    \
        "sentence_tokens", "word_tokens", "phrase_tokens", "entity_tokens"
#define CARRIED_READS CARRIED_NAMES

/* The bits of the members that --emit names; none given: all. */
unsigned carried_emitted(const struct words *emit);

/* Is a member of the filter's own written: one that --emit names, or, without --emit, one that is always written or
 * that --also names? */
bool carried_writes(const struct words *emit, const struct words *also, const char *name, bool always);

#endif
