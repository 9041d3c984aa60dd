/* rng.h - random numbers that depend only on (seed, filter, salt, record, round, draw).
 *
 * The generator is Philox4x64-10 (Salmon et al., SC 2011; Random123). The contract is frozen and written
 * down in quern-record(5):
 *
 *     key      = (seed, hash of the filter's name and the salt)
 *     counter  = (draw / 4, round | retry << 32, identity high, identity low)
 *     a draw   = word (draw mod 4) of the block
 *
 * For the identity and the round of a record see lineage.h.
 *
 * Draws are numbered, so that an option that adds draws does not change the others. The filter chooses the numbers; by
 * convention the upper half of the 64 bits says what is decided, the lower half for which item. */
#ifndef QUERN_RNG_H
#define QUERN_RNG_H

#include "base/decimal.h"

#include <stdbool.h>
#include <stdint.h>

/* The options of every random filter; add OPTIONS_RANDOM(struct …, random) to its table (options.h). */
struct random_options {
    int64_t seed;
    const char *salt;
    int64_t epoch;  /* for records without an epoch; below 0: not given */
    int64_t copies; /* of each record; 0: not given, which means one */
};

/* The 128 bits that represent a record in every random decision. */
struct identity {
    uint64_t high, low;
};

/* The part of the key that is the same for all records. */
struct rng_key {
    uint64_t seed, stage;
};
struct rng_key rng_key(const struct random_options *options, const char *stage_name);

/* The stream of one record in one round. Small; lives on the stack. */
struct rng {
    uint64_t key[2];
    uint64_t identity[2]; /* high, low */
    uint64_t round;
    uint64_t block, words[4]; /* the last block generated */
};
struct rng rng_start(struct rng_key key, struct identity identity, uint32_t round);

/* 64 random bits: draw number n. */
uint64_t rng_bits(struct rng *rng, uint64_t n);

/* An integer in [0, below), each equally likely (multiply-high with rejection: Lemire, TOMACS 2019); retries
 * have their own counter bits. below > 0. */
uint64_t rng_below(struct rng *rng, uint64_t n, uint64_t below);

/* True with probability p: the draw is below floor(p * 2^64); 1 is always true. */
bool rng_chance(struct rng *rng, uint64_t n, struct decimal p);

#endif
