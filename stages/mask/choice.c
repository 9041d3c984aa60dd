/* choice.c - see choice.h. */
#include "choice.h"

#include "draws.h"

#include "base/diag.h"
#include "record/members.h"

#include <assert.h>

const char *const mask_levels[] = {"token", "word", "phrase", "entity", NULL};

/* ---- the units ---- */

/* The units of each level, whatever there is on the others. */
struct levels {
    struct units units[MASK_LEVELS];
    bool present[MASK_LEVELS]; /* does the record have the member, and may the level be wanted? */
};

static bool may_go_lower(const struct masker *masker)
{
    return masker->given->unit >= UNIT_PHRASE && masker->given->fill == FILL_LOWER;
}

static bool needs_words(const struct masker *masker, const struct record *in)
{
    const struct mask_options *given = masker->given;
    return (masker->tops & 1u << LEVEL_WORD) || given->replace_by == REPLACE_BY_WORD || given->similar != NULL ||
           (may_go_lower(masker) && rec_present(in, SLICE("word_ids")) != NULL);
}

static int read_ranges(const struct masker *masker, const struct record *in, struct arena *arena,
                       const struct sequence *sequence, struct levels *levels)
{
    static const struct slice names[] = {
        [LEVEL_PHRASE] = {"phrase_tokens", sizeof "phrase_tokens" - 1},
        [LEVEL_ENTITY] = {"entity_tokens", sizeof "entity_tokens" - 1},
    };
    for (unsigned level = LEVEL_PHRASE; level <= LEVEL_ENTITY; level++) {
        bool asked = masker->tops & 1u << level, above = masker->tops >> level > 1;
        if (!asked && !(above && may_go_lower(masker) && rec_present(in, names[level]) != NULL))
            continue;
        if (units_of_ranges(in, names[level], sequence, arena, &levels->units[level]) < 0)
            return -1;
        levels->present[level] = true;
    }
    return 0;
}

static int read_levels(const struct masker *masker, const struct record *in, struct arena *arena,
                       struct sequence *sequence, struct levels *levels)
{
    if (needs_words(masker, in)) {
        if (sequence_read_words(&masker->reader, in, arena, sequence) < 0)
            return -1;
        levels->units[LEVEL_WORD] = units_of_words(sequence, arena);
        levels->present[LEVEL_WORD] = true;
    } else if ((masker->given->unit >= UNIT_PHRASE || masker->given->per == PER_DOC) &&
               sequence_read_documents(in, arena, sequence) < 0) {
        return -1;
    }
    if ((masker->tops & 1u << LEVEL_TOKEN) || may_go_lower(masker)) {
        levels->units[LEVEL_TOKEN] = units_of_tokens(sequence, arena);
        levels->present[LEVEL_TOKEN] = true;
    }
    return read_ranges(masker, in, arena, sequence, levels);
}

static int find_groups(const struct masker *masker, const struct record *in, struct arena *arena, struct offer *offer)
{
    const struct sequence *sequence = &offer->sequence;
    bool per_doc = masker->given->per == PER_DOC;
    if (per_doc && sequence->doc_ids == NULL)
        return member_missing(in, SLICE("doc_ids"), ", but --per doc needs it");
    offer->groups = arena_array(arena, per_doc ? sequence->count + 1 : 1, sizeof *offer->groups);
    offer->group_count = 1;
    offer->groups[0] = (struct group){.end = (uint32_t)sequence->count};
    for (size_t i = 1; per_doc && i < sequence->count; i++) {
        if (sequence->doc_ids[i] == sequence->doc_ids[i - 1])
            continue;
        offer->groups[offer->group_count - 1].end = (uint32_t)i;
        offer->groups[offer->group_count++] = (struct group){(uint32_t)i, (uint32_t)sequence->count, 0};
    }
    for (size_t g = 0; masker->given->unit >= UNIT_PHRASE && g < offer->group_count; g++)
        for (size_t i = offer->groups[g].start; i < offer->groups[g].end; i++)
            offer->groups[g].maskable += sequence->maskable[i];
    return 0;
}

