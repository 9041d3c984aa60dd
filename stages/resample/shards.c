/* shards.c - the same for a data set in parts: count each part, plan for all, apply to each. See resample.h.
 *
 *     quern resample count --method under part1.jsonl >counts1        for each part
 *     quern resample plan counts1 counts2 … >plan
 *     quern resample apply --plan plan part1.jsonl                    for each part, in order
 *
 * A file of counts, and a plan, begins with the settings that the parts must share. Then counts have for each class its
 * number of records, and rows: 32 hexadecimal digits each, a draw and a hash, the lowest first. A plan has for each
 * class how many there shall be, how often each record stays, and up to which row one is taken once more. */
#include "resample.h"

#include <inttypes.h>
#include <stdlib.h>

#define FORMAT "quern-resample-1"
enum { ROW_DIGITS = 32, ROWS_OF_LINE = 1024 };

static const char *const method_names[] = {"under", "over", "random", "easyensemble", NULL};

/* ---- settings ---- */

/* What the draws and the classes depend on, as the first line. */
static struct record *make_settings(const struct resample *resample, struct arena *arena)
{
    const struct resample_options *given = resample->given;
    struct record *made = rec_new(arena);
    rec_set_text(made, SLICE("format"), SLICE(FORMAT));
    rec_set_text(made, SLICE("method"), slice_of(method_names[given->method]));
    rec_set_text(made, SLICE("label"), slice_of(given->label));
    rec_set_text(made, SLICE("field"), slice_of(given->field));
    rec_set_text(made, SLICE("within"), slice_of(given->within != NULL ? given->within : ""));
    rec_set_int(made, SLICE("seed"), given->random.seed);
    rec_set_text(made, SLICE("salt"), slice_of(given->random.salt));
    rec_set_int(made, SLICE("epoch"), given->epoch);
    rec_set_int(made, SLICE("subsets"), given->method == METHOD_EASYENSEMBLE ? given->subsets : 0);
    return made;
}

/* The settings of a file, as options. What they hold lives as long as the list `kept`. */
struct settings {
    struct resample_options options;
    struct bytes line; /* as it was read */
    struct words kept;
};

static void settings_release(struct settings *settings)
{
    vec_free(&settings->line);
    words_release(&settings->kept);
}

static int read_word(struct settings *settings, const struct record *in, const char *name, struct arena *arena,
                     const char **word)
{
    struct slice text;
    if (rec_text(in, slice_of(name), arena, &text) < 0)
        return -1;
    *word = mem_string(text.ptr, text.len);
    vec_push(&settings->kept, *word);
    return 0;
}

/* The first line of a file. 0, or -1 with the message; others must be the same. */
static int read_settings(struct settings *settings, const struct record *in, struct arena *arena)
{
    struct resample_options *options = &settings->options;
    const char *format, *method;
    if (settings->line.len > 0)
        return slice_equal(bytes_slice(&settings->line), in->line)
                   ? 0
                   : diag_error("other settings than before: all parts need the same --method, --label, --field, "
                                "--within, --seed, --salt, --epoch and --subsets");
    if (read_word(settings, in, "format", arena, &format) < 0 || strcmp(format, FORMAT) != 0)
        return diag_error("expected the format " FORMAT ", which \"quern resample count\" and plan write");
    if (read_word(settings, in, "method", arena, &method) < 0 ||
        read_word(settings, in, "label", arena, &options->label) < 0 ||
        read_word(settings, in, "field", arena, &options->field) < 0 ||
        read_word(settings, in, "within", arena, &options->within) < 0 ||
        read_word(settings, in, "salt", arena, &options->random.salt) < 0 ||
        rec_int(in, SLICE("seed"), &options->random.seed) < 0 || rec_int(in, SLICE("epoch"), &options->epoch) < 0 ||
        rec_int(in, SLICE("subsets"), &options->subsets) < 0)
        return -1;
    while (method_names[options->method] != NULL && strcmp(method_names[options->method], method) != 0)
        options->method++;
    if (method_names[options->method] == NULL || options->subsets < 0 || options->subsets > MOST_SUBSETS)
        return diag_error("method: %s is none that can be applied to parts", method);
    if (options->within[0] == '\0')
        options->within = NULL;
    options->subset = -1;
    bytes_put(&settings->line, in->line);
    return 0;
}

