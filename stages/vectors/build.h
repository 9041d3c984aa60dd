/* build.h - vectors that are made, number by number, and vectors between two others. */
#ifndef QUERN_VECTORS_BUILD_H
#define QUERN_VECTORS_BUILD_H

#include "record/record.h"

/* Where numbers are put, one after another, rounded to what they are kept as. */
struct vector_builder {
    int32_t *indices; /* NULL: dense */
    float *floats;
    double *numbers;
    size_t count;
};

/* most: how many numbers there may be; they are put into the arena. */
struct vector_builder vector_builder_for(size_t most, bool sparse, bool wide, struct arena *arena);

/* Adds a number. Sparse vectors have no zeros. */
void vector_put(struct vector_builder *builder, int32_t index, double number);

struct vector vector_built(const struct vector_builder *builder);

/* The vector at this place on the way between two of one form and length, in the arena. */
struct vector vector_between(const struct vector *from, const struct vector *to, double gap, bool wide,
                             struct arena *arena);

/* A value between two others; each operation is rounded to 64 bits. */
static inline double number_between(double from, double to, double gap)
{
    double step = gap * (to - from);
    return from + step;
}

#endif
