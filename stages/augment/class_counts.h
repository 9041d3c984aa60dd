/* class_counts.h - how many records each class has, by `quern stats --json`, and how many variants each record gets. */
#ifndef QUERN_AUGMENT_CLASS_COUNTS_H
#define QUERN_AUGMENT_CLASS_COUNTS_H

#include "quern.h"

/* Read-only once made; shared by all threads. */
struct class_counts;

/* Reads the counts of the member `label`. wanted: how many records each class shall have; 0: as many as the largest
 * has. NULL with the message. */
struct class_counts *class_counts_open(struct stage_context *context, const char *path, const char *label,
                                       int64_t wanted);
void class_counts_free(struct class_counts *counts);

/* How many variants a record of a class of k records gets on average is (N - k) / k, if that is not negative: the whole
 * part, and one more if 64 random bits say so. 0, or -1 with the message: the record's class is not among those that
 * were counted. */
int class_counts_wanted(const struct class_counts *counts, const struct record *record, struct slice label,
                        struct arena *arena, struct rng *rng, uint64_t draw, size_t *wanted);

#endif