static void put_row(const struct row *row, char *digits)
{
    for (unsigned i = 0; i < ROW_DIGITS; i++)
        digits[i] = "0123456789abcdef"[(i < 16 ? row->draw : row->content) >> (60 - i % 16 * 4) & 15];
}

static bool read_row(const char *digits, struct row *row)
{
    uint64_t words[2] = {0};
    for (unsigned i = 0; i < ROW_DIGITS; i++) {
        char c = digits[i];
        bool decimal = c >= '0' && c <= '9';
        if (!decimal && (c < 'a' || c > 'f'))
            return false;
        words[i / 16] = words[i / 16] << 4 | (uint64_t)(decimal ? c - '0' : c - 'a' + 10);
    }
    *row = (struct row){words[0], words[1]};
    return true;
}

static int by_row(const void *a, const void *b)
{
    return row_compare(a, b);
}

/* ---- count ---- */

static const struct option count_options[] = {
    {"method", 0, OPT_CHOICE, OPT_AT(struct resample_options, method), .value = "NAME", .required = true,
     .choices = method_names, .help = "what will happen to the classes"},
    {"label", 0, OPT_TEXT, OPT_AT(struct resample_options, label), .value = "NAME", .fallback = "label",
     .help = "the member with the class"},
    {"subsets", 0, OPT_INT, OPT_AT(struct resample_options, subsets), .value = "T", .fallback = "10", .min = 1,
     .max = MOST_SUBSETS, .when = "method=easyensemble", .help = "how many subsets to draw"},
    {"keep", 0, OPT_INT, OPT_AT(struct resample_options, keep), .value = "N", .min = 1, .max = INT64_MAX,
     .help = "write only the N lowest draws of each class: no more of it will be chosen"},
    {"within", 0, OPT_TEXT, OPT_AT(struct resample_options, within), .value = "NAME=VALUE",
     .help = "sample only the records with this value"},
    OPTION_FIELD(struct resample_options, field),
    OPTIONS_SEED(struct resample_options, random),
    {"epoch", 0, OPT_INT, OPT_AT(struct resample_options, epoch), .value = "E", .fallback = "-1", .min = -1,
     .max = UINT32_MAX, .help = "make the choices of epoch E; -1: of the epoch of the record, 0 if missing"},
    {0},
};

static void shard_close(void *shared)
{
    struct resample *resample = shared;
    plans_release(resample);
    classes_release(&resample->classes);
    condition_thread_free(resample->in_order);
    conditions_free(resample->within);
    map_free(resample->splits);
    mem_free(resample->order);
    mem_free(resample);
}

static struct resample *shard_new(const struct resample_options *given)
{
    struct resample *resample = mem_zalloc(1, sizeof *resample);
    *resample = (struct resample){
        .given = given,
        .key = rng_key(&given->random, "resample"),
        .label = slice_of(given->label),
        .field = slice_of(given->field),
        .splits = map_new(),
    };
    classes_init(&resample->classes);
    return resample;
}

static int count_open(struct stage_context *context, void **shared)
{
    struct resample *resample = shard_new(context->options);
    if (resample_open_within(resample) < 0) {
        shard_close(resample);
        return -1;
    }
    *shared = resample;
    return 0;
}

static int emit_rows(struct slice key, int64_t subset, struct row *rows, size_t count, int64_t keep, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    qsort(rows, count, sizeof *rows, by_row);
    if (keep > 0 && (uint64_t)keep < count)
        count = (size_t)keep;
    for (size_t i = 0; i < count; i += ROWS_OF_LINE) {
        size_t here = count - i < ROWS_OF_LINE ? count - i : ROWS_OF_LINE;
        char *digits = arena_array(arena, here, ROW_DIGITS);
        for (size_t j = 0; j < here; j++)
            put_row(&rows[i + j], digits + j * ROW_DIGITS);
        struct record *made = rec_new(arena);
        rec_set_json(made, SLICE("label"), key);
        if (subset >= 0)
            rec_set_int(made, SLICE("subset"), subset);
        rec_set_text(made, SLICE("rows"), (struct slice){digits, here * ROW_DIGITS});
        if (sink_emit(out, made) < 0)
            return -1;
    }
    return 0;
}

