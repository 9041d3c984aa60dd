/* spans.c - see spans.h. */
#include "spans.h"

#include "base/search.h"

#include "record/annotations.h"

void spans_number_words(const struct span *places, size_t count, const struct span *words, size_t word_count,
                        int32_t *word_ids)
{
    int32_t own = (int32_t)word_count - 1; /* the last number of a token outside every word */
    int32_t before = -1;                   /* the pre-tokenizer's number of the previous token, if that was outside */
    for (size_t i = 0; i < count; i++) {
        struct span place = places[i];
        size_t word = annotations_span_after(words, word_count, place.start);
        if (word < word_count && place.start < place.end && words[word].start < place.end) {
            word_ids[i] = (int32_t)word;
            before = -1;
            continue;
        }
        own += word_ids[i] != before;
        before = word_ids[i];
        word_ids[i] = own;
    }
}

struct spans_reach spans_reach(const struct span *places, size_t count, struct arena *arena)
{
    struct spans_reach reach = {arena_array(arena, count, sizeof *reach.ends),
                                arena_array(arena, count, sizeof *reach.starts)};
    uint32_t end = 0, start = UINT32_MAX;
    for (size_t i = 0; i < count; i++) {
        if (places[i].start < places[i].end && places[i].end > end)
            end = places[i].end;
        reach.ends[i] = end;
    }
    for (size_t i = count; i-- > 0;) {
        if (places[i].start < places[i].end && places[i].start < start)
            start = places[i].start;
        reach.starts[i] = start;
    }
    return reach;
}

/* The first of the numbers, which are non-decreasing, that is above `point`, or `count`. */
static size_t first_above(const uint32_t *numbers, size_t count, uint32_t point)
{
    size_t first;
    search_first(first, count, numbers[first] <= point);
    return first;
}

const struct span *spans_to_tokens(const struct span *places, struct span range, const struct span *spans,
                                   size_t span_count, struct arena *arena)
{
    size_t count = range.end - range.start;
    struct spans_reach reach = spans_reach(places + range.start, count, arena);
    struct span *tokens = arena_array(arena, span_count, sizeof *tokens);
    for (size_t i = 0; i < span_count; i++) {
        tokens[i] = (struct span){0, 0};
        if (spans[i].start >= spans[i].end)
            continue;
        size_t first = first_above(reach.ends, count, spans[i].start);
        size_t end = first_above(reach.starts, count, spans[i].end - 1);
        if (first < end)
            tokens[i] = (struct span){range.start + (uint32_t)first, range.start + (uint32_t)end};
    }
    return tokens;
}
