/* query.c - which records to label next: active learning.
 *
 *     quern query --num N --by HOW [--order highest|lowest] [--per MEMBER] [FILE …]
 *     quern query --num N --by HOW --diverse kcenter [--preselect M] [--with FILE] [FILE …]
 *
 *     $ printf '{"id":%s,"probs":%s}\n' 1 '[1,0]' 2 '[0.5,0.5]' 3 '[0.25,0.75]' | quern query --num 2 --by margin
 *     {"id":2,"probs":[0.5,0.5],"score":1,"rank":1}
 *     {"id":3,"probs":[0.25,0.75],"score":0.5,"rank":2}
 *
 * Each thread keeps the N best records that it has seen; at the end these are merged. The order is total, so neither
 * the order of the input nor the number of threads matters, and the best of the best of parts are the best. */
#include "classes/group.h"
#include "quern.h"
#include "query/kcenter.h"
#include "query/score.h"
#include "vectors/vector.h"

#include <inttypes.h>
#include <stdlib.h>

struct query_options {
    int64_t num, preselect;
    const char *by, *per, *classes, *with;
    int order, diverse;
    struct random_options random;
};
enum { ORDER_HIGHEST, ORDER_LOWEST };
enum { DIVERSE_NONE, DIVERSE_KCENTER };

static const char *const order_names[] = {"highest", "lowest", NULL};
static const char *const diverse_names[] = {"none", "kcenter", NULL};

static const struct option options[] = {
    {"num", 'n', OPT_INT, OPT_AT(struct query_options, num), .value = "N", .min = 0, .max = INT32_MAX, .required = true,
     .help = "how many records"},
    {"by", 0, OPT_TEXT, OPT_AT(struct query_options, by), .value = "HOW", .choices = score_names, .required = true,
     .help = "least-confidence, margin and entropy of probs; vote-entropy and disagreement of pass_probs; random; or a "
             "member with a number"},
    {"order", 0, OPT_CHOICE, OPT_AT(struct query_options, order), .value = "WHICH", .fallback = "highest",
     .choices = order_names, .help = "are the highest or the lowest scores the best"},
    {"per", 0, OPT_TEXT, OPT_AT(struct query_options, per), .value = "MEMBER", .when = "!diverse",
     .help = "N records for each value of MEMBER, such as predicted"},
    OPTION_CLASSES(struct query_options, classes),
    {"diverse", 0, OPT_CHOICE, OPT_AT(struct query_options, diverse), .value = "HOW", .fallback = "none",
     .choices = diverse_names, .help = "kcenter: each time the record whose vector is the farthest from those chosen"},
    {"preselect", 0, OPT_INT, OPT_AT(struct query_options, preselect), .value = "M", .fallback = "0", .min = 0,
     .max = INT32_MAX, .when = "diverse=kcenter", .help = "choose among the M best records; 0: among all"},
    {"with", 0, OPT_FILE, OPT_AT(struct query_options, with), .value = "FILE", .when = "diverse=kcenter",
     .help = "records that are labelled already: be far from these, too"},
    OPTIONS_SEED_WHEN(struct query_options, random, "by=random"),
    {0},
};

static const char *const reads[] = {"id",       "probs",  "logits", "pass_probs", "predicted",
                                    "features", "sparse", "epoch",  NULL};
static const char *const writes[] = {"score", "rank", NULL};

enum { COUNT_SMALL_GROUPS };
static const char *const counters[] = {"small_groups", NULL};

enum { ENTRIES_EACH = 1024 /* in a call of `end` */ };

/* The best of each value of --per. */
struct query_groups {
    struct map *numbers;
    VEC(struct tops) tops;
};

struct query {
    const struct query_options *given;
    struct class_list classes;
    struct score_rules rules;
    bool per_predicted;
    size_t most; /* records of a group */
    unsigned depth;
    struct query_groups groups;
    enum vector_form form; /* of the first vector; FORM_NONE: there was none */
    struct kcenter kcenter;
    struct arena *arena; /* of its centers */

    /* The groups in the order in which they are written, and what is written next. */
    VEC(const struct map_entry *) order;
    bool ready;
    size_t group, rank;
};

struct query_thread {
    struct query *query;
    struct query_groups groups;
    struct bytes scratch;
};

/* ---- groups ---- */

static struct tops *groups_at(struct query_groups *groups, struct slice value)
{
    size_t count = map_len(groups->numbers);
    uint64_t *number = map_put(groups->numbers, value);
    if (map_len(groups->numbers) > count) {
        *number = count;
        vec_push(&groups->tops, ((struct tops){0}));
    }
    return &groups->tops.items[*number];
}