static int emit_class(const struct resample *resample, size_t number, struct sink *out)
{
    const struct resample_options *given = resample->given;
    struct class *class = &resample->classes.items.items[number];
    struct slice key = classes_key(&resample->classes, number);
    struct record *made = rec_new(sink_arena(out));
    rec_set_json(made, SLICE("label"), key);
    rec_set_int(made, SLICE("count"), (int64_t) class->count);
    if (sink_emit(out, made) < 0)
        return -1;
    if (given->method != METHOD_EASYENSEMBLE)
        return emit_rows(key, -1, class->rows.items, class->rows.len, given->keep, out);
    struct row *rows = mem_zalloc(class->origins.len + 1, sizeof *rows);
    int done = 0;
    for (int64_t t = 0; done == 0 && t < given->subsets; t++) {
        for (size_t i = 0; i < class->origins.len; i++)
            rows[i] = resample_subset(resample, &class->origins.items[i], (uint64_t)t);
        done = emit_rows(key, t, rows, class->origins.len, given->keep, out);
    }
    mem_free(rows);
    return done;
}

static int count_end(void *shared, struct sink *out)
{
    struct resample *resample = shared;
    if (resample->order == NULL) {
        if (resample_check_splits(resample) < 0 || sink_emit(out, make_settings(resample, sink_arena(out))) < 0)
            return -1;
        resample->order = classes_order(&resample->classes);
    }
    if (resample->next == resample->classes.items.len)
        return 0;
    return emit_class(resample, resample->order[resample->next++], out) < 0 ? -1 : 1;
}

static const char *const count_reads[] = {"id", "text", "epoch", "label", "split", NULL};
static const char *const count_writes[] = {NULL};

const struct stage resample_count = {
    .name = "resample count",
    .summary = "count the classes of a part, and list its draws",
    .example = "$ printf '{\"id\":%d,\"label\":\"%s\"}\\n' 1 a 2 b | quern resample count --method under | jq -c "
               "'del(.rows)'\n"
               "{\"format\":\"quern-resample-1\",\"method\":\"under\",…}\n"
               "{\"label\":\"a\",\"count\":1}\n"
               "{\"label\":\"a\"}\n"
               "{\"label\":\"b\",\"count\":1}\n"
               "{\"label\":\"b\"}",
    .class = STAGE_WHOLE,
    .options = count_options,
    .options_size = sizeof(struct resample_options),
    .reads = count_reads,
    .writes = count_writes,
    .sets_any = true,
    .open = count_open,
    .close = shard_close,
    .thread_open = rows_thread_open,
    .thread_close = rows_thread_close,
    .record = rows_record,
    .merge = rows_merge,
    .end = count_end,
};

/* ---- plan ---- */

static const struct option plan_options[] = {
    OPTIONS_TARGET(struct resample_options, targets),
    {0},
};

struct planner {
    struct resample_options given; /* those of the counts, and the targets of the command line */
    const struct resample_options *asked;
    struct stage_context context;
    struct settings settings;
    struct classes classes;
    VEC(struct row *) subsets; /* rows of each class and subset: class * subsets + subset */
    VEC(size_t) subset_counts;
    bool written;
};

static void planner_close(void *shared)
{
    struct planner *planner = shared;
    for (size_t i = 0; i < planner->subsets.len; i++)
        mem_free(planner->subsets.items[i]);
    vec_free(&planner->subsets);
    vec_free(&planner->subset_counts);
    classes_release(&planner->classes);
    settings_release(&planner->settings);
    mem_free(planner);
}

static int planner_open(struct stage_context *context, void **shared)
{
    struct planner *planner = mem_zalloc(1, sizeof *planner);
    planner->asked = context->options;
    planner->context = *context;
    classes_init(&planner->classes);
    *shared = planner;
    return 0;
}

/* Adds the rows of a line to those of a class, or of a subset of it. */
static int add_rows(struct planner *planner, struct slice key, const struct record *in, struct arena *arena)
{
    int64_t subset = 0, subsets = planner->settings.options.subsets > 0 ? planner->settings.options.subsets : 1;
    struct slice digits;
    if (rec_text(in, SLICE("rows"), arena, &digits) < 0)
        return -1;
    if (planner->settings.options.subsets > 0 && rec_int(in, SLICE("subset"), &subset) < 0)
        return -1;
    if (digits.len % ROW_DIGITS != 0 || subset < 0 || subset >= subsets)
        return diag_error("rows: expected %d digits for each row of a subset that there is", ROW_DIGITS);
    (void)classes_at(&planner->classes, key);
    size_t at = (size_t)(*map_get(planner->classes.numbers, key) * (uint64_t)subsets + (uint64_t)subset);
    while (planner->subsets.len <= at) {
        vec_push(&planner->subsets, NULL);
        vec_push(&planner->subset_counts, (size_t)0);
    }
    size_t old = planner->subset_counts.items[at], more = digits.len / ROW_DIGITS;
    struct row *rows = mem_resize(planner->subsets.items[at], old + more, sizeof *rows);
    planner->subsets.items[at] = rows;
    for (size_t i = 0; i < more; i++)
        if (!read_row(digits.ptr + i * ROW_DIGITS, &rows[old + i]))
            return diag_error("rows: expected hexadecimal digits, as \"resample count\" writes them");
    planner->subset_counts.items[at] += more;
    return 0;
}

