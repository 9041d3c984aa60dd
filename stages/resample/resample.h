/* resample.h - the parts of resample, which share these.
 *
 *     resample.c             options, both passes, notes
 *     resample/rows.c        the first pass: the class and the draws of each record
 *     resample/tallies.c     classes, and the lowest draws of their records
 *     resample/targets.c     how many records of each class there shall be
 *     resample/multilabel.c  the same for records with several labels
 *     resample/plans.c       what happens to the records of a class
 *     resample/count.c …     the verbs count, plan and apply: the same for parts of a data set (settings.h) */
#ifndef QUERN_RESAMPLE_RESAMPLE_H
#define QUERN_RESAMPLE_RESAMPLE_H

#include "../classes/within.h"
#include "multilabel.h"
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
};
enum { DRAW_EVEN, DRAW_IID };
enum { EMIT_BOTH, EMIT_SYNTHETIC };
enum { MOST_SUBSETS = 10000 };

/* The numbers of the draws, a part of the contract of quern-record(5): purpose << 32 | item. */
enum {
    PURPOSE_CHOICE = 0, /* of a record: which of a class */
    PURPOSE_SUBSET = 1, /* of a record; the item is the subset */
    PURPOSE_BASE = 2,   /* of a class: --draw iid; the item is the copy */
    PURPOSE_BAG = 3,    /* of a bag: the item is the place in it */
};

/* What a plan is made with, in one run or over many. */
struct resample_options {
    int method, draw, emit;
    const char *label, *within, *field, *plan;
    struct target_options targets;
    struct decimal percent;
    int64_t subsets, subset, bags, bag, out_of_bag, epoch, keep;
    struct random_options random;
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
    struct slice label, field;
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
    bool twice;                /* records have one id, which must not be: nothing is written */
    struct map *seen;          /* then: the draws that have come, */
    VEC(struct line) lines;    /* and where each came first */
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
    return method < METHOD_BOOTSTRAP;
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
enum { COUNT_KEPT, COUNT_REMOVED, COUNT_COPIES, COUNT_OTHERS };
extern const char *const resample_counters[];

/* ---- count.c, plan.c, apply.c ---- */

extern const struct stage resample_count, resample_plan, resample_apply;

#endif
