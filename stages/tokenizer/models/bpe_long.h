/* bpe_long.h - the merges of a long word, in time linear in its length.
 *
 * Byte pair encoding always takes the pair with the lowest rank, the leftmost on a tie. Each pair of neighbours is in
 * the list of its rank, and bits say which lists are not empty, so the next pair is found without a search, and pairs
 * that no longer exist are never met. Within a list the order matters only among pairs that overlap, and those are
 * taken from the left; that is right as long as no merge makes a pair of its own rank or a lower one. As far as texts
 * are known, no merge of a trained vocabulary does; if one does, the word is left to bpe_heap.h. */
#ifndef QUERN_TOKENIZER_BPE_LONG_H
#define QUERN_TOKENIZER_BPE_LONG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BPE_NO_RANK UINT32_MAX
#define BPE_NO_SYMBOL UINT32_MAX

/* What two neighbours become; rank is BPE_NO_RANK if they are not to be merged. */
struct bpe_pair {
    uint32_t rank;
    int32_t id;
};

struct bpe_symbol {
    int32_t id;
    uint32_t end;            /* bytes of the word; the next symbol starts there */
    struct bpe_pair pair;    /* with the next symbol */
    uint32_t previous, next; /* BPE_NO_SYMBOL */
    uint32_t earlier, later; /* in the list of the rank, a ring */
};

/* The model's answer for a pair of neighbours. */
typedef struct bpe_pair (*bpe_pair_of)(const void *model, const struct bpe_symbol *left,
                                       const struct bpe_symbol *right);

struct bpe_long;

/* ranks: all ranks are below this. */
struct bpe_long *bpe_long_new(size_t ranks);
void bpe_long_free(struct bpe_long *lists);

/* Merges symbols whose ids and ends are set (everything else is set here); the remaining ones are linked by `next`,
 * from the first one on. False if the order within a list would matter: then start again from fresh symbols. */
bool bpe_long_merge(struct bpe_long *lists, bpe_pair_of pair_of, const void *model, struct bpe_symbol *symbols,
                    size_t count);

#endif
