/* measures.c - see measures.h. */
#include "measures.h"

#include <math.h>

__extension__ typedef __int128 i128;

static double quotient(uint64_t a, uint64_t b)
{
    return b > 0 ? (double)a / (double)b : 0;
}

static void count_classes(const struct tally *tally, struct class_measures *classes)
{
    for (size_t i = 0; i < map_len(tally->confusion); i++) {
        struct cell cell = tally_cell_at(tally, i);
        classes[cell.label].support += cell.records;
        classes[cell.predicted].predicted += cell.records;
        classes[cell.label].correct += cell.label == cell.predicted ? cell.records : 0;
    }
}

/* Means over the classes, in their order. */
static void make_means(struct measures *made, size_t count)
{
    double recalls = 0, logs = 0, f1 = 0;
    uint64_t given = 0, seen = 0;
    bool missed = false;
    for (size_t c = 0; c < count; c++) {
        struct class_measures *class = &made->classes[c];
        class->precision = quotient(class->correct, class->predicted);
        class->recall = quotient(class->correct, class->support);
        class->f1 = quotient(2 * class->correct, class->support + class->predicted);
        seen += class->support + class->predicted > 0;
        f1 += class->f1;
        if (class->support == 0)
            continue;
        given++;
        recalls += class->recall;
        missed = missed || class->correct == 0;
        logs += class->correct > 0 ? real_ln(class->recall) : 0;
    }
    made->balanced_accuracy = recalls / (double)given;
    made->macro_f1 = f1 / (double)seen;
    made->g_mean = missed ? 0 : real_exp(logs / (double)given);
}

/* With c correct ones of n records, t_k labels and p_k predictions of class k, in integers up to the last step:
 * (c n - Σ t_k p_k) / sqrt((n^2 - Σ p_k^2) (n^2 - Σ t_k^2)). */
static double correlation(const struct class_measures *classes, size_t count, uint64_t records)
{
    i128 both, labels, predictions;
    uint64_t correct = 0;
    labels = predictions = (i128)records * (i128)records;
    for (size_t c = 0; c < count; c++)
        correct += classes[c].correct;
    both = (i128)correct * (i128)records;
    for (size_t c = 0; c < count; c++) {
        both -= (i128)classes[c].support * (i128)classes[c].predicted;
        labels -= (i128)classes[c].support * (i128)classes[c].support;
        predictions -= (i128)classes[c].predicted * (i128)classes[c].predicted;
    }
    if (labels == 0 || predictions == 0)
        return 0;
    if (labels == predictions) /* so that without errors it is 1 to the last bit */
        return (double)both / (double)labels;
    return (double)both / (sqrt((double)predictions) * sqrt((double)labels));
}

/* A sum of units as the mean of n records. */
static double mean(u128 sum, uint64_t n)
{
    return n > 0 ? (double)sum / (double)n / (double)((uint64_t)1 << UNIT_BITS) : 0;
}

/* Σ |correct - sum of the confidences| / n */
static double calibration_error(const struct tally *tally)
{
    u128 off = 0;
    for (size_t b = 0; b < CALIBRATION_BINS; b++) {
        u128 correct = (u128)tally->bins[b].correct << UNIT_BITS, confidence = tally->bins[b].confidence;
        off += correct > confidence ? correct - confidence : confidence - correct;
    }
    return mean(off, tally->scored);
}

void measures_make(const struct tally *tally, size_t classes, struct arena *arena, struct measures *made)
{
    uint64_t correct = 0;
    *made = (struct measures){.classes = arena_array(arena, classes, sizeof *made->classes)};
    for (size_t c = 0; c < classes; c++)
        made->classes[c] = (struct class_measures){0};
    count_classes(tally, made->classes);
    for (size_t c = 0; c < classes; c++)
        correct += made->classes[c].correct;
    made->accuracy = quotient(correct, tally->records);
    make_means(made, classes);
    made->mcc = correlation(made->classes, classes, tally->records);
    made->log_loss = mean(tally->log_loss, tally->scored);
    made->brier = mean(tally->brier, tally->scored);
    made->ece = calibration_error(tally);
}
