/* bart.c - the rules of corrupt --task bart.
 *
 * With --also sentence_order,noise_spans,rotation the order and the spans are verified, and the source is laid out anew
 * (bart_source.c). Without these members only the labels, and which tokens there are, can be verified. */
#include "bart.h"

#include <math.h>

static const char *const share_names[] = {"ratio", "random", "permute-sentences", "delete", "insert", "rotate"};
static const char *const also_names[] = {"sentence_order", "noise_spans", "rotation", NULL};

#define OPTION_SHARE(name, number, value_, text)                                                                       \
    {                                                                                                                  \
        name, 0, OPT_TEXT, OPT_AT(struct bart_options, shares) + (number) * sizeof(const char *),                      \
            .value = "P", .fallback = value_, .help = text                                                             \
    }

struct bart_table {
    struct bart_options given;
    const char *poisson;
};

static const struct option options[] = {
    OPTION_AGAINST(struct bart_table, given.common.against),
    OPTION_MODEL(struct bart_table, given.common.model),
    OPTION_SHARE("ratio", RATIO, "0.3", "the share of the words that was hidden"),
    {"poisson", 0, OPT_TEXT, OPT_AT(struct bart_table, poisson), .value = "N", .fallback = "3.5",
     .help = "the mean of the lengths of spans in words"},
    {"replace-length", 0, OPT_INT, OPT_AT(struct bart_table, given.replace_length), .value = "N", .fallback = "1",
     .min = -1, .max = 1, .help = "a span became one mask, none (0), or one for each token (-1)"},
    OPTION_SHARE("random", RANDOM, "0.1", "the share of the masks that are random tokens"),
    OPTION_SHARE("permute-sentences", PERMUTE, "1", "the share of the sentences that changed places"),
    OPTION_SHARE("delete", DELETE, "0", "the share of the other tokens that was dropped"),
    OPTION_SHARE("insert", INSERT, "0", "the share of the other tokens that has a mask after it"),
    OPTION_SHARE("rotate", ROTATE, "0", "the share of the records that begin at a random token"),
    {"also", 0, OPT_WORDS, OPT_AT(struct bart_table, given.also), .value = "LIST", .choices = also_names,
     .help = "members that were asked for"},
    OPTIONS_RANDOM(struct bart_table, given.random),
    {0},
};

static const char *const rules[] = {RULE_NAMES_COMMON, "labels",  "members",  "order",      "spans",
                                    "source",          "tokens",  "moved",    "insertions", "ends",
                                    "random",          "dropped", "inserted", "rotated",    NULL};

static double to_double(struct decimal decimal)
{
    double value = (double)decimal.digits;
    for (unsigned i = 0; i < decimal.scale; i++)
        value /= 10;
    return value;
}

static int bart_open(struct check *check, struct stage_context *context)
{
    const struct bart_table *table = context->options;
    struct bart *bart = check->state = mem_zalloc(1, sizeof *bart);
    struct decimal poisson;
    bart->given = &table->given;
    if (check->kinds == NULL)
        return diag_error("expected --model, which has the mask token");
    for (size_t i = 0; i < SHARES; i++)
        if (!decimal_read(slice_of(table->given.shares[i]), 1, &bart->shares[i]))
            return diag_error("--%s: expected a share from 0 to 1, found \"%s\"", share_names[i],
                              table->given.shares[i]);
    if (!decimal_read(slice_of(table->poisson), 1000, &poisson))
        return diag_error("--poisson: expected a mean, found \"%s\"", table->poisson);
    bart->poisson = to_double(poisson);
    for (size_t i = 0; i < SHARES; i++)
        bart->values[i] = to_double(bart->shares[i]);
    report_unchecked(check->report, RULE_LABELS, "without --against");
    report_unchecked(check->report, RULE_MEMBERS, "without --against");
    for (size_t i = RULE_ORDER; i <= RULE_SOURCE; i++)
        report_unchecked(check->report, i, "needs --against and --also sentence_order,noise_spans,rotation");
    report_unchecked(check->report, RULE_TOKENS, "without --against");
    if (bart->values[DELETE] > 0 && bart->values[INSERT] > 0)
        report_unchecked(check->report, LAW_RANDOM, "with --delete and --insert, see dropped and inserted");
    report_unchecked(check->report, LAW_DROPPED, "only with --delete");
    report_unchecked(check->report, LAW_INSERTED, "only with --insert");
    return 0;
}

/* ---- the text before ---- */

static bool is_special(const struct check *check, const struct row *row, size_t i)
{
    return row->special_tokens_mask != NULL ? row->special_tokens_mask[i] != 0
                                            : kinds_of(check->kinds, row->input_ids[i]) == ID_SPECIAL;
}

