/* permute.c - the rules of permute. */
#include "check.h"
#include "mask_units.h"

#include "text/json.h"

struct permute_options {
    struct check_options common;
    struct decimal prob;
    int64_t num_predict, reuse;
    const char *lengths;
    bool dense;
    struct random_options random;
};

static const struct option options[] = {
    OPTION_AGAINST(struct permute_options, common.against),
    OPTION_MODEL(struct permute_options, common.model),
    {"prob", 0, OPT_DECIMAL, OPT_AT(struct permute_options, prob), .value = "P", .fallback = "0.1667",
     .help = "share of the tokens to predict"},
    {"num-predict", 0, OPT_INT, OPT_AT(struct permute_options, num_predict), .value = "N", .fallback = "85", .min = 1,
     .max = INT32_MAX, .help = "targets of a record at most"},
    {"lengths", 0, OPT_TEXT, OPT_AT(struct permute_options, lengths), .value = "LAW", .fallback = "inverse:5",
     .help = "words in a unit; units can't be told from the output, so this has no effect"},
    {"reuse", 0, OPT_INT, OPT_AT(struct permute_options, reuse), .value = "R", .fallback = "0", .min = 0,
     .max = INT32_MAX, .help = "the first R tokens are a part of their own"},
    {"dense", 0, OPT_FLAG, OPT_AT(struct permute_options, dense),
     .help = "perm_mask and target_mapping were asked for"},
    OPTIONS_RANDOM(struct permute_options, random),
    {0},
};

enum {
    RULE_UNTOUCHED = RULES_COMMON,
    RULE_TARGETS,
    RULE_BUDGET,
    RULE_ORDER,
    RULE_DENSE,
    LAW_ORDERS,
};
static const char *const rules[] = {RULE_NAMES_COMMON, "untouched", "targets", "budget",
                                    "order",           "dense",     "orders",  NULL};

struct permute {
    const struct permute_options *given;
    struct drift ascents;
    uint64_t numbered;
};

static int permute_open(struct check *check, struct stage_context *context)
{
    struct permute *permute = check->state = mem_zalloc(1, sizeof *permute);
    permute->given = context->options;
    if (check->kinds == NULL)
        return diag_error("expected --model, which has the special tokens");
    report_unchecked(check->report, RULE_UNTOUCHED, "without --against");
    report_unchecked(check->report, RULE_DENSE, "without --dense");
    return 0;
}

static bool is_special(const struct check *check, const struct row *row, size_t i)
{
    return row->special_tokens_mask != NULL ? row->special_tokens_mask[i] != 0
                                            : kinds_of(check->kinds, row->input_ids[i]) == ID_SPECIAL;
}

/* Which tokens are targets: by the labels, or with --dense by target_mapping, whose rows are ones at the targets. */
static bool read_targets(struct check *check, const struct permute *permute, const struct record *in,
                         const struct row *row, uint8_t *selected, struct arena *arena)
{
    const int32_t *labels;
    size_t count, n = 0, most = (size_t)permute->given->num_predict;
    memset(selected, 0, row->count);
    if (!check_ints(check, in, SLICE("labels"), arena, permute->given->dense ? most : row->count, &labels, &count))
        return false;
    if (!permute->given->dense) {
        for (size_t i = 0; i < count; i++) {
            selected[i] = labels[i] != IGNORE_INDEX;
            if (selected[i] && labels[i] != row->input_ids[i]) {
                report_broken(check->report, RULE_TARGETS,
                              "labels[%zu]: expected %" PRId32 ", the token, found %" PRId32, i, row->input_ids[i],
                              labels[i]);
                return false;
            }
        }
        return true;
    }
    const struct value *value = rec_present(in, SLICE("target_mapping"));
    struct slice json = value != NULL ? rec_json(value, arena) : SLICE("[]");
    struct json_walk rows = json_walk(json);
    for (; json_next(&rows); n++) {
        struct json_walk items = json_walk(rows.value);
        size_t at = 0, ones = 0, place = 0;
        for (; json_next(&items); at++)
            if (!slice_is(items.value, "0")) {
                ones++;
                place = at;
            }
        bool target = n < count && labels[n] != IGNORE_INDEX;
        if (at != row->count || ones != target || (target && (labels[n] != row->input_ids[place] || selected[place]))) {
            report_broken(check->report, RULE_DENSE,
                          "target_mapping[%zu]: expected %zu items with %d one at the target of "
                          "labels[%zu], found %zu and %zu",
                          n, row->count, target, n, at, ones);
            return false;
        }
        if (target)
            selected[place] = 1;
    }
    if (n == most)
        return true;
    report_broken(check->report, RULE_DENSE, "target_mapping: expected %zu rows, found %zu", most, n);
    return false;
}

