/* entities.c - named entities: find them, and make what models learn them from.
 *
 *     quern entities find --gazetteer FILE [--existing keep|replace] [--field NAME] [FILE …]
 *     quern entities tags --scheme bio|iob1|bioes|mrc [--level words|tokens] … [FILE …]
 *     quern entities untag [--words NAME] [--tags NAME] [--scheme bio|iob1|bioes] … [FILE …]
 *     quern entities negatives --labels NAME,… --negatives N|--per-positive K|--per-token P … [FILE …]
 *     quern entities questions --questions FILE [FILE …]
 *
 *     $ printf 'Rome\tLOC\n' >places
 *     $ echo '{"text":"In Rome"}' | quern entities find --gazetteer places
 *     {"text":"In Rome","entities":[{"start":3,"end":7,"label":"LOC"}]}
 *
 * Each verb is a filter of its own, in entities/. */
#include "entities/verbs.h"
#include "quern.h"

static const struct option options[] = {{0}};

static int entities_open(struct stage_context *context, void **shared)
{
    (void)context;
    (void)shared;
    return diag_error("expected what to do: find, tags, untag, negatives or questions");
}

static int entities_record(void *thread, const struct record *in, struct sink *out)
{
    (void)thread;
    return sink_emit(out, in);
}

static const struct stage *const verbs[] = {&entities_find,      &entities_tags,      &entities_untag,
                                            &entities_negatives, &entities_questions, NULL};

const struct stage stage_entities = {
    .name = "entities",
    .summary = "find named entities, and make what models learn them from",
    .example = "$ printf 'Rome\\tLOC\\n' >places\n"
               "$ echo '{\"text\":\"In Rome\"}' | quern entities find --gazetteer places\n"
               "{\"text\":\"In Rome\",\"entities\":[{\"start\":3,\"end\":7,\"label\":\"LOC\"}]}",
    .class = STAGE_MAP,
    .options = options,
    .verbs = verbs,
    .open = entities_open,
    .record = entities_record,
};
