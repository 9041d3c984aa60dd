/* pairs.c - see pairs.h. */
#include "pairs.h"

#include "base/search.h"

#include <assert.h>

/* Border number i of the row, in the order in which the row is read. */
static uint64_t border(const struct row *row, size_t i)
{
    if (row->backward)
        return row->length - (row->borders[row->border_count - 1 - i] - row->start);
    return row->borders[i] - row->start;
}

/* How many borders are before the position. */
static size_t borders_before(const struct row *row, uint64_t position)
{
    size_t low;
    search_first(low, row->border_count, border(row, low) < position);
    return low;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

struct segments segments_draw(const struct row *row, uint64_t reused, uint64_t a, uint64_t room, struct rng *rng)
{
    uint64_t end = smaller(a + room, row->length);
    assert(a + 2 <= end);
    struct segments made = {.a = a, .label = rng_below(rng, (uint64_t)STREAM_DRAW_LABEL << 32, 2) == 1};

    size_t first = borders_before(row, a + 1), borders = borders_before(row, end) - first;
    uint64_t draw = (uint64_t)STREAM_DRAW_BORDER << 32;
    made.a_end =
        borders > 0 ? border(row, first + rng_below(rng, draw, borders)) : a + 1 + rng_below(rng, draw, end - a - 1);
    made.b = made.a_end;
    made.b_end = end;
    if (!made.label)
        return made;

    size_t before = borders_before(row, reused), behind = borders_before(row, smaller(a + room, row->length));
    size_t others = before + (borders_before(row, row->length) - behind);
    made.no_other = others == 0;
    made.label = !made.no_other;
    if (made.no_other)
        return made;
    size_t drawn = rng_below(rng, (uint64_t)STREAM_DRAW_SENTENCE << 32, others);
    made.b = border(row, drawn < before ? drawn : behind + drawn - before);
    made.b_end = smaller(made.b + room - (made.a_end - a), drawn < before ? reused : row->length);
    return made;
}
