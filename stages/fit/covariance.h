/* covariance.h - the exact moments of vectors, and the axes that follow from them: the table of fit whiten. */
#ifndef QUERN_FIT_COVARIANCE_H
#define QUERN_FIT_COVARIANCE_H

#include "../vectors/whitening.h"
#include "moments.h"
#include "products.h"

struct covariance {
    struct whiten_rules rules;
    struct moments moments; /* extremes and sums */
    struct products products;
};

void covariance_open(struct covariance *covariance, const struct whiten_rules *rules);
void covariance_release(struct covariance *covariance);

/* Adds the vector of a record; one of another length than those before is only noted. 0, or -1 with the message. */
int covariance_add(struct covariance *covariance, const struct record *in, struct arena *arena);

/* Adds those of other vectors, of equal rules; their memory is still the caller's. */
void covariance_merge(struct covariance *covariance, struct covariance *others);

/* Adds those of a table. 0, or -1 with the message, and then nothing is added. */
int covariance_read(struct covariance *covariance, const struct record *in, struct arena *arena);

/* Writes the table. 0, or -1 with the message: a column would not survive as 32-bit floats, or the vectors do not have
 * as many directions as the rules want. split: JSON, or empty. */
int covariance_write(struct covariance *covariance, struct slice split, bool partial, struct sink *out);

#endif
