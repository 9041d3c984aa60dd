/* sparse.c - see sparse.h.
 *
 * The queries of a panel stand side by side in a small dense block, a line for each dimension in which one of them has
 * an entry. The rows of the base pass once: each entry meets all queries of the panel in one line. From the products
 * follows a score, |q|^2 + |x|^2 - 2 q.x, near the squared distance; what may be among the k nearest is then ranked by
 * the sum of the squared differences itself, in the order of the dimensions.
 *
 * How near: let n be twice the most entries of a row, u = 2^-53 and g = (n + 16) u / (1 - (n + 16) u). A sum of up to n
 * rounded products, in any order, is at most g sum|a_i b_i| from the true one, which bounds the errors of both norms,
 * of the product, and of the sum of squared differences, each by a share of g (|q| + |x|)^2. So score and squared
 * distance differ by at most e = 2 g (|q| + X)^2, X the largest length in the base, and underflow, n 2^-1060. The k
 * rows of the smallest scores, up to s, have distances up to s + e; a row whose distance is no larger has a score of at
 * most s + 2 e. All rows up to there are kept. */
#include "sparse.h"

#include "base/memory.h"
#include "record/record.h"
#include "vector.h"

#include <math.h>
#include <stdlib.h>

/* A row that may be a neighbour. */
struct proposal {
    double key; /* its score, or minus that if the farthest are wanted */
    uint32_t row;
};

struct proposals {
    struct proposal *items;
    size_t count, room;
};

struct plan {
    const struct exact *exact;
    const struct vector *const *rows;
    int32_t *numbers; /* of the dimensions that occur, in order; NULL: they are their own numbers */
    size_t dims;      /* how many numbers there are */
    double *norms;    /* of rows: |x|^2; with cosine 1, or 0 */
    double *scales;   /* of rows: 1/|x|, or 0; NULL without cosine */
    double largest;   /* length in the base */
    double share;     /* 2 g */
    double least;     /* underflow */
    struct panel **panels;
};

/* What a thread works with. */
struct panel {
    int32_t *slots; /* of dimensions: the line of the block + 1; 0: no query has an entry */
    double *block;
    size_t lines, room;
    struct proposals lists[SPARSE_PANEL];
    double limits[SPARSE_PANEL], norms[SPARSE_PANEL], error[SPARSE_PANEL];
    struct exact_list ranked;
};

/* ---- squared distances ---- */

static double entry(const struct exact *exact, uint32_t row, const struct vector *vector, size_t i)
{
    double value = vector_number(vector, i);
    return exact->lengths != NULL && exact->lengths[row] > 0 ? value / exact->lengths[row] : value;
}

static double square(double value)
{
    return value * value;
}

static double squared_distance(const struct plan *plan, uint32_t one, uint32_t other)
{
    const struct vector *a = plan->rows[one], *b = plan->rows[other];
    double sum = 0;
    size_t i = 0, j = 0;
    while (i < a->count && j < b->count) {
        if (a->indices[i] < b->indices[j])
            sum += square(entry(plan->exact, one, a, i++));
        else if (a->indices[i] > b->indices[j])
            sum += square(entry(plan->exact, other, b, j++));
        else
            sum += square(entry(plan->exact, one, a, i++) - entry(plan->exact, other, b, j++));
    }
    for (; i < a->count; i++)
        sum += square(entry(plan->exact, one, a, i));
    for (; j < b->count; j++)
        sum += square(entry(plan->exact, other, b, j));
    return sum;
}

/* ---- dimensions ---- */

