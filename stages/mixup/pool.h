/* pool.h - the records that partners are drawn from, as numbers. */
#ifndef QUERN_MIXUP_POOL_H
#define QUERN_MIXUP_POOL_H

#include "../predictions/distribution.h"
#include "../vectors/vector.h"

/* What is mixed of a record. */
struct mixable {
    struct record_id id;
    struct slice json; /* the id, as the record spells it */
    struct vector vector;
    const double *target; /* a number for each class; of a record of the pool NULL until all are read, if it has */
    size_t label;         /* this instead */
    bool has_weight;
    double weight; /* 1 if it has none */
};

/* Read-only once opened. In the order of ids, so that nothing depends on the order of the file. */
struct pool {
    VEC(struct mixable) items;
    enum vector_form form;
    size_t dims; /* of dense vectors */
    bool wide;   /* numbers are 64-bit floats */
    struct class_list *classes;
    struct slice label; /* the name of the member */
    struct slice split; /* that all records have, as JSON, or NO_SPLIT */
    struct arena *arena;
};

/* Reads a file. The caller has set `wide`, `classes` and `label`. 0, or -1 with the message. */
int pool_open(struct pool *pool, struct stage_context *context, const char *path);
void pool_release(struct pool *pool);

/* Reads what is mixed of a record that is to be mixed with one of the pool. 0, or -1 with the message. */
int pool_read(const struct pool *pool, const struct record *in, struct arena *arena, struct mixable *read);

/* The records of the pool with another id than this, and one of them by its number, from 0. */
size_t pool_others(const struct pool *pool, const struct record_id *id);
const struct mixable *pool_other(const struct pool *pool, const struct record_id *id, size_t number);

#endif
