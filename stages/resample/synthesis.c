/* synthesis.c - the records that are made: see synthesis.h. */
#include "synthesis.h"

#include "../vectors/build.h"
#include "draws.h"

#include <stdlib.h>

static const struct point *point_at(const struct synthesis *synthesis, uint32_t rank)
{
    return synthesis->points->items.items[rank];
}

/* ---- vectors ---- */

static struct vector noisy(const struct synthesis *synthesis, const struct made *made, struct arena *arena)
{
    const struct point *base = point_at(synthesis, made->base);
    const double *deviations = synthesis->deviations[base->class];
    struct rng rng = rng_start(synthesis->key, base->identity, base->round);
    struct vector_builder builder = vector_builder_for(base->vector.count, false, synthesis->points->wide, arena);
    for (size_t i = 0; i < base->vector.count; i++) {
        uint64_t bits = rng_bits(&rng, draw_number((uint64_t)PURPOSE_NOISE + made->number, i)) >> 12;
        double normal = real_normal_quantile((double)(2 * bits + 1) * 0x1p-53);
        double noise = synthesis->width * deviations[i] * normal;
        vector_put(&builder, 0, vector_number(&base->vector, i) + noise);
    }
    return vector_built(&builder);
}

/* ---- values of several parents ---- */

static const struct point *voter_at(const struct synthesis *synthesis, const struct made *made, size_t voter)
{
    return point_at(synthesis, synthesis->voters.items[made->voters + voter]);
}

/* Which of the voters the value at this place is taken from. */
static size_t choose_voter(struct rng *rng, const struct made *made, uint64_t place)
{
    return (size_t)rng_below(rng, draw_number((uint64_t)PURPOSE_NOISE + made->number, place), made->voter_count);
}

/* The number of a sparse vector in a dimension. */
static double number_in(const struct vector *vector, int32_t dimension)
{
    size_t at;
    search_first(at, vector->count, vector->indices[at] < dimension);
    return at < vector->count && vector->indices[at] == dimension ? vector_number(vector, at) : 0;
}

