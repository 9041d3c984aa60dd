/* vector.h - the vector of a record: `features`, dense, or `sparse`. A stream has vectors of one form. */
#ifndef QUERN_VECTORS_VECTOR_H
#define QUERN_VECTORS_VECTOR_H

#include "record/record.h"

enum vector_form { FORM_NONE, FORM_FEATURES, FORM_SPARSE };
extern const char *const vector_form_names[]; /* "", "features", "sparse" */

/* Reads the numbers as 64-bit floats (wide) or 32-bit ones. 0, or -1 with the message: the record has no vector, both
 * forms, or one that is no vector. */
int vector_read(const struct record *in, bool wide, struct arena *arena, enum vector_form *form, struct vector *vector);

/* A copy in the arena. */
struct vector vector_keep(const struct vector *vector, struct arena *arena);

/* An array of numbers of a table, in memory of its own (mem_free). 0, or -1 with the message. */
int vector_numbers(const struct record *in, const char *name, struct arena *arena, double **numbers, size_t *count);

/* Value number i of those that are stored. */
static inline double vector_number(const struct vector *vector, size_t i)
{
    return vector->numbers != NULL ? vector->numbers[i] : (double)vector->floats[i];
}

#endif