static void groups_release(struct query_groups *groups)
{
    for (size_t i = 0; i < groups->tops.len; i++)
        tops_release(&groups->tops.items[i]);
    vec_free(&groups->tops);
    map_free(groups->numbers);
}

/* ---- vectors ---- */

/* All vectors are of the form and the length of the first one. */
static int read_vector(struct query *query, const struct record *in, struct arena *arena, struct vector *vector)
{
    enum vector_form form;
    if (vector_read(in, true, arena, &form, vector) < 0)
        return -1;
    if (query->form == FORM_NONE) {
        query->form = form;
        query->kcenter.sparse = form == FORM_SPARSE;
        query->kcenter.dims = form == FORM_SPARSE ? 1 : vector->count;
    }
    if (form != query->form)
        return diag_error("%s: the vectors before are %s, and distances need one form", vector_form_names[form],
                          vector_form_names[query->form]);
    if (form == FORM_FEATURES && vector->count != query->kcenter.dims)
        return diag_error("features: expected %zu numbers, as in the first vector, found %zu", query->kcenter.dims,
                          vector->count);
    return 0;
}

static int load_center(void *state, const struct record *in, struct arena *arena)
{
    struct query *query = state;
    struct vector vector;
    if (read_vector(query, in, arena, &vector) < 0)
        return -1;
    vec_push(&query->kcenter.centers, vector_keep(&vector, query->arena));
    return 0;
}

/* ---- open ---- */

static void query_close(void *shared)
{
    struct query *query = shared;
    groups_release(&query->groups);
    class_list_release(&query->classes);
    vec_free(&query->kcenter.centers);
    vec_free(&query->order);
    arena_free(query->arena);
    mem_free(query);
}

static enum score_kind kind_of(const char *by)
{
    int kind = 0;
    while (score_names[kind] != NULL && strcmp(score_names[kind], by) != 0)
        kind++;
    return (enum score_kind)kind;
}

static int query_open(struct stage_context *context, void **shared)
{
    const struct query_options *given = context->options;
    if (given->preselect > 0 && given->preselect < given->num)
        return diag_error("--preselect: expected at least --num, %" PRId64 ", found %" PRId64, given->num,
                          given->preselect);
    bool diverse = given->diverse == DIVERSE_KCENTER;
    struct query *query = mem_zalloc(1, sizeof *query);
    query->given = given;
    query->depth = context->depth;
    query->groups.numbers = map_new();
    query->arena = arena_new();
    query->per_predicted = given->per != NULL && strcmp(given->per, "predicted") == 0;
    query->rules = (struct score_rules){.kind = kind_of(given->by),
                                        .member = slice_of(given->by),
                                        .key = rng_key(&given->random, "query"),
                                        .classes = &query->classes};
    query->most = !diverse ? (size_t)given->num : given->preselect > 0 ? (size_t)given->preselect : SIZE_MAX;
    if (class_list_open(&query->classes, context, given->classes) < 0 ||
        (given->with != NULL && chain_read(context, given->with, load_center, query) < 0)) {
        query_close(query);
        return -1;
    }
    if (query->rules.kind == SCORE_RANDOM && !query->per_predicted)
        context->in_order = false; /* no record says how many classes there are */
    if (diverse)
        context->in_order = true; /* the first vector says how long they are */
    *shared = query;
    return 0;
}

static int query_thread_open(void *shared, void **thread)
{
    struct query_thread *mine = mem_zalloc(1, sizeof *mine);
    mine->query = shared;
    mine->groups.numbers = map_new();
    *thread = mine;
    return 0;
}

static void query_thread_close(void *thread)
{
    struct query_thread *mine = thread;
    groups_release(&mine->groups);
    vec_free(&mine->scratch);
    mem_free(mine);
}

/* ---- record ---- */

/* The value of --per as JSON; the class that is predicted follows from the probabilities if the record does not say it.
 */
static int find_group(struct query *query, const struct record *in, struct arena *arena, struct slice *group)
{
    size_t class;
    struct bytes json = {0};
    if (!query->per_predicted || rec_present(in, SLICE("predicted")) != NULL)
        return group_find(query->given->per, in, arena, group);
    if (score_predicted(&query->classes, in, arena, &class) < 0)
        return -1;
    class_list_put(&query->classes, class, &json);
    *group = arena_copy(arena, bytes_slice(&json));
    vec_free(&json);
    return 0;
}

