/* seq2seq.c - the verbs t5, ul2, prefix and deshuffle: see seq2seq.h. */
#include "seq2seq.h"

#include <stdlib.h>

#define OPTIONS_SEQ2SEQ                                                                                                \
    OPTION_AGAINST(struct seq2seq_options, common.against), OPTION_MODEL(struct seq2seq_options, common.model),        \
    {                                                                                                                  \
        "eos", 0, OPT_TEXT, OPT_AT(struct seq2seq_options, eos),                                                       \
            .value = "T",                                                                                              \
            .help = "the token at the end of both sides, '': none; without this option </s> if the vocabulary has it"  \
    }
#define OPTIONS_SENTINELS                                                                                              \
    {"sentinel",                                                                                                       \
     0,                                                                                                                \
     OPT_TEXT,                                                                                                         \
     OPT_AT(struct seq2seq_options, sentinel),                                                                         \
     .value = "NAME",                                                                                                  \
     .fallback = "<extra_id_%d>",                                                                                      \
     .help = "the names of the sentinels"},                                                                            \
        {"extra-ids",      0,                                                                                          \
         OPT_INT,          OPT_AT(struct seq2seq_options, extra_ids),                                                  \
         .value = "N",     .min = 0,                                                                                   \
         .max = INT32_MAX, .help = "instead, sentinels are N ids behind the vocabulary, number 0 the highest"},        \
        {"final-sentinel", 0, OPT_FLAG, OPT_AT(struct seq2seq_options, final_sentinel),                                \
         .help = "one more sentinel at the end of the labels"},                                                        \
    {                                                                                                                  \
        "t5-compat", 0, OPT_FLAG, OPT_AT(struct seq2seq_options, compat),                                              \
            .help = "the first token was never hidden, the last always"                                                \
    }

static const struct option t5_options[] = {
    OPTIONS_SEQ2SEQ,
    {"density", 0, OPT_TEXT, OPT_AT(struct seq2seq_options, density), .value = "P", .fallback = "0.15",
     .help = "the share of the tokens that was hidden"},
    {"mean", 0, OPT_TEXT, OPT_AT(struct seq2seq_options, mean), .value = "N", .fallback = "3",
     .help = "the mean length of a hidden span"},
    OPTIONS_SENTINELS,
    OPTIONS_RANDOM(struct seq2seq_options, random),
    {0},
};
static const struct option ul2_options[] = {
    OPTIONS_SEQ2SEQ,
    OPTIONS_SENTINELS,
    {"denoisers", 0, OPT_TEXT, OPT_AT(struct seq2seq_options, denoisers), .value = "LIST",
     .fallback = "R:3:0.15,R:8:0.15,X:3:0.5,X:8:0.5,X:64:0.15,X:64:0.5,S:0.25",
     .help = "one of these was drawn for each record"},
    {"mode-tokens", 0, OPT_WORDS, OPT_AT(struct seq2seq_options, mode_tokens), .value = "LIST",
     .help = "the token that begins the inputs, by the kind of the denoiser"},
    OPTIONS_RANDOM(struct seq2seq_options, random),
    {0},
};
static const struct option plain_options[] = {
    OPTIONS_SEQ2SEQ,
    OPTIONS_RANDOM(struct seq2seq_options, random),
    {0},
};

static const char *const rules[] = {RULE_NAMES_COMMON, "members", "eos",   "restored", "sentinels", "count",
                                    "denoiser",        "ends",    "spans", "gaps",     "cuts",      "order",
                                    "denoisers",       NULL};

/* ---- open ---- */

static int open_eos(struct check *check, struct seq2seq *state)
{
    const char *eos = state->given->eos;
    bool model = check->kinds != NULL && check->kinds->tokenizer != NULL;
    state->eos = -1;
    if (eos == NULL)
        state->eos = model ? tokenizer_id(check->kinds->tokenizer, SLICE("</s>")) : -1;
    else if (eos[0] != '\0')
        return kinds_find(check->kinds, "eos", slice_of(eos), &state->eos);
    return 0;
}