static int by_dimension(const void *a, const void *b)
{
    const int32_t *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

/* The dimensions in which a voter has an entry, ascending; in the arena. */
static int32_t *union_of(const struct synthesis *synthesis, const struct made *made, struct arena *arena, size_t *count)
{
    size_t all = 0, kept = 0;
    for (size_t i = 0; i < made->voter_count; i++)
        all += voter_at(synthesis, made, i)->vector.count;
    int32_t *dimensions = arena_array(arena, all, sizeof *dimensions);
    all = 0;
    for (size_t i = 0; i < made->voter_count; i++) {
        const struct vector *vector = &voter_at(synthesis, made, i)->vector;
        for (size_t j = 0; j < vector->count; j++)
            dimensions[all++] = vector->indices[j];
    }
    qsort(dimensions, all, sizeof *dimensions, by_dimension);
    for (size_t i = 0; i < all; i++)
        if (kept == 0 || dimensions[i] != dimensions[kept - 1])
            dimensions[kept++] = dimensions[i];
    *count = kept;
    return dimensions;
}

/* from: which of the voters each stored number is taken from. */
static struct vector combined(const struct synthesis *synthesis, const struct made *made, int32_t *from,
                              struct arena *arena)
{
    const struct point *base = point_at(synthesis, made->base);
    bool sparse = base->vector.indices != NULL;
    size_t count = base->vector.count;
    int32_t *dimensions = sparse ? union_of(synthesis, made, arena, &count) : NULL;
    struct rng rng = rng_start(synthesis->key, base->identity, base->round);
    struct vector_builder builder = vector_builder_for(count, sparse, synthesis->points->wide, arena);
    for (size_t i = 0; i < count; i++) {
        int32_t dimension = sparse ? dimensions[i] : (int32_t)i;
        size_t voter = choose_voter(&rng, made, (uint64_t)dimension);
        const struct vector *vector = &voter_at(synthesis, made, voter)->vector;
        from[builder.count] = (int32_t)voter;
        vector_put(&builder, dimension, sparse ? number_in(vector, dimension) : vector_number(vector, i));
    }
    return vector_built(&builder);
}

struct vector synthesis_vector(const struct synthesis *synthesis, const struct made *made, struct arena *arena)
{
    const struct vector *from = &point_at(synthesis, made->base)->vector;
    if (synthesis->kind == MAKES_ROSE)
        return noisy(synthesis, made, arena);
    if (made->other == NO_PARENT)
        return *from;
    return vector_between(from, &point_at(synthesis, made->other)->vector, made->gap, synthesis->points->wide, arena);
}

/* Sets nominal; from: of combine, which of the voters each value is taken from. */
static void set_nominal(const struct synthesis *synthesis, const struct made *made, struct record *record,
                        int32_t *from, struct arena *arena)
{
    const struct point *base = point_at(synthesis, made->base);
    const uint32_t *voters = synthesis->voters.items + made->voters;
    size_t skipped = synthesis->kind == MAKES_SMOTENC; /* there the base has no vote */
    struct slice *values = arena_array(arena, base->nominal_count, sizeof *values);
    struct rng rng = rng_start(synthesis->key, base->identity, base->round);
    for (uint32_t i = 0; i < base->nominal_count; i++) {
        uint32_t value = base->nominal[i];
        if (made->voter_count > 0 && synthesis->kind == MAKES_COMBINE) {
            from[i] = (int32_t)choose_voter(&rng, made, (uint64_t)base->vector.count + i);
            value = voter_at(synthesis, made, (size_t)from[i])->nominal[i];
        }
        values[i] = points_value(synthesis->points, value);
        if (made->voter_count > 0 && synthesis->kind != MAKES_COMBINE)
            values[i] = nominal_vote(synthesis->nominal, i, voters + skipped, made->voter_count - skipped);
    }
    rec_set_strings(record, SLICE("nominal"), values, base->nominal_count);
}

/* Sets features or sparse, nominal, and of combine from. 0, or -1 with the message. */
static int set_values(const struct synthesis *synthesis, const struct made *made, struct record *record,
                      struct arena *arena)
{
    const struct point *base = point_at(synthesis, made->base);
    bool combines = synthesis->kind == MAKES_COMBINE && made->voter_count > 0;
    struct vector *vector = arena_alloc(arena, sizeof *vector);
    int32_t *from = NULL;
    size_t numbers = 0;
    *vector = (struct vector){0};
    if (combines) {
        for (size_t i = 0; i < made->voter_count; i++)
            numbers += voter_at(synthesis, made, i)->vector.count;
        from = arena_array(arena, numbers + base->nominal_count, sizeof *from);
        *vector = combined(synthesis, made, from, arena);
    } else if (base->has_vector) {
        *vector = synthesis_vector(synthesis, made, arena);
    }
    numbers = vector->count;
    if (base->has_nominal)
        set_nominal(synthesis, made, record, combines ? from + numbers : NULL, arena);
    if (combines)
        rec_set_ints(record, SLICE("from"), from, numbers + base->nominal_count);
    struct slice name = slice_of(vector_form_names[vector->indices != NULL ? FORM_SPARSE : FORM_FEATURES]);
    if (!base->has_vector)
        return 0;
    if (made->other != NO_PARENT || synthesis->spelled == NULL || synthesis->spelled[made->base].len == 0)
        return rec_set_vector(record, name, vector);
    rec_set_json(record, name, synthesis->spelled[made->base]); /* a copy */
    return 0;
}

/* ---- records ---- */

static void add_parent(struct ranks *parents, uint32_t rank)
{
    for (size_t i = 0; i < parents->len; i++)
        if (parents->items[i] == rank)
            return;
    vec_push(parents, rank);
}

/* The base first, then the other one, then those of which values are taken; and from which of them each sentence is. */
static void set_parents(const struct synthesis *synthesis, const struct made *made, struct record *record,
                        struct arena *arena)
{
    struct ranks parents = {0};
    struct bytes text = {0};
    const uint32_t *voters = synthesis->voters.items + made->voters;
    bool told = synthesis->kind == MAKES_RECOMBINED;
    add_parent(&parents, made->base);
    if (made->other != NO_PARENT)
        add_parent(&parents, made->other);
    for (size_t i = 0; i < made->voter_count && (told || synthesis_votes(synthesis->kind)); i++)
        add_parent(&parents, voters[i]);
    for (size_t i = 0; i < parents.len; i++) {
        bytes_byte(&text, i == 0 ? '[' : ',');
        bytes_put(&text, point_at(synthesis, parents.items[i])->json);
    }
    bytes_byte(&text, ']');
    rec_set_json(record, SLICE("parents"), arena_copy(arena, bytes_slice(&text)));
    int32_t *from = arena_array(arena, made->voter_count, sizeof *from);
    for (size_t i = 0; told && i < made->voter_count; i++)
        for (size_t j = 0; j < parents.len; j++)
            if (parents.items[j] == voters[i])
                from[i] = (int32_t)j;
    if (told)
        rec_set_ints(record, SLICE("from"), from, made->voter_count);
    vec_free(&text);
    vec_free(&parents);
}

static struct slice label_of(const struct synthesis *synthesis, const struct point *point)
{
    return tallies_key(&synthesis->points->tallies, synthesis->points->classes->items[point->class].number);
}

/* What a record keeps of its parent. */
static int set_kept(const struct synthesis *synthesis, const struct made *made, struct record *record,
                    struct arena *arena)
{
    const struct point *base = point_at(synthesis, made->base);
    size_t count;
    if (synthesis->kind == MAKES_RECOMBINED)
        synthesis_set_text(synthesis, made, record, arena);
    if (synthesis->kind == MAKES_MLSMOTE) {
        const struct slice *labels = synthesis_labels(synthesis, made, arena, &count);
        rec_set_strings(record, synthesis->label, labels, count);
    } else {
        rec_set_json(record, synthesis->label, label_of(synthesis, base));
    }
    if (synthesis->split.len > 0)
        rec_set_json(record, SLICE("split"), synthesis->split);
    if (synthesis->group.len > 0)
        rec_set_json(record, synthesis->group, points_group(synthesis->points, base->group));
    if (base->has_epoch)
        rec_set_int(record, SLICE("epoch"), base->round);
    if (!base->has_weight)
        return 0;
    double weight = base->weight;
    if (made->other != NO_PARENT)
        weight = number_between(weight, point_at(synthesis, made->other)->weight, made->gap);
    return rec_set_float(record, SLICE("weight"), weight);
}

static const char *mark_of(enum synthesis_kind kind)
{
    return kind == MAKES_ROSE ? "rs" : kind == MAKES_RECOMBINED ? "rc" : "sm";
}

struct record *synthesis_record(const struct synthesis *synthesis, const struct made *made, struct arena *arena)
{
    const struct point *base = point_at(synthesis, made->base);
    const struct point *other = made->other != NO_PARENT ? point_at(synthesis, made->other) : NULL;
    struct record *record = rec_new(arena), *parent = rec_new(arena);
    rec_set_json(parent, SLICE("id"), base->json);
    if (base->root.len > 0)
        rec_set_json(parent, SLICE("root"), base->root);
    rec_set_json(record, SLICE("id"), base->json);
    if (set_kept(synthesis, made, record, arena) < 0 ||
        lineage_child(record, parent, mark_of(synthesis->kind), (uint64_t)made->number + made->before, arena) < 0)
        return NULL;
    set_parents(synthesis, made, record, arena);
    rec_set_bool(record, SLICE("synthetic"), true);
    rec_set_text(record, SLICE("method"), slice_of(synthesis->method));
    if (other != NULL && rec_set_float(record, SLICE("gap"), made->gap) < 0)
        return NULL;
    if (synthesis->kind == MAKES_BORDERLINE2) {
        struct slice first = label_of(synthesis, base), second = label_of(synthesis, other != NULL ? other : base);
        rec_set_json(record, SLICE("parent_labels"),
                     arena_print(arena, "[%.*s%s%.*s]", (int)first.len, first.ptr, other != NULL ? "," : "",
                                 other != NULL ? (int)second.len : 0, second.ptr));
    }
    if (!synthesis->recipe && synthesis->kind != MAKES_RECOMBINED && set_values(synthesis, made, record, arena) < 0)
        return NULL;
    return record;
}
