/* distinct.h - are two texts the same to a model? Compared after NFKC, case folding and white-space collapse. */
#ifndef QUERN_REWRITING_DISTINCT_H
#define QUERN_REWRITING_DISTINCT_H

#include "base/hash.h"
#include "base/slice.h"
#include "base/vec.h"

#include <stdbool.h>

struct text_work;

/* The texts of one record so far. Zero it before distinct_open. */
struct distinct {
    struct text_work *work;
    struct bytes all, one, other; /* scratch */
    VEC(struct hash) seen;
};
int distinct_open(struct distinct *distinct);
void distinct_release(struct distinct *distinct);

void distinct_reset(struct distinct *distinct);

/* Adds a record of `count` texts. 1 if it is new, 0 if there is one like it, -1 with the message. */
int distinct_add(struct distinct *distinct, const struct slice *texts, size_t count);

#endif
