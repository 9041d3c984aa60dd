/* skene.c - the true labels of items, and how often each annotator takes which class for which, by expectation
 * maximisation (Dawid and Skene 1979, equations 2.3 to 2.5 and 3.1).
 *
 * Items are in the order of their keys, which are hashes of ids; their ballots in the order of annotators and classes.
 * So every sum has an order that the input does not change. */
#include "vote.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

enum { MOST_ROUNDS = 100 };
static const double SETTLED = 1e-9, NEGLIGIBLE = 0x1p-400;
static const uint64_t MOST_CELLS = (uint64_t)1 << 28;

struct skene {
    size_t items, classes, annotators;
    size_t *starts;               /* of the ballots of each item; one more */
    struct label_ballot *ballots; /* `annotator` is a rank */
    double *beliefs;              /* T: of each item the probabilities of its classes */
    double *shares;               /* p: of the classes */
    double *errors;               /* π: of each annotator, label and true class */
};

/* ---- ballots in order ---- */

struct item {
    struct hash key;
    size_t number;
};

static int compare_items(const void *a, const void *b)
{
    return hash_compare(((const struct item *)a)->key, ((const struct item *)b)->key);
}

static int compare_ballots(const void *a, const void *b)
{
    const struct label_ballot *x = a, *y = b;
    if (x->annotator != y->annotator)
        return x->annotator < y->annotator ? -1 : 1;
    return (x->label > y->label) - (x->label < y->label);
}

/* Takes the ballots of the items, in the order of their keys. Afterwards `last` of a group is its number in that order.
 */
static void take_ballots(struct vote *vote, struct skene *skene)
{
    struct item *items = mem_zalloc(skene->items, sizeof *items);
    size_t total = 0;
    for (size_t i = 0; i < skene->items; i++) {
        const struct group *group = ballots_group_at(&vote->ballots, i);
        items[i] = (struct item){group->key, i};
        total += group->votes;
    }
    qsort(items, skene->items, sizeof *items, compare_items);
    skene->starts = mem_zalloc(skene->items + 1, sizeof *skene->starts);
    skene->ballots = mem_zalloc(total, sizeof *skene->ballots);
    total = 0;
    for (size_t i = 0; i < skene->items; i++) {
        struct group *group = ballots_group_at(&vote->ballots, items[i].number);
        skene->starts[i] = total;
        for (uint64_t at = group->last; at != 0; total++) {
            skene->ballots[total] = *(const struct label_ballot *)ballots_at(&vote->ballots, at, &at);
            skene->ballots[total].annotator = vote->annotators.ranks[skene->ballots[total].annotator];
        }
        qsort(skene->ballots + skene->starts[i], group->votes, sizeof *skene->ballots, compare_ballots);
        group->last = i;
    }
    skene->starts[skene->items] = total;
    mem_free(items);
}

/* ---- rounds ---- */

/* Equation 3.1: the shares of the votes. */
static void begin(struct skene *skene)
{
    for (size_t i = 0; i < skene->items; i++) {
        size_t from = skene->starts[i], to = skene->starts[i + 1];
        for (size_t v = from; v < to; v++)
            skene->beliefs[i * skene->classes + skene->ballots[v].label] += 1;
        for (size_t c = 0; c < skene->classes; c++)
            skene->beliefs[i * skene->classes + c] /= (double)(to - from);
    }
}

/* Of the annotator and the label of a ballot: for each true class. */
static double *errors_of(const struct skene *skene, size_t ballot)
{
    const struct label_ballot *of = &skene->ballots[ballot];
    return skene->errors + ((size_t)of->annotator * skene->classes + of->label) * skene->classes;
}

/* Makes the counts of the labels that an annotator gives to items of a class shares. */
static void divide(double *errors, size_t classes)
{
    double sum = 0;
    for (size_t l = 0; l < classes; l++)
        sum += errors[l * classes];
    for (size_t l = 0; sum > 0 && l < classes; l++)
        errors[l * classes] /= sum;
}

/* Equations 2.3 and 2.4. What no item says stays 0: no item whose probability of the class is above 0 has a label of
 * the annotator. */
static void maximise(struct skene *skene)
{
    size_t k = skene->classes;
    memset(skene->shares, 0, k * sizeof *skene->shares);
    memset(skene->errors, 0, skene->annotators * k * k * sizeof *skene->errors);
    for (size_t i = 0; i < skene->items; i++) {
        const double *belief = skene->beliefs + i * k;
        for (size_t c = 0; c < k; c++)
            skene->shares[c] += belief[c];
        for (size_t v = skene->starts[i]; v < skene->starts[i + 1]; v++)
            for (size_t c = 0; c < k; c++)
                errors_of(skene, v)[c] += belief[c];
    }
    for (size_t c = 0; c < k; c++)
        skene->shares[c] /= (double)skene->items;
    for (size_t a = 0; a < skene->annotators; a++)
        for (size_t c = 0; c < k; c++)
            divide(skene->errors + a * k * k + c, k);
}

