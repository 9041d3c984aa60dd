/* spatial.c - methods that look at neighbours, between the passes and in the second one: see resample.h. */
#include "clean.h"
#include "resample.h"

#include <inttypes.h>

enum { PART_BYTES = 256 * 1024, NUMBER_ROOM = 12 };

/* ---- which points go ---- */

/* Of each class the point with the lowest draw. */
static uint32_t *find_seeds(const struct resample *resample)
{
    const struct points *points = resample->points;
    uint32_t *seeds = mem_zalloc(points->classes->count + 1, sizeof *seeds);
    uint64_t *lowest = mem_zalloc(points->classes->count + 1, sizeof *lowest);
    bool *found = mem_zalloc(points->classes->count + 1, sizeof *found);
    for (uint32_t rank = 0; rank < points->items.len; rank++) {
        const struct point *point = points->items.items[rank];
        struct rng rng = rng_start(resample->key, point->identity, point->round);
        uint64_t draw = rng_bits(&rng, draw_number(PURPOSE_CHOICE, 0));
        if (found[point->class] && draw >= lowest[point->class])
            continue;
        found[point->class] = true;
        lowest[point->class] = draw;
        seeds[point->class] = rank;
    }
    mem_free(lowest);
    mem_free(found);
    return seeds;
}

static int condense_points(struct resample *resample, struct cleaning *cleaning)
{
    bool *changes = targets_changing(&resample->rules, resample->points->classes, NULL);
    if (changes == NULL)
        return -1;
    uint32_t *seeds = find_seeds(resample);
    if (resample->given->method == METHOD_CNN)
        clean_cnn(cleaning, changes, seeds);
    else
        clean_oss(cleaning, changes, seeds);
    mem_free(seeds);
    mem_free(changes);
    return 0;
}

static int clean_links(struct cleaning *cleaning)
{
    bool *changes = targets_changing(cleaning->rules, cleaning->points->classes, NULL);
    if (changes == NULL)
        return -1;
    clean_tomek(cleaning, changes);
    mem_free(changes);
    return 0;
}

static int miss_points(struct resample *resample, struct cleaning *cleaning)
{
    uint64_t *targets = targets_find(&resample->rules, resample->points->classes);
    if (targets == NULL)
        return -1;
    int version = resample->given->method - METHOD_NEARMISS1 + 1;
    resample->fewer = clean_nearmiss(cleaning, version, targets);
    mem_free(targets);
    return 0;
}

static int remove_points(struct resample *resample, struct cleaning *cleaning)
{
    switch (resample->given->method) {
    case METHOD_TOMEK:
        return clean_links(cleaning);
    case METHOD_ENN:
        return clean_enn(cleaning);
    case METHOD_RENN:
        return clean_renn(cleaning);
    case METHOD_ALLKNN:
        return clean_allknn(cleaning);
    case METHOD_NCR:
        return clean_ncr(cleaning);
    case METHOD_CNN:
    case METHOD_OSS:
        return condense_points(resample, cleaning);
    default:
        return miss_points(resample, cleaning);
    }
}

/* ---- which records are made ---- */

/* Points of which records are made have one round, and all or none have a weight. 0, or -1 with the message. */
static int check_alike(const struct points *points)
{
    for (size_t i = 1; i < points->items.len; i++) {
        const struct point *a = points->items.items[i - 1], *b = points->items.items[i];
        const struct point *lacks = a->has_weight ? b : a, *has = a->has_weight ? a : b;
        if (a->round != b->round)
            return diag_kind(STATUS_DATA,
                             "%s:%" PRIu64 ": id %.*s: epoch: expected %" PRIu32 ", as in %s:%" PRIu64
                             ", found %" PRIu32 ": records of different rounds are not mixed",
                             b->file, b->line, (int)b->json.len, b->json.ptr, a->round, a->file, a->line, b->round);
        if (a->has_weight != b->has_weight)
            return diag_kind(STATUS_DATA, "%s:%" PRIu64 ": id %.*s: weight: missing, but %s:%" PRIu64 " has one",
                             lacks->file, lacks->line, (int)lacks->json.len, lacks->json.ptr, has->file, has->line);
    }
    return 0;
}

static enum synthesis_kind kind_of(int method)
{
    switch (method) {
    case METHOD_BORDERLINE1:
        return MAKES_BORDERLINE1;
    case METHOD_BORDERLINE2:
        return MAKES_BORDERLINE2;
    case METHOD_ADASYN:
        return MAKES_ADASYN;
    case METHOD_ROSE:
        return MAKES_ROSE;
    case METHOD_SMOTEN:
        return MAKES_SMOTEN;
    case METHOD_SMOTENC:
        return MAKES_SMOTENC;
    case METHOD_COMBINE:
        return MAKES_COMBINE;
    case METHOD_MLSMOTE:
        return MAKES_MLSMOTE;
    case METHOD_RECOMBINE:
        return MAKES_RECOMBINED;
    default:
        return MAKES_SMOTE;
    }
}