static int open_state(struct check *check, struct stage_context *context)
{
    const struct seq2seq_options *given = context->options;
    struct seq2seq *state = check->state = mem_zalloc(1, sizeof *state);
    state->given = given;
    state->first_extra =
        given->extra_ids > 0 && check->kinds != NULL ? check->kinds->size + (int32_t)given->extra_ids - 1 : -1;
    report_unchecked(check->report, RULE_MEMBERS, "without --against");
    report_unchecked(check->report, RULE_RESTORED, "without --against");
    return open_eos(check, state);
}

/* The sentinels by their names, from number 0 as far as the vocabulary has them. */
static int open_sentinels(struct check *check, struct seq2seq *state)
{
    const char *form = state->given->sentinel, *at = strstr(form, "%d");
    char name[256];
    if (check->kinds == NULL)
        return diag_error("expected --model, which has the sentinels");
    state->numbers = mem_zalloc((size_t)check->kinds->size, sizeof *state->numbers);
    for (uint32_t i = 0; at != NULL && state->first_extra < 0; i++) {
        (void)snprintf(name, sizeof name, "%.*s%" PRIu32 "%s", (int)(at - form), form, i, at + 2);
        int32_t id = tokenizer_id(check->kinds->tokenizer, slice_of(name));
        if (id < 0)
            break;
        state->numbers[id] = i + 1;
    }
    return at != NULL ? 0 : diag_error("--sentinel: expected a name with %%d, found \"%s\"", form);
}

static int bad_denoiser(struct slice item)
{
    return diag_error("--denoisers: expected KIND:MEAN:DENSITY or S:SHARE, found \"%.*s\"", (int)item.len, item.ptr);
}

/* KIND:MEAN:DENSITY, S:SHARE, *W behind one its weight */
static int read_denoiser(struct slice item, struct denoiser *denoiser)
{
    const char *star = memchr(item.ptr, '*', item.len), *end = item.ptr + item.len;
    struct decimal weight = {1, 0};
    if (star != NULL && !decimal_read(slice_between(star + 1, end), 1000000, &weight))
        return bad_denoiser(item);
    end = star != NULL ? star : end;
    *denoiser = (struct denoiser){.name = slice_between(item.ptr, end), .kind = item.ptr[0], .mode = -1};
    denoiser->weight = (double)weight.digits;
    for (unsigned i = 0; i < weight.scale; i++)
        denoiser->weight /= 10;
    if (item.len < 3 || item.ptr[1] != ':')
        return bad_denoiser(item);
    const char *at = item.ptr + 2, *colon = memchr(at, ':', (size_t)(end - at));
    bool tail = denoiser->kind == 'S';
    if (tail != (colon == NULL) || (!tail && !decimal_read(slice_between(at, colon), 1000, &denoiser->mean)) ||
        !decimal_read(slice_between(tail ? at : colon + 1, end), 1, &denoiser->density))
        return bad_denoiser(item);
    return 0;
}

static int t5_open(struct check *check, struct stage_context *context)
{
    const struct seq2seq_options *given = context->options;
    if (open_state(check, context) < 0 || open_sentinels(check, check->state) < 0)
        return -1;
    struct seq2seq *state = check->state;
    struct denoiser *denoiser = &state->denoisers[0];
    *denoiser = (struct denoiser){.kind = 'R', .mode = -1};
    if (!decimal_read(slice_of(given->density), 1, &denoiser->density) ||
        !decimal_read(slice_of(given->mean), 1000, &denoiser->mean) || denoiser->mean.digits == 0)
        return diag_error("--density, --mean: expected a share and a length");
    return 0;
}

static int ul2_open(struct check *check, struct stage_context *context)
{
    const struct seq2seq_options *given = context->options;
    if (open_state(check, context) < 0 || open_sentinels(check, check->state) < 0)
        return -1;
    struct seq2seq *state = check->state;
    for (const char *at = given->denoisers; *at != '\0';) {
        size_t len = strcspn(at, ",");
        if (state->denoiser_count == MOST_DENOISERS || len == 0 ||
            read_denoiser((struct slice){at, len}, &state->denoisers[state->denoiser_count++]) < 0)
            return -1;
        at += len + (at[len] == ',');
    }
    for (size_t i = 0; i < given->mode_tokens.len; i++)
        for (size_t k = 0; k < state->denoiser_count; k++)
            if (given->mode_tokens.items[i][0] == state->denoisers[k].kind && given->mode_tokens.items[i][1] == '=' &&
                kinds_find(check->kinds, "mode-tokens", slice_of(given->mode_tokens.items[i] + 2),
                           &state->denoisers[k].mode) < 0)
                return -1;
    return 0;
}