/* Makes the likelihoods of an item's classes, up to a factor for all of them: products * 2^(500 * scales), so that many
 * ballots do not underflow. Each class has a scale of its own, since the one that is ahead may still become impossible.
 */
static void multiply(const struct skene *skene, size_t item, double *products, int *scales)
{
    size_t k = skene->classes;
    memcpy(products, skene->shares, k * sizeof *products);
    memset(scales, 0, k * sizeof *scales);
    for (size_t v = skene->starts[item]; v < skene->starts[item + 1]; v++) {
        const double *errors = errors_of(skene, v);
        for (size_t c = 0; c < k; c++) {
            products[c] *= errors[c];
            if (products[c] < 0x1p-500 && products[c] > 0) {
                products[c] *= 0x1p500;
                scales[c]--;
            }
        }
    }
}

/* Brings the products to the largest scale and makes their sum 1. What is below NEGLIGIBLE becomes 0, so that shares
 * never are too small for `multiply`. */
static void normalise(double *products, const int *scales, size_t classes)
{
    int largest = INT_MIN;
    double sum = 0;
    for (size_t c = 0; c < classes; c++)
        largest = products[c] > 0 && scales[c] > largest ? scales[c] : largest;
    for (size_t c = 0; c < classes; c++) {
        products[c] *= scales[c] == largest ? 1 : scales[c] == largest - 1 ? 0x1p-500 : 0;
        sum += products[c];
    }
    for (size_t c = 0; c < classes; c++) {
        products[c] /= sum;
        products[c] = products[c] < NEGLIGIBLE ? 0 : products[c];
    }
}

/* Equation 2.5. Returns the largest change of a probability. */
static double expect(struct skene *skene, double *products, int *scales)
{
    double change = 0;
    for (size_t i = 0; i < skene->items; i++) {
        double *belief = skene->beliefs + i * skene->classes;
        multiply(skene, i, products, scales);
        normalise(products, scales, skene->classes);
        for (size_t c = 0; c < skene->classes; c++) {
            double off = fabs(products[c] - belief[c]);
            change = off > change ? off : change;
            belief[c] = products[c];
        }
    }
    return change;
}

static unsigned run_rounds(struct skene *skene)
{
    double *products = mem_zalloc(skene->classes, sizeof *products);
    int *scales = mem_zalloc(skene->classes, sizeof *scales);
    unsigned settled = 0;
    begin(skene);
    for (unsigned round = 1; settled == 0 && round <= MOST_ROUNDS; round++) {
        maximise(skene);
        settled = expect(skene, products, scales) < SETTLED ? round : 0;
    }
    mem_free(products);
    mem_free(scales);
    return settled;
}

/* Without a list of classes the largest label says how many there are. */
static size_t count_classes(const struct vote *vote, const struct skene *skene)
{
    size_t count = vote->classes.count;
    if (count > 0)
        return count;
    for (size_t v = 0; v < skene->starts[skene->items]; v++)
        count = skene->ballots[v].label >= count ? skene->ballots[v].label + 1 : count;
    return count;
}

int vote_settle(struct vote *vote)
{
    struct skene skene = {.items = vote->ballots.count, .annotators = roll_count(&vote->annotators)};
    int status = 0;
    if (skene.items == 0)
        return 0;
    roll_sort(&vote->annotators);
    take_ballots(vote, &skene);
    vote->classes.count = skene.classes = count_classes(vote, &skene);
    uint64_t cells = (uint64_t)skene.annotators * skene.classes * skene.classes;
    size_t bytes = skene.items * skene.classes * sizeof *skene.beliefs;
    if (cells > MOST_CELLS)
        status = diag_kind(STATUS_DATA, "%zu annotators and %zu classes are too many for a confusion of each",
                           skene.annotators, skene.classes);
    else
        status = region_open(&vote->beliefs, bytes,
                             bytes > (uint64_t)vote->given->max_memory / 4 ? vote->ballots.temp_dir : NULL);
    if (status == 0) {
        skene.beliefs = vote->probs = (double *)(void *)vote->beliefs.base;
        skene.shares = mem_zalloc(skene.classes, sizeof *skene.shares);
        skene.errors = mem_zalloc((size_t)cells, sizeof *skene.errors);
        vote->rounds = run_rounds(&skene);
    }
    mem_free(skene.starts);
    mem_free(skene.ballots);
    mem_free(skene.shares);
    mem_free(skene.errors);
    return status;
}
