/* units.c - see units.h. */
#include "units.h"

#include "base/diag.h"

#include <assert.h>
#include <stdlib.h>

/* The loops over tokens write every possible unit but advance only if it is one: a branch on the data would be
 * mispredicted at every other word. */

struct units units_of_tokens(const struct sequence *sequence, struct arena *arena)
{
    struct units units = {.items = arena_array(arena, sequence->count, sizeof *units.items)};
    for (size_t i = 0; i < sequence->count; i++) {
        units.items[units.count] = (struct unit){(uint32_t)i, 1};
        units.count += sequence->maskable[i];
    }
    units.tokens = units.count;
    return units;
}

static void count_tokens(struct units *units)
{
    units->tokens = 0;
    for (size_t i = 0; i < units->count; i++)
        units->tokens += units->items[i].size;
}

struct units units_of_words(const struct sequence *sequence, struct arena *arena)
{
    struct units units = {.items = arena_array(arena, sequence->count, sizeof *units.items)};
    size_t n = 0, start = 0;
    bool whole = false; /* every token of this word so far may be masked */
    for (size_t i = 0; i < sequence->count; i++) {
        bool begins = i == 0 || !sequence_same_word(sequence, i);
        n += begins & whole;
        start = begins ? i : start;
        whole = (begins | whole) & sequence->maskable[i] & (sequence->word_ids[i] >= 0);
        units.items[n] = (struct unit){(uint32_t)start, (uint32_t)(i + 1 - start)};
    }
    units.count = n + whole;
    count_tokens(&units);
    return units;
}

/* ---- ranges ---- */

/* For each token the end of the run from it on whose tokens may all be masked and are of one document. */
static const uint32_t *find_runs(const struct sequence *sequence, struct arena *arena)
{
    uint32_t *ends = arena_array(arena, sequence->count, sizeof *ends);
    for (size_t i = sequence->count; i-- > 0;) {
        bool next = i + 1 < sequence->count && sequence->maskable[i + 1] &&
                    (sequence->doc_ids == NULL || sequence->doc_ids[i] == sequence->doc_ids[i + 1]);
        ends[i] = !sequence->maskable[i] ? (uint32_t)i : next ? ends[i + 1] : (uint32_t)i + 1;
    }
    return ends;
}

struct ranked {
    struct unit unit;
    size_t number; /* in the member */
};

/* The longest first, equal ones in the order of the member. */
static int by_length(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    if (a->unit.size != b->unit.size)
        return a->unit.size > b->unit.size ? -1 : 1;
    return a->number < b->number ? -1 : 1;
}

static int by_start(const void *left, const void *right)
{
    const struct unit *a = left, *b = right;
    return (a->start > b->start) - (a->start < b->start);
}

/* Keeps those that share no token with a longer one. A unit that overlaps another at least as long has its first or its
 * last token in it. */
static struct units without_overlaps(struct ranked *ranked, size_t count, size_t tokens, struct arena *arena)
{
    struct units units = {.items = arena_array(arena, count, sizeof *units.items)};
    uint8_t *taken = arena_alloc(arena, tokens);
    memset(taken, 0, tokens);
    qsort(ranked, count, sizeof *ranked, by_length);
    for (size_t i = 0; i < count; i++) {
        struct unit unit = ranked[i].unit;
        if (taken[unit.start] || taken[unit_end(unit) - 1])
            continue;
        memset(taken + unit.start, 1, unit.size);
        units.items[units.count++] = unit;
    }
    qsort(units.items, units.count, sizeof *units.items, by_start);
    count_tokens(&units);
    return units;
}

int units_of_ranges(const struct record *in, struct slice name, const struct sequence *sequence, struct arena *arena,
                    struct units *units)
{
    const struct span *ranges;
    size_t count, ranked_count = 0;
    if (rec_spans(in, name, arena, &ranges, &count) < 0)
        return -1;
    const uint32_t *runs = find_runs(sequence, arena);
    struct ranked *ranked = arena_array(arena, count, sizeof *ranked);
    for (size_t i = 0; i < count; i++) {
        if (ranges[i].end > sequence->count)
            return diag_error("%.*s[%zu]: [%u,%u] ends after the last of %zu tokens", (int)name.len, name.ptr, i,
                              ranges[i].start, ranges[i].end, sequence->count);
        if (ranges[i].start < ranges[i].end && runs[ranges[i].start] >= ranges[i].end)
            ranked[ranked_count++] = (struct ranked){{ranges[i].start, ranges[i].end - ranges[i].start}, i};
    }
    *units = without_overlaps(ranked, ranked_count, sequence->count, arena);
    return 0;
}

/* ---- units of units ---- */

static bool is_covered(struct unit unit, const uint8_t *covered)
{
    for (uint32_t i = unit.start; i < unit_end(unit); i++)
        if (covered[i])
            return true;
    return false;
}

struct units units_outside(const struct units *units, const uint8_t *covered, struct arena *arena)
{
    struct units outside = {.items = arena_array(arena, units->count, sizeof *outside.items)};
    for (size_t i = 0; i < units->count; i++) {
        outside.items[outside.count] = units->items[i];
        outside.count += !is_covered(units->items[i], covered);
    }
    count_tokens(&outside);
    return outside;
}

struct units units_joined(const struct units *words, const struct sequence *sequence, size_t most,
                          const struct law *law, struct rng *rng, uint64_t draws, struct arena *arena)
{
    struct units units = {.items = arena_array(arena, words->count, sizeof *units.items), .tokens = words->tokens};
    for (size_t i = 0; i < words->count;) {
        struct unit unit = words->items[i++];
        for (uint64_t left = law_draw(law, rng, draws + units.count) - 1; left > 0 && i < words->count; left--) {
            struct unit word = words->items[i];
            if (word.start != unit_end(unit) || sequence_parts(sequence, word.start) || unit.size + word.size > most)
                break;
            unit.size += word.size;
            i++;
        }
        units.items[units.count++] = unit;
    }
    return units;
}
