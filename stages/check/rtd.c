/* rtd.c - the rules of rtd.
 *
 * What was masked is known from --against, the output of mask, or from the record itself, if --also has written it. */
#include "check.h"
#include "weights.h"

enum { GENERATOR_UNIFORM, GENERATOR_UNIGRAM };

struct rtd_options {
    struct check_options common;
    int generator;
    const char *unigram;
    struct words also;
    struct random_options random;
};

static const char *const generator_names[] = {"uniform", "unigram", NULL};
static const char *const also_names[] = {"masked_input_ids", "mlm_labels", NULL};

static const struct option options[] = {
    OPTION_AGAINST(struct rtd_options, common.against),
    OPTION_MODEL(struct rtd_options, common.model),
    {"generator", 0, OPT_CHOICE, OPT_AT(struct rtd_options, generator), .value = "NAME", .fallback = "uniform",
     .choices = generator_names, .help = "what filled the masks"},
    {"unigram", 0, OPT_FILE, OPT_AT(struct rtd_options, unigram), .value = "FILE", .when = "generator=unigram",
     .help = "the counts of the ids"},
    {"also", 0, OPT_WORDS, OPT_AT(struct rtd_options, also), .value = "LIST", .choices = also_names,
     .help = "members that were asked for"},
    OPTIONS_RANDOM(struct rtd_options, random),
    {0},
};

enum {
    RULE_UNTOUCHED = RULES_COMMON,
    RULE_ALSO,
    RULE_FILLED,
    RULE_KEPT,
    RULE_LABELS,
    LAW_GENERATOR,
    LAW_REPLACED,
    LAW_COPIES
};
static const char *const rules[] = {RULE_NAMES_COMMON, "untouched", "also",     "filled", "kept",
                                    "labels",          "generator", "replaced", "copies", NULL};

struct rtd {
    const struct rtd_options *given;
    struct weights weights; /* of the ids that fill a mask */
    double equal;           /* how likely two draws are equal */

    /* what has been seen so far */
    double seen[BUCKETS], replaced[2], replaced_expected[2], same[2];
    uint64_t filled, compared;
    VEC(int32_t) fills, before; /* of this record, of the one before it */
};

/* ---- open ---- */

static int open_weights(struct check *check, struct rtd *rtd)
{
    const char *from = rtd->given->unigram != NULL ? rtd->given->unigram : "vocabulary";
    if (weights_open(&rtd->weights, check->kinds, from) < 0)
        return -1;
    for (int32_t id = 0; id < check->kinds->size; id++)
        rtd->equal += rtd->weights.shares[id] * rtd->weights.shares[id];
    return 0;
}

static int rtd_open(struct check *check, struct stage_context *context)
{
    const struct rtd_options *given = context->options;
    struct rtd *rtd = check->state = mem_zalloc(1, sizeof *rtd);
    rtd->given = given;
    if (check->kinds == NULL)
        return diag_error("expected --model, the tokenizer");
    if (check->kinds->mask_id < 0)
        return diag_error("--model: %s has no mask token", given->common.model);
    if ((given->generator == GENERATOR_UNIGRAM) != (given->unigram != NULL))
        return diag_error("--unigram: expected it with --generator unigram, and only then");
    if (given->also.len == 0)
        report_unchecked(check->report, RULE_ALSO, "not asked for (--also)");
    for (size_t rule = RULE_UNTOUCHED; rule <= LAW_COPIES && given->common.against == NULL; rule++)
        if (rule != RULE_ALSO)
            report_unchecked(check->report, rule, "without --against");
    return open_weights(check, rtd);
}

/* ---- a record ---- */

/* A record before and after: arrays of `count`. */
struct filled {
    size_t count;
    const int32_t *input_ids, *labels, *masked, *mlm;
};

static bool asked(const struct rtd *rtd, const char *name)
{
    for (size_t i = 0; i < rtd->given->also.len; i++)
        if (strcmp(rtd->given->also.items[i], name) == 0)
            return true;
    return false;
}

