/* contrast.c - pairs of texts that should be close to each other, and others that should not.
 *
 *     quern contrast --task self|pairs [--field NAME] [--pair-field NAME] [--negative-field NAME]
 *                    [--pool FILE [--negatives K] [--from any|same:MEMBER|other:MEMBER]]
 *                    [--names simcse|sentence-transformers] [--tokens] [FILE …]
 *
 *     $ echo '{"id":"a","text":"A mill"}' | quern contrast --task self
 *     {"id":"a","text":"A mill","sent0":"A mill","sent1":"A mill"}
 *
 * The pool, and what may be drawn from it, is in contrast/pool.h; this file has the options and the record. */
#include "contrast/pool.h"
#include "quern.h"

#include <inttypes.h>

enum { TASK_SELF, TASK_PAIRS };
enum { NAMES_SIMCSE, NAMES_SENTENCE_TRANSFORMERS };

struct contrast_options {
    int task;
    const char *field, *pair_field, *negative_field, *pool, *from;
    int64_t negatives;
    int names;
    bool tokens;
    int64_t max_memory;
    struct random_options random;
};

static const char *const task_names[] = {"self", "pairs", NULL};
static const char *const names_names[] = {"simcse", "sentence-transformers", NULL};

static const struct option options[] = {
    {"task", 0, OPT_CHOICE, OPT_AT(struct contrast_options, task), .value = "TASK", .choices = task_names,
     .required = true, .help = "self: a pair is a text with itself; pairs: with a second one"},
    OPTION_FIELD(struct contrast_options, field),
    {"pair-field", 0, OPT_TEXT, OPT_AT(struct contrast_options, pair_field), .value = "NAME", .when = "task=pairs",
     .help = "pairs: the member with the second text"},
    {"negative-field", 0, OPT_TEXT, OPT_AT(struct contrast_options, negative_field), .value = "NAME",
     .help = "the member with a text that should be far from both; with --pool: of the records of the pool"},
    {"pool", 0, OPT_FILE, OPT_AT(struct contrast_options, pool), .value = "FILE",
     .help = "records from which such texts are drawn"},
    {"negatives", 0, OPT_INT, OPT_AT(struct contrast_options, negatives), .value = "K", .fallback = "1", .min = 1,
     .max = INT16_MAX, .when = "pool", .help = "how many to draw for each record"},
    {"from", 0, OPT_TEXT, OPT_AT(struct contrast_options, from), .value = "WHICH", .fallback = "any", .when = "pool",
     .help = "any: from all records of the pool; same:MEMBER, other:MEMBER: from those with the same or another value "
             "of MEMBER"},
    {"names", 0, OPT_CHOICE, OPT_AT(struct contrast_options, names), .value = "FOR", .fallback = "simcse",
     .choices = names_names, .when = "!tokens",
     .help = "simcse: sent0, sent1, hard_neg; sentence-transformers: anchor, positive, negative"},
    {"tokens", 0, OPT_FLAG, OPT_AT(struct contrast_options, tokens),
     .help = "the records are tokenized: make lists of their tokens instead of texts"},
    {"max-memory", 0, OPT_SIZE, OPT_AT(struct contrast_options, max_memory), .value = "SIZE", .fallback = "1G",
     .min = 0, .max = INT64_MAX, .when = "pool",
     .help = "how much memory the pool may take before it moves to temporary files"},
    OPTIONS_RANDOM(struct contrast_options, random),
    {0},
};

static const char *const reads[] = {"id", "text", "epoch", "input_ids", "attention_mask", "token_type_ids", NULL};
static const char *const writes[] = {"sent0",     "sent1",          "hard_neg",       "anchor", "positive", "negative",
                                     "input_ids", "attention_mask", "token_type_ids", "epoch",  NULL};

enum { COUNT_NEGATIVES, COUNT_EQUAL_PAIRS };
static const char *const counters[] = {[COUNT_NEGATIVES] = "negatives", [COUNT_EQUAL_PAIRS] = "equal_pairs", NULL};

/* The numbers of the draws are a part of the frozen contract of quern-record(5): DRAW_NEGATIVE << 32 | which of them,
 * from 0. */
