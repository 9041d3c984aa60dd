/* tally.c - see tally.h. */
#include "tally.h"

void tally_init(struct tally *tally)
{
    *tally = (struct tally){.confusion = map_new()};
}

void tally_release(struct tally *tally)
{
    map_free(tally->confusion);
}

/* ---- the confusion ---- */

void tally_cell_add(struct tally *tally, size_t label, size_t predicted, uint64_t records)
{
    const uint32_t place[2] = {(uint32_t)label, (uint32_t)predicted};
    *map_put(tally->confusion, (struct slice){(const char *)place, sizeof place}) += records;
}

struct cell tally_cell_at(const struct tally *tally, size_t i)
{
    const struct map_entry *entry = map_at(tally->confusion, i);
    uint32_t place[2];
    memcpy(place, entry->key.ptr, sizeof place);
    return (struct cell){place[0], place[1], entry->value};
}

/* ---- counting ---- */

/* x >= 0 in units; what is above `most` counts as that. */
static uint64_t units(double x, double most)
{
    double scaled = (x < most ? x : most) * ((uint64_t)1 << UNIT_BITS);
    uint64_t whole = (uint64_t)scaled;
    double rest = scaled - (double)whole;
    return whole + (rest > 0.5 || (rest == 0.5 && whole % 2 == 1));
}

/* How far above a border a confidence may be and still be on it: 0.4 = 6/15 is a common probability, and dividing by a
 * sum that is 1 up to its last bit must not change its bin. */
static const double BORDER = 1e-9;

/* The bins are open below and closed above (Guo et al. 2017). */
static size_t bin_of(double confidence)
{
    size_t bin = 0;
    while (bin + 1 < CALIBRATION_BINS && confidence > (double)(bin + 1) / CALIBRATION_BINS + BORDER)
        bin++;
    return bin;
}

static double loss(struct tally *tally, struct distribution *predicted, size_t label, double floor, struct arena *arena)
{
    if (predicted->logits) {
        (void)distribution_log(predicted, floor, arena);
        return 0 - predicted->log[label];
    }
    double p = predicted->p[label];
    tally->floored += p < floor;
    return 0 - real_ln(p < floor ? floor : p);
}

static double brier(const struct distribution *predicted, size_t label)
{
    double sum = 0;
    for (size_t c = 0; c < predicted->count; c++) {
        double off = c == label ? distribution_rest(predicted, c) : predicted->p[c];
        sum += off * off;
    }
    return sum;
}

void tally_guess(struct tally *tally, size_t label, size_t predicted)
{
    tally->records++;
    tally_cell_add(tally, label, predicted, 1);
}

void tally_score(struct tally *tally, size_t label, struct distribution *predicted, double floor, struct arena *arena)
{
    size_t best = distribution_best(predicted, NULL);
    double confidence = predicted->p[best];
    struct bin *bin = &tally->bins[bin_of(confidence)];
    tally_guess(tally, label, best);
    tally->scored++;
    tally->log_loss += units(loss(tally, predicted, label, floor, arena), MOST_LOSS);
    tally->brier += units(brier(predicted, label), 2);
    bin->records++;
    bin->correct += best == label;
    bin->confidence += units(confidence, 1);
}

/* ---- merging ---- */

void tally_merge(struct tally *into, const struct tally *from)
{
    into->records += from->records;
    into->scored += from->scored;
    into->floored += from->floored;
    into->log_loss += from->log_loss;
    into->brier += from->brier;
    for (size_t b = 0; b < CALIBRATION_BINS; b++) {
        into->bins[b].records += from->bins[b].records;
        into->bins[b].correct += from->bins[b].correct;
        into->bins[b].confidence += from->bins[b].confidence;
    }
    for (size_t i = 0; i < map_len(from->confusion); i++) {
        struct cell cell = tally_cell_at(from, i);
        tally_cell_add(into, cell.label, cell.predicted, cell.records);
    }
}
