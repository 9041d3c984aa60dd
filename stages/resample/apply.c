/* apply.c - the verb apply: does to a part what a plan says. See settings.h. */
#include "settings.h"

#include <inttypes.h>

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
        resample_free(applier->resample);
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
    if (digits.len != ROW_DIGITS || !settings_read_row(digits.ptr, &bound->at) || equal < 0)
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
        if (settings_read(&applier->settings, in, arena) < 0)
            return -1;
        applier->resample = resample_new(&applier->settings.options);
        return resample_open_within(applier->resample);
    }
    if (!applier->settings.open)
        return diag_error("unexpected text after the last line of the plan");
    if (rec_get(in, SLICE("lines")) != NULL)
        return settings_read_end(&applier->settings, in);
    applier->settings.lines++;
    struct resample *resample = applier->resample;
    subsets = resample->given->subsets;
    if (tally_label(in, SLICE("label"), arena, &key) < 0 || rec_int(in, SLICE("count"), &count) < 0 ||
        rec_int(in, SLICE("target"), &target) < 0)
        return -1;
    if (subsets > 0 ? rec_int(in, SLICE("subset"), &subset) < 0 : rec_int(in, SLICE("times"), &times) < 0)
        return -1;
    if (count <= 0 || target < 0 || times < 0 || (subsets > 0 && (subset < 0 || subset >= subsets)))
        return diag_error("expected what \"quern resample plan\" writes");
    (void)tallies_at(&resample->tallies, key);
    size_t number = (size_t)*map_get(resample->tallies.numbers, key);
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
    if (done == 0 && settings_check_end(&applier->settings) < 0)
        done = diag_within("%s: %s", given->plan, diag_message());
    int64_t subsets = applier->settings.options.subsets;
    if (done == 0 && given->subset >= 0 && subsets == 0)
        done = diag_error("--subset %" PRId64 ": the plan is not of easyensemble and has no subsets", given->subset);
    if (done == 0 && given->subset >= 0 && given->subset >= subsets)
        done = diag_error("--subset %" PRId64 ": there are subsets 0 to %" PRId64, given->subset, subsets - 1);
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
    .counters = resample_counters,
    .record = applier_record,
};
