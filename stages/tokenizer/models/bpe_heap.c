/* bpe_heap.c - see bpe_heap.h. */
#include "bpe_heap.h"

#include "base/vec.h"

struct waiting {
    uint32_t rank, at; /* the symbol that was to be merged with the next one */
};

struct bpe_heap {
    VEC(struct waiting) pairs;
    VEC(struct waiting) dropped; /* until the next merge that is not dropped */
};

struct bpe_heap *bpe_heap_new(void)
{
    return mem_zalloc(1, sizeof(struct bpe_heap));
}

void bpe_heap_free(struct bpe_heap *heap)
{
    if (heap == NULL)
        return;
    vec_free(&heap->pairs);
    vec_free(&heap->dropped);
    mem_free(heap);
}

static bool before(struct waiting a, struct waiting b)
{
    return a.rank != b.rank ? a.rank < b.rank : a.at < b.at;
}

static void sift_down(struct waiting *pairs, size_t len, size_t at)
{
    struct waiting moved = pairs[at];
    for (size_t child; (child = 2 * at + 1) < len; at = child) {
        if (child + 1 < len && before(pairs[child + 1], pairs[child]))
            child++;
        if (!before(pairs[child], moved))
            break;
        pairs[at] = pairs[child];
    }
    pairs[at] = moved;
}

static void put(struct bpe_heap *heap, struct waiting new)
{
    vec_push(&heap->pairs, new);
    struct waiting *pairs = heap->pairs.items;
    size_t place = heap->pairs.len - 1;
    for (; place > 0 && before(new, pairs[(place - 1) / 2]); place = (place - 1) / 2)
        pairs[place] = pairs[(place - 1) / 2];
    pairs[place] = new;
}

static void wait_for(struct bpe_heap *heap, const struct bpe_symbol *symbol, uint32_t at)
{
    if (symbol->pair.rank != BPE_NO_RANK)
        put(heap, (struct waiting){symbol->pair.rank, at});
}

static struct waiting take_first(struct bpe_heap *heap)
{
    struct waiting first = heap->pairs.items[0];
    heap->pairs.items[0] = heap->pairs.items[--heap->pairs.len];
    if (heap->pairs.len > 0)
        sift_down(heap->pairs.items, heap->pairs.len, 0);
    return first;
}

static void start(struct bpe_heap *heap, bpe_pair_of pair_of, const void *model, struct bpe_symbol *symbols,
                  size_t count)
{
    heap->pairs.len = heap->dropped.len = 0;
    vec_reserve(&heap->pairs, count);
    for (uint32_t i = 0; i < count; i++) {
        symbols[i].previous = i - 1; /* of the first symbol: BPE_NO_SYMBOL */
        symbols[i].next = i + 1 < count ? i + 1 : BPE_NO_SYMBOL;
        symbols[i].pair.rank = BPE_NO_RANK;
        if (i + 1 < count)
            symbols[i].pair = pair_of(model, &symbols[i], &symbols[i + 1]);
        if (symbols[i].pair.rank != BPE_NO_RANK)
            heap->pairs.items[heap->pairs.len++] = (struct waiting){symbols[i].pair.rank, i};
    }
    for (size_t i = heap->pairs.len / 2; i-- > 0;)
        sift_down(heap->pairs.items, heap->pairs.len, i);
}

/* A dropped merge gets another chance after each merge that is carried out. */
static bool is_dropped(struct bpe_heap *heap, struct dropout *dropout, struct waiting merge)
{
    if (dropout == NULL)
        return false;
    if (dropout_drops(dropout)) {
        vec_push(&heap->dropped, merge);
        return true;
    }
    for (size_t i = 0; i < heap->dropped.len; i++)
        put(heap, heap->dropped.items[i]);
    heap->dropped.len = 0;
    return false;
}

void bpe_heap_merge(struct bpe_heap *heap, bpe_pair_of pair_of, const void *model, struct dropout *dropout,
                    struct bpe_symbol *symbols, size_t count)
{
    start(heap, pair_of, model, symbols, count);
    while (heap->pairs.len > 0) {
        struct waiting best = take_first(heap);
        struct bpe_symbol *left = &symbols[best.at];
        if (left->pair.rank != best.rank) /* one of the two has since been merged with another */
            continue;
        if (is_dropped(heap, dropout, best))
            continue;
        struct bpe_symbol *right = &symbols[left->next];
        left->id = left->pair.id;
        left->end = right->end;
        left->next = right->next;
        left->pair.rank = right->pair.rank = BPE_NO_RANK;
        if (left->next != BPE_NO_SYMBOL)
            symbols[left->next].previous = best.at;
        if (left->previous != BPE_NO_SYMBOL) {
            symbols[left->previous].pair = pair_of(model, &symbols[left->previous], left);
            wait_for(heap, &symbols[left->previous], left->previous);
        }
        if (left->next != BPE_NO_SYMBOL) {
            left->pair = pair_of(model, left, &symbols[left->next]);
            wait_for(heap, left, best.at);
        }
    }
}
