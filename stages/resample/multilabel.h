/* multilabel.h - records that have several labels each, and which of them to copy or to remove. */
#ifndef QUERN_RESAMPLE_MULTILABEL_H
#define QUERN_RESAMPLE_MULTILABEL_H

#include "tallies.h"

struct labelled_row {
    struct row row;
    size_t first;   /* of its labels in the list */
    uint32_t count; /* of them */
};

struct labelled {
    VEC(struct labelled_row) rows;
    VEC(uint32_t) labels;
    struct map *names; /* of labels, and their numbers */
};

void labelled_release(struct labelled *labelled);

/* Adds a record, whose label is a string or a list of strings. 0, or -1 with the message. */
int labelled_add(struct labelled *labelled, const struct record *in, struct slice label, const struct row *row,
                 struct arena *arena);

void labelled_merge(struct labelled *into, const struct labelled *from);

/* mlros (copies) or mlrus: the rows in ascending order, and how often each is copied, or whether it is removed. Both to
 * be freed. Up to `percent` percent of the records, rounded half to even and then down. */
void labelled_balance(struct labelled *labelled, bool copies, struct decimal percent, struct row **rows,
                      uint32_t **uses);

#endif
