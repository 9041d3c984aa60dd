/* select.h - selects the units that a masked language model has to predict.
 *
 * A unit is selected as a whole. The selecting functions shuffle the units that they are given and append the selected
 * ones to `chosen`, in no particular order. */
#ifndef QUERN_MASKER_SELECT_H
#define QUERN_MASKER_SELECT_H

#include "../masking/units.h"
#include "record/rng.h"

/* What is selected; `units` has room for all units of the record. */
struct chosen {
    struct unit *units;
    size_t count, tokens;
};

/* The draws of one selection: see draws.h. */
struct pass {
    struct rng *rng;
    uint32_t base;  /* the first position of the tokens that share a budget */
    uint64_t level; /* how many levels below the one that is asked for */
};

/* Selects `budget` units of one token each, without replacement and with equal probability (a Fisher-Yates shuffle from
 * the top that stops when enough places are filled). budget <= the number of units. */
void select_tokens(const struct pass *pass, struct units *units, size_t budget, struct chosen *chosen);

/* Selects each unit with probability budget / tokens, whatever its size. The units lie on a circle in random order. An
 * arc of `budget` tokens from a random place selects the units inside it, and each unit that it cuts with probability
 * overlap / size. If that selects nothing, and `some` says that something must be, the unit at the start of the arc is
 * selected. (BERT's rule, which skips a word that would overshoot the budget, selects long words too rarely.)
 *
 * Selects at most `most` tokens; 0 means no limit. A unit that would exceed the limit is skipped, which favours short
 * units when the limit is reached. 0 < budget <= units->tokens. */
void select_balanced(const struct pass *pass, struct units *units, size_t budget, size_t most, bool some,
                     struct chosen *chosen);

/* BERT's rule: in random order, each unit that does not raise the number of selected tokens above the budget. */
void select_fitting(const struct pass *pass, struct units *units, size_t budget, struct chosen *chosen);

/* Selects all. */
void select_all(const struct units *units, struct chosen *chosen);

#endif
