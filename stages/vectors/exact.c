/* exact.c - see exact.h.
 *
 * A panel holds eight rows in float64, a dimension after the other, so that each lane of a vector sums the differences
 * of one row in order. Dimensions come in runs: a block of queries and a panel fit in the caches however long rows are,
 * and the sums go on from one run to the next. */
#include "exact.h"

#include "base/memory.h"
#include "vector.h"

#include <math.h>
#include <string.h>

enum {
    RUN = 512,    /* dimensions of a run */
    QUERIES = 64, /* of a block */
    BASE = 512    /* rows of the base that a block of queries meets at a time */
};

/* ---- lists ---- */

static bool is_before(struct exact_item a, struct exact_item b)
{
    return a.key < b.key || (a.key == b.key && a.number < b.number);
}

/* Moves the root down to where it belongs among the first `count`. */
static void settle(struct exact_item *items, size_t count)
{
    struct exact_item moved = items[0];
    size_t at = 0;
    for (size_t down; (down = at * 2 + 1) < count; at = down) {
        if (down + 1 < count && is_before(items[down], items[down + 1]))
            down++;
        if (!is_before(moved, items[down]))
            break;
        items[at] = items[down];
    }
    items[at] = moved;
}

void exact_offer(struct exact_list *list, double key, uint32_t number)
{
    struct exact_item item = {key, number};
    struct exact_item *items = list->items;
    if (list->count == list->room) {
        if (list->room == 0 || !is_before(item, items[0]))
            return;
        items[0] = item;
        settle(items, list->count);
        return;
    }
    size_t at = list->count++;
    for (; at > 0 && is_before(items[(at - 1) / 2], item); at = (at - 1) / 2)
        items[at] = items[(at - 1) / 2];
    items[at] = item;
}

void exact_write(const struct exact *exact, size_t query, struct exact_list *list)
{
    struct neighbors *found = exact->found;
    found->found[query] = (uint32_t)list->count;
    while (list->count > 0) {
        struct exact_item last = list->items[0];
        list->items[0] = list->items[--list->count];
        settle(list->items, list->count);
        found->numbers[query * found->k + list->count] = last.number;
        found->distances[query * found->k + list->count] = exact->sign * last.key;
    }
}

/* ---- values ---- */

static double length_of(const struct rows *rows, uint32_t row)
{
    double sum = 0;
    for (size_t j = 0; rows->sparse != NULL && j < rows->sparse[row]->count; j++) {
        double value = vector_number(rows->sparse[row], j);
        sum += value * value;
    }
    if (rows->sparse != NULL)
        return sqrt(sum);
    for (size_t j = 0; j < rows->dims; j++) {
        double value = rows->wide ? rows->wide_at[row][j] : (double)rows->at[row][j];
        sum += value * value;
    }
    return sqrt(sum);
}

double *exact_lengths(const struct search *search)
{
    double *lengths = mem_zalloc(search->rows->count, sizeof *lengths);
    for (size_t i = 0; i < search->query_count; i++)
        lengths[search->queries[i]] = length_of(search->rows, search->queries[i]);
    for (size_t i = 0; i < search->base_count && search->base != search->queries; i++)
        lengths[search->base[i]] = length_of(search->rows, search->base[i]);
    return lengths;
}

void exact_values(const struct exact *exact, uint32_t row, size_t first, size_t count, double *values)
{
    const struct rows *rows = exact->search->rows;
    if (rows->wide) {
        const double *from = rows->wide_at[row] + first;
        for (size_t j = 0; j < count; j++)
            values[j] = from[j];
    } else {
        const float *from = rows->at[row] + first;
        for (size_t j = 0; j < count; j++)
            values[j] = (double)from[j];
    }
    if (exact->lengths != NULL && exact->lengths[row] > 0) {
        double length = exact->lengths[row];
        for (size_t j = 0; j < count; j++)
            values[j] /= length;
    }
}

/* The panel of up to eight rows; lanes without a row are those of the first one. values: room for eight rows of a run.
 */
static void fill_panel(const struct exact *exact, const uint32_t *rows, size_t count, size_t first, size_t depth,
                       double *values, double *panel)
{
    if (!exact->search->rows->wide && exact->lengths == NULL) {
        const float *from[KERNEL_LANES];
        for (size_t l = 0; l < KERNEL_LANES; l++)
            from[l] = exact->search->rows->at[rows[l < count ? l : 0]] + first;
        for (size_t j = 0; j < depth; j++)
            for (size_t l = 0; l < KERNEL_LANES; l++)
                panel[j * KERNEL_LANES + l] = (double)from[l][j];
        return;
    }
    for (size_t l = 0; l < KERNEL_LANES; l++)
        exact_values(exact, rows[l < count ? l : 0], first, depth, values + l * RUN);
    for (size_t j = 0; j < depth; j++)
        for (size_t l = 0; l < KERNEL_LANES; l++)
            panel[j * KERNEL_LANES + l] = values[l * RUN + j];
}

static size_t run_length(const struct exact *exact, size_t first)
{
    size_t rest = exact->search->rows->dims - first;
    return rest < RUN ? rest : RUN;
}

/* ---- a few rows, for a query ---- */

struct exact_scratch {
    double query[RUN], values[KERNEL_LANES * RUN], panel[KERNEL_LANES * RUN];
    struct exact_list list;
};

