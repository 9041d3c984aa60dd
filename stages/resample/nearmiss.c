/* nearmiss.c - see clean.h. */
#include "clean.h"

#include <math.h>
#include <stdlib.h>

/* A point, and the sum of its distances to points of the smallest class. */
struct missed {
    double sum;
    uint32_t rank;
};

static int compare_ranks(const struct missed *a, const struct missed *b)
{
    return (a->rank > b->rank) - (a->rank < b->rank);
}

static int by_least(const void *a, const void *b)
{
    const struct missed *left = a, *right = b;
    if (left->sum != right->sum)
        return left->sum < right->sum ? -1 : 1;
    return compare_ranks(left, right);
}

static int by_most(const void *a, const void *b)
{
    const struct missed *left = a, *right = b;
    if (left->sum != right->sum)
        return left->sum > right->sum ? -1 : 1;
    return compare_ranks(left, right);
}

/* The distance itself, or 1 - cos of the angle: half of the square, since both have the length 1. */
static double distance_of(const struct cleaning *cleaning, double square)
{
    return cleaning->cosine ? square / 2 : sqrt(square);
}

/* The sums of points, the smallest distance first. */
static struct missed *sum_all(const struct cleaning *cleaning, const struct ranks *points, const struct ranks *small,
                              bool farthest)
{
    const struct points_search search = {
        .queries = points, .base = small, .k = cleaning->k, .cosine = cleaning->cosine, .farthest = farthest};
    struct neighbors *found = points_neighbors(cleaning->points, &search, cleaning->crew);
    struct missed *missed = mem_zalloc(points->len + 1, sizeof *missed);
    for (size_t i = 0; i < points->len; i++) {
        const double *squares = found->distances + i * found->k;
        size_t count = found->found[i];
        missed[i].rank = points->items[i];
        for (size_t j = 0; j < count; j++)
            missed[i].sum += distance_of(cleaning, squares[farthest ? count - 1 - j : j]);
    }
    neighbors_free(found);
    return missed;
}

/* Of the points those that are among the k nearest of a point of the smallest class. */
static void find_candidates(const struct cleaning *cleaning, const struct ranks *points, const struct ranks *small,
                            struct ranks *candidates)
{
    struct neighbors *found = clean_neighbors(cleaning, small, points, cleaning->k);
    bool *is_found = mem_zalloc(cleaning->points->items.len + 1, sizeof *is_found);
    for (size_t i = 0; i < small->len; i++)
        for (size_t j = 0; j < found->found[i]; j++)
            is_found[found->numbers[i * found->k + j]] = true;
    for (size_t i = 0; i < points->len; i++)
        if (is_found[points->items[i]])
            vec_push(candidates, points->items[i]);
    mem_free(is_found);
    neighbors_free(found);
}

/* One class. */
static uint64_t keep_nearest(struct cleaning *cleaning, int version, size_t class, const struct ranks *small,
                             uint64_t target)
{
    struct ranks own = {0}, candidates = {0};
    clean_list(cleaning, class, &own);
    if (version == 3)
        find_candidates(cleaning, &own, small, &candidates);
    const struct ranks *choice = version == 3 ? &candidates : &own;
    struct missed *missed = sum_all(cleaning, choice, small, version == 2);
    uint64_t kept = target < choice->len ? target : choice->len;
    qsort(missed, choice->len, sizeof *missed, version == 3 ? by_most : by_least);
    for (size_t i = 0; i < own.len; i++)
        clean_remove(cleaning, own.items[i]);
    for (uint64_t i = 0; i < kept; i++)
        cleaning->gone[missed[i].rank] = false;
    cleaning->counts[class] = kept;
    mem_free(missed);
    vec_free(&own);
    vec_free(&candidates);
    return target - kept;
}

uint64_t clean_nearmiss(struct cleaning *cleaning, int version, const uint64_t *targets)
{
    const struct classes *classes = cleaning->points->classes;
    size_t smallest = targets_smallest(classes);
    struct ranks small = {0};
    uint64_t fewer = 0;
    clean_list(cleaning, smallest, &small);
    for (size_t i = 0; i < classes->count; i++)
        if (i != smallest && targets[i] < classes->items[i].count)
            fewer += keep_nearest(cleaning, version, i, &small, targets[i]);
    vec_free(&small);
    return fewer;
}
