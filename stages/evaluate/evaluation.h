/* evaluation.h - an evaluation: the tallies of the groups of records, how they were made, and their two forms, a line
 * of JSON that can be merged, and tables for people. */
#ifndef QUERN_EVALUATE_EVALUATION_H
#define QUERN_EVALUATE_EVALUATION_H

#include "record/record.h"
#include "tally.h"

#define EVALUATION_FORMAT "quern-evaluate-1"

/* Tallies by the value of a member. */
struct parts {
    struct map *numbers; /* of each value, as JSON (classes/group.h), the number of its tally */
    VEC(struct tally) tallies;
};

void parts_init(struct parts *parts);
void parts_release(struct parts *parts);

/* The tally of a group, which is new if there is none; valid until the next call. */
struct tally *parts_at(struct parts *parts, struct slice value);

void parts_merge(struct parts *into, const struct parts *from);

struct evaluation {
    const char *label, *by; /* by: NULL: there is one group, "" */
    double floor;
    struct class_list classes;
    struct parts parts;
    uint64_t unlabelled; /* records that have no label, and are counted nowhere else */
};

/* ---- evaluation_print.c ---- */

/* Appends the line of JSON, without its newline. */
void evaluation_put(const struct evaluation *evaluation, struct bytes *out);

/* Appends the tables. color: headings in bold. */
void evaluation_show(const struct evaluation *evaluation, bool color, struct bytes *out);

/* ---- evaluation_read.c ---- */

/* Reads what evaluation_put has written into one that is all zero; release it with evaluation_release, also after a
 * failure. The texts of `label` and `by` live as long as the arena. 0, or -1 with the message. */
int evaluation_read(const struct record *in, struct arena *arena, struct evaluation *evaluation);

void evaluation_release(struct evaluation *evaluation);

/* Adds an evaluation. 0, or -1 with the message: they do not fit together. */
int evaluation_merge(struct evaluation *into, struct evaluation *from);

#endif
