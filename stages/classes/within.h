/* within.h - which records a filter looks at (--within), and that they are all of one split: what a model is trained on
 * must not be made of, or measured on, the records that it is tested on. */
#ifndef QUERN_CLASSES_WITHIN_H
#define QUERN_CLASSES_WITHIN_H

#include "base/map.h"
#include "record/condition.h"

/* Makes a condition of NAME=VALUE; *conditions is NULL if `within` is. 0, or -1 with the message. */
int within_open(const char *within, struct conditions **conditions);

/* Is the record one of these? 1 (always without conditions), 0, or -1 with the message. */
int within_holds(const struct conditions *conditions, struct condition_thread *thread, const struct record *in,
                 struct arena *arena);

/* The split of records that have none; it is no JSON. */
#define NO_SPLIT SLICE("none")

/* The `split` of a record, as JSON in one spelling, or NO_SPLIT. */
struct slice split_find(const struct record *in, struct arena *arena);

/* Adds the `split` of a record to the values that there are; after some they are enough for
 * splits_check. */
void splits_note(struct map *splits, const struct record *in, struct arena *arena);

/* Adds those of another thread. */
void splits_merge(struct map *splits, const struct map *others);

/* May records of these splits be used together? 0, or -1 with the message. use: what is done with them, "sampled". */
int splits_check(const struct map *splits, const char *use);

/* The split of all records, as JSON; empty if they have none, or there are none. Of splits that have been checked. */
struct slice splits_one(const struct map *splits);

#endif
