/* kcenter.c - see kcenter.h.
 *
 * Dense rows are kept in panels of eight (vectors/kernel.h), whose distances are the same bits on every processor. Each
 * step looks at all rows for what the last center has changed, so it takes rows x dimensions x wanted operations. */
#include "kcenter.h"

#include "../vectors/kernel.h"
#include "../vectors/vector.h"

#include <math.h>
#include <stdlib.h>

enum { CHUNK = 512 /* rows of a piece of work; a multiple of the lanes */, QUERIES = 32 /* at a time */ };
static const size_t WORTH_THREADS = 1 << 20; /* numbers to look at */

struct best {
    double distance;
    size_t row;
};

struct field {
    const struct kcenter *kcenter;
    kernel_distances *distances;
    struct entry *entries;
    size_t count;
    double *panels;
    double *nearest;              /* of each row the squared distance to the nearest center; CHOSEN */
    struct best *bests;           /* of each chunk */
    const struct vector *queries; /* new centers, */
    const double *numbers;        /* and their numbers, one after the other, if they are dense */
    size_t query_count;
};

static const double CHOSEN = -1;

/* ---- distances ---- */

/* In the order of the dimensions that one of the two has. */
static double sparse_distance(const struct vector *a, const struct vector *b)
{
    double sum = 0;
    for (size_t i = 0, j = 0; i < a->count || j < b->count;) {
        bool first = j == b->count || (i < a->count && a->indices[i] <= b->indices[j]);
        bool second = i == a->count || (j < b->count && b->indices[j] <= a->indices[i]);
        double away = (first ? a->numbers[i] : 0) - (second ? b->numbers[j] : 0);
        i += first;
        j += second;
        sum += away * away;
    }
    return sum;
}

/* The distance of a row to the nearest of the new centers. */
static void look_sparse(struct field *field, size_t row)
{
    for (size_t q = 0; q < field->query_count; q++) {
        double distance = sparse_distance(&field->queries[q], &field->entries[row].vector);
        if (distance < field->nearest[row])
            field->nearest[row] = distance;
    }
}

static void look_dense(struct field *field, size_t first)
{
    double sums[QUERIES * KERNEL_LANES] = {0};
    size_t dims = field->kcenter->dims;
    field->distances(field->panels + first * dims, field->numbers, field->query_count, dims, sums, KERNEL_LANES);
    for (size_t q = 0; q < field->query_count; q++)
        for (size_t l = 0; l < KERNEL_LANES && first + l < field->count; l++)
            if (sums[q * KERNEL_LANES + l] < field->nearest[first + l])
                field->nearest[first + l] = sums[q * KERNEL_LANES + l];
}

static void look_at_chunk(void *state, size_t chunk, size_t thread)
{
    struct field *field = state;
    size_t first = chunk * CHUNK, end = first + CHUNK < field->count ? first + CHUNK : field->count;
    struct best best = {CHOSEN, SIZE_MAX};
    (void)thread;
    for (size_t row = first; row < end && field->kcenter->sparse; row++)
        look_sparse(field, row);
    for (size_t row = first; row < end && !field->kcenter->sparse; row += KERNEL_LANES)
        look_dense(field, row);
    for (size_t row = first; row < end; row++)
        if (field->nearest[row] > best.distance)
            best = (struct best){field->nearest[row], row};
    field->bests[chunk] = best;
}

/* Takes new centers into account. Returns the row that is then the farthest from all. */
static size_t look(struct field *field, const struct vector *queries, const double *numbers, size_t count,
                   struct crew *crew)
{
    size_t chunks = (field->count + CHUNK - 1) / CHUNK;
    struct best best = {CHOSEN, SIZE_MAX};
    field->queries = queries;
    field->numbers = numbers;
    field->query_count = count;
    if (field->count * field->kcenter->dims * count >= WORTH_THREADS)
        crew_each(crew, chunks, look_at_chunk, field);
    else
        for (size_t chunk = 0; chunk < chunks; chunk++)
            look_at_chunk(field, chunk, 0);
    for (size_t chunk = 0; chunk < chunks; chunk++)
        if (field->bests[chunk].distance > best.distance)
            best = field->bests[chunk];
    return best.row;
}

