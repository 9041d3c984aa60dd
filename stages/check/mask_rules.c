/* mask_rules.c - the rules of mask for a record: see mask.h. */
#include "mask.h"

#include "../tokenizer/word_starts.h"

static const char *const level_members[] = {NULL, "word_ids", "phrase_tokens", "entity_tokens"};

/* ---- a record ---- */

/* Words end where the specification says; a tokenizer that does not cut texts into words is left to word_starts.h. */
bool mask_read_words(struct check *check, const struct record *in, const struct row *row, struct mask_tokens *tokens,
                     struct arena *arena)
{
    uint8_t *spelling = NULL;
    const struct kinds *kinds = check->kinds;
    if (row->word_ids == NULL)
        return true;
    if (kinds->tokenizer == NULL && word_starts_read(in, row->count, arena, &spelling) < 0) {
        report_broken(check->report, RULE_SHAPE, "%s", diag_message());
        return false;
    }
    if (kinds->tokenizer != NULL)
        spelling = arena_alloc(arena, row->count);
    for (size_t i = 0; spelling != NULL && i < row->count; i++) {
        if (kinds->tokenizer != NULL)
            spelling[i] = word_starts_kind(tokenizer_token(kinds->tokenizer, tokens->original[i]));
        if (kinds_of(kinds, tokens->original[i]) < ID_ORDINARY)
            spelling[i] = TOKEN_APART;
    }
    tokens->word_ids =
        spelling != NULL ? word_starts(row->word_ids, row->token_type_ids, spelling, row->count, arena) : row->word_ids;
    return true;
}

static bool read_ranges(struct check *check, const struct record *in, struct mask_tokens *tokens, struct arena *arena)
{
    tokens->has[LEVEL_TOKEN] = true;
    tokens->has[LEVEL_WORD] = tokens->word_ids != NULL;
    for (size_t level = LEVEL_PHRASE; level < LEVELS; level++) {
        tokens->has[level] = check_has(in, level_members[level]);
        if (tokens->has[level] && !check_spans(check, in, slice_of(level_members[level]), arena, tokens->count, true,
                                               &tokens->ranges[level], &tokens->range_counts[level]))
            return false;
    }
    return true;
}

static bool read_tokens(struct check *check, const struct record *in, struct arena *arena, struct row *row,
                        struct mask_tokens *tokens)
{
    if (!check_row(check, in, arena, true, row))
        return false;
    int32_t *original = arena_array(arena, row->count, sizeof *original);
    uint8_t *maskable = arena_alloc(arena, row->count), *selected = arena_alloc(arena, row->count);
    for (size_t i = 0; i < row->count; i++) {
        selected[i] = row->labels[i] != IGNORE_INDEX;
        original[i] = selected[i] ? row->labels[i] : row->input_ids[i];
        enum id_kind kind = kinds_of(check->kinds, original[i]);
        if (kind == ID_NONE) {
            report_broken(check->report, RULE_SHAPE,
                          "labels[%zu]: expected an id of the vocabulary or %d, found %" PRId32, i, IGNORE_INDEX,
                          original[i]);
            return false;
        }
        maskable[i] = kind >= ID_RESERVED && (row->special_tokens_mask == NULL || row->special_tokens_mask[i] == 0);
    }
    *tokens = (struct mask_tokens){
        .count = row->count,
        .original = original,
        .input_ids = row->input_ids,
        .maskable = maskable,
        .selected = selected,
        .token_type_ids = row->token_type_ids,
        .doc_ids = row->doc_ids,
    };
    return mask_read_words(check, in, row, tokens, arena) && read_ranges(check, in, tokens, arena);
}

