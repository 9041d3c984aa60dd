/* synthesis.h - records that are made of others: which ones, and how.
 *
 *     grow.c        which points become parents, how often, and of which neighbours
 *     mlsmote.c     the same for points with several labels
 *     recombine.c   the same for texts
 *     synthesis.c   the records themselves
 *
 * Sources: Chawla et al., "SMOTE: synthetic minority over-sampling technique", 2002 (SMOTEN, SMOTENC too); Han et al.,
 * "Borderline-SMOTE", 2005; He et al., "ADASYN: adaptive synthetic sampling approach", 2008; Menardi and Torelli,
 * "Training and assessing classification rules with imbalanced data", 2014 (ROSE). */
#ifndef QUERN_RESAMPLE_SYNTHESIS_H
#define QUERN_RESAMPLE_SYNTHESIS_H

#include "nominal.h"
#include "points.h"

#include <stdbool.h>

#define NO_PARENT UINT32_MAX

/* A record to be made. */
struct made {
    uint32_t base, other; /* ranks of its parents; other: NO_PARENT if there is one only */
    uint32_t number;      /* among those of this base, from 1 */
    double gap;           /* its place on the way from base to other */
    size_t voters;        /* where its voters are in the list, */
    uint32_t voter_count; /* and how many: the base and its neighbours, of which its values are taken; or none */
    uint32_t before;      /* added to the number in its id */
};

enum { SMALL_COPY, SMALL_SKIP, SMALL_ERROR };
enum { ROUND_REMAINDER, ROUND_RINT };
enum synthesis_kind {
    MAKES_SMOTE,
    MAKES_BORDERLINE1,
    MAKES_BORDERLINE2,
    MAKES_ADASYN,
    MAKES_ROSE,
    MAKES_SMOTEN,
    MAKES_SMOTENC,
    MAKES_COMBINE,
    MAKES_MLSMOTE,
    MAKES_RECOMBINED
};

struct synthesis {
    /* Set by the caller. */
    const struct points *points;
    struct crew *crew;
    struct rng_key key;
    enum synthesis_kind kind;
    const char *method; /* as the user calls it */
    size_t k, m;
    bool cosine, iid, recipe;
    int small, round;
    double shrinkage;
    const uint64_t *targets;   /* of each class */
    struct slice label, group; /* names of members; group.len 0: none */
    struct slice split;        /* that all records have, as JSON; len 0: none */

    /* Found. */
    VEC(struct made) rows; /* by class, base, number */
    struct ranks voters;
    struct nominal *nominal; /* NULL: the points have no nominal values */
    double **deviations;     /* MAKES_ROSE: of the numbers of each class that grows; else NULL */
    double width;            /* of the noise, in deviations */
    uint64_t cut;            /* classes for which k was cut down, */
    uint64_t alone;          /* records of points that have no neighbour */
    struct slice *spelled;   /* of each of those points: its vector as JSON, as in its record; NULL: none is copied */
    uint64_t repeated;       /* of these: every text that was drawn was there already */
    uint64_t skipped;        /* records that were asked for and are not made */
    uint64_t no_danger;      /* classes without a point in danger */
    uint64_t crossing;       /* points that are no parents, since spans of theirs cross the borders of sentences */
    uint64_t no_others;      /* classes none of whose points has neighbours of others */
};

/* Decides which records are made. 0, or -1 with the message. */
int synthesis_plan(struct synthesis *synthesis);
int synthesis_plan_labels(struct synthesis *synthesis); /* MAKES_MLSMOTE */

/* MAKES_RECOMBINED: recombine.c. The voters of a made record are those of which its sentences are, in order. */
int synthesis_plan_texts(struct synthesis *synthesis);
void synthesis_set_text(const struct synthesis *synthesis, const struct made *made, struct record *record,
                        struct arena *arena);

/* How often each of some points is used, `more` times in all: equally often or once more, by their draws. */
void synthesis_share(const struct synthesis *synthesis, const struct ranks *bases, uint64_t more, uint64_t *uses);

/* For these: records of a point that has no neighbour, numbered from `first`, as `small` says; and the last step,
 * which numbers what is made of the points 17 and "17" apart; an id that a record has already is an error. 0, or -1
 * with the message.
 */
int synthesis_alone(struct synthesis *synthesis, uint32_t base, uint32_t first, uint64_t uses);
int synthesis_finish(struct synthesis *synthesis);

/* MAKES_MLSMOTE: the labels of a made record, those that more than half of its voters have, in order. */
const struct slice *synthesis_labels(const struct synthesis *synthesis, const struct made *made, struct arena *arena,
                                     size_t *count);
void synthesis_release(struct synthesis *synthesis);

/* Are its values taken from several parents, one by one? */
static inline bool synthesis_votes(enum synthesis_kind kind)
{
    return kind >= MAKES_SMOTEN && kind <= MAKES_COMBINE;
}

/* The vector of a made record, in the arena. */
struct vector synthesis_vector(const struct synthesis *synthesis, const struct made *made, struct arena *arena);

/* The record. NULL with the message. */
struct record *synthesis_record(const struct synthesis *synthesis, const struct made *made, struct arena *arena);

#endif
