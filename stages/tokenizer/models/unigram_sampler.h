/* unigram_sampler.h - subword regularization: samples segmentations, likelier ones more often, so that a model in
 * training sees more than the best one (Kudo 2018, arXiv:1804.10959).
 *
 * The probability of a segmentation x is p(x)^alpha divided by the sum of that over all segmentations (equation 8
 * there), or over the N best only. To sample from all of them it need not list them: right to left, every place gets
 * the sum for the rest of the text; then, left to right, each token is drawn by its own weight times the sum for the
 * text after it (section 3.4's forward-filtering and backward-sampling, mirrored).
 *
 * It uses only integers (weight.h) and draws that belong to the record, so the result depends on nothing else. */
#ifndef QUERN_TOKENIZER_UNIGRAM_SAMPLER_H
#define QUERN_TOKENIZER_UNIGRAM_SAMPLER_H

#include "record/rng.h"
#include "unigram.h"
#include "unigram_nbest.h"
#include "weight.h"

/* How many segmentations to draw from: all, or up to SentencePiece's limit. */
enum { SAMPLE_ALL = 0, SAMPLE_MOST = 512 };

struct unigram_sampler; /* read-only, shared by threads */

/* For the ids below `size`. nbest: SAMPLE_ALL, or 1 to SAMPLE_MOST; alpha is at most 10. The model must live longer.
 * NULL, with the message, if its scores are too large. */
struct unigram_sampler *unigram_sampler_new(const struct unigram *unigram, size_t size, size_t nbest,
                                            struct decimal alpha);
void unigram_sampler_free(struct unigram_sampler *sampler);

/* The state of sampling for a record's texts. */
struct sampling {
    const struct unigram_sampler *sampler;
    struct rng rng;
    uint64_t next; /* the number of the next draw; the caller sets the first */
};

/* One thread's; zeroed at first. */
struct unigram_sampling_scratch {
    VEC(struct weight) sums; /* by byte of the text */
    struct unigram_nbest nbest;
    VEC(struct weight) weights;
    struct subwords candidates;
};
void unigram_sampling_free(struct unigram_sampling_scratch *scratch);

/* Appends the tokens of a text; every unknown character is one. 0, or -1 with the message if the text is too long. */
int unigram_sample(struct sampling *sampling, struct unigram_sampling_scratch *scratch, struct slice text,
                   struct subwords *out);

#endif