/* Parts the units by groups. */
static void part_units(const struct offer *offer, const struct units *all, struct units *parts)
{
    if (offer->group_count == 1) {
        *parts = *all;
        return;
    }
    size_t at = 0;
    for (size_t g = 0; g < offer->group_count; g++) {
        parts[g] = (struct units){.items = all->items + at};
        for (; at < all->count && all->items[at].start < offer->groups[g].end; at++) {
            parts[g].count++;
            parts[g].tokens += all->items[at].size;
        }
    }
}

static void cover(const struct units *units, uint8_t *covered)
{
    for (size_t i = 0; i < units->count; i++)
        memset(covered + units->items[i].start, 1, units->items[i].size);
}

static struct stack make_stack(const struct masker *masker, const struct offer *offer, const struct levels *levels,
                               unsigned top, struct arena *arena)
{
    size_t deepest = may_go_lower(masker) ? top + 1 : 1, count = offer->sequence.count;
    struct stack stack = {
        .ends_in_tokens = top + 1 - deepest == LEVEL_TOKEN,
        .units = arena_array(arena, deepest * offer->group_count, sizeof *stack.units),
    };
    uint8_t *covered = NULL;
    for (unsigned i = 0; i < deepest; i++) {
        unsigned level = top - i;
        if (!levels->present[level])
            continue;
        struct units units = levels->units[level];
        if (covered != NULL)
            units = units_outside(&units, covered, arena);
        part_units(offer, &units, stack.units + offer->group_count * stack.depth++);
        if (i + 1 == deepest)
            break;
        if (covered == NULL) {
            covered = arena_alloc(arena, count);
            memset(covered, 0, count);
        }
        cover(&units, covered);
    }
    return stack;
}

int offer_read(const struct masker *masker, const struct record *in, struct arena *arena, struct offer *offer)
{
    struct levels levels = {0};
    *offer = (struct offer){0};
    if (sequence_read(&masker->reader, in, arena, &offer->sequence) < 0 ||
        read_levels(masker, in, arena, &offer->sequence, &levels) < 0 || find_groups(masker, in, arena, offer) < 0)
        return -1;
    for (unsigned top = 0; top < MASK_LEVELS; top++)
        if (masker->tops & 1u << top)
            offer->stacks[top] = make_stack(masker, offer, &levels, top, arena);
    return 0;
}

/* ---- the choice ---- */

enum mask_level offer_level(const struct masker *masker, struct rng *rng)
{
    if (masker->given->unit == UNIT_MIX)
        return (enum mask_level)law_draw(&masker->mix, rng, draw_number(DRAW_LEVEL, 0));
    for (unsigned level = 0;; level++)
        if (masker->tops & 1u << level)
            return (enum mask_level)level;
}

/* How many of the `eligible` tokens of a group to select. *capped: --max-predictions has made it less. */
static size_t find_budget(const struct mask_options *given, const struct group *group, size_t eligible, struct rng *rng,
                          bool *capped)
{
    size_t budget = 0;
    if (eligible == 0)
        return 0;
    if (given->prob.scale == OPTION_WORD)
        budget = 1 + rng_below(rng, draw_number(DRAW_BUDGET, group->start), eligible);
    else
        budget = decimal_share(given->prob, given->budget == BUDGET_ALL ? group->end - group->start : eligible);
    if (budget == 0)
        budget = 1;
    if (budget > eligible)
        budget = eligible;
    if (given->max_predictions == 0 || budget <= (size_t)given->max_predictions)
        return budget;
    *capped = true;
    return (size_t)given->max_predictions;
}

