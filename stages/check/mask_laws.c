/* mask_laws.c - see mask.h. */
#include "mask.h"

static bool any_selected(const struct mask_tokens *tokens, struct span unit)
{
    return tokens->selected[unit.start] != 0;
}

/* Each unit is selected with probability budget / tokens whatever its size and place. Where the arc may lie in two
 * units alone, or in a text of one, the rule that something is selected bends this: those are left out, which depends
 * on the sizes alone and not on what was selected. */
void mask_laws_selection(struct mask *mask, const struct mask_tokens *tokens, const struct units *units, size_t budget)
{
    size_t slack = units->longest + units->second, n = 0, at = 0;
    double share = (double)budget / (double)units->tokens;
    size_t cap = (size_t)mask->given->max_predictions;
    if (budget == 0 || units->second == 0 || budget + 2 <= slack || (cap > 0 && slack > 2 && budget + slack > cap + 2))
        return;
    double size_seen[SIZES] = {0}, size_units[SIZES] = {0}, place_seen[PLACES] = {0}, place_tokens[PLACES] = {0};
    for (size_t i = 0; i < units->count; i++) {
        size_t length = units->items[i].end - units->items[i].start, bin = length < SIZES ? length - 1 : SIZES - 1;
        bool selected = any_selected(tokens, units->items[i]);
        size_t place = at * PLACES / units->tokens;
        size_units[bin]++;
        size_seen[bin] += selected;
        place_tokens[place] += (double)length;
        place_seen[place] += selected ? (double)length : 0;
        n += selected ? length : 0;
        at += length;
    }
    mask->size_tokens += units->longest > 1 ? n : 0;
    drift_add(&mask->share, (double)n, (double)budget);
    mask->position_tokens += n;
    for (size_t i = 0; i < SIZES && units->longest > 1; i++)
        drift_add(&mask->size[i], size_seen[i], share * size_units[i]);
    for (size_t i = 0; i < PLACES && units->tokens >= PLACES; i++)
        drift_add(&mask->position[i], place_seen[i], share * place_tokens[i]);
}

/* Two choices have in common what their probabilities say: the same tokens in another epoch, and the places of the
 * record before. */
void mask_laws_overlap(struct mask *mask, const struct mask_tokens *tokens, const struct units *units, double share,
                       struct identity identity)
{
    bool same =
        mask->before.is && mask->before.identity.high == identity.high && mask->before.identity.low == identity.low;
    size_t both = 0, n = 0, selected = 0;
    if (mask->before.room < units->tokens) {
        mask->before.room = units->tokens;
        mask->before.selected = mem_resize(mask->before.selected, units->tokens, 1);
    }
    for (size_t i = 0; i < units->count; i++) {
        for (size_t k = units->items[i].start; k < units->items[i].end; k++, n++) {
            both += n < mask->before.count && mask->before.selected[n] && tokens->selected[k];
            selected += tokens->selected[k];
            mask->before.selected[n] = tokens->selected[k];
        }
    }
    size_t common = n < mask->before.count ? n : mask->before.count;
    if (mask->before.is && common > 0 && (!same || n == mask->before.count)) {
        drift_add(same ? &mask->epochs : &mask->neighbours, (double)both, share * mask->before.share * (double)common);
        mask->overlap_tokens[same] += selected;
    }
    mask->before.is = true;
    mask->before.identity = identity;
    mask->before.count = n;
    mask->before.share = share;
}

/* A random token may be the original, and then looks like one that was kept. */
void mask_laws_replacement(struct mask *mask, const struct mask_tokens *tokens, int32_t mask_id, size_t from, size_t to)
{
    double original = 1, masks = 1;
    bool kept = true, masked = true;
    for (size_t i = from; i < to; i++) {
        original *= mask->random_law.shares[tokens->original[i]];
        masks *= mask->random_law.shares[mask_id];
        kept = kept && tokens->input_ids[i] == tokens->original[i];
        masked = masked && tokens->input_ids[i] == mask_id;
    }
    mask->replaced[masked ? 0 : kept ? 2 : 1]++;
    mask->replaced_expected[0] += mask->shares[0] + mask->shares[1] * masks;
    mask->replaced_expected[1] += mask->shares[1] * (1 - original - masks);
    mask->replaced_expected[2] += mask->shares[2] + mask->shares[1] * original;
    mask->replaced_count++;
}

