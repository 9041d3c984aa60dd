/* plans.c - what happens to the records of a class: see resample.h. */
#include "resample.h"

#include "base/hash.h"

#include <inttypes.h>

/* ---- drawn with replacement ---- */

/* Draws `most` of the rows, by their places in ascending order. */
static void draw_bag(const struct resample *resample, struct identity identity, uint64_t purpose, uint64_t most,
                     uint64_t count, uint32_t *uses)
{
    struct rng rng =
        rng_start(resample->key, identity, resample->given->epoch > 0 ? (uint32_t)resample->given->epoch : 0);
    for (uint64_t i = 0; i < most; i++)
        uses[rng_below(&rng, draw_number(purpose, i), count)]++;
}

/* The rows, and how often each is drawn, in each of the bags. */
static void draw_all(struct resample *resample, struct plan *plan, struct tally *class, struct slice key, uint64_t most)
{
    size_t count = class->rows.len;
    plan->rows = class->rows.items;
    memset(&class->rows, 0, sizeof class->rows);
    rows_sort(plan->rows, count);
    plan->uses = mem_zalloc(count * resample->bags + 1, sizeof *plan->uses);
    plan->given = mem_zalloc(count + 1, sizeof *plan->given);
    for (size_t bag = 0; bag < resample->bags; bag++) {
        struct hash hash = hash_bytes(key, 0);
        bool bagging = resample->given->method == METHOD_BOOTSTRAP;
        struct identity identity = bagging ? (struct identity){0, bag} : (struct identity){hash.high, hash.low};
        draw_bag(resample, identity, bagging ? PURPOSE_BAG : PURPOSE_BASE, most, count, plan->uses + bag * count);
    }
}

