/* select.h - selects the tokens that a masked language model has to predict.
 *
 * A unit is selected as a whole: it is one token, or all tokens of a word. The selecting functions shuffle `units`,
 * write the positions of the selected tokens to `selected`, in no particular order, and return how many there are. */
#ifndef QUERN_MASKER_SELECT_H
#define QUERN_MASKER_SELECT_H

#include "record/rng.h"

#include <stddef.h>
#include <stdint.h>

/* Tokens [start, start + size) of the sequence. */
struct unit {
    uint32_t start, size;
};

/* The tokens of a sequence; arrays of `count` items. word_ids and token_type_ids may be NULL. */
struct sequence {
    const int32_t *ids, *word_ids, *token_type_ids;
    const uint8_t *maskable; /* 0 or 1 */
    size_t count;
};

/* Makes each maskable token a unit, in order; `units` has room for every token. Returns the number of units. */
size_t select_token_units(const struct sequence *sequence, struct unit *units);

/* Makes each word whose tokens are all maskable a unit, in order. A word is a run of equal word_ids and token_type_ids
 * (in a pair, the words of the second text are counted from 0 again). A word id below 0 is not a word. Returns the
 * number of units; *tokens is the number of their tokens. */
size_t select_word_units(const struct sequence *sequence, struct unit *units, size_t *tokens);

/* Selects `budget` units of one token each, without replacement and with equal probability (a Fisher-Yates shuffle from
 * the top that stops when enough places are filled). budget <= count. */
size_t select_tokens(struct rng *rng, struct unit *units, size_t count, size_t budget, uint32_t *selected);

/* Selects each unit with probability budget / tokens, whatever its size. The units, which have `tokens` tokens in
 * total, lie on a circle in random order. An arc of `budget` tokens from a random place selects the units inside it,
 * and each unit that it cuts with probability overlap / size. If that selects nothing, the unit at the start of the arc
 * is selected. (BERT's rule, which skips a word that would overshoot the budget, selects long words too rarely.)
 *
 * Selects at most `most` tokens; 0 means no limit. A unit that would exceed the limit is skipped, which favours short
 * units when the limit is reached. 0 < budget <= tokens. */
size_t select_balanced(struct rng *rng, struct unit *units, size_t count, size_t tokens, size_t budget, size_t most,
                       uint32_t *selected);

#endif
