/* sample.c - a random part of the records: an exact number, or a share.
 *
 *     quern sample -n N [--by MEMBER] [FILE …]
 *     quern sample --share P [FILE …]
 *     quern sample --limits FILE [--by MEMBER] [FILE …]
 *     quern sample keys -n N [--by MEMBER] [FILE …]
 *     quern sample merge -n N [FILE …]
 *
 * Each record has a key that its root draws; the N records with the smallest keys are the sample, in the order of the
 * input (sample/ranks.h). So it takes two passes: `record` finds the N smallest keys, `apply` passes the records up to
 * the last of them. Over many shards the passes are separate runs: the verb keys for each shard, merge for
 * what all of them wrote, --limits for each shard. */
#include "classes/group.h"
#include "quern.h"
#include "sample/ranks.h"

#include <inttypes.h>
#include <stdlib.h>

struct sample_options {
    int64_t count;
    struct decimal share;
    const char *limits, *by, *field;
    struct random_options random;
};

static const struct option options[] = {
    {"count", 'n', OPT_INT, OPT_AT(struct sample_options, count), .value = "N", .min = 0, .max = INT32_MAX,
     .when = "!share", .help = "pass exactly N records, or all if there are no more"},
    {"share", 0, OPT_DECIMAL, OPT_AT(struct sample_options, share), .value = "P", .when = "!limits",
     .help = "pass each record with probability P, in one pass"},
    {"limits", 0, OPT_FILE, OPT_AT(struct sample_options, limits), .value = "FILE", .when = "!count",
     .help = "pass the records within the limits that sample merge found"},
    {"by", 0, OPT_TEXT, OPT_AT(struct sample_options, by), .value = "MEMBER", .when = "count limits",
     .help = "N records for each value of MEMBER"},
    OPTION_FIELD(struct sample_options, field),
    OPTIONS_SEED(struct sample_options, random),
    {0},
};

static const char *const reads[] = {"id", "root", "epoch", "text", NULL};

enum { DRAW_KEY_HIGH, DRAW_KEY_LOW };

enum { COUNT_SMALL_GROUPS };
static const char *const counters[] = {"small_groups", NULL};

/* A group's limit, and what of it is left in this run. */
struct bound {
    struct limit limit;
    uint64_t left; /* of the records that are equal to it */
};

enum take { TAKE_COUNT, TAKE_SHARE, TAKE_WITHIN };

struct sample {
    const struct sample_options *given;
    enum take take;
    struct rng_key key;
    struct groups groups;
    VEC(struct bound) bounds; /* of each group, by its number */

    /* Of the verbs: the groups in the order in which they are written, and what is written next. */
    VEC(const struct map_entry *) order;
    size_t group, rank;
};

/* One thread's. */
struct sample_thread {
    const struct sample *sample;
    struct groups groups;
};

/* ---- ranks of groups ---- */

/* What keys and merge write: a rank of a group, how many records have it, and for samples of which size. */
struct entry {
    struct slice group;
    struct rank rank;
    int64_t count, size;
};

static int read_entry(const struct record *in, struct arena *arena, struct entry *entry)
{
    struct slice key;
    const char *by = rec_get(in, SLICE("by")) != NULL ? "by" : NULL;
    if (group_find(by, in, arena, &entry->group) < 0 || rec_text(in, SLICE("key"), arena, &key) < 0 ||
        rec_int(in, SLICE("count"), &entry->count) < 0 || rec_int(in, SLICE("size"), &entry->size) < 0)
        return diag_within("not a record of \"quern sample keys\" or \"quern sample merge\": %s", diag_message());
    if (!rank_read(key, &entry->rank))
        return diag_error("key: expected %d hexadecimal digits, as \"sample keys\" writes them", RANK_DIGITS);
    return entry->count >= 0 ? 0 : diag_error("count: less than 0");
}

/* ---- open ---- */

static int load_limit(void *state, const struct record *in, struct arena *arena)
{
    struct sample *sample = state;
    struct entry entry = {0};
    if (read_entry(in, arena, &entry) < 0)
        return -1;
    if (entry.group.len > 0 && sample->given->by == NULL)
        return diag_error("by: this is the limit of one group; give --by, as you did to \"sample keys\"");
    if (entry.group.len == 0 && sample->given->by != NULL)
        return diag_error("by: missing; \"sample keys\" was not given --by");
    struct bound bound = {.limit.rank = entry.rank, .left = (uint64_t)entry.count};
    size_t groups = sample->groups.ranks.len;
    (void)groups_at(&sample->groups, entry.group);
    if (sample->groups.ranks.len == groups)
        return diag_error("a second limit of the same group; is this the output of \"sample merge\"?");
    vec_push(&sample->bounds, bound);
    return 0;
}