/* ---- a record ---- */

/* Which members there are: no other about tokens. */
static void check_members(struct check *check, const struct record *source, const struct record *in, size_t count,
                          struct arena *arena)
{
    static const char *const changed[] = {"input_ids", "labels", "attention_mask", "epoch", "denoiser", NULL};
    const int32_t *attention;
    check_kept(check, RULE_MEMBERS, source, in, changed, arena);
    for (const char *const *name = members_of_tokens; *name != NULL; name++) {
        if (!check_has(in, *name) || strcmp(*name, "input_ids") == 0 || strcmp(*name, "labels") == 0 ||
            strcmp(*name, "attention_mask") == 0 || strcmp(*name, "denoiser") == 0)
            continue;
        report_broken(check->report, RULE_MEMBERS, "%s: expected none, since it describes the tokens before", *name);
    }
    if (check_has(in, "attention_mask") != check_has(source, "attention_mask"))
        report_broken(check->report, RULE_MEMBERS, "attention_mask: expected it where the input has it");
    else if (check_has(in, "attention_mask") &&
             check_ints(check, in, SLICE("attention_mask"), arena, count, &attention, NULL))
        for (size_t i = 0; i < count; i++)
            if (attention[i] != 1)
                report_broken(check->report, RULE_MEMBERS, "attention_mask[%zu]: expected 1", i);
}

/* Reads both sides, and takes --eos off. False if the rest can't be checked. */
static bool read_sides(struct check *check, struct seq2seq *state, const struct record *source, const struct record *in,
                       struct arena *arena, struct sides *sides)
{
    *sides = (struct sides){0};
    if (!check_ints(check, in, SLICE("input_ids"), arena, SIZE_MAX, &sides->inputs, &sides->input_count) ||
        !check_ints(check, in, SLICE("labels"), arena, SIZE_MAX, &sides->labels, &sides->label_count))
        return false;
    if (source != NULL) {
        check_members(check, source, in, sides->input_count, arena);
        if (rec_ints(source, SLICE("input_ids"), arena, &sides->original, &sides->count) < 0) {
            report_broken(check->report, RULE_JOIN, "--against: %s", diag_message());
            return false;
        }
        report_checked(check->report, RULE_RESTORED);
    }
    if (state->eos < 0)
        return true;
    report_checked(check->report, RULE_EOS);
    if (sides->input_count == 0 || sides->label_count == 0 || sides->inputs[sides->input_count - 1] != state->eos ||
        sides->labels[sides->label_count - 1] != state->eos) {
        report_broken(check->report, RULE_EOS, "expected %" PRId32 " at the end of input_ids and labels", state->eos);
        return false;
    }
    sides->input_count--;
    sides->label_count--;
    return true;
}

/* Inputs, from `from` on, and labels are the original, one after the other. */
static bool check_halves(struct check *check, const struct sides *sides, size_t from)
{
    size_t inputs = sides->input_count - from;
    if (sides->original == NULL)
        return true;
    for (size_t i = 0; i < inputs + sides->label_count || i < sides->count; i++) {
        if (i < inputs + sides->label_count && i < sides->count &&
            sides->original[i] == (i < inputs ? sides->inputs[from + i] : sides->labels[i - inputs]))
            continue;
        report_broken(check->report, RULE_RESTORED,
                      "expected inputs and labels to be the %zu tokens of --against, found "
                      "another from token %zu on",
                      sides->count, i);
        return false;
    }
    return true;
}

static void check_prefix(struct check *check, struct seq2seq *state, const struct sides *sides)
{
    size_t cuts = sides->input_count + sides->label_count - 1;
    report_checked(check->report, RULE_COUNT);
    if (sides->input_count == 0 || sides->label_count == 0)
        report_broken(check->report, RULE_COUNT, "expected a token on each side, found %zu and %zu", sides->input_count,
                      sides->label_count);
    else if (check_halves(check, sides, 0) && cuts >= PLACES) {
        state->cuts[(sides->input_count - 1) * PLACES / cuts]++;
        for (size_t i = 0; i < PLACES; i++)
            state->cuts_expected[i] += verdict_bin_share(i, PLACES, cuts);
        state->cut_count++;
    }
}