static int by_value(const void *a, const void *b)
{
    const int32_t *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

/* Dimensions are their own numbers unless they are too large for a table: then those that occur are numbered. */
static void number_dimensions(struct plan *plan)
{
    const struct search *search = plan->exact->search;
    size_t entries = 0;
    for (size_t i = 0; i < search->query_count; i++) {
        const struct vector *row = plan->rows[search->queries[i]];
        if (row->count > 0 && (size_t)row->indices[row->count - 1] >= plan->dims)
            plan->dims = (size_t)row->indices[row->count - 1] + 1;
        entries += row->count;
    }
    if (plan->dims <= SPARSE_DIMS)
        return;
    plan->numbers = mem_alloc((entries + 1) * sizeof *plan->numbers);
    size_t count = 0, kept = 0;
    for (size_t i = 0; i < search->query_count; i++) {
        const struct vector *row = plan->rows[search->queries[i]];
        memcpy(plan->numbers + count, row->indices, row->count * sizeof *row->indices);
        count += row->count;
    }
    qsort(plan->numbers, count, sizeof *plan->numbers, by_value);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || plan->numbers[i] != plan->numbers[kept - 1])
            plan->numbers[kept++] = plan->numbers[i];
    plan->dims = kept;
}

/* The number of a dimension; SIZE_MAX: no query has it. */
static inline size_t number_of(const struct plan *plan, int32_t dimension)
{
    if (plan->numbers == NULL)
        return (size_t)dimension < plan->dims ? (size_t)dimension : SIZE_MAX;
    const int32_t *found = bsearch(&dimension, plan->numbers, plan->dims, sizeof dimension, by_value);
    return found != NULL ? (size_t)(found - plan->numbers) : SIZE_MAX;
}

/* ---- panels ---- */

static struct panel *panel_new(const struct plan *plan)
{
    struct panel *panel = mem_zalloc(1, sizeof *panel);
    panel->slots = mem_zalloc(plan->dims + 1, sizeof *panel->slots);
    panel->ranked.items = mem_zalloc(plan->exact->k + 1, sizeof *panel->ranked.items);
    panel->ranked.room = plan->exact->k;
    for (size_t q = 0; q < SPARSE_PANEL; q++) {
        panel->lists[q].room = 4 * plan->exact->k + 64;
        panel->lists[q].items = mem_alloc(panel->lists[q].room * sizeof *panel->lists[q].items);
    }
    return panel;
}

static void panel_free(struct panel *panel)
{
    if (panel == NULL)
        return;
    for (size_t q = 0; q < SPARSE_PANEL; q++)
        mem_free(panel->lists[q].items);
    mem_free(panel->ranked.items);
    mem_free(panel->slots);
    mem_free(panel->block);
    mem_free(panel);
}

/* The line of a dimension. */
static double *line_of(struct panel *panel, size_t number)
{
    if (panel->slots[number] == 0) {
        if (panel->lines == panel->room) {
            panel->room = panel->room == 0 ? 256 : 2 * panel->room;
            panel->block = mem_resize(panel->block, panel->room * SPARSE_PANEL, sizeof *panel->block);
        }
        memset(panel->block + panel->lines * SPARSE_PANEL, 0, SPARSE_PANEL * sizeof *panel->block);
        panel->slots[number] = (int32_t)++panel->lines;
    }
    return panel->block + (size_t)(panel->slots[number] - 1) * SPARSE_PANEL;
}

static void fill_panel(const struct plan *plan, struct panel *panel, const uint32_t *queries, size_t count)
{
    panel->lines = 0;
    for (size_t q = 0; q < SPARSE_PANEL; q++) {
        panel->lists[q].count = 0;
        panel->limits[q] = q < count ? INFINITY : -INFINITY;
        panel->norms[q] = panel->error[q] = 0;
        if (q >= count)
            continue;
        const struct vector *row = plan->rows[queries[q]];
        double scale = plan->scales != NULL ? plan->scales[queries[q]] : 1;
        panel->norms[q] = plan->norms[queries[q]];
        panel->error[q] = plan->share * square(sqrt(panel->norms[q]) + plan->largest) + plan->least;
        for (size_t i = 0; i < row->count; i++)
            line_of(panel, number_of(plan, row->indices[i]))[q] = scale * vector_number(row, i);
    }
}