static int make_records(struct resample *resample, struct crew *crew)
{
    const struct resample_options *given = resample->given;
    const struct points *points = resample->points;
    struct slice split = map_len(resample->splits) > 0 ? map_at(resample->splits, 0)->key : NO_SPLIT;
    bool several = given->method == METHOD_MLSMOTE;
    uint64_t *targets = several ? mem_zalloc(1, sizeof *targets) : targets_find(&resample->rules, points->classes);
    if (targets == NULL)
        return -1;
    if (check_alike(points) < 0) {
        mem_free(targets);
        return -1;
    }
    if (points->form == FORM_SPARSE && (given->method == METHOD_ROSE || points->items.items[0]->has_nominal)) {
        mem_free(targets);
        return diag_kind(STATUS_DATA, "sparse: expected features, which %s needs",
                         given->method == METHOD_ROSE ? "--method rose" : "a method that looks at nominal, too,");
    }
    resample->synthesis = (struct synthesis){
        .points = points,
        .crew = crew,
        .key = resample->key,
        .kind = kind_of(given->method),
        .method = method_names[given->method],
        .k = given->k > 0 ? (size_t)given->k : 5,
        .m = (size_t)given->m,
        .cosine = given->metric == METRIC_COSINE,
        .iid = given->draw == DRAW_IID,
        .recipe = given->emit == EMIT_RECIPE,
        .small = given->small,
        .round = given->round,
        .shrinkage = decimal_float(given->shrinkage),
        .targets = targets,
        .label = resample->label,
        .group = resample->group,
        .split = slice_equal(split, NO_SPLIT) ? SLICE("") : split,
    };
    int status = several                             ? synthesis_plan_labels(&resample->synthesis)
                 : given->method == METHOD_RECOMBINE ? synthesis_plan_texts(&resample->synthesis)
                                                     : synthesis_plan(&resample->synthesis);
    resample->synthesis.targets = NULL;
    mem_free(targets);
    return status;
}

/* ---- made records among the points, for smoteenn and smotetomek ---- */

/* Adds what is made behind the points. */
static void add_made(struct resample *resample)
{
    struct points *points = resample->points;
    struct arena *arena = points->arenas.items[0];
    const struct synthesis *synthesis = &resample->synthesis;
    for (size_t i = 0; i < synthesis->rows.len; i++) {
        const struct made *made = &synthesis->rows.items[i];
        struct point *point = arena_alloc(arena, sizeof *point);
        *point = *points->items.items[made->base];
        point->vector = synthesis_vector(synthesis, made, arena);
        vec_push(&points->items, point);
    }
    points_rows(points);
}

static int clean_made(struct resample *resample, struct cleaning *cleaning)
{
    static const struct target_options all = {0};
    static const struct target_rules rules = {.given = &all, .direction = SHRINKS, .strategy = "all"};
    size_t real = resample->points->items.len;
    add_made(resample);
    cleaning->rules = &rules;
    clean_start(cleaning);
    int status = resample->given->method == METHOD_SMOTEENN ? clean_enn(cleaning) : clean_links(cleaning);
    resample->points->items.len = real;
    points_rows(resample->points);
    return status;
}

/* ---- between the passes ---- */

int spatial_end(struct resample *resample, struct sink *out)
{
    const struct resample_options *given = resample->given;
    struct points *points = resample->points;
    if (points_complete(points) < 0)
        return -1;
    if (points->items.len == 0)
        return 0;
    if (points->classes->count == 1 && given->method != METHOD_MLSMOTE) {
        struct slice key = tallies_key(&points->tallies, 0);
        return diag_kind(STATUS_DATA, "all records have the label %.*s, so there is nothing to balance", (int)key.len,
                         key.ptr);
    }
    struct cleaning cleaning = {
        .points = points,
        .rules = &resample->rules,
        .crew = sink_crew(out),
        .k = given->k > 0 && !method_makes(given->method) ? (size_t)given->k : 3,
        .mode = given->kind == KIND_MODE,
        .cosine = given->metric == METRIC_COSINE,
    };
    int status;
    if (!method_makes(given->method)) {
        clean_start(&cleaning);
        status = remove_points(resample, &cleaning);
    } else {
        status = make_records(resample, sink_crew(out));
        if (status == 0 && (given->method == METHOD_SMOTEENN || given->method == METHOD_SMOTETOMEK))
            status = clean_made(resample, &cleaning);
    }
    sink_count(out, COUNT_SKIPPED, resample->synthesis.skipped);
    sink_count(out, COUNT_ALONE, resample->synthesis.alone);
    sink_count(out, COUNT_CUT, resample->synthesis.cut);
    resample->gone = cleaning.gone;
    clean_release(&cleaning);
    return status < 0 ? diag_kind(diag_status(STATUS_USAGE), "%s", diag_message()) : 0;
}

void spatial_release(struct resample *resample)
{
    if (resample->points == NULL)
        return;
    if (resample->synthesis.points != NULL)
        synthesis_release(&resample->synthesis);
    points_free(resample->points);
    mem_free(resample->gone);
}

