/* backward.c - the variants that are made of translations: see translate.h. */
#include "translate.h"

/* Which translations a variant is made of. */
struct choice {
    size_t route, sample;
    struct rng *rng; /* --recombine: draws them for each unit; else NULL */
    uint64_t draw;   /* the upper half of the numbers of its draws */
};

/* Enough translations for a unit through one route? How many choices there are. */
static size_t count_choices(const struct translator *translator, const struct job *job, const struct unit *unit,
                            size_t route)
{
    const struct result *results = translator->results[route] + job->first + unit->first;
    size_t most = 0;
    for (size_t i = 0; i < unit->count; i++) {
        if (results[i].count == 0)
            return 0;
        most = results[i].count > most ? results[i].count : most;
    }
    return most;
}

/* --recombine: one of all translations of the unit; false if there is none. */
static bool draw_choice(const struct translator *translator, const struct job *job, size_t number,
                        const struct choice *choice, size_t *route, size_t *sample)
{
    const struct unit *unit = &job->pieces.units[number];
    size_t all = 0;
    for (size_t i = 0; i < translator->translate->route_count; i++)
        all += count_choices(translator, job, unit, i);
    if (all == 0)
        return false;
    size_t drawn = rng_below(choice->rng, choice->draw << 32 | number, all);
    for (*route = 0; drawn >= count_choices(translator, job, unit, *route); (*route)++)
        drawn -= count_choices(translator, job, unit, *route);
    *sample = drawn;
    return true;
}

/* The changes that the choice makes to the text. NULL, or why there is no translation of a unit. */
static const char *make_changes(struct translator *translator, const struct job *job, const struct choice *choice,
                                struct arena *arena)
{
    changes_reset(&translator->changes);
    for (size_t i = 0; i < job->pieces.unit_count; i++) {
        const struct unit *unit = &job->pieces.units[i];
        size_t route = choice->route, sample = choice->sample;
        struct slice *texts = arena_array(arena, unit->count, sizeof *texts);
        const struct result *results = translator->results[route] + job->first + unit->first;
        if (choice->rng != NULL && draw_choice(translator, job, i, choice, &route, &sample))
            results = translator->results[route] + job->first + unit->first;
        for (size_t j = 0; j < unit->count; j++) {
            if (results[j].count == 0)
                return results[j].reason != NULL ? results[j].reason : "there is no translation";
            texts[j] = results[j].texts[sample % results[j].count];
        }
        struct change change = {.part = unit->part, .text = pieces_join(&job->pieces, unit, texts, arena)};
        changes_put(&translator->changes, change);
    }
    changes_settle(&translator->changes, job->retold.text);
    changes_apply(&translator->changes, job->retold.text, &translator->text);
    return NULL;
}

/* Does anything forbid the variant? The counter that says so; 0: nothing; -1 with the message. */
static int guard(struct translator *translator, const struct job *job, struct slice text, struct span *places,
                 struct arena *arena)
{
    const struct translate_options *given = translator->translate->given;
    size_t old = text_length(job->retold.text), new = text_length(text);
    if ((int64_t) new < given->min_chars)
        return COUNT_SHORT;
    if ((new > old ? new - old : old - new) > decimal_floor(given->max_ratio, old))
        return COUNT_RATIO;
    int is_new = distinct_add(&translator->distinct, &text, 1);
    if (is_new <= 0)
        return is_new < 0 ? -1 : COUNT_EQUAL;
    if (given->entities == ENTITIES_CHECK)
        return retold_find(&job->retold, text, places, arena) ? 0 : COUNT_ENTITY_LOST;
    struct edits edits = {0};
    changes_edits(&translator->changes, &edits);
    for (size_t i = 0; i < job->retold.entity_count; i++)
        places[i] = changes_span(&translator->changes, &edits, job->retold.entities[i].place);
    edits_release(&edits);
    return 0;
}

/* Makes and emits variant `number`. The counter of what came of it, COUNT_VARIANTS if all is well, COUNT_FAILED with
 * *reason if there is no translation; -1 with the message. */
static int try_variant(struct translator *translator, const struct job *job, const struct choice *choice,
                       uint64_t number, struct sink *out, const char **reason)
{
    struct arena *arena = sink_arena(out);
    *reason = make_changes(translator, job, choice, arena);
    if (*reason != NULL)
        return COUNT_FAILED;
    struct slice text = arena_copy(arena, bytes_slice(&translator->text));
    struct span *places = arena_array(arena, job->retold.entity_count, sizeof *places);
    int forbidden = guard(translator, job, text, places, arena);
    if (forbidden != 0)
        return forbidden;
    struct record *made =
        retold_make(&job->retold, &translator->changes, text, places, "bt", number, SLICE("bt"), arena);
    return made == NULL || sink_emit(out, made) < 0 ? -1 : COUNT_VARIANTS;
}

/* Says once for a record that translations of it are missing. */
static int note_failure(const struct translate *translate, const struct record *in, const char *reason, bool *told)
{
    if (*told)
        return 0;
    *told = true;
    return child_refuse(translate->routes[0].there, in, reason);
}

/* A variant for each route and each sample. */
static int emit_each(struct translator *translator, const struct job *job, struct sink *out)
{
    const struct translate *translate = translator->translate;
    size_t num = (size_t)translate->given->num;
    bool told = false;
    for (size_t i = 0; i < translate->route_count * num; i++) {
        struct choice choice = {.route = i / num, .sample = i % num};
        const char *reason;
        int what = try_variant(translator, job, &choice, i + 1, out, &reason);
        if (what < 0 || (what == COUNT_FAILED && note_failure(translate, job->retold.in, reason, &told) < 0))
            return -1;
        if (what != COUNT_FAILED)
            sink_count(out, (size_t)what, 1);
    }
    return 0;
}

enum { ATTEMPTS = 11 /* the first, and ten more if the text is not new */, ATTEMPT_BITS = 4 };

/* --recombine. */
static int emit_recombined(struct translator *translator, const struct job *job, struct sink *out)
{
    const struct translate *translate = translator->translate;
    struct identity identity;
    uint32_t round;
    if (lineage_identity(job->retold.in, translate->field, sink_arena(out), &identity) < 0 ||
        lineage_round(job->retold.in, &round) < 0)
        return -1;
    struct rng rng = rng_start(translate->key, identity, round);
    for (int64_t i = 0; i < translate->given->recombine; i++) {
        struct choice choice = {.rng = &rng};
        const char *reason;
        int what = COUNT_EQUAL;
        for (unsigned attempt = 0; what == COUNT_EQUAL && attempt < ATTEMPTS; attempt++) {
            choice.draw = (uint64_t)i << ATTEMPT_BITS | attempt;
            what = try_variant(translator, job, &choice, (uint64_t)i + 1, out, &reason);
        }
        if (what == COUNT_FAILED)
            return child_refuse(translate->routes[0].there, job->retold.in, reason);
        if (what < 0)
            return -1;
        sink_count(out, (size_t)what, 1);
    }
    return 0;
}

int backward_emit(struct translator *translator, const struct job *job, struct sink *out)
{
    distinct_reset(&translator->distinct);
    if (distinct_add(&translator->distinct, &job->retold.text, 1) < 0)
        return -1;
    return translator->translate->given->recombine > 0 ? emit_recombined(translator, job, out)
                                                       : emit_each(translator, job, out);
}
