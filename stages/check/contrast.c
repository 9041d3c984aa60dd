/* contrast.c - the rules of contrast, for texts. */
#include "check.h"

#include "base/map.h"

enum { TASK_SELF, TASK_PAIRS };
enum { NAMES_SIMCSE, NAMES_SENTENCE_TRANSFORMERS };
enum { PLACES = 20 };

struct contrast_options {
    struct check_options common;
    int task, names;
    const char *field, *pair_field, *negative_field, *pool, *from;
    int64_t negatives;
    struct random_options random;
};

static const char *const task_names[] = {"self", "pairs", NULL};
static const char *const names_names[] = {"simcse", "sentence-transformers", NULL};
static const char *const members_of[][3] = {{"sent0", "sent1", "hard_neg"}, {"anchor", "positive", "negative"}};

static const struct option options[] = {
    OPTION_AGAINST(struct contrast_options, common.against),
    {"task", 0, OPT_CHOICE, OPT_AT(struct contrast_options, task), .value = "TASK", .choices = task_names,
     .required = true, .help = "what was made"},
    OPTION_FIELD(struct contrast_options, field),
    {"pair-field", 0, OPT_TEXT, OPT_AT(struct contrast_options, pair_field), .value = "NAME",
     .help = "the member with the second text"},
    {"negative-field", 0, OPT_TEXT, OPT_AT(struct contrast_options, negative_field), .value = "NAME",
     .help = "the member with the negative"},
    {"pool", 0, OPT_FILE, OPT_AT(struct contrast_options, pool), .value = "FILE",
     .help = "the documents that foreign segments were drawn from"},
    {"negatives", 0, OPT_INT, OPT_AT(struct contrast_options, negatives), .value = "K", .fallback = "1", .min = 1,
     .max = 10000, .help = "how many were drawn for each record"},
    {"from", 0, OPT_TEXT, OPT_AT(struct contrast_options, from), .value = "WHICH", .fallback = "any",
     .help = "any, same:MEMBER or other:MEMBER"},
    {"names", 0, OPT_CHOICE, OPT_AT(struct contrast_options, names), .value = "FOR", .fallback = "simcse",
     .choices = names_names, .help = "the names of the members"},
    OPTIONS_RANDOM(struct contrast_options, random),
    {0},
};

enum { RULE_UNTOUCHED = RULES_COMMON, RULE_PAIR, RULE_NEGATIVES, LAW_POOL };
static const char *const rules[] = {RULE_NAMES_COMMON, "untouched", "pair", "negatives", "pool", NULL};

struct candidate {
    struct slice text, id, value; /* the value of the member of --from, as JSON */
};

struct contrast {
    const struct contrast_options *given;
    struct slice member; /* of --from; empty: any */
    bool other;
    struct arena *arena;
    VEC(struct candidate) pool;
    struct map *places; /* the first of a text, + 1 */
    bool repeated;      /* two have one text */
    double seen[PLACES], expected[PLACES];
    uint64_t drawn;
};

static struct slice json_of(const struct record *record, struct slice name, struct arena *arena)
{
    const struct value *value = name.len > 0 ? rec_present(record, name) : NULL;
    return value != NULL ? arena_copy(arena, rec_json(value, arena)) : SLICE("");
}

static int add_to_pool(void *state, const struct record *record, struct arena *arena)
{
    struct contrast *contrast = state;
    const struct contrast_options *given = contrast->given;
    struct slice text;
    if (rec_text(record, slice_of(given->negative_field != NULL ? given->negative_field : given->field), arena, &text) <
        0)
        return -1;
    struct candidate candidate = {arena_copy(contrast->arena, text), json_of(record, SLICE("id"), contrast->arena),
                                  json_of(record, contrast->member, contrast->arena)};
    vec_push(&contrast->pool, candidate);
    uint64_t *place = map_put(contrast->places, candidate.text);
    contrast->repeated = contrast->repeated || *place != 0;
    *place = *place == 0 ? contrast->pool.len : *place;
    return 0;
}

