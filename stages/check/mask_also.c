/* mask_also.c - the members that mask writes on demand, and what selected tokens became: see mask.h. */
#include "mask.h"

/* ---- what is written beside the labels ---- */

bool mask_asked(const struct mask *mask, const char *member)
{
    for (size_t i = 0; i < mask->given->also.len; i++)
        if (strcmp(mask->given->also.items[i], member) == 0)
            return true;
    return false;
}

/* masked_lm_positions and masked_lm_ids */
static void check_positions(struct check *check, const struct record *in, const struct mask_tokens *tokens,
                            const char *name, bool ids, size_t count, struct arena *arena)
{
    const int32_t *items;
    size_t at = 0;
    report_checked(check->report, RULE_POSITIONS);
    if (!check_ints(check, in, slice_of(name), arena, count, &items, NULL))
        return;
    for (size_t i = 0; i < tokens->count; i++) {
        if (!tokens->selected[i])
            continue;
        int32_t expected = ids ? tokens->original[i] : (int32_t)i;
        if (items[at] != expected) {
            report_broken(check->report, RULE_POSITIONS, "%s[%zu]: expected %" PRId32 ", as in labels, found %" PRId32,
                          name, at, expected, items[at]);
            return;
        }
        at++;
    }
}

/* How many words of the list a range is, if it is made of whole ones that nothing parts; 0: it is not. */
static size_t words_in(const struct mask_tokens *tokens, const struct units *words, struct span span)
{
    size_t first = 0, n;
    while (first < words->count && words->items[first].start < span.start)
        first++;
    if (first == words->count || words->items[first].start != span.start)
        return 0;
    for (n = 1; first + n < words->count && words->items[first + n - 1].end < span.end; n++) {
    }
    return words->items[first + n - 1].end == span.end &&
                   mask_units_run(tokens, words, first, n) == span.end - span.start
               ? n
               : 0;
}

/* A unit counts for the law of lengths if it could have been as long as the law allows. */
static void count_length(struct mask *mask, const struct mask_tokens *tokens, const struct units *words,
                         struct span span, size_t budget, size_t n)
{
    size_t first = 0, longest = mask_longest(mask, tokens, words, budget);
    while (words->items[first].start < span.start)
        first++;
    if (mask_units_run(tokens, words, first, mask->lengths.most) <= budget && budget + 2 > 2 * longest &&
        mask->given->max_predictions == 0 && mask->given->overshoot == OVERSHOOT_BALANCED && !mask->uniform)
        mask_laws_length(mask, n);
}

/* The ranges are the selected units. */
void mask_check_spans(struct check *check, struct mask *mask, const struct record *in, const struct mask_tokens *tokens,
                      const struct part *part, struct arena *arena)
{
    const struct span *spans;
    size_t count, covered = 0, end = part->from;
    bool law = mask->lengths.most > 0;
    report_checked(check->report, RULE_SPANS);
    if (!check_spans(check, in, SLICE("masked_spans"), arena, tokens->count, false, &spans, &count))
        return;
    struct units words = {0};
    if (law)
        words = mask_units_of_level(tokens, LEVEL_WORD, part->from, part->to, NULL, arena);
    size_t budget = law && !mask->uniform ? mask_budget(mask, part->to - part->from, words.tokens) : part->to;
    for (size_t i = 0; i < count; i++) {
        struct span span = spans[i];
        if (span.start < part->from || span.start >= part->to)
            continue;
        size_t size = span.end - span.start, n = law ? words_in(tokens, &words, span) : 1;
        if (span.start < end || span.end > part->to || mask_selected(tokens, span.start, span.end) != size) {
            report_broken(check->report, RULE_SPANS,
                          "masked_spans[%zu]: expected selected tokens, ascending, found [%" PRIu32 ",%" PRIu32 "]", i,
                          span.start, span.end);
            return;
        }
        if (n == 0 || (law && n > mask->lengths.most) || (law && n > 1 && size > budget)) {
            report_broken(check->report, RULE_SPANS,
                          "masked_spans[%zu]: expected whole words within a text, at most %zu"
                          " and %zu tokens, found [%" PRIu32 ",%" PRIu32 "], %zu words",
                          i, mask->lengths.most, budget, span.start, span.end, n);
            return;
        }
        if (law)
            count_length(mask, tokens, &words, span, budget, n);
        end = span.end;
        covered += size;
    }
    if (covered != part->n)
        report_broken(check->report, RULE_SPANS,
                      "masked_spans: expected the %zu selected tokens of %zu to %zu in them, "
                      "found %zu",
                      part->n, part->from, part->to - 1, covered);
}

