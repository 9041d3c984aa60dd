/* rows.c - the first pass: the classes and the draws of all records. See resample.h. */
#include "resample.h"

void resample_free(void *shared)
{
    struct resample *resample = shared;
    plans_release(resample);
    spatial_release(resample);
    tallies_release(&resample->tallies);
    labelled_release(&resample->labelled);
    condition_thread_free(resample->in_order);
    map_free(resample->seen);
    vec_free(&resample->lines);
    conditions_free(resample->within);
    map_free(resample->splits);
    mem_free(resample);
}

struct resample *resample_new(const struct resample_options *given)
{
    struct resample *resample = mem_zalloc(1, sizeof *resample);
    *resample = (struct resample){
        .given = given,
        .key = rng_key(&given->random, "resample"),
        .label = slice_of(given->label),
        .field = slice_of(given->field),
        .group = given->group != NULL ? slice_of(given->group) : (struct slice){0},
        .bags = given->method == METHOD_BOOTSTRAP ? (size_t)given->bags : 1,
        .splits = map_new(),
    };
    tallies_init(&resample->tallies);
    resample->labelled.names = map_new();
    if (method_has_points(given->method))
        resample->points = points_new(given->wide);
    return resample;
}

int resample_open_within(struct resample *resample)
{
    return within_open(resample->given->within, &resample->within);
}

/* ---- the draws of a record ---- */

int resample_draws(const struct resample *resample, const struct record *in, struct arena *arena, struct draws *draws)
{
    const struct random_options random = {.epoch = resample->given->epoch};
    struct lineage lineage;
    if (method_needs_ids(resample->given->method) && rec_present(in, SLICE("id")) == NULL)
        return member_missing(in, SLICE("id"), ", and copies take their ids from it");
    if (lineage_read(in, resample->field, &random, arena, &lineage) < 0)
        return -1;
    draws->origin.identity = lineage.identity;
    draws->origin.round = lineage.round;
    draws->origin.content = lineage_content(in, arena);
    struct rng rng = rng_start(resample->key, draws->origin.identity, draws->origin.round);
    draws->choice = (struct row){rng_bits(&rng, draw_number(PURPOSE_CHOICE, 0)), draws->origin.content};
    return 0;
}

struct rng resample_rng(const struct resample *resample, const struct origin *origin)
{
    return rng_start(resample->key, origin->identity, origin->round);
}

struct row resample_subset(struct rng *rng, const struct origin *origin, uint64_t t)
{
    return (struct row){rng_bits(rng, draw_number(PURPOSE_SUBSET, t)), origin->content};
}

/* ---- the pass ---- */

/* One thread's. */
struct rows_thread {
    struct resample *resample;
    struct tallies tallies;
    struct labelled labelled;
    struct points *points;
    struct condition_thread *within;
    struct map *splits;
};

void rows_thread_close(void *thread)
{
    struct rows_thread *mine = thread;
    tallies_release(&mine->tallies);
    labelled_release(&mine->labelled);
    points_free(mine->points);
    condition_thread_free(mine->within);
    map_free(mine->splits);
    mem_free(mine);
}

int rows_thread_open(void *shared, void **thread)
{
    struct rows_thread *mine = mem_zalloc(1, sizeof *mine);
    mine->resample = shared;
    mine->splits = map_new();
    tallies_init(&mine->tallies);
    mine->labelled.names = map_new();
    if (method_has_points(mine->resample->given->method))
        mine->points = points_new(mine->resample->given->wide);
    if (mine->resample->within != NULL)
        mine->within = condition_thread_new(mine->resample->within);
    *thread = mine;
    return 0;
}

int resample_is_within(const struct resample *resample, struct condition_thread *thread, const struct record *in,
                       struct arena *arena)
{
    return within_holds(resample->within, thread, in, arena);
}

static enum needed needs_vector(int method)
{
    return method == METHOD_SMOTEN                                  ? NEEDS_NOT
           : method == METHOD_COMBINE || method == METHOD_RECOMBINE ? NEEDS_ANY
                                                                    : NEEDS_IT;
}

static enum needed needs_nominal(int method)
{
    if (method == METHOD_COMBINE)
        return NEEDS_ANY;
    return method == METHOD_SMOTEN || method == METHOD_SMOTENC ? NEEDS_IT : NEEDS_NOT;
}

int rows_record(void *thread, const struct record *in, struct sink *out)
{
    struct rows_thread *mine = thread;
    const struct resample *resample = mine->resample;
    struct arena *arena = sink_arena(out);
    struct slice key = SLICE("");
    struct draws draws;
    int sampled = resample_is_within(resample, mine->within, in, arena);
    if (sampled <= 0)
        return sampled;
    int method = resample->given->method;
    if (mine->points != NULL) {
        const struct points_rules rules = {.label = resample->label,
                                           .group = resample->group,
                                           .field = resample->field,
                                           .epoch = resample->given->epoch,
                                           .texts = method == METHOD_RECOMBINE,
                                           .several = method == METHOD_MLSMOTE,
                                           .vector = needs_vector(method),
                                           .nominal = needs_nominal(method)};
        splits_note(mine->splits, in, arena);
        return points_add(mine->points, &rules, in, arena);
    }
    if ((method_has_classes(method) && tally_label(in, resample->label, arena, &key) < 0) ||
        resample_draws(resample, in, arena, &draws) < 0 ||
        (method_has_labels(method) && labelled_add(&mine->labelled, in, resample->label, &draws.choice, arena) < 0))
        return -1;
    splits_note(mine->splits, in, arena);
    struct tally *class = tallies_at(&mine->tallies, key);
    class->count++;
    if (method == METHOD_EASYENSEMBLE)
        vec_push(&class->origins, draws.origin);
    else if (method <= METHOD_BOOTSTRAP)
        vec_push(&class->rows, draws.choice);
    class_keep(class, resample->given->keep);
    return 0;
}

int rows_merge(void *shared, void *thread)
{
    struct resample *resample = shared;
    struct rows_thread *mine = thread;
    tallies_merge(&resample->tallies, &mine->tallies);
    labelled_merge(&resample->labelled, &mine->labelled);
    splits_merge(resample->splits, mine->splits);
    if (mine->points != NULL)
        points_merge(resample->points, mine->points);
    return 0;
}

/* ---- the second pass ---- */

int resample_pass(struct resample *resample, struct condition_thread *thread, const struct record *in, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    struct slice key = SLICE("");
    struct draws draws;
    int sampled = resample_is_within(resample, thread, in, arena);
    if (sampled <= 0) {
        sink_count(out, COUNT_OTHERS, sampled == 0);
        return sampled < 0 ? -1 : sink_emit(out, in);
    }
    if (resample->points != NULL)
        return spatial_emit(resample, in, out);
    if ((method_has_classes(resample->given->method) && tally_label(in, resample->label, arena, &key) < 0) ||
        resample_draws(resample, in, arena, &draws) < 0)
        return -1;
    const uint64_t *number = map_get(resample->tallies.numbers, key);
    if (number == NULL)
        return diag_error("%.*s: no record of this class, %.*s, was counted", (int)resample->label.len,
                          resample->label.ptr, (int)key.len, key.ptr);
    return plans_emit(resample, &resample->plans[*number], in, &draws, out);
}
