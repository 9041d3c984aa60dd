/* tops.h - the best of the records that were offered. */
#ifndef QUERN_QUERY_TOPS_H
#define QUERN_QUERY_TOPS_H

#include "base/heap.h"
#include "quern.h"

/* A record that is kept, with all that it needs in memory of its own. */
struct entry {
    double key; /* the score, or minus it: the largest is the best */
    struct record_id id;
    struct slice line;    /* the record as it is printed; ptr NULL: not printed yet */
    struct vector vector; /* numbers NULL: it has none, or none is needed */
};

struct tops {
    VEC(struct entry) entries;
    struct heap heap; /* with the worst on top, once there are as many as are wanted */
};

/* The order of entries: -1, 0 or 1, -1 if a is better. A larger key is, then the smaller id; and records of one id, in
 * the order of their bytes. */
int entry_compare(const struct entry *a, const struct entry *b);

void entry_release(struct entry *entry);

/* Offers a record: is it among the `most` best ones? `entry` says all but the line, and points to where it likes.
 * scratch: the caller's, for printing. */
void tops_offer(struct tops *tops, const struct entry *entry, const struct record *in, size_t most,
                struct bytes *scratch);

/* Offers all of `from`, which is empty afterwards. */
void tops_merge(struct tops *into, struct tops *from, size_t most);

/* Into the order of entries: the last thing that happens to it. */
void tops_sort(struct tops *tops);

void tops_release(struct tops *tops);

#endif
