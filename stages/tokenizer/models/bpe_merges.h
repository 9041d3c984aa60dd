/* bpe_merges.h - which pairs of tokens are merged, by their ids.
 *
 * Looking up a pair costs mostly memory accesses, so a merge is a single 64-bit number: both ids and the rank. Most
 * pairs that are looked up are not merges; a bit under the hash of the pair, in a table small enough to stay in the
 * cache, shows that. */
#ifndef QUERN_TOKENIZER_BPE_MERGES_H
#define QUERN_TOKENIZER_BPE_MERGES_H

#include "base/vec.h"
#include "bpe_long.h"
#include "vocab.h"

enum { BPE_ID_BITS = 22, BPE_RANK_BITS = 20, BPE_MOST_RANKS = (1 << BPE_RANK_BITS) - 1 };
_Static_assert(VOCAB_MAX_ID < 1 << BPE_ID_BITS, "every id has room");
#define BPE_NO_MERGE UINT64_MAX

struct bpe_merges {
    uint64_t *slots; /* left, right, rank; open addressing, linear probing; BPE_NO_MERGE: free */
    size_t slot_count, used;
    uint64_t *bits;     /* set under the hash of every pair */
    unsigned bit_shift; /* 64 - the binary logarithm of their number */
    VEC(int32_t) ids;   /* by rank: the id of the merged token, or -1 */
    int32_t
        id_of_zero; /* if `regular`: the id for rank r is this + r, as in most files, so that no look-up is needed */
    bool regular;
};

/* expected: the number of merges. */
void bpe_merges_init(struct bpe_merges *merges, size_t expected);
void bpe_merges_free(struct bpe_merges *merges);

/* If a pair is put twice the last one counts; all pairs of one rank become the same token. -1, with the message, if the
 * rank is too large. */
int bpe_merges_put(struct bpe_merges *merges, int32_t left, int32_t right, uint32_t rank, int32_t id);

static inline int32_t bpe_merge_left(uint64_t merge)
{
    return (int32_t)(merge >> (BPE_ID_BITS + BPE_RANK_BITS));
}

static inline int32_t bpe_merge_right(uint64_t merge)
{
    return (int32_t)(merge >> BPE_RANK_BITS & ((1u << BPE_ID_BITS) - 1));
}

static inline uint64_t bpe_merges_key(int32_t left, int32_t right)
{
    return (uint64_t)(uint32_t)left << BPE_ID_BITS | (uint32_t)right;
}

static inline uint64_t bpe_merges_hash(uint64_t key)
{
    return key * 0x9e3779b97f4a7c15u;
}

static inline bool bpe_merges_may_have(const struct bpe_merges *merges, uint64_t hash)
{
    uint64_t bit = hash >> merges->bit_shift;
    return (merges->bits[bit / 64] >> bit % 64 & 1) != 0;
}

static inline size_t bpe_merges_first(const struct bpe_merges *merges, uint64_t hash)
{
    return (size_t)((hash >> 32) * merges->slot_count >> 32);
}

/* Prefetches the slot of a pair. */
static inline void bpe_merges_expect(const struct bpe_merges *merges, int32_t left, int32_t right)
{
    __builtin_prefetch(&merges->slots[bpe_merges_first(merges, bpe_merges_hash(bpe_merges_key(left, right)))]);
}

/* The slot of a pair, or the free slot where it would go. */
static inline uint64_t *bpe_merges_slot(const struct bpe_merges *merges, uint64_t key, uint64_t hash)
{
    size_t at = bpe_merges_first(merges, hash);
    while (merges->slots[at] >> BPE_RANK_BITS != key && merges->slots[at] != BPE_NO_MERGE)
        at = at + 1 == merges->slot_count ? 0 : at + 1;
    return &merges->slots[at];
}

static inline int32_t bpe_merges_id(const struct bpe_merges *merges, uint32_t rank)
{
    return merges->regular ? merges->id_of_zero + (int32_t)rank : merges->ids.items[rank];
}

/* BPE_NO_RANK if the pair is not a merge. */
static inline uint32_t bpe_merges_rank(const struct bpe_merges *merges, int32_t left, int32_t right)
{
    uint64_t key = bpe_merges_key(left, right), hash = bpe_merges_hash(key);
    if (!bpe_merges_may_have(merges, hash))
        return BPE_NO_RANK;
    uint64_t merge = *bpe_merges_slot(merges, key, hash);
    return merge == BPE_NO_MERGE ? BPE_NO_RANK : (uint32_t)merge & BPE_MOST_RANKS;
}

#endif
