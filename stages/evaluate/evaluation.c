/* evaluation.c - see evaluation.h. */
#include "evaluation.h"

void parts_init(struct parts *parts)
{
    *parts = (struct parts){.numbers = map_new()};
}

void parts_release(struct parts *parts)
{
    for (size_t i = 0; i < parts->tallies.len; i++)
        tally_release(&parts->tallies.items[i]);
    vec_free(&parts->tallies);
    map_free(parts->numbers);
}

struct tally *parts_at(struct parts *parts, struct slice value)
{
    const uint64_t *number = map_get(parts->numbers, value);
    if (number != NULL)
        return &parts->tallies.items[*number];
    struct tally made;
    tally_init(&made);
    *map_put(parts->numbers, value) = parts->tallies.len;
    vec_push(&parts->tallies, made);
    return &parts->tallies.items[parts->tallies.len - 1];
}

void parts_merge(struct parts *into, const struct parts *from)
{
    for (size_t i = 0; i < from->tallies.len; i++)
        tally_merge(parts_at(into, map_at(from->numbers, i)->key), &from->tallies.items[i]);
}
