/* choose.h - uniform choices without replacement, in integers. */
#ifndef QUERN_CORRUPT_CHOOSE_H
#define QUERN_CORRUPT_CHOOSE_H

#include "base/arena.h"
#include "draws.h"
#include "record/rng.h"

#include <stddef.h>
#include <stdint.h>

/* Chooses `chosen` of the numbers below `count`, every set of them equally likely (R. W. Floyd; J. Bentley, Programming
 * pearls: a sample of brilliance, CACM 1987): for each j from count - chosen to count - 1 a number up to j is drawn,
 * item j, and taken, or j itself if it is taken already. Writes them to `numbers`, ascending. */
void choose_numbers(struct rng *rng, enum draw_purpose purpose, size_t chosen, size_t count, struct arena *arena,
                    uint32_t *numbers);

/* Cuts `total` into `parts` parts of at least one, every way equally likely: the cuts are chosen among the total - 1
 * places. parts <= total; both 0: none. */
void choose_parts(struct rng *rng, enum draw_purpose purpose, size_t total, size_t parts, struct arena *arena,
                  uint32_t *lengths);

/* The same for the parts around `between` others, the first and the last of which may be empty: between + 1 parts.
 * between <= total + 1. */
void choose_parts_around(struct rng *rng, enum draw_purpose purpose, size_t total, size_t between, struct arena *arena,
                         uint32_t *lengths);

/* Puts `count` items into a random order, every order equally likely: places are filled from the last one down, each
 * by exchanging the item there with the one at the place drawn, item = the place, below place + 1. */
void choose_order(struct rng *rng, enum draw_purpose purpose, size_t count, uint32_t *items);

#endif
