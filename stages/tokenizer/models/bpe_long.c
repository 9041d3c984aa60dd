/* bpe_long.c - see bpe_long.h. */
#include "bpe_long.h"

#include "base/memory.h"

#include <string.h>

enum { MOST_LEVELS = 6, BITS = 64 };

struct bpe_long {
    uint32_t *heads;               /* by rank: the first symbol of its list, BPE_NO_SYMBOL */
    uint64_t *levels[MOST_LEVELS]; /* a bit for each list that is not empty; one for each word of bits below; … */
    size_t top;                    /* the level that has a single word */
};

/* A word that is being merged. */
struct run {
    struct bpe_long *lists;
    bpe_pair_of pair_of;
    const void *model;
    struct bpe_symbol *symbols;
};

struct bpe_long *bpe_long_new(size_t ranks)
{
    struct bpe_long *lists = mem_zalloc(1, sizeof *lists);
    lists->heads = mem_zalloc(ranks + 1, sizeof *lists->heads);
    memset(lists->heads, 0xff, (ranks + 1) * sizeof *lists->heads);
    size_t words = ranks / BITS + 1;
    for (lists->top = 0;; lists->top++) {
        lists->levels[lists->top] = mem_zalloc(words, sizeof(uint64_t));
        if (words == 1)
            return lists;
        words = (words - 1) / BITS + 1;
    }
}

void bpe_long_free(struct bpe_long *lists)
{
    if (lists == NULL)
        return;
    for (size_t level = 0; level <= lists->top; level++)
        mem_free(lists->levels[level]);
    mem_free(lists->heads);
    mem_free(lists);
}

/* ---- lists ---- */

static void set_bits(struct bpe_long *lists, size_t rank)
{
    for (size_t level = 0, at = rank; level <= lists->top; level++, at /= BITS) {
        uint64_t *word = &lists->levels[level][at / BITS], old = *word;
        *word |= UINT64_C(1) << at % BITS;
        if (old != 0)
            return;
    }
}

static void clear_bits(struct bpe_long *lists, size_t rank)
{
    for (size_t level = 0, at = rank; level <= lists->top; level++, at /= BITS)
        if ((lists->levels[level][at / BITS] &= ~(UINT64_C(1) << at % BITS)) != 0)
            return;
}

/* The lowest rank whose list is not empty, or BPE_NO_RANK. */
static uint32_t lowest_rank(const struct bpe_long *lists)
{
    size_t at = 0;
    if (lists->levels[lists->top][0] == 0)
        return BPE_NO_RANK;
    for (size_t level = lists->top + 1; level-- > 0;)
        at = at * BITS + (size_t)__builtin_ctzll(lists->levels[level][at]);
    return (uint32_t)at;
}

/* Appends the pair to the list of its rank. */
static void hang(struct run *run, uint32_t at)
{
    struct bpe_symbol *symbols = run->symbols, *symbol = &symbols[at];
    uint32_t *head = &run->lists->heads[symbol->pair.rank];
    if (*head == BPE_NO_SYMBOL) {
        *head = symbol->earlier = symbol->later = at;
        set_bits(run->lists, symbol->pair.rank);
        return;
    }
    symbol->later = *head;
    symbol->earlier = symbols[*head].earlier;
    symbols[symbol->earlier].later = symbols[*head].earlier = at;
}

static void take(struct run *run, uint32_t at)
{
    struct bpe_symbol *symbols = run->symbols, *symbol = &symbols[at];
    uint32_t *head = &run->lists->heads[symbol->pair.rank];
    if (symbol->later == at) {
        *head = BPE_NO_SYMBOL;
        clear_bits(run->lists, symbol->pair.rank);
        return;
    }
    symbols[symbol->earlier].later = symbol->later;
    symbols[symbol->later].earlier = symbol->earlier;
    if (*head == at)
        *head = symbol->later;
}

/* ---- merges ---- */

