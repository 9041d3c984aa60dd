/* term_sums.h - in how many documents each term is, of more terms than memory has room for, and the table of them
 * (vectors/tfidf.h).
 *
 * The numbers are added up in an external sort, so neither the order of the documents matters nor who counted them. */
#ifndef QUERN_FIT_TERM_SUMS_H
#define QUERN_FIT_TERM_SUMS_H

#include "../vectors/tfidf.h"
#include "base/decimal.h"
#include "base/map.h"
#include "record/stage.h"
#include "run/sort.h"

/* Which terms a table leaves out. */
struct pruning {
    int64_t min_df, max_features; /* max_features 0: any number */
    struct decimal max_df;
};

struct term_sums {
    struct sort_bounds bounds;
    VEC(struct sort *) sorts; /* of the threads that have ended */
    uint64_t documents;
    struct tfidf_rules rules;
    struct pruning pruning;
    bool partial;
    struct bytes split; /* JSON; empty: none */

    /* Of writing. */
    enum { SUMS_START, SUMS_TERMS, SUMS_DF, SUMS_WRITTEN } step;
    struct sort_bounds plain; /* without `combine` */
    struct sorted *all;       /* terms and their df */
    struct sort *kept_sort, *df_sort;
    struct sorted *kept, *df; /* by number: with max_features, the terms that may be kept; the df of what was written */
    uint64_t threshold, left; /* the terms with a larger df are kept, and so many of those with this one */
    uint64_t terms, written;  /* how many terms, and how many df, have been written */
    uint64_t pruned;          /* terms that were left out */
};

/* memory: for all terms together; temp_dir is not copied. */
void term_sums_open(struct term_sums *sums, int64_t memory, const char *temp_dir);
void term_sums_release(struct term_sums *sums);

/* Adds up numbers of documents: one that overflows stays at a value that term_sums_write refuses. */
uint64_t term_sums_add(uint64_t a, uint64_t b);

/* So many documents more have the term. 0, or -1 with the message: a temporary file can't be written. */
static inline int term_sums_put(struct sort *sort, struct slice term, uint64_t df)
{
    return sort_put(sort, term, (struct slice){(const char *)&df, sizeof df});
}

/* Writes the next piece of the table: 1, 0 at its end, -1 with the message. */
int term_sums_write(struct term_sums *sums, struct sink *out);

#endif
