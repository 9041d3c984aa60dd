/* mask.c - the verb mask: its options and laws; see mask.h. */
#include "mask.h"

#include "text/json.h"

const char *const mask_unit_names[] = {"token", "word", "ngram", "span", "phrase", "entity", "mix", NULL};
static const char *const budget_names[] = {"maskable", "all", NULL};
static const char *const fill_names[] = {"lower", "none", NULL};
static const char *const replace_names[] = {"token", "word", "unit", NULL};
static const char *const overshoot_names[] = {"balanced", "never", NULL};
static const char *const per_names[] = {"record", "doc", NULL};
static const char *const also_names[] = {"masked_lm_positions", "masked_lm_ids", "masked_spans", "pair_targets", NULL};
const char *const mask_level_names[] = {"token", "word", "phrase", "entity", NULL};

static const struct option options[] = {
    OPTION_AGAINST(struct mask_options, common.against),
    OPTION_MODEL(struct mask_options, common.model),
    {"mask-id", 0, OPT_INT, OPT_AT(struct mask_options, mask_id), .value = "N", .fallback = "-1", .min = -1,
     .max = INT32_MAX, .help = "without --model: the id of the mask token"},
    {"vocab-size", 0, OPT_INT, OPT_AT(struct mask_options, vocab_size), .value = "N", .min = 0, .max = INT32_MAX,
     .help = "without --model: the size of the vocabulary"},
    {"special-ids", 0, OPT_INTS, OPT_AT(struct mask_options, special_ids), .value = "N,...",
     .help = "without --model: ids that are never masked or drawn"},
    {"unit", 0, OPT_CHOICE, OPT_AT(struct mask_options, unit), .value = "UNIT", .fallback = "token",
     .choices = mask_unit_names, .help = "what was selected as a unit"},
    {"prob", 0, OPT_TEXT, OPT_AT(struct mask_options, prob), .value = "P", .fallback = "0.15",
     .help = "share of the tokens that was selected, or uniform"},
    {"replace", 0, OPT_INTS, OPT_AT(struct mask_options, replace), .value = "M,R,K", .fallback = "80,10,10",
     .help = "percentages that were masked, replaced by a random token, and kept"},
    {"max-predictions", 0, OPT_INT, OPT_AT(struct mask_options, max_predictions), .value = "N", .fallback = "0",
     .min = 0, .max = INT32_MAX, .help = "at most N tokens were selected; 0: no limit"},
    {"budget", 0, OPT_CHOICE, OPT_AT(struct mask_options, budget), .value = "BASE", .fallback = "maskable",
     .choices = budget_names, .help = "the tokens that --prob is a share of"},
    {"lengths", 0, OPT_TEXT, OPT_AT(struct mask_options, lengths), .value = "LAW", .when = "unit=ngram|span",
     .help = "words in a unit: inverse:N, geometric:P:N or weights"},
    {"mix", 0, OPT_TEXT, OPT_AT(struct mask_options, mix), .value = "LEVEL=N,...", .when = "unit=mix",
     .help = "weights of the levels token, word, phrase, entity"},
    {"fill", 0, OPT_CHOICE, OPT_AT(struct mask_options, fill), .value = "HOW", .fallback = "lower",
     .choices = fill_names, .when = "unit=phrase|entity|mix",
     .help = "where the units have fewer tokens than the budget"},
    {"replace-by", 0, OPT_CHOICE, OPT_AT(struct mask_options, replace_by), .value = "WHAT", .fallback = "token",
     .choices = replace_names, .help = "for what the choice of a replacement was made once"},
    {"random-from", 0, OPT_TEXT, OPT_AT(struct mask_options, random_from), .value = "WHERE", .fallback = "vocabulary",
     .help = "where random tokens come from: vocabulary, all, or a file of ids and counts"},
    {"similar", 0, OPT_FILE, OPT_AT(struct mask_options, similar), .value = "FILE",
     .help = "words were replaced by words of this file instead of the mask"},
    {"overshoot", 0, OPT_CHOICE, OPT_AT(struct mask_options, overshoot), .value = "RULE", .fallback = "balanced",
     .choices = overshoot_names, .help = "what became of a unit that exceeds the budget"},
    {"per", 0, OPT_CHOICE, OPT_AT(struct mask_options, per), .value = "WHAT", .fallback = "record",
     .choices = per_names, .help = "what has a budget of its own"},
    {"sbo", 0, OPT_INT, OPT_AT(struct mask_options, sbo), .value = "N", .fallback = "0", .min = 0, .max = INT32_MAX,
     .help = "at most N ids in an item of pair_targets; 0: no limit"},
    {"also", 0, OPT_WORDS, OPT_AT(struct mask_options, also), .value = "LIST", .choices = also_names,
     .help = "members that were asked for"},
    OPTIONS_RANDOM(struct mask_options, random),
    {0},
};

