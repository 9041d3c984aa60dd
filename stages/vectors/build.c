/* build.c - see build.h. */
#include "build.h"

#include "vector.h"

#include <assert.h>

struct vector_builder vector_builder_for(size_t most, bool sparse, bool wide, struct arena *arena)
{
    struct vector_builder builder = {0};
    if (sparse)
        builder.indices = arena_array(arena, most, sizeof *builder.indices);
    if (wide)
        builder.numbers = arena_array(arena, most, sizeof *builder.numbers);
    else
        builder.floats = arena_array(arena, most, sizeof *builder.floats);
    return builder;
}

/* Sparse vectors have no zeros. */
void vector_put(struct vector_builder *builder, int32_t index, double number)
{
    assert(builder->numbers != NULL || builder->floats != NULL);
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

struct vector vector_built(const struct vector_builder *builder)
{
    return (struct vector){builder->count, builder->indices, builder->floats, builder->numbers};
}

struct vector vector_between(const struct vector *from, const struct vector *to, double gap, bool wide,
                             struct arena *arena)
{
    bool sparse = from->indices != NULL;
    struct vector_builder builder = vector_builder_for(from->count + (sparse ? to->count : 0), sparse, wide, arena);
    if (!sparse) {
        for (size_t i = 0; i < from->count; i++)
            vector_put(&builder, 0, number_between(vector_number(from, i), vector_number(to, i), gap));
        return vector_built(&builder);
    }
    for (size_t i = 0, j = 0; i < from->count || j < to->count;) {
        bool first = j == to->count || (i < from->count && from->indices[i] <= to->indices[j]);
        bool second = i == from->count || (j < to->count && to->indices[j] <= from->indices[i]);
        int32_t index = first ? from->indices[i] : to->indices[j];
        double start = first ? vector_number(from, i++) : 0, end = second ? vector_number(to, j++) : 0;
        vector_put(&builder, index, number_between(start, end, gap));
    }
    return vector_built(&builder);
}