static int query_record(void *thread, const struct record *in, struct sink *out)
{
    struct query_thread *mine = thread;
    struct query *query = mine->query;
    struct arena *arena = sink_arena(out);
    struct entry entry = {0};
    struct slice group;
    double score;
    if (rec_present(in, SLICE("id")) == NULL)
        return member_missing(in, SLICE("id"), ", and ids decide between equal scores");
    if (record_id_read(in, arena, &entry.id) < 0 || record_id_check(&entry.id) < 0 ||
        score_find(&query->rules, in, arena, &score) < 0 || find_group(query, in, arena, &group) < 0 ||
        (query->given->diverse == DIVERSE_KCENTER && read_vector(query, in, arena, &entry.vector) < 0))
        return -1;
    entry.key = query->given->order == ORDER_HIGHEST ? score : -score;
    tops_offer(groups_at(&mine->groups, group), &entry, in, query->most, &mine->scratch);
    return 0;
}

static int query_merge(void *shared, void *thread)
{
    struct query *query = shared;
    struct query_thread *mine = thread;
    for (size_t i = 0; i < mine->groups.tops.len; i++)
        tops_merge(groups_at(&query->groups, map_at(mine->groups.numbers, i)->key), &mine->groups.tops.items[i],
                   query->most);
    return 0;
}

/* ---- end ---- */

static int by_value(const void *a, const void *b)
{
    const struct map_entry *const *left = a, *const *right = b;
    return slice_compare((*left)->key, (*right)->key);
}

/* How many records of a group are written. */
static size_t wanted_of(const struct query *query, const struct tops *tops)
{
    size_t most = (size_t)query->given->num;
    return tops->entries.len < most ? tops->entries.len : most;
}

static void make_ready(struct query *query, struct sink *out)
{
    size_t count = query->groups.tops.len;
    for (size_t i = 0; i < count; i++) {
        struct tops *tops = &query->groups.tops.items[i];
        tops_sort(tops);
        if (query->given->diverse == DIVERSE_KCENTER)
            kcenter_choose(&query->kcenter, tops->entries.items, tops->entries.len, wanted_of(query, tops),
                           sink_crew(out));
        sink_count(out, COUNT_SMALL_GROUPS, tops->entries.len < (size_t)query->given->num);
        vec_push(&query->order, map_at(query->groups.numbers, i));
    }
    if (count > 0)
        qsort(query->order.items, count, sizeof *query->order.items, by_value);
    query->ready = true;
}

static int emit_entry(const struct query *query, const struct entry *entry, size_t rank, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    struct record *read = arena_alloc(arena, sizeof *read);
    *read = (struct record){0};
    if (rec_parse(read, arena_copy(arena, entry->line), query->depth, arena) < 0)
        return -1;
    struct record *made = rec_derive(arena, read);
    double score = query->given->order == ORDER_HIGHEST ? entry->key : -entry->key;
    if (rec_set_float(made, SLICE("score"), score) < 0)
        return -1;
    rec_set_int(made, SLICE("rank"), (int64_t)rank);
    return sink_emit(out, made);
}

static int query_end(void *shared, struct sink *out)
{
    struct query *query = shared;
    if (!query->ready)
        make_ready(query, out);
    for (size_t n = 0; n < ENTRIES_EACH && query->group < query->order.len; n++) {
        const struct tops *tops = &query->groups.tops.items[query->order.items[query->group]->value];
        if (query->rank == wanted_of(query, tops)) {
            query->group++;
            query->rank = 0;
            continue;
        }
        if (emit_entry(query, &tops->entries.items[query->rank], query->rank + 1, out) < 0)
            return -1;
        query->rank++;
    }
    return query->group < query->order.len;
}

static void query_notes(const void *shared, const struct totals *totals)
{
    const struct query *query = shared;
    const struct query_options *given = query->given;
    uint64_t small = totals->counters[COUNT_SMALL_GROUPS];
    if (small > 0 && given->per != NULL)
        diag_note("%" PRIu64 " of %zu values of %s %s fewer than %" PRId64 " records", small, query->order.len,
                  given->per, small == 1 ? "has" : "have", given->num);
    else if (small > 0)
        diag_note("there %s only %" PRIu64 " record%s, not %" PRId64, totals->out == 1 ? "is" : "are", totals->out,
                  diag_s(totals->out), given->num);
}

const struct stage stage_query = {
    .name = "query",
    .summary = "choose the records to label next",
    .example = "$ printf '{\"id\":%s,\"probs\":%s}\\n' 1 '[1,0]' 2 '[0.5,0.5]' 3 '[0.25,0.75]' |\n"
               "    quern query --num 2 --by margin\n"
               "{\"id\":2,\"probs\":[0.5,0.5],\"score\":1,\"rank\":1}\n"
               "{\"id\":3,\"probs\":[0.25,0.75],\"score\":0.5,\"rank\":2}",
    .class = STAGE_WHOLE,
    .options = options,
    .options_size = sizeof(struct query_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = query_open,
    .close = query_close,
    .thread_open = query_thread_open,
    .thread_close = query_thread_close,
    .record = query_record,
    .merge = query_merge,
    .end = query_end,
    .notes = query_notes,
};
