/* confidence.h - the parts of confidence, which share these.
 *
 *     confidence.c           options, a record from end to end, notes
 *     confidence/preset.c    presets, and options that contradict each other
 *     confidence/tables.c    what was learned from all predictions: temperature, shares, thresholds, priors
 *     confidence/read.c      the distributions of a record
 *     confidence/single.c    records of one label: confidence, target, mask, weight
 *     confidence/multi.c     the same where a record has any number of labels
 *     confidence/write.c     what goes into the record */
#ifndef QUERN_CONFIDENCE_CONFIDENCE_H
#define QUERN_CONFIDENCE_CONFIDENCE_H

#include "../predictions/distribution.h"

enum { AS_AUTO, AS_LABELLED, AS_UNLABELLED };
enum { COMPARE_GT, COMPARE_GE };
enum { GUESS_GIVEN, GUESS_MEAN };
enum { TIE_KEEP, TIE_DROP };
enum { INVALID_BAD, INVALID_MARK };
enum { ONLY_ALL, ONLY_KEPT };
enum { TSA_LINEAR, TSA_LOG, TSA_EXP, TSA_NONE };
enum preset {
    PRESET_NONE,
    PRESET_UDA_TEXT,
    PRESET_UDA_FEW,
    PRESET_UDA_IMAGE,
    PRESET_FIXMATCH,
    PRESET_MIXMATCH,
    PRESET_FLEXMATCH,
    PRESET_FREEMATCH,
    PRESET_SOFTMATCH,
    PRESET_UPS,
};
extern const char *const confidence_presets[];

/* In the order in which they are written. */
enum emit {
    EMIT_PROBS,
    EMIT_AUG_PROBS,
    EMIT_CONFIDENCE,
    EMIT_PREDICTED,
    EMIT_TIE,
    EMIT_MARGIN,
    EMIT_ENTROPY,
    EMIT_TARGET,
    EMIT_KL,
    EMIT_THRESHOLD,
    EMIT_LOSS_MASK,
    EMIT_LOSS_WEIGHT,
    EMIT_LABEL_PROB,
    EMIT_CROSS_ENTROPY,
    EMIT_STD,
    EMIT_NEGATIVE_MASK,
};
extern const char *const confidence_emits[];

struct confidence_options {
    int preset, as, compare, guess, tie, invalid, only;
    const char *classes, *label, *step_field;
    struct words emit;
    struct decimal threshold, tsa, focal;
    bool hard, pseudo, multi_label, passes, class_thresholds, soft_weight;
    double temperature, floor;
    int64_t step, total;
    struct words alpha, target_shares;
    struct decimal least_mean, most_std, negative_mean, negative_std; /* of passes */
    const char *calibrate, *shares, *thresholds, *prior, *true_prior;
    int align;
};
enum { ALIGN_NONE, ALIGN_UNIFORM };

/* Read-only after open. */
struct confidence {
    struct confidence_options *given;
    struct class_list classes;
    struct distribution_rules rules;
    bool emits[EMIT_NEGATIVE_MASK + 1];
    bool has_threshold; /* --threshold; else `thresholds` may say one for each class */
    double threshold;   /* of --threshold */
    double temperature; /* that sharpens; 1: none */
    double calibration; /* what logits are divided by; 1: none */
    double *ratios;     /* what the probability of each class is multiplied by; NULL: nothing */
    double *log_ratios;
    double *thresholds; /* of each class; NULL */
    double *alpha;      /* of each class; NULL */
    double soft_mean, soft_variance;
    double least_mean, most_std, negative_mean, negative_std; /* of passes */
    double focal;
};

/* A record and what is found out about it. Arrays of K are of multi-label only, unless something else is said. */
struct finding {
    struct distribution p;
    struct distribution *aug;
    size_t aug_count;
    bool aug_rows; /* they came as an array of arrays */
    bool labelled;
    size_t label, best; /* of one label */
    const bool *labels; /* of several: is it one of them? */
    bool tie, kept;
    bool has_threshold;
    double confidence, margin, entropy, kl, threshold, weight, label_prob, cross_entropy;
    double *target;                /* of each class, always */
    double *std;                   /* of each class, with --passes */
    int32_t *negative_mask;        /* the same */
    double *confidences, *margins; /* of each class */
    int32_t *masks;                /* the same, as are the following */
    double *weights, *label_probs;
    uint64_t floored;
};

enum {
    COUNT_LABELLED,
    COUNT_UNLABELLED,
    COUNT_INVALID,
    COUNT_KEPT,
    COUNT_MASKED,
    COUNT_TIES,
    COUNT_FLOORED,
    COUNT_SURE
};

/* ---- preset.c ---- */

/* Sets what a preset says and the user has not. 0, or -1 with the message: options are missing or contradict each
 * other. */
int preset_apply(const struct stage_context *context, struct confidence_options *given);

/* ---- tables.c ---- */

/* Reads what options name, after the classes. 0, or -1 with the message. */
int tables_open(struct confidence *confidence, struct stage_context *context);
void tables_release(struct confidence *confidence);

/* ---- read.c ---- */

/* The distributions of a record, calibrated and aligned. 0, or -1 with the message: they are none. */
int read_distributions(const struct confidence *confidence, const struct record *in, struct arena *arena,
                       struct finding *found);

/* ---- single.c, multi.c ---- */

/* TSA's bound on the probability of a label of K classes (Xie et al. 2020, section 3.2): alpha (1 - 1/K) + 1/K. 0, or
 * -1 with the message: the record says no step. */
int find_tsa(const struct confidence *confidence, const struct record *in, size_t classes, double *bound);

/* Finds all that is asked for. 0, or -1 with the message: the label of the record is none. */
int find_single(const struct confidence *confidence, const struct record *in, struct arena *arena,
                struct finding *found);
int find_multi(const struct confidence *confidence, const struct record *in, struct arena *arena,
               struct finding *found);

/* numbers^exponent divided by their sum; a 0 stays 0. */
void sharpen(double *numbers, size_t count, double exponent);

/* ---- write.c ---- */

/* Sets the members. 0, or -1 with the message: one is infinite. */
int write_finding(const struct confidence *confidence, const struct finding *found, struct record *made,
                  struct arena *arena);

/* The same of a record without distributions: its masks and weights are 0. Members that say something of its
 * distribution, from an earlier run, go. */
void write_invalid(const struct confidence *confidence, struct slice why, struct record *made, struct arena *arena);

#endif