static bool check_same(struct check *check, const char *name, const int32_t *found, const int32_t *expected,
                       size_t count)
{
    report_checked(check->report, RULE_ALSO);
    for (size_t i = 0; i < count; i++) {
        if (found[i] == expected[i])
            continue;
        report_broken(check->report, RULE_ALSO, "%s[%zu]: expected %" PRId32 ", as in --against, found %" PRId32, name,
                      i, expected[i], found[i]);
        return false;
    }
    return true;
}

/* What was masked; false: it is not known, or a rule is broken. */
static bool read_masked(struct check *check, const struct rtd *rtd, const struct record *in,
                        const struct record *source, struct arena *arena, struct filled *filled)
{
    const int32_t *masked = NULL, *mlm = NULL;
    size_t count, labels;
    if (asked(rtd, "masked_input_ids") &&
        !check_ints(check, in, SLICE("masked_input_ids"), arena, filled->count, &masked, NULL))
        return false;
    if (asked(rtd, "mlm_labels") && !check_ints(check, in, SLICE("mlm_labels"), arena, filled->count, &mlm, NULL))
        return false;
    filled->masked = masked;
    filled->mlm = mlm;
    if (source == NULL)
        return masked != NULL && mlm != NULL;
    if (rec_ints(source, SLICE("input_ids"), arena, &filled->masked, &count) < 0 ||
        rec_ints(source, SLICE("labels"), arena, &filled->mlm, &labels) < 0 || count != filled->count ||
        labels != count) {
        report_broken(check->report, RULE_KEPT, "expected as many input_ids and labels as in --against, found %zu",
                      filled->count);
        return false;
    }
    return (masked == NULL || check_same(check, "masked_input_ids", masked, filled->masked, count)) &&
           (mlm == NULL || check_same(check, "mlm_labels", mlm, filled->mlm, count));
}

/* A mask with a label becomes a token that the generator may draw; nothing else changes. */
static bool check_filled(struct check *check, struct rtd *rtd, const struct filled *filled)
{
    report_checked(check->report, RULE_FILLED);
    report_checked(check->report, RULE_KEPT);
    for (size_t i = 0; i < filled->count; i++) {
        int32_t id = filled->input_ids[i];
        bool masked = filled->masked[i] == check->kinds->mask_id && filled->mlm[i] != IGNORE_INDEX;
        if (masked && rtd->weights.shares[id] > 0) {
            vec_push(&rtd->fills, id);
            continue;
        }
        if (!masked && id == filled->masked[i])
            continue;
        if (masked)
            report_broken(check->report, RULE_FILLED,
                          "input_ids[%zu]: expected a token that the generator may draw, found %" PRId32, i, id);
        else
            report_broken(check->report, RULE_KEPT,
                          "input_ids[%zu]: expected %" PRId32 ", which was not masked, found %" PRId32, i,
                          filled->masked[i], id);
        return false;
    }
    return true;
}

static int32_t original(const struct filled *filled, size_t i)
{
    return filled->mlm[i] != IGNORE_INDEX ? filled->mlm[i] : filled->masked[i];
}

/* 1 where the token is not the original one, -100 if it is special: as far as this is known. */
static bool check_labels(struct check *check, const struct row *row, const struct filled *filled, bool known)
{
    report_checked(check->report, RULE_LABELS);
    for (size_t i = 0; i < row->count; i++) {
        int32_t id = known ? original(filled, i) : row->input_ids[i], label = row->labels[i];
        bool special = row->special_tokens_mask != NULL ? row->special_tokens_mask[i] != 0
                                                        : tokenizer_is_special(check->kinds->tokenizer, id);
        int32_t expected = special ? IGNORE_INDEX : known ? id != row->input_ids[i] : label == 1;
        if (label == expected)
            continue;
        report_broken(check->report, RULE_LABELS, "labels[%zu]: expected %" PRId32 "%s, found %" PRId32, i, expected,
                      special ? ", a special token"
                      : known ? ""
                              : " or 1",
                      label);
        return false;
    }
    return true;
}

