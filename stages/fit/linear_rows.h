/* linear_rows.h - the records that fit linear learns from, in an order of their own.
 *
 * Rows are put in the order of a hash of what they hold: class or target, weight and vector; of one hash, in that of
 * their folds. Rows that are equal in all of it can change places, so what is computed from them does not depend on the
 * order in which the records were read. */
#ifndef QUERN_FIT_LINEAR_ROWS_H
#define QUERN_FIT_LINEAR_ROWS_H

#include "../predictions/linear.h"
#include "linear_solve.h"

struct linear_row {
    struct hash order;
    size_t count; /* of its vector */
    const int32_t *indices;
    const double *values;
    const double *target; /* NULL: it has a class */
    size_t classes;       /* of the target */
    double weight;
    uint32_t label, fold;
};

/* The rows of one thread, or of all. Zero it, and open it. */
struct linear_store {
    VEC(struct linear_row) items;
    VEC(struct arena *) arenas; /* the first is its own, the others are those of merged ones */
    VEC(struct class) classes;  /* without --classes: those of the labels; `number` is their place here */
    struct map *labels;         /* their numbers, by is_text and text or integer */
    enum vector_form form;
    bool mixed; /* there are vectors of both forms */
};

void linear_store_open(struct linear_store *store);
void linear_store_release(struct linear_store *store);

/* The number of a class by its label, a string or an integer. 0, or -1 with the message. */
int linear_store_label(struct linear_store *store, const struct record *in, struct slice label, struct arena *arena,
                       uint32_t *number);

/* Adds a row; its vector and its target are copied. */
void linear_store_add(struct linear_store *store, struct linear_row row, enum vector_form form);

/* Adds the rows of another one, which is empty afterwards. */
void linear_store_merge(struct linear_store *into, struct linear_store *from);

/* The rows in order, as arrays; the store is empty afterwards. */
struct linear_data {
    struct linear_rows rows;
    size_t *starts;
    uint32_t *places;
    double *values, *weights;
    uint32_t *labels, *folds;
    const double **targets; /* NULL: no row has one */
    int32_t *indices;       /* of each column; NULL: dense */
    enum vector_form form;
    struct arena *arena;
};

/* 0, or -1 with the message: the vectors are not of one form and length. regularisation: C. */
int linear_data_make(struct linear_store *store, size_t classes, double regularisation, struct linear_data *data);
void linear_data_release(struct linear_data *data);

#endif