static void sample_close(void *shared)
{
    struct sample *sample = shared;
    groups_release(&sample->groups);
    vec_free(&sample->bounds);
    vec_free(&sample->order);
    mem_free(sample);
}

static int sample_open(struct stage_context *context, void **shared)
{
    const struct sample_options *given = context->options;
    bool count = opt_given(context, "count"), share = opt_given(context, "share");
    if (!count && !share && given->limits == NULL)
        return diag_error("expected --count N, --share P or --limits FILE");
    struct sample *sample = mem_zalloc(1, sizeof *sample);
    sample->given = given;
    sample->take = count ? TAKE_COUNT : share ? TAKE_SHARE : TAKE_WITHIN;
    sample->key = rng_key(&given->random, "sample");
    groups_init(&sample->groups);
    if (share)
        context->class = STAGE_MAP;
    else if (!count)
        context->class = STAGE_ORDERED; /* records that are equal to a limit are counted */
    if (sample->take == TAKE_WITHIN && chain_read(context, given->limits, load_limit, sample) < 0) {
        sample_close(sample);
        return -1;
    }
    *shared = sample;
    return 0;
}

static int sample_thread_open(void *shared, void **thread)
{
    struct sample_thread *mine = mem_zalloc(1, sizeof *mine);
    mine->sample = shared;
    groups_init(&mine->groups);
    *thread = mine;
    return 0;
}

static void sample_thread_close(void *thread)
{
    struct sample_thread *mine = thread;
    groups_release(&mine->groups);
    mem_free(mine);
}

/* ---- the rank of a record ---- */

static int find_rank(const struct sample *sample, const struct record *in, struct arena *arena, struct rank *rank)
{
    struct slice field = slice_of(sample->given->field);
    struct identity root;
    uint32_t round;
    if (lineage_root(in, field, arena, &root) < 0 || lineage_identity(in, field, arena, &rank->identity) < 0 ||
        lineage_round(in, &round) < 0)
        return -1;
    struct rng rng = rng_start(sample->key, root, 0);
    rank->draw[0] = rng_bits(&rng, DRAW_KEY_HIGH);
    rank->draw[1] = rng_bits(&rng, DRAW_KEY_LOW);
    rank->round = round;
    rank->content = lineage_content(in, arena);
    return 0;
}

/* ---- the first pass ---- */

static int pass_share(const struct sample *sample, const struct record *in, struct sink *out)
{
    struct identity root;
    if (lineage_root(in, slice_of(sample->given->field), sink_arena(out), &root) < 0)
        return -1;
    struct rng rng = rng_start(sample->key, root, 0);
    return rng_chance(&rng, DRAW_KEY_HIGH, sample->given->share) ? sink_emit(out, in) : 0;
}

static int sample_apply(void *shared, const struct record *in, struct sink *out);

static int sample_record(void *thread, const struct record *in, struct sink *out)
{
    struct sample_thread *mine = thread;
    const struct sample *sample = mine->sample;
    struct arena *arena = sink_arena(out);
    struct rank rank;
    struct slice group;
    if (sample->take == TAKE_SHARE)
        return pass_share(sample, in, out);
    if (sample->take == TAKE_WITHIN)
        return sample_apply((void *)(uintptr_t)sample, in, out);
    if (group_find(sample->given->by, in, arena, &group) < 0 || find_rank(sample, in, arena, &rank) < 0)
        return -1;
    ranks_add(groups_at(&mine->groups, group), &rank, (size_t)sample->given->count);
    return 0;
}

static int sample_merge(void *shared, void *thread)
{
    struct sample *sample = shared;
    const struct sample_thread *mine = thread;
    groups_merge(&sample->groups, &mine->groups, (size_t)sample->given->count);
    return 0;
}

static int sample_end(void *shared, struct sink *out)
{
    struct sample *sample = shared;
    for (size_t i = 0; i < sample->groups.ranks.len; i++) {
        sink_count(out, COUNT_SMALL_GROUPS, sample->groups.ranks.items[i].heap.len < (size_t)sample->given->count);
        struct bound bound = {.limit = ranks_limit(&sample->groups.ranks.items[i], (size_t)sample->given->count)};
        bound.left = bound.limit.equal;
        vec_push(&sample->bounds, bound);
    }
    return 0;
}

