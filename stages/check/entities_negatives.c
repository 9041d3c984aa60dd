/* entities_negatives.c - the rules of entities negatives. */
#include "entities.h"

struct negatives_options {
    struct check_options common;
    struct words labels;
    int64_t negatives, per_positive, max_width;
    const char *per_token;
    int overlap;
    struct random_options random;
};

enum { OVERLAP_ALLOW, OVERLAP_FORBID };
static const char *const overlap_names[] = {"allow", "forbid", NULL};

static const struct option options[] = {
    OPTION_AGAINST(struct negatives_options, common.against),
    {"labels", 0, OPT_WORDS, OPT_AT(struct negatives_options, labels), .value = "NAME,...", .required = true,
     .help = "the labels of entities, in the order of their numbers from 1"},
    {"negatives", 0, OPT_INT, OPT_AT(struct negatives_options, negatives), .value = "N", .fallback = "-1", .min = -1,
     .max = INT32_MAX, .help = "how many were drawn for each record"},
    {"per-positive", 0, OPT_INT, OPT_AT(struct negatives_options, per_positive), .value = "K", .fallback = "-1",
     .min = -1, .max = INT32_MAX, .help = "how many for each entity"},
    {"per-token", 0, OPT_TEXT, OPT_AT(struct negatives_options, per_token), .value = "P",
     .help = "how many for each token of the text, rounded up"},
    {"max-width", 0, OPT_INT, OPT_AT(struct negatives_options, max_width), .value = "W", .fallback = "8", .min = 1,
     .max = INT32_MAX, .help = "tokens of the longest one"},
    {"overlap", 0, OPT_CHOICE, OPT_AT(struct negatives_options, overlap), .value = "WHAT", .fallback = "allow",
     .choices = overlap_names, .help = "whether they may share tokens with entities"},
    OPTIONS_RANDOM(struct negatives_options, random),
    {0},
};

enum { RULE_UNTOUCHED = RULES_COMMON, RULE_GOLD, RULE_SPANS, RULE_BUDGET, LAW_PLACE, LAW_WIDTH, LAW_EPOCHS };
static const char *const rules[] = {RULE_NAMES_COMMON, "untouched", "gold",   "spans", "budget",
                                    "position",        "width",     "epochs", NULL};

enum { WIDTHS = 16, PLACES = 20 };
struct negatives {
    const struct negatives_options *given;
    struct decimal per_token;
    struct drift place[PLACES], width[WIDTHS], epochs;
    uint64_t drawn, compared;
    struct identity identity; /* of the record before, and what was drawn for it */
    VEC(struct span) before;
};

static int negatives_open(struct check *check, struct stage_context *context)
{
    const struct negatives_options *given = context->options;
    struct negatives *negatives = check->state = mem_zalloc(1, sizeof *negatives);
    negatives->given = given;
    if ((given->negatives >= 0) + (given->per_positive >= 0) + (given->per_token != NULL) != 1)
        return diag_error("expected one of --negatives N, --per-positive K and --per-token P");
    if (given->per_token != NULL && !decimal_read(slice_of(given->per_token), 1, &negatives->per_token))
        return diag_error("--per-token: expected a number from 0 to 1, found \"%s\"", given->per_token);
    if (given->common.against == NULL)
        report_unchecked(check->report, RULE_UNTOUCHED, "without --against");
    report_unchecked(check->report, LAW_EPOCHS, "no copies");
    return 0;
}

/* ---- candidates ---- */

static bool word_begins(const struct entity_record *record, size_t i)
{
    return i == 0 || i == record->count || record->text[i] != record->text[i - 1] ||
           record->words[i] != record->words[i - 1];
}

/* A range of whole words, of at most so many tokens of the text, that is no entity. */
static bool is_candidate(const struct negatives *negatives, const struct entity_record *record, struct span span)
{
    if (!word_begins(record, span.start) || !word_begins(record, span.end))
        return false;
    for (size_t i = span.start; i < span.end; i++)
        if (!record->text[i] || record->words[i] < 0)
            return false;
    for (size_t i = 0; i < record->entity_count; i++) {
        struct span entity = record->entities[i];
        bool same = entity.start == span.start && entity.end == span.end;
        bool shares = entity.start < span.end && span.start < entity.end;
        if (same || (shares && negatives->given->overlap == OVERLAP_FORBID))
            return false;
    }
    return true;
}