/* ---- the second pass ---- */

/* A point that has no neighbour is copied: keeps the bytes of its vector. */
static void keep_spelling(struct resample *resample, size_t rank, const struct record *in, struct arena *arena)
{
    struct slice *spelled = resample->synthesis.spelled;
    const struct value *features = rec_present(in, SLICE("features")), *sparse = rec_present(in, SLICE("sparse"));
    if (spelled == NULL || spelled[rank].ptr == NULL || (features == NULL && sparse == NULL))
        return;
    struct slice json = rec_json(features != NULL ? features : sparse, arena);
    spelled[rank] = arena_copy(resample->points->arenas.items[0], json);
}

int spatial_emit(struct resample *resample, const struct record *in, struct sink *out)
{
    struct record_id id;
    if (resample->gone != NULL || resample->synthesis.spelled != NULL) {
        if (record_id_read(in, sink_arena(out), &id) < 0)
            return -1;
        size_t rank = points_find(resample->points, &id);
        if (rank == SIZE_MAX)
            return diag_error("the record was not there when the others were read");
        keep_spelling(resample, rank, in, sink_arena(out));
        if (resample->gone != NULL && resample->gone[rank]) {
            sink_count(out, COUNT_REMOVED, 1);
            return 0;
        }
    }
    sink_count(out, COUNT_KEPT, 1);
    return resample->given->emit == EMIT_BOTH ? sink_emit(out, in) : 0;
}

static size_t rows_of_part(const struct resample *resample)
{
    size_t bytes = 256 + (size_t)resample->points->rows.dims * NUMBER_ROOM;
    return resample->given->emit == EMIT_RECIPE || bytes > PART_BYTES ? 1024 : PART_BYTES / bytes;
}

uint64_t spatial_parts(const void *shared)
{
    const struct resample *resample = shared;
    if (resample->points == NULL || resample->synthesis.points == NULL)
        return 0;
    size_t each = rows_of_part(resample);
    return (resample->synthesis.rows.len + each - 1) / each;
}

int spatial_part(void *shared, uint64_t number, struct sink *out)
{
    const struct resample *resample = shared;
    const struct synthesis *synthesis = &resample->synthesis;
    size_t each = rows_of_part(resample), first = (size_t)number * each, real = resample->points->items.len;
    for (size_t i = first; i < first + each && i < synthesis->rows.len; i++) {
        if (resample->gone != NULL && resample->gone[real + i]) {
            sink_count(out, COUNT_REMOVED, 1);
            continue;
        }
        struct record *record = synthesis_record(synthesis, &synthesis->rows.items[i], sink_arena(out));
        if (record == NULL || sink_emit(out, record) < 0)
            return -1;
        sink_count(out, COUNT_MADE, 1);
    }
    return 0;
}

void spatial_notes(const struct resample *resample)
{
    const struct synthesis *synthesis = &resample->synthesis;
    if (resample->fewer > 0)
        diag_note("%" PRIu64 " record%s fewer than asked %s left: there were no more candidates", resample->fewer,
                  diag_s(resample->fewer), resample->fewer == 1 ? "is" : "are");
    if (synthesis->cut > 0)
        diag_note("--k was cut down for %" PRIu64 " class%s, which ha%s too few records", synthesis->cut,
                  synthesis->cut == 1 ? "" : "es", synthesis->cut == 1 ? "s" : "ve");
    if (synthesis->alone > 0 && synthesis->small == SMALL_COPY)
        diag_note("%" PRIu64 " of the new records %s, since the parent has no neighbour of its class (--small)",
                  synthesis->alone, synthesis->alone == 1 ? "is a copy" : "are copies");
    if (synthesis->alone > 0 && synthesis->small == SMALL_SKIP)
        diag_note("%" PRIu64 " record%s not made, since the parent has no neighbour of its class (--small skip)",
                  synthesis->alone, synthesis->alone == 1 ? " was" : "s were");
    if (synthesis->no_danger > 0)
        diag_note("no record of %" PRIu64 " class%s is in danger (--m), so nothing was made for %s",
                  synthesis->no_danger, synthesis->no_danger == 1 ? "" : "es",
                  synthesis->no_danger == 1 ? "it" : "them");
    if (synthesis->crossing > 0)
        diag_note("%" PRIu64 " record%s no parent, since spans of the text cross the borders of sentences",
                  synthesis->crossing, synthesis->crossing == 1 ? " is" : "s are");
    if (synthesis->repeated > 0)
        diag_note("%" PRIu64 " record%s not made: every text that was drawn was there already", synthesis->repeated,
                  synthesis->repeated == 1 ? " was" : "s were");
    if (synthesis->no_others > 0)
        diag_note("no record of %" PRIu64 " class%s has a neighbour of another one, so the parents were shared as for "
                  "smote",
                  synthesis->no_others, synthesis->no_others == 1 ? "" : "es");
}
