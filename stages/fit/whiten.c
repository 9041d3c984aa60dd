/* whiten.c - fit whiten: the principal axes of vectors. */
#include "../classes/within.h"
#include "base/diag.h"
#include "base/memory.h"
#include "covariance.h"
#include "verbs.h"

struct whiten_options {
    const char *within;
    struct whiten_rules rules;
    struct decimal center, strength;
    bool partial;
};

static const struct option options[] = {
    {"dims", 0, OPT_INT, OPT_AT(struct whiten_options, rules.dims), .value = "D", .fallback = "0", .min = 0,
     .max = INT32_MAX, .help = "keep the D directions of the largest variances; 0: all"},
    {"center", 0, OPT_DECIMAL, OPT_AT(struct whiten_options, center), .value = "B", .fallback = "1",
     .help = "subtract B times the mean"},
    {"strength", 0, OPT_DECIMAL, OPT_AT(struct whiten_options, strength), .value = "S", .fallback = "1",
     .help = "divide each direction by its variance to the power S/2: 1 makes all variances 1, 0 only turns (PCA)"},
    {"double", 0, OPT_FLAG, OPT_AT(struct whiten_options, rules.wide),
     .help = "keep numbers as 64-bit floats instead of 32-bit ones"},
    OPTION_FIT_WITHIN(struct whiten_options, within),
    OPTION_FIT_PARTIAL(struct whiten_options, partial),
    {0},
};

static const char *const reads[] = {"features", "split", NULL};

enum { COUNT_VECTORS, COUNT_OTHERS };
static const char *const counters[] = {"vectors", "others", NULL};

struct whiten {
    const struct whiten_options *given;
    struct whiten_rules rules;
    struct covariance covariance;
    struct conditions *within;
    struct map *splits;
};

struct whiten_thread {
    struct whiten *shared;
    struct covariance covariance;
    struct condition_thread *within;
    struct map *splits;
};

static void whiten_close(void *shared)
{
    struct whiten *whiten = shared;
    covariance_release(&whiten->covariance);
    conditions_free(whiten->within);
    map_free(whiten->splits);
    mem_free(whiten);
}

static int whiten_open(struct stage_context *context, void **shared)
{
    const struct whiten_options *given = context->options;
    struct whiten *whiten = mem_zalloc(1, sizeof *whiten);
    whiten->given = given;
    whiten->splits = map_new();
    whiten->rules = given->rules;
    whiten->rules.center = decimal_float(given->center);
    whiten->rules.strength = decimal_float(given->strength);
    covariance_open(&whiten->covariance, &whiten->rules);
    if (within_open(given->within, &whiten->within) < 0) {
        whiten_close(whiten);
        return -1;
    }
    *shared = whiten;
    return 0;
}

static void whiten_thread_close(void *thread)
{
    struct whiten_thread *mine = thread;
    covariance_release(&mine->covariance);
    condition_thread_free(mine->within);
    map_free(mine->splits);
    mem_free(mine);
}

static int whiten_thread_open(void *shared, void **thread)
{
    struct whiten *whiten = shared;
    struct whiten_thread *mine = mem_zalloc(1, sizeof *mine);
    mine->shared = whiten;
    mine->within = whiten->within != NULL ? condition_thread_new(whiten->within) : NULL;
    mine->splits = map_new();
    covariance_open(&mine->covariance, &whiten->rules);
    *thread = mine;
    return 0;
}

static int whiten_record(void *thread, const struct record *in, struct sink *out)
{
    struct whiten_thread *mine = thread;
    struct arena *arena = sink_arena(out);
    int within = within_holds(mine->shared->within, mine->within, in, arena);
    if (within <= 0) {
        sink_count(out, COUNT_OTHERS, within == 0);
        return within;
    }
    if (covariance_add(&mine->covariance, in, arena) < 0)
        return -1;
    splits_note(mine->splits, in, arena);
    sink_count(out, COUNT_VECTORS, 1);
    return 0;
}

static int whiten_merge(void *shared, void *thread)
{
    struct whiten *whiten = shared;
    struct whiten_thread *mine = thread;
    splits_merge(whiten->splits, mine->splits);
    covariance_merge(&whiten->covariance, &mine->covariance);
    return 0;
}

static int whiten_end(void *shared, struct sink *out)
{
    struct whiten *whiten = shared;
    if (moments_check(&whiten->covariance.moments) < 0 || splits_check(whiten->splits, "whitened") < 0)
        return -1;
    return covariance_write(&whiten->covariance, splits_one(whiten->splits), whiten->given->partial, out);
}

static void whiten_notes(const void *shared, const struct totals *totals)
{
    const struct whiten *whiten = shared;
    if (whiten->within != NULL && whiten->covariance.moments.records == 0 && totals->counters[COUNT_OTHERS] > 0)
        diag_note("no record has %s (--within), so the table is empty", whiten->given->within);
}

const struct stage fit_whiten = {
    .name = "fit whiten",
    .summary = "find the principal axes of vectors, for whitening and PCA",
    .example = "$ printf '{\"features\":%s}\\n' '[1,5]' '[3,5.5]' '[1,6]' '[3,5.5]' >v.jsonl\n"
               "$ quern fit whiten v.jsonl | jq -c '[.shift, .variances, .directions]'\n"
               "[[2,5.5],[1,0.125],[[1,0],[0,1]]]",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct whiten_options),
    .reads = reads,
    .counters = counters,
    .open = whiten_open,
    .close = whiten_close,
    .thread_open = whiten_thread_open,
    .thread_close = whiten_thread_close,
    .record = whiten_record,
    .merge = whiten_merge,
    .end = whiten_end,
    .notes = whiten_notes,
};
