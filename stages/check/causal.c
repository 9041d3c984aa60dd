/* causal.c - the rules of causal. */
#include "check.h"

#include "text/json.h"

enum { START_KEEP, START_IGNORE };
enum { PLACES = 20 };

struct causal_options {
    struct check_options common;
    int document_start;
    struct words ignore;
    const char *loss_spans;
    bool allow_empty, prefix, shift;
    struct random_options random;
};

static const char *const start_names[] = {"keep", "ignore", NULL};

static const struct option options[] = {
    OPTION_AGAINST(struct causal_options, common.against),
    OPTION_MODEL(struct causal_options, common.model),
    {"document-start", 0, OPT_CHOICE, OPT_AT(struct causal_options, document_start), .value = "WHAT",
     .fallback = "keep", .choices = start_names, .help = "whether the first token of a later document has a label"},
    {"ignore", 0, OPT_WORDS, OPT_AT(struct causal_options, ignore), .value = "LIST", .help = "tokens without a label"},
    {"loss-spans", 0, OPT_TEXT, OPT_AT(struct causal_options, loss_spans), .value = "MEMBER",
     .help = "labels only in these ranges"},
    {"allow-empty", 0, OPT_FLAG, OPT_AT(struct causal_options, allow_empty), .help = "a record may be without ranges"},
    {"prefix", 0, OPT_FLAG, OPT_AT(struct causal_options, prefix), .help = "no labels on a prefix of random length"},
    {"shift", 0, OPT_FLAG, OPT_AT(struct causal_options, shift), .help = "a label is the id of the next token"},
    OPTIONS_RANDOM(struct causal_options, random),
    {0},
};

enum { RULE_UNTOUCHED = RULES_COMMON, RULE_LABELS, RULE_PREFIX, LAW_PREFIXES };
static const char *const rules[] = {RULE_NAMES_COMMON, "untouched", "labels", "prefix", "prefixes", NULL};

struct causal {
    const struct causal_options *given;
    int32_t *ignored;
    size_t ignored_count;
    double seen[PLACES], expected[PLACES];
    uint64_t count;
};

static int causal_open(struct check *check, struct stage_context *context)
{
    const struct causal_options *given = context->options;
    struct causal *causal = check->state = mem_zalloc(1, sizeof *causal);
    causal->given = given;
    causal->ignored = mem_zalloc(given->ignore.len + 1, sizeof *causal->ignored);
    for (size_t i = 0; i < given->ignore.len; i++)
        if (kinds_find(check->kinds, "ignore", slice_of(given->ignore.items[i]),
                       &causal->ignored[causal->ignored_count++]) < 0)
            return -1;
    report_unchecked(check->report, RULE_UNTOUCHED, "without --against");
    report_unchecked(check->report, RULE_PREFIX, "without --prefix");
    report_unchecked(check->report, LAW_PREFIXES, "without --prefix");
    return 0;
}

static bool is_ignored(const struct causal *causal, int32_t id)
{
    for (size_t i = 0; i < causal->ignored_count; i++)
        if (causal->ignored[i] == id)
            return true;
    return false;
}

/* prefix_length, from 1 to n - 1. False if it is not as it should be. */
static bool read_prefix(struct check *check, struct causal *causal, const struct record *in, const struct row *row,
                        int64_t *prefix)
{
    size_t n = 0;
    *prefix = 0;
    if (!causal->given->prefix)
        return true;
    for (size_t i = 0; i < row->count; i++)
        n += row->attention_mask == NULL || row->attention_mask[i] != 0;
    report_checked(check->report, RULE_PREFIX);
    if (!check_int(check, in, SLICE("prefix_length"), prefix))
        return false;
    if (*prefix < 1 || *prefix >= (int64_t)n) {
        report_broken(check->report, RULE_PREFIX, "prefix_length: expected from 1 to %zu, found %" PRId64,
                      n > 0 ? n - 1 : 0, *prefix);
        return false;
    }
    if (n > PLACES) {
        size_t lengths = n - 1;
        causal->seen[((size_t)*prefix - 1) * PLACES / lengths]++;
        for (size_t i = 0; i < PLACES; i++)
            causal->expected[i] += verdict_bin_share(i, PLACES, lengths);
        causal->count++;
    }
    return true;
}

static bool in_spans(const struct span *spans, size_t count, size_t token)
{
    for (size_t i = 0; i < count; i++)
        if (token >= spans[i].start && token < spans[i].end)
            return true;
    return false;
}

static int causal_record(struct check *check, const struct record *in, struct arena *arena)
{
    static const char *const changed[] = {"labels", "prefix_length", "epoch", NULL};
    struct causal *causal = check->state;
    const struct causal_options *given = causal->given;
    const struct record *source;
    const struct span *spans = NULL;
    size_t span_count = 0;
    struct row row;
    int64_t prefix;
    if (check_source(check, in, &given->random, arena, &source) < 0)
        return -1;
    if (!check_row(check, in, arena, true, &row) || !read_prefix(check, causal, in, &row, &prefix))
        return 0;
    if (source != NULL)
        check_untouched(check, RULE_UNTOUCHED, source, in, changed, arena);
    if (given->loss_spans != NULL &&
        !check_spans(check, in, slice_of(given->loss_spans), arena, row.count, true, &spans, &span_count))
        return 0;
    if (given->document_start == START_IGNORE && row.doc_ids == NULL) {
        report_broken(check->report, RULE_SHAPE, "doc_ids: missing, but --document-start is ignore");
        return 0;
    }
    report_checked(check->report, RULE_LABELS);
    for (size_t i = 0; i < row.count; i++) {
        size_t token = i + given->shift; /* that the label is of */
        bool loss = token < row.count && (row.attention_mask == NULL || row.attention_mask[token] != 0) &&
                    token >= (size_t)prefix && !is_ignored(causal, row.input_ids[token]) &&
                    (given->loss_spans == NULL || in_spans(spans, span_count, token)) &&
                    (given->document_start == START_KEEP || token == 0 || row.doc_ids[token] == row.doc_ids[token - 1]);
        int32_t expected = loss ? row.input_ids[token] : IGNORE_INDEX;
        if (row.labels[i] == expected)
            continue;
        report_broken(check->report, RULE_LABELS, "labels[%zu]: expected %" PRId32 ", found %" PRId32, i, expected,
                      row.labels[i]);
        break;
    }
    return 0;
}

static int causal_end(struct check *check, struct arena *arena)
{
    struct causal *causal = check->state;
    (void)arena;
    report_law(check->report, LAW_PREFIXES, verdict_counts_p(causal->seen, causal->expected, PLACES), causal->count,
               "records");
    return 0;
}

static void causal_close(struct check *check)
{
    struct causal *causal = check->state;
    mem_free(causal->ignored);
    mem_free(causal);
}

static const struct task task = {rules, causal_open, causal_record, causal_end, causal_close};

static int open(struct stage_context *context, void **shared)
{
    return check_open(context, &task, &((const struct causal_options *)context->options)->common, shared);
}

const struct stage stage_check_causal = {
    .name = "check causal",
    .summary = "verify what causal has written",
    .example = "$ echo '{\"id\":\"a\",\"input_ids\":[11,12],\"labels\":[12,-100]}' |\n"
               "    quern check causal --shift | grep labels\n"
               "labels                    1  ok",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct causal_options),
    .open = open,
    .close = check_close,
    .record = check_record,
    .end = check_end,
};
