/* bpe_merges.h - which pairs of tokens are merged, by their ids.
 *
 * Most pairs that are asked for are none, so what is searched is small: eight bytes a slot, a part of the hash and the
 * number of the merge. The merge itself is looked at where the hash agrees; merges that are often made, those of low
 * ranks, are neighbours there. */
#ifndef QUERN_TOKENIZER_BPE_MERGES_H
#define QUERN_TOKENIZER_BPE_MERGES_H

#include "bpe_long.h"
#include "vec.h"

struct bpe_merge {
    int32_t left, right;
    struct bpe_pair pair;
};

struct bpe_merges {
    VEC(struct bpe_merge) list; /* in the order they were put */
    struct bpe_merge_slot {
        uint32_t tag, number; /* tag 0: free */
    } * slots;                /* open addressing, linear probing */
    size_t slot_count, used;  /* used: different pairs */
    uint32_t ranks;           /* the largest rank + 1 */
};

/* expected: the number of merges. */
void bpe_merges_init(struct bpe_merges *merges, size_t expected);
void bpe_merges_free(struct bpe_merges *merges);

/* Of a pair that is put twice the last one counts. */
void bpe_merges_put(struct bpe_merges *merges, struct bpe_merge merge);

static inline uint64_t bpe_merges_hash(int32_t left, int32_t right)
{
    uint64_t mixed = ((uint64_t)(uint32_t)left << 32 | (uint32_t)right) * 0x9e3779b97f4a7c15u;
    return mixed ^ mixed >> 32;
}

static inline uint32_t bpe_merges_tag(uint64_t hash)
{
    return (uint32_t)hash | 1;
}

static inline size_t bpe_merges_first(const struct bpe_merges *merges, uint64_t hash)
{
    return (size_t)((hash >> 32) * merges->slot_count >> 32);
}

/* The slot of a pair, or the free one where it would be. */
static inline struct bpe_merge_slot *bpe_merges_slot(const struct bpe_merges *merges, int32_t left, int32_t right)
{
    uint64_t hash = bpe_merges_hash(left, right);
    uint32_t tag = bpe_merges_tag(hash);
    for (size_t at = bpe_merges_first(merges, hash);; at = at + 1 == merges->slot_count ? 0 : at + 1) {
        struct bpe_merge_slot *slot = &merges->slots[at];
        if (slot->tag == 0)
            return slot;
        if (slot->tag != tag)
            continue;
        const struct bpe_merge *merge = &merges->list.items[slot->number];
        if (merge->left == left && merge->right == right)
            return slot;
    }
}

/* What the pair becomes; its rank is BPE_NO_RANK where it is none. */
static inline struct bpe_pair bpe_merges_find(const struct bpe_merges *merges, int32_t left, int32_t right)
{
    const struct bpe_merge_slot *slot = bpe_merges_slot(merges, left, right);
    return slot->tag == 0 ? (struct bpe_pair){BPE_NO_RANK, -1} : merges->list.items[slot->number].pair;
}

#endif
