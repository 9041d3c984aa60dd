/* bpe_heap.h - merges a word one pair at a time, with a heap of pairs: n log n, for any order of ranks, and with
 * dropout.
 *
 * bpe_long.h is faster but not always possible. */
#ifndef QUERN_TOKENIZER_BPE_HEAP_H
#define QUERN_TOKENIZER_BPE_HEAP_H

#include "bpe_long.h"
#include "dropout.h"

struct bpe_heap;

struct bpe_heap *bpe_heap_new(void);
void bpe_heap_free(struct bpe_heap *heap);

/* Merges symbols whose ids and ends are set (everything else is set here); the remaining ones are linked by `next`,
 * from the first one on. dropout: may be NULL. */
void bpe_heap_merge(struct bpe_heap *heap, bpe_pair_of pair_of, const void *model, struct dropout *dropout,
                    struct bpe_symbol *symbols, size_t count);

#endif
