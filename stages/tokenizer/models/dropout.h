/* dropout.h - BPE-dropout: skips a merge that is about to happen with some probability, so that a word has more than
 * one segmentation (Provilkov et al. 2020, arXiv:1910.13267). */
#ifndef QUERN_TOKENIZER_DROPOUT_H
#define QUERN_TOKENIZER_DROPOUT_H

#include "record/rng.h"

#include <stdbool.h>

struct dropout {
    struct decimal probability;
    struct rng rng; /* the record's */
    uint64_t next;  /* the number of the next draw; the caller sets the first */
};

static inline bool dropout_drops(struct dropout *dropout)
{
    return rng_chance(&dropout->rng, dropout->next++, dropout->probability);
}

#endif
