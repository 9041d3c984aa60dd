/* contrast.c - the rules of contrast.
 *
 * A text is known by its characters, a list of tokens by how JSON spells it. */
#include "check.h"

#include "base/map.h"
#include "text/json.h"

enum { TASK_SELF, TASK_PAIRS };
enum { NAMES_SIMCSE, NAMES_SENTENCE_TRANSFORMERS };
enum { FROM_ANY, FROM_SAME, FROM_OTHER };
enum { PLACES = 20 };

struct contrast_options {
    struct check_options common;
    int task, names;
    const char *field, *pair_field, *negative_field, *pool, *from;
    int64_t negatives, max_memory;
    bool tokens;
    struct random_options random;
};

static const char *const task_names[] = {"self", "pairs", NULL};
static const char *const names_names[] = {"simcse", "sentence-transformers", NULL};

static const struct option options[] = {
    OPTION_AGAINST(struct contrast_options, common.against),
    {"task", 0, OPT_CHOICE, OPT_AT(struct contrast_options, task), .value = "TASK", .required = true,
     .choices = task_names, .help = "what the pairs are"},
    {"field", 'f', OPT_TEXT, OPT_AT(struct contrast_options, field), .value = "NAME", .fallback = "text",
     .help = "the member with the text; with --tokens the default is input_ids"},
    {"pair-field", 0, OPT_TEXT, OPT_AT(struct contrast_options, pair_field), .value = "NAME", .when = "task=pairs",
     .help = "the member with the second text"},
    {"negative-field", 0, OPT_TEXT, OPT_AT(struct contrast_options, negative_field), .value = "NAME",
     .help = "the member with the negative"},
    {"pool", 0, OPT_FILE, OPT_AT(struct contrast_options, pool), .value = "FILE",
     .help = "the records that negatives were drawn from"},
    {"negatives", 0, OPT_INT, OPT_AT(struct contrast_options, negatives), .value = "K", .fallback = "1", .min = 1,
     .max = INT32_MAX, .when = "pool", .help = "how many were drawn for each record"},
    {"from", 0, OPT_TEXT, OPT_AT(struct contrast_options, from), .value = "WHICH", .fallback = "any", .when = "pool",
     .help = "any, or same:MEMBER, other:MEMBER: those with the same or another value"},
    {"names", 0, OPT_CHOICE, OPT_AT(struct contrast_options, names), .value = "FOR", .fallback = "simcse",
     .choices = names_names, .help = "how the members are called"},
    {"tokens", 0, OPT_FLAG, OPT_AT(struct contrast_options, tokens), .help = "the records are tokenized"},
    {"max-memory", 0, OPT_SIZE, OPT_AT(struct contrast_options, max_memory), .value = "SIZE", .fallback = "1G",
     .min = 1, .max = INT64_MAX, .help = "the memory of the filter; no effect"},
    OPTIONS_RANDOM(struct contrast_options, random),
    {0},
};

enum {
    CONTRAST_UNTOUCHED = RULES_COMMON,
    CONTRAST_PAIR,
    CONTRAST_LISTS,
    CONTRAST_NEGATIVES,
    CONTRAST_POOL,
    CONTRAST_COPIES
};
static const char *const rules[] = {RULE_NAMES_COMMON, "untouched", "pair",   "lists",
                                    "negatives",       "pool",      "copies", NULL};

/* A record of the pool. Those with one text, and those with one id, are chained: the number of the next, plus 1. */
struct negative {
    uint64_t next_text, next_id;
    struct identity id;
    bool has_id;
    size_t group;
};

struct group {
    double places[PLACES];
};

struct contrast {
    const struct contrast_options *given;
    const char *field, *member; /* of the text; of --from */
    int from;
    VEC(struct negative) pool;
    struct map *texts, *ids, *groups;
    VEC(struct group) group_places; /* how many records of each group there are in each part of the pool */
    struct group all;

    struct drift places[PLACES], copies;
    uint64_t drawn, compared;
    struct map *before;        /* the texts that were drawn for the record before */
    struct identity drawn_for; /* its id */
    uint32_t drawn_in;         /* its epoch */
};

/* ---- texts ---- */

/* The text of a member; false with the message. */
static bool read_text(const struct contrast *contrast, const struct record *record, const char *name,
                      struct arena *arena, struct slice *text)
{
    const int32_t *ids;
    size_t count;
    struct bytes out = {0};
    if (!contrast->given->tokens)
        return rec_text(record, slice_of(name), arena, text) == 0;
    if (rec_ints(record, slice_of(name), arena, &ids, &count) < 0)
        return false;
    bytes_byte(&out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            bytes_byte(&out, ',');
        json_put_int(&out, ids[i]);
    }
    bytes_byte(&out, ']');
    *text = arena_copy(arena, bytes_slice(&out));
    vec_free(&out);
    return true;
}