struct counts {
    double place[PLACES], width[WIDTHS];
    size_t all;
};

static void count_span(struct counts *counts, const struct entity_record *record, struct span span)
{
    size_t width = span.end - span.start;
    counts->place[(size_t)span.start * PLACES / record->count]++;
    counts->width[width <= WIDTHS ? width - 1 : WIDTHS - 1]++;
    counts->all++;
}

static void count_candidates(const struct negatives *negatives, const struct entity_record *record,
                             struct counts *counts)
{
    for (size_t i = 0; i < record->count; i++)
        for (size_t end = i + 1; end <= record->count && end - i <= (size_t)negatives->given->max_width; end++) {
            struct span span = {(uint32_t)i, (uint32_t)end};
            if (is_candidate(negatives, record, span))
                count_span(counts, record, span);
        }
}

static size_t budget_of(const struct negatives *negatives, const struct entity_record *record, size_t gold)
{
    const struct negatives_options *given = negatives->given;
    size_t text = 0;
    for (size_t i = 0; i < record->count; i++)
        text += record->text[i];
    if (given->per_token != NULL)
        return (size_t)decimal_least(negatives->per_token, text);
    return given->negatives >= 0 ? (size_t)given->negatives : (size_t)given->per_positive * gold;
}

/* ---- a record ---- */

/* The entities, in their order, with the numbers of their labels; *gold: how many. */
static bool check_gold(struct check *check, const struct negatives *negatives, const struct entity_record *record,
                       const struct span *spans, const int32_t *labels, size_t count, size_t *gold)
{
    *gold = 0;
    report_checked(check->report, RULE_GOLD);
    for (size_t i = 0; i < record->entity_count; i++) {
        struct span entity = record->entities[i];
        int32_t number = entity_number(&negatives->given->labels, record->labels[i]) + 1;
        if (entity.start == entity.end)
            continue;
        if (*gold == count || spans[*gold].start != entity.start || spans[*gold].end != entity.end ||
            labels[*gold] != number || number == 0) {
            report_broken(check->report, RULE_GOLD,
                          "spans[%zu]: expected entity %zu, [%" PRIu32 ",%" PRIu32 "] with label %" PRId32, *gold, i,
                          entity.start, entity.end, number);
            return false;
        }
        ++*gold;
    }
    return true;
}

/* The rest are candidates, ascending, with label 0. */
static bool check_drawn(struct check *check, const struct negatives *negatives, const struct entity_record *record,
                        const struct span *spans, const int32_t *labels, size_t from, size_t count)
{
    report_checked(check->report, RULE_SPANS);
    for (size_t i = from; i < count; i++) {
        struct span span = spans[i];
        bool after = i == from || span.start > spans[i - 1].start ||
                     (span.start == spans[i - 1].start && span.end > spans[i - 1].end);
        if (after && labels[i] == 0 && span.end - span.start <= (size_t)negatives->given->max_width &&
            is_candidate(negatives, record, span))
            continue;
        report_broken(check->report, RULE_SPANS,
                      "spans[%zu]: expected whole words of at most %" PRId64
                      " tokens, no entity, after the one before, with label 0, found [%" PRIu32 ",%" PRIu32
                      "], label %" PRId32,
                      i, negatives->given->max_width, span.start, span.end, labels[i]);
        return false;
    }
    return true;
}

/* Copies of a record have as many negatives in common as chance gives. */
static void count_copies(struct negatives *negatives, const struct span *spans, size_t count, size_t candidates,
                         struct identity identity)
{
    double same = 0;
    if (negatives->identity.high == identity.high && negatives->identity.low == identity.low && candidates > count) {
        for (size_t i = 0, k = 0; i < count; i++) {
            while (k < negatives->before.len && (negatives->before.items[k].start < spans[i].start ||
                                                 (negatives->before.items[k].start == spans[i].start &&
                                                  negatives->before.items[k].end < spans[i].end)))
                k++;
            same += k < negatives->before.len && negatives->before.items[k].start == spans[i].start &&
                    negatives->before.items[k].end == spans[i].end;
        }
        drift_add(&negatives->epochs, same, (double)count * (double)negatives->before.len / (double)candidates);
        negatives->compared += count;
    }
    negatives->before.len = 0;
    for (size_t i = 0; i < count; i++)
        vec_push(&negatives->before, spans[i]);
    negatives->identity = identity;
}

