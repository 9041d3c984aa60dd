/* single.c - records of one label. */
#include "confidence.h"

/* ---- annealing ---- */

/* How far training has come: s / N. */
static int find_progress(const struct confidence *confidence, const struct record *in, double *progress)
{
    const struct confidence_options *given = confidence->given;
    int64_t step = given->step;
    if (given->step_field != NULL) {
        struct slice name = slice_of(given->step_field);
        if (rec_int(in, name, &step) < 0)
            return -1;
        if (step < 0 || step > given->total)
            return diag_error("%s: expected a step from 0 to %lld (--total), found %lld", given->step_field,
                              (long long)given->total, (long long)step);
    }
    *progress = (double)step / (double)given->total;
    return 0;
}

int find_tsa(const struct confidence *confidence, const struct record *in, size_t classes, double *bound)
{
    const struct decimal tsa = confidence->given->tsa;
    double progress = 0, alpha, share = 1 / (double)classes;
    if (tsa.scale != OPTION_WORD) {
        *bound = decimal_float(tsa);
        return 0;
    }
    if (find_progress(confidence, in, &progress) < 0)
        return -1;
    switch (tsa.digits) {
    case TSA_LINEAR:
        alpha = progress;
        break;
    case TSA_LOG:
        alpha = 1 - real_exp(-5 * progress);
        break;
    default:
        alpha = real_exp(5 * (progress - 1));
    }
    *bound = alpha * (1 - share) + share;
    return 0;
}

/* ---- labelled ---- */

/* Lin et al. 2017, equation 4, as a factor of the loss. */
static double focal_weight(double rest, double exponent)
{
    return exponent == 0 ? 1 : rest > 0 ? real_pow(rest, exponent) : 0;
}

static int find_labelled(const struct confidence *confidence, const struct record *in, struct arena *arena,
                         struct finding *found)
{
    const struct confidence_options *given = confidence->given;
    if (class_list_find(&confidence->classes, in, slice_of(given->label), "", arena, &found->label) < 0)
        return -1;
    size_t label = found->label;
    found->label_prob = found->p.p[label];
    if (confidence->emits[EMIT_CROSS_ENTROPY]) {
        found->floored += distribution_log(&found->p, given->floor, arena);
        found->cross_entropy = 0 - found->p.log[label];
    }
    found->target[label] = 1;
    if (given->tsa.scale != OPTION_WORD || given->tsa.digits != TSA_NONE) {
        if (find_tsa(confidence, in, found->p.count, &found->threshold) < 0)
            return -1;
        found->has_threshold = true;
        found->kept = !(found->label_prob > found->threshold);
    }
    found->weight *= focal_weight(distribution_rest(&found->p, label), confidence->focal);
    found->weight *= confidence->alpha != NULL ? confidence->alpha[label] : 1;
    return 0;
}

/* ---- unlabelled ---- */

static void find_mask(const struct confidence *confidence, struct finding *found)
{
    const struct confidence_options *given = confidence->given;
    if (confidence->has_threshold || confidence->thresholds != NULL) {
        found->has_threshold = true;
        found->threshold = confidence->thresholds != NULL ? confidence->thresholds[found->best] : confidence->threshold;
        found->kept =
            given->compare == COMPARE_GE ? found->confidence >= found->threshold : found->confidence > found->threshold;
    }
    if (found->std != NULL)
        found->kept = found->confidence >= confidence->least_mean && found->std[found->best] < confidence->most_std;
    if (found->tie && given->tie == TIE_DROP)
        found->kept = false;
}

static void find_negatives(const struct confidence *confidence, struct arena *arena, struct finding *found)
{
    found->negative_mask = arena_array(arena, found->p.count, sizeof *found->negative_mask);
    for (size_t c = 0; c < found->p.count; c++)
        found->negative_mask[c] =
            c != found->best && found->p.p[c] < confidence->negative_mean && found->std[c] < confidence->negative_std;
}

