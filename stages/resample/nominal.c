/* nominal.c - see nominal.h. */
#include "nominal.h"

#include "../vectors/exact.h"

#include <math.h>
#include <stdlib.h>

struct nominal {
    const struct points *points;
    bool numbers;
    size_t places;   /* values of a point */
    size_t *first;   /* of each place: its first value in `shares`; the values of a place have numbers of their own */
    uint32_t *codes; /* of each point and place: the number of its value at that place */
    double *shares;  /* P(c|v), by value, then class */
    double added;    /* with numbers: the squared distance of different values */
};

static const struct point *point_at(const struct nominal *nominal, uint32_t rank)
{
    return nominal->points->items.items[rank];
}

/* ---- counts ---- */

/* Numbers the values of each place, in the order in which they come. Returns how many there are at all places. */
static size_t number_values(struct nominal *nominal)
{
    size_t total = 0, count = nominal->points->items.len, all = map_len(nominal->points->values);
    uint32_t *numbers = mem_zalloc(all + 1, sizeof *numbers); /* + 1; 0: not seen at this place */
    for (size_t place = 0; place < nominal->places; place++) {
        uint32_t here = 0;
        nominal->first[place] = total;
        memset(numbers, 0, all * sizeof *numbers);
        for (uint32_t rank = 0; rank < count; rank++) {
            uint32_t *number = &numbers[point_at(nominal, rank)->nominal[place]];
            if (*number == 0)
                *number = ++here;
            nominal->codes[rank * nominal->places + place] = *number - 1;
        }
        total += here;
    }
    mem_free(numbers);
    return total;
}

static void find_shares(struct nominal *nominal, size_t values)
{
    size_t classes = nominal->points->classes->count;
    nominal->shares = mem_zalloc(values * classes + 1, sizeof *nominal->shares);
    for (uint32_t rank = 0; rank < nominal->points->items.len; rank++)
        for (size_t place = 0; place < nominal->places; place++) {
            size_t value = nominal->first[place] + nominal->codes[rank * nominal->places + place];
            nominal->shares[value * classes + point_at(nominal, rank)->class]++;
        }
    for (size_t value = 0; value < values; value++) {
        double sum = 0;
        for (size_t class = 0; class < classes; class ++)
            sum += nominal->shares[value * classes + class];
        for (size_t class = 0; class < classes; class ++)
            nominal->shares[value * classes + class] /= sum;
    }
}

struct nominal *nominal_new(const struct points *points, bool numbers)
{
    struct nominal *nominal = mem_zalloc(1, sizeof *nominal);
    size_t count = points->items.len;
    nominal->points = points;
    nominal->numbers = numbers;
    nominal->places = count > 0 ? points->items.items[0]->nominal_count : 0;
    nominal->first = mem_zalloc(nominal->places + 1, sizeof *nominal->first);
    nominal->codes = mem_zalloc(count * nominal->places + 1, sizeof *nominal->codes);
    find_shares(nominal, number_values(nominal));
    return nominal;
}

void nominal_free(struct nominal *nominal)
{
    if (nominal == NULL)
        return;
    mem_free(nominal->first);
    mem_free(nominal->codes);
    mem_free(nominal->shares);
    mem_free(nominal);
}

/* ---- distances ---- */

static double square(double value)
{
    return value * value;
}

static double value_distance(const struct nominal *nominal, size_t place, uint32_t u, uint32_t v)
{
    size_t classes = nominal->points->classes->count;
    const double *of_u = nominal->shares + (nominal->first[place] + u) * classes;
    const double *of_v = nominal->shares + (nominal->first[place] + v) * classes;
    double sum = 0;
    for (size_t class = 0; class < classes; class ++)
        sum += fabs(of_u[class] - of_v[class]);
    return sum * sum;
}

static double distance(const struct nominal *nominal, double added, uint32_t one, uint32_t other)
{
    const struct vector *a = &point_at(nominal, one)->vector, *b = &point_at(nominal, other)->vector;
    double sum = 0;
    for (size_t i = 0; nominal->numbers && i < a->count; i++)
        sum += square(vector_number(a, i) - vector_number(b, i));
    for (size_t place = 0; place < nominal->places; place++) {
        uint32_t u = nominal->codes[one * nominal->places + place], v = nominal->codes[other * nominal->places + place];
        if (u != v)
            sum += nominal->numbers ? added : value_distance(nominal, place, u, v);
    }
    return sum;
}

static int by_size(const void *a, const void *b)
{
    const double *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

/* The square of the median of the population deviations of a class's numbers. */
static double median_square(const struct nominal *nominal, const struct ranks *own)
{
    size_t dims = point_at(nominal, own->items[0])->vector.count;
    if (dims == 0)
        return 0;
    double *deviations = points_deviations(nominal->points, own);
    qsort(deviations, dims, sizeof *deviations, by_size);
    double median = dims % 2 == 1 ? deviations[dims / 2] : (deviations[dims / 2 - 1] + deviations[dims / 2]) / 2;
    mem_free(deviations);
    return median * median;
}

/* ---- neighbours ---- */

struct looking {
    const struct nominal *nominal;
    const struct ranks *queries, *own;
    double added;
    struct neighbors *found;
};

static void find_nearest(void *state, size_t item, size_t thread)
{
    const struct looking *looking = state;
    size_t k = looking->found->k;
    uint32_t query = looking->queries->items[item], group = point_at(looking->nominal, query)->group;
    struct exact_list list = {.items = mem_zalloc(k + 1, sizeof *list.items), .room = k};
    struct exact exact = {.found = looking->found, .sign = 1};
    (void)thread;
    for (size_t i = 0; i < looking->own->len; i++) {
        uint32_t rank = looking->own->items[i];
        if (rank != query && point_at(looking->nominal, rank)->group == group)
            exact_offer(&list, distance(looking->nominal, looking->added, query, rank), rank);
    }
    exact_write(&exact, item, &list);
    mem_free(list.items);
}

struct neighbors *nominal_neighbors(const struct nominal *nominal, const struct ranks *queries, const struct ranks *own,
                                    size_t k, struct crew *crew)
{
    struct neighbors *found = mem_zalloc(1, sizeof *found);
    found->k = k < own->len ? k : own->len;
    found->numbers = mem_zalloc(queries->len * found->k + 1, sizeof *found->numbers);
    found->distances = mem_zalloc(queries->len * found->k + 1, sizeof *found->distances);
    found->found = mem_zalloc(queries->len + 1, sizeof *found->found);
    struct looking looking = {.nominal = nominal, .queries = queries, .own = own, .found = found};
    if (nominal->numbers && own->len > 0)
        looking.added = median_square(nominal, own);
    crew_each(crew, queries->len, find_nearest, &looking);
    return found;
}

struct slice nominal_vote(const struct nominal *nominal, size_t place, const uint32_t *ranks, size_t count)
{
    struct slice best = {0};
    size_t most = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t value = point_at(nominal, ranks[i])->nominal[place];
        size_t votes = 0;
        for (size_t j = 0; j < count; j++)
            votes += point_at(nominal, ranks[j])->nominal[place] == value;
        struct slice text = points_value(nominal->points, value);
        if (votes > most || (votes == most && slice_compare(text, best) < 0)) {
            most = votes;
            best = text;
        }
    }
    return best;
}
