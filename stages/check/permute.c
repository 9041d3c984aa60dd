/* permute.c - the rules of permute for a record: see permute.h. */
#include "permute.h"

#include "text/json.h"

static const struct option options[] = {
    OPTION_AGAINST(struct permute_options, common.against),
    OPTION_MODEL(struct permute_options, common.model),
    {"prob", 0, OPT_TEXT, OPT_AT(struct permute_options, prob), .value = "P", .fallback = "0.1667",
     .help = "share of the tokens that are to be predicted"},
    {"num-predict", 0, OPT_INT, OPT_AT(struct permute_options, num_predict), .value = "N", .fallback = "85", .min = 1,
     .max = INT32_MAX, .help = "at most N targets"},
    {"lengths", 0, OPT_TEXT, OPT_AT(struct permute_options, lengths), .value = "LAW", .fallback = "inverse:5",
     .help = "words in a unit: inverse:N, geometric:P:N or weights"},
    {"reuse", 0, OPT_INT, OPT_AT(struct permute_options, reuse), .value = "R", .fallback = "0", .min = 0,
     .max = INT32_MAX, .help = "tokens that are a part of their own"},
    {"dense", 0, OPT_FLAG, OPT_AT(struct permute_options, dense), .help = "perm_mask and target_mapping were written"},
    OPTIONS_RANDOM(struct permute_options, random),
    {0},
};

static const char *const rules[] = {RULE_NAMES_COMMON, "untouched",   "targets", "budget",     "whole",
                                    "order",           "split",       "dense",   "position",   "size",
                                    "lengths",         "permutation", "epochs",  "neighbours", NULL};

static int permute_open(struct check *check, struct stage_context *context)
{
    const struct permute_options *given = context->options;
    struct permute *permute = check->state = mem_zalloc(1, sizeof *permute);
    permute->given = given;
    if (check->kinds == NULL)
        return diag_error("expected --model, the tokenizer");
    if (!decimal_read(slice_of(given->prob), 1, &permute->prob) || permute->prob.digits == 0)
        return diag_error("--prob: expected a share greater than 0, found \"%s\"", given->prob);
    if (given->common.against == NULL)
        report_unchecked(check->report, PERMUTE_UNTOUCHED, "without --against");
    if (given->reuse == 0)
        report_unchecked(check->report, PERMUTE_SPLIT, "without --reuse");
    if (!given->dense)
        report_unchecked(check->report, PERMUTE_DENSE, "without --dense");
    report_unchecked(check->report, PERMUTE_LAW_EPOCHS, "no copies");
    return length_law_read(given->lengths, &permute->lengths);
}

/* ---- a record ---- */

struct permuted {
    struct row row;
    struct mask_tokens tokens;
    const int32_t *order;
    const uint8_t *special;
};

static bool read_tokens(struct check *check, const struct record *in, struct arena *arena, struct permuted *permuted)
{
    struct row *row = &permuted->row;
    bool dense = ((const struct permute_options *)check->options)->dense;
    const int32_t *labels = NULL;
    if (!check_row(check, in, arena, false, row) ||
        (!dense && !check_ints(check, in, SLICE("labels"), arena, row->count, &labels, NULL)) ||
        !check_ints(check, in, SLICE("perm_order"), arena, row->count, &permuted->order, NULL))
        return false;
    if (row->word_ids == NULL) {
        report_broken(check->report, RULE_SHAPE, "word_ids: expected them, found none");
        return false;
    }
    uint8_t *maskable = arena_alloc(arena, row->count + 1), *selected = arena_alloc(arena, row->count + 1),
            *special = arena_alloc(arena, row->count + 1);
    for (size_t i = 0; i < row->count; i++) {
        bool marked = row->special_tokens_mask != NULL && row->special_tokens_mask[i] != 0;
        special[i] = row->special_tokens_mask != NULL
                         ? marked
                         : tokenizer_is_special(check->kinds->tokenizer, row->input_ids[i]);
        maskable[i] = kinds_of(check->kinds, row->input_ids[i]) >= ID_RESERVED && !marked;
        selected[i] = dense ? permuted->order[i] >= 0 && !special[i] : labels[i] != IGNORE_INDEX;
        if (!selected[i] || dense || labels[i] == row->input_ids[i])
            continue;
        report_broken(check->report, PERMUTE_TARGETS,
                      "labels[%zu]: expected %" PRId32 ", the token, or %d, found %" PRId32, i, row->input_ids[i],
                      IGNORE_INDEX, labels[i]);
        return false;
    }
    permuted->special = special;
    permuted->tokens = (struct mask_tokens){
        .count = row->count,
        .original = row->input_ids,
        .input_ids = row->input_ids,
        .maskable = maskable,
        .selected = selected,
        .token_type_ids = row->token_type_ids,
        .doc_ids = row->doc_ids,
    };
    return mask_read_words(check, in, row, &permuted->tokens, arena);
}

