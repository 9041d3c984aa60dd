/* bpe_heap.h - the merges of a word one by one, by a heap of pairs: n log n, for any order of ranks, and with dropout.
 *
 * What bpe_long.h makes faster where it can. */
#ifndef QUERN_TOKENIZER_BPE_HEAP_H
#define QUERN_TOKENIZER_BPE_HEAP_H

#include "bpe_long.h"
#include "dropout.h"

struct bpe_heap;

struct bpe_heap *bpe_heap_new(void);
void bpe_heap_free(struct bpe_heap *heap);

/* Merges symbols with ids and ends, all else is set here; those that are left are linked by `next`, from the first on.
 * dropout: NULL for none. */
void bpe_heap_merge(struct bpe_heap *heap, bpe_pair_of pair_of, const void *model, struct dropout *dropout,
                    struct bpe_symbol *symbols, size_t count);

#endif