static const char *const rules[] = {
    RULE_NAMES_COMMON, "restored", "untouched", "maskable", "replaced", "budget",      "whole",      "positions",
    "spans",           "pairs",    "level",     "similar",  "share",    "replacement", "random",     "choice",
    "position",        "size",     "lengths",   "levels",   "uniform",  "epochs",      "neighbours", NULL,
};

/* ---- open ---- */

static int read_mix(struct mask *mask, const char *text)
{
    double sum = 0;
    struct slice rest = slice_of(text);
    while (rest.len > 0) {
        const char *comma = memchr(rest.ptr, ',', rest.len);
        struct slice item = {rest.ptr, comma != NULL ? (size_t)(comma - rest.ptr) : rest.len};
        const char *equals = memchr(item.ptr, '=', item.len);
        int64_t weight = -1;
        size_t level = 0;
        rest = comma != NULL ? (struct slice){comma + 1, rest.len - item.len - 1} : (struct slice){NULL, 0};
        if (equals == NULL)
            return diag_error("--mix: expected LEVEL=WEIGHT, found \"%.*s\"", (int)item.len, item.ptr);
        while (level < LEVELS && !slice_is(slice_between(item.ptr, equals), mask_level_names[level]))
            level++;
        if (level == LEVELS || !json_int(slice_between(equals + 1, item.ptr + item.len), &weight) || weight < 0)
            return diag_error("--mix: expected LEVEL=WEIGHT, found \"%.*s\"", (int)item.len, item.ptr);
        mask->mix[level] = (double)weight;
        sum += (double)weight;
    }
    if (sum <= 0)
        return diag_error("--mix: expected weights that are not all 0");
    for (size_t i = 0; i < LEVELS; i++)
        mask->mix[i] /= sum;
    return 0;
}

static int open_shares(struct mask *mask)
{
    const struct ints *replace = &mask->given->replace;
    int64_t sum = 0;
    for (size_t i = 0; i < replace->len; i++)
        sum += replace->items[i] >= 0 ? replace->items[i] : 101;
    if (replace->len != 3 || sum != 100)
        return diag_error("--replace: expected three percentages that add up to 100");
    for (size_t i = 0; i < 3; i++)
        mask->shares[i] = (double)replace->items[i] / 100;
    return 0;
}

static int open_laws(struct check *check, struct mask *mask)
{
    const struct mask_options *given = mask->given;
    bool ngram = given->unit == UNIT_NGRAM, span = given->unit == UNIT_SPAN;
    const char *lengths = given->lengths != NULL ? given->lengths : ngram ? "inverse:3" : "geometric:0.2:10";
    mask->uniform = strcmp(given->prob, "uniform") == 0;
    if (!mask->uniform && (!decimal_read(slice_of(given->prob), 1, &mask->prob) || mask->prob.digits == 0))
        return diag_error("--prob: expected a share greater than 0, or uniform, found \"%s\"", given->prob);
    if ((ngram || span) && length_law_read(lengths, &mask->lengths) < 0)
        return -1;
    if (given->unit == UNIT_MIX && read_mix(mask, given->mix != NULL ? given->mix : "") < 0)
        return -1;
    if (given->similar != NULL && mask_similar_open(check, mask) < 0)
        return -1;
    return open_shares(mask) < 0 ? -1 : weights_open(&mask->random_law, check->kinds, mask->given->random_from);
}

