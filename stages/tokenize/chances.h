/* chances.h - the random choices in tokenizing a record: skipped merges (BPE-dropout, dropout.h) and sampled
 * segmentations (subword regularization, unigram_sampler.h). They depend only on the record's identity, the seed and
 * the round (record/lineage.h). */
#ifndef QUERN_TOKENIZER_CHANCES_H
#define QUERN_TOKENIZER_CHANCES_H

#include "../tokenizer/tokenizer.h"
#include "record/lineage.h"
#include "record/options.h"

struct chances_options {
    struct decimal dropout; /* the probability that a merge is skipped */
    int64_t nbest_size;     /* sample from this many segmentations; below 0: from all; 0, 1: do not sample */
    struct decimal alpha;   /* the exponent of their probabilities */
    struct random_options random;
};

bool chances_wanted(const struct chances_options *given);

/* -1, with the message, if an option has no effect. */
int chances_check(const struct chances_options *given);

/* Shared by all threads. */
struct chances {
    const struct chances_options *given;
    struct unigram_sampler *sampler; /* NULL: the best segmentation */
    struct rng_key key;
};

/* -1, with the message, if the model has no such choices to make. path: the tokenizer's, for the message. */
int chances_open(struct chances *chances, const struct chances_options *given, const struct tokenizer *tokenizer,
                 const char *path);
void chances_close(struct chances *chances);

/* For one copy of a record. */
struct chances_of_record {
    struct dropout dropout;
    struct sampling sampling;
};

/* Sets in `asked` what the options ask for; `asked` must not outlive `made`. */
void chances_start(const struct chances *chances, const struct lineage *lineage, int64_t copy,
                   struct chances_of_record *made, struct tokenizer_options *asked);

#endif