static int by_id(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static int32_t *sorted(const int32_t *ids, size_t count, struct arena *arena)
{
    int32_t *copy = arena_array(arena, count, sizeof *copy);
    if (count > 0) {
        memcpy(copy, ids, count * sizeof *copy);
        qsort(copy, count, sizeof *copy, by_id);
    }
    return copy;
}

/* Labels are the original, inputs the same ids in another order. */
static void check_deshuffle(struct check *check, struct seq2seq *state, const struct sides *sides, struct arena *arena)
{
    size_t count = sides->label_count, matches = 0;
    double expected = 0;
    report_checked(check->report, RULE_COUNT);
    if (sides->original != NULL && (count != sides->count || (count > 0 && memcmp(sides->labels, sides->original,
                                                                                  count * sizeof(int32_t)) != 0))) {
        report_broken(check->report, RULE_RESTORED, "labels: expected the tokens of --against");
        return;
    }
    int32_t *a = sorted(sides->labels, count, arena), *b = sorted(sides->inputs, sides->input_count, arena);
    if (count != sides->input_count || (count > 0 && memcmp(a, b, count * sizeof *a) != 0)) {
        report_broken(check->report, RULE_COUNT, "input_ids: expected a permutation of labels");
        return;
    }
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i; next < count && a[next] == a[i];)
            next++;
        expected += (double)(next - i) * (double)(next - i) / (double)count;
    }
    for (size_t i = 0; i < count; i++)
        matches += sides->labels[i] == sides->inputs[i];
    if (count > 1)
        drift_add(&state->order, (double)matches, expected);
    state->order_count += count;
}

static void check_denoised(struct check *check, struct seq2seq *state, const struct record *in,
                           const struct sides *sides, struct arena *arena)
{
    struct slice name;
    size_t which = 0;
    report_checked(check->report, RULE_DENOISER);
    if (rec_text(in, SLICE("denoiser"), arena, &name) < 0) {
        report_broken(check->report, RULE_DENOISER, "%s", diag_message());
        return;
    }
    while (which < state->denoiser_count && !slice_equal(state->denoisers[which].name, name))
        which++;
    if (which == state->denoiser_count) {
        report_broken(check->report, RULE_DENOISER, "denoiser: expected one of --denoisers, found \"%.*s\"",
                      (int)name.len, name.ptr);
        return;
    }
    const struct denoiser *denoiser = &state->denoisers[which];
    state->drawn[which]++;
    size_t from = denoiser->mode >= 0, inputs = sides->input_count - from;
    if (from > 0 && (sides->input_count == 0 || sides->inputs[0] != denoiser->mode)) {
        report_broken(check->report, RULE_DENOISER, "input_ids[0]: expected %" PRId32 " (--mode-tokens)",
                      denoiser->mode);
        return;
    }
    if (denoiser->kind != 'S') {
        seq2seq_spans(check, state, sides, denoiser);
        return;
    }
    size_t length = inputs + sides->label_count, n = decimal_share(denoiser->density, length);
    n = n < 1 ? 1 : n > length - 1 ? length - 1 : n;
    report_checked(check->report, RULE_COUNT);
    if (sides->label_count != n)
        report_broken(check->report, RULE_COUNT, "labels: expected the last %zu of %zu tokens, found %zu", n, length,
                      sides->label_count);
    else
        (void)check_halves(check, sides, from);
}

enum { TASK_T5, TASK_UL2, TASK_PREFIX, TASK_DESHUFFLE };

static int record_of(struct check *check, const struct record *in, struct arena *arena, int what)
{
    struct seq2seq *state = check->state;
    const struct record *source;
    struct sides sides;
    if (check_source(check, in, &state->given->random, arena, &source) < 0)
        return -1;
    if (!read_sides(check, state, source, in, arena, &sides))
        return 0;
    if (what == TASK_T5)
        seq2seq_spans(check, state, &sides, &state->denoisers[0]);
    else if (what == TASK_UL2)
        check_denoised(check, state, in, &sides, arena);
    else if (what == TASK_PREFIX)
        check_prefix(check, state, &sides);
    else
        check_deshuffle(check, state, &sides, arena);
    return 0;
}