enum { DRAW_NEGATIVE = 1 };

enum { PAIR = 2 };

struct contrast {
    const struct contrast_options *given;
    struct slice fields[PAIR];
    struct slice negative_field, pool_field; /* of the record, or of the pool's; ptr NULL: none */
    struct pool *pool;                       /* NULL without --pool */
    struct rng_key key;
    size_t count;        /* texts of a record: the pair and its negatives */
    struct slice *names; /* of each, without --tokens */
};

/* ---- open ---- */

/* any, same:MEMBER, other:MEMBER */
static int read_from(const char *from, struct pool_plan *plan)
{
    static const char *const words[] = {[POOL_ANY] = "any", [POOL_SAME] = "same:", [POOL_OTHER] = "other:"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct slice word = slice_of(words[i]), rest = slice_of(from);
        if (i == POOL_ANY ? !slice_equal(rest, word) : !slice_starts(rest, word) || rest.len == word.len)
            continue;
        plan->from = (enum pool_from)i;
        plan->by = (struct slice){rest.ptr + word.len, rest.len - word.len};
        return 0;
    }
    return diag_error("--from: expected any, same:MEMBER or other:MEMBER, found \"%s\"", from);
}

static int check_options(const struct contrast_options *given)
{
    if (given->task == TASK_PAIRS && given->pair_field == NULL)
        return diag_error("--task pairs needs --pair-field NAME, the member with the second text");
    return lineage_check(&given->random);
}

/* sent0, sent1, hard_neg; of several negatives hard_neg_1, hard_neg_2 … */
static void make_names(struct contrast *contrast)
{
    static const char *const of[][3] = {
        [NAMES_SIMCSE] = {"sent0", "sent1", "hard_neg"},
        [NAMES_SENTENCE_TRANSFORMERS] = {"anchor", "positive", "negative"},
    };
    const char *const *names = of[contrast->given->names];
    contrast->names = mem_zalloc(contrast->count, sizeof *contrast->names);
    for (size_t i = 0; i < contrast->count; i++) {
        struct bytes name = {0};
        bytes_put(&name, slice_of(names[i < PAIR ? i : PAIR]));
        if (i >= PAIR && contrast->count > PAIR + 1) {
            bytes_byte(&name, '_');
            json_put_int(&name, (int64_t)(i - PAIR + 1));
        }
        contrast->names[i] = bytes_slice(&name);
    }
}

static void contrast_close(void *shared)
{
    struct contrast *contrast = shared;
    for (size_t i = 0; contrast->names != NULL && i < contrast->count; i++)
        mem_free((void *)(uintptr_t)contrast->names[i].ptr);
    mem_free(contrast->names);
    pool_free(contrast->pool);
    mem_free(contrast);
}

static int open_pool(struct stage_context *context, struct contrast *contrast, const struct pool_plan *plan)
{
    size_t negatives = (size_t)contrast->given->negatives;
    contrast->pool = pool_load(context, plan);
    if (contrast->pool == NULL)
        return -1;
    if (pool_len(contrast->pool) >= negatives)
        return 0;
    return diag_error("--pool %s: expected at least %zu record%s (--negatives), found %zu", plan->path, negatives,
                      diag_s(negatives), pool_len(contrast->pool));
}

static int contrast_open(struct stage_context *context, void **shared)
{
    const struct contrast_options *given = context->options;
    bool pool = given->pool != NULL, tokens = given->tokens;
    struct slice field = tokens && !opt_given(context, "field") ? SLICE("input_ids") : slice_of(given->field);
    struct slice negative = given->negative_field != NULL ? slice_of(given->negative_field) : (struct slice){NULL, 0};
    struct pool_plan plan = {
        .path = given->pool,
        .field = negative.ptr != NULL ? negative : field,
        .tokens = tokens,
        .max_memory = (uint64_t)given->max_memory,
    };
    if (check_options(given) < 0 || read_from(given->from, &plan) < 0)
        return -1;
    struct contrast *contrast = mem_zalloc(1, sizeof *contrast);
    *contrast = (struct contrast){
        .given = given,
        .fields = {field, given->task == TASK_PAIRS ? slice_of(given->pair_field) : field},
        .negative_field = pool ? (struct slice){NULL, 0} : negative,
        .pool_field = plan.field,
        .key = rng_key(&given->random, "contrast"),
        .count = PAIR + (pool ? (size_t)given->negatives : negative.ptr != NULL),
    };
    make_names(contrast);
    if (pool && open_pool(context, contrast, &plan) < 0) {
        contrast_close(contrast);
        return -1;
    }
    *shared = contrast;
    return 0;
}