/* SoftMatch (Chen et al. 2023), equation 6, of a normal density whose variance is divided by 4, as their code does. */
static double soft_weight(const struct confidence *confidence, double p)
{
    double off = p < confidence->soft_mean ? p - confidence->soft_mean : 0;
    if (off == 0)
        return 1;
    return confidence->soft_variance > 0 ? real_exp(-(off * off) / (2 * confidence->soft_variance / 4)) : 0;
}

/* The target, and its logarithms if they are needed; those of 0 are of no use. */
static void find_target(const struct confidence *confidence, struct arena *arena, struct finding *found,
                        const double **logs)
{
    struct distribution *p = &found->p, soft;
    if (confidence->given->hard) {
        found->target[found->best] = 1;
        return;
    }
    if (p->logits && confidence->temperature != 1) {
        double *numbers = arena_array(arena, p->count, sizeof *numbers);
        for (size_t c = 0; c < p->count; c++)
            numbers[c] = p->given[c] / confidence->temperature;
        distribution_make(numbers, p->count, true, false, arena, &soft);
        p = &soft;
    }
    memcpy(found->target, p->p, p->count * sizeof *found->target);
    if (!p->logits && confidence->temperature != 1)
        sharpen(found->target, p->count, 1 / confidence->temperature);
    if (logs != NULL && p->logits) {
        (void)distribution_log(p, confidence->given->floor, arena);
        *logs = p->log;
    } else if (logs != NULL) {
        double *read = arena_array(arena, p->count, sizeof *read);
        for (size_t c = 0; c < p->count; c++)
            read[c] = found->target[c] > 0 ? real_ln(found->target[c]) : 0;
        *logs = read;
    }
}

/* ---- all ---- */

/* Kullback and Leibler's divergence of q from the target, in nats; of several q their mean. */
static void find_kl(const struct confidence *confidence, struct arena *arena, const double *logs, struct finding *found)
{
    for (size_t i = 0; i < found->aug_count; i++) {
        struct distribution *q = &found->aug[i];
        double sum = 0;
        found->floored += distribution_log(q, confidence->given->floor, arena);
        for (size_t c = 0; c < q->count; c++)
            if (found->target[c] > 0)
                sum += found->target[c] * ((logs != NULL ? logs[c] : 0) - q->log[c]);
        found->kl += sum;
    }
    found->kl /= (double)found->aug_count;
}

static double find_margin(const struct distribution *p, size_t best)
{
    double second = 0;
    for (size_t c = 0; c < p->count; c++)
        if (c != best && p->p[c] > second)
            second = p->p[c];
    return p->p[best] - second;
}

int find_single(const struct confidence *confidence, const struct record *in, struct arena *arena,
                struct finding *found)
{
    const double *logs = NULL; /* of a target that is 1 and zeros: not needed, since ln 1 is 0 */
    bool kl = confidence->emits[EMIT_KL] && found->aug_count > 0;
    found->best = distribution_best(&found->p, &found->tie);
    found->confidence = found->p.p[found->best];
    found->margin = find_margin(&found->p, found->best);
    found->target = arena_array(arena, found->p.count, sizeof *found->target);
    memset(found->target, 0, found->p.count * sizeof *found->target);
    if (confidence->emits[EMIT_ENTROPY]) {
        found->floored += distribution_log(&found->p, confidence->given->floor, arena);
        found->entropy = distribution_entropy(&found->p);
    }
    if (found->std != NULL)
        find_negatives(confidence, arena, found);
    if (found->labelled) {
        if (find_labelled(confidence, in, arena, found) < 0)
            return -1;
    } else {
        find_mask(confidence, found);
        find_target(confidence, arena, found, kl ? &logs : NULL);
        if (confidence->given->soft_weight)
            found->weight *= soft_weight(confidence, found->confidence);
    }
    if (kl)
        find_kl(confidence, arena, logs, found);
    return 0;
}
