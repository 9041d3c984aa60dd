/* points.h - records as points of a space, for the methods that look at neighbours.
 *
 * Points are in the order of their rank: numbers as ids before strings, numbers by value, strings by their bytes. Rank
 * breaks every tie, so nothing depends on the order of the records. */
#ifndef QUERN_RESAMPLE_POINTS_H
#define QUERN_RESAMPLE_POINTS_H

#include "../vectors/neighbors.h"
#include "../vectors/vector.h"
#include "tallies.h"
#include "told.h"

struct point {
    struct record_id id;
    struct slice json;       /* the id, as the record spells it */
    struct slice root;       /* as the record spells it; empty: none */
    struct vector vector;    /* count 0 and no numbers: it has none */
    const uint32_t *nominal; /* numbers of its nominal values */
    uint32_t nominal_count;
    const uint32_t *labels; /* of a point with several: numbers of their values; each once */
    uint32_t label_count;
    const struct told *told; /* its text; NULL: the method looks at none */
    bool has_vector, has_nominal;
    uint32_t class; /* in the order of classes; before points_complete in that of tallies */
    uint32_t group;
    uint32_t round;
    bool has_epoch, has_weight;
    double weight;
    struct identity identity;
    const char *file;
    uint64_t line;
};

/* The smallest and the largest number of a column, as they were read: not rounded. */
struct column {
    double least, most;
};

struct points {
    bool wide;             /* the numbers are 64-bit floats */
    enum vector_form form; /* FORM_NONE: there are no points */
    VEC(struct point *) items;
    VEC(struct column) columns; /* of dense vectors */
    struct map *values;         /* numbers of nominal values, or of labels, by their texts */
    struct map *groups;         /* numbers of groups, by their value as JSON */
    struct tallies tallies;
    VEC(struct arena *) arenas; /* the first is this one's own, the others are those of merged ones */

    /* Made by points_complete. */
    struct rows rows;
    struct classes *classes;
};

/* A list of points, by their ranks. */
struct ranks {
    uint32_t *items;
    size_t len, cap;
};

/* What is read of a record. */
struct points_rules {
    struct slice label, group; /* group.len 0: none */
    struct slice field;
    int64_t epoch;             /* as in struct random_options */
    bool wide, several, texts; /* several: the label is a string, or a list of them */
    enum needed { NEEDS_NOT, NEEDS_ANY, NEEDS_IT } vector, nominal; /* which members; ANY: if the record has it */
};

struct points *points_new(bool wide);
void points_free(struct points *points); /* may be NULL */

/* Adds a record. 0, or -1 with the message. */
int points_add(struct points *points, const struct points_rules *rules, const struct record *in, struct arena *arena);

/* Adds the points of another, which is empty afterwards. */
void points_merge(struct points *into, struct points *from);

/* All are there: ranks them, and checks what only all of them show: that each id is there once, that the vectors are of
 * one form and length, and that each column survives being 32-bit floats. 0, or -1 with the message. */
int points_complete(struct points *points);

/* The point of this id: its rank, or SIZE_MAX. */
size_t points_find(const struct points *points, const struct record_id *id);

/* The value of a group as JSON. */
struct slice points_group(const struct points *points, uint32_t group);

/* A nominal value. */
struct slice points_value(const struct points *points, uint32_t value);

/* The population deviations of the numbers of some points, which are dense, in the order of rank. To be freed. */
double *points_deviations(const struct points *points, const struct ranks *ranks);

/* Makes rows of the points, again if there are more or fewer of them. */
void points_rows(struct points *points);
void points_rows_release(struct rows *rows);

/* The neighbours of some points among others, in each group by itself. */
struct points_search {
    const struct ranks *queries, *base;
    size_t k;
    bool cosine, farthest;
};
struct neighbors *points_neighbors(const struct points *points, const struct points_search *search, struct crew *crew);

#endif