/* ---- record ---- */

/* The pair and, with --negative-field, the negative of the record. */
static int read_views(const struct contrast *contrast, const struct record *in, struct arena *arena, struct view *views)
{
    bool tokens = contrast->given->tokens;
    if (view_read(in, contrast->fields[0], tokens, arena, &views[0]) < 0)
        return -1;
    views[1] = views[0];
    if (contrast->given->task == TASK_PAIRS && view_read(in, contrast->fields[1], tokens, arena, &views[1]) < 0)
        return -1;
    if (contrast->negative_field.ptr == NULL)
        return 0;
    return view_read(in, contrast->negative_field, tokens, arena, &views[PAIR]);
}

static int find_candidates(const struct contrast *contrast, const struct record *in, const struct view *views,
                           struct arena *arena, struct candidates *candidates)
{
    const struct contrast_options *given = contrast->given;
    size_t negatives = contrast->count - PAIR;
    if (pool_candidates(contrast->pool, in, views, PAIR, negatives, arena, candidates) < 0)
        return -1;
    if (candidates->count >= negatives)
        return 0;
    return diag_error("--pool %s: %zu record%s can be a negative of this one (--from %s), expected at least %zu "
                      "(--negatives)",
                      given->pool, candidates->count, diag_s(candidates->count), given->from, negatives);
}

static void draw_negatives(const struct contrast *contrast, struct rng *rng, struct candidates candidates,
                           struct view *views)
{
    for (size_t i = PAIR; i < contrast->count; i++) {
        uint64_t n = rng_below(rng, (uint64_t)DRAW_NEGATIVE << 32 | (i - PAIR), candidates.count);
        views[i] = pool_view(contrast->pool, candidates_take(&candidates, n));
    }
}

static void set_texts(const struct contrast *contrast, const struct view *views, struct record *made)
{
    for (size_t i = 0; i < contrast->count; i++)
        rec_set_text(made, contrast->names[i], views[i].text);
}

/* ---- tokens ---- */

enum array { ARRAY_IDS, ARRAY_MASK, ARRAY_TYPES, ARRAYS };
static const char *const array_names[] = {
    [ARRAY_IDS] = "input_ids", [ARRAY_MASK] = "attention_mask", [ARRAY_TYPES] = "token_type_ids"};

static const int32_t *array_of(const struct view *view, enum array array)
{
    return array == ARRAY_IDS ? view->ids : array == ARRAY_MASK ? view->mask : view->types;
}

/* Sets an array of each view as a list of lists. A view without it has no padding, and one type of tokens. */
static void set_lists(const struct contrast *contrast, const struct view *views, enum array array, struct record *made,
                      struct arena *arena)
{
    size_t room = 2, longest = 0;
    for (size_t i = 0; i < contrast->count; i++) {
        room += 1 + views[i].count * JSON_INT32_BYTES + JSON_INT_BYTES;
        longest = views[i].count > longest ? views[i].count : longest;
    }
    int32_t *all = arena_array(arena, longest, sizeof *all);
    for (size_t i = 0; i < longest; i++)
        all[i] = array == ARRAY_MASK;
    char *json = arena_alloc(arena, room), *to = json;
    *to++ = '[';
    for (size_t i = 0; i < contrast->count; i++) {
        const int32_t *items = array_of(&views[i], array);
        if (i > 0)
            *to++ = ',';
        to = json_write_ints(to, items != NULL ? items : all, views[i].count);
    }
    *to++ = ']';
    rec_set_json(made, slice_of(array_names[array]), slice_between(json, to));
}

