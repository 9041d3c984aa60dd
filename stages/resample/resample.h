/* resample.h - the parts of resample, which share these.
 *
 *     resample.c             options, both passes, notes
 *     resample/rows.c        the first pass: the class and the draws of each record
 *     resample/tallies.c     classes, and the lowest draws of their records
 *     resample/targets.c     how many records of each class there shall be
 *     resample/multilabel.c  the same for records with several labels
 *     resample/plans.c       what happens to the records of a class
 *     resample/points.c      the first pass of methods that look at neighbours: a point for each record
 *     resample/clean.c …     points that go: clean.h
 *     resample/grow.c …      records that are made: synthesis.h
 *     resample/spatial.c     what these methods do between the passes and in the second one
 *     resample/count.c …     the verbs count, plan and apply: the same for parts of a data set (settings.h)
 *     resample/rebuild.c     the verb rebuild: vectors for records that were made without */
#ifndef QUERN_RESAMPLE_RESAMPLE_H
#define QUERN_RESAMPLE_RESAMPLE_H

#include "../classes/within.h"
#include "draws.h"
#include "multilabel.h"
#include "points.h"
#include "synthesis.h"
#include "tallies.h"
#include "targets.h"

enum method {
    METHOD_UNDER,
    METHOD_OVER,
    METHOD_RANDOM,
    METHOD_EASYENSEMBLE,
    METHOD_BOOTSTRAP,
    METHOD_MLROS,
    METHOD_MLRUS,
    METHOD_TOMEK, /* this and those that follow look at neighbours */
    METHOD_ENN,
    METHOD_RENN,
    METHOD_ALLKNN,
    METHOD_NCR,
    METHOD_CNN,
    METHOD_OSS,
    METHOD_NEARMISS1,
    METHOD_NEARMISS2,
    METHOD_NEARMISS3,
    METHOD_SMOTE, /* this and those that follow make records */
    METHOD_BORDERLINE1,
    METHOD_BORDERLINE2,
    METHOD_ADASYN,
    METHOD_ROSE,
    METHOD_SMOTEENN,
    METHOD_SMOTETOMEK,
    METHOD_SMOTEN, /* this and those that follow take values from several parents */
    METHOD_SMOTENC,
    METHOD_COMBINE,
    METHOD_MLSMOTE,
    METHOD_RECOMBINE,
};
extern const char *const method_names[];
enum { DRAW_EVEN, DRAW_IID };
enum { EMIT_BOTH, EMIT_SYNTHETIC, EMIT_RECIPE };
enum { KIND_ALL, KIND_MODE };
enum { METRIC_EUCLIDEAN, METRIC_COSINE };
enum { MOST_SUBSETS = 10000, MOST_NEIGHBORS = 1000000 };

/* What a plan is made with, in one run or over many. */
struct resample_options {
    int method, draw, emit;
    const char *label, *within, *field, *plan;
    struct target_options targets;
    struct decimal percent;
    int64_t subsets, subset, bags, bag, out_of_bag, epoch, keep;
    struct random_options random;

    /* Of the methods that look at neighbours. */
    int64_t k, m;
    int kind, metric, small, round;
    bool wide;
    const char *group;
    struct decimal shrinkage;
};

/* What happens to the records of a class. */
struct plan {
    uint64_t count, target;
    uint64_t times;        /* every record so often */
    struct bound extra;    /* and those once more */
    struct bound *subsets; /* METHOD_EASYENSEMBLE: which are in each subset */

    /* Drawn with replacement: rows in ascending order, and how often each was drawn in each of `bags`. */
    struct row *rows;
    uint32_t *uses, *given; /* [bag * count + place]; how many of the equal rows that begin here have been seen */
};

struct line {
    const char *file;
    uint64_t number;
};

struct resample {
    const struct resample_options *given;
    struct rng_key key;
    struct slice label, field, group;
    struct conditions *within;
    struct condition_thread *in_order; /* for the second pass */
    struct target_rules rules;
    struct tallies tallies;
    struct labelled labelled; /* mlros, mlrus: instead of classes */
    struct map *splits;       /* the values of `split` */
    struct plan *plans;       /* of each class, by its number */
    size_t plan_count;
    struct counting *counting; /* resample count: what is written next */
    size_t bags;               /* how many are drawn: 1 for --draw iid */
    struct points *points;     /* of the methods that look at neighbours; else NULL */
    bool *gone;                /* of each point: it is removed; then of each record that is made */
    struct synthesis synthesis;
    uint64_t fewer;         /* records than asked are left */
    bool twice;             /* records have one id, which must not be: nothing is written */
    struct map *seen;       /* then: the draws that have come, */
    VEC(struct line) lines; /* and where each came first */
};

