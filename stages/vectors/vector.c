/* vector.c - see vector.h. */
#include "vector.h"

#include "base/diag.h"
#include "base/memory.h"
#include "record/members.h"

const char *const vector_form_names[] = {"", "features", "sparse", NULL};

static const void *keep_items(const void *items, size_t count, size_t size, struct arena *arena)
{
    if (items == NULL)
        return NULL;
    void *kept = arena_array(arena, count, size);
    if (count > 0)
        memcpy(kept, items, count * size);
    return kept;
}

struct vector vector_keep(const struct vector *vector, struct arena *arena)
{
    size_t count = vector->count;
    return (struct vector){.count = count,
                           .indices = keep_items(vector->indices, count, sizeof *vector->indices, arena),
                           .floats = keep_items(vector->floats, count, sizeof *vector->floats, arena),
                           .numbers = keep_items(vector->numbers, count, sizeof *vector->numbers, arena)};
}

int vector_read(const struct record *in, bool wide, struct arena *arena, enum vector_form *form, struct vector *vector)
{
    bool dense = rec_present(in, SLICE("features")) != NULL, sparse = rec_present(in, SLICE("sparse")) != NULL;
    if (dense && sparse)
        return diag_error("sparse: the record has features too, and vectors have one form; \"quern fields\" drops one");
    if (!dense && !sparse && rec_get(in, SLICE("features")) == NULL && rec_get(in, SLICE("sparse")) != NULL)
        return member_missing(in, SLICE("sparse"), "");
    if (!dense && !sparse)
        return member_missing(in, SLICE("features"), ", and so is sparse");
    *form = dense ? FORM_FEATURES : FORM_SPARSE;
    struct slice name = slice_of(vector_form_names[*form]);
    if (rec_vector(in, name, wide, arena, vector) < 0)
        return -1;
    if (dense == (vector->indices != NULL))
        return rec_mismatch(name, dense ? "an array of numbers" : "an object with indices and values",
                            rec_get(in, name));
    return 0;
}

int vector_numbers(const struct record *in, const char *name, struct arena *arena, double **numbers, size_t *count)
{
    const double *read;
    if (rec_floats(in, slice_of(name), arena, &read, count) < 0)
        return -1;
    *numbers = mem_zalloc(*count + 1, sizeof **numbers);
    if (*count > 0)
        memcpy(*numbers, read, *count * sizeof **numbers);
    return 0;
}