/* How many groups have fewer records than were asked for. */
static void sample_notes(const void *shared, const struct totals *totals)
{
    const struct sample *sample = shared;
    const struct sample_options *given = sample->given;
    uint64_t small = totals->counters[COUNT_SMALL_GROUPS];
    if (small > 0 && given->by != NULL)
        diag_note("%" PRIu64 " of %zu values of %s %s fewer than %" PRId64 " records", small, sample->groups.ranks.len,
                  given->by, small == 1 ? "has" : "have", given->count);
    else if (small > 0)
        diag_note("there are only %" PRIu64 " records, not %" PRId64, totals->out, given->count);
}

/* ---- the second pass ---- */

static int sample_apply(void *shared, const struct record *in, struct sink *out)
{
    struct sample *sample = shared;
    struct arena *arena = sink_arena(out);
    struct rank rank;
    struct slice group;
    if (group_find(sample->given->by, in, arena, &group) < 0 || find_rank(sample, in, arena, &rank) < 0)
        return -1;
    const uint64_t *number = map_get(sample->groups.numbers, group);
    if (number == NULL && sample->given->by == NULL)
        return diag_error("there is no limit in %s (--limits), which was made from shards without records",
                          sample->given->limits);
    if (number == NULL)
        return diag_error("%s: no limit for %.*s in %s (--limits)", sample->given->by, (int)group.len, group.ptr,
                          sample->given->limits);
    struct bound *bound = &sample->bounds.items[*number];
    int order = bound->limit.all ? -1 : rank_compare(&rank, &bound->limit.rank);
    if (order > 0 || (order == 0 && bound->left == 0))
        return 0;
    bound->left -= order == 0;
    return sink_emit(out, in);
}

/* ---- the verbs keys and merge ---- */

static int verb_open(struct stage_context *context, void **shared)
{
    const struct sample_options *given = context->options;
    struct sample *sample = mem_zalloc(1, sizeof *sample);
    sample->given = given;
    sample->take = TAKE_COUNT;
    if (given->random.salt != NULL) /* merge draws nothing */
        sample->key = rng_key(&given->random, "sample");
    groups_init(&sample->groups);
    *shared = sample;
    return 0;
}

static int emit_entry(const struct sample *sample, struct slice group, const struct rank *rank, uint64_t count,
                      struct sink *out)
{
    struct arena *arena = sink_arena(out);
    struct record *made = rec_new(arena);
    char *digits = arena_alloc(arena, RANK_DIGITS);
    rank_put(rank, digits);
    if (group.len > 0)
        rec_set_json(made, SLICE("by"), group);
    rec_set_text(made, SLICE("key"), (struct slice){digits, RANK_DIGITS});
    rec_set_int(made, SLICE("count"), (int64_t)count);
    rec_set_int(made, SLICE("size"), sample->given->count);
    return sink_emit(out, made);
}

static int by_value(const void *a, const void *b)
{
    const struct map_entry *const *left = a, *const *right = b;
    return slice_compare((*left)->key, (*right)->key);
}

/* Groups go out by their values: the order in which they were found depends on the number of threads. */
static void sort_groups(struct sample *sample)
{
    size_t count = sample->groups.ranks.len;
    if (sample->order.len == count)
        return;
    for (size_t i = 0; i < count; i++)
        vec_push(&sample->order, map_at(sample->groups.numbers, i));
    qsort(sample->order.items, count, sizeof *sample->order.items, by_value);
}

enum { RANKS_EACH = 1024 /* in a call of `end` */ };

static int keys_end(void *shared, struct sink *out)
{
    struct sample *sample = shared;
    sort_groups(sample);
    for (size_t n = 0; n < RANKS_EACH && sample->group < sample->order.len; n++) {
        const struct map_entry *group = sample->order.items[sample->group];
        struct ranks *ranks = &sample->groups.ranks.items[group->value];
        if (sample->rank == 0)
            ranks_sort(ranks);
        if (emit_entry(sample, group->key, &ranks->heap.items[sample->rank++], 1, out) < 0)
            return -1;
        if (sample->rank < ranks->heap.len)
            continue;
        sample->group++;
        sample->rank = 0;
    }
    return sample->group < sample->order.len;
}

