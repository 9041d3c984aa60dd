/* synthesis.c - the records that are made: see synthesis.h. */
#include "synthesis.h"

#include "draws.h"

static const struct point *point_at(const struct synthesis *synthesis, uint32_t rank)
{
    return synthesis->points->items.items[rank];
}

/* ---- vectors ---- */

/* Where numbers are put, one after another, rounded to what they are kept as. */
struct builder {
    int32_t *indices; /* NULL: dense */
    float *floats;
    double *numbers;
    size_t count;
};

static struct builder builder_for(size_t most, bool sparse, bool wide, struct arena *arena)
{
    struct builder builder = {0};
    if (sparse)
        builder.indices = arena_array(arena, most, sizeof *builder.indices);
    if (wide)
        builder.numbers = arena_array(arena, most, sizeof *builder.numbers);
    else
        builder.floats = arena_array(arena, most, sizeof *builder.floats);
    return builder;
}

/* Sparse vectors have no zeros. */
static void put_number(struct builder *builder, int32_t index, double number)
{
    if (builder->numbers != NULL)
        builder->numbers[builder->count] = number;
    else
        builder->floats[builder->count] = (float)number;
    if (builder->indices != NULL) {
        builder->indices[builder->count] = index;
        if ((builder->numbers != NULL && builder->numbers[builder->count] == 0) ||
            (builder->floats != NULL && builder->floats[builder->count] == 0))
            return;
    }
    builder->count++;
}

static struct vector built(const struct builder *builder)
{
    return (struct vector){builder->count, builder->indices, builder->floats, builder->numbers};
}

struct vector synthesis_mix(const struct vector *from, const struct vector *to, double gap, bool wide,
                            struct arena *arena)
{
    bool sparse = from->indices != NULL;
    struct builder builder = builder_for(from->count + (sparse ? to->count : 0), sparse, wide, arena);
    if (!sparse) {
        for (size_t i = 0; i < from->count; i++)
            put_number(&builder, 0, synthesis_between(vector_number(from, i), vector_number(to, i), gap));
        return built(&builder);
    }
    for (size_t i = 0, j = 0; i < from->count || j < to->count;) {
        bool first = j == to->count || (i < from->count && from->indices[i] <= to->indices[j]);
        bool second = i == from->count || (j < to->count && to->indices[j] <= from->indices[i]);
        int32_t index = first ? from->indices[i] : to->indices[j];
        double start = first ? vector_number(from, i++) : 0, end = second ? vector_number(to, j++) : 0;
        put_number(&builder, index, synthesis_between(start, end, gap));
    }
    return built(&builder);
}

static struct vector noisy(const struct synthesis *synthesis, const struct made *made, struct arena *arena)
{
    const struct point *base = point_at(synthesis, made->base);
    const double *deviations = synthesis->deviations[base->class];
    struct rng rng = rng_start(synthesis->key, base->identity, base->round);
    struct builder builder = builder_for(base->vector.count, false, synthesis->points->wide, arena);
    for (size_t i = 0; i < base->vector.count; i++) {
        uint64_t bits = rng_bits(&rng, draw_number((uint64_t)PURPOSE_NOISE + made->number, i)) >> 12;
        double normal = real_normal_quantile((double)(2 * bits + 1) * 0x1p-53);
        double noise = synthesis->width * deviations[i] * normal;
        put_number(&builder, 0, vector_number(&base->vector, i) + noise);
    }
    return built(&builder);
}

struct vector synthesis_vector(const struct synthesis *synthesis, const struct made *made, struct arena *arena)
{
    const struct vector *from = &point_at(synthesis, made->base)->vector;
    if (synthesis->kind == MAKES_ROSE)
        return noisy(synthesis, made, arena);
    if (made->other == NO_PARENT)
        return *from;
    return synthesis_mix(from, &point_at(synthesis, made->other)->vector, made->gap, synthesis->points->wide, arena);
}

/* ---- records ---- */

static void set_parents(struct record *record, const struct point *base, const struct point *other, struct arena *arena)
{
    struct slice text =
        arena_print(arena, "[%.*s%s%.*s]", (int)base->json.len, base->json.ptr, other != NULL ? "," : "",
                    other != NULL ? (int)other->json.len : 0, other != NULL ? other->json.ptr : "");
    rec_set_json(record, SLICE("parents"), text);
}

static struct slice label_of(const struct synthesis *synthesis, const struct point *point)
{
    return tallies_key(&synthesis->points->tallies, synthesis->points->classes->items[point->class].number);
}

/* What a record keeps of its parent. */
static int set_kept(const struct synthesis *synthesis, const struct made *made, struct record *record)
{
    const struct point *base = point_at(synthesis, made->base);
    rec_set_json(record, synthesis->label, label_of(synthesis, base));
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
        weight = synthesis_between(weight, point_at(synthesis, made->other)->weight, made->gap);
    return rec_set_float(record, SLICE("weight"), weight);
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
    if (set_kept(synthesis, made, record) < 0 ||
        lineage_child(record, parent, synthesis->kind == MAKES_ROSE ? "rs" : "sm", made->number, arena) < 0)
        return NULL;
    set_parents(record, base, other, arena);
    rec_set_json(record, SLICE("synthetic"), SLICE("true"));
    rec_set_text(record, SLICE("method"), slice_of(synthesis->method));
    if (other != NULL && rec_set_float(record, SLICE("gap"), made->gap) < 0)
        return NULL;
    if (synthesis->kind == MAKES_BORDERLINE2) {
        struct slice first = label_of(synthesis, base), second = label_of(synthesis, other != NULL ? other : base);
        rec_set_json(record, SLICE("parent_labels"),
                     arena_print(arena, "[%.*s%s%.*s]", (int)first.len, first.ptr, other != NULL ? "," : "",
                                 other != NULL ? (int)second.len : 0, second.ptr));
    }
    if (synthesis->recipe)
        return record;
    struct vector *vector = arena_alloc(arena, sizeof *vector);
    *vector = synthesis_vector(synthesis, made, arena);
    struct slice name = slice_of(vector_form_names[vector->indices != NULL ? FORM_SPARSE : FORM_FEATURES]);
    return rec_set_vector(record, name, vector) < 0 ? NULL : record;
}
