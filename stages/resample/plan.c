/* plan.c - the verb plan: decides about the classes of all parts. See settings.h. */
#include "settings.h"

#include <inttypes.h>

static const struct option plan_options[] = {
    OPTIONS_TARGET(struct resample_options, targets),
    {0},
};

struct planner {
    struct resample_options given; /* those of the counts, and the targets of the command line */
    const struct resample_options *asked;
    struct stage_context context;
    struct settings settings;
    struct tallies tallies;
    VEC(struct row *) subsets; /* rows of each class and subset: class * subsets + subset */
    VEC(size_t) subset_counts;
    struct map *splits;
};

static void planner_close(void *shared)
{
    struct planner *planner = shared;
    for (size_t i = 0; i < planner->subsets.len; i++)
        mem_free(planner->subsets.items[i]);
    vec_free(&planner->subsets);
    vec_free(&planner->subset_counts);
    tallies_release(&planner->tallies);
    map_free(planner->splits);
    settings_release(&planner->settings);
    mem_free(planner);
}

static int planner_open(struct stage_context *context, void **shared)
{
    struct planner *planner = mem_zalloc(1, sizeof *planner);
    planner->asked = context->options;
    planner->context = *context;
    tallies_init(&planner->tallies);
    planner->splits = map_new();
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
    (void)tallies_at(&planner->tallies, key);
    size_t at = (size_t)(*map_get(planner->tallies.numbers, key) * (uint64_t)subsets + (uint64_t)subset);
    while (planner->subsets.len <= at) {
        vec_push(&planner->subsets, NULL);
        vec_push(&planner->subset_counts, (size_t)0);
    }
    size_t old = planner->subset_counts.items[at], more = digits.len / ROW_DIGITS;
    struct row *rows = mem_resize(planner->subsets.items[at], old + more, sizeof *rows);
    planner->subsets.items[at] = rows;
    for (size_t i = 0; i < more; i++)
        if (!settings_read_row(digits.ptr + i * ROW_DIGITS, &rows[old + i]))
            return diag_error("rows: expected hexadecimal digits, as \"resample count\" writes them");
    planner->subset_counts.items[at] += more;
    return 0;
}

/* The parts must be of one split, as the records of each are. */
static int end_part(struct planner *planner, const struct record *in, struct arena *arena)
{
    const struct value *split = rec_present(in, SLICE("split"));
    if (settings_read_end(&planner->settings, in) < 0)
        return -1;
    if (planner->settings.lines > 0)
        *map_put(planner->splits, split != NULL ? rec_json(split, arena) : NO_SPLIT) = 1;
    return 0;
}

static int planner_record(void *shared, const struct record *in, struct sink *out)
{
    struct planner *planner = shared;
    struct arena *arena = sink_arena(out);
    struct slice key;
    int64_t count;
    if (rec_get(in, SLICE("format")) != NULL)
        return settings_read(&planner->settings, in, arena);
    if (!planner->settings.open)
        return diag_error("expected what \"quern resample count\" writes, which begins with its format");
    if (rec_get(in, SLICE("lines")) != NULL)
        return end_part(planner, in, arena);
    planner->settings.lines++;
    if (tally_label(in, SLICE("label"), arena, &key) < 0)
        return -1;
    if (rec_get(in, SLICE("rows")) != NULL)
        return add_rows(planner, key, in, arena);
    if (rec_int(in, SLICE("count"), &count) < 0)
        return -1;
    if (count < 0)
        return diag_error("count: less than 0");
    tallies_at(&planner->tallies, key)->count += (uint64_t)count;
    return 0;
}

