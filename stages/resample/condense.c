/* condense.c - cnn and oss: see clean.h. */
#include "clean.h"

#include <stdlib.h>

static int by_number(const void *a, const void *b)
{
    const uint32_t *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

/* The points of a class, and the nearest of its store to each. */
struct condensed {
    struct ranks own;
    uint32_t *nearest; /* UINT32_MAX: the store has no point but this one */
    double *distances;
};

static void condensed_release(struct condensed *condensed)
{
    vec_free(&condensed->own);
    mem_free(condensed->nearest);
    mem_free(condensed->distances);
}

/* The store at first: the smallest class and the seed. */
static void condensed_start(struct condensed *condensed, const struct cleaning *cleaning, size_t class, uint32_t seed)
{
    struct ranks store = {0};
    clean_list(cleaning, class, &condensed->own);
    clean_list(cleaning, targets_smallest(cleaning->points->classes), &store);
    vec_push(&store, seed);
    qsort(store.items, store.len, sizeof *store.items, by_number);
    struct neighbors *found = clean_neighbors(cleaning, &condensed->own, &store, 1);
    condensed->nearest = mem_zalloc(condensed->own.len + 1, sizeof *condensed->nearest);
    condensed->distances = mem_zalloc(condensed->own.len + 1, sizeof *condensed->distances);
    for (size_t i = 0; i < condensed->own.len; i++) {
        condensed->nearest[i] = found->found[i] > 0 ? found->numbers[i] : UINT32_MAX;
        condensed->distances[i] = found->found[i] > 0 ? found->distances[i] : 0;
    }
    neighbors_free(found);
    vec_free(&store);
}

/* A point comes into the store: is it the nearest of any point after place `from`? */
static void condensed_add(struct condensed *condensed, const struct cleaning *cleaning, uint32_t rank, size_t from)
{
    struct ranks after = {condensed->own.items + from, condensed->own.len - from, 0}, added = {&rank, 1, 0};
    if (after.len == 0)
        return;
    struct neighbors *found = clean_neighbors(cleaning, &after, &added, 1);
    for (size_t i = 0; i < after.len; i++) {
        uint32_t *nearest = &condensed->nearest[from + i];
        double *distance = &condensed->distances[from + i], now = found->distances[i];
        bool nearer = now < *distance || (now == *distance && rank < *nearest);
        if (found->found[i] == 0 || (*nearest != UINT32_MAX && !nearer))
            continue;
        *nearest = rank;
        *distance = now;
    }
    neighbors_free(found);
}

/* Condenses one class; grows: points that stay come into the store. */
static void condense(struct cleaning *cleaning, size_t class, uint32_t seed, bool grows)
{
    struct condensed condensed = {0};
    condensed_start(&condensed, cleaning, class, seed);
    for (size_t i = 0; i < condensed.own.len; i++) {
        uint32_t rank = condensed.own.items[i], nearest = condensed.nearest[i];
        bool wrong = nearest != UINT32_MAX && cleaning->points->items.items[nearest]->class != class;
        if (rank == seed)
            continue;
        if (!wrong)
            clean_remove(cleaning, rank);
        else if (grows)
            condensed_add(&condensed, cleaning, rank, i + 1);
    }
    condensed_release(&condensed);
}

void clean_cnn(struct cleaning *cleaning, const bool *classes, const uint32_t *seeds)
{
    for (size_t i = 0; i < cleaning->points->classes->count; i++)
        if (classes[i] && i != targets_smallest(cleaning->points->classes))
            condense(cleaning, i, seeds[i], true);
}

void clean_oss(struct cleaning *cleaning, const bool *classes, const uint32_t *seeds)
{
    for (size_t i = 0; i < cleaning->points->classes->count; i++)
        if (classes[i] && i != targets_smallest(cleaning->points->classes))
            condense(cleaning, i, seeds[i], false);
    clean_tomek_again(cleaning, classes);
}