static int planner_record(void *shared, const struct record *in, struct sink *out)
{
    struct planner *planner = shared;
    struct arena *arena = sink_arena(out);
    struct slice key;
    int64_t count;
    if (rec_get(in, SLICE("format")) != NULL)
        return read_settings(&planner->settings, in, arena);
    if (planner->settings.line.len == 0)
        return diag_error("expected what \"quern resample count\" writes, which begins with its format");
    if (class_read(in, SLICE("label"), arena, &key) < 0)
        return -1;
    if (rec_get(in, SLICE("rows")) != NULL)
        return add_rows(planner, key, in, arena);
    if (rec_int(in, SLICE("count"), &count) < 0)
        return -1;
    if (count < 0)
        return diag_error("count: less than 0");
    classes_at(&planner->classes, key)->count += (uint64_t)count;
    return 0;
}

/* The line of a class, or of one of its subsets. */
static int emit_plan(const struct planner *planner, size_t number, int64_t subset, uint64_t target, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    struct slice key = classes_key(&planner->classes, number);
    uint64_t count = planner->classes.items.items[number].count;
    size_t subsets = planner->settings.options.subsets > 0 ? (size_t)planner->settings.options.subsets : 1;
    size_t at = number * subsets + (subset > 0 ? (size_t)subset : 0);
    struct row *rows = at < planner->subsets.len ? planner->subsets.items[at] : NULL;
    size_t known = rows != NULL ? planner->subset_counts.items[at] : 0;
    uint64_t most = subset < 0 ? target % count : target;
    struct record *made = rec_new(arena);
    struct bound bound = {.all = most >= count};
    if (!bound.all && most >= known && most > 0)
        return diag_kind(STATUS_DATA,
                         "label %.*s: %" PRIu64 " are chosen, but only the %zu lowest draws were counted "
                         "(--keep)",
                         (int)key.len, key.ptr, most, known);
    if (!bound.all && most > 0)
        bound = bound_of(rows, known, most);
    rec_set_json(made, SLICE("label"), key);
    rec_set_int(made, SLICE("count"), (int64_t)count);
    rec_set_int(made, SLICE("target"), (int64_t)target);
    if (subset < 0)
        rec_set_int(made, SLICE("times"), (int64_t)(target / count));
    else
        rec_set_int(made, SLICE("subset"), subset);
    if (!bound.all && most > 0) {
        char *digits = arena_alloc(arena, ROW_DIGITS);
        put_row(&bound.at, digits);
        rec_set_text(made, SLICE("last"), (struct slice){digits, ROW_DIGITS});
        rec_set_int(made, SLICE("equal"), (int64_t)bound.left);
        rec_set_json(made, SLICE("whole"), bound.whole ? SLICE("true") : SLICE("false"));
    } else {
        rec_set_json(made, SLICE("all"), bound.all ? SLICE("true") : SLICE("false"));
    }
    return sink_emit(out, made);
}

static int emit_plans(const struct planner *planner, const size_t *order, const uint64_t *targets, struct sink *out)
{
    int64_t subsets = planner->settings.options.subsets;
    for (size_t i = 0; i < planner->classes.items.len; i++) {
        if (planner->classes.items.items[order[i]].count == 0)
            return diag_kind(STATUS_DATA, "a class has rows but no count: a file of counts is not whole");
        for (int64_t t = subsets > 0 ? 0 : -1; t < (subsets > 0 ? subsets : 0); t++)
            if (emit_plan(planner, order[i], t, targets[i], out) < 0)
                return -1;
    }
    return 0;
}

