/* shares.c - fit shares: what the predictions of all records say of each class, for confidence --shares. */
#include "share_sums.h"
#include "verbs.h"

struct shares_options {
    const char *classes;
};

static const struct option options[] = {
    OPTION_CLASSES(struct shares_options, classes),
    {0},
};

static const char *const reads[] = {"probs", "logits", NULL};

struct shares {
    const struct shares_options *given;
    struct class_list classes;
    struct distribution_rules rules;
    struct share_sums sums;
};

struct shares_thread {
    const struct shares *shared;
    struct share_sums sums;
};

static void shares_close(void *shared)
{
    struct shares *shares = shared;
    class_list_release(&shares->classes);
    share_sums_release(&shares->sums);
    mem_free(shares);
}

static int shares_open(struct stage_context *context, void **shared)
{
    const struct shares_options *given = context->options;
    struct shares *shares = mem_zalloc(1, sizeof *shares);
    shares->given = given;
    shares->rules.classes = &shares->classes;
    *shared = shares;
    if (class_list_open(&shares->classes, context, given->classes) == 0)
        return 0;
    shares_close(shares);
    return -1;
}

static int shares_thread_open(void *shared, void **thread)
{
    struct shares_thread *mine = mem_zalloc(1, sizeof *mine);
    mine->shared = shared;
    *thread = mine;
    return 0;
}

static void shares_thread_close(void *thread)
{
    struct shares_thread *mine = thread;
    share_sums_release(&mine->sums);
    mem_free(mine);
}

static int shares_record(void *thread, const struct record *in, struct sink *out)
{
    struct shares_thread *mine = thread;
    struct distribution p;
    if (distribution_need(&mine->shared->rules, in, sink_arena(out), &p) < 0)
        return -1;
    share_sums_add(&mine->sums, &p);
    return 0;
}

static int shares_merge(void *shared, void *thread)
{
    struct shares *shares = shared;
    struct shares_thread *mine = thread;
    share_sums_merge(&shares->sums, &mine->sums);
    return 0;
}

static int shares_end(void *shared, struct sink *out)
{
    struct shares *shares = shared;
    struct bytes names = {0};
    class_list_put_all(&shares->classes, &names);
    int status = share_sums_write(&shares->sums, bytes_slice(&names), out);
    vec_free(&names);
    return status;
}

static void shares_notes(const void *shared, const struct totals *totals)
{
    const struct shares *shares = shared;
    (void)totals;
    if (shares->sums.records == 0)
        diag_note("there was no record, so the table says nothing of the classes");
}

const struct stage fit_shares = {
    .name = "fit shares",
    .summary = "find how often and how surely each class is predicted",
    .example = "$ printf '{\"probs\":%s}\\n' '[0.75,0.25]' '[0.25,0.75]' '[1,0]' |\n"
               "    quern fit shares | jq -c '[.confidence_mean, .counts]'\n"
               "[0.8333333333333334,[2,1]]",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct shares_options),
    .reads = reads,
    .open = shares_open,
    .close = shares_close,
    .thread_open = shares_thread_open,
    .thread_close = shares_thread_close,
    .record = shares_record,
    .merge = shares_merge,
    .end = shares_end,
    .notes = shares_notes,
};
