/* bpe_merges.c - see bpe_merges.h. */
#include "bpe_merges.h"

#include "base/diag.h"

/* Half of the slots stay free, and nearly all of the bits clear. */
enum { SLOTS_PER_MERGE = 2, FEWEST_SLOTS = 64, BITS_PER_SLOT = 8 };

static void make_slots(struct bpe_merges *merges, size_t count)
{
    merges->slots = mem_alloc(count * sizeof *merges->slots);
    memset(merges->slots, 0xff, count * sizeof *merges->slots);
    merges->slot_count = count;
    merges->bit_shift = 63;
    while (merges->bit_shift > 1 && UINT64_C(1) << (64 - merges->bit_shift) < BITS_PER_SLOT * count)
        merges->bit_shift--;
    merges->bits = mem_zalloc((UINT64_C(1) << (64 - merges->bit_shift)) / 64 + 1, sizeof *merges->bits);
}

/* Finds or takes the slot of a pair. */
static uint64_t *use_slot(struct bpe_merges *merges, uint64_t key)
{
    uint64_t hash = bpe_merges_hash(key), bit = hash >> merges->bit_shift;
    merges->bits[bit / 64] |= UINT64_C(1) << bit % 64;
    return bpe_merges_slot(merges, key, hash);
}

void bpe_merges_init(struct bpe_merges *merges, size_t expected)
{
    *merges = (struct bpe_merges){0};
    make_slots(merges, FEWEST_SLOTS + SLOTS_PER_MERGE * expected);
}

void bpe_merges_free(struct bpe_merges *merges)
{
    vec_free(&merges->ids);
    mem_free(merges->slots);
    mem_free(merges->bits);
    merges->slots = merges->bits = NULL;
}

static void grow(struct bpe_merges *merges)
{
    struct bpe_merges old = *merges;
    make_slots(merges, 2 * old.slot_count);
    for (size_t i = 0; i < old.slot_count; i++)
        if (old.slots[i] != BPE_NO_MERGE)
            *use_slot(merges, old.slots[i] >> BPE_RANK_BITS) = old.slots[i];
    mem_free(old.slots);
    mem_free(old.bits);
}

int bpe_merges_put(struct bpe_merges *merges, int32_t left, int32_t right, uint32_t rank, int32_t id)
{
    if (rank >= BPE_MOST_RANKS)
        return diag_error("merge %u: more than %d are not supported", rank + 1, BPE_MOST_RANKS);
    uint64_t key = bpe_merges_key(left, right), *slot = use_slot(merges, key);
    merges->used += *slot == BPE_NO_MERGE;
    *slot = key << BPE_RANK_BITS | rank;
    while (merges->ids.len <= rank)
        vec_push(&merges->ids, -1);
    merges->ids.items[rank] = id;
    if (merges->used == 1)
        merges->id_of_zero = id - (int32_t)rank;
    merges->regular = (merges->regular || merges->used == 1) && id - (int32_t)rank == merges->id_of_zero;
    if (SLOTS_PER_MERGE * merges->used > merges->slot_count)
        grow(merges);
    return 0;
}
