/* fim.c - the rules of corrupt --task fim. */
#include "check.h"

#include "text/text.h"

enum { PLACES = 20 };
enum { PREFIX, SUFFIX, MIDDLE, MARKERS };

struct fim_options {
    struct check_options common;
    const char *field, *rate, *spm_rate, *markers[MARKERS];
    struct random_options random;
};

#define OPTION_MARKER(name, number, token)                                                                             \
    {                                                                                                                  \
        name, 0, OPT_TEXT, OPT_AT(struct fim_options, markers) + (number) * sizeof(const char *),                      \
            .value = "T", .fallback = token, .help = "the marker before this part"                                     \
    }

static const struct option options[] = {
    OPTION_AGAINST(struct fim_options, common.against),
    OPTION_FIELD(struct fim_options, field),
    {"rate", 0, OPT_TEXT, OPT_AT(struct fim_options, rate), .value = "P", .fallback = "0.5",
     .help = "share of the texts that were rearranged"},
    {"spm-rate", 0, OPT_TEXT, OPT_AT(struct fim_options, spm_rate), .value = "P", .fallback = "0.5",
     .help = "share of these that have the suffix first"},
    OPTION_MARKER("prefix-token", PREFIX, "<fim_prefix>"),
    OPTION_MARKER("suffix-token", SUFFIX, "<fim_suffix>"),
    OPTION_MARKER("middle-token", MIDDLE, "<fim_middle>"),
    OPTIONS_RANDOM(struct fim_options, random),
    {0},
};

enum { RULE_UNTOUCHED = RULES_COMMON, RULE_CUTS, RULE_TEXT, LAW_RATE, LAW_ORDER, LAW_PLACES };
static const char *const rules[] = {RULE_NAMES_COMMON, "untouched", "cuts", "text", "rate", "order", "places", NULL};

struct fim {
    const struct fim_options *given;
    double rate, spm_rate;
    struct drift rated, spm;
    double seen[PLACES], expected[PLACES];
    uint64_t cuts;
};

static int read_share(const char *option, const char *text, double *share)
{
    struct decimal p;
    if (!decimal_read(slice_of(text), 1, &p))
        return diag_error("--%s: expected a share from 0 to 1, found \"%s\"", option, text);
    *share = (double)p.digits;
    for (unsigned i = 0; i < p.scale; i++)
        *share /= 10;
    return 0;
}

static int fim_open(struct check *check, struct stage_context *context)
{
    const struct fim_options *given = context->options;
    struct fim *fim = check->state = mem_zalloc(1, sizeof *fim);
    fim->given = given;
    report_unchecked(check->report, RULE_UNTOUCHED, "without --against");
    report_unchecked(check->report, RULE_TEXT, "without --against");
    return read_share("rate", given->rate, &fim->rate) < 0 ? -1
                                                           : read_share("spm-rate", given->spm_rate, &fim->spm_rate);
}

/* The bytes of [from, to) in code points. */
static struct slice points(struct slice text, size_t from, size_t to)
{
    const char *at = text.ptr, *end = text.ptr + text.len, *start;
    size_t point = 0;
    for (; point < from && at < end; point++)
        at += text_sequence(at, end);
    for (start = at; point < to && at < end; point++)
        at += text_sequence(at, end);
    return slice_between(start, at);
}

static void put_part(struct bytes *out, const struct fim *fim, int marker, struct slice part)
{
    bytes_put(out, slice_of(fim->given->markers[marker]));
    bytes_put(out, part);
}

/* psm: PRE prefix SUF suffix MID middle. spm: PRE SUF suffix MID prefix middle. */
static void arrange(const struct fim *fim, struct slice text, bool spm, const int32_t cuts[2], struct bytes *out)
{
    struct slice prefix = points(text, 0, (size_t)cuts[0]), middle = points(text, (size_t)cuts[0], (size_t)cuts[1]);
    struct slice suffix = points(text, (size_t)cuts[1], SIZE_MAX);
    put_part(out, fim, PREFIX, spm ? SLICE("") : prefix);
    put_part(out, fim, SUFFIX, suffix);
    put_part(out, fim, MIDDLE, spm ? prefix : middle);
    if (spm)
        bytes_put(out, middle);
}

static void count_cuts(struct fim *fim, const int32_t cuts[2], size_t length)
{
    size_t choices = length + 1;
    if (choices < PLACES)
        return;
    for (size_t i = 0; i < 2; i++)
        fim->seen[(size_t)cuts[i] * PLACES / choices]++;
    for (size_t i = 0; i < PLACES; i++)
        fim->expected[i] += 2 * verdict_bin_share(i, PLACES, choices);
    fim->cuts += 2;
}