/* In a part: whole words, no more tokens than the budget, and less than a word fewer. */
static void check_part(struct check *check, const struct permute *permute, const struct mask_tokens *tokens,
                       size_t from, size_t to, size_t most, struct arena *arena)
{
    struct units words = mask_units_of_level(tokens, LEVEL_WORD, from, to, NULL, arena);
    size_t budget = decimal_share(permute->given->prob, words.tokens), inside = 0, n = 0;
    budget = budget < 1 ? 1 : budget;
    budget = budget > words.tokens ? words.tokens : budget;
    budget = budget > most ? most : budget;
    for (size_t i = from; i < to; i++)
        n += tokens->selected[i];
    for (size_t i = 0; i < words.count; i++) {
        size_t own = 0, size = words.items[i].end - words.items[i].start;
        for (size_t k = words.items[i].start; k < words.items[i].end; k++)
            own += tokens->selected[k];
        inside += own;
        if (own == 0 || own == size)
            continue;
        report_broken(check->report, RULE_TARGETS,
                      "expected all or none of tokens %" PRIu32 " to %" PRIu32 " to be targets, found %zu",
                      words.items[i].start, words.items[i].end - 1, own);
        return;
    }
    if (inside != n)
        report_broken(check->report, RULE_TARGETS,
                      "tokens %zu to %zu: expected targets in words only, found %zu outside", from, to - 1, n - inside);
    else if (n > budget || (n < budget && n + words.longest <= budget))
        report_broken(check->report, RULE_BUDGET,
                      "tokens %zu to %zu: expected at most %zu targets, and less than a word "
                      "fewer, found %zu",
                      from, to > 0 ? to - 1 : 0, budget, n);
}

/* Targets and special tokens of a part are numbered from 0; others have -1. */
static bool check_order(struct check *check, struct permute *permute, const struct row *row, const uint8_t *selected,
                        const int32_t *order, size_t from, size_t to, struct arena *arena)
{
    size_t numbered = 0, ascents = 0;
    int32_t before = -1;
    uint8_t *used = arena_alloc(arena, to + 1);
    memset(used, 0, to + 1);
    for (size_t i = from; i < to; i++)
        numbered += selected[i] || is_special(check, row, i);
    for (size_t i = from; i < to; i++) {
        bool has = selected[i] || is_special(check, row, i);
        if (has ? order[i] < 0 || (size_t)order[i] >= numbered || used[order[i]]++ : order[i] != -1) {
            report_broken(check->report, RULE_ORDER, "perm_order[%zu]: expected %s, found %" PRId32, i,
                          has ? "a number of its own among the targets and special tokens of the part" : "-1",
                          order[i]);
            return false;
        }
        if (!has)
            continue;
        ascents += before >= 0 && order[i] > before;
        before = order[i];
    }
    if (numbered > 1)
        drift_add(&permute->ascents, (double)ascents, (double)(numbered - 1) / 2);
    permute->numbered += numbered;
    return true;
}

/* perm_mask: i must not see j. */
static void check_dense(struct check *check, const struct record *in, const struct row *row, const uint8_t *selected,
                        const int32_t *order, size_t split, struct arena *arena)
{
    struct bytes text = {0};
    const struct value *value = rec_present(in, SLICE("perm_mask"));
    struct slice found = value != NULL ? rec_json(value, arena) : SLICE("none");
    report_checked(check->report, RULE_DENSE);
    bytes_byte(&text, '[');
    for (size_t i = 0; i < row->count; i++) {
        bytes_put(&text, i > 0 ? SLICE(",[") : SLICE("["));
        int32_t step = selected[i] ? order[i] : order[i] + 1;
        for (size_t j = 0; j < row->count; j++) {
            bool hidden = (i < split) != (j < split) ? i < split : order[j] >= 0 && step <= order[j];
            bytes_put(&text, j > 0 ? SLICE(",") : SLICE(""));
            bytes_byte(&text, hidden ? '1' : '0');
        }
        bytes_byte(&text, ']');
    }
    bytes_byte(&text, ']');
    if (!slice_equal(found, bytes_slice(&text)))
        report_broken(check->report, RULE_DENSE, "perm_mask: expected what perm_order and the labels say");
    vec_free(&text);
}