static int planner_end(void *shared, struct sink *out)
{
    static const enum direction directions[] = {SHRINKS, GROWS, EITHER, SHRINKS};
    struct planner *planner = shared;
    struct target_rules rules;
    if (planner->settings.line.len == 0)
        return 0;
    if (targets_open(&planner->context, &planner->asked->targets, directions[planner->settings.options.method],
                     &rules) < 0)
        return diag_kind(STATUS_USAGE, "%s", diag_message());
    struct record *settings = rec_new(sink_arena(out));
    if (rec_parse(settings, arena_copy(sink_arena(out), bytes_slice(&planner->settings.line)), JSON_DEPTH,
                  sink_arena(out)) < 0 ||
        sink_emit(out, rec_derive(sink_arena(out), settings)) < 0)
        return -1;
    if (planner->classes.items.len == 0)
        return 0;
    if (planner->classes.items.len == 1)
        return diag_kind(STATUS_DATA, "all records have one label, so there is nothing to balance");
    size_t *order = classes_order(&planner->classes);
    uint64_t *targets = targets_find(&rules, &planner->classes, order);
    int done =
        targets == NULL ? diag_kind(STATUS_USAGE, "%s", diag_message()) : emit_plans(planner, order, targets, out);
    mem_free(targets);
    mem_free(order);
    return done;
}

const struct stage resample_plan = {
    .name = "resample plan",
    .summary = "decide about the classes of many parts that were counted",
    .example = "$ printf '{\"id\":%d,\"label\":\"%s\"}\\n' 1 a 2 a 3 b | quern resample count --method over |\n"
               ">     quern resample plan | jq -c '[.label, .count, .target]'\n"
               "[\"label\",null,null]\n"
               "[\"a\",2,2]\n"
               "[\"b\",1,2]",
    .class = STAGE_WHOLE,
    .options = plan_options,
    .options_size = sizeof(struct resample_options),
    .reads = (const char *const[]){NULL},
    .writes = (const char *const[]){NULL},
    .sets_any = true,
    .open = planner_open,
    .close = planner_close,
    .record = planner_record,
    .end = planner_end,
};

/* ---- apply ---- */

static const struct option apply_options[] = {
    {"plan", 0, OPT_FILE, OPT_AT(struct resample_options, plan), .value = "FILE", .required = true,
     .help = "what \"quern resample plan\" wrote"},
    {"subset", 0, OPT_INT, OPT_AT(struct resample_options, subset), .value = "N", .fallback = "-1", .min = -1,
     .max = MOST_SUBSETS - 1, .help = "of an easyensemble: write this subset and nothing else"},
    {"emit", 0, OPT_CHOICE, OPT_AT(struct resample_options, emit), .value = "WHAT", .fallback = "both",
     .choices = (const char *const[]){"both", "synthetic", NULL},
     .help = "both: records and their copies; synthetic: the copies only"},
    {0},
};

struct applier {
    struct settings settings;
    struct resample *resample;
    bool ordered; /* of equal rows only some are taken */
};

static void applier_close(void *shared)
{
    struct applier *applier = shared;
    if (applier->resample != NULL)
        shard_close(applier->resample);
    settings_release(&applier->settings);
    mem_free(applier);
}

static int read_bound(const struct record *in, struct arena *arena, struct bound *bound)
{
    struct slice digits;
    int64_t equal;
    const struct value *all = rec_present(in, SLICE("all")), *whole = rec_present(in, SLICE("whole"));
    *bound = (struct bound){.all = all != NULL && rec_kind(all) == 't'};
    if (all != NULL)
        return 0;
    if (rec_text(in, SLICE("last"), arena, &digits) < 0 || rec_int(in, SLICE("equal"), &equal) < 0)
        return -1;
    if (digits.len != ROW_DIGITS || !read_row(digits.ptr, &bound->at) || equal < 0)
        return diag_error("last: expected a row, %d hexadecimal digits", ROW_DIGITS);
    bound->left = (uint64_t)equal;
    bound->whole = whole != NULL && rec_kind(whole) == 't';
    return 0;
}