/* A sentence reaches from its first token to where the next begins: the specification, 0.2. */
static void read_sentences(const struct span *spans, size_t count, struct body *body, struct arena *arena)
{
    size_t kept = 0, end = 0;
    body->sentences = arena_array(arena, count + 1, sizeof *body->sentences);
    for (size_t i = 0; i < count; i++) {
        size_t start = spans[i].start > body->from ? spans[i].start - body->from : 0;
        size_t stop = spans[i].end > body->from ? spans[i].end - body->from : 0;
        start = start < end ? end : start;
        stop = stop > body->count ? body->count : stop;
        if (stop <= start)
            continue;
        body->sentences[kept++] = (struct span){(uint32_t)start, (uint32_t)stop};
        end = stop;
    }
    if (kept == 0)
        kept = body->count > 0;
    for (size_t i = 0; i < kept; i++) {
        body->sentences[i].start = i == 0 ? 0 : body->sentences[i].start;
        body->sentences[i].end = i + 1 < kept ? body->sentences[i + 1].start : (uint32_t)body->count;
    }
    body->sentence_count = kept;
}

static bool read_body(struct check *check, const struct record *source, struct body *body, struct arena *arena)
{
    struct row row;
    const struct span *spans;
    size_t count, end;
    *body = (struct body){0};
    if (!check_row(check, source, arena, false, &row) ||
        !check_spans(check, source, SLICE("sentence_tokens"), arena, row.count, true, &spans, &count) ||
        row.word_ids == NULL)
        return false;
    for (end = row.count; end > 0 && is_special(check, &row, end - 1);)
        end--;
    while (body->from < end && is_special(check, &row, body->from))
        body->from++;
    body->count = end - body->from;
    body->ids = row.input_ids + body->from;
    body->words = row.word_ids + body->from;
    read_sentences(spans, count, body, arena);
    return true;
}

/* sentence_order: a permutation, in which as many sentences may move as the share says. */
static bool check_order(struct check *check, struct bart *bart, const struct record *in, struct body *body,
                        struct arena *arena)
{
    const int32_t *order;
    size_t at = 0, moved = 0, n = body->sentence_count;
    uint8_t *used = arena_alloc(arena, n + 1);
    memset(used, 0, n + 1);
    report_checked(check->report, RULE_ORDER);
    if (!check_ints(check, in, SLICE("sentence_order"), arena, n, &order, NULL))
        return false;
    body->places = arena_array(arena, body->count, sizeof *body->places);
    for (size_t i = 0; i < n; i++) {
        if (order[i] < 0 || (size_t)order[i] >= n || used[order[i]]++) {
            report_broken(check->report, RULE_ORDER,
                          "sentence_order[%zu]: expected each of %zu sentences once, found %" PRId32, i, n, order[i]);
            return false;
        }
        moved += (size_t)order[i] != i;
        for (size_t t = body->sentences[order[i]].start; t < body->sentences[order[i]].end; t++)
            body->places[at++] = t;
    }
    uint64_t most = decimal_share(bart->shares[PERMUTE], n);
    if (moved > most)
        report_broken(check->report, RULE_ORDER,
                      "sentence_order: expected at most %" PRIu64 " sentences to move, found %zu", most, moved);
    if (most > 1) {
        drift_add(&bart->moved, (double)moved, (double)most - 1);
        bart->moved_count++;
    }
    return true;
}

/* Does a word begin at a place of the permuted text? */
static bool begins_word(const struct body *body, size_t place)
{
    size_t token = body->places[place];
    return place == 0 || body->words[token] < 0 || body->places[place - 1] + 1 != token ||
           body->words[token - 1] != body->words[token];
}

static size_t words_in(const struct body *body, size_t from, size_t to)
{
    size_t words = 0;
    for (size_t i = from; i < to; i++)
        words += body->words[body->places[i]] >= 0 && begins_word(body, i);
    return words;
}

/* ---- spans ---- */

static bool bad_span(struct check *check, size_t i, struct span span, const char *expected)
{
    report_broken(check->report, RULE_SPANS, "noise_spans[%zu]: expected %s, found [%" PRIu32 ",%" PRIu32 "]", i,
                  expected, span.start, span.end);
    return false;
}

/* Whole words, ascending, with a word between two, as many as the ratio says. */
static bool check_noise(struct check *check, struct bart *bart, const struct body *body, const struct span *spans,
                        size_t count)
{
    size_t all = words_in(body, 0, body->count), hidden = 0, long_ = 0, zero = 0, end = 0;
    uint64_t budget = decimal_share(bart->shares[RATIO], all);
    bool first = false, last = false;
    report_checked(check->report, RULE_SPANS);
    for (size_t i = 0; i < count; i++) {
        struct span span = spans[i];
        if (span.start < end || (i > 0 && span.start < spans[i - 1].start))
            return bad_span(check, i, span, "ascending ranges");
        if (span.start < body->count && !begins_word(body, span.start))
            return bad_span(check, i, span, "the beginning of a word");
        if (span.start == span.end) {
            zero++;
            continue;
        }
        if ((span.end < body->count && !begins_word(body, span.end)) || words_in(body, span.start, span.end) == 0)
            return bad_span(check, i, span, "whole words");
        if (long_ > 0 && words_in(body, end, span.start) == 0)
            return bad_span(check, i, span, "a word between two spans");
        first = first || words_in(body, 0, span.start) == 0;
        last = words_in(body, span.end, body->count) == 0;
        hidden += words_in(body, span.start, span.end);
        end = span.end;
        long_++;
    }
    if (hidden != budget) {
        report_broken(check->report, RULE_SPANS, "noise_spans: expected %" PRIu64 " of %zu words hidden, found %zu",
                      budget, all, hidden);
        return false;
    }
    if (long_ == 0 || all - hidden < 2 * long_) /* spans may have been joined */
        return true;
    double none = exp(-bart->poisson), share = (double)long_ / (double)(all - hidden + 1);
    drift_add(&bart->insertions, (double)zero, (double)long_ * none / (1 - none));
    drift_add(&bart->ends[0], first, share);
    drift_add(&bart->ends[1], last, share);
    bart->span_count += long_ + zero;
    return true;
}