static void empty_panel(const struct plan *plan, struct panel *panel, const uint32_t *queries, size_t count)
{
    for (size_t q = 0; q < count; q++)
        for (size_t i = 0; i < plan->rows[queries[q]]->count; i++)
            panel->slots[number_of(plan, plan->rows[queries[q]]->indices[i])] = 0;
}

/* ---- proposals ---- */

static int by_key(const void *a, const void *b)
{
    const struct proposal *left = a, *right = b;
    if (left->key != right->key)
        return left->key < right->key ? -1 : 1;
    return (left->row > right->row) - (left->row < right->row);
}

/* Drops what can't be among the nearest, and makes room: twice as much if most has to stay. */
static void tidy(const struct plan *plan, struct panel *panel, size_t q)
{
    struct proposals *list = &panel->lists[q];
    size_t k = plan->exact->k;
    if (list->count < k)
        return;
    qsort(list->items, list->count, sizeof *list->items, by_key);
    panel->limits[q] = list->items[k - 1].key + 2 * panel->error[q];
    while (list->items[list->count - 1].key > panel->limits[q])
        list->count--;
    if (list->count > list->room / 2) {
        list->room *= 2;
        list->items = mem_resize(list->items, list->room, sizeof *list->items);
    }
}

static void propose(const struct plan *plan, struct panel *panel, size_t q, double key, uint32_t row)
{
    struct proposals *list = &panel->lists[q];
    if (list->count == list->room)
        tidy(plan, panel, q);
    list->items[list->count++] = (struct proposal){key, row};
}

/* The products of a row with all queries of the panel. */
static inline __attribute__((always_inline)) void multiply_row(const struct plan *plan, const struct panel *panel,
                                                               const struct vector *row, double *products)
{
    double sums[SPARSE_PANEL] = {0}; /* in registers */
    for (size_t i = 0; i < row->count; i++) {
        size_t number = number_of(plan, row->indices[i]);
        int32_t slot = number != SIZE_MAX ? panel->slots[number] : 0;
        if (slot == 0)
            continue;
        const double *line = panel->block + (size_t)(slot - 1) * SPARSE_PANEL;
        double value = vector_number(row, i);
        for (size_t q = 0; q < SPARSE_PANEL; q++)
            sums[q] += value * line[q];
    }
    memcpy(products, sums, sizeof sums);
}

typedef void multiply(const struct plan *plan, const struct panel *panel, const struct vector *row, double *products);

static void multiply_plain(const struct plan *plan, const struct panel *panel, const struct vector *row,
                           double *products)
{
    multiply_row(plan, panel, row, products);
}

#ifdef __SSE2__
__attribute__((target("avx2"))) static void multiply_avx2(const struct plan *plan, const struct panel *panel,
                                                          const struct vector *row, double *products)
{
    multiply_row(plan, panel, row, products);
}

__attribute__((target("avx512f"))) static void multiply_avx512(const struct plan *plan, const struct panel *panel,
                                                               const struct vector *row, double *products)
{
    multiply_row(plan, panel, row, products);
}
#endif

static multiply *multiply_best(void)
{
#ifdef __SSE2__
    if (kernel_runs(KERNEL_AVX512))
        return multiply_avx512;
    if (kernel_runs(KERNEL_AVX2))
        return multiply_avx2;
#endif
    return multiply_plain;
}

static void scan_base(const struct plan *plan, struct panel *panel, const uint32_t *queries, size_t count)
{
    const struct search *search = plan->exact->search;
    multiply *multiply_all = multiply_best();
    double products[SPARSE_PANEL], sign = plan->exact->sign;
    for (size_t i = 0; i < search->base_count; i++) {
        uint32_t row = search->base[i];
        multiply_all(plan, panel, plan->rows[row], products);
        double scale = plan->scales != NULL ? 2 * plan->scales[row] : 2;
        unsigned near = 0;
        for (size_t q = 0; q < SPARSE_PANEL; q++) {
            products[q] = sign * (panel->norms[q] + plan->norms[row] - scale * products[q]);
            near |= products[q] <= panel->limits[q];
        }
        for (size_t q = 0; near != 0 && q < count; q++)
            if (products[q] <= panel->limits[q] && queries[q] != row)
                propose(plan, panel, q, products[q], row);
    }
}

