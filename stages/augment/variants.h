/* variants.h - the variants of one record: which operations make them, and that no two are alike. */
#ifndef QUERN_AUGMENT_VARIANTS_H
#define QUERN_AUGMENT_VARIANTS_H

#include "../rewriting/distinct.h"
#include "augment.h"

/* What was made of the drafts of a record. Lives as long as the record's arena. */
struct variant {
    struct slice op;          /* what was done: "sr", or with --policy all "sr+rd" */
    const char *mark;         /* for its id: the operation, or "all" */
    uint64_t number;          /* K: from 1, for each mark */
    struct draft *after;      /* of each field */
    struct slice edits;       /* the items of the member `edits`, JSON */
    const struct rate *rates; /* with --explain, of tfidf: of all words of all fields before; else NULL */
};

/* The state of one thread. Zero it, then variants_open. */
struct variants {
    const struct augment *augment;
    struct drafter drafter;
    struct distinct distinct;
    struct op_scratch scratch;
    struct changes *changes; /* of each field */
    struct bytes *texts;
    struct arena **rooms; /* two of each field, with --policy all */
    struct origins origins;
    struct bytes edits, ops;
};
int variants_open(struct variants *variants, const struct augment *augment);
void variants_release(struct variants *variants);

/* Makes up to `wanted` variants of the drafts, one for each field, and calls `emit` with each. Returns how many, or -1
 * with the message. */
typedef int variant_emit(void *state, const struct variant *variant);
int64_t variants_make(struct variants *variants, const struct draft *drafts, struct rng *rng, size_t wanted,
                      struct arena *arena, variant_emit *emit, void *state);

#endif
