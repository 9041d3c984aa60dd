/* neighbors.c - see neighbors.h. */
#include "neighbors.h"

#include "base/memory.h"
#include "exact.h"

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
    search_all_exactly(&exact, crew);
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