static struct slice key_of(const struct identity *identity)
{
    return (struct slice){(const char *)identity, sizeof *identity};
}

/* The group of a record, by the member of --from; SIZE_MAX: no record of the pool has its value. */
static bool read_group(const struct contrast *contrast, const struct record *record, struct arena *arena,
                       struct identity *value)
{
    *value = (struct identity){0};
    return contrast->from == FROM_ANY || lineage_member(record, slice_of(contrast->member), arena, value) == 0;
}

static int add_to_pool(void *state, const struct record *record, struct arena *arena)
{
    struct contrast *contrast = state;
    const struct contrast_options *given = contrast->given;
    struct slice text;
    struct negative negative = {.has_id = check_has(record, "id")};
    struct identity value;
    uint64_t number = contrast->pool.len + 1;
    if (!read_text(contrast, record, given->negative_field != NULL ? given->negative_field : contrast->field, arena,
                   &text) ||
        !read_group(contrast, record, arena, &value) ||
        (negative.has_id && lineage_identity(record, SLICE("id"), arena, &negative.id) < 0))
        return -1;
    uint64_t *group = map_put(contrast->groups, key_of(&value));
    if (*group == 0) {
        *group = contrast->group_places.len + 1;
        vec_push(&contrast->group_places, ((struct group){{0}}));
    }
    negative.group = (size_t)*group;
    uint64_t *place = map_put(contrast->texts, text);
    negative.next_text = *place;
    *place = number;
    if (negative.has_id) {
        place = map_put(contrast->ids, key_of(&negative.id));
        negative.next_id = *place;
        *place = number;
    }
    vec_push(&contrast->pool, negative);
    return 0;
}

static int open_from(struct contrast *contrast)
{
    const char *from = contrast->given->from, *colon = strchr(from, ':');
    contrast->from = strncmp(from, "same:", 5) == 0    ? FROM_SAME
                     : strncmp(from, "other:", 6) == 0 ? FROM_OTHER
                                                       : FROM_ANY;
    contrast->member = colon != NULL ? colon + 1 : "";
    if (contrast->from == FROM_ANY ? strcmp(from, "any") != 0 : contrast->member[0] == '\0')
        return diag_error("--from: expected any, same:MEMBER or other:MEMBER, found \"%s\"", from);
    return 0;
}

static size_t place_of(const struct contrast *contrast, size_t number)
{
    return number * PLACES / contrast->pool.len;
}

static int contrast_open(struct check *check, struct stage_context *context)
{
    const struct contrast_options *given = context->options;
    struct contrast *contrast = check->state = mem_zalloc(1, sizeof *contrast);
    contrast->given = given;
    contrast->field = given->tokens && !opt_given(context, "field") ? "input_ids" : given->field;
    contrast->texts = map_new();
    contrast->ids = map_new();
    contrast->groups = map_new();
    contrast->before = map_new();
    if ((given->task == TASK_PAIRS) != (given->pair_field != NULL))
        return diag_error("--pair-field: expected it with --task pairs, and only then");
    if (open_from(contrast) < 0 || (given->pool != NULL && chain_read(context, given->pool, add_to_pool, contrast) < 0))
        return -1;
    for (size_t i = 0; i < contrast->pool.len; i++) {
        contrast->all.places[place_of(contrast, i)]++;
        contrast->group_places.items[contrast->pool.items[i].group - 1].places[place_of(contrast, i)]++;
    }
    if (given->common.against == NULL)
        report_unchecked(check->report, CONTRAST_UNTOUCHED, "without --against");
    if (!given->tokens)
        report_unchecked(check->report, CONTRAST_LISTS, "without --tokens");
    report_unchecked(check->report, CONTRAST_NEGATIVES, "no negatives");
    report_unchecked(check->report, CONTRAST_POOL, "without --pool");
    report_unchecked(check->report, CONTRAST_COPIES, "no copies");
    return 0;
}

/* ---- a record ---- */

/* What a record is made of. */
struct made {
    struct slice a, b;  /* the pair */
    struct identity id; /* of the record */
    uint32_t epoch;
    size_t group;        /* by --from; 0: no record of the pool has its value */
    struct slice *texts; /* found: of the pair, then the negatives */
    size_t count;
    bool has_id;
};

