/* replace.c - see replace.h. */
#include "replace.h"

#include "draws.h"

struct replacer {
    const struct masker *masker;
    struct rng *rng;
    const struct sequence *sequence;
    int32_t *input_ids;
    size_t *counts;
};

static void put_random(const struct replacer *replacer, uint32_t start, uint32_t end)
{
    for (uint32_t i = start; i < end; i++)
        replacer->input_ids[i] = source_draw(&replacer->masker->source, replacer->rng, draw_number(DRAW_RANDOM, i));
    replacer->counts[COUNT_RANDOM] += end - start;
}

static uint32_t word_end(const struct sequence *sequence, uint32_t at, uint32_t end)
{
    do
        at++;
    while (at < end && sequence_same_word(sequence, at));
    return at;
}

static uint32_t word_start(const struct sequence *sequence, uint32_t at)
{
    while (at > 0 && sequence_same_word(sequence, at))
        at--;
    return at;
}

/* Word by word; where there is no similar word, random tokens. Of a word of which only a part is selected there is
 * none. */
static void put_similar(const struct replacer *replacer, uint32_t start, uint32_t end)
{
    const struct sequence *sequence = replacer->sequence;
    for (uint32_t next; start < end; start = next) {
        next = word_end(sequence, start, end);
        bool whole =
            word_start(sequence, start) == start && (next == sequence->count || !sequence_same_word(sequence, next));
        size_t count = next - start;
        const int32_t *word = whole ? similar_draw(replacer->masker->similar, sequence->ids + start, count,
                                                   replacer->rng, draw_number(DRAW_SIMILAR, start))
                                    : NULL;
        if (word == NULL) {
            put_random(replacer, start, next);
            continue;
        }
        memcpy(replacer->input_ids + start, word, count * sizeof *word);
        replacer->counts[COUNT_SIMILAR] += count;
    }
}

static void put_mask(const struct replacer *replacer, uint32_t start, uint32_t end)
{
    for (uint32_t i = start; i < end; i++)
        replacer->input_ids[i] = replacer->masker->vocabulary->mask_id;
    replacer->counts[COUNT_MASKED] += end - start;
}

/* Tokens [start, end), which share the draw of the token at `item`. A random token may be the original. */
static void replace(const struct replacer *replacer, uint32_t item, uint32_t start, uint32_t end)
{
    uint64_t action = rng_below(replacer->rng, draw_number(DRAW_ACTION, item), 100);
    if (action < replacer->masker->mask_below && replacer->masker->similar != NULL)
        put_similar(replacer, start, end);
    else if (action < replacer->masker->mask_below)
        put_mask(replacer, start, end);
    else if (action < replacer->masker->random_below)
        put_random(replacer, start, end);
    else
        replacer->counts[COUNT_KEPT] += end - start;
}

/* The same for each token of the chosen units by itself, without a branch on a draw, which would be mispredicted at
 * every third token. */
static void replace_tokens(const struct replacer *replacer, const struct chosen *chosen, struct arena *arena)
{
    const struct masker *masker = replacer->masker;
    uint32_t *drawn = arena_array(arena, chosen->tokens + 1, sizeof *drawn);
    size_t masked_count = 0, drawn_count = 0;
    for (size_t i = 0; i < chosen->count; i++) {
        for (uint32_t at = chosen->units[i].start; at < unit_end(chosen->units[i]); at++) {
            uint64_t action = rng_below(replacer->rng, draw_number(DRAW_ACTION, at), 100);
            bool masked = action < masker->mask_below;
            replacer->input_ids[at] = masked ? masker->vocabulary->mask_id : replacer->input_ids[at];
            masked_count += masked;
            drawn[drawn_count] = at;
            drawn_count += !masked & (action < masker->random_below);
        }
    }
    for (size_t i = 0; i < drawn_count; i++)
        put_random(replacer, drawn[i], drawn[i] + 1);
    replacer->counts[COUNT_MASKED] += masked_count;
    replacer->counts[COUNT_KEPT] += chosen->tokens - masked_count - drawn_count;
}

void replace_chosen(const struct masker *masker, struct rng *rng, const struct sequence *sequence,
                    const struct chosen *chosen, struct arena *arena, int32_t *input_ids, size_t counts[COUNTERS])
{
    const struct replacer replacer = {masker, rng, sequence, input_ids, counts};
    if (masker->given->replace_by == REPLACE_BY_TOKEN) {
        replace_tokens(&replacer, chosen, arena);
        return;
    }
    for (size_t i = 0; i < chosen->count; i++) {
        uint32_t start = chosen->units[i].start, end = unit_end(chosen->units[i]);
        if (masker->given->replace_by == REPLACE_BY_UNIT) {
            replace(&replacer, start, start, end);
            continue;
        }
        for (uint32_t next; start < end; start = next) {
            next = word_end(sequence, start, end);
            replace(&replacer, word_start(sequence, start), start, next);
        }
    }
}