static void check_text(struct check *check, struct fim *fim, const struct record *source, struct slice found,
                       struct slice how, const int32_t cuts[2], struct arena *arena)
{
    struct slice text;
    struct bytes expected = {0};
    report_checked(check->report, RULE_TEXT);
    if (rec_text(source, slice_of(fim->given->field), arena, &text) < 0) {
        report_broken(check->report, RULE_JOIN, "--against: %s", diag_message());
        return;
    }
    size_t length = text_length(text);
    if ((size_t)cuts[1] > length) {
        report_broken(check->report, RULE_CUTS, "fim_cuts: expected at most %zu, found %" PRId32, length, cuts[1]);
        return;
    }
    if (slice_is(how, "none"))
        bytes_put(&expected, text);
    else
        arrange(fim, text, slice_is(how, "spm"), cuts, &expected);
    if (!slice_equal(found, bytes_slice(&expected)))
        report_broken(check->report, RULE_TEXT, "%s: expected \"%.*s\", found \"%.*s\"", fim->given->field,
                      (int)(expected.len < 300 ? expected.len : 300), expected.items,
                      (int)(found.len < 300 ? found.len : 300), found.ptr);
    else if (!slice_is(how, "none"))
        count_cuts(fim, cuts, length);
    vec_free(&expected);
}

static int fim_record(struct check *check, const struct record *in, struct arena *arena)
{
    struct fim *fim = check->state;
    const struct record *source;
    struct slice text, how;
    const int32_t *cuts;
    const char *const changed[] = {fim->given->field, "fim", "fim_cuts", "epoch", NULL};
    if (check_source(check, in, &fim->given->random, arena, &source) < 0)
        return -1;
    if (rec_text(in, slice_of(fim->given->field), arena, &text) < 0 || rec_text(in, SLICE("fim"), arena, &how) < 0) {
        report_broken(check->report, RULE_SHAPE, "%s", diag_message());
        return 0;
    }
    if (!check_ints(check, in, SLICE("fim_cuts"), arena, 2, &cuts, NULL))
        return 0;
    bool none = slice_is(how, "none"), spm = slice_is(how, "spm");
    report_checked(check->report, RULE_CUTS);
    if ((!none && !spm && !slice_is(how, "psm")) || cuts[0] < 0 || cuts[0] > cuts[1] || (none && cuts[1] != 0)) {
        report_broken(check->report, RULE_CUTS,
                      "expected fim psm, spm or none, and fim_cuts [i,j] with i <= j, [0,0] "
                      "for none, found %.*s and [%" PRId32 ",%" PRId32 "]",
                      (int)how.len, how.ptr, cuts[0], cuts[1]);
        return 0;
    }
    drift_add(&fim->rated, !none, fim->rate);
    if (!none)
        drift_add(&fim->spm, spm, fim->spm_rate);
    if (source == NULL)
        return 0;
    check_text(check, fim, source, text, how, cuts, arena);
    check_kept(check, RULE_UNTOUCHED, source, in, changed, arena);
    return 0;
}

static int fim_end(struct check *check, struct arena *arena)
{
    struct fim *fim = check->state;
    (void)arena;
    report_law(check->report, LAW_RATE, drift_p(&fim->rated, 1), fim->rated.decisions, "texts");
    report_law(check->report, LAW_ORDER, drift_p(&fim->spm, 1), fim->spm.decisions, "texts");
    report_law(check->report, LAW_PLACES, verdict_counts_p(fim->seen, fim->expected, PLACES), fim->cuts, "cuts");
    return 0;
}

static void fim_close(struct check *check)
{
    mem_free(check->state);
}

static const struct task task = {rules, fim_open, fim_record, fim_end, fim_close};

static int open(struct stage_context *context, void **shared)
{
    return check_open(context, &task, &((const struct fim_options *)context->options)->common, shared);
}

const struct stage stage_check_fim = {
    .name = "check fim",
    .summary = "verify what corrupt --task fim has written",
    .example = "$ echo '{\"id\":\"a\",\"text\":\"Skye\",\"fim\":\"none\",\"fim_cuts\":[0,0]}' |\n"
               "    quern check fim | grep cuts\n"
               "cuts                      1  ok",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct fim_options),
    .open = open,
    .close = check_close,
    .record = check_record,
    .end = check_end,
};