/* ---- a panel of queries ---- */

/* Numbers so large that their squares have no float: every row is looked at. */
static void rank_all(const struct plan *plan, struct panel *panel, size_t place)
{
    const struct exact *exact = plan->exact;
    uint32_t query = exact->search->queries[place];
    for (size_t i = 0; i < exact->search->base_count; i++) {
        uint32_t row = exact->search->base[i];
        if (row != query)
            exact_offer(&panel->ranked, exact->sign * squared_distance(plan, query, row), row);
    }
    exact_write(exact, place, &panel->ranked);
}

static void search_panel(void *state, size_t item, size_t thread)
{
    struct plan *plan = state;
    const struct exact *exact = plan->exact;
    size_t first = item * SPARSE_PANEL, left = exact->search->query_count - first;
    size_t count = left < SPARSE_PANEL ? left : SPARSE_PANEL;
    const uint32_t *queries = exact->search->queries + first;
    if (plan->panels[thread] == NULL)
        plan->panels[thread] = panel_new(plan);
    struct panel *panel = plan->panels[thread];
    if (!(plan->largest - plan->largest == 0)) {
        for (size_t q = 0; q < count; q++)
            rank_all(plan, panel, first + q);
        return;
    }
    fill_panel(plan, panel, queries, count);
    scan_base(plan, panel, queries, count);
    for (size_t q = 0; q < count; q++) {
        tidy(plan, panel, q);
        for (size_t i = 0; i < panel->lists[q].count; i++) {
            uint32_t row = panel->lists[q].items[i].row;
            exact_offer(&panel->ranked, exact->sign * squared_distance(plan, queries[q], row), row);
        }
        exact_write(exact, first + q, &panel->ranked);
    }
    empty_panel(plan, panel, queries, count);
}

/* Norms of the rows that the search looks at, and what follows from the largest. */
static void measure(struct plan *plan)
{
    const struct search *search = plan->exact->search;
    size_t most = 0;
    for (size_t i = 0; i < search->query_count + search->base_count; i++) {
        bool is_base = i >= search->query_count;
        uint32_t row = is_base ? search->base[i - search->query_count] : search->queries[i];
        const struct vector *vector = plan->rows[row];
        double sum = 0;
        for (size_t j = 0; j < vector->count; j++)
            sum += square(vector_number(vector, j));
        if (plan->scales != NULL) {
            double length = plan->exact->lengths[row];
            plan->scales[row] = length > 0 ? 1 / length : 0;
            sum = length > 0 ? sum - sum == 0 ? 1 : sum : 0;
        }
        plan->norms[row] = sum;
        most = vector->count > most ? vector->count : most;
        if (!(sqrt(sum) <= plan->largest))
            plan->largest = sqrt(sum);
    }
    double steps = (2 * (double)most + 16) * 0x1p-53;
    plan->share = 2 * steps / (1 - steps);
    plan->least = (2 * (double)most + 16) * 0x1p-1060;
}

void sparse_search(const struct exact *exact, struct crew *crew)
{
    const struct search *search = exact->search;
    size_t rows = search->rows->count;
    struct plan plan = {.exact = exact, .rows = search->rows->sparse};
    plan.norms = mem_zalloc(rows + 1, sizeof *plan.norms);
    plan.scales = search->cosine ? mem_zalloc(rows + 1, sizeof *plan.scales) : NULL;
    plan.panels = mem_zalloc(crew_threads(crew), sizeof *plan.panels);
    number_dimensions(&plan);
    measure(&plan);
    crew_each(crew, (search->query_count + SPARSE_PANEL - 1) / SPARSE_PANEL, search_panel, &plan);
    for (size_t i = 0; i < crew_threads(crew); i++)
        panel_free(plan.panels[i]);
    mem_free(plan.panels);
    mem_free(plan.numbers);
    mem_free(plan.norms);
    mem_free(plan.scales);
}