/* The place of a row: of equal ones they are given out in turn. */
static size_t place_of(struct plan *plan, const struct row *row)
{
    size_t low = 0, high = plan->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (row_compare(&plan->rows[middle], row) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low + plan->given[low]++;
}

/* ---- an id that records share ---- */

/* Equal draws are those of one id in one round. */
static void find_twice(struct resample *resample)
{
    const struct plan *plan = &resample->plans[0];
    for (size_t i = 1; i < plan->count && !resample->twice; i++)
        resample->twice = plan->rows[i].draw == plan->rows[i - 1].draw;
    if (resample->twice)
        resample->seen = map_new();
}

/* In the second pass: the second of such records is bad, and the message names both. */
static int check_twice(struct resample *resample, const struct record *in, const struct row *row)
{
    const struct line line = {in->file != NULL ? in->file : "an earlier filter", in->line_number};
    size_t before = map_len(resample->seen);
    uint64_t *place = map_put(resample->seen, (struct slice){(const char *)&row->draw, sizeof row->draw});
    if (map_len(resample->seen) == before)
        return diag_error("the id is also that of %s:%" PRIu64 ", and copies take their ids from it: each record "
                          "needs one of its own",
                          resample->lines.items[*place].file, resample->lines.items[*place].number);
    *place = before;
    vec_push(&resample->lines, line);
    return 0;
}

/* ---- making plans ---- */

static void make_subsets(const struct resample *resample, struct plan *plan, struct tally *class)
{
    size_t count = class->origins.len, subsets = (size_t)resample->given->subsets;
    struct row *rows = mem_zalloc(count + 1, sizeof *rows);
    plan->subsets = mem_zalloc(subsets, sizeof *plan->subsets);
    for (size_t t = 0; t < subsets; t++) {
        for (size_t i = 0; plan->target < count && i < count; i++) {
            struct rng rng = resample_rng(resample, &class->origins.items[i]);
            rows[i] = resample_subset(&rng, &class->origins.items[i], t);
        }
        plan->subsets[t] = bound_of(rows, count, plan->target);
    }
    vec_free(&class->origins);
    memset(&class->origins, 0, sizeof class->origins);
    mem_free(rows);
}

static void make_plan(struct resample *resample, struct plan *plan, struct tally *class, struct slice key)
{
    const struct resample_options *given = resample->given;
    bool grows = plan->target > plan->count;
    if (given->method == METHOD_EASYENSEMBLE) {
        make_subsets(resample, plan, class);
    } else if (given->method == METHOD_BOOTSTRAP) {
        draw_all(resample, plan, class, key, plan->count);
    } else if (grows && given->draw == DRAW_IID) {
        draw_all(resample, plan, class, key, plan->target - plan->count);
    } else if (plan->count > 0) {
        plan->times = plan->target / plan->count;
        plan->extra = bound_of(class->rows.items, class->rows.len, plan->target % plan->count);
    }
    vec_free(&class->rows);
    memset(&class->rows, 0, sizeof class->rows);
}

int plans_make(struct resample *resample)
{
    struct tallies *tallies = &resample->tallies;
    size_t count = tallies->items.len;
    resample->plans = mem_zalloc(count + 1, sizeof *resample->plans);
    resample->plan_count = count;
    if (count == 0)
        return 0;
    if (method_has_labels(resample->given->method)) {
        struct plan *plan = &resample->plans[0];
        plan->count = tallies->items.items[0].count;
        plan->given = mem_zalloc((size_t)plan->count + 1, sizeof *plan->given);
        labelled_balance(&resample->labelled, resample->given->method == METHOD_MLROS, resample->given->percent,
                         &plan->rows, &plan->uses);
        labelled_release(&resample->labelled);
        if (method_needs_ids(resample->given->method))
            find_twice(resample);
        return 0;
    }
    struct classes *classes = method_has_classes(resample->given->method) ? tallies_classes(tallies) : NULL;
    uint64_t *targets = NULL;
    if (classes == NULL) {
        resample->plans[0].target = tallies->items.items[0].count;
    } else if (count == 1) {
        struct slice key = tallies_key(tallies, 0);
        classes_free(classes);
        return diag_kind(STATUS_DATA, "all records have the label %.*s, so there is nothing to balance", (int)key.len,
                         key.ptr);
    } else {
        targets = targets_find(&resample->rules, classes);
        if (targets == NULL) {
            classes_free(classes);
            return diag_kind(STATUS_USAGE, "%s", diag_message());
        }
        for (size_t i = 0; i < count; i++)
            resample->plans[classes->items[i].number].target = targets[i];
    }
    for (size_t i = 0; i < count; i++) {
        resample->plans[i].count = tallies->items.items[i].count;
        make_plan(resample, &resample->plans[i], &tallies->items.items[i], tallies_key(tallies, i));
    }
    if (method_needs_ids(resample->given->method))
        find_twice(resample);
    mem_free(targets);
    classes_free(classes);
    return 0;
}

void plans_release(struct resample *resample)
{
    for (size_t i = 0; i < resample->plan_count; i++) {
        mem_free(resample->plans[i].subsets);
        mem_free(resample->plans[i].rows);
        mem_free(resample->plans[i].uses);
        mem_free(resample->plans[i].given);
    }
    mem_free(resample->plans);
}

/* ---- emitting ---- */

const char *const resample_counters[] = {
    [COUNT_KEPT] = "kept",     [COUNT_REMOVED] = "removed", [COUNT_COPIES] = "copies",
    [COUNT_OTHERS] = "others", [COUNT_MADE] = "made",       [COUNT_SKIPPED] = "skipped",
    [COUNT_ALONE] = "alone",   [COUNT_CUT] = "cut",         NULL};

/* A copy of a record, number n. One without an id has no name for its copies. */
static int emit_copy(const struct record *in, const char *mark, const char *method, uint64_t n, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    struct record *made = rec_derive(arena, in);
    const struct value *id = rec_present(in, SLICE("id"));
    if (id != NULL) {
        struct slice json = rec_json(id, arena);
        if (lineage_child(made, in, mark, n, arena) < 0)
            return -1;
        rec_set_json(made, SLICE("parents"), arena_print(arena, "[%.*s]", (int)json.len, json.ptr));
    }
    rec_set_bool(made, SLICE("synthetic"), true);
    rec_set_text(made, SLICE("method"), slice_of(method));
    sink_count(out, COUNT_COPIES, 1);
    return sink_emit(out, made);
}

/* The record `uses` times: first as it is, then copies. */
static int emit_times(const struct resample *resample, const struct record *in, uint64_t uses, const char *mark,
                      const char *method, struct sink *out)
{
    sink_count(out, uses > 0 ? COUNT_KEPT : COUNT_REMOVED, 1);
    if (uses > 0 && resample->given->emit == EMIT_BOTH && sink_emit(out, in) < 0)
        return -1;
    for (uint64_t n = 1; n < uses; n++)
        if (emit_copy(in, mark, method, n, out) < 0)
            return -1;
    return 0;
}

/* Which subsets is the record in? */
static int emit_subsets(struct resample *resample, struct plan *plan, const struct record *in,
                        const struct draws *draws, struct sink *out)
{
    const struct resample_options *given = resample->given;
    struct arena *arena = sink_arena(out);
    struct rng rng = resample_rng(resample, &draws->origin);
    int32_t *in_them = arena_array(arena, (size_t)given->subsets, sizeof *in_them);
    size_t count = 0;
    bool wanted = false;
    for (int32_t t = 0; t < given->subsets; t++) {
        struct bound *bound = &plan->subsets[t];
        struct row row = {0};
        if (!bound->all)
            row = resample_subset(&rng, &draws->origin, (uint64_t)t);
        if (bound_takes(bound, &row)) {
            in_them[count++] = t;
            wanted = wanted || t == given->subset;
        }
    }
    bool emits = given->subset >= 0 ? wanted : count > 0;
    sink_count(out, emits ? COUNT_KEPT : COUNT_REMOVED, 1);
    if (!emits || given->subset >= 0)
        return emits ? sink_emit(out, in) : 0;
    struct record *made = rec_derive(arena, in);
    rec_set_ints(made, SLICE("subsets"), in_them, count);
    return sink_emit(out, made);
}

static int emit_bags(struct resample *resample, struct plan *plan, const struct record *in, size_t place,
                     struct sink *out)
{
    const struct resample_options *given = resample->given;
    struct arena *arena = sink_arena(out);
    if (given->bag >= 0)
        return emit_times(resample, in, plan->uses[(size_t)given->bag * plan->count + place], "bs", "bootstrap", out);
    if (given->out_of_bag >= 0) {
        bool outside = plan->uses[(size_t)given->out_of_bag * plan->count + place] == 0;
        sink_count(out, outside ? COUNT_KEPT : COUNT_REMOVED, 1);
        return outside ? sink_emit(out, in) : 0;
    }
    int32_t *bags = arena_array(arena, resample->bags, sizeof *bags);
    for (size_t bag = 0; bag < resample->bags; bag++)
        bags[bag] = (int32_t)plan->uses[bag * plan->count + place];
    struct record *made = rec_derive(arena, in);
    rec_set_ints(made, SLICE("bags"), bags, resample->bags);
    sink_count(out, COUNT_KEPT, 1);
    return sink_emit(out, made);
}

int plans_emit(struct resample *resample, struct plan *plan, const struct record *in, const struct draws *draws,
               struct sink *out)
{
    if (resample->twice)
        return check_twice(resample, in, &draws->choice);
    if (plan->subsets != NULL)
        return emit_subsets(resample, plan, in, draws, out);
    enum method which = (enum method)resample->given->method;
    const char *method = which == METHOD_RANDOM ? "random" : which == METHOD_MLROS ? "mlros" : "over";
    if (plan->rows == NULL)
        return emit_times(resample, in, plan->times + bound_takes(&plan->extra, &draws->choice), "os", method, out);
    size_t place = place_of(plan, &draws->choice);
    if (which == METHOD_BOOTSTRAP)
        return emit_bags(resample, plan, in, place, out);
    uint64_t uses = plan->uses[place];
    return emit_times(resample, in, which == METHOD_MLRUS ? 1 - uses : 1 + uses, "os", method, out);
}
