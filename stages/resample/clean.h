/* clean.h - methods that remove points which disagree with their neighbours.
 *
 * Sources: Tomek, "Two modifications of CNN", 1976; Wilson, "Asymptotic properties of nearest neighbor rules using
 * edited data", 1972 (enn); Tomek, "An experiment with the edited nearest-neighbor rule", 1976 (renn, allknn);
 * Laurikkala, "Improving identification of difficult small classes by balancing class distribution", 2001 (ncr). */
#ifndef QUERN_RESAMPLE_CLEAN_H
#define QUERN_RESAMPLE_CLEAN_H

#include "points.h"
#include "targets.h"

struct cleaning {
    const struct points *points;
    const struct target_rules *rules; /* which classes lose points: --strategy, of the classes as they are now */
    struct crew *crew;
    size_t k;
    bool mode; /* a point stays if most of its k neighbours are of its class; else if all are */
    bool cosine;
    bool *gone;       /* of each point; the methods set it */
    uint64_t *counts; /* how many of each class are left */
};

/* Nothing is gone yet. `clean_release` frees what is in it, but `gone`. */
void clean_start(struct cleaning *cleaning);
void clean_release(struct cleaning *cleaning);

/* Removes the ends of Tomek links, two points of different classes that are each other's nearest, that are of these
 * classes. */
void clean_tomek(struct cleaning *cleaning, const bool *classes);

/* The same after points have been removed: of equally distant points those of the first class come first, then those of
 * the lower rank, as in the published vectors. */
void clean_tomek_again(struct cleaning *cleaning, const bool *classes);

/* 0, or -1 with the message: --strategy names a class that is not there. */
int clean_enn(struct cleaning *cleaning);
int clean_renn(struct cleaning *cleaning);
int clean_allknn(struct cleaning *cleaning);
int clean_ncr(struct cleaning *cleaning);

/* condense.c. cnn, oss (seeds: of each class the point that stays in any case, by its rank): of each of the classes
 * those points stay that the smallest class and the points of theirs that stay would misclassify; oss looks at the
 * seed alone, and then removes Tomek links. Sources: Hart, "The condensed nearest neighbor rule", 1968; Kubat and
 * Matwin, "Addressing the curse of imbalanced training sets: one-sided selection", 1997. */
void clean_cnn(struct cleaning *cleaning, const bool *classes, const uint32_t *seeds);
void clean_oss(struct cleaning *cleaning, const bool *classes, const uint32_t *seeds);

/* nearmiss.c. Of each class `targets` points stay: the nearest to the smallest class, by the sum of the distances to
 * the k nearest (version 1) or k farthest (2) of its points; or the farthest of those that are among the k nearest of a
 * point of the smallest class (3). Returns how many points fewer than asked are left, since there were no more.
 * Source: Mani and Zhang, "kNN approach to unbalanced data distributions", 2003. */
uint64_t clean_nearmiss(struct cleaning *cleaning, int version, const uint64_t *targets);

/* For these files: points that are left; removing one. */
void clean_list(const struct cleaning *cleaning, size_t class, struct ranks *ranks);
void clean_remove(struct cleaning *cleaning, uint32_t rank);
struct neighbors *clean_neighbors(const struct cleaning *cleaning, const struct ranks *queries,
                                  const struct ranks *base, size_t k);

#endif
