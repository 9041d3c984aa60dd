/* rtd.c - the rules of rtd. */
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
    {"unigram", 0, OPT_FILE, OPT_AT(struct rtd_options, unigram), .value = "FILE", .help = "the counts of the ids"},
    {"also", 0, OPT_WORDS, OPT_AT(struct rtd_options, also), .value = "LIST", .choices = also_names,
     .help = "members that were asked for"},
    OPTIONS_RANDOM(struct rtd_options, random),
    {0},
};

enum { RULE_UNTOUCHED = RULES_COMMON, RULE_FILLED, RULE_LABELS, RULE_ALSO, LAW_REPLACED, LAW_GENERATOR };
static const char *const rules[] = {RULE_NAMES_COMMON, "untouched", "filled", "labels", "also",
                                    "replaced",        "generator", NULL};

struct rtd {
    const struct rtd_options *given;
    struct weights weights;
    struct drift replaced;
    double seen[BUCKETS], expected[BUCKETS];
    uint64_t filled;
};

static int rtd_open(struct check *check, struct stage_context *context)
{
    const struct rtd_options *given = context->options;
    struct rtd *rtd = check->state = mem_zalloc(1, sizeof *rtd);
    rtd->given = given;
    if (check->kinds == NULL)
        return diag_error("expected --model, which has the mask token");
    if ((given->generator == GENERATOR_UNIGRAM) != (given->unigram != NULL))
        return diag_error("--generator unigram goes with --unigram FILE");
    report_unchecked(check->report, RULE_UNTOUCHED, "without --against");
    report_unchecked(check->report, RULE_FILLED, "without --against");
    report_unchecked(check->report, RULE_ALSO, "not asked for (--also)");
    return weights_open(&rtd->weights, check->kinds, given->unigram != NULL ? given->unigram : "vocabulary");
}

/* The masked record: input_ids and labels of --against. */
struct masked {
    const int32_t *ids, *labels;
};

static int32_t original_of(const struct masked *masked, size_t i)
{
    return masked->labels[i] != IGNORE_INDEX ? masked->labels[i] : masked->ids[i];
}

static void count_fill(struct rtd *rtd, int32_t id, int32_t original)
{
    drift_add(&rtd->replaced, id != original, 1 - rtd->weights.shares[original]);
    rtd->seen[rtd->weights.buckets[id]]++;
    for (size_t i = 0; i < BUCKETS; i++)
        rtd->expected[i] += rtd->weights.bucket_shares[i];
    rtd->filled++;
}

/* A mask that has a label is filled by the generator; any other token stays. */
static void check_filled(struct check *check, struct rtd *rtd, const struct row *row, const struct masked *masked)
{
    report_checked(check->report, RULE_FILLED);
    for (size_t i = 0; i < row->count; i++) {
        bool filled = masked->ids[i] == check->kinds->mask_id && masked->labels[i] != IGNORE_INDEX;
        if (filled ? rtd->weights.shares[row->input_ids[i]] > 0 : row->input_ids[i] == masked->ids[i]) {
            if (filled && original_of(masked, i) >= 0 && original_of(masked, i) < check->kinds->size)
                count_fill(rtd, row->input_ids[i], original_of(masked, i));
            continue;
        }
        report_broken(check->report, RULE_FILLED, "input_ids[%zu]: expected %s%" PRId32 ", found %" PRId32, i,
                      filled ? "a token of the generator for the mask " : "", masked->ids[i], row->input_ids[i]);
        return;
    }
}

/* masked NULL: not known; then a label is 0 or 1 on each token that is not special. */
static void check_labels(struct check *check, const struct row *row, const struct masked *masked)
{
    report_checked(check->report, RULE_LABELS);
    for (size_t i = 0; i < row->count; i++) {
        int32_t original = masked != NULL ? original_of(masked, i) : row->input_ids[i], found = row->labels[i];
        bool special = row->special_tokens_mask != NULL ? row->special_tokens_mask[i] != 0
                                                        : kinds_of(check->kinds, original) == ID_SPECIAL;
        int32_t expected = special ? IGNORE_INDEX : masked == NULL && found == 1 ? 1 : row->input_ids[i] != original;
        if (found == expected || (masked == NULL && row->special_tokens_mask == NULL && found == IGNORE_INDEX))
            continue;
        report_broken(check->report, RULE_LABELS, "labels[%zu]: expected %" PRId32 "%s, found %" PRId32, i, expected,
                      masked == NULL && !special ? " or 1" : "", found);
        return;
    }
}

/* A member that holds what was read. */
static void check_also(struct check *check, const struct record *in, const char *name, const int32_t *expected,
                       size_t count, struct arena *arena)
{
    const int32_t *found;
    report_checked(check->report, RULE_ALSO);
    if (check_ints(check, in, slice_of(name), arena, count, &found, NULL) && expected != NULL && count > 0 &&
        memcmp(found, expected, count * sizeof *found) != 0)
        report_broken(check->report, RULE_ALSO, "%s: expected what was read", name);
}

static int rtd_record(struct check *check, const struct record *in, struct arena *arena)
{
    static const char *const changed[] = {"input_ids", "labels", "masked_input_ids", "mlm_labels", "epoch", NULL};
    struct rtd *rtd = check->state;
    const struct record *source;
    struct masked masked = {NULL, NULL};
    struct row row;
    size_t counts[2] = {0, 0};
    if (check_source(check, in, &rtd->given->random, arena, &source) < 0)
        return -1;
    if (!check_row(check, in, arena, true, &row))
        return 0;
    if (source != NULL) {
        if (rec_ints(source, SLICE("input_ids"), arena, &masked.ids, &counts[0]) < 0 ||
            rec_ints(source, SLICE("labels"), arena, &masked.labels, &counts[1]) < 0 || counts[0] != row.count ||
            counts[1] != row.count) {
            report_broken(check->report, RULE_JOIN, "--against: expected a masked record of %zu tokens", row.count);
            return 0;
        }
        check_untouched(check, RULE_UNTOUCHED, source, in, changed, arena);
        check_filled(check, rtd, &row, &masked);
    }
    check_labels(check, &row, source != NULL ? &masked : NULL);
    for (size_t i = 0; i < rtd->given->also.len; i++)
        check_also(check, in, rtd->given->also.items[i],
                   strcmp(rtd->given->also.items[i], "mlm_labels") == 0 ? masked.labels : masked.ids, row.count, arena);
    return 0;
}

static int rtd_end(struct check *check, struct arena *arena)
{
    struct rtd *rtd = check->state;
    (void)arena;
    report_law(check->report, LAW_REPLACED, drift_p(&rtd->replaced, 1), rtd->filled, "masks");
    report_law(check->report, LAW_GENERATOR, verdict_counts_p(rtd->seen, rtd->expected, BUCKETS), rtd->filled, "masks");
    return 0;
}

static void rtd_close(struct check *check)
{
    struct rtd *rtd = check->state;
    weights_close(&rtd->weights);
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
    .example = "$ printf '%s\\n' '[UNK]' '[MASK]' '[CLS]' a b >vocab.txt\n"
               "$ echo '{\"id\":\"a\",\"input_ids\":[2,3,4],\"labels\":[-100,0,1]}' |\n"
               "    quern check rtd -m vocab.txt | grep labels\n"
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