/* ---- rows ---- */

static int by_id(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;
    int order = record_id_compare(&left->id, &right->id);
    return order != 0 ? order : slice_compare(left->line, right->line);
}

/* Rows in the order of their ids, so that the first of equal ones is the right one. Returns where the best entry is. */
static size_t order_rows(struct entry *entries, size_t count)
{
    const char *line = entries[0].line.ptr; /* every entry has one of its own */
    size_t best = 0;
    qsort(entries, count, sizeof *entries, by_id);
    while (entries[best].line.ptr != line)
        best++;
    return best;
}

static void fill_panels(struct field *field)
{
    size_t dims = field->kcenter->dims, rows = (field->count + KERNEL_LANES - 1) / KERNEL_LANES * KERNEL_LANES;
    field->panels = mem_zalloc(rows * dims + 1, sizeof *field->panels);
    for (size_t row = 0; row < field->count; row++) {
        double *panel = field->panels + row / KERNEL_LANES * KERNEL_LANES * dims;
        for (size_t j = 0; j < dims; j++)
            panel[j * KERNEL_LANES + row % KERNEL_LANES] = field->entries[row].vector.numbers[j];
    }
}

/* ---- choosing ---- */

/* The centers that are there already. Returns the row that is the farthest from them. */
static size_t look_at_centers(struct field *field, struct crew *crew)
{
    const struct kcenter *kcenter = field->kcenter;
    size_t all = kcenter->centers.len, dims = kcenter->dims, row = SIZE_MAX;
    double *numbers = mem_zalloc(QUERIES * dims + 1, sizeof *numbers);
    for (size_t first = 0; first < all; first += QUERIES) {
        size_t count = all - first < QUERIES ? all - first : QUERIES;
        const struct vector *centers = &kcenter->centers.items[first];
        for (size_t q = 0; q < count && dims > 0 && !kcenter->sparse; q++)
            memcpy(numbers + q * dims, centers[q].numbers, dims * sizeof *numbers);
        row = look(field, centers, numbers, count, crew);
    }
    mem_free(numbers);
    return row;
}

void kcenter_choose(const struct kcenter *kcenter, struct entry *entries, size_t count, size_t wanted,
                    struct crew *crew)
{
    struct field field = {.kcenter = kcenter, .distances = kernel_distances_of(KERNEL_BEST), .entries = entries};
    if (wanted == 0)
        return;
    size_t row = order_rows(entries, count);
    size_t *chosen = mem_zalloc(wanted, sizeof *chosen);
    field.count = count;
    field.nearest = mem_zalloc(count, sizeof *field.nearest);
    field.bests = mem_zalloc(count / CHUNK + 1, sizeof *field.bests);
    for (size_t i = 0; i < count; i++)
        field.nearest[i] = INFINITY;
    if (!kcenter->sparse)
        fill_panels(&field);
    if (kcenter->centers.len > 0)
        row = look_at_centers(&field, crew);
    for (size_t i = 0; i < wanted; i++) {
        chosen[i] = row;
        field.nearest[row] = CHOSEN;
        if (i + 1 < wanted)
            row = look(&field, &entries[row].vector, entries[row].vector.numbers, 1, crew);
    }
    struct entry *first = mem_zalloc(wanted, sizeof *first);
    for (size_t i = 0; i < wanted; i++)
        first[i] = entries[chosen[i]];
    for (size_t i = 0; i < wanted; i++)
        entries[chosen[i]] = (struct entry){0};
    /* What was not chosen moves back. */
    for (size_t i = count, free = count; i > 0; i--)
        if (entries[i - 1].line.ptr != NULL)
            entries[--free] = entries[i - 1];
    memcpy(entries, first, wanted * sizeof *first);
    mem_free(first);
    mem_free(chosen);
    mem_free(field.panels);
    mem_free(field.nearest);
    mem_free(field.bests);
}