/* The line of a class, or of one of its subsets. */
static int emit_plan(const struct planner *planner, size_t number, int64_t subset, uint64_t target, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    struct slice key = tallies_key(&planner->tallies, number);
    uint64_t count = planner->tallies.items.items[number].count;
    size_t subsets = planner->settings.options.subsets > 0 ? (size_t)planner->settings.options.subsets : 1;
    size_t at = number * subsets + (subset > 0 ? (size_t)subset : 0);
    struct row *rows = at < planner->subsets.len ? planner->subsets.items[at] : NULL;
    size_t known = rows != NULL ? planner->subset_counts.items[at] : 0;
    uint64_t most = subset < 0 ? target % count : target;
    struct record *made = rec_new(arena);
    struct bound bound = {.all = most >= count};
    uint64_t keep = (uint64_t)planner->settings.options.keep;
    if (!bound.all && keep > 0 && most > keep)
        return diag_kind(STATUS_DATA,
                         "label %.*s: %" PRIu64 " are chosen, but the counts have only the %" PRIu64
                         " lowest draws of each part (--keep)",
                         (int)key.len, key.ptr, most, keep);
    if (!bound.all && most >= known && most > 0)
        return diag_kind(STATUS_DATA, "label %.*s: %" PRIu64 " are chosen, but the counts have only %zu draws",
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
        settings_put_row(&bound.at, digits);
        rec_set_text(made, SLICE("last"), (struct slice){digits, ROW_DIGITS});
        rec_set_int(made, SLICE("equal"), (int64_t)bound.left);
        rec_set_bool(made, SLICE("whole"), bound.whole);
    } else {
        rec_set_bool(made, SLICE("all"), bound.all);
    }
    return sink_emit(out, made);
}

static int emit_plans(const struct planner *planner, const struct classes *classes, const uint64_t *targets,
                      struct sink *out)
{
    int64_t subsets = planner->settings.options.subsets;
    uint64_t lines = classes->count * (uint64_t)(subsets > 0 ? subsets : 1);
    for (size_t i = 0; i < classes->count; i++) {
        if (planner->tallies.items.items[classes->items[i].number].count == 0)
            return diag_kind(STATUS_DATA, "a class has rows but no count: a file of counts is not whole");
        for (int64_t t = subsets > 0 ? 0 : -1; t < (subsets > 0 ? subsets : 0); t++)
            if (emit_plan(planner, classes->items[i].number, t, targets[i], out) < 0)
                return -1;
    }
    return sink_emit(out, settings_end_record(lines, NO_SPLIT, sink_arena(out)));
}

/* All parts may be empty: then so is the plan, and applies to nothing. */
static int plan_classes(const struct planner *planner, const struct target_rules *rules, struct sink *out)
{
    struct classes *classes = tallies_classes(&planner->tallies);
    uint64_t *targets = classes->count > 0 ? targets_find(rules, classes) : NULL;
    int done = targets == NULL && classes->count > 0 ? diag_kind(STATUS_USAGE, "%s", diag_message())
                                                     : emit_plans(planner, classes, targets, out);
    mem_free(targets);
    classes_free(classes);
    return done;
}

static int planner_end(void *shared, struct sink *out)
{
    static const enum direction directions[] = {SHRINKS, GROWS, EITHER, SHRINKS};
    struct planner *planner = shared;
    struct target_rules rules;
    if (settings_check_end(&planner->settings) < 0 || splits_check(planner->splits, "sampled") < 0)
        return -1;
    if (planner->settings.line.len == 0)
        return 0;
    if (targets_open(&planner->context, &planner->asked->targets, directions[planner->settings.options.method],
                     &rules) < 0)
        return diag_kind(STATUS_USAGE, "%s", diag_message());
    if (planner->tallies.items.len == 1)
        return diag_kind(STATUS_DATA, "all records have the label %.*s, so there is nothing to balance",
                         (int)tallies_key(&planner->tallies, 0).len, tallies_key(&planner->tallies, 0).ptr);
    struct record *settings = rec_new(sink_arena(out));
    if (rec_parse(settings, arena_copy(sink_arena(out), bytes_slice(&planner->settings.line)), JSON_DEPTH,
                  sink_arena(out)) < 0 ||
        sink_emit(out, rec_derive(sink_arena(out), settings)) < 0)
        return -1;
    return plan_classes(planner, &rules, out);
}

const struct stage resample_plan = {
    .name = "resample plan",
    .summary = "decide about the classes of many parts that were counted",
    .example = "$ printf '{\"id\":%d,\"label\":\"%s\"}\\n' 1 a 2 a 3 b >part\n"
               "$ quern resample count --method over part >counts\n"
               "$ quern resample plan counts | jq -c '[.label, .count, .target]'\n"
               "[\"label\",null,null]\n"
               "[\"a\",2,2]\n"
               "[\"b\",1,2]\n"
               "[null,null,null]",
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
