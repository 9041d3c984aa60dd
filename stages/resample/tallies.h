/* tallies.h - the classes of a data set, and the draws of their records. */
#ifndef QUERN_RESAMPLE_TALLIES_H
#define QUERN_RESAMPLE_TALLIES_H

#include "../classes/classes.h"
#include "quern.h"

/* What a choice goes by: the lower draw comes first, of equal ones the smaller hash of the record's bytes. Records that
 * are equal in both are the same bytes. */
struct row {
    uint64_t draw, content;
};

static inline int row_compare(const struct row *a, const struct row *b)
{
    if (a->draw != b->draw)
        return a->draw < b->draw ? -1 : 1;
    return (a->content > b->content) - (a->content < b->content);
}

/* What other draws of a record are made of. */
struct origin {
    struct identity identity;
    uint64_t content;
    uint32_t round;
};

struct tally {
    uint64_t count;
    VEC(struct row) rows;
    VEC(struct origin) origins;
};

/* By the value of the label as JSON. */
struct tallies {
    struct map *numbers;
    VEC(struct tally) items;
};

void tallies_init(struct tallies *tallies);
void tallies_release(struct tallies *tallies);

struct tally *tallies_at(struct tallies *tallies, struct slice key);

/* Adds those of another one, which is empty afterwards. */
void tallies_merge(struct tallies *into, struct tallies *from);

struct slice tallies_key(const struct tallies *tallies, size_t number);

/* The classes in their order, with their numbers here. To be freed. */
struct classes *tallies_classes(const struct tallies *tallies);

/* The class of a record: its label, a string or an integer of 64 bits, as JSON in one spelling. 0, or -1 with the
 * message. */
int tally_label(const struct record *in, struct slice label, struct arena *arena, struct slice *key);

/* The labels of a record that may have several: a string, or an array of them. 0, or -1 with the message. */
int tally_labels(const struct record *in, struct slice label, struct arena *arena, const struct slice **names,
                 size_t *count);

/* ---- the lowest of the rows of a class ---- */

struct bound {
    struct row at;
    uint64_t left; /* of the rows that are equal to it */
    bool whole;    /* those are all that there are: no order matters */
    bool all;      /* every row is among them */
};

/* Drops rows, if there are many, that are not among the `keep` + 1 lowest; 0: none. */
void class_keep(struct tally *class, int64_t keep);

/* In ascending order, in place: qsort takes as much memory again. */
void rows_sort(struct row *rows, size_t count);

/* The `most` lowest. Changes the order of the rows. */
struct bound bound_of(struct row *rows, size_t count, uint64_t most);

/* Is the row among them? Of equal rows those that come first. */
bool bound_takes(struct bound *bound, const struct row *row);

#endif