/* ---- the record ---- */

static void check_labels(struct check *check, const struct record *source, const struct record *in, struct arena *arena)
{
    static const char *const changed[] = {"input_ids",      "labels",      "attention_mask", "epoch",
                                          "sentence_order", "noise_spans", "rotation",       NULL};
    const int32_t *labels, *before;
    size_t count, all;
    report_checked(check->report, RULE_LABELS);
    check_kept(check, RULE_MEMBERS, source, in, changed, arena);
    if (!check_ints(check, in, SLICE("labels"), arena, SIZE_MAX, &labels, &count) ||
        rec_ints(source, SLICE("input_ids"), arena, &before, &all) < 0)
        return;
    if (count != all || (count > 0 && memcmp(labels, before, count * sizeof *labels) != 0))
        report_broken(check->report, RULE_LABELS, "labels: expected the %zu tokens of --against, found others", all);
    if (check_has(in, "tokens") || check_has(in, "word_ids") || check_has(in, "sentence_tokens"))
        report_broken(check->report, RULE_MEMBERS, "expected no member about the tokens before");
}

static int bart_record(struct check *check, const struct record *in, struct arena *arena)
{
    struct bart *bart = check->state;
    const struct record *source;
    struct body body;
    size_t count;
    bool told = check_has(in, "sentence_order") && check_has(in, "noise_spans") && check_has(in, "rotation");
    if (check_source(check, in, &bart->given->random, arena, &source) < 0)
        return -1;
    for (size_t i = 0; i < bart->given->also.len; i++)
        if (!check_has(in, bart->given->also.items[i]))
            report_broken(check->report, RULE_SHAPE, "%s: missing", bart->given->also.items[i]);
    if (source == NULL)
        return 0;
    check_labels(check, source, in, arena);
    bart_check_tokens(check, bart, source, in, arena);
    if (!told || !read_body(check, source, &body, arena) || !check_order(check, bart, in, &body, arena))
        return 0;
    const struct span *read;
    if (!check_spans(check, in, SLICE("noise_spans"), arena, body.from + body.count, true, &read, &count))
        return 0;
    struct span *spans = arena_array(arena, count, sizeof *spans); /* in the body */
    for (size_t i = 0; i < count; i++) {
        if (read[i].start < body.from)
            return (int)bad_span(check, i, read[i], "no special token at the beginning");
        spans[i] = (struct span){read[i].start - (uint32_t)body.from, read[i].end - (uint32_t)body.from};
    }
    if (check_noise(check, bart, &body, spans, count))
        bart_check_source(check, bart, source, in, &body, spans, count, arena);
    return 0;
}

static int bart_end(struct check *check, struct arena *arena)
{
    struct bart *bart = check->state;
    (void)arena;
    report_law(check->report, LAW_MOVED, drift_p(&bart->moved, 1), bart->moved_count, "records");
    report_law(check->report, LAW_INSERTIONS, drift_p(&bart->insertions, 1), bart->span_count, "spans");
    report_law(check->report, LAW_ENDS, drift_p(bart->ends, 2), bart->span_count, "spans");
    report_law(check->report, LAW_RANDOM, drift_p(&bart->random, 1), bart->mask_count, "masks");
    report_law(check->report, LAW_DROPPED, drift_p(&bart->dropped, 1), bart->dropped_count, "tokens");
    report_law(check->report, LAW_INSERTED, drift_p(&bart->inserted, 1), bart->inserted_count, "tokens");
    report_law(check->report, LAW_ROTATED, drift_p(&bart->rotated, 1), bart->rotated.decisions, "records");
    return 0;
}

static void bart_close(struct check *check)
{
    mem_free(check->state);
}

static const struct task task = {rules, bart_open, bart_record, bart_end, bart_close};

static int open(struct stage_context *context, void **shared)
{
    return check_open(context, &task, &((const struct bart_table *)context->options)->given.common, shared);
}

const struct stage stage_check_bart = {
    .name = "check bart",
    .summary = "verify what corrupt --task bart has written",
    .example = "$ printf '%s\\n' '[UNK]' '[MASK]' a b >vocab.txt\n"
               "$ echo '{\"id\":\"a\",\"input_ids\":[2,3]}' >a\n"
               "$ echo '{\"id\":\"a\",\"input_ids\":[1,3],\"labels\":[2,3]}' |\n"
               "    quern check bart -m vocab.txt --against a | grep labels\n"
               "labels                    1  ok",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct bart_table),
    .open = open,
    .close = check_close,
    .record = check_record,
    .end = check_end,
};
