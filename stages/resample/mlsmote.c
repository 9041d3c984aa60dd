/* mlsmote.c - new records of labels that few records have, where a record has several: see synthesis.h.
 *
 * Source: Charte, Rivera, del Jesus, Herrera, "MLSMOTE: approaching imbalanced multilabel learning through synthetic
 * instance generation", Knowledge-Based Systems 89, 2015. */
#include "draws.h"
#include "synthesis.h"

#include <stdlib.h>

/* A label, in the order of their bytes. */
struct tag {
    struct slice name;
    uint32_t number; /* of the value */
    uint64_t count;  /* of points that have it */
};

static int by_name(const void *a, const void *b)
{
    const struct tag *left = a, *right = b;
    return slice_compare(left->name, right->name);
}

static const struct point *point_at(const struct synthesis *synthesis, uint32_t rank)
{
    return synthesis->points->items.items[rank];
}

static bool has_label(const struct point *point, uint32_t label)
{
    for (uint32_t i = 0; i < point->label_count; i++)
        if (point->labels[i] == label)
            return true;
    return false;
}

/* All labels, and the mean of their imbalance ratios. */
static struct tag *list_tags(const struct synthesis *synthesis, size_t *count, uint64_t *most, double *mean)
{
    const struct points *points = synthesis->points;
    *count = map_len(points->values);
    *most = 0;
    *mean = 0;
    struct tag *tags = mem_zalloc(*count + 1, sizeof *tags);
    for (size_t i = 0; i < *count; i++)
        tags[i] = (struct tag){.name = points_value(points, (uint32_t)i), .number = (uint32_t)i};
    for (uint32_t rank = 0; rank < points->items.len; rank++)
        for (uint32_t i = 0; i < point_at(synthesis, rank)->label_count; i++)
            tags[point_at(synthesis, rank)->labels[i]].count++;
    qsort(tags, *count, sizeof *tags, by_name);
    for (size_t i = 0; i < *count; i++)
        *most = tags[i].count > *most ? tags[i].count : *most;
    for (size_t i = 0; i < *count; i++)
        *mean += (double)*most / (double)tags[i].count;
    *mean /= *count > 0 ? (double)*count : 1;
    return tags;
}

/* One record for each point that has the label. made: of each point, how many there are so far. */
static int make_for(struct synthesis *synthesis, const struct tag *tag, uint32_t *made)
{
    struct ranks own = {0};
    int status = 0;
    for (uint32_t rank = 0; rank < synthesis->points->items.len; rank++)
        if (has_label(point_at(synthesis, rank), tag->number))
            vec_push(&own, rank);
    const struct points_search search = {.queries = &own, .base = &own, .k = synthesis->k, .cosine = synthesis->cosine};
    struct neighbors *found = points_neighbors(synthesis->points, &search, synthesis->crew);
    bool cut = false;
    for (size_t i = 0; i < own.len && status == 0; i++) {
        uint32_t base = own.items[i], number = ++made[base];
        struct made row = {.base = base, .other = NO_PARENT, .number = number, .voters = synthesis->voters.len};
        cut = cut || (found->found[i] > 0 && found->found[i] < synthesis->k);
        if (found->found[i] == 0) {
            status = synthesis_alone(synthesis, base, number, 1);
            continue;
        }
        const uint32_t *neighbors = found->numbers + i * found->k;
        struct rng rng =
            rng_start(synthesis->key, point_at(synthesis, base)->identity, point_at(synthesis, base)->round);
        row.other = neighbors[rng_below(&rng, draw_number(PURPOSE_NEIGHBOR, number), found->found[i])];
        row.gap = draw_uniform(&rng, draw_number(PURPOSE_GAP, number));
        vec_push(&synthesis->voters, base);
        for (size_t j = 0; j < found->found[i]; j++)
            vec_push(&synthesis->voters, neighbors[j]);
        row.voter_count = (uint32_t)(synthesis->voters.len - row.voters);
        vec_push(&synthesis->rows, row);
    }
    synthesis->cut += cut;
    neighbors_free(found);
    vec_free(&own);
    return status;
}

int synthesis_plan_labels(struct synthesis *synthesis)
{
    size_t count;
    uint64_t most;
    double mean;
    int status = 0;
    struct tag *tags = list_tags(synthesis, &count, &most, &mean);
    uint32_t *made = mem_zalloc(synthesis->points->items.len + 1, sizeof *made);
    for (size_t i = 0; i < count && status == 0; i++)
        if ((double)most / (double)tags[i].count > mean)
            status = make_for(synthesis, &tags[i], made);
    mem_free(made);
    mem_free(tags);
    return status < 0 ? -1 : synthesis_finish(synthesis);
}

/* ---- the labels of a made record ---- */

static int by_bytes(const void *a, const void *b)
{
    const struct slice *left = a, *right = b;
    return slice_compare(*left, *right);
}

const struct slice *synthesis_labels(const struct synthesis *synthesis, const struct made *made, struct arena *arena,
                                     size_t *count)
{
    const struct points *points = synthesis->points;
    const struct point *base = point_at(synthesis, made->base);
    const uint32_t *voters = made->voter_count > 0 ? synthesis->voters.items + made->voters : &made->base;
    size_t all = 0, voting = made->voter_count > 0 ? made->voter_count : 1;
    for (size_t i = 0; i < voting; i++)
        all += point_at(synthesis, voters[i])->label_count;
    struct slice *labels = arena_array(arena, all + base->label_count, sizeof *labels);
    *count = 0;
    for (size_t i = 0; i < voting; i++) {
        const struct point *voter = point_at(synthesis, voters[i]);
        for (uint32_t j = 0; j < voter->label_count; j++) {
            size_t votes = 0, before = 0;
            for (size_t v = 0; v < voting; v++) {
                bool has = has_label(point_at(synthesis, voters[v]), voter->labels[j]);
                votes += has;
                before += has && v < i;
            }
            if (before == 0 && 2 * votes > voting)
                labels[(*count)++] = points_value(points, voter->labels[j]);
        }
    }
    qsort(labels, *count, sizeof *labels, by_bytes);
    return labels;
}