/* [left, right, id, …] for each run of selected tokens that has a neighbour on both sides. */
static void check_pairs(struct check *check, const struct mask *mask, const struct record *in,
                        const struct mask_tokens *tokens, struct arena *arena)
{
    struct bytes text = {0};
    const struct value *value = rec_present(in, SLICE("pair_targets"));
    report_checked(check->report, RULE_PAIRS);
    bytes_byte(&text, '[');
    for (size_t i = 0, end; i < tokens->count; i = end) {
        end = i + 1;
        if (!tokens->selected[i])
            continue;
        while (end < tokens->count && tokens->selected[end])
            end++;
        if (i == 0 || end == tokens->count)
            continue;
        bytes_put(&text, text.len > 1 ? SLICE(",[") : SLICE("["));
        json_put_int(&text, (int64_t)i - 1);
        bytes_byte(&text, ',');
        json_put_int(&text, (int64_t)end);
        for (size_t k = i; k < end && (mask->given->sbo == 0 || k < i + (size_t)mask->given->sbo); k++) {
            bytes_byte(&text, ',');
            json_put_int(&text, tokens->original[k]);
        }
        bytes_byte(&text, ']');
    }
    bytes_byte(&text, ']');
    struct slice found = value != NULL ? rec_json(value, arena) : SLICE("none");
    if (!slice_equal(found, bytes_slice(&text)))
        report_broken(check->report, RULE_PAIRS, "pair_targets: expected %.*s, found %.*s", (int)text.len, text.items,
                      (int)found.len, found.ptr);
    vec_free(&text);
}

void mask_check_also(struct check *check, struct mask *mask, const struct record *in, const struct mask_tokens *tokens,
                     struct arena *arena)
{
    size_t n = mask_selected(tokens, 0, tokens->count);
    if (mask_asked(mask, "masked_lm_positions"))
        check_positions(check, in, tokens, "masked_lm_positions", false, n, arena);
    if (mask_asked(mask, "masked_lm_ids"))
        check_positions(check, in, tokens, "masked_lm_ids", true, n, arena);
    if (mask_asked(mask, "pair_targets"))
        check_pairs(check, mask, in, tokens, arena);
}

/* ---- replacements ---- */

/* One draw decides for a unit: its tokens are all masks, or none is. */
static void count_unit(struct check *check, struct mask *mask, const struct mask_tokens *tokens, size_t from, size_t to)
{
    int32_t mask_id = check->kinds->mask_id;
    size_t masks = 0;
    for (size_t i = from; i < to; i++)
        masks += tokens->input_ids[i] == mask_id;
    if (masks > 0 && masks < to - from && mask->random_law.shares[mask_id] == 0)
        report_broken(check->report, RULE_REPLACED,
                      "tokens %zu to %zu: expected all of them masked or none (--replace-by"
                      "), found %zu",
                      from, to - 1, masks);
    else
        mask_laws_replacement(mask, tokens, mask_id, from, to);
}

static void count_words(struct check *check, struct mask *mask, const struct mask_tokens *tokens, struct arena *arena)
{
    struct units words = mask_units_of_level(tokens, LEVEL_WORD, 0, tokens->count, NULL, arena);
    for (size_t i = 0; i < words.count; i++)
        if (mask_selected(tokens, words.items[i].start, words.items[i].end) ==
            words.items[i].end - words.items[i].start)
            count_unit(check, mask, tokens, words.items[i].start, words.items[i].end);
}

void mask_count_replacements(struct check *check, struct mask *mask, const struct record *in,
                             const struct mask_tokens *tokens, struct arena *arena)
{
    const struct span *spans;
    size_t count;
    int by = mask->given->replace_by;
    int32_t mask_id = check->kinds->mask_id;
    for (size_t i = 0; i < tokens->count; i++) {
        if (!tokens->selected[i])
            continue;
        if (by == REPLACE_TOKEN)
            mask_laws_replacement(mask, tokens, mask_id, i, i + 1);
        if (tokens->input_ids[i] != mask_id && tokens->input_ids[i] != tokens->original[i])
            mask_laws_random(mask, tokens->input_ids[i], tokens->original[i], mask_id);
    }
    if ((by == REPLACE_WORD || (by == REPLACE_UNIT && mask->given->unit == UNIT_WORD)) && tokens->word_ids != NULL)
        count_words(check, mask, tokens, arena);
    else if (by == REPLACE_UNIT && mask_asked(mask, "masked_spans") &&
             rec_spans(in, SLICE("masked_spans"), arena, &spans, &count) == 0)
        for (size_t i = 0; i < count; i++)
            count_unit(check, mask, tokens, spans[i].start, spans[i].end);
}
