/* bpe_merges.c - see bpe_merges.h. */
#include "bpe_merges.h"

/* Half of the slots stay free. */
enum { SLOTS_PER_MERGE = 2, FEWEST_SLOTS = 64 };

static void make_slots(struct bpe_merges *merges, size_t count)
{
    merges->slots = mem_zalloc(count, sizeof *merges->slots);
    merges->slot_count = count;
}

void bpe_merges_init(struct bpe_merges *merges, size_t expected)
{
    *merges = (struct bpe_merges){0};
    make_slots(merges, FEWEST_SLOTS + SLOTS_PER_MERGE * expected);
    vec_reserve(&merges->list, expected);
}

void bpe_merges_free(struct bpe_merges *merges)
{
    vec_free(&merges->list);
    mem_free(merges->slots);
    merges->slots = NULL;
}

static void use_slot(struct bpe_merges *merges, const struct bpe_merge *merge, size_t number)
{
    struct bpe_merge_slot *slot = bpe_merges_slot(merges, merge->left, merge->right);
    merges->used += slot->tag == 0;
    *slot = (struct bpe_merge_slot){
        .tag = bpe_merges_tag(bpe_merges_hash(merge->left, merge->right)),
        .number = (uint32_t)number,
    };
}

static void grow(struct bpe_merges *merges)
{
    size_t count = 2 * merges->slot_count;
    mem_free(merges->slots);
    make_slots(merges, count);
    merges->used = 0;
    for (size_t number = 0; number < merges->list.len; number++)
        use_slot(merges, &merges->list.items[number], number);
}

void bpe_merges_put(struct bpe_merges *merges, struct bpe_merge merge)
{
    vec_push(&merges->list, merge);
    if (SLOTS_PER_MERGE * merges->list.len > merges->slot_count)
        grow(merges);
    else
        use_slot(merges, &merge, merges->list.len - 1);
    if (merge.pair.rank >= merges->ranks)
        merges->ranks = merge.pair.rank + 1;
}