struct exact_scratch *exact_scratch_new(const struct exact *exact)
{
    struct exact_scratch *scratch = mem_alloc(sizeof *scratch);
    scratch->list = (struct exact_list){mem_zalloc(exact->k, sizeof *scratch->list.items), 0, exact->k};
    return scratch;
}

void exact_scratch_free(struct exact_scratch *scratch)
{
    if (scratch != NULL)
        mem_free(scratch->list.items);
    mem_free(scratch);
}

void exact_rank(const struct exact *exact, size_t query, const uint32_t *rows, size_t count,
                struct exact_scratch *scratch)
{
    uint32_t itself = exact->search->queries[query];
    for (size_t i = 0; i < count; i += KERNEL_LANES) {
        double sums[KERNEL_LANES] = {0};
        size_t lanes = count - i < KERNEL_LANES ? count - i : KERNEL_LANES, depth;
        for (size_t first = 0; first < exact->search->rows->dims; first += depth) {
            depth = run_length(exact, first);
            if (i == 0 || depth < exact->search->rows->dims)
                exact_values(exact, itself, first, depth, scratch->query);
            fill_panel(exact, rows + i, lanes, first, depth, scratch->values, scratch->panel);
            exact->distances(scratch->panel, scratch->query, 1, depth, sums, KERNEL_LANES);
        }
        for (size_t l = 0; l < lanes; l++)
            exact_offer(&scratch->list, exact->sign * sums[l], rows[i + l]);
    }
    exact_write(exact, query, &scratch->list);
}

/* ---- all rows of the base, for blocks of queries ---- */

struct block {
    double queries[QUERIES * RUN], sums[QUERIES * BASE];
    double values[KERNEL_LANES * RUN], panel[KERNEL_LANES * RUN];
    struct exact_list lists[QUERIES];
    struct exact_item *items; /* of the lists */
};

struct blocks {
    const struct exact *exact;
    const uint32_t *queries;
    size_t count, size; /* all queries; those of a block */
    struct block **of;  /* by thread */
};

/* The sums of `count` queries with `rows` of the base. */
static void sum_block(const struct exact *exact, const uint32_t *queries, size_t count, const uint32_t *rows,
                      size_t row_count, struct block *block)
{
    const struct search *search = exact->search;
    memset(block->sums, 0, count * BASE * sizeof *block->sums);
    for (size_t first = 0, depth; first < search->rows->dims; first += depth) {
        depth = run_length(exact, first);
        for (size_t q = 0; q < count; q++)
            exact_values(exact, search->queries[queries[q]], first, depth, block->queries + q * depth);
        for (size_t i = 0; i < row_count; i += KERNEL_LANES) {
            size_t lanes = row_count - i < KERNEL_LANES ? row_count - i : KERNEL_LANES;
            fill_panel(exact, rows + i, lanes, first, depth, block->values, block->panel);
            exact->distances(block->panel, block->queries, count, depth, block->sums + i, BASE);
        }
    }
}

/* Offers rows of the base, with their sums, to the list of a query. */
static void offer_rows(const struct exact *exact, struct exact_list *list, uint32_t query, const uint32_t *rows,
                       size_t count, const double *sums)
{
    for (size_t i = 0; i < count; i++) {
        double key = exact->sign * sums[i];
        /* Nearly all are left out here. Rows come in order of rank, so an equal one does not come before. */
        if (list->count == list->room && key >= list->items[0].key)
            continue;
        if (rows[i] != query)
            exact_offer(list, key, rows[i]);
    }
}

static void search_block(void *state, size_t item, size_t thread)
{
    const struct blocks *blocks = state;
    const struct exact *exact = blocks->exact;
    const struct search *search = exact->search;
    const uint32_t *queries = blocks->queries + item * blocks->size;
    size_t left = blocks->count - item * blocks->size, count = left < blocks->size ? left : blocks->size;
    struct block *block = blocks->of[thread];
    if (block == NULL) {
        blocks->of[thread] = block = mem_alloc(sizeof *block);
        block->items = mem_zalloc(blocks->size * exact->k, sizeof *block->items);
    }
    for (size_t q = 0; q < count; q++)
        block->lists[q] = (struct exact_list){block->items + q * exact->k, 0, exact->k};
    for (size_t first = 0, rows; first < search->base_count; first += rows) {
        rows = search->base_count - first < BASE ? search->base_count - first : BASE;
        sum_block(exact, queries, count, search->base + first, rows, block);
        for (size_t q = 0; q < count; q++)
            offer_rows(exact, &block->lists[q], search->queries[queries[q]], search->base + first, rows,
                       block->sums + q * BASE);
    }
    for (size_t q = 0; q < count; q++)
        exact_write(exact, queries[q], &block->lists[q]);
}

void exact_search(const struct exact *exact, const uint32_t *queries, size_t count, struct crew *crew)
{
    size_t threads = crew_threads(crew), size = QUERIES;
    if (count == 0)
        return;
    /* All threads have work, and long lists do not take more than some MiB. */
    while (size > 1 && (size * (threads - 1) >= count || size * exact->k > 1 << 18))
        size /= 2;
    struct blocks blocks = {exact, queries, count, size, mem_zalloc(threads, sizeof *blocks.of)};
    crew_each(crew, (count + size - 1) / size, search_block, &blocks);
    for (size_t i = 0; i < threads; i++) {
        if (blocks.of[i] != NULL)
            mem_free(blocks.of[i]->items);
        mem_free(blocks.of[i]);
    }
    mem_free(blocks.of);
}
