/* seq2seq.h - the rules of corrupt for encoder-decoders on token ids: t5, ul2, prefix, deshuffle. */
#ifndef CHECK_SEQ2SEQ_H
#define CHECK_SEQ2SEQ_H

#include "check.h"

enum { MOST_DENOISERS = 64, PLACES = 20 };

struct seq2seq_options {
    struct check_options common;
    const char *eos, *density, *mean, *sentinel, *denoisers;
    int64_t extra_ids;
    bool final_sentinel, compat;
    struct words mode_tokens;
    struct random_options random;
};

enum {
    RULE_MEMBERS = RULES_COMMON,
    RULE_EOS,
    RULE_RESTORED,
    RULE_SENTINELS,
    RULE_COUNT,
    RULE_DENOISER,
    LAW_ENDS,
    LAW_SPANS,
    LAW_GAPS,
    LAW_CUTS,
    LAW_ORDER,
    LAW_DENOISERS,
};

/* How a record is corrupted. */
struct denoiser {
    struct slice name; /* as the option says it */
    char kind;         /* S: the last tokens, no sentinels */
    struct decimal mean, density;
    double weight;
    int32_t mode; /* the token that begins the inputs; -1: none */
};

struct seq2seq {
    const struct seq2seq_options *given;
    int32_t eos;         /* -1: none */
    int32_t first_extra; /* --extra-ids: sentinel k is first_extra - k; -1: by name */
    uint32_t *numbers;   /* else the number of each id + 1, 0 for what is no sentinel */
    struct denoiser denoisers[MOST_DENOISERS];
    size_t denoiser_count;

    struct drift ends[2], spans, gaps, order;
    double cuts[PLACES], cuts_expected[PLACES], drawn[MOST_DENOISERS];
    uint64_t records, span_count, cut_count, order_count;
};

/* The two sides of a record, and what it was made of (NULL: not known). */
struct sides {
    const int32_t *inputs, *labels, *original;
    size_t input_count, label_count, count;
};

/* t5, and a denoiser of ul2 that has sentinels. */
void seq2seq_spans(struct check *check, struct seq2seq *state, const struct sides *sides,
                   const struct denoiser *denoiser);

#endif
