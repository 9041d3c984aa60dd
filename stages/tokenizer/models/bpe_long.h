/* bpe_long.h - the merges of a long word, in a time that grows with its length only.
 *
 * Byte pair encoding wants the pair of the lowest rank, the leftmost on a tie. Each pair of neighbours hangs in the
 * list of its rank, and bits say which lists hold something, so that the next pair is never searched for, and no pair
 * is met that is none any more. Within a list the order matters only among pairs that overlap, and those are taken from
 * the left; that holds as long as a merge makes no pair of its own rank or a lower one. The vocabularies that training
 * makes do not, so far as texts are known; where one does, the word is left to another way (bpe_heap.h). */
#ifndef QUERN_TOKENIZER_BPE_LONG_H
#define QUERN_TOKENIZER_BPE_LONG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BPE_NO_RANK UINT32_MAX
#define BPE_NO_SYMBOL UINT32_MAX

/* What two neighbours become; rank is BPE_NO_RANK where they are not to be merged. */
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

/* What is known of the pair of two neighbours, by the model. */
typedef struct bpe_pair (*bpe_pair_of)(const void *model, const struct bpe_symbol *left,
                                       const struct bpe_symbol *right);

struct bpe_long;

/* ranks: all are below. */
struct bpe_long *bpe_long_new(size_t ranks);
void bpe_long_free(struct bpe_long *lists);

/* Merges symbols with ids and ends, all else is set here; those that are left are linked by `next`, from the first on.
 * False where the order would matter: then the symbols are to be started again. */
bool bpe_long_merge(struct bpe_long *lists, bpe_pair_of pair_of, const void *model, struct bpe_symbol *symbols,
                    size_t count);

#endif
