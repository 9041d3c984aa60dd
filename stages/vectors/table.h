/* table.h - a table of `fit` in memory, for filters that apply it. Read-only once loaded; safe from any thread. */
#ifndef QUERN_VECTORS_TABLE_H
#define QUERN_VECTORS_TABLE_H

#include "base/map.h"
#include "columns.h"
#include "term_map.h"
#include "tfidf.h"
#include "whitening.h"

struct vector_table {
    enum { TABLE_TFIDF, TABLE_SCALE, TABLE_WHITEN } kind;

    struct tfidf_rules rules; /* TABLE_TFIDF */
    struct term_map *terms;   /* and their numbers */
    double *idf;              /* of each */

    struct scale_rules scaling; /* TABLE_SCALE */
    double *shift, *scale;      /* of each column */
    struct map *columns;        /* sparse: of an index (4 bytes) the number of its column; else NULL */

    struct whitening whitening; /* TABLE_WHITEN */

    size_t count; /* terms or columns */
};

/* For chain_share(context, "fit table", …). NULL, with the message, if the file can't be read, is not one whole table,
 * or a partial one. */
void *vector_table_load(const char *path);
void vector_table_free(void *table);

#endif