static bool is_candidate(const struct contrast *contrast, const struct made *made, size_t number)
{
    const struct negative *negative = &contrast->pool.items[number];
    if (made->has_id && negative->has_id && negative->id.high == made->id.high && negative->id.low == made->id.low)
        return false;
    return contrast->from == FROM_ANY || (negative->group == made->group) == (contrast->from == FROM_SAME);
}

/* Candidates with this text. */
static size_t count_text(const struct contrast *contrast, const struct made *made, struct slice text)
{
    const uint64_t *place = map_get(contrast->texts, text);
    size_t count = 0;
    for (uint64_t at = place != NULL ? *place : 0; at > 0; at = contrast->pool.items[at - 1].next_text)
        count += is_candidate(contrast, made, (size_t)at - 1);
    return slice_equal(text, made->a) || slice_equal(text, made->b) ? 0 : count;
}

/* How many candidates each part of the pool has. */
static void count_places(const struct contrast *contrast, const struct made *made, double *places)
{
    static const struct group none;
    const struct group *own = made->group > 0 ? &contrast->group_places.items[made->group - 1] : &none;
    for (size_t i = 0; i < PLACES; i++)
        places[i] = contrast->from == FROM_SAME  ? own->places[i]
                    : contrast->from == FROM_ANY ? contrast->all.places[i]
                                                 : contrast->all.places[i] - own->places[i];
    for (size_t which = 0; which < (slice_equal(made->a, made->b) ? 1 : 2); which++) {
        const uint64_t *place = map_get(contrast->texts, which == 0 ? made->a : made->b);
        for (uint64_t at = place != NULL ? *place : 0; at > 0; at = contrast->pool.items[at - 1].next_text)
            places[place_of(contrast, (size_t)at - 1)] -= is_candidate(contrast, made, (size_t)at - 1);
    }
    const uint64_t *place = made->has_id ? map_get(contrast->ids, key_of(&made->id)) : NULL;
    for (uint64_t at = place != NULL ? *place : 0; at > 0; at = contrast->pool.items[at - 1].next_id) {
        size_t group = contrast->pool.items[at - 1].group;
        if (contrast->from == FROM_ANY || (group == made->group) == (contrast->from == FROM_SAME))
            places[place_of(contrast, (size_t)at - 1)]--;
    }
}

/* Copies of a record have as many negatives in common as chance gives. candidates: of the pool. */
static void count_copies(struct contrast *contrast, const struct made *made, double candidates)
{
    double seen = 0, same = 0;
    bool copy = made->has_id && contrast->drawn_for.high == made->id.high && contrast->drawn_for.low == made->id.low &&
                contrast->drawn_in != made->epoch;
    for (size_t i = 0; copy && i < map_len(contrast->before); i++)
        same += (double)count_text(contrast, made, map_at(contrast->before, i)->key);
    for (size_t i = 2; copy && i < made->count; i++)
        seen += map_get(contrast->before, made->texts[i]) != NULL;
    if (copy && same < candidates) {
        drift_add(&contrast->copies, seen, (double)(made->count - 2) * same / candidates);
        contrast->compared += made->count - 2;
    }
    map_reset(contrast->before);
    for (size_t i = 2; i < made->count; i++)
        (void)map_put(contrast->before, made->texts[i]);
    contrast->drawn_for = made->has_id ? made->id : (struct identity){0};
    contrast->drawn_in = made->epoch;
}

static void count_law(struct contrast *contrast, const struct made *made)
{
    double seen[PLACES] = {0}, places[PLACES], sum = 0, drawn = (double)(made->count - 2);
    count_places(contrast, made, places);
    for (size_t i = 0; i < PLACES; i++)
        sum += places[i];
    for (size_t i = 2; i < made->count; i++) {
        size_t alike = count_text(contrast, made, made->texts[i]);
        const uint64_t *place = map_get(contrast->texts, made->texts[i]);
        for (uint64_t at = *place; at > 0; at = contrast->pool.items[at - 1].next_text)
            if (is_candidate(contrast, made, (size_t)at - 1))
                seen[place_of(contrast, (size_t)at - 1)] += 1 / (double)alike;
    }
    for (size_t i = 0; i < PLACES; i++)
        drift_add(&contrast->places[i], seen[i], drawn * places[i] / sum);
    contrast->drawn += made->count - 2;
    count_copies(contrast, made, sum);
}

