/* read.c - the distributions of a record, as options change them. */
#include "confidence.h"

#include <math.h>

void sharpen(double *numbers, size_t count, double exponent)
{
    static const double SMALL = 1e-200;
    double largest = 0, sum = 0;
    for (size_t c = 0; c < count; c++)
        largest = numbers[c] > largest ? numbers[c] : largest;
    double by = real_pow(largest, exponent) < SMALL ? largest : 1; /* so that not all powers underflow */
    for (size_t c = 0; c < count; c++) {
        numbers[c] = numbers[c] > 0 ? real_pow(numbers[c] / by, exponent) : 0;
        sum += numbers[c];
    }
    for (size_t c = 0; c < count; c++)
        numbers[c] /= sum;
}

/* p^(1/T) x ratio, over their sum; of logits z / T + ln ratio, so that nothing gets lost of them. 0, or -1 with the
 * message. */
static int adjust(const struct confidence *confidence, struct arena *arena, struct distribution *p)
{
    const double calibration = confidence->calibration, *ratios = confidence->ratios;
    if (calibration == 1 && ratios == NULL)
        return 0;
    double *numbers = arena_array(arena, p->count, sizeof *numbers), sum = 0;
    for (size_t c = 0; c < p->count; c++) {
        if (p->logits)
            numbers[c] = p->given[c] / calibration + (ratios != NULL ? confidence->log_ratios[c] : 0);
        else if (calibration == 1 || p->p[c] == 0)
            numbers[c] = p->p[c] * (ratios != NULL ? ratios[c] : 1);
        else
            numbers[c] = real_pow(p->p[c], 1 / calibration) * (ratios != NULL ? ratios[c] : 1);
        if (!isfinite(numbers[c]))
            return diag_error("logits[%zu]: too large", c);
        sum += numbers[c];
    }
    for (size_t c = 0; !p->logits && c < p->count; c++)
        numbers[c] /= sum;
    distribution_make(numbers, p->count, p->logits, false, arena, p);
    return 0;
}

/* The deviation of each class over the passes, with n - 1, as UPS takes it (Rizve et al. 2021). */
static void take_deviation(const struct distribution *rows, size_t count, const struct distribution *mean, double *std)
{
    for (size_t c = 0; c < mean->count; c++) {
        double sum = 0;
        for (size_t i = 0; i < count; i++)
            sum += (rows[i].p[c] - mean->given[c]) * (rows[i].p[c] - mean->given[c]);
        std[c] = sqrt(sum / (double)(count - 1));
    }
}

static int read_passes(const struct confidence *confidence, const struct record *in, struct arena *arena,
                       struct finding *found)
{
    struct distribution *rows;
    size_t count;
    int read = distribution_rows(&confidence->rules, in, SLICE("pass_probs"), arena, &rows, &count);
    if (read == 0)
        return member_missing(in, SLICE("pass_probs"), "");
    if (read > 0 && count < 2)
        return diag_error("pass_probs: expected an array of two arrays or more: a single pass has no deviation");
    for (size_t i = 0; read > 0 && i < count; i++)
        if (adjust(confidence, arena, &rows[i]) < 0)
            return -1;
    if (read < 0)
        return -1;
    distribution_mean(rows, count, arena, &found->p);
    found->std = arena_array(arena, found->p.count, sizeof *found->std);
    take_deviation(rows, count, &found->p, found->std);
    return 0;
}

/* 1, 0 if there are none, or -1 with the message. */
static int read_variants(const struct confidence *confidence, const struct record *in, struct arena *arena,
                         struct finding *found)
{
    const struct value *probs = rec_present(in, SLICE("aug_probs")), *logits = rec_present(in, SLICE("aug_logits"));
    if (probs != NULL && logits != NULL)
        return diag_error("aug_probs: the record also has aug_logits: which of them counts? (fields --drop removes "
                          "one)");
    struct slice name = logits != NULL ? SLICE("aug_logits") : SLICE("aug_probs");
    int read = distribution_rows(&confidence->rules, in, name, arena, &found->aug, &found->aug_count);
    for (size_t i = 0; read > 0 && i < found->aug_count; i++)
        if (adjust(confidence, arena, &found->aug[i]) < 0)
            return -1;
    if (read > 0) {
        struct slice json = rec_json(logits != NULL ? logits : probs, arena);
        const char *inside = json_space(json.ptr + 1, json.ptr + json.len);
        found->aug_rows = json_kind(json) == '[' && (*inside == '[' || *inside == '{');
    }
    return read;
}

int read_distributions(const struct confidence *confidence, const struct record *in, struct arena *arena,
                       struct finding *found)
{
    const struct confidence_options *given = confidence->given;
    if (given->passes)
        return read_passes(confidence, in, arena, found) < 0 || read_variants(confidence, in, arena, found) < 0 ? -1
                                                                                                                : 0;
    if (given->guess == GUESS_MEAN) {
        int read = read_variants(confidence, in, arena, found);
        if (read <= 0)
            return read < 0 ? -1 : member_missing(in, SLICE("aug_probs"), "");
        /* Berthelot et al. 2019, equation 6 */
        distribution_mean(found->aug, found->aug_count, arena, &found->p);
        return 0;
    }
    if (distribution_need(&confidence->rules, in, arena, &found->p) < 0 || adjust(confidence, arena, &found->p) < 0)
        return -1;
    return read_variants(confidence, in, arena, found) < 0 ? -1 : 0;
}
