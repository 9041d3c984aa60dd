/* fim.h - fill in the middle: the middle of a text comes last, so that a model that reads from left to right learns to
 * write it (Bavarian et al., Efficient training of language models to fill in the middle, arXiv 2207.14255). */
#ifndef QUERN_CORRUPT_FIM_H
#define QUERN_CORRUPT_FIM_H

#include "corrupt.h"

/* The markers that the options name. NULL, with the message. */
struct fim *fim_new(const struct corrupt_options *given);
void fim_free(struct fim *fim);

/* Emits the copies of a record, with the text rearranged. 0, or -1 with the message. */
int fim_record(const struct corrupter *corrupter, const struct record *in, struct sink *out);

#endif
