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

static bool space_at(struct text_place *place, uint32_t point)
{
    size_t size, byte = text_to_point(place, point);
    return text_is_space(text_decode(place->text.ptr + byte, &size));
}

void places_trim(struct slice old, struct slice text, const struct span *before, struct span *places, size_t count)
{
    struct text_place in_old = text_start(old), in_new = text_start(text);
    for (size_t i = 0; i < count; i++) {
        struct span was = before[i], *is = &places[i];
        if (is->end - is->start == was.end - was.start || was.start == was.end)
            continue;
        if (!space_at(&in_old, was.start))
            while (is->start < is->end && space_at(&in_new, is->start))
                is->start++;
        if (!space_at(&in_old, was.end - 1))
            while (is->start < is->end && space_at(&in_new, is->end - 1))
                is->end--;
    }
}
