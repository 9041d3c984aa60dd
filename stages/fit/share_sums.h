/* share_sums.h - what all predictions say of each class: sums of probabilities, of the confidence and its square, and
 * how often a class is the most likely one. They are exact, so those of parts add up to those of the whole. */
#ifndef QUERN_FIT_SHARE_SUMS_H
#define QUERN_FIT_SHARE_SUMS_H

#include "../predictions/distribution.h"
#include "base/total.h"

struct share_sums {
    size_t classes; /* 0: no record has been seen */
    uint64_t records;
    uint64_t *counts;    /* of each class */
    int64_t *sums;       /* the digits of each class after those of the one before */
    int64_t *confidence; /* digits */
    int64_t *squares;    /* of the confidence */
};

void share_sums_release(struct share_sums *sums);

/* Adds a prediction. */
void share_sums_add(struct share_sums *sums, const struct distribution *p);

/* Adds those of other predictions, which may be none. */
void share_sums_merge(struct share_sums *sums, struct share_sums *others);

/* Adds those of a table. 0, or -1 with the message, and then nothing is added. */
int share_sums_read(struct share_sums *sums, const struct record *in, struct arena *arena);

/* Writes the table. classes: JSON, the array of their names; empty if there are none. 0, or -1 with the message. */
int share_sums_write(struct share_sums *sums, struct slice classes, struct sink *out);

#endif