/* Units are whole words; only words that may be selected are. */
static bool check_words(struct check *check, const struct mask_tokens *tokens, const struct permute_part *part,
                        size_t n)
{
    size_t inside = 0;
    report_checked(check->report, PERMUTE_WHOLE);
    for (size_t i = 0; i < part->words.count; i++) {
        struct span word = part->words.items[i];
        size_t of = mask_selected(tokens, word.start, word.end);
        inside += of;
        if (of == 0 || of == word.end - word.start)
            continue;
        report_broken(check->report, PERMUTE_WHOLE,
                      "expected all or none of tokens %" PRIu32 " to %" PRIu32 ", a word, selected, found %zu",
                      word.start, word.end - 1, of);
        return false;
    }
    if (inside == n)
        return true;
    report_broken(check->report, PERMUTE_TARGETS,
                  "expected no target that is special, unknown or of a word with such a token, found %zu", n - inside);
    return false;
}

/* Never exceeded; missed only if a word that was not selected did not fit. */
static void check_budget(struct check *check, const struct mask_tokens *tokens, const struct permute_part *part,
                         size_t n)
{
    size_t longest = 0;
    report_checked(check->report, PERMUTE_BUDGET);
    for (size_t i = 0; i < part->words.count; i++) {
        struct span word = part->words.items[i];
        if (!tokens->selected[word.start] && word.end - word.start > longest)
            longest = word.end - word.start;
    }
    if (n == part->budget || (n < part->budget && longest > part->budget - n))
        return;
    report_broken(check->report, PERMUTE_BUDGET, "tokens from %zu: expected %zu targets%s, found %zu", part->from,
                  part->budget, n < part->budget ? ", or a word left that does not fit" : "", n);
}

/* Targets and special tokens are numbered from 0 by a permutation, all others have -1. */
static bool check_order(struct check *check, const struct permuted *permuted, const struct permute_part *part,
                        struct arena *arena)
{
    size_t count = part->to - part->from, numbered = 0;
    uint8_t *used = arena_alloc(arena, count + 1);
    memset(used, 0, count + 1);
    report_checked(check->report, PERMUTE_ORDER);
    for (size_t i = part->from; i < part->to; i++)
        numbered += permuted->tokens.selected[i] || permuted->special[i];
    for (size_t i = part->from; i < part->to; i++) {
        bool has = permuted->tokens.selected[i] || permuted->special[i];
        int32_t found = permuted->order[i];
        if (has ? found >= 0 && (size_t)found < numbered && !used[found] : found == -1) {
            if (has)
                used[found] = 1;
            continue;
        }
        report_broken(check->report, PERMUTE_ORDER, "perm_order[%zu]: expected %s, found %" PRId32, i,
                      has ? "a number of its own below how many targets and special tokens the part has"
                          : "-1, of neither a target nor a special token",
                      found);
        return false;
    }
    return true;
}

static void check_part(struct check *check, struct permute *permute, const struct permuted *permuted,
                       struct permute_part *part, size_t cap, uint8_t *drawn, struct arena *arena)
{
    const struct mask_tokens *tokens = &permuted->tokens;
    part->words = mask_units_of_level(tokens, LEVEL_WORD, part->from, part->to, NULL, arena);
    part->budget = decimal_share(permute->prob, part->words.tokens);
    part->budget += part->budget == 0 && part->words.tokens > 0;
    part->budget = part->budget < cap ? part->budget : cap;
    size_t n = mask_selected(tokens, part->from, part->to);
    if (!check_words(check, tokens, part, n))
        return;
    check_budget(check, tokens, part, n);
    permute_draw(permute, tokens, part, drawn, arena);
    permute_laws_part(permute, tokens, part, drawn);
    if (check_order(check, permuted, part, arena))
        permute_laws_order(permute, permuted->order + part->from, permuted->special + part->from,
                           part->to - part->from);
}

/* ---- the dense form ---- */

static void put_bit(struct bytes *out, size_t column, bool bit)
{
    if (column > 0)
        bytes_byte(out, ',');
    bytes_byte(out, bit ? '1' : '0');
}

/* May token i not see token j? */
static bool is_hidden(const struct permuted *permuted, size_t split, size_t i, size_t j)
{
    if ((i < split) != (j < split))
        return i < split;
    int32_t own = permuted->order[i] + !permuted->tokens.selected[i];
    return permuted->order[j] >= 0 && own <= permuted->order[j];
}

static void put_rows(struct bytes *out, const struct permuted *permuted, size_t split)
{
    size_t n = permuted->tokens.count;
    for (size_t i = 0; i < n; i++) {
        bytes_put(out, i > 0 ? SLICE(",[") : SLICE("["));
        for (size_t j = 0; j < n; j++)
            put_bit(out, j, is_hidden(permuted, split, i, j));
        bytes_byte(out, ']');
    }
}