static struct units copy_units(const struct units *units, struct arena *arena)
{
    struct units copy = *units;
    copy.items = arena_array(arena, units->count, sizeof *copy.items);
    memcpy(copy.items, units->items, units->count * sizeof *copy.items);
    return copy;
}

/* Selects from the units of one level. tokens: they are the lowest. The draws of one copy must not depend on another
 * copy, so each one shuffles units of its own. */
static void choose_level(const struct masker *masker, const struct pass *pass, const struct units *units, bool tokens,
                         size_t budget, size_t taken, struct arena *arena, struct chosen *chosen)
{
    const struct mask_options *given = masker->given;
    if (units->tokens < budget) {
        select_all(units, chosen);
        return;
    }
    struct units shuffled = copy_units(units, arena);
    size_t most = given->max_predictions > 0 ? (size_t)given->max_predictions - taken : 0;
    if (tokens)
        select_tokens(pass, &shuffled, budget, chosen);
    else if (given->overshoot == OVERSHOOT_NEVER)
        select_fitting(pass, &shuffled, budget, chosen);
    else
        select_balanced(pass, &shuffled, budget, most, taken == 0, chosen);
}

/* Spends a budget, on lower levels too where the first has fewer tokens, or only units that are too long for `never`.
 */
static void choose_group(const struct masker *masker, const struct offer *offer, const struct stack *stack, size_t g,
                         size_t budget, struct rng *rng, struct arena *arena, struct chosen *chosen,
                         size_t counts[COUNTERS])
{
    const struct mask_options *given = masker->given;
    size_t before = chosen->tokens, taken = 0;
    bool spent = false;
    for (size_t depth = 0; depth < stack->depth && !spent && taken < budget; depth++) {
        struct units units = stack->units[depth * offer->group_count + g];
        if (given->unit == UNIT_NGRAM || given->unit == UNIT_SPAN)
            units = units_joined(&units, &offer->sequence, budget, &masker->lengths, rng,
                                 draw_number(DRAW_LENGTH, offer->groups[g].start), arena);
        struct pass pass = {rng, offer->groups[g].start, depth};
        bool tokens = stack->ends_in_tokens && depth + 1 == stack->depth;
        size_t now = chosen->tokens;
        choose_level(masker, &pass, &units, tokens, budget - taken, taken, arena, chosen);
        spent = units.tokens >= budget - taken && (given->overshoot != OVERSHOOT_NEVER || chosen->tokens > now);
        taken = chosen->tokens - before;
        counts[COUNT_LOWER] += depth > 0 ? chosen->tokens - now : 0;
    }
    counts[COUNT_UNFILLED] += spent || taken >= budget ? 0 : budget - taken;
}

struct chosen choose_units(const struct masker *masker, const struct offer *offer, enum mask_level level,
                           struct rng *rng, struct arena *arena, size_t counts[COUNTERS])
{
    const struct stack *stack = &offer->stacks[level];
    struct chosen chosen = {.units = arena_array(arena, offer->sequence.count, sizeof *chosen.units)};
    size_t first_count = 0;
    bool capped = false;
    assert(stack->depth > 0);
    for (size_t g = 0; g < offer->group_count; g++) {
        const struct group *group = &offer->groups[g];
        size_t eligible = masker->given->unit >= UNIT_PHRASE ? group->maskable : stack->units[g].tokens;
        size_t budget = find_budget(masker->given, group, eligible, rng, &capped);
        choose_group(masker, offer, stack, g, budget, rng, arena, &chosen, counts);
        first_count += stack->units[g].count;
        counts[COUNT_MASKABLE] += eligible;
        counts[COUNT_BUDGET] += budget;
    }
    counts[COUNT_SELECTED] = chosen.tokens;
    counts[COUNT_WHOLE] = first_count == 1 && chosen.tokens > counts[COUNT_BUDGET];
    counts[COUNT_UNMASKED] = chosen.tokens == 0;
    counts[COUNT_CAPPED] = capped;
    return chosen;
}
