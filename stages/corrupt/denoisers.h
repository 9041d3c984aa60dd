/* denoisers.h - the denoisers of UL2 (Tay et al., UL2: unifying language learning paradigms, arXiv 2205.05131), one of
 * which is drawn for each record. T5 is one that is always drawn. */
#ifndef QUERN_CORRUPT_DENOISERS_H
#define QUERN_CORRUPT_DENOISERS_H

#include "../tokenizer/tokenizer.h"
#include "base/decimal.h"
#include "record/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct denoiser {
    struct slice name;            /* as the option has it, without the weight: "X:8:0.5" */
    char kind;                    /* R, X: spans; S: the end of the sequence */
    struct decimal density, mean; /* of noise; the length of its spans */
    uint64_t weight;
    bool has_mode; /* this token begins the inputs */
    int32_t mode;
};

struct denoisers {
    struct denoiser *items;
    size_t len, cap;
    uint64_t weight; /* of all */
};

/* Reads R:mean:density, X:mean:density, S:share, each with an optional *weight, and the mode tokens KIND=TOKEN. 0, or
 * -1 with the message; free it in either case. */
int denoisers_read(const struct words *texts, const struct words *modes, const struct tokenizer *tokenizer,
                   const char *model, struct denoisers *denoisers);
void denoisers_free(struct denoisers *denoisers);

/* The mean length of spans: at most this, at least 1. */
enum { MEAN_MOST = 1000 };

#endif
