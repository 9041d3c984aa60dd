/* places.c - parts of a text that must stay as they are: see places.h. */
#include "places.h"

#include <stdlib.h>

static int by_start(const void *left, const void *right)
{
    const struct span *a = left, *b = right;
    return (a->start > b->start) - (a->start < b->start);
}

size_t places_merge(struct span *places, size_t count)
{
    size_t kept = 0;
    if (count > 1)
        qsort(places, count, sizeof *places, by_start);
    for (size_t i = 0; i < count; i++) {
        struct span place = places[i], *before = &places[kept - (kept > 0)];
        if (place.start == place.end)
            continue;
        if (kept == 0 || place.start >= before->end)
            places[kept++] = place;
        else if (place.end > before->end)
            before->end = place.end;
    }
    return kept;
}