static int t5_record(struct check *check, const struct record *in, struct arena *arena)
{
    return record_of(check, in, arena, TASK_T5);
}

static int ul2_record(struct check *check, const struct record *in, struct arena *arena)
{
    return record_of(check, in, arena, TASK_UL2);
}

static int prefix_record(struct check *check, const struct record *in, struct arena *arena)
{
    return record_of(check, in, arena, TASK_PREFIX);
}

static int deshuffle_record(struct check *check, const struct record *in, struct arena *arena)
{
    return record_of(check, in, arena, TASK_DESHUFFLE);
}

/* ---- end ---- */

static int end(struct check *check, struct arena *arena)
{
    struct seq2seq *state = check->state;
    struct report *report = check->report;
    double sum = 0, weights = 0, expected[MOST_DENOISERS];
    (void)arena;
    for (size_t i = 0; i < state->denoiser_count; i++) {
        sum += state->drawn[i];
        weights += state->denoisers[i].weight;
    }
    for (size_t i = 0; i < state->denoiser_count; i++)
        expected[i] = sum * state->denoisers[i].weight / weights;
    report_law(report, LAW_ENDS, drift_p(state->ends, 2), state->records, "records");
    report_law(report, LAW_SPANS, drift_p(&state->spans, 1), state->span_count, "spans");
    report_law(report, LAW_GAPS, drift_p(&state->gaps, 1), state->span_count, "spans");
    report_law(report, LAW_CUTS, verdict_counts_p(state->cuts, state->cuts_expected, PLACES), state->cut_count, "cuts");
    report_law(report, LAW_ORDER, drift_p(&state->order, 1), state->order_count, "tokens");
    report_law(report, LAW_DENOISERS, verdict_counts_p(state->drawn, expected, state->denoiser_count), (uint64_t)sum,
               "records");
    return 0;
}

static void close(struct check *check)
{
    struct seq2seq *state = check->state;
    mem_free(state->numbers);
    mem_free(state);
}

#define VERB(verb, table, opener, sample)                                                                              \
    static const struct task verb##_task = {rules, opener, verb##_record, end, close};                                 \
    static int verb##_start(struct stage_context *context, void **shared)                                              \
    {                                                                                                                  \
        return check_open(context, &verb##_task, &((const struct seq2seq_options *)context->options)->common, shared); \
    }                                                                                                                  \
    const struct stage stage_check_##verb = {                                                                          \
        .name = "check " #verb,                                                                                        \
        .summary = "verify what corrupt --task " #verb " has written",                                                 \
        .example = sample,                                                                                             \
        .class = STAGE_WHOLE,                                                                                          \
        .text_out = true,                                                                                              \
        .options = table,                                                                                              \
        .options_size = sizeof(struct seq2seq_options),                                                                \
        .open = verb##_start,                                                                                          \
        .close = check_close,                                                                                          \
        .record = check_record,                                                                                        \
        .end = check_end,                                                                                              \
    }

#define EXAMPLE_VOCABULARY "$ printf '%s\\n' '[UNK]' '</s>' a b '<extra_id_0>' >vocab.txt\n"

VERB(t5, t5_options, t5_open,
     EXAMPLE_VOCABULARY "$ echo '{\"id\":\"a\",\"input_ids\":[2,4,1],\"labels\":[4,3,1]}' |\n"
                        "    quern check t5 -m vocab.txt | grep count\n"
                        "count                     1  ok");
VERB(ul2, ul2_options, ul2_open,
     EXAMPLE_VOCABULARY "$ echo '{\"id\":\"a\",\"denoiser\":\"S:0.25\",\"input_ids\":[2,1],\"labels\":[3,1]}' |\n"
                        "    quern check ul2 -m vocab.txt | grep 'denoiser '\n"
                        "denoiser                  1  ok");
VERB(prefix, plain_options, open_state,
     "$ echo '{\"id\":\"a\",\"input_ids\":[2],\"labels\":[3,4]}' |\n"
     "    quern check prefix | grep count\n"
     "count                     1  ok");
VERB(deshuffle, plain_options, open_state,
     "$ echo '{\"id\":\"a\",\"input_ids\":[3,2],\"labels\":[2,3]}' |\n"
     "    quern check deshuffle | grep count\n"
     "count                     1  ok");
