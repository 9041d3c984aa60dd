/* clean.c - see clean.h. */
#include "clean.h"

enum { MOST_ROUNDS = 100 };

void clean_start(struct cleaning *cleaning)
{
    const struct classes *classes = cleaning->points->classes;
    cleaning->gone = mem_zalloc(cleaning->points->items.len + 1, sizeof *cleaning->gone);
    cleaning->counts = mem_zalloc(classes->count + 1, sizeof *cleaning->counts);
    for (size_t i = 0; i < cleaning->points->items.len; i++)
        cleaning->counts[cleaning->points->items.items[i]->class]++;
}

void clean_release(struct cleaning *cleaning)
{
    mem_free(cleaning->counts);
    cleaning->counts = NULL;
}

/* ---- the points that are left, and their neighbours ---- */

static uint32_t class_of(const struct cleaning *cleaning, uint32_t rank)
{
    return cleaning->points->items.items[rank]->class;
}

void clean_list(const struct cleaning *cleaning, size_t class, struct ranks *ranks)
{
    ranks->len = 0;
    for (uint32_t rank = 0; rank < cleaning->points->items.len; rank++)
        if (!cleaning->gone[rank] && class_of(cleaning, rank) == class)
            vec_push(ranks, rank);
}

static void list_left(const struct cleaning *cleaning, struct ranks *left)
{
    left->len = 0;
    for (uint32_t rank = 0; rank < cleaning->points->items.len; rank++)
        if (!cleaning->gone[rank])
            vec_push(left, rank);
}

void clean_remove(struct cleaning *cleaning, uint32_t rank)
{
    cleaning->counts[class_of(cleaning, rank)] -= !cleaning->gone[rank];
    cleaning->gone[rank] = true;
}

struct neighbors *clean_neighbors(const struct cleaning *cleaning, const struct ranks *queries,
                                  const struct ranks *base, size_t k)
{
    const struct points_search search = {.queries = queries, .base = base, .k = k, .cosine = cleaning->cosine};
    return points_neighbors(cleaning->points, &search, cleaning->crew);
}

/* ---- Tomek links ---- */

void clean_tomek(struct cleaning *cleaning, const bool *classes)
{
    struct ranks left = {0};
    list_left(cleaning, &left);
    struct neighbors *nearest = clean_neighbors(cleaning, &left, &left, 1);
    uint32_t *places = mem_zalloc(cleaning->points->items.len + 1, sizeof *places);
    for (uint32_t i = 0; i < left.len; i++)
        places[left.items[i]] = i;
    for (uint32_t i = 0; i < left.len; i++) {
        if (nearest->found[i] == 0)
            continue;
        uint32_t one = left.items[i], other = nearest->numbers[i], place = places[other];
        bool mutual = nearest->numbers[place] == one;
        if (mutual && class_of(cleaning, one) != class_of(cleaning, other) && classes[class_of(cleaning, one)])
            clean_remove(cleaning, one);
    }
    neighbors_free(nearest);
    mem_free(places);
    vec_free(&left);
}

/* ---- edited nearest neighbours ---- */

/* The class that most of some points have; of equally many the first one. votes: zeros, one for each class, which it
 * has again afterwards. */
static uint32_t vote(const struct cleaning *cleaning, const uint32_t *ranks, size_t count, uint32_t *votes)
{
    uint32_t best = 0;
    size_t most = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t class = class_of(cleaning, ranks[i]);
        size_t now = ++votes[class];
        if (now > most || (now == most && class < best)) {
            most = now;
            best = class;
        }
    }
    for (size_t i = 0; i < count; i++)
        votes[class_of(cleaning, ranks[i])] = 0;
    return best;
}

static bool agrees(const struct cleaning *cleaning, uint32_t rank, const uint32_t *ranks, size_t count, uint32_t *votes)
{
    uint32_t own = class_of(cleaning, rank);
    if (count == 0)
        return true;
    if (cleaning->mode)
        return vote(cleaning, ranks, count, votes) == own;
    for (size_t i = 0; i < count; i++)
        if (class_of(cleaning, ranks[i]) != own)
            return false;
    return true;
}

/* One round of enn with k neighbours. 0, or -1 with the message. */
static int edit(struct cleaning *cleaning, size_t k)
{
    struct ranks left = {0}, queries = {0};
    bool *changes = targets_changing(cleaning->rules, cleaning->points->classes, cleaning->counts);
    if (changes == NULL)
        return -1;
    list_left(cleaning, &left);
    for (size_t i = 0; i < left.len; i++)
        if (changes[class_of(cleaning, left.items[i])])
            vec_push(&queries, left.items[i]);
    /* All pairs cost as much as half of the points against all. */
    const struct ranks *asked = queries.len > left.len / 2 ? &left : &queries;
    struct neighbors *nearest = clean_neighbors(cleaning, asked, &left, k);
    uint32_t *votes = mem_zalloc(cleaning->points->classes->count + 1, sizeof *votes);
    for (size_t i = 0; i < asked->len; i++) {
        uint32_t rank = asked->items[i];
        if (changes[class_of(cleaning, rank)] &&
            !agrees(cleaning, rank, nearest->numbers + i * nearest->k, nearest->found[i], votes))
            clean_remove(cleaning, rank);
    }
    neighbors_free(nearest);
    mem_free(votes);
    mem_free(changes);
    vec_free(&left);
    vec_free(&queries);
    return 0;
}

int clean_enn(struct cleaning *cleaning)
{
    return edit(cleaning, cleaning->k);
}

