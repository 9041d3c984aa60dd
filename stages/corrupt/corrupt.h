/* corrupt.h - what the tasks of corrupt share: the options, and the records that a task makes of one. */
#ifndef QUERN_CORRUPT_CORRUPT_H
#define QUERN_CORRUPT_CORRUPT_H

#include "quern.h"

enum corrupt_task { TASK_FIM, TASK_T5, TASK_UL2, TASK_PREFIX, TASK_DESHUFFLE, TASK_BART };

struct corrupt_options {
    int task;
    const char *field;
    struct decimal rate, spm_rate;
    const char *prefix_token, *suffix_token, *middle_token;
    const char *model, *eos;
    struct decimal density, mean;
    const char *sentinel;
    int64_t extra_ids;
    bool final_sentinel, t5_compat;
    struct words denoisers, mode_tokens;
    struct decimal ratio, poisson, random_tokens, permute_sentences, delete, insert, rotate;
    int64_t replace_length;
    struct words also;
    struct random_options random;
};

enum corrupt_counter {
    COUNT_PSM,
    COUNT_SPM,
    COUNT_NONE,
    COUNT_TOKENS, /* of the input */
    COUNT_NOISE,  /* tokens that the model is to predict because they were hidden */
    COUNT_SPANS,  /* runs of them */
    COUNT_JOINED, /* bart: spans that found no word to part them from the one before */
    COUNT_INSERTIONS,
    COUNT_MASKS,  /* masks in the source, */
    COUNT_RANDOM, /* of which so many became random tokens */
    COUNT_DELETED,
    COUNTERS
};

/* A task with all that its options and its vocabulary say. Read-only once it is open. */
struct corrupter {
    const struct corrupt_options *given;
    struct rng_key key;
    struct fim *fim;         /* of TASK_FIM */
    struct seq2seq *seq2seq; /* of all others */
    struct spans *spans;     /* of TASK_T5 and TASK_UL2 */
    struct bart *bart;       /* of TASK_BART */
};

#endif