static int contrast_open(struct check *check, struct stage_context *context)
{
    const struct contrast_options *given = context->options;
    struct contrast *contrast = check->state = mem_zalloc(1, sizeof *contrast);
    contrast->given = given;
    contrast->arena = arena_new();
    contrast->places = map_new();
    contrast->other = strncmp(given->from, "other:", 6) == 0;
    if (contrast->other || strncmp(given->from, "same:", 5) == 0)
        contrast->member = slice_of(strchr(given->from, ':') + 1);
    else if (strcmp(given->from, "any") != 0)
        return diag_error("--from: expected any, same:MEMBER or other:MEMBER, found \"%s\"", given->from);
    report_unchecked(check->report, RULE_UNTOUCHED, "without --against");
    report_unchecked(check->report, RULE_NEGATIVES, "no negatives");
    report_unchecked(check->report, LAW_POOL, "needs --pool, all of it, and texts that differ");
    return given->pool != NULL ? chain_read(context, given->pool, add_to_pool, contrast) : 0;
}

static bool text_of(struct check *check, const struct record *in, const char *name, struct arena *arena,
                    struct slice *text)
{
    if (rec_text(in, slice_of(name), arena, text) == 0)
        return true;
    report_broken(check->report, RULE_SHAPE, "%s", diag_message());
    return false;
}

/* May the text be a negative of the record? Is there a candidate of this text with the relation, another record? */
static bool is_candidate(const struct contrast *contrast, const struct record *in, struct slice text,
                         struct arena *arena)
{
    const uint64_t *place = map_get(contrast->places, text);
    struct slice id = json_of(in, SLICE("id"), arena), value = json_of(in, contrast->member, arena);
    for (size_t i = place != NULL ? (size_t)*place - 1 : contrast->pool.len; i < contrast->pool.len; i++) {
        const struct candidate *candidate = &contrast->pool.items[i];
        if (!slice_equal(candidate->text, text) || (id.len > 0 && slice_equal(candidate->id, id)))
            continue;
        if (contrast->member.len == 0 || slice_equal(candidate->value, value) != contrast->other)
            return true;
    }
    return false;
}

static void count_draw(struct contrast *contrast, const struct record *in, struct slice text,
                       const struct slice pair[2], struct arena *arena)
{
    size_t all = contrast->pool.len, others = all;
    double less[PLACES] = {0};
    struct slice id = json_of(in, SLICE("id"), arena);
    if (contrast->repeated || contrast->member.len > 0 || all < PLACES)
        return;
    for (size_t k = 0; k < 2; k++) {
        const uint64_t *place = map_get(contrast->places, pair[k]);
        if (place == NULL || (k == 1 && slice_equal(pair[0], pair[1])))
            continue;
        others--;
        less[(*place - 1) * PLACES / all]++;
        if (id.len > 0 && !slice_equal(contrast->pool.items[*place - 1].id, id) && k == 0)
            return; /* the record itself is elsewhere in the pool, and left out too */
    }
    contrast->seen[(*map_get(contrast->places, text) - 1) * PLACES / all]++;
    for (size_t i = 0; i < PLACES; i++) {
        size_t from = (i * all + PLACES - 1) / PLACES, to = ((i + 1) * all + PLACES - 1) / PLACES;
        contrast->expected[i] += ((double)(to - from) - less[i]) / (double)others;
    }
    contrast->drawn++;
}