/* A row for each target, then rows of 0; or the ids of the targets, then -100. */
static void put_targets(struct bytes *out, const struct permuted *permuted, size_t rows, bool labels)
{
    size_t n = permuted->tokens.count, at = 0;
    for (size_t row = 0; row < rows; row++, at++) {
        while (at < n && !permuted->tokens.selected[at])
            at++;
        if (row > 0)
            bytes_byte(out, ',');
        if (labels) {
            json_put_int(out, at < n ? permuted->tokens.input_ids[at] : IGNORE_INDEX);
            continue;
        }
        bytes_byte(out, '[');
        for (size_t j = 0; j < n; j++)
            put_bit(out, j, j == at);
        bytes_byte(out, ']');
    }
}

static void check_dense(struct check *check, const struct permute *permute, const struct record *in,
                        const struct permuted *permuted, size_t split, struct arena *arena)
{
    static const char *const names[] = {"perm_mask", "target_mapping", "labels"};
    report_checked(check->report, PERMUTE_DENSE);
    for (size_t which = 0; which < 3; which++) {
        struct bytes text = {0};
        bytes_byte(&text, '[');
        if (which == 0)
            put_rows(&text, permuted, split);
        else
            put_targets(&text, permuted, (size_t)permute->given->num_predict, which == 2);
        bytes_byte(&text, ']');
        const struct value *value = rec_present(in, slice_of(names[which]));
        if (value == NULL || !slice_equal(rec_json(value, arena), bytes_slice(&text)))
            report_broken(check->report, PERMUTE_DENSE, "%s: expected what perm_order says, found %s", names[which],
                          value != NULL ? "something else" : "none");
        vec_free(&text);
    }
}

static void check_split(struct check *check, const struct permute *permute, const struct record *in)
{
    int64_t split;
    if (permute->given->reuse == 0)
        return;
    report_checked(check->report, PERMUTE_SPLIT);
    if (check_int(check, in, SLICE("perm_split"), &split) && split != permute->given->reuse)
        report_broken(check->report, PERMUTE_SPLIT, "perm_split: expected %" PRId64 ", found %" PRId64,
                      permute->given->reuse, split);
}

static void check_permuted(struct check *check, const struct record *in, const struct record *source,
                           struct arena *arena)
{
    struct permute *permute = check->state;
    struct permuted permuted = {0};
    struct identity identity;
    static const char *const changed[] = {"labels",         "perm_order", "perm_split", "perm_mask",
                                          "target_mapping", "epoch",      NULL};
    if (source != NULL)
        check_untouched(check, PERMUTE_UNTOUCHED, source, in, changed, arena);
    if (!read_tokens(check, in, arena, &permuted))
        return;
    report_checked(check->report, PERMUTE_TARGETS);
    size_t count = permuted.tokens.count, reuse = (size_t)permute->given->reuse;
    size_t split = reuse < count ? reuse : count, most = (size_t)permute->given->num_predict;
    uint8_t *drawn = arena_alloc(arena, count + 1);
    memset(drawn, 0, count + 1);
    struct permute_part first = {.from = 0, .to = split}, second = {.from = split, .to = count};
    if (reuse > 0)
        check_part(check, permute, &permuted, &first, most - most / 2, drawn, arena);
    check_part(check, permute, &permuted, &second, reuse > 0 ? most / 2 : most, drawn, arena);
    if (lineage_identity(in, SLICE("text"), arena, &identity) == 0)
        permute_laws_overlap(permute, &permuted.tokens, drawn, identity);
    check_split(check, permute, in);
    if (permute->given->dense)
        check_dense(check, permute, in, &permuted, split, arena);
}

static int permute_record(struct check *check, const struct record *in, struct arena *arena)
{
    const struct permute_options *given = check->options;
    const struct record *source;
    if (check_source(check, in, &given->random, arena, &source) < 0)
        return -1;
    check_permuted(check, in, source, arena);
    return 0;
}

static int permute_end(struct check *check, struct arena *arena)
{
    (void)arena;
    permute_laws_judge(check->state, check->report);
    return 0;
}

static void permute_close(struct check *check)
{
    struct permute *permute = check->state;
    mem_free(permute->before.selected);
    mem_free(permute);
}

static const struct task task = {rules, permute_open, permute_record, permute_end, permute_close};

static int open(struct stage_context *context, void **shared)
{
    return check_open(context, &task, &((const struct permute_options *)context->options)->common, shared);
}

const struct stage stage_check_permute = {
    .name = "check permute",
    .summary = "verify what permute has written",
    .example = "$ printf '%s\\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' a b c d >vocab.txt\n"
               "$ echo '{\"id\":1,\"input_ids\":[5,6,7,8,3],\"word_ids\":[0,1,2,3,-1]}' |\n"
               "    quern permute -m vocab.txt | quern check permute -m vocab.txt | grep order\n"
               "order                     1  ok",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct permute_options),
    .open = open,
    .close = check_close,
    .record = check_record,
    .end = check_end,
};
