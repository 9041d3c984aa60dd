/* parallel.c - see parallel.h. */
#include "parallel.h"

#include "base/diag.h"

#include <inttypes.h>

int parallel_ints(const struct record *in, struct slice name, size_t count, struct arena *arena, const int32_t **items)
{
    size_t found;
    if (rec_ints(in, name, arena, items, &found) < 0)
        return -1;
    if (found != count)
        return diag_error("%.*s: expected %zu items, as in input_ids, found %zu", (int)name.len, name.ptr, count,
                          found);
    return 0;
}

int parallel_optional(const struct record *in, struct slice name, size_t count, struct arena *arena,
                      const int32_t **items)
{
    *items = NULL;
    return rec_present(in, name) == NULL ? 0 : parallel_ints(in, name, count, arena, items);
}

int parallel_flags(const struct record *in, struct slice name, size_t count, struct arena *arena, const int32_t **items)
{
    if (parallel_optional(in, name, count, arena, items) < 0)
        return -1;
    for (size_t i = 0; *items != NULL && i < count; i++)
        if (((*items)[i] & ~1) != 0)
            return diag_error("%.*s[%zu]: expected 0 or 1, found %" PRId32, (int)name.len, name.ptr, i, (*items)[i]);
    return 0;
}