static void check_negatives(struct check *check, struct contrast *contrast, const struct made *made)
{
    report_checked(check->report, CONTRAST_NEGATIVES);
    for (size_t i = 2; i < made->count; i++) {
        size_t alike = count_text(contrast, made, made->texts[i]), used = 0;
        for (size_t k = 2; k <= i; k++)
            used += slice_equal(made->texts[k], made->texts[i]);
        if (used <= alike)
            continue;
        report_broken(check->report, CONTRAST_NEGATIVES,
                      "negative %zu: expected a text of the pool%s, of another record, not of the pair, and none twice,"
                      " found %.*s",
                      i - 1, contrast->from != FROM_ANY ? " with the relation of --from" : "",
                      (int)(made->texts[i].len < 200 ? made->texts[i].len : 200), made->texts[i].ptr);
        return;
    }
    count_law(contrast, made);
}

/* The lists in a list of lists, as JSON. */
static bool read_lists(struct check *check, const struct record *in, const char *name, struct made *made,
                       struct arena *arena)
{
    const struct value *value = rec_present(in, slice_of(name));
    struct slice text = value != NULL ? rec_json(value, arena) : SLICE("");
    size_t count = 0, depth = 0, from = 0;
    struct slice *lists = arena_array(arena, made->count + 1, sizeof *lists);
    for (size_t at = 0; at < text.len; at++) {
        from = text.ptr[at] == '[' && depth == 1 ? at : from;
        depth += text.ptr[at] == '[';
        depth -= text.ptr[at] == ']' && depth > 0;
        if (text.ptr[at] == ']' && depth == 1 && count++ < made->count)
            lists[count - 1] = (struct slice){text.ptr + from, at + 1 - from};
    }
    if (count == made->count) {
        made->texts = lists;
        return true;
    }
    report_broken(check->report, RULE_SHAPE, "%s: expected %zu lists, found %zu", name, made->count, count);
    return false;
}

static size_t items(struct slice list)
{
    size_t count = list.len > 2;
    for (size_t i = 0; i < list.len; i++)
        count += list.ptr[i] == ',';
    return count;
}

/* attention_mask and token_type_ids have as many items as input_ids. */
static void check_lists(struct check *check, const struct record *in, const struct made *made, struct arena *arena)
{
    static const char *const names[] = {"attention_mask", "token_type_ids"};
    report_checked(check->report, CONTRAST_LISTS);
    for (size_t which = 0; which < 2; which++) {
        struct made other = *made;
        if (!check_has(in, names[which]) || !read_lists(check, in, names[which], &other, arena))
            continue;
        for (size_t i = 0; i < made->count; i++)
            if (items(other.texts[i]) != items(made->texts[i]))
                report_broken(check->report, CONTRAST_LISTS, "%s[%zu]: expected %zu items, as in input_ids, found %zu",
                              names[which], i, items(made->texts[i]), items(other.texts[i]));
    }
}

/* sent0, sent1, hard_neg, or hard_neg_1 … */
static bool read_made(struct check *check, const struct contrast *contrast, const struct record *in, struct made *made,
                      struct arena *arena)
{
    static const char *const names[][3] = {{"sent0", "sent1", "hard_neg"}, {"anchor", "positive", "negative"}};
    const char *const *use = names[contrast->given->names];
    if (contrast->given->tokens)
        return read_lists(check, in, "input_ids", made, arena);
    made->texts = arena_array(arena, made->count, sizeof *made->texts);
    for (size_t i = 0; i < made->count; i++) {
        struct slice name = slice_of(use[i < 2 ? i : 2]);
        if (i >= 2 && made->count > 3)
            name = arena_print(arena, "%s_%zu", use[2], i - 1);
        if (rec_text(in, name, arena, &made->texts[i]) == 0)
            continue;
        report_broken(check->report, RULE_SHAPE, "%s", diag_message());
        return false;
    }
    return true;
}

/* The texts of a record before, or, of one that keeps them, after. */
static bool read_texts(struct check *check, const struct contrast *contrast, const struct record *in,
                       const struct record *from, struct made *made, struct slice *negative, struct arena *arena)
{
    const struct contrast_options *given = contrast->given;
    struct identity value;
    bool own = given->negative_field != NULL && given->pool == NULL;
    made->has_id = check_has(from, "id");
    if (!read_text(contrast, from, contrast->field, arena, &made->a) ||
        !read_text(contrast, from, given->task == TASK_PAIRS ? given->pair_field : contrast->field, arena, &made->b) ||
        (own && !read_text(contrast, from, given->negative_field, arena, negative)) ||
        (made->has_id && lineage_identity(from, SLICE("id"), arena, &made->id) < 0) ||
        lineage_round(in, &made->epoch) < 0 || (given->pool != NULL && !read_group(contrast, from, arena, &value))) {
        report_broken(check->report, RULE_SHAPE, "%s", diag_message());
        return false;
    }
    const uint64_t *group = given->pool != NULL ? map_get(contrast->groups, key_of(&value)) : NULL;
    made->group = group != NULL ? (size_t)*group : 0;
    return true;
}

