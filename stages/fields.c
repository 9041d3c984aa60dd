/* fields - keeps, drops, renames, fills in and orders the members of records; values keep their bytes.
 *
 *     quern fields [--keep LIST | --drop LIST] [--rename NEW=OLD,...] [--fill NAME=VALUE]... [--uniform] [--order LIST]
 *     quern fields [--preset hf|bert|fairseq|seqio|paddle] [--pad N -m FILE] [--max-predictions N]
 *
 * In this order, whatever the order of the options: members are chosen by the names they come with, are renamed, those
 * that are missing are filled in, and all are put in order by the names they go out with. */
#include "fields/plan.h"
#include "tokenizer/shared.h"

#include <inttypes.h>

static const char *const preset_names[] = {"none", "hf", "bert", "fairseq", "seqio", "paddle", NULL};

static const struct option options[] = {
    {"keep", 'k', OPT_WORDS, OPT_AT(struct fields_options, keep), .value = "LIST",
     .help = "keep only these members, NAME,..."},
    {"drop", 'd', OPT_WORDS, OPT_AT(struct fields_options, drop), .value = "LIST",
     .help = "drop these members, NAME,..."},
    {"rename", 'r', OPT_WORDS, OPT_AT(struct fields_options, rename), .value = "LIST",
     .help = "give members other names, NEW=OLD,...; a record that has NEW too is bad"},
    {"fill", 0, OPT_TEXTS, OPT_AT(struct fields_options, fill), .value = "NAME=VALUE",
     .help =
         "give this member to records without it; VALUE is JSON, or a word that stands for a string. May be repeated"},
    {"uniform", 0, OPT_FLAG, OPT_AT(struct fields_options, uniform),
     .help = "with --keep: every record gets all of these members, those it lacks with an empty value, in one order"},
    {"order", 0, OPT_WORDS, OPT_AT(struct fields_options, order), .value = "LIST",
     .help = "these members first, in this order, NAME,...; then the others as they come"},
    {"preset", 0, OPT_CHOICE, OPT_AT(struct fields_options, preset), .value = "NAME", .fallback = "none",
     .choices = preset_names, .help = "the members that these trainers take, under their names"},
    {"pad", 0, OPT_INT, OPT_AT(struct fields_options, pad), .value = "N", .min = 1, .max = INT32_MAX,
     .help = "make every member with an item for each token N items long"},
    {"model", 'm', OPT_FILE, OPT_AT(struct fields_options, model), .value = "FILE", .when = "pad preset=fairseq",
     .help = "with --pad: the tokenizer, for its padding token; a file or a folder"},
    {"max-predictions", 0, OPT_INT, OPT_AT(struct fields_options, max_predictions), .value = "N", .min = 1,
     .max = INT32_MAX, .when = "preset=bert|paddle", .help = "fill the members about masked tokens with 0 to N items"},
    {0},
};

enum {
    COUNT_CHANGED,
    COUNT_FILLED,
    COUNT_PADDING, /* tokens */
    COUNT_UNMARKED /* records with padding and without attention_mask */
};
static const char *const counters[] = {"changed", "filled", "padding", "unmarked_padding", NULL};

static int find_padding(struct stage_context *context, const struct fields_options *given, struct padder *padder)
{
    struct padding padding = {0};
    *padder = (struct padder){.to = (size_t)given->pad, .masks = (size_t)given->max_predictions, .id = IGNORE_INDEX};
    if (given->pad > 0 && given->model == NULL)
        return diag_error("--pad needs --model: the tokenizer whose padding token fills input_ids");
    if (given->model == NULL)
        return 0;
    const struct tokenizer *tokenizer = shared_tokenizer(context, given->model);
    if (tokenizer == NULL)
        return -1;
    if (tokenizer_pad_token(tokenizer, NULL, &padding) < 0)
        return diag_within("%s: %s", given->model, diag_message());
    padder->id = padding.id;
    padder->token = padding.token;
    return 0;
}

static int fields_open(struct stage_context *context, void **shared)
{
    const struct fields_options *given = context->options;
    struct padder padder;
    if (find_padding(context, given, &padder) < 0)
        return -1;
    *shared = plan_new(given, padder);
    return *shared != NULL ? 0 : -1;
}