/* The draws of a record. */
struct draws {
    struct origin origin;
    struct row choice;
};

/* ---- rows.c ---- */

struct resample *resample_new(const struct resample_options *given);
void resample_free(void *shared);

/* --within. 0, or -1 with the message. */
int resample_open_within(struct resample *resample);

/* Is the record one that is sampled? 1, 0, or -1 with the message. */
int resample_is_within(const struct resample *resample, struct condition_thread *thread, const struct record *in,
                       struct arena *arena);

/* The first pass, as a filter's functions; the thread's state is private. */
int rows_thread_open(void *shared, void **thread);
void rows_thread_close(void *thread);
int rows_record(void *thread, const struct record *in, struct sink *out);
int rows_merge(void *shared, void *thread);

/* The second pass: emits what becomes of a record. 0, or -1 with the message. */
int resample_pass(struct resample *resample, struct condition_thread *thread, const struct record *in,
                  struct sink *out);

/* 0, or -1 with the message. */
int resample_draws(const struct resample *resample, const struct record *in, struct arena *arena, struct draws *draws);

/* The draws of a record, and that for subset t: four that follow each other cost little more than one. */
struct rng resample_rng(const struct resample *resample, const struct origin *origin);
struct row resample_subset(struct rng *rng, const struct origin *origin, uint64_t t);

/* ---- plans.c ---- */

/* Makes the plans of all classes, which have been counted. 0, or -1 with the message. */
int plans_make(struct resample *resample);
void plans_release(struct resample *resample);

/* Do these methods look at classes, of which a record has one? */
static inline bool method_has_classes(int method)
{
    return method < METHOD_BOOTSTRAP || (method >= METHOD_TOMEK && method != METHOD_MLSMOTE);
}

/* At several labels of a record? */
static inline bool method_has_labels(int method)
{
    return method == METHOD_MLROS || method == METHOD_MLRUS;
}

/* At neighbours? */
static inline bool method_has_points(int method)
{
    return method >= METHOD_TOMEK;
}

static inline bool method_makes(int method)
{
    return method >= METHOD_SMOTE;
}

/* bootstrap and mlros name what they make by the id of a record, which must be its own. */
static inline bool method_needs_ids(int method)
{
    return method == METHOD_BOOTSTRAP || method == METHOD_MLROS;
}

/* Emits what becomes of a record of the class. 0, or -1 with the message. */
int plans_emit(struct resample *resample, struct plan *plan, const struct record *in, const struct draws *draws,
               struct sink *out);

/* What the second pass counts, for --stats. */
enum { COUNT_KEPT, COUNT_REMOVED, COUNT_COPIES, COUNT_OTHERS, COUNT_MADE, COUNT_SKIPPED, COUNT_ALONE, COUNT_CUT };
extern const char *const resample_counters[];

/* Does it make vectors between those of two parents? */
static inline bool method_has_recipe(int method)
{
    return method_makes(method) && method != METHOD_ROSE && (method < METHOD_SMOTEN || method == METHOD_MLSMOTE);
}

/* ---- spatial.c: methods that look at neighbours ---- */

/* Between the passes: which points go, and which records are made. 0, or -1 with the message. */
int spatial_end(struct resample *resample, struct sink *out);
void spatial_release(struct resample *resample);

/* Emits a record that was sampled, unless it goes. 0, or -1 with the message. */
int spatial_emit(struct resample *resample, const struct record *in, struct sink *out);

/* What is made, as the stage's functions. */
uint64_t spatial_parts(const void *shared);
int spatial_part(void *shared, uint64_t number, struct sink *out);

void spatial_notes(const struct resample *resample);

/* ---- count.c, plan.c, apply.c, rebuild.c ---- */

extern const struct stage resample_count, resample_plan, resample_apply, resample_rebuild;

#endif
