/* select.h - which tokens a masked language model has to predict.
 *
 * A unit is what is selected as a whole: one token, or all tokens of a word. The functions that select shuffle
 * `units`, write the positions of the selected tokens to `selected`, in no order that means anything, and
 * return how many these are. */
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

/* The maskable tokens, each a unit of its own, in order; `units` has room for one for each token. Returns
 * how many. */
size_t select_token_units(const struct sequence *sequence, struct unit *units);

/* The words of which every token is maskable, in order: runs of equal word_ids that no change of
 * token_type_ids breaks (in a pair, the words of the second text are counted from 0 again). A word id below 0
 * is no word. Returns how many units; *tokens is how many tokens they have. */
size_t select_word_units(const struct sequence *sequence, struct unit *units, size_t *tokens);

/* Selects `budget` of the units, all of one token: without replacement, each equally likely (a Fisher-Yates
 * shuffle from the top, stopped when enough places are filled). budget <= count. */
size_t select_tokens(struct rng *rng, struct unit *units, size_t count, size_t budget, uint32_t *selected);

/* Selects units so that each is selected with probability budget / tokens whatever its size: the units, of
 * `tokens` tokens in all, lie on a circle in random order; the arc of `budget` tokens from a random place on
 * selects the units inside it, and a unit that it cuts with probability overlap / size. Where that selects
 * none, the unit at the arc's start is selected. (The rule of BERT, to skip a word that would overshoot,
 * makes long words rare.)
 *
 * Never more than `most` tokens, 0 for no bound: a unit that would overshoot is passed over, which does favour
 * short units where the bound binds. 0 < budget <= tokens. */
size_t select_balanced(struct rng *rng, struct unit *units, size_t count, size_t tokens, size_t budget, size_t most,
                       uint32_t *selected);

#endif