static void fields_close(void *shared)
{
    plan_free(shared);
}

/* ---- one record ---- */

/* A record that is being laid out. */
struct layout {
    const struct plan *plan;
    const struct record *in;
    struct arena *arena;
    struct pick *picks;
    uint32_t *ranks; /* of each pick */
    size_t count;
    unsigned char *seen; /* for each rule how a member got its name */
    size_t filled;
    bool changed, unordered;
    struct pad_state padding;
    bool marked; /* it has an attention_mask, which tells padding from text */
};

enum { SEEN_SO_NAMED = 1, SEEN_RENAMED = 2 };

static void add_pick(struct layout *layout, struct pick pick, uint32_t rank)
{
    if (layout->count > 0 && rank < layout->ranks[layout->count - 1])
        layout->unordered = true;
    layout->picks[layout->count] = pick;
    layout->ranks[layout->count++] = rank;
}

/* Takes a member of the input, unless it is dropped. */
static int take_member(struct layout *layout, const struct member *member)
{
    const struct plan *plan = layout->plan;
    struct pick pick = {.from = member};
    uint32_t number = plan_find(plan, member->name);
    const struct rule *rule = &plan->rules.items[number];
    if (plan->keeps ? !rule->keep : rule->drop) {
        layout->changed = true;
        return 0;
    }
    int padded = pad_value(&plan->padder, rule->pad, layout->in, member, layout->arena, &layout->padding, &pick.value);
    if (padded < 0)
        return -1;
    if (plan->marks && slice_is(member->name, "attention_mask"))
        layout->marked = true;
    unsigned char how = SEEN_SO_NAMED;
    if (rule->renamed != RULE_NONE) {
        number = rule->renamed;
        rule = &plan->rules.items[number];
        pick.name = rule->name;
        how = SEEN_RENAMED;
        layout->changed = true;
    }
    if (padded > 0) {
        pick.from = NULL;
        pick.name = rule->name;
        layout->changed = true;
    }
    layout->seen[number] |= how;
    add_pick(layout, pick, rule->rank);
    return 0;
}

static int make_members(struct layout *layout)
{
    const struct plan *plan = layout->plan;
    for (size_t i = 0; i < plan->makes.len; i++) {
        const struct make *make = &plan->makes.items[i];
        const struct rule *rule = &plan->rules.items[make->rule];
        struct pick pick = {.name = rule->name};
        if (layout->seen[make->rule] != 0)
            continue;
        int made = make_value(&plan->padder, make->how, layout->in, layout->arena, &pick.value);
        if (made < 0)
            return -1;
        if (made == 0)
            continue;
        layout->seen[make->rule] = SEEN_RENAMED;
        layout->changed = true;
        add_pick(layout, pick, rule->rank);
    }
    return 0;
}

static int check_names(const struct layout *layout)
{
    for (size_t i = 1; i < layout->plan->rules.len; i++) {
        const struct rule *rule = &layout->plan->rules.items[i];
        if (layout->seen[i] == (SEEN_SO_NAMED | SEEN_RENAMED))
            return diag_error(
                "%.*s: the record has it already, so %s can't be renamed to it; drop or rename one of them",
                (int)rule->name.len, rule->name.ptr, rule->from);
    }
    return 0;
}

static int fill_member(struct layout *layout, const struct fill *fill)
{
    const struct rule *rule = &layout->plan->rules.items[fill->rule];
    const struct value *id = fill->kind == FILL_ID ? rec_get(layout->in, SLICE("id")) : NULL;
    struct pick pick = {.name = rule->name};
    if (fill->kind == FILL_NEVER || (fill->kind == FILL_ID && id == NULL))
        return member_missing(layout->in, SLICE("id"), ", and --uniform can't make one up");
    if (id != NULL)
        pick.value = *id;
    else
        pick.value = (struct value){.kind = VALUE_RAW, .count = fill->json.len, .bytes = fill->json.ptr};
    layout->changed = true;
    layout->filled++;
    add_pick(layout, pick, rule->rank);
    return 0;
}