static void check_made(struct check *check, const struct record *in, const struct record *source, struct arena *arena)
{
    struct contrast *contrast = check->state;
    const struct contrast_options *given = contrast->given;
    struct made made = {.count = 2};
    struct slice negative = {0};
    bool own = given->negative_field != NULL && given->pool == NULL;
    made.count += given->pool != NULL ? (size_t)given->negatives : own;
    if (!read_made(check, contrast, in, &made, arena))
        return;
    if (given->tokens)
        check_lists(check, in, &made, arena);
    report_checked(check->report, CONTRAST_PAIR);
    if (given->tokens && source == NULL) {
        if (given->task == TASK_SELF && !slice_equal(made.texts[0], made.texts[1]))
            report_broken(check->report, CONTRAST_PAIR, "input_ids: expected the same list twice");
        return;
    }
    if (!read_texts(check, contrast, in, source != NULL ? source : in, &made, &negative, arena))
        return;
    if (!slice_equal(made.texts[0], made.a) || !slice_equal(made.texts[1], made.b)) {
        report_broken(check->report, CONTRAST_PAIR, "expected the %s of the record, found another %s",
                      given->task == TASK_SELF ? "text" : "two texts", given->tokens ? "list" : "text");
        return;
    }
    if (given->pool != NULL)
        check_negatives(check, contrast, &made);
    if (!own)
        return;
    report_checked(check->report, CONTRAST_NEGATIVES);
    if (!slice_equal(made.texts[2], negative))
        report_broken(check->report, CONTRAST_NEGATIVES, "expected the text of %s, found another",
                      given->negative_field);
}

/* What contrast may write or, of tokens, remove. */
enum { CHANGED = 7 };
static const char *const changed_texts[CHANGED + 1] = {"sent0",    "sent1",    "hard_neg", "anchor",
                                                       "positive", "negative", "epoch",    NULL};
static const char *const changed_tokens[] = {
    "input_ids",      "attention_mask",  "token_type_ids",      "epoch",       "tokens",
    "offset_mapping", "word_ids",        "special_tokens_mask", "word_tokens", "phrase_tokens",
    "entity_tokens",  "sentence_tokens", "position_ids",        "doc_ids",     NULL};

/* Those, and hard_neg_1, negative_1 … */
static const char *const *changed_members(const struct contrast_options *given, struct arena *arena)
{
    size_t more = given->pool != NULL && given->negatives > 1 ? (size_t)given->negatives : 0, at = 0;
    const char **names = arena_array(arena, CHANGED + 2 * more + 1, sizeof *names);
    for (; at < CHANGED; at++)
        names[at] = changed_texts[at];
    for (size_t i = 1; i <= more; i++) {
        names[at++] = arena_print(arena, "hard_neg_%zu", i).ptr;
        names[at++] = arena_print(arena, "negative_%zu", i).ptr;
    }
    names[at] = NULL;
    return names;
}

static int contrast_record(struct check *check, const struct record *in, struct arena *arena)
{
    const struct contrast_options *given = check->options;
    const struct record *source;
    if (check_source(check, in, &given->random, arena, &source) < 0)
        return -1;
    if (source != NULL)
        check_untouched(check, CONTRAST_UNTOUCHED, source, in,
                        given->tokens ? changed_tokens : changed_members(given, arena), arena);
    check_made(check, in, source, arena);
    return 0;
}

static int contrast_end(struct check *check, struct arena *arena)
{
    const struct contrast *contrast = check->state;
    (void)arena;
    report_law(check->report, CONTRAST_POOL, drift_p(contrast->places, PLACES), contrast->drawn, "negatives");
    report_law(check->report, CONTRAST_COPIES, drift_p(&contrast->copies, 1), contrast->compared, "negatives");
    return 0;
}

static void contrast_close(struct check *check)
{
    struct contrast *contrast = check->state;
    map_free(contrast->texts);
    map_free(contrast->ids);
    map_free(contrast->groups);
    map_free(contrast->before);
    vec_free(&contrast->pool);
    vec_free(&contrast->group_places);
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
    .example = "$ echo '{\"id\":1,\"text\":\"mill\",\"sent0\":\"mill\",\"sent1\":\"mill\"}' |\n"
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
