/* columns.h - how the columns of vectors are scaled: the table of `fit scale`.
 *
 *     {"format":"quern-fit-1","kind":"scale","options":{"to":"standard","form":"features"},"records":2,
 *      "min":[1,0],"max":[3,0],"sums":["0x1p+2","0x0p+0"],"squares":["0x5p+1","0x0p+0"],
 *      "shift":[2,0],"scale":[1,0]}
 *
 * on one line. `options` also has "center":false and "double":true. `sums` and `squares` are exact (base/total.h) and
 * only there where the numbers need them. Sparse vectors ("form":"sparse") have `indices`, the columns in which some
 * vector has an entry, and `entries`, how many have; min and max are those of the entries. A table with "partial":true
 * lacks shift and scale. A number x becomes (x - shift) / scale, and 0 if scale is 0. */
#ifndef QUERN_VECTORS_COLUMNS_H
#define QUERN_VECTORS_COLUMNS_H

#include "base/vec.h"
#include "record/record.h"
#include "tfidf.h"
#include "vector.h"

enum scale_to { TO_MINMAX, TO_MEAN, TO_STANDARD, TO_MAXABS };
extern const char *const scale_to_names[];

struct scale_rules {
    int to;
    bool no_center, wide;
    enum vector_form form; /* FORM_NONE: of no vectors */
};

/* Does a table of these rules have sums, and sums of squares? */
static inline bool scale_has_sums(const struct scale_rules *rules)
{
    return rules->to == TO_MEAN || rules->to == TO_STANDARD;
}

static inline bool scale_has_squares(const struct scale_rules *rules)
{
    return rules->to == TO_STANDARD;
}

/* Appends `options`, with braces. */
void scale_rules_put(const struct scale_rules *rules, struct bytes *json);

/* 0, or -1 with the message. */
int scale_rules_read(struct slice options, struct arena *arena, struct scale_rules *rules);

#endif
