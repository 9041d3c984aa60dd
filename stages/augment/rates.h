/* rates.h - how likely each word of a record is replaced by the operation tfidf.
 *
 * In a record of L words, which all its fields have together, with s(i) = tf(i) idf(i) / L:
 *
 *     r(i) = p L (max s - s(i)) / sum of max s - s(j)
 *
 * Xie et al., Unsupervised Data Augmentation (NeurIPS 2020), and the code published with it. p is the mean of r. If all
 * scores are equal, nothing is replaced. */
#ifndef QUERN_AUGMENT_RATES_H
#define QUERN_AUGMENT_RATES_H

#include "../words/table.h"
#include "draft.h"

/* Of one word. */
struct rate {
    bool always;        /* r is 1 or more */
    uint64_t threshold; /* floor(r 2^64): the word is replaced if 64 random bits are below it */
    double rate;        /* r, for people */
};

/* Zero it before the first use. */
struct rates {
    const struct draft *of;  /* the drafts that they are known of, or NULL */
    VEC(struct rate) items;  /* of all words of all fields, one after the other; 0 for words that do not count */
    VEC(struct rated) words; /* scratch */
    struct map *numbers;     /* scratch: the different words */
};
void rates_release(struct rates *rates);

/* Computes them, unless they are known of these drafts. */
void rates_compute(struct rates *rates, const struct table *table, struct decimal p, const struct draft *drafts,
                   size_t field_count);

/* Those of a field: one for each of its words. */
const struct rate *rates_of_field(const struct rates *rates, const struct draft *drafts, size_t field);

#endif
