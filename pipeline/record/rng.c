/* rng.c - counter-based random numbers: see rng.h. */
#include "record/rng.h"

#include "base/vec.h"

#include <assert.h>

/* This library's header is not clean under -Wpedantic -Wconversion. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
/* We need 128-bit integers anyway; the library does not know all processors that have them, such as s390x. */
#define R123_USE_GNU_UINT128 1
#include <Random123/philox.h>
#pragma GCC diagnostic pop

#define XXH_INLINE_ALL
#include <xxhash.h>

__extension__ typedef unsigned __int128 u128;

struct rng_key rng_key(const struct random_options *options, const char *stage_name)
{
    /* name, a zero byte, salt: the zero keeps ("ab","c") and ("a","bc") apart */
    struct bytes both = {0};
    bytes_append(&both, stage_name, strlen(stage_name) + 1);
    bytes_put(&both, slice_of(options->salt));
    struct rng_key key = {(uint64_t)options->seed, XXH3_64bits(both.items, both.len)};
    vec_free(&both);
    return key;
}

struct rng rng_start(struct rng_key key, struct identity identity, uint32_t round)
{
    return (struct rng){
        .key = {key.seed, key.stage},
        .identity = {identity.high, identity.low},
        .round = round,
        .block = UINT64_MAX,
    };
}

static void make_block(const struct rng *rng, uint64_t block, uint64_t retry, uint64_t words[4])
{
    philox4x64_ctr_t counter = {{block, rng->round | retry << 32, rng->identity[0], rng->identity[1]}};
    philox4x64_key_t key = {{rng->key[0], rng->key[1]}};
    philox4x64_ctr_t made = philox4x64(counter, key);
    memcpy(words, made.v, sizeof made.v);
}

uint64_t rng_bits(struct rng *rng, uint64_t n)
{
    if (rng->block != n / 4) {
        rng->block = n / 4;
        make_block(rng, rng->block, 0, rng->words);
    }
    return rng->words[n % 4];
}

uint64_t rng_below(struct rng *rng, uint64_t n, uint64_t below)
{
    assert(below > 0);
    u128 product = (u128)rng_bits(rng, n) * below;
    if ((uint64_t)product < below) {
        /* 2^64 mod `below` values of the low half must be rejected, or some results would be more likely */
        uint64_t surplus = (0 - below) % below;
        for (uint64_t retry = 1; (uint64_t)product < surplus; retry++) {
            uint64_t words[4];
            make_block(rng, n / 4, retry, words);
            product = (u128)words[n % 4] * below;
        }
    }
    return (uint64_t)(product >> 64);
}

bool rng_chance(struct rng *rng, uint64_t n, struct decimal p)
{
    return decimal_is_whole(p) || rng_bits(rng, n) < decimal_threshold(p);
}