static void check_parts(struct check *check, struct permute *permute, const struct record *in, const struct row *row,
                        const struct mask_tokens *tokens, struct arena *arena)
{
    const int32_t *order;
    size_t reuse = (size_t)permute->given->reuse, split = reuse < row->count ? reuse : row->count;
    size_t most = (size_t)permute->given->num_predict;
    int64_t told = 0;
    report_checked(check->report, RULE_ORDER);
    report_checked(check->report, RULE_BUDGET);
    if (!check_ints(check, in, SLICE("perm_order"), arena, row->count, &order, NULL) ||
        (check_has(in, "perm_split") && !check_int(check, in, SLICE("perm_split"), &told)))
        return;
    if (reuse > 0 && (size_t)told != reuse && (size_t)told != split) {
        report_broken(check->report, RULE_ORDER, "perm_split: expected %zu, found %" PRId64, reuse, told);
        return;
    }
    bool right = true;
    if (split > 0) {
        check_part(check, permute, tokens, 0, split, most - most / 2, arena);
        right = check_order(check, permute, row, tokens->selected, order, 0, split, arena);
    }
    if (split < row->count) {
        check_part(check, permute, tokens, split, row->count, split > 0 ? most / 2 : most, arena);
        right = check_order(check, permute, row, tokens->selected, order, split, row->count, arena) && right;
    }
    if (permute->given->dense && right)
        check_dense(check, in, row, tokens->selected, order, split, arena);
}

static int permute_record(struct check *check, const struct record *in, struct arena *arena)
{
    static const char *const changed[] = {"labels",         "perm_order", "perm_split", "perm_mask",
                                          "target_mapping", "epoch",      NULL};
    struct permute *permute = check->state;
    const struct record *source;
    struct row row;
    if (check_source(check, in, &permute->given->random, arena, &source) < 0)
        return -1;
    if (!check_row(check, in, arena, false, &row))
        return 0;
    if (source != NULL)
        check_untouched(check, RULE_UNTOUCHED, source, in, changed, arena);
    uint8_t *selected = arena_alloc(arena, row.count + 1), *maskable = arena_alloc(arena, row.count + 1);
    report_checked(check->report, RULE_TARGETS);
    if (row.word_ids == NULL) {
        report_broken(check->report, RULE_SHAPE, "word_ids: missing");
        return 0;
    }
    if (!read_targets(check, permute, in, &row, selected, arena))
        return 0;
    for (size_t i = 0; i < row.count; i++)
        maskable[i] = kinds_of(check->kinds, row.input_ids[i]) >= ID_RESERVED &&
                      (row.special_tokens_mask == NULL || row.special_tokens_mask[i] == 0);
    const struct mask_tokens tokens = {.count = row.count,
                                       .original = row.input_ids,
                                       .input_ids = row.input_ids,
                                       .maskable = maskable,
                                       .selected = selected,
                                       .word_ids = row.word_ids,
                                       .token_type_ids = row.token_type_ids,
                                       .doc_ids = row.doc_ids};
    check_parts(check, permute, in, &row, &tokens, arena);
    return 0;
}

static int permute_end(struct check *check, struct arena *arena)
{
    struct permute *permute = check->state;
    (void)arena;
    report_law(check->report, LAW_ORDERS, drift_p(&permute->ascents, 1), permute->numbered, "numbers");
    return 0;
}

static void permute_close(struct check *check)
{
    mem_free(check->state);
}

static const struct task task = {rules, permute_open, permute_record, permute_end, permute_close};

static int open(struct stage_context *context, void **shared)
{
    return check_open(context, &task, &((const struct permute_options *)context->options)->common, shared);
}

const struct stage stage_check_permute = {
    .name = "check permute",
    .summary = "verify what permute has written",
    .example = "$ printf '%s\\n' '[UNK]' '[CLS]' a b >vocab.txt\n"
               "$ printf '%s' '{\"id\":\"a\",\"input_ids\":[2,3],\"word_ids\":[0,1],' >a\n"
               "$ echo '\"labels\":[2,-100],\"perm_order\":[0,-1]}' >>a\n"
               "$ quern check permute -m vocab.txt a | grep budget\n"
               "budget                    1  ok",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct permute_options),
    .open = open,
    .close = check_close,
    .record = check_record,
    .end = check_end,
};