/* Has a class disappeared, or one that was not the smallest fallen below what the smallest had at first? */
static bool went_too_far(const struct cleaning *cleaning)
{
    const struct classes *classes = cleaning->points->classes;
    size_t smallest = targets_smallest(classes);
    for (size_t i = 0; i < classes->count; i++)
        if (cleaning->counts[i] == 0 || (i != smallest && cleaning->counts[i] < classes->items[smallest].count))
            return true;
    return false;
}

static uint64_t count_left(const struct cleaning *cleaning)
{
    uint64_t left = 0;
    for (size_t i = 0; i < cleaning->points->classes->count; i++)
        left += cleaning->counts[i];
    return left;
}

/* The points in the order of their classes, and of their ranks in each: what they are ranked by after the first of
 * several rounds, as in the published vectors. */
struct regrouped {
    struct points points;
    struct ranks ranks; /* as they were before */
};

static void regroup(struct cleaning *cleaning, struct regrouped *again)
{
    const struct points *points = cleaning->points;
    bool *gone = mem_zalloc(points->items.len + 1, sizeof *gone);
    *again = (struct regrouped){.points = *points};
    memset(&again->points.items, 0, sizeof again->points.items);
    memset(&again->points.rows, 0, sizeof again->points.rows);
    for (uint32_t class = 0; class < points->classes->count; class ++)
        for (uint32_t rank = 0; rank < points->items.len; rank++)
            if (class_of(cleaning, rank) == class) {
                gone[again->ranks.len] = cleaning->gone[rank];
                vec_push(&again->ranks, rank);
                vec_push(&again->points.items, points->items.items[rank]);
            }
    points_rows(&again->points);
    mem_free(cleaning->gone);
    cleaning->gone = gone;
    cleaning->points = &again->points;
}

/* Back to the ranks that the points had. */
static void regroup_end(struct cleaning *cleaning, const struct points *points, struct regrouped *again)
{
    bool *gone = mem_zalloc(points->items.len + 1, sizeof *gone);
    for (size_t i = 0; i < again->ranks.len; i++)
        gone[again->ranks.items[i]] = cleaning->gone[i];
    mem_free(cleaning->gone);
    cleaning->gone = gone;
    cleaning->points = points;
    points_rows_release(&again->points.rows);
    vec_free(&again->points.items);
    vec_free(&again->ranks);
}

void clean_tomek_again(struct cleaning *cleaning, const bool *classes)
{
    const struct points *points = cleaning->points;
    struct regrouped again;
    regroup(cleaning, &again);
    clean_tomek(cleaning, classes);
    regroup_end(cleaning, points, &again);
}

/* Rounds of enn with k neighbours, or, if it grows, with 1, 2, … k of them. 0, or -1 with the message. */
static int edit_again(struct cleaning *cleaning, bool grows)
{
    const struct points *points = cleaning->points;
    struct regrouped again = {0};
    size_t rounds = grows ? cleaning->k : MOST_ROUNDS;
    int status = 0;
    for (size_t round = 1; round <= rounds && status == 0; round++) {
        uint64_t before = count_left(cleaning);
        status = edit(cleaning, grows ? round : cleaning->k);
        if (went_too_far(cleaning) || (!grows && count_left(cleaning) == before))
            break;
        if (round == 1)
            regroup(cleaning, &again);
    }
    if (cleaning->points != points)
        regroup_end(cleaning, points, &again);
    return status;
}

int clean_renn(struct cleaning *cleaning)
{
    return edit_again(cleaning, false);
}

int clean_allknn(struct cleaning *cleaning)
{
    return edit_again(cleaning, true);
}

/* ---- neighbourhood cleaning rule ---- */

/* Points of the smallest class that they themselves and their nearest vote down: removes their neighbours of the
 * classes. */
static void clean_around(struct cleaning *cleaning, const struct ranks *all, const bool *classes)
{
    size_t smallest = targets_smallest(cleaning->points->classes), k = cleaning->k;
    struct ranks small = {0};
    for (size_t i = 0; i < all->len; i++)
        if (class_of(cleaning, all->items[i]) == smallest)
            vec_push(&small, all->items[i]);
    struct neighbors *nearest = clean_neighbors(cleaning, &small, all, k);
    uint32_t *votes = mem_zalloc(cleaning->points->classes->count + 1, sizeof *votes);
    uint32_t *voters = mem_zalloc(nearest->k + 1, sizeof *voters);
    for (size_t i = 0; i < small.len; i++) {
        const uint32_t *found = nearest->numbers + i * nearest->k;
        size_t others = nearest->found[i] < k ? nearest->found[i] : k - 1;
        voters[0] = small.items[i];
        if (others > 0)
            memcpy(voters + 1, found, others * sizeof *voters);
        if (vote(cleaning, voters, others + 1, votes) == smallest)
            continue;
        for (size_t j = 0; j < nearest->found[i]; j++)
            if (classes[class_of(cleaning, found[j])])
                clean_remove(cleaning, found[j]);
    }
    neighbors_free(nearest);
    mem_free(votes);
    mem_free(voters);
    vec_free(&small);
}

int clean_ncr(struct cleaning *cleaning)
{
    const struct classes *classes = cleaning->points->classes;
    struct ranks all = {0};
    bool *changes = targets_changing(cleaning->rules, classes, cleaning->counts);
    uint64_t least = classes->count > 0 ? classes->items[targets_smallest(classes)].count : 0;
    if (changes == NULL)
        return -1;
    for (size_t i = 0; i < classes->count; i++)
        changes[i] = changes[i] && 2 * classes->items[i].count > least;
    list_left(cleaning, &all);
    cleaning->mode = true;
    int status = edit(cleaning, cleaning->k);
    if (status == 0)
        clean_around(cleaning, &all, changes);
    mem_free(changes);
    vec_free(&all);
    return status;
}
