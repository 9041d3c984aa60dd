/* classes.h - the classes of a data set, and the draws of their records. */
#ifndef QUERN_RESAMPLE_CLASSES_H
#define QUERN_RESAMPLE_CLASSES_H

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

struct class
{
    uint64_t count;
    VEC(struct row) rows;
    VEC(struct origin) origins;
};

/* By the value of the label as JSON. */
struct classes {
    struct map *numbers;
    VEC(struct class) items;
};

void classes_init(struct classes *classes);
void classes_release(struct classes *classes);

struct class *classes_at(struct classes *classes, struct slice key);

/* Adds those of another one, which is empty afterwards. */
void classes_merge(struct classes *into, struct classes *from);

struct slice classes_key(const struct classes *classes, size_t number);

/* The numbers of the classes in their order: integers by value, then strings by bytes. An array to be freed. */
size_t *classes_order(const struct classes *classes);

/* The class of a record: its label, a string or an integer of 64 bits, as JSON in one spelling. 0, or -1 with the
 * message. */
int class_read(const struct record *in, struct slice label, struct arena *arena, struct slice *key);

/* ---- the lowest of the rows of a class ---- */

struct bound {
    struct row at;
    uint64_t left; /* of the rows that are equal to it */
    bool whole;    /* those are all that there are: no order matters */
    bool all;      /* every row is among them */
};

/* Drops rows, if there are many, that are not among the `keep` + 1 lowest; 0: none. */
void class_keep(struct class *class, int64_t keep);

/* The `most` lowest. Changes the order of the rows. */
struct bound bound_of(struct row *rows, size_t count, uint64_t most);

/* Is the row among them? Of equal rows those that come first. */
bool bound_takes(struct bound *bound, const struct row *row);

#endif