static void check_negatives(struct check *check, struct contrast *contrast, const struct record *in,
                            const struct slice pair[2], struct arena *arena)
{
    const struct contrast_options *given = contrast->given;
    const char *base = members_of[given->names][2];
    struct slice *texts = arena_array(arena, (size_t)given->negatives, sizeof *texts), expected;
    report_checked(check->report, RULE_NEGATIVES);
    for (int64_t k = 0; k < given->negatives; k++) {
        struct slice name = given->negatives == 1 ? slice_of(base) : arena_print(arena, "%s_%" PRId64, base, k + 1);
        if (rec_text(in, name, arena, &texts[k]) < 0) {
            report_broken(check->report, RULE_SHAPE, "%s", diag_message());
            return;
        }
        bool right = true;
        if (given->pool == NULL)
            right =
                rec_text(in, slice_of(given->negative_field), arena, &expected) == 0 && slice_equal(texts[k], expected);
        else
            right = is_candidate(contrast, in, texts[k], arena) && !slice_equal(texts[k], pair[0]) &&
                    !slice_equal(texts[k], pair[1]);
        for (int64_t i = 0; i < k && !contrast->repeated; i++)
            right = right && !slice_equal(texts[i], texts[k]);
        if (!right) {
            report_broken(check->report, RULE_NEGATIVES, "%.*s: expected %s, found \"%.*s\"", (int)name.len, name.ptr,
                          given->pool == NULL ? "--negative-field"
                                              : "a text of the pool with the relation, none of the pair, none twice",
                          (int)(texts[k].len < 200 ? texts[k].len : 200), texts[k].ptr);
            return;
        }
    }
    if (given->pool != NULL)
        count_draw(contrast, in, texts[0], pair, arena);
}

static int contrast_record(struct check *check, const struct record *in, struct arena *arena)
{
    struct contrast *contrast = check->state;
    const struct contrast_options *given = contrast->given;
    const struct record *source;
    struct slice found[2], expected[2];
    if (check_source(check, in, &given->random, arena, &source) < 0)
        return -1;
    if (source != NULL) {
        report_checked(check->report, RULE_UNTOUCHED);
        const char *const none[] = {"epoch", NULL};
        check_kept(check, RULE_UNTOUCHED, in, source, none, arena);
    }
    const char *second = given->task == TASK_PAIRS && given->pair_field != NULL ? given->pair_field : given->field;
    for (size_t k = 0; k < 2; k++)
        if (!text_of(check, in, members_of[given->names][k], arena, &found[k]) ||
            !text_of(check, in, k == 0 ? given->field : second, arena, &expected[k]))
            return 0;
    report_checked(check->report, RULE_PAIR);
    for (size_t k = 0; k < 2; k++)
        if (!slice_equal(found[k], expected[k])) {
            report_broken(check->report, RULE_PAIR, "%s: expected the text of %s, found \"%.*s\"",
                          members_of[given->names][k], k == 0 ? given->field : second,
                          (int)(found[k].len < 200 ? found[k].len : 200), found[k].ptr);
            return 0;
        }
    if (given->pool != NULL || given->negative_field != NULL)
        check_negatives(check, contrast, in, found, arena);
    return 0;
}

static int contrast_end(struct check *check, struct arena *arena)
{
    struct contrast *contrast = check->state;
    (void)arena;
    report_law(check->report, LAW_POOL, verdict_counts_p(contrast->seen, contrast->expected, PLACES), contrast->drawn,
               "texts");
    return 0;
}

static void contrast_close(struct check *check)
{
    struct contrast *contrast = check->state;
    vec_free(&contrast->pool);
    map_free(contrast->places);
    arena_free(contrast->arena);
    mem_free(contrast);
}

static const struct task task = {rules, contrast_open, contrast_record, contrast_end, contrast_close};

static int open(struct stage_context *context, void **shared)
{
    return check_open(context, &task, &((const struct contrast_options *)context->options)->common, shared);
}

const struct stage stage_check_contrast = {
    .name = "check contrast",
    .summary = "verify what contrast has written",
    .example = "$ echo '{\"id\":\"a\",\"text\":\"Hi\",\"sent0\":\"Hi\",\"sent1\":\"Hi\"}' |\n"
               "    quern check contrast --task self | grep pair\n"
               "pair                      1  ok",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct contrast_options),
    .open = open,
    .close = check_close,
    .record = check_record,
    .end = check_end,
};