static void check_negatives(struct check *check, const struct record *in, struct arena *arena)
{
    struct negatives *negatives = check->state;
    struct entity_record record = {0};
    const struct span *spans;
    const int32_t *labels;
    size_t count, gold;
    struct counts all = {0}, seen = {0};
    struct identity identity;
    if (!entity_record_read(check, in, true, true, arena, &record) ||
        !check_spans(check, in, SLICE("spans"), arena, record.count, false, &spans, &count) ||
        !check_ints(check, in, SLICE("span_labels"), arena, count, &labels, NULL) ||
        !check_gold(check, negatives, &record, spans, labels, count, &gold) ||
        !check_drawn(check, negatives, &record, spans, labels, gold, count))
        return;
    count_candidates(negatives, &record, &all);
    for (size_t i = gold; i < count; i++)
        count_span(&seen, &record, spans[i]);
    size_t budget = budget_of(negatives, &record, gold), expected = budget < all.all ? budget : all.all;
    report_checked(check->report, RULE_BUDGET);
    if (seen.all != expected) {
        report_broken(check->report, RULE_BUDGET, "spans: expected %zu negatives of %zu that there are, found %zu",
                      expected, all.all, seen.all);
        return;
    }
    double share = all.all > 0 ? (double)seen.all / (double)all.all : 0;
    for (size_t i = 0; i < PLACES; i++)
        drift_add(&negatives->place[i], seen.place[i], all.place[i] * share);
    for (size_t i = 0; i < WIDTHS; i++)
        drift_add(&negatives->width[i], seen.width[i], all.width[i] * share);
    negatives->drawn += seen.all;
    if (lineage_identity(in, SLICE("text"), arena, &identity) == 0)
        count_copies(negatives, spans + gold, count - gold, all.all, identity);
}

static int negatives_record(struct check *check, const struct record *in, struct arena *arena)
{
    const struct negatives_options *given = check->options;
    static const char *const changed[] = {"spans", "span_labels", "epoch", NULL};
    const struct record *source;
    if (check_source(check, in, &given->random, arena, &source) < 0)
        return -1;
    if (source != NULL)
        check_untouched(check, RULE_UNTOUCHED, source, in, changed, arena);
    check_negatives(check, in, arena);
    return 0;
}

static int negatives_end(struct check *check, struct arena *arena)
{
    const struct negatives *negatives = check->state;
    (void)arena;
    report_law(check->report, LAW_PLACE, drift_p(negatives->place, PLACES), negatives->drawn, "spans");
    report_law(check->report, LAW_WIDTH, drift_p(negatives->width, WIDTHS), negatives->drawn, "spans");
    report_law(check->report, LAW_EPOCHS, drift_p(&negatives->epochs, 1), negatives->compared, "spans");
    return 0;
}

static void negatives_close(struct check *check)
{
    struct negatives *negatives = check->state;
    vec_free(&negatives->before);
    mem_free(negatives);
}

static const struct task task = {rules, negatives_open, negatives_record, negatives_end, negatives_close};

static int open(struct stage_context *context, void **shared)
{
    return check_open(context, &task, &((const struct negatives_options *)context->options)->common, shared);
}

const struct stage stage_check_entities_negatives = {
    .name = "check entities negatives",
    .summary = "verify what entities negatives has written",
    .example = "$ printf '{\"id\":1,\"input_ids\":[7,8],\"special_tokens_mask\":[0,0],' >record\n"
               "$ echo '\"word_ids\":[0,1],\"entities\":[],\"entity_tokens\":[]}' >>record\n"
               "$ quern entities negatives --labels PER --negatives 2 record |\n"
               "    quern check entities negatives --labels PER --negatives 2 | grep budget\n"
               "budget                    1  ok",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct negatives_options),
    .open = open,
    .close = check_close,
    .record = check_record,
    .end = check_end,
};
