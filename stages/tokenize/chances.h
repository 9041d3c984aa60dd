/* chances.h - what is left to chance when a record is tokenized: merges that are left out (BPE-dropout, dropout.h),
 * segmentations that are drawn (subword regularization, unigram_sampler.h). The choices are the record's own: those of
 * its identity, the seed and the round (record/lineage.h). */
#ifndef QUERN_TOKENIZER_CHANCES_H
#define QUERN_TOKENIZER_CHANCES_H

#include "../tokenizer/tokenizer.h"
#include "record/lineage.h"
#include "record/options.h"

struct chances_options {
    struct decimal dropout; /* the probability that a merge is left out */
    int64_t nbest_size;     /* segmentations are drawn from so many; below 0: from all; 0, 1: none is drawn */
    struct decimal alpha;   /* the exponent of their probabilities */
    struct random_options random;
};

bool chances_wanted(const struct chances_options *given);

/* Options that do nothing: -1, with the message. */
int chances_check(const struct chances_options *given);

/* Shared by all threads. */
struct chances {
    const struct chances_options *given;
    struct unigram_sampler *sampler; /* NULL: the best segmentation */
    struct rng_key key;
};

/* -1, with the message, where the model leaves nothing to chance. path: of the tokenizer, for the message. */
int chances_open(struct chances *chances, const struct chances_options *given, const struct tokenizer *tokenizer,
                 const char *path);
void chances_close(struct chances *chances);

/* Of one copy of a record. */
struct chances_of_record {
    struct dropout dropout;
    struct sampling sampling;
};

/* Sets what the options ask for in `asked`, which must not outlive `made`. */
void chances_start(const struct chances *chances, const struct lineage *lineage, int64_t copy,
                   struct chances_of_record *made, struct tokenizer_options *asked);

#endif