static void count_laws(struct rtd *rtd, const struct filled *filled, int32_t mask_id)
{
    for (size_t i = 0; i < filled->count; i++) {
        if (filled->masked[i] != mask_id || filled->mlm[i] == IGNORE_INDEX)
            continue;
        int32_t id = filled->input_ids[i];
        double share = rtd->weights.shares[filled->mlm[i]]; /* how likely the original is drawn */
        rtd->seen[rtd->weights.buckets[id]]++;
        rtd->replaced[id != filled->mlm[i]]++;
        rtd->replaced_expected[0] += share;
        rtd->replaced_expected[1] += 1 - share;
        rtd->filled++;
    }
    /* draws of records that follow each other, copies or not, have nothing to do with each other */
    for (size_t i = 0; i < rtd->fills.len && i < rtd->before.len; i++) {
        rtd->same[rtd->fills.items[i] == rtd->before.items[i]]++;
        rtd->compared++;
    }
}

static void check_record_of(struct check *check, const struct record *in, const struct record *source,
                            struct arena *arena)
{
    struct rtd *rtd = check->state;
    struct row row;
    static const char *const changed[] = {"input_ids", "labels", "epoch", "masked_input_ids", "mlm_labels", NULL};
    if (!check_row(check, in, arena, true, &row))
        return;
    if (source != NULL)
        check_untouched(check, RULE_UNTOUCHED, source, in, changed, arena);
    struct filled filled = {.count = row.count, .input_ids = row.input_ids, .labels = row.labels};
    bool known = read_masked(check, rtd, in, source, arena, &filled);
    if (!known && source != NULL)
        return;
    for (size_t i = 0; known && i < row.count; i++) {
        if (kinds_of(check->kinds, original(&filled, i)) != ID_NONE)
            continue;
        report_broken(check->report, RULE_SHAPE, "mlm_labels[%zu]: expected an id of the vocabulary or %d", i,
                      IGNORE_INDEX);
        return;
    }
    rtd->fills.len = 0;
    if ((!known || check_filled(check, rtd, &filled)) && check_labels(check, &row, &filled, known) && known)
        count_laws(rtd, &filled, check->kinds->mask_id);
    rtd->before.len = 0;
    for (size_t i = 0; i < rtd->fills.len; i++)
        vec_push(&rtd->before, rtd->fills.items[i]);
}

static int rtd_record(struct check *check, const struct record *in, struct arena *arena)
{
    const struct rtd_options *given = check->options;
    const struct record *source;
    if (check_source(check, in, &given->random, arena, &source) < 0)
        return -1;
    check_record_of(check, in, source, arena);
    return 0;
}

static int rtd_end(struct check *check, struct arena *arena)
{
    const struct rtd *rtd = check->state;
    struct report *report = check->report;
    double expected[BUCKETS], n = (double)rtd->compared;
    (void)arena;
    for (size_t i = 0; i < BUCKETS; i++)
        expected[i] = rtd->weights.bucket_shares[i] * (double)rtd->filled;
    report_law(report, LAW_GENERATOR, verdict_counts_p(rtd->seen, expected, BUCKETS), rtd->filled, "masks");
    report_law(report, LAW_REPLACED, verdict_counts_p(rtd->replaced, rtd->replaced_expected, 2), rtd->filled, "masks");
    report_law(report, LAW_COPIES, verdict_counts_p(rtd->same, (double[]){n * (1 - rtd->equal), n * rtd->equal}, 2),
               rtd->compared, "masks");
    return 0;
}

static void rtd_close(struct check *check)
{
    struct rtd *rtd = check->state;
    weights_close(&rtd->weights);
    vec_free(&rtd->fills);
    vec_free(&rtd->before);
    mem_free(rtd);
}

static const struct task task = {rules, rtd_open, rtd_record, rtd_end, rtd_close};

static int open(struct stage_context *context, void **shared)
{
    return check_open(context, &task, &((const struct rtd_options *)context->options)->common, shared);
}

const struct stage stage_check_rtd = {
    .name = "check rtd",
    .summary = "verify what rtd has written",
    .example = "$ printf '%s\\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' a b c d >vocab.txt\n"
               "$ echo '{\"id\":1,\"input_ids\":[2,6,4,3],\"labels\":[-100,-100,5,-100]}' >in\n"
               "$ quern rtd -m vocab.txt in | quern check rtd -m vocab.txt --against in |\n"
               "    grep labels\n"
               "labels                    1  ok",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct rtd_options),
    .open = open,
    .close = check_close,
    .record = check_record,
    .end = check_end,
};