/* Only what a model takes is written; everything else about the tokens of one text is not true of the lists. */
static void set_tokens(const struct contrast *contrast, const struct view *views, struct record *made,
                       struct arena *arena)
{
    for (enum array array = ARRAY_IDS; array < ARRAYS; array++) {
        bool any = array == ARRAY_IDS;
        for (size_t i = 0; i < contrast->count; i++)
            any = any || array_of(&views[i], array) != NULL;
        if (any)
            set_lists(contrast, views, array, made, arena);
    }
    for (const char *const *name = members_of_tokens; *name != NULL; name++)
        if (rec_member(made, slice_of(*name)) != NULL && !rec_member(made, slice_of(*name))->fresh)
            rec_remove(made, slice_of(*name));
}

/* The tokens of a text and those of a pool come from the same tokenizer, so they have the same arrays. */
static int check_pool_arrays(const struct contrast *contrast, const struct view *views)
{
    if (!contrast->given->tokens || !slice_is(contrast->pool_field, "input_ids"))
        return 0;
    struct view of_pool = pool_view(contrast->pool, 0);
    for (enum array array = ARRAY_MASK; array < ARRAYS; array++)
        for (size_t i = 0; i < PAIR; i++)
            if (array_of(&views[i], array) != NULL && array_of(&of_pool, array) == NULL)
                return diag_error("%s: the records of --pool %s do not have it", array_names[array],
                                  contrast->given->pool);
    return 0;
}

/* ---- record ---- */

static int emit_copy(const struct contrast *contrast, const struct record *in, struct view *views,
                     const struct candidates *candidates, const struct lineage *lineage, int64_t copy, struct sink *out)
{
    struct record *made = rec_derive(sink_arena(out), in);
    if (contrast->pool != NULL) {
        struct rng rng = lineage_rng(lineage, contrast->key, copy);
        draw_negatives(contrast, &rng, *candidates, views);
        sink_count(out, COUNT_NEGATIVES, contrast->count - PAIR);
    }
    if (contrast->given->tokens)
        set_tokens(contrast, views, made, sink_arena(out));
    else
        set_texts(contrast, views, made);
    lineage_set(made, lineage, copy);
    return sink_emit(out, made);
}

static int contrast_record(void *shared, const struct record *in, struct sink *out)
{
    const struct contrast *contrast = shared;
    struct arena *arena = sink_arena(out);
    struct view *views = arena_array(arena, contrast->count, sizeof *views);
    struct slice field = contrast->given->tokens ? SLICE("text") : contrast->fields[0];
    struct lineage lineage;
    struct candidates candidates = {0};
    if (read_views(contrast, in, arena, views) < 0 ||
        lineage_read(in, field, &contrast->given->random, arena, &lineage) < 0)
        return -1;
    if (contrast->pool != NULL &&
        (check_pool_arrays(contrast, views) < 0 || find_candidates(contrast, in, views, arena, &candidates) < 0))
        return -1;
    sink_count(out, COUNT_EQUAL_PAIRS,
               contrast->given->task == TASK_PAIRS && slice_equal(views[0].text, views[1].text));
    for (int64_t copy = 0; copy < lineage.copies; copy++)
        if (emit_copy(contrast, in, views, &candidates, &lineage, copy, out) < 0)
            return -1;
    return 0;
}

static void contrast_notes(const void *shared, const struct totals *totals)
{
    uint64_t equal = totals->counters[COUNT_EQUAL_PAIRS];
    (void)shared;
    if (equal > 0)
        diag_note("the two texts of %" PRIu64 " of %" PRIu64 " record%s are equal", equal, totals->in,
                  diag_s(totals->in));
}

const struct stage stage_contrast = {
    .name = "contrast",
    .summary = "make pairs of texts for sentence vectors, with negatives",
    .example = "$ printf '{\"id\":%d,\"text\":\"%s\"}\\n' 1 mill 2 quern 3 grain >texts.jsonl\n"
               "$ quern contrast --task self --pool texts.jsonl texts.jsonl | head -n 1\n"
               "{\"id\":1,\"text\":\"mill\",\"sent0\":\"mill\",\"sent1\":\"mill\",…}",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct contrast_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = contrast_open,
    .close = contrast_close,
    .record = contrast_record,
    .notes = contrast_notes,
};