/* Of a token that was replaced by another one, by neither the mask nor itself. */
void mask_laws_random(struct mask *mask, int32_t id, int32_t original, int32_t mask_id)
{
    double rest = 1 - mask->random_law.shares[original] - mask->random_law.shares[mask_id];
    mask->random[mask->random_law.buckets[id]]++;
    for (size_t i = 0; i < BUCKETS; i++)
        mask->random_expected[i] += mask->random_law.bucket_shares[i] / rest;
    mask->random_expected[mask->random_law.buckets[original]] -= mask->random_law.shares[original] / rest;
    mask->random_expected[mask->random_law.buckets[mask_id]] -= mask->random_law.shares[mask_id] / rest;
    mask->random_count++;
}

void mask_laws_length(struct mask *mask, size_t length)
{
    mask->long_units[length]++;
    mask->units++;
}

void mask_laws_budget(struct mask *mask, size_t budget, size_t maskable)
{
    if (maskable < PLACES || budget == 0)
        return;
    mask->budgets[(budget - 1) * PLACES / maskable]++;
    for (size_t place = 0; place < PLACES; place++) {
        size_t from = (place * maskable + PLACES - 1) / PLACES, to = ((place + 1) * maskable + PLACES - 1) / PLACES;
        mask->budgets_expected[place] += (double)(to - from) / (double)maskable;
    }
    mask->uniform_records++;
}

static void judge_lengths(const struct mask *mask, struct report *report)
{
    double expected[LENGTH_LAW_MOST + 1];
    for (size_t n = 1; n <= mask->lengths.most; n++)
        expected[n] = mask->lengths.share[n] * (double)mask->units;
    report_law(report, LAW_LENGTHS, verdict_counts_p(mask->long_units + 1, expected + 1, mask->lengths.most),
               mask->units, "units");
}

void mask_laws_judge(const struct mask *mask, struct report *report)
{
    double levels[LEVELS];
    for (size_t i = 0; i < LEVELS; i++)
        levels[i] = mask->mix[i] * (double)mask->level_records;
    report_law(report, LAW_SHARE, drift_p(&mask->share, 1), mask->position_tokens, "tokens");
    report_law(report, LAW_REPLACEMENT, verdict_counts_p(mask->replaced, mask->replaced_expected, 3),
               mask->replaced_count,
               mask->given->replace_by == REPLACE_TOKEN  ? "tokens"
               : mask->given->replace_by == REPLACE_WORD ? "words"
                                                         : "units");
    report_law(report, LAW_RANDOM, verdict_counts_p(mask->random, mask->random_expected, BUCKETS), mask->random_count,
               "tokens");
    report_law(report, LAW_CHOICE, verdict_counts_p(mask->choices, mask->choices_expected, PLACES), mask->choice_count,
               "words");
    report_law(report, LAW_POSITION, drift_p(mask->position, PLACES), mask->position_tokens, "tokens");
    report_law(report, LAW_SIZE, drift_p(mask->size, SIZES), mask->size_tokens, "tokens");
    judge_lengths(mask, report);
    report_law(report, LAW_LEVELS, verdict_counts_p(mask->levels, levels, LEVELS), mask->level_records, "records");
    report_law(report, LAW_UNIFORM, verdict_counts_p(mask->budgets, mask->budgets_expected, PLACES),
               mask->uniform_records, "records");
    report_law(report, LAW_EPOCHS, drift_p(&mask->epochs, 1), mask->overlap_tokens[1], "tokens");
    report_law(report, LAW_NEIGHBOURS, drift_p(&mask->neighbours, 1), mask->overlap_tokens[0], "tokens");
}
