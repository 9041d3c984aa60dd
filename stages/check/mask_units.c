/* mask_units.c - see mask_units.h. */
#include "mask_units.h"

#include <stdlib.h>
#include <string.h>

bool mask_units_border(const struct mask_tokens *tokens, size_t i)
{
    return (tokens->token_type_ids != NULL && tokens->token_type_ids[i] != tokens->token_type_ids[i - 1]) ||
           (tokens->doc_ids != NULL && tokens->doc_ids[i] != tokens->doc_ids[i - 1]);
}

static void add(struct units *units, size_t start, size_t end)
{
    size_t size = end - start;
    units->items[units->count++] = (struct span){(uint32_t)start, (uint32_t)end};
    units->tokens += size;
    if (size > units->longest) {
        units->second = units->longest;
        units->longest = size;
    } else if (size > units->second) {
        units->second = size;
    }
}

static bool is_free(const struct mask_tokens *tokens, const uint8_t *taken, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (!tokens->maskable[i] || (taken != NULL && taken[i]))
            return false;
    return true;
}

static bool same_word(const struct mask_tokens *tokens, size_t i)
{
    return tokens->word_ids[i] == tokens->word_ids[i - 1] && !mask_units_border(tokens, i);
}

/* A range that is a candidate: longer ones come first, of equal ones the first in the list. */
struct candidate {
    struct span span;
    size_t number;
};

static int by_length(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    uint32_t length_x = x->span.end - x->span.start, length_y = y->span.end - y->span.start;
    if (length_x != length_y)
        return length_x > length_y ? -1 : 1;
    return x->number < y->number ? -1 : 1;
}

static int by_place(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    return x->start < y->start ? -1 : x->start > y->start;
}

/* Of ranges that overlap the longest is the unit; a range that loses is none, even if what it lost to is only a part of
 * it. One that reaches out of [from, to) is none either. */
static void add_ranges(const struct mask_tokens *tokens, enum level level, size_t from, size_t to, const uint8_t *taken,
                       struct arena *arena, struct units *units)
{
    size_t count = tokens->range_counts[level], candidates = 0;
    struct candidate *list = arena_array(arena, count, sizeof *list);
    uint8_t *used = arena_alloc(arena, tokens->count);
    memset(used, 0, tokens->count);
    for (size_t i = 0; i < count; i++) {
        struct span span = tokens->ranges[level][i];
        if (span.start >= from && span.end <= to && span.start < span.end &&
            is_free(tokens, NULL, span.start, span.end))
            list[candidates++] = (struct candidate){span, i};
    }
    qsort(list, candidates, sizeof *list, by_length);
    for (size_t i = 0; i < candidates; i++) {
        struct span span = list[i].span;
        if (memchr(used + span.start, 1, span.end - span.start) != NULL)
            continue;
        memset(used + span.start, 1, span.end - span.start);
        if (is_free(tokens, taken, span.start, span.end))
            add(units, span.start, span.end);
    }
    qsort(units->items, units->count, sizeof *units->items, by_place);
}

struct units mask_units_of_level(const struct mask_tokens *tokens, enum level level, size_t from, size_t to,
                                 const uint8_t *taken, struct arena *arena)
{
    bool ranges = level == LEVEL_PHRASE || level == LEVEL_ENTITY;
    size_t room = ranges ? tokens->range_counts[level] : to - from;
    struct units units = {.items = arena_array(arena, room, sizeof *units.items)};
    if (ranges) {
        add_ranges(tokens, level, from, to, taken, arena, &units);
        return units;
    }
    for (size_t i = from, end; i < to; i = end) {
        end = i + 1;
        while (level == LEVEL_WORD && end < to && same_word(tokens, end))
            end++;
        if ((level == LEVEL_TOKEN || tokens->word_ids[i] >= 0) && is_free(tokens, taken, i, end))
            add(&units, i, end);
    }
    return units;
}

size_t mask_units_run(const struct mask_tokens *tokens, const struct units *words, size_t first, size_t count)
{
    if (first + count > words->count)
        return SIZE_MAX;
    for (size_t i = first + 1; i < first + count; i++) {
        if (words->items[i].start != words->items[i - 1].end || mask_units_border(tokens, words->items[i].start))
            return SIZE_MAX;
    }
    return words->items[first + count - 1].end - words->items[first].start;
}
