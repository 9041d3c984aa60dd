/* linear.h - a linear model in memory: what `fit linear` writes. Read-only once loaded; safe from any thread.
 *
 *     {"format":"quern-fit-1","kind":"linear","options":{"C":1,"folds":2,"seed":0,"salt":""},"classes":["ham","spam"],
 *      "table":{"checksum":"…32 digits…","columns":3},"form":"sparse","columns":3,"indices":[0,2],"records":4,
 *      "iterations":5,"gradient":1e-9,"converged":true,"bias":[0.5,-0.5],"weights":[[0.1,0],[-0.1,0]],
 *      "folds":[{"records":2,"iterations":4,"gradient":1e-8,"converged":true,"bias":[…],"weights":[…]},…]}
 *
 * on one line. The logit of class c is bias[c] + sum of weights[c][j] x_j, where number j of a row of sparse weights is
 * that of column indices[j]; the other columns weigh nothing. `table` and `folds` are there if they were asked for. */
#ifndef QUERN_PREDICTIONS_LINEAR_H
#define QUERN_PREDICTIONS_LINEAR_H

#include "../vectors/vector.h"
#include "base/hash.h"
#include "class_list.h"
#include "record/rng.h"

/* Which fold a record is in: a draw that is keyed by its root, or by the value of the member `group`. */
struct linear_folds {
    size_t count;       /* 0: there are none */
    struct slice group; /* len 0: the root */
    struct rng_key key;
};
struct linear_folds linear_folds_of(size_t count, const char *group, const struct random_options *random);

/* 0, or -1 with the message. */
int linear_fold(const struct linear_folds *folds, const struct record *in, struct arena *arena, size_t *fold);

/* The table that made the vectors, or another one that is told from it by a hash of its bytes. */
struct linear_table {
    bool given;
    struct hash hash;
    size_t columns; /* of terms, how many there are; 0: not known */
};
/* 0, or -1 with the message: the file can't be read, or is no table of fit that makes vectors. */
int linear_table_read(const char *path, struct linear_table *table);

/* 0, or -1 with the message: the vector has more columns than the table makes. */
int linear_table_check(const struct linear_table *table, enum vector_form form, const struct vector *vector);

struct linear_model {
    struct class_list classes;
    enum vector_form form;
    struct linear_table table;
    size_t columns; /* of a dense vector; of sparse ones how many of their columns have weights */
    size_t width;
    size_t known;           /* sparse: an index from here on has no weights */
    uint32_t *places;       /* sparse: of each index below `known` its column here plus 1, or 0; NULL: see indices */
    int32_t *indices;       /* sparse: the index of each column, ascending */
    double *bias, *weights; /* of the model of all records; weights[column * K + class] */
    double *fold_bias, *fold_weights; /* the same of each fold, one after the other; NULL: not loaded */
    struct linear_folds folds;
    char *group; /* what folds.group points to */
};

/* For chain_share; the second one loads the models of the folds, too. NULL, with the message. */
void *linear_load(const char *path);
void *linear_load_folds(const char *path);
void linear_free(void *model);

/* The logits of a record's vector: room for `width` of them, of which those of the classes count. fold: which model,
 * SIZE_MAX for that of all records. 0, or -1 with the message: the record has no vector, or one that is not like those
 * of training. */
int linear_logits(const struct linear_model *model, size_t fold, const struct record *in, struct arena *arena,
                  double *logits);

#endif