static void say_unchecked(struct report *report, const struct mask_options *given)
{
    bool ngram = given->unit == UNIT_NGRAM || given->unit == UNIT_SPAN;
    report_unchecked(report, RULE_RESTORED, "without --against");
    report_unchecked(report, RULE_UNTOUCHED, "without --against");
    report_unchecked(report, RULE_POSITIONS, "not asked for (--also)");
    report_unchecked(report, RULE_SPANS, "not asked for (--also)");
    report_unchecked(report, RULE_PAIRS, "not asked for (--also)");
    report_unchecked(report, RULE_LEVEL, "only with --unit mix");
    report_unchecked(report, RULE_SIMILAR, "only with --similar");
    report_unchecked(report, LAW_CHOICE, "only with --similar");
    if (given->similar != NULL)
        report_unchecked(report, RULE_REPLACED, "with --similar, see similar");
    report_unchecked(report, LAW_LENGTHS, ngram ? "needs --also masked_spans" : "only with --unit ngram or span");
    report_unchecked(report, LAW_LEVELS, "only with --unit mix");
    report_unchecked(report, LAW_UNIFORM, "only with --prob uniform");
    report_unchecked(report, LAW_RANDOM, "no random tokens");
    report_unchecked(report, LAW_EPOCHS, "no copies");
    report_unchecked(report, LAW_SIZE, "no units of several tokens");
    if (given->overshoot == OVERSHOOT_NEVER)
        for (size_t i = LAW_SHARE; i <= LAW_NEIGHBOURS; i++)
            if (i == LAW_SHARE || i == LAW_POSITION || i == LAW_SIZE || i >= LAW_EPOCHS)
                report_unchecked(report, i, "not with --overshoot never, which prefers short units");
}

static int mask_open(struct check *check, struct stage_context *context)
{
    const struct mask_options *given = context->options;
    struct mask *mask = check->state = mem_zalloc(1, sizeof *mask);
    mask->given = given;
    if (check->kinds == NULL) {
        if (given->mask_id < 0 || given->vocab_size == 0 || given->special_ids.len == 0)
            return diag_error("expected --model, or all of --mask-id, --vocab-size and --special-ids");
        check->kinds = kinds_of_numbers(given->mask_id, given->vocab_size, &given->special_ids);
    } else if (given->mask_id >= 0 || given->vocab_size > 0 || given->special_ids.len > 0) {
        return diag_error("--mask-id, --vocab-size and --special-ids do not go with --model, which supplies them");
    }
    if (check->kinds == NULL)
        return -1;
    if (check->kinds->mask_id < 0)
        return diag_error("%s: no mask token", check->kinds->path);
    say_unchecked(check->report, given);
    return open_laws(check, mask);
}

static int mask_end(struct check *check, struct arena *arena)
{
    (void)arena;
    mask_laws_judge(check->state, check->report);
    return 0;
}

static void mask_close(struct check *check)
{
    struct mask *mask = check->state;
    weights_close(&mask->random_law);
    mask_similar_close(mask->similar);
    mem_free(mask->before.selected);
    mem_free(mask);
}

static const struct task task = {rules, mask_open, mask_record, mask_end, mask_close};

static int open(struct stage_context *context, void **shared)
{
    return check_open(context, &task, &((const struct mask_options *)context->options)->common, shared);
}

const struct stage stage_check_mask = {
    .name = "check mask",
    .summary = "verify what mask has written",
    .example = "$ echo '{\"id\":\"a\",\"input_ids\":[2,4,12,3],\"labels\":[-100,11,-100,-100]}' |\n"
               "    quern check mask --mask-id 4 --vocab-size 100 --special-ids 0,1,2,3 |\n"
               "    grep budget\n"
               "budget                    1  ok",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct mask_options),
    .open = open,
    .close = check_close,
    .record = check_record,
    .end = check_end,
};
