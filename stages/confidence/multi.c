/* multi.c - records of any number of labels: each class is a question of its own, yes or no. */
#include "confidence.h"

#include <math.h>

static double power(double base, double exponent)
{
    return exponent == 0 ? 1 : base > 0 ? real_pow(base, exponent) : 0;
}

/* p^(1/T) / (p^(1/T) + (1-p)^(1/T)) */
static double sharpen_one(double p, double rest, double temperature)
{
    if (temperature == 1)
        return p;
    double both[2] = {p, rest};
    sharpen(both, 2, 1 / temperature);
    return both[0];
}

/* The targets that logits make: those of z / T, which holds what p has lost near 0 and 1. NULL if they are not made of
 * logits. */
static struct distribution *soften_logits(const struct confidence *confidence, const struct finding *found,
                                          struct arena *arena)
{
    if (!found->p.logits || found->labelled || confidence->given->hard)
        return NULL;
    double *numbers = arena_array(arena, found->p.count, sizeof *numbers);
    struct distribution *soft = arena_array(arena, 1, sizeof *soft);
    for (size_t c = 0; c < found->p.count; c++)
        numbers[c] = found->p.given[c] / confidence->temperature;
    distribution_make(numbers, found->p.count, true, true, arena, soft);
    return soft;
}

/* The target, the mask and the weight of one class of an unlabelled record. */
static void decide(const struct confidence *confidence, const struct distribution *soft, struct finding *found,
                   size_t c)
{
    const struct confidence_options *given = confidence->given;
    double p = found->p.p[c], rest = distribution_rest(&found->p, c);
    found->target[c] = soft != NULL  ? soft->p[c]
                       : given->hard ? p > rest
                                     : sharpen_one(p, rest, confidence->temperature);
    if (confidence->has_threshold)
        found->masks[c] = given->compare == COMPARE_GE ? found->confidences[c] >= confidence->threshold
                                                       : found->confidences[c] > confidence->threshold;
    if (given->tie == TIE_DROP && p == rest)
        found->masks[c] = 0;
    found->weights[c] = found->masks[c];
}

/* The same of a labelled one; alpha is for those that have the label, 1 - alpha for the others. */
static void mark(const struct confidence *confidence, struct finding *found, size_t c)
{
    bool is = found->labels[c];
    double p = found->p.p[c], rest = distribution_rest(&found->p, c), right = is ? p : rest;
    found->target[c] = is;
    found->label_probs[c] = right;
    found->masks[c] = !(found->has_threshold && right > found->threshold);
    found->weights[c] = found->masks[c] * power(is ? rest : p, confidence->focal);
    if (confidence->alpha != NULL)
        found->weights[c] *= is ? confidence->alpha[c] : 1 - confidence->alpha[c];
    if (confidence->emits[EMIT_CROSS_ENTROPY])
        found->cross_entropy -= is ? found->p.log[c] : found->p.rest_log[c];
}

/* The sum of the divergences of all classes. */
static void find_kl(const struct confidence *confidence, struct distribution *soft, struct arena *arena,
                    struct finding *found)
{
    if (soft != NULL)
        (void)distribution_log(soft, confidence->given->floor, arena);
    for (size_t i = 0; i < found->aug_count; i++) {
        struct distribution *q = &found->aug[i];
        double sum = 0;
        found->floored += distribution_log(q, confidence->given->floor, arena);
        for (size_t c = 0; c < q->count; c++) {
            double t = found->target[c], rest = soft != NULL ? distribution_rest(soft, c) : 1 - t;
            sum += t > 0 ? t * ((soft != NULL ? soft->log[c] : real_ln(t)) - q->log[c]) : 0;
            sum += rest > 0 ? rest * ((soft != NULL ? soft->rest_log[c] : real_ln(rest)) - q->rest_log[c]) : 0;
        }
        found->kl += sum;
    }
    found->kl /= (double)found->aug_count;
}

static void find_sureness(const struct confidence *confidence, struct arena *arena, struct finding *found)
{
    if (confidence->emits[EMIT_ENTROPY] || confidence->emits[EMIT_CROSS_ENTROPY])
        found->floored += distribution_log(&found->p, confidence->given->floor, arena);
    for (size_t c = 0; c < found->p.count; c++) {
        double p = found->p.p[c], rest = distribution_rest(&found->p, c);
        found->confidences[c] = p > rest ? p : rest;
        found->margins[c] = fabs(p - rest);
        found->tie = found->tie || p == rest;
        if (confidence->emits[EMIT_ENTROPY])
            found->entropy -= (p > 0 ? p * found->p.log[c] : 0) + (rest > 0 ? rest * found->p.rest_log[c] : 0);
        found->masks[c] = 1;
    }
}

int find_multi(const struct confidence *confidence, const struct record *in, struct arena *arena, struct finding *found)
{
    const struct confidence_options *given = confidence->given;
    size_t count = found->p.count;
    double *numbers = arena_array(arena, 5 * count, sizeof *numbers), weight = found->weight;
    found->target = numbers;
    found->confidences = numbers + count;
    found->margins = numbers + 2 * count;
    found->weights = numbers + 3 * count;
    found->label_probs = numbers + 4 * count;
    found->masks = arena_array(arena, count, sizeof *found->masks);
    find_sureness(confidence, arena, found);
    if (found->labelled) {
        bool tsa = given->tsa.scale != OPTION_WORD || given->tsa.digits != TSA_NONE;
        if (class_list_labels(&confidence->classes, in, slice_of(given->label), arena, &found->labels) < 0 ||
            (tsa && find_tsa(confidence, in, 2, &found->threshold) < 0))
            return -1;
        found->has_threshold = tsa;
    } else if (confidence->has_threshold) {
        found->threshold = confidence->threshold;
        found->has_threshold = true;
    }
    struct distribution *soft = soften_logits(confidence, found, arena);
    found->kept = false;
    for (size_t c = 0; c < count; c++) {
        if (found->labelled)
            mark(confidence, found, c);
        else
            decide(confidence, soft, found, c);
        found->weights[c] *= weight;
        found->kept = found->kept || found->masks[c] != 0;
    }
    if (confidence->emits[EMIT_KL] && found->aug_count > 0)
        find_kl(confidence, soft, arena, found);
    return 0;
}