static void check_restored(struct check *check, const struct record *source, const struct mask_tokens *tokens,
                           struct arena *arena)
{
    const int32_t *ids;
    size_t count;
    report_checked(check->report, RULE_RESTORED);
    if (rec_ints(source, SLICE("input_ids"), arena, &ids, &count) < 0 || count != tokens->count) {
        report_broken(check->report, RULE_RESTORED, "expected as many input_ids as in --against, found %zu",
                      tokens->count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (ids[i] == tokens->original[i])
            continue;
        report_broken(check->report, RULE_RESTORED, "%s[%zu]: expected %" PRId32 ", as in --against, found %" PRId32,
                      tokens->selected[i] ? "labels" : "input_ids", i, ids[i], tokens->original[i]);
        return;
    }
}

static void check_replaced(struct check *check, const struct mask *mask, const struct mask_tokens *tokens, size_t i)
{
    int32_t id = tokens->input_ids[i], original = tokens->original[i], mask_id = check->kinds->mask_id;
    bool masked = id == mask_id && mask->shares[0] > 0;
    bool kept = id == original && mask->shares[2] > 0;
    bool random = mask->random_law.shares[id] > 0 && mask->shares[1] > 0;
    if (!masked && !kept && !random)
        report_broken(check->report, RULE_REPLACED,
                      "input_ids[%zu]: expected what --replace allows of the mask %" PRId32 ", the original %" PRId32
                      " and a random token, found %" PRId32,
                      i, mask_id, original, id);
}

static void check_selected(struct check *check, const struct mask *mask, const struct mask_tokens *tokens)
{
    report_checked(check->report, RULE_MASKABLE);
    if (mask->similar == NULL)
        report_checked(check->report, RULE_REPLACED);
    for (size_t i = 0; i < tokens->count; i++) {
        if (!tokens->selected[i])
            continue;
        if (!tokens->maskable[i])
            report_broken(check->report, RULE_MASKABLE,
                          "labels[%zu]: expected %d for a special or unknown token, found %" PRId32, i, IGNORE_INDEX,
                          tokens->original[i]);
        if (mask->similar == NULL)
            check_replaced(check, mask, tokens, i);
    }
}

/* ---- budgets and units ---- */

size_t mask_selected(const struct mask_tokens *tokens, size_t from, size_t to)
{
    size_t n = 0;
    for (size_t i = from; i < to; i++)
        n += tokens->selected[i];
    return n;
}

/* All tokens of a unit or none. */
static bool check_whole(struct check *check, const struct mask_tokens *tokens, const struct units *units)
{
    for (size_t i = 0; i < units->count; i++) {
        struct span unit = units->items[i];
        size_t n = mask_selected(tokens, unit.start, unit.end);
        if (n == 0 || n == unit.end - unit.start)
            continue;
        report_broken(check->report, RULE_WHOLE,
                      "expected all or none of tokens %" PRIu32 " to %" PRIu32 " selected, found %zu of %" PRIu32,
                      unit.start, unit.end - 1, n, unit.end - unit.start);
        return false;
    }
    return true;
}

/* What is selected of [from, to) lies in the units. */
static bool check_inside(struct check *check, const struct mask_tokens *tokens, const struct units *units, size_t n,
                         size_t from, size_t to)
{
    size_t inside = 0;
    for (size_t i = 0; i < units->count; i++)
        inside += mask_selected(tokens, units->items[i].start, units->items[i].end);
    if (inside == n)
        return true;
    report_broken(check->report, RULE_WHOLE,
                  "expected all selected tokens of %zu to %zu in units, found %zu of %zu outside of them", from, to - 1,
                  n - inside, n);
    return false;
}

static bool budget_broken(struct check *check, size_t from, size_t to, size_t low, size_t high, size_t n)
{
    if (n >= low && n <= high)
        return false;
    report_broken(check->report, RULE_BUDGET, "tokens %zu to %zu: expected from %zu to %zu selected, found %zu", from,
                  to > 0 ? to - 1 : 0, low, high, n);
    return true;
}

/* No unit is left out that would still have fitted. */
static void check_never(struct check *check, const struct mask_tokens *tokens, const struct units *units, size_t budget,
                        size_t n)
{
    for (size_t i = 0; i < units->count; i++) {
        size_t size = units->items[i].end - units->items[i].start;
        if (tokens->selected[units->items[i].start] || n + size > budget)
            continue;
        report_broken(check->report, RULE_BUDGET,
                      "expected no unit left that fits into the budget of %zu, found the one of %zu at token %" PRIu32
                      " with %zu selected",
                      budget, size, units->items[i].start, n);
        return;
    }
}

/* n tokens of the units, of which the two longest that may be drawn have `longest` and `second`, were selected. */
static void check_budget(struct check *check, const struct mask *mask, const struct mask_tokens *tokens,
                         const struct units *units, size_t longest, size_t second, size_t budget, size_t n, size_t from,
                         size_t to)
{
    size_t cap = (size_t)mask->given->max_predictions;
    if (budget > units->tokens)
        budget = units->tokens;
    if (mask->given->overshoot == OVERSHOOT_NEVER) {
        if (!budget_broken(check, from, to, 0, budget, n) && mask->lengths.most == 0)
            check_never(check, tokens, units, budget, n);
        return;
    }
    size_t slack = longest - (longest > 0) + second - (second > 0);
    size_t high = budget + slack, low = budget > slack ? budget - slack : budget > 0;
    if (budget == units->tokens)
        low = high = budget;
    if (cap > 0 && slack > 0) {
        low = low + longest > cap + 1 ? cap + 1 > longest ? cap + 1 - longest : 0 : low;
        high = high > cap ? cap : high;
    }
    if (high > units->tokens)
        high = units->tokens;
    (void)budget_broken(check, from, to, low, high, n);
}

/* The longest unit that ngram or span may cut: as many words as the law allows, no more tokens than the budget, but one
 * word at least. */
size_t mask_longest(const struct mask *mask, const struct mask_tokens *tokens, const struct units *words, size_t budget)
{
    size_t longest = words->longest;
    for (size_t i = 0; i < words->count; i++) {
        for (size_t n = 2; n <= mask->lengths.most; n++) {
            size_t size = mask_units_run(tokens, words, i, n);
            if (size > budget)
                break;
            longest = size > longest ? size : longest;
        }
    }
    return longest;
}

size_t mask_budget(const struct mask *mask, size_t all, size_t eligible)
{
    size_t cap = (size_t)mask->given->max_predictions;
    size_t budget = decimal_share(mask->prob, mask->given->budget == BUDGET_ALL ? all : eligible);
    budget = budget == 0 ? 1 : budget;
    budget = budget > eligible ? eligible : budget;
    return cap > 0 && budget > cap ? cap : budget;
}

/* token, word, ngram, span */
static void check_plain(struct check *check, struct mask *mask, const struct mask_tokens *tokens,
                        const struct part *part, struct identity identity, struct arena *arena)
{
    int unit = mask->given->unit;
    enum level level = unit == UNIT_TOKEN ? LEVEL_TOKEN : LEVEL_WORD;
    struct units units = mask_units_of_level(tokens, level, part->from, part->to, NULL, arena);
    size_t budget = mask->uniform ? part->n : mask_budget(mask, part->to - part->from, units.tokens);
    size_t longest = units.longest, second = units.second;
    if (unit == UNIT_NGRAM || unit == UNIT_SPAN)
        longest = second = mask_longest(mask, tokens, &units, mask->uniform ? units.tokens : budget);
    if (!check_whole(check, tokens, &units) || !check_inside(check, tokens, &units, part->n, part->from, part->to))
        return;
    if (mask->uniform)
        (void)budget_broken(check, part->from, part->to, units.tokens > 0, units.tokens, part->n);
    else
        check_budget(check, mask, tokens, &units, longest, second, budget, part->n, part->from, part->to);
    if (mask->uniform && unit == UNIT_TOKEN && mask->given->max_predictions == 0)
        mask_laws_budget(mask, budget, units.tokens);
    bool balanced = mask->given->overshoot == OVERSHOOT_BALANCED || unit == UNIT_TOKEN;
    if (units.tokens == 0 || !balanced || (mask->uniform && unit != UNIT_TOKEN))
        return;
    struct units drawn = units;
    drawn.longest = longest;
    drawn.second = second;
    mask_laws_selection(mask, tokens, &drawn, budget);
    if (part->from == 0 && part->to == tokens->count && (mask->given->max_predictions == 0 || unit == UNIT_TOKEN) &&
        budget + 2 > longest + second && second > 0)
        mask_laws_overlap(mask, tokens, &units, (double)budget / (double)units.tokens, identity);
}

static bool level_missing(struct check *check, enum level level)
{
    report_broken(check->report, RULE_SHAPE, "%s: expected it for --unit %s, found none", level_members[level],
                  mask_level_names[level]);
    return true;
}

/* A level of phrase, entity and mix. */
struct layer {
    struct units units;
    size_t n; /* selected of them */
};

static void take_layer(const struct mask_tokens *tokens, struct layer *layer, uint8_t *taken)
{
    for (size_t i = 0; i < layer->units.count; i++) {
        struct span unit = layer->units.items[i];
        layer->n += mask_selected(tokens, unit.start, unit.end);
        memset(taken + unit.start, 1, unit.end - unit.start);
    }
}

/* The level that fills the rest of the budget by the balanced rule. Below the level that was asked for it may select
 * nothing: there is something already. */
static void check_last_layer(struct check *check, struct mask *mask, const struct mask_tokens *tokens,
                             const struct part *part, const struct layer *layer, size_t rest, bool lower)
{
    const struct units *units = &layer->units;
    if (layer->n > 0 || !lower)
        check_budget(check, mask, tokens, units, units->longest, units->second, rest, layer->n, part->from, part->to);
    mask_laws_selection(mask, tokens, units, rest);
}

/* Units of a level are selected as long as there is a budget for them, then those of the level below. The level whose
 * units have enough tokens is the last, unless none of them may be selected because each would overshoot. */
static void check_levels(struct check *check, struct mask *mask, const struct mask_tokens *tokens,
                         const struct part *part, enum level asked, struct arena *arena)
{
    bool never = mask->given->overshoot == OVERSHOOT_NEVER;
    struct units maskable = mask_units_of_level(tokens, LEVEL_TOKEN, part->from, part->to, NULL, arena);
    size_t rest = mask_budget(mask, part->to - part->from, maskable.tokens), left = part->n;
    uint8_t *taken = arena_alloc(arena, tokens->count);
    memset(taken, 0, tokens->count);
    for (size_t level = asked + 1; level-- > 0 && rest > 0;) {
        struct layer layer = {0};
        if (!tokens->has[level] && level == asked && level_missing(check, asked))
            return;
        if (!tokens->has[level])
            continue;
        layer.units = mask_units_of_level(tokens, (enum level)level, part->from, part->to, taken, arena);
        if (!check_whole(check, tokens, &layer.units))
            return;
        take_layer(tokens, &layer, taken);
        left -= layer.n;
        bool enough = layer.units.tokens >= rest, last = enough && (!never || layer.n > 0);
        if (enough && !never)
            check_last_layer(check, mask, tokens, part, &layer, rest, level < asked);
        else if (never)
            check_budget(check, mask, tokens, &layer.units, 0, 0, rest, layer.n, part->from, part->to);
        else if (budget_broken(check, part->from, part->to, layer.units.tokens, layer.units.tokens, layer.n))
            return;
        if (last || mask->given->fill == FILL_NONE)
            break;
        rest -= layer.n < rest ? layer.n : rest;
    }
    if (left > 0)
        report_broken(
            check->report, RULE_WHOLE,
            "tokens %zu to %zu: expected all selected tokens in units of the levels, found %zu of %zu outside",
            part->from, part->to - 1, left, part->n);
}

/* ---- the whole ---- */

/* The level that units are of: by the option, or for mix by the record. -1, with the rule broken: none. */
static int find_level(struct check *check, struct mask *mask, const struct record *in, struct arena *arena)
{
    struct slice name;
    int level = 0;
    if (mask->given->unit != UNIT_MIX)
        return mask->given->unit == UNIT_PHRASE ? LEVEL_PHRASE : LEVEL_ENTITY;
    report_checked(check->report, RULE_LEVEL);
    if (rec_text(in, SLICE("mask_level"), arena, &name) < 0) {
        report_broken(check->report, RULE_LEVEL, "%s", diag_message());
        return -1;
    }
    while (level < LEVELS && !slice_is(name, mask_level_names[level]))
        level++;
    if (level == LEVELS || mask->mix[level] <= 0) {
        report_broken(check->report, RULE_LEVEL, "mask_level: expected a level of --mix, found \"%.*s\"", (int)name.len,
                      name.ptr);
        return -1;
    }
    mask->levels[level]++;
    mask->level_records++;
    return level;
}

static void check_parts(struct check *check, struct mask *mask, const struct record *in,
                        const struct mask_tokens *tokens, struct arena *arena)
{
    struct identity identity = {0, 0};
    bool plain = mask->given->unit <= UNIT_SPAN, per_doc = mask->given->per == PER_DOC && tokens->doc_ids != NULL;
    int level = plain ? 0 : find_level(check, mask, in, arena);
    (void)lineage_identity(in, SLICE("text"), arena, &identity);
    report_checked(check->report, RULE_BUDGET);
    report_checked(check->report, RULE_WHOLE);
    for (size_t from = 0, to; level >= 0 && (from < tokens->count || tokens->count == 0); from = to) {
        to = per_doc ? from + 1 : tokens->count;
        while (to < tokens->count && tokens->doc_ids[to] == tokens->doc_ids[to - 1])
            to++;
        struct part part = {from, to, mask_selected(tokens, from, to)};
        if (plain)
            check_plain(check, mask, tokens, &part, identity, arena);
        else if (!mask->uniform)
            check_levels(check, mask, tokens, &part, (enum level)level, arena);
        if (mask_asked(mask, "masked_spans"))
            mask_check_spans(check, mask, in, tokens, &part, arena);
        if (tokens->count == 0)
            break;
    }
}

int mask_record(struct check *check, const struct record *in, struct arena *arena)
{
    static const char *const changed[] = {"input_ids",           "labels",        "epoch",
                                          "masked_lm_positions", "masked_lm_ids", "masked_spans",
                                          "pair_targets",        "mask_level",    NULL};
    struct mask *mask = check->state;
    const struct record *source;
    struct mask_tokens tokens;
    struct row row;
    if (check_source(check, in, &mask->given->random, arena, &source) < 0)
        return -1;
    if (!read_tokens(check, in, arena, &row, &tokens))
        return 0;
    if (mask->given->unit >= UNIT_WORD && mask->given->unit <= UNIT_SPAN && tokens.word_ids == NULL) {
        report_broken(check->report, RULE_SHAPE, "word_ids: missing, but --unit is %s",
                      mask_unit_names[mask->given->unit]);
        return 0;
    }
    if (mask->given->per == PER_DOC && tokens.doc_ids == NULL) {
        report_broken(check->report, RULE_SHAPE, "doc_ids: missing, but --per is doc");
        return 0;
    }
    if (source != NULL) {
        check_restored(check, source, &tokens, arena);
        check_untouched(check, RULE_UNTOUCHED, source, in, changed, arena);
    }
    check_selected(check, mask, &tokens);
    check_parts(check, mask, in, &tokens, arena);
    mask_check_also(check, mask, in, &tokens, arena);
    if (mask->similar != NULL)
        mask_check_similar(check, mask, in, &tokens, arena);
    else
        mask_count_replacements(check, mask, in, &tokens, arena);
    return 0;
}
