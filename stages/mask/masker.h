/* masker.h - what quern-mask was asked for, and what it has made of that. */
#ifndef QUERN_MASKER_MASKER_H
#define QUERN_MASKER_MASKER_H

#include "../masking/sequence.h"
#include "../masking/source.h"
#include "record/law.h"
#include "record/options.h"
#include "similar.h"

enum mask_unit { UNIT_TOKEN, UNIT_WORD, UNIT_NGRAM, UNIT_SPAN, UNIT_PHRASE, UNIT_ENTITY, UNIT_MIX };
enum { BUDGET_MASKABLE, BUDGET_ALL };
enum { FILL_LOWER, FILL_NONE };
enum { REPLACE_BY_TOKEN, REPLACE_BY_WORD, REPLACE_BY_UNIT };
enum { OVERSHOOT_BALANCED, OVERSHOOT_NEVER };
enum { PER_RECORD, PER_DOC };

/* From below. */
enum mask_level { LEVEL_TOKEN, LEVEL_WORD, LEVEL_PHRASE, LEVEL_ENTITY, MASK_LEVELS };
extern const char *const mask_levels[MASK_LEVELS + 1];

struct mask_options {
    const char *model;
    int64_t mask_id, vocab_size;
    struct ints special_ids;
    int unit;
    const char *lengths;
    struct words mix;
    int fill;
    struct decimal prob;
    struct ints replace;
    int replace_by;
    const char *random_from, *similar;
    int64_t max_predictions;
    int budget, overshoot, per;
    struct words also;
    int64_t sbo;
    struct random_options random;
};

enum {
    COUNT_TOKENS,
    COUNT_MASKABLE,
    COUNT_SELECTED,
    COUNT_MASKED,
    COUNT_RANDOM,
    COUNT_KEPT,
    COUNT_BUDGET,   /* the sum of all budgets */
    COUNT_WHOLE,    /* records that are one word, longer than the budget */
    COUNT_UNMASKED, /* records of which none was */
    COUNT_CAPPED,   /* records with a budget that --max-predictions has made smaller */
    COUNT_LOWER,    /* selected in units of a lower level */
    COUNT_UNFILLED, /* tokens of budgets for which there were no units */
    COUNT_SIMILAR,  /* replaced by those of a similar word */
    COUNTERS
};

struct masker {
    const struct mask_options *given;
    struct sequence_reader reader;
    struct vocabulary *vocabulary;
    struct token_source source; /* of random tokens */
    struct similar *similar;    /* NULL: the mask token replaces what is masked */
    struct law lengths;         /* of UNIT_NGRAM and UNIT_SPAN: in words */
    struct law mix;             /* of UNIT_MIX: the level */
    unsigned tops;              /* a bit for each level that a record may have */
    unsigned also;              /* a bit for each member of --also: also.h */
    struct rng_key key;
    uint64_t mask_below, random_below; /* of 100: what replaces a selected token */
};

#endif
