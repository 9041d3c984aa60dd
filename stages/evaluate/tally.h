/* tally.h - what evaluate counts of a set of records: integers, which add up whatever the parts and their order are.
 *
 * Losses and confidences are counted in units of 2^-32, each record's rounded to the nearest unit, half-way to the even
 * one. */
#ifndef QUERN_EVALUATE_TALLY_H
#define QUERN_EVALUATE_TALLY_H

#include "../predictions/distribution.h"
#include "base/map.h"

#include <stdbool.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 u128;

enum { CALIBRATION_BINS = 15, UNIT_BITS = 32, MOST_CLASSES_EVALUATED = 4096 };

/* The largest loss that a record can have, in nats: so that sums of 2^64 records fit. */
#define MOST_LOSS ((double)(1 << 30))

/* The records whose confidence is above b / 15 and at most (b + 1) / 15. */
struct bin {
    uint64_t records, correct;
    u128 confidence;
};

struct tally {
    uint64_t records;
    uint64_t scored;       /* of these with probabilities; the members below are about them */
    uint64_t floored;      /* labels whose probability was below the floor */
    struct map *confusion; /* by tally_cell: how many records */
    u128 log_loss, brier;
    struct bin bins[CALIBRATION_BINS];
};

void tally_init(struct tally *tally);
void tally_release(struct tally *tally);

/* A record without probabilities. */
void tally_guess(struct tally *tally, size_t label, size_t predicted);

/* A record with probabilities. */
void tally_score(struct tally *tally, size_t label, struct distribution *predicted, double floor, struct arena *arena);

void tally_merge(struct tally *into, const struct tally *from);

/* The cells of the confusion that are not 0, in no particular order: `i` from 0 to map_len(confusion) - 1. */
struct cell {
    size_t label, predicted;
    uint64_t records;
};
struct cell tally_cell_at(const struct tally *tally, size_t i);

/* Adds records to a cell. */
void tally_cell_add(struct tally *tally, size_t label, size_t predicted, uint64_t records);

#endif
