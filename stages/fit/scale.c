/* scale.c - fit scale: the ranges of the columns of vectors. */
#include "../classes/within.h"
#include "base/diag.h"
#include "base/memory.h"
#include "moments.h"
#include "verbs.h"

struct scale_options {
    const char *within;
    struct scale_rules rules;
    bool partial;
};

static const struct option options[] = {
    {"to", 0, OPT_CHOICE, OPT_AT(struct scale_options, rules.to), .value = "TO", .required = true,
     .choices = scale_to_names,
     .help = "minmax, from 0 to 1; mean, (x - mean) / (max - min); standard, (x - mean) / deviation; maxabs, x / the "
             "largest magnitude"},
    {"no-center", 0, OPT_FLAG, OPT_AT(struct scale_options, rules.no_center), .when = "to=standard",
     .help = "subtract nothing, as sparse vectors need it"},
    {"double", 0, OPT_FLAG, OPT_AT(struct scale_options, rules.wide),
     .help = "keep numbers as 64-bit floats instead of 32-bit ones"},
    OPTION_FIT_WITHIN(struct scale_options, within),
    OPTION_FIT_PARTIAL(struct scale_options, partial),
    {0},
};

static const char *const reads[] = {"features", "sparse", "split", NULL};

enum { COUNT_VECTORS, COUNT_OTHERS };
static const char *const counters[] = {"vectors", "others", NULL};

struct scale {
    const struct scale_options *given;
    struct moments moments;
    struct conditions *within;
    struct map *splits;
};

struct scale_thread {
    struct scale *shared;
    struct moments moments;
    struct condition_thread *within;
    struct map *splits;
};

static void scale_close(void *shared)
{
    struct scale *scale = shared;
    moments_release(&scale->moments);
    conditions_free(scale->within);
    map_free(scale->splits);
    mem_free(scale);
}

static int scale_open(struct stage_context *context, void **shared)
{
    const struct scale_options *given = context->options;
    struct scale *scale = mem_zalloc(1, sizeof *scale);
    scale->given = given;
    scale->splits = map_new();
    moments_open(&scale->moments, &given->rules);
    if (within_open(given->within, &scale->within) < 0) {
        scale_close(scale);
        return -1;
    }
    *shared = scale;
    return 0;
}

static void scale_thread_close(void *thread)
{
    struct scale_thread *mine = thread;
    moments_release(&mine->moments);
    condition_thread_free(mine->within);
    map_free(mine->splits);
    mem_free(mine);
}

static int scale_thread_open(void *shared, void **thread)
{
    struct scale *scale = shared;
    struct scale_thread *mine = mem_zalloc(1, sizeof *mine);
    mine->shared = scale;
    mine->within = scale->within != NULL ? condition_thread_new(scale->within) : NULL;
    mine->splits = map_new();
    moments_open(&mine->moments, &scale->given->rules);
    *thread = mine;
    return 0;
}

static int scale_record(void *thread, const struct record *in, struct sink *out)
{
    struct scale_thread *mine = thread;
    struct arena *arena = sink_arena(out);
    int within = within_holds(mine->shared->within, mine->within, in, arena);
    if (within <= 0) {
        sink_count(out, COUNT_OTHERS, within == 0);
        return within;
    }
    if (moments_add(&mine->moments, in, arena) < 0)
        return -1;
    splits_note(mine->splits, in, arena);
    sink_count(out, COUNT_VECTORS, 1);
    return 0;
}

static int scale_merge(void *shared, void *thread)
{
    struct scale *scale = shared;
    struct scale_thread *mine = thread;
    splits_merge(scale->splits, mine->splits);
    moments_merge(&scale->moments, &mine->moments);
    return 0;
}

static int scale_end(void *shared, struct sink *out)
{
    struct scale *scale = shared;
    if (moments_check(&scale->moments) < 0 || splits_check(scale->splits, "measured") < 0)
        return -1;
    return moments_write(&scale->moments, splits_one(scale->splits), scale->given->partial, out);
}

static void scale_notes(const void *shared, const struct totals *totals)
{
    const struct scale *scale = shared;
    if (scale->within != NULL && scale->moments.records == 0 && totals->counters[COUNT_OTHERS] > 0)
        diag_note("no record has %s (--within), so the table is empty", scale->given->within);
}

const struct stage fit_scale = {
    .name = "fit scale",
    .summary = "find the ranges of the columns of vectors",
    .example = "$ printf '{\"features\":%s}\\n' '[1,5]' '[3,5]' | quern fit scale --to minmax |\n"
               "    jq -c '[.shift, .scale]'\n"
               "[[1,5],[2,0]]",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct scale_options),
    .reads = reads,
    .counters = counters,
    .open = scale_open,
    .close = scale_close,
    .thread_open = scale_thread_open,
    .thread_close = scale_thread_close,
    .record = scale_record,
    .merge = scale_merge,
    .end = scale_end,
    .notes = scale_notes,
};