static int merge_record(void *thread, const struct record *in, struct sink *out)
{
    struct sample_thread *mine = thread;
    struct entry entry = {0};
    int64_t size = mine->sample->given->count;
    if (read_entry(in, sink_arena(out), &entry) < 0)
        return -1;
    if (entry.count != 1)
        return diag_error("count: expected 1, as in the output of \"sample keys\"");
    if (entry.size < size)
        return diag_error("size: these keys are for samples of at most %" PRId64 " records, not of %" PRId64
                          " (--count)",
                          entry.size, size);
    ranks_add(groups_at(&mine->groups, entry.group), &entry.rank, (size_t)size);
    return 0;
}

static int merge_end(void *shared, struct sink *out)
{
    static const struct rank last = {{UINT64_MAX, UINT64_MAX}, {UINT64_MAX, UINT64_MAX}, UINT64_MAX, UINT64_MAX};
    struct sample *sample = shared;
    sort_groups(sample);
    for (size_t n = 0; n < RANKS_EACH && sample->group < sample->order.len; n++) {
        const struct map_entry *group = sample->order.items[sample->group++];
        struct limit limit = ranks_limit(&sample->groups.ranks.items[group->value], (size_t)sample->given->count);
        if (emit_entry(sample, group->key, limit.all ? &last : &limit.rank, limit.equal, out) < 0)
            return -1;
    }
    return sample->group < sample->order.len;
}

#define OPTION_COUNT                                                                                                   \
    {                                                                                                                  \
        "count", 'n', OPT_INT, OPT_AT(struct sample_options, count),                                                   \
            .value = "N", .min = 0, .max = INT32_MAX, .required = true, .help = "the size of the sample"               \
    }

static const struct option keys_options[] = {
    OPTION_COUNT,
    {"by", 0, OPT_TEXT, OPT_AT(struct sample_options, by), .value = "MEMBER",
     .help = "N records for each value of MEMBER"},
    OPTION_FIELD(struct sample_options, field),
    OPTIONS_SEED(struct sample_options, random),
    {0},
};

static const struct option merge_options[] = {
    OPTION_COUNT,
    {0},
};

static const char *const keys[] = {"by", "key", "count", "size", NULL};

static const struct stage sample_keys = {
    .name = "sample keys",
    .summary = "write what sample merge needs to know of a shard",
    .example = "$ echo '{\"id\":\"a\"}' | quern sample keys -n 2\n"
               "{\"key\":\"…\",\"count\":1,\"size\":2}",
    .class = STAGE_WHOLE,
    .options = keys_options,
    .options_size = sizeof(struct sample_options),
    .reads = reads,
    .writes = keys,
    .open = verb_open,
    .close = sample_close,
    .thread_open = sample_thread_open,
    .thread_close = sample_thread_close,
    .record = sample_record,
    .merge = sample_merge,
    .end = keys_end,
};

static const struct stage sample_merge_keys = {
    .name = "sample merge",
    .summary = "find the limits of a sample from the keys of its shards",
    .example = "$ printf '{\"id\":\"%s\"}\\n' a b c >shard\n"
               "$ quern sample keys -n 2 shard | quern sample merge -n 2 >limits\n"
               "$ quern sample --limits limits shard\n"
               "{\"id\":\"a\"}\n"
               "{\"id\":\"c\"}",
    .class = STAGE_WHOLE,
    .options = merge_options,
    .options_size = sizeof(struct sample_options),
    .reads = keys,
    .writes = keys,
    .open = verb_open,
    .close = sample_close,
    .thread_open = sample_thread_open,
    .thread_close = sample_thread_close,
    .record = merge_record,
    .merge = sample_merge,
    .end = merge_end,
};

static const struct stage *const verbs[] = {&sample_keys, &sample_merge_keys, NULL};

const struct stage stage_sample = {
    .name = "sample",
    .summary = "pass a random part of the records",
    .example = "$ printf '{\"id\":\"%s\"}\\n' a b c d e f | quern sample -n 2\n"
               "{\"id\":\"a\"}\n"
               "{\"id\":\"c\"}",
    .class = STAGE_WHOLE,
    .options = options,
    .options_size = sizeof(struct sample_options),
    .verbs = verbs,
    .reads = reads,
    .counters = counters,
    .open = sample_open,
    .close = sample_close,
    .thread_open = sample_thread_open,
    .thread_close = sample_thread_close,
    .record = sample_record,
    .merge = sample_merge,
    .end = sample_end,
    .apply = sample_apply,
    .notes = sample_notes,
    .apply_in_order = true,
};
