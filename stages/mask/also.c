/* also.c - see also.h. */
#include "also.h"

#include "base/diag.h"
#include "text/json.h"

#include <stdlib.h>

enum { ALSO_POSITIONS = 1, ALSO_IDS = 2, ALSO_SPANS = 4, ALSO_PAIRS = 8 };

const char *const also_names[] = {"masked_lm_positions", "masked_lm_ids", "masked_spans", "pair_targets", NULL};

int also_read(const struct mask_options *given, unsigned *also)
{
    *also = 0;
    for (size_t i = 0; i < given->also.len; i++)
        for (unsigned k = 0; also_names[k] != NULL; k++)
            *also |= strcmp(given->also.items[i], also_names[k]) == 0 ? 1u << k : 0;
    if (given->sbo > 0 && !(*also & ALSO_PAIRS))
        return diag_error("--sbo goes only with --also pair_targets");
    return 0;
}

static int by_start(const void *left, const void *right)
{
    const struct unit *a = left, *b = right;
    return (a->start > b->start) - (a->start < b->start);
}

static void set_positions(const struct masker *masker, struct record *made, const struct sequence *sequence,
                          const struct chosen *chosen, struct arena *arena)
{
    int32_t *positions = arena_array(arena, chosen->tokens, sizeof *positions);
    int32_t *ids = arena_array(arena, chosen->tokens, sizeof *ids);
    size_t n = 0;
    for (size_t i = 0; i < chosen->count; i++) {
        for (uint32_t at = chosen->units[i].start; at < unit_end(chosen->units[i]); at++, n++) {
            positions[n] = (int32_t)at;
            ids[n] = sequence->ids[at];
        }
    }
    if (masker->also & ALSO_POSITIONS)
        rec_set_ints(made, SLICE("masked_lm_positions"), positions, n);
    if (masker->also & ALSO_IDS)
        rec_set_ints(made, SLICE("masked_lm_ids"), ids, n);
}

static void set_spans(struct record *made, const struct chosen *chosen, struct arena *arena)
{
    struct span *spans = arena_array(arena, chosen->count, sizeof *spans);
    for (size_t i = 0; i < chosen->count; i++)
        spans[i] = (struct span){chosen->units[i].start, unit_end(chosen->units[i])};
    rec_set_spans(made, SLICE("masked_spans"), spans, chosen->count);
}

/* [left,right,id,…] for the tokens [start, end). */
static void put_pair(const struct sequence *sequence, uint32_t start, uint32_t end, size_t most, struct bytes *json)
{
    bytes_put(json, json->len > 1 ? SLICE(",[") : SLICE("["));
    json_put_int(json, start - 1);
    bytes_byte(json, ',');
    json_put_int(json, end);
    for (uint32_t i = start; i < end && (most == 0 || i - start < most); i++) {
        bytes_byte(json, ',');
        json_put_int(json, sequence->ids[i]);
    }
    bytes_byte(json, ']');
}

static void set_pairs(struct record *made, const struct sequence *sequence, const struct chosen *chosen, size_t most,
                      struct arena *arena)
{
    struct bytes json = {0};
    bytes_byte(&json, '[');
    for (size_t i = 0, next; i < chosen->count; i = next) {
        uint32_t start = chosen->units[i].start, end = unit_end(chosen->units[i]);
        for (next = i + 1; next < chosen->count && chosen->units[next].start == end; next++)
            end = unit_end(chosen->units[next]);
        if (start > 0 && end < sequence->count)
            put_pair(sequence, start, end, most, &json);
    }
    bytes_byte(&json, ']');
    rec_set_json(made, SLICE("pair_targets"), arena_copy(arena, bytes_slice(&json)));
    vec_free(&json);
}

void also_set(const struct masker *masker, struct record *made, const struct sequence *sequence, struct chosen *chosen,
              struct arena *arena)
{
    if (masker->also == 0)
        return;
    qsort(chosen->units, chosen->count, sizeof *chosen->units, by_start);
    if (masker->also & (ALSO_POSITIONS | ALSO_IDS))
        set_positions(masker, made, sequence, chosen, arena);
    if (masker->also & ALSO_SPANS)
        set_spans(made, chosen, arena);
    if (masker->also & ALSO_PAIRS)
        set_pairs(made, sequence, chosen, (size_t)masker->given->sbo, arena);
}
