/* neighbors.c - see neighbors.h. */
#include "neighbors.h"

#include "base/memory.h"
#include "exact.h"
#include "propose.h"
#include "sparse.h"

#include <string.h>

enum {
    FEW = 1 << 20,             /* pairs times dimensions: so few are quickly done in float64 */
    MOST_DIMS = 1 << 26,       /* float32 still tells such rows apart */
    LIST_BYTES = 16 * 1 << 20, /* lists of all rows may have this size, and */
    LIST_SHARE = 4             /* a fourth of that of the rows */
};

static bool is_symmetric(const struct search *search)
{
    return search->query_count == search->base_count &&
           memcmp(search->queries, search->base, search->base_count * sizeof *search->base) == 0;
}

/* Whether lists for all rows at once are small enough. */
static bool has_room(const struct search *search, size_t k)
{
    double lists = (double)search->query_count * (double)(propose_room(k) + 2) * 8;
    double data = (double)search->rows->count * search->rows->dims * 4;
    return lists <= LIST_BYTES || lists <= data / LIST_SHARE;
}

static enum search_kind best_way(const struct search *search, size_t k, enum search_kind wanted)
{
    double work = (double)search->query_count * (double)search->base_count * search->rows->dims;
    if (search->rows->wide || search->rows->dims == 0 || search->rows->dims > MOST_DIMS)
        return WAY_EXACT;
    if (wanted != WAY_BEST)
        return wanted == WAY_SYMMETRIC && !is_symmetric(search) ? WAY_PROPOSE : wanted;
    /* Lists of nearly all rows leave nothing to propose. */
    if (work < FEW || propose_room(k) > search->base_count)
        return WAY_EXACT;
    return is_symmetric(search) && has_room(search, k) ? WAY_SYMMETRIC : WAY_PROPOSE;
}

static void search_all_exactly(const struct exact *exact, struct crew *crew)
{
    size_t count = exact->search->query_count;
    uint32_t *places = mem_zalloc(count, sizeof *places);
    for (size_t i = 0; i < count; i++)
        places[i] = (uint32_t)i;
    exact_search(exact, places, count, crew);
    mem_free(places);
}

struct neighbors *neighbors_find(const struct search *search, struct crew *crew, struct search_way *way)
{
    struct search_way best = {0};
    if (way == NULL)
        way = &best;
    way->redone = 0;
    struct neighbors *found = mem_alloc(sizeof *found);
    size_t k = search->k < search->base_count ? search->k : search->base_count, count = search->query_count;
    *found = (struct neighbors){.k = k,
                                .numbers = mem_zalloc(count * k, sizeof *found->numbers),
                                .distances = mem_zalloc(count * k, sizeof *found->distances),
                                .found = mem_zalloc(count, sizeof *found->found)};
    if (k == 0 || count == 0)
        return found;
    double *lengths = search->cosine ? exact_lengths(search) : NULL;
    struct exact exact = {.search = search,
                          .lengths = lengths,
                          .distances = kernel_distances_of(way->kernel),
                          .k = k,
                          .sign = search->farthest ? -1 : 1,
                          .found = found};
    enum search_kind chosen = search->rows->sparse != NULL ? WAY_EXACT : best_way(search, k, way->way);
    if (search->rows->sparse != NULL)
        sparse_search(&exact, crew);
    else if (chosen == WAY_EXACT)
        search_all_exactly(&exact, crew);
    else
        propose_search(&exact, way, chosen == WAY_SYMMETRIC, crew);
    mem_free(lengths);
    return found;
}

void neighbors_free(struct neighbors *neighbors)
{
    if (neighbors == NULL)
        return;
    mem_free(neighbors->numbers);
    mem_free(neighbors->distances);
    mem_free(neighbors->found);
    mem_free(neighbors);
}