static void start(struct run *run, size_t count)
{
    struct bpe_symbol *symbols = run->symbols;
    for (size_t i = 0; i < count; i++) {
        symbols[i].previous = (uint32_t)(i - 1); /* of the first symbol: BPE_NO_SYMBOL */
        symbols[i].next = i + 1 < count ? (uint32_t)(i + 1) : BPE_NO_SYMBOL;
        symbols[i].pair.rank = BPE_NO_RANK;
        if (i + 1 == count)
            return;
        symbols[i].pair = run->pair_of(run->model, &symbols[i], &symbols[i + 1]);
        if (symbols[i].pair.rank != BPE_NO_RANK)
            hang(run, (uint32_t)i);
    }
}

/* Merges a symbol that is in the list with the next one. Returns true if the new pairs have higher ranks, as they must.
 * `goes_on`: the new symbol is about to get another neighbour. */
static bool merge(struct run *run, uint32_t at, bool goes_on)
{
    struct bpe_symbol *symbols = run->symbols, *left = &symbols[at], *right = &symbols[left->next];
    uint32_t rank = left->pair.rank, previous = left->previous;
    take(run, at);
    if (right->pair.rank != BPE_NO_RANK)
        take(run, left->next);
    left->id = left->pair.id;
    left->end = right->end;
    left->next = right->next;
    left->pair.rank = BPE_NO_RANK;
    if (left->next != BPE_NO_SYMBOL) {
        symbols[left->next].previous = at;
        struct bpe_pair pair = run->pair_of(run->model, left, &symbols[left->next]);
        if (pair.rank <= rank)
            return false;
        if (!goes_on)
            left->pair = pair;
        if (left->pair.rank != BPE_NO_RANK)
            hang(run, at);
    }
    if (previous == BPE_NO_SYMBOL)
        return true;
    if (symbols[previous].pair.rank != BPE_NO_RANK)
        take(run, previous);
    symbols[previous].pair = run->pair_of(run->model, &symbols[previous], left);
    if (symbols[previous].pair.rank != BPE_NO_RANK)
        hang(run, previous);
    return symbols[previous].pair.rank > rank;
}

static bool has_rank(const struct run *run, uint32_t at, uint32_t rank)
{
    return at != BPE_NO_SYMBOL && run->symbols[at].pair.rank == rank;
}

/* The pair of this rank from which the pairs near a symbol are to be taken from left to right: a merge looks at its
 * neighbours, so adjacent pairs must be merged in order. A symbol in between that no merge of the rank touches keeps
 * them apart. */
static uint32_t leftmost(const struct run *run, uint32_t at, uint32_t rank)
{
    for (;;) {
        uint32_t previous = run->symbols[at].previous;
        if (previous != BPE_NO_SYMBOL && !has_rank(run, previous, rank))
            previous = run->symbols[previous].previous;
        if (!has_rank(run, previous, rank))
            return at;
        at = previous;
    }
}

/* Merges the pair at a symbol, and nearby pairs of the same rank. */
static bool merge_near(struct run *run, uint32_t near, uint32_t rank)
{
    const struct bpe_symbol *symbols = run->symbols;
    for (uint32_t at = leftmost(run, near, rank); has_rank(run, at, rank);) {
        uint32_t next = symbols[symbols[at].next].next;
        bool goes_on = has_rank(run, next, rank);
        if (!merge(run, at, goes_on))
            return false;
        at = goes_on || next == BPE_NO_SYMBOL ? next : symbols[next].next;
    }
    return true;
}

/* Empties the lists. */
static void give_up(struct run *run)
{
    for (uint32_t rank; (rank = lowest_rank(run->lists)) != BPE_NO_RANK;) {
        run->lists->heads[rank] = BPE_NO_SYMBOL;
        clear_bits(run->lists, rank);
    }
}

bool bpe_long_merge(struct bpe_long *lists, bpe_pair_of pair_of, const void *model, struct bpe_symbol *symbols,
                    size_t count)
{
    struct run run = {lists, pair_of, model, symbols};
    start(&run, count);
    for (uint32_t rank; (rank = lowest_rank(lists)) != BPE_NO_RANK;)
        if (!merge_near(&run, lists->heads[rank], rank)) {
            give_up(&run);
            return false;
        }
    return true;
}
