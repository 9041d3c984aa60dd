/* distribution.h - probabilities of classes, as records have them.
 *
 * A member whose name ends with `probs` holds probabilities: each from -1e-6 up, their sum within 1e-3 of 1 (fastText's
 * go up to 1.00001). They are cut to [0, 1] and divided by their sum, unless that is 1 up to rounding. One whose name
 * ends with `logits` holds numbers whose softmax the probabilities are. All sums go in the order of the classes, and
 * exp and ln are those of base/real.h, so the same numbers come out on every machine. */
#ifndef QUERN_PREDICTIONS_DISTRIBUTION_H
#define QUERN_PREDICTIONS_DISTRIBUTION_H

#include "class_list.h"

struct distribution {
    size_t count;        /* K */
    bool logits;         /* it was given as logits */
    bool independent;    /* each class by itself: probabilities do not sum to 1, and logits mean sigmoids */
    const double *given; /* the numbers as they were given: in these a tie is seen */
    double sum;          /* logits: the sum of e^(z - largest) */
    double *p;           /* probabilities */
    double *log;         /* their logarithms; NULL until distribution_log */
    double *rest_log;    /* independent: those of 1 - p; NULL until distribution_log */
};

/* How the probabilities of a filter are read. */
struct distribution_rules {
    struct class_list *classes;
    bool independent;
};

/* Reads `probs` or `logits`; 1, or 0 if the record has neither, or -1 with the message: it has both, or what it has is
 * no distribution over the classes. */
int distribution_find(const struct distribution_rules *rules, const struct record *record, struct arena *arena,
                      struct distribution *made);

/* The same, but a record without is bad. */
int distribution_need(const struct distribution_rules *rules, const struct record *record, struct arena *arena,
                      struct distribution *made);

/* Reads several, such as `aug_probs`: an array of arrays, or one array. name: whether they are logits follows from it.
 * 1, or 0 if the record has no such member, or -1 with the message. */
int distribution_rows(const struct distribution_rules *rules, const struct record *record, struct slice name,
                      struct arena *arena, struct distribution **made, size_t *count);

/* Reads one from a value of JSON. name: what messages call it. 0, or -1 with the message. */
int distribution_read(const struct distribution_rules *rules, struct slice name, struct slice value, bool logits,
                      struct arena *arena, struct distribution *made);

/* The same of finite numbers that have been read already. */
int distribution_take(const struct distribution_rules *rules, struct slice name, const double *numbers, size_t count,
                      bool logits, struct arena *arena, struct distribution *made);

/* Makes one of numbers. They must be finite; of probabilities that is all that is asked here: they are cut and divided.
 */
void distribution_make(const double *given, size_t count, bool logits, bool independent, struct arena *arena,
                       struct distribution *made);

/* Makes the mean of count > 0 distributions, which are added in their order. */
void distribution_mean(const struct distribution *rows, size_t count, struct arena *arena, struct distribution *mean);

/* Makes `log`: of logits directly; of probabilities that were given as such ln max(p, floor). Returns how many were
 * below the floor. */
uint64_t distribution_log(struct distribution *distribution, double floor, struct arena *arena);

/* The class of the largest number; of several that of the lowest position, and then *tie (may be NULL) is set. */
size_t distribution_best(const struct distribution *distribution, bool *tie);

/* 1 - p of a class, without the digits that the difference would lose: the sum of the others. */
double distribution_rest(const struct distribution *distribution, size_t class);

/* Entropy in nats; `log` has been made. */
double distribution_entropy(const struct distribution *distribution);

#endif