static int fill_missing(struct layout *layout)
{
    for (size_t i = 0; i < layout->plan->fills.len; i++) {
        const struct fill *fill = &layout->plan->fills.items[i];
        if (layout->seen[fill->rule] == 0 && fill_member(layout, fill) < 0)
            return -1;
    }
    return 0;
}

/* Sorts by rank; what has the same, the others and members of one name, stays as it comes. */
static void sort_picks(struct layout *layout)
{
    const size_t ranks = layout->plan->ranks, places = ranks + 2;
    size_t *start = arena_array(layout->arena, places, sizeof *start);
    struct pick *sorted = arena_array(layout->arena, layout->count, sizeof *sorted);
    memset(start, 0, places * sizeof *start);
    for (size_t i = 0; i < layout->count; i++)
        start[(layout->ranks[i] < ranks ? layout->ranks[i] : ranks) + 1]++;
    for (size_t i = 1; i < places; i++)
        start[i] += start[i - 1];
    for (size_t i = 0; i < layout->count; i++)
        sorted[start[layout->ranks[i] < ranks ? layout->ranks[i] : ranks]++] = layout->picks[i];
    layout->picks = sorted;
}

static struct layout start_layout(const struct plan *plan, const struct record *in, struct arena *arena)
{
    size_t most = in->count + plan->fills.len + plan->makes.len;
    struct layout layout = {
        .plan = plan,
        .in = in,
        .arena = arena,
        .picks = arena_array(arena, most, sizeof *layout.picks),
        .ranks = arena_array(arena, most, sizeof *layout.ranks),
        .seen = arena_alloc(arena, plan->rules.len),
        .padding = {.per_target = rec_present(in, SLICE("target_mapping")) != NULL},
    };
    memset(layout.seen, 0, plan->rules.len);
    return layout;
}

static int fields_record(void *state, const struct record *in, struct sink *out)
{
    struct layout layout = start_layout(state, in, sink_arena(out));
    for (uint32_t i = 0; i < in->count; i++)
        if (take_member(&layout, &in->members[i]) < 0)
            return -1;
    if (check_names(&layout) < 0 || make_members(&layout) < 0 || fill_missing(&layout) < 0)
        return -1;
    if (!layout.changed && !layout.unordered)
        return sink_emit(out, in);
    if (layout.unordered)
        sort_picks(&layout);
    int emitted = sink_emit(out, rec_pick(layout.arena, in, layout.picks, layout.count));
    if (emitted == 0) {
        sink_count(out, COUNT_CHANGED, 1);
        sink_count(out, COUNT_FILLED, layout.filled);
        sink_count(out, COUNT_PADDING, layout.padding.added);
        sink_count(out, COUNT_UNMARKED, layout.padding.added > 0 && !layout.marked && layout.plan->marks);
    }
    return emitted;
}

/* Names of which no record has any may be misspelled. */
static void fields_notes(const void *shared, const struct totals *totals)
{
    const struct plan *plan = shared;
    uint64_t unmarked = totals->counters[COUNT_UNMARKED];
    if (unmarked > 0)
        diag_note("%" PRIu64 " of %" PRIu64 " record%s %s padding but no attention_mask, so a model will take it for "
                  "text",
                  unmarked, totals->in, diag_s(totals->in), unmarked == 1 ? "has" : "have");
    if (totals->in > 0 && totals->counters[COUNT_CHANGED] == 0 && plan->removes)
        diag_note("changed none of %" PRIu64 " record%s: none has a member to drop or rename", totals->in,
                  diag_s(totals->in));
}

const struct stage stage_fields = {
    .name = "fields",
    .summary = "keep, drop, rename, fill in and order members",
    .example = "$ echo '{\"id\":1,\"body\":\"a\",\"x\":0}' |\n"
               "    quern fields --drop x --rename text=body --order text\n"
               "{\"text\":\"a\",\"id\":1}",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct fields_options),
    .sets_any = true,
    .counters = counters,
    .open = fields_open,
    .close = fields_close,
    .record = fields_record,
    .notes = fields_notes,
};