static int read_plan(void *state, const struct record *in, struct arena *arena)
{
    struct applier *applier = state;
    struct slice key;
    int64_t count, target, times = 0, subset = -1, subsets;
    if (applier->settings.line.len == 0) {
        if (read_settings(&applier->settings, in, arena) < 0)
            return -1;
        applier->resample = shard_new(&applier->settings.options);
        return resample_open_within(applier->resample);
    }
    struct resample *resample = applier->resample;
    subsets = resample->given->subsets;
    if (class_read(in, SLICE("label"), arena, &key) < 0 || rec_int(in, SLICE("count"), &count) < 0 ||
        rec_int(in, SLICE("target"), &target) < 0)
        return -1;
    if (subsets > 0 ? rec_int(in, SLICE("subset"), &subset) < 0 : rec_int(in, SLICE("times"), &times) < 0)
        return -1;
    if (count <= 0 || target < 0 || times < 0 || (subsets > 0 && (subset < 0 || subset >= subsets)))
        return diag_error("expected what \"quern resample plan\" writes");
    (void)classes_at(&resample->classes, key);
    size_t number = (size_t)*map_get(resample->classes.numbers, key);
    if (number == resample->plan_count) {
        resample->plans = mem_resize(resample->plans, number + 1, sizeof *resample->plans);
        resample->plans[number] = (struct plan){.count = (uint64_t)count, .target = (uint64_t)target};
        if (subsets > 0)
            resample->plans[number].subsets = mem_zalloc((size_t)subsets, sizeof *resample->plans[number].subsets);
        resample->plan_count++;
    }
    struct plan *plan = &resample->plans[number];
    struct bound *bound = subsets > 0 ? &plan->subsets[subset] : &plan->extra;
    plan->times = (uint64_t)times;
    if (read_bound(in, arena, bound) < 0)
        return -1;
    applier->ordered = applier->ordered || (bound->left > 0 && !bound->whole);
    return 0;
}

static int applier_open(struct stage_context *context, void **shared)
{
    const struct resample_options *given = context->options;
    struct applier *applier = mem_zalloc(1, sizeof *applier);
    int done = chain_read(context, given->plan, read_plan, applier);
    if (done == 0 && applier->resample == NULL)
        done = diag_error("%s: there is no plan in it", given->plan);
    if (done == 0 && given->subset >= 0 && given->subset >= applier->settings.options.subsets)
        done = diag_error("--subset %" PRId64 ": the plan has %" PRId64 " subsets", given->subset,
                          applier->settings.options.subsets);
    int method = applier->settings.options.method;
    if (done == 0 && opt_given(context, "emit") && method != METHOD_OVER && method != METHOD_RANDOM)
        done = diag_error("--emit has no effect with this plan, which makes no copies");
    if (done < 0) {
        applier_close(applier);
        return -1;
    }
    applier->settings.options.subset = given->subset;
    applier->settings.options.emit = given->emit;
    context->class = applier->ordered ? STAGE_ORDERED : STAGE_MAP;
    *shared = applier;
    return 0;
}

/* One thread's. */
struct applier_thread {
    const struct applier *applier;
    struct condition_thread *within;
};

static int applier_thread_open(void *shared, void **thread)
{
    struct applier_thread *mine = mem_zalloc(1, sizeof *mine);
    mine->applier = shared;
    if (mine->applier->resample->within != NULL)
        mine->within = condition_thread_new(mine->applier->resample->within);
    *thread = mine;
    return 0;
}

static void applier_thread_close(void *thread)
{
    struct applier_thread *mine = thread;
    condition_thread_free(mine->within);
    mem_free(mine);
}

static int applier_record(void *thread, const struct record *in, struct sink *out)
{
    struct applier_thread *mine = thread;
    return resample_pass(mine->applier->resample, mine->within, in, out);
}

const struct stage resample_apply = {
    .name = "resample apply",
    .summary = "do what a plan says to one of the parts",
    .example = "$ printf '{\"id\":%d,\"label\":\"%s\"}\\n' 1 a 2 a 3 b >part\n"
               "$ quern resample count --method under part | quern resample plan >plan\n"
               "$ quern resample apply --plan plan part | jq -c .label\n"
               "\"a\"\n"
               "\"b\"",
    .class = STAGE_ORDERED,
    .options = apply_options,
    .options_size = sizeof(struct resample_options),
    .reads = (const char *const[]){"id", "text", "root", "epoch", "label", NULL},
    .writes = (const char *const[]){"id", "parent", "root", "parents", "synthetic", "method", "subsets", NULL},
    .open = applier_open,
    .close = applier_close,
    .thread_open = applier_thread_open,
    .thread_close = applier_thread_close,
    .record = applier_record,
};
