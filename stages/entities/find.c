/* find.c - entities find: the entries of a gazetteer in the text. */
#include "verbs.h"

#include "quern.h"

#include "../segmenter/cutter.h"
#include "../segmenter/entries.h"
#include "../words/places.h"

enum { EXISTING_KEEP, EXISTING_REPLACE };

struct find_options {
    const char *gazetteer, *field;
    int existing;
};

static const char *const existing_names[] = {"keep", "replace", NULL};

static const struct option options[] = {
    {"gazetteer", 0, OPT_FILE, OPT_AT(struct find_options, gazetteer), .value = "FILE", .required = true,
     .help = "names, one a line, each with a tab and its label"},
    {"existing", 0, OPT_CHOICE, OPT_AT(struct find_options, existing), .value = "WHAT", .fallback = "keep",
     .choices = existing_names,
     .help = "what becomes of entities that the record has: they stay and are not searched, "
             "or are replaced"},
    OPTION_FIELD(struct find_options, field),
    {0},
};

static const char *const reads[] = {"text", "lang", "entities", NULL};
static const char *const writes[] = {"entities", NULL};

enum { COUNT_FOUND, COUNT_KEPT, COUNT_REPLACED };
static const char *const counters[] = {
    [COUNT_FOUND] = "found", [COUNT_KEPT] = "kept", [COUNT_REPLACED] = "replaced", NULL};

struct find {
    const struct find_options *given;
    const struct lexicon *gazetteer;
    struct word_rules rules;
};

/* The state of one thread. */
struct finder {
    const struct find *shared;
    struct cutter cutter;
    struct spans closed;
    struct entry_places found;
    struct bytes made;
};

/* ---- open ---- */

static int find_open(struct stage_context *context, void **shared)
{
    const struct find_options *given = context->options;
    const struct lexicon *gazetteer = chain_share(context, "lexicon", given->gazetteer, lexicon_load, lexicon_free);
    if (gazetteer == NULL)
        return -1;
    struct find *find = mem_alloc(sizeof *find);
    *find = (struct find){.given = given, .gazetteer = gazetteer};
    *shared = find;
    return 0;
}

static void find_close(void *shared)
{
    mem_free(shared);
}

static int find_thread_open(void *shared, void **thread)
{
    struct finder *finder = mem_zalloc(1, sizeof *finder);
    finder->shared = shared;
    cutter_open(&finder->cutter, &finder->shared->rules);
    *thread = finder;
    return 0;
}

static void find_thread_close(void *thread)
{
    struct finder *finder = thread;
    cutter_release(&finder->cutter);
    vec_free(&finder->closed);
    vec_free(&finder->found);
    vec_free(&finder->made);
    mem_free(finder);
}

/* ---- record ---- */

/* The text that entities cover, as spans that do not overlap. An empty one covers nothing. */
static void close_spans(struct finder *finder, const struct entity *entities, size_t count)
{
    struct spans *closed = &finder->closed;
    closed->len = 0;
    for (size_t i = 0; i < count; i++)
        vec_push(closed, entities[i].place);
    closed->len = places_merge(closed->items, closed->len);
    breaks_to_units(&finder->cutter.passage, closed);
}

/* The places in code points. */
static void places_to_points(struct finder *finder)
{
    finder->closed.len = 0;
    for (size_t i = 0; i < finder->found.len; i++)
        vec_push(&finder->closed, finder->found.items[i].place);
    breaks_to_points(&finder->cutter.passage, &finder->closed);
    for (size_t i = 0; i < finder->found.len; i++)
        finder->found.items[i].place = finder->closed.items[i];
}

/* The entities that were there keep their order and their bytes; each new one comes before the first of them that
 * starts behind it. */
static void put_entities(struct finder *finder, const struct entity *kept, size_t count)
{
    struct bytes *made = &finder->made;
    const struct lexicon *gazetteer = finder->shared->gazetteer;
    size_t next = 0;
    made->len = 0;
    bytes_byte(made, '[');
    for (size_t i = 0; i <= finder->found.len; i++) {
        bool last = i == finder->found.len;
        const struct entry_place *found = &finder->found.items[i];
        for (; next < count && (last || kept[next].place.start <= found->place.start); next++) {
            bytes_put(made, made->len > 1 ? SLICE(",") : SLICE(""));
            bytes_put(made, kept[next].json);
        }
        if (!last)
            entities_put(made, found->place, lexicon_entry(gazetteer, found->number).label);
    }
    bytes_byte(made, ']');
}

static int find_record(void *thread, const struct record *in, struct sink *out)
{
    struct finder *finder = thread;
    const struct find_options *given = finder->shared->given;
    struct arena *arena = sink_arena(out);
    struct slice field = slice_of(given->field), text, tag;
    const struct entity *entities = NULL;
    size_t count = 0;
    bool unknown;
    if (rec_text(in, field, arena, &text) < 0 || cutter_language(&finder->cutter, in, arena, &tag, &unknown) < 0)
        return -1;
    if (rec_present(in, SLICE("entities")) != NULL &&
        entities_read(in, text_length(text), arena, &entities, &count) < 0)
        return -1;
    size_t kept = given->existing == EXISTING_KEEP ? count : 0;
    if (breaks_passage(&finder->cutter.passage, text) < 0 || cutter_words(&finder->cutter, tag) < 0)
        return diag_error("%s: %s", given->field, diag_message());
    close_spans(finder, entities, kept);
    entries_find(finder->shared->gazetteer, &finder->cutter.passage, &finder->cutter.words, &finder->closed,
                 &finder->found);
    places_to_points(finder);
    put_entities(finder, entities, kept);
    sink_count(out, COUNT_FOUND, finder->found.len);
    sink_count(out, COUNT_KEPT, kept);
    sink_count(out, COUNT_REPLACED, count - kept);
    if (finder->found.len == 0 && kept == count && rec_present(in, SLICE("entities")) != NULL)
        return sink_emit(out, in);
    struct record *made = rec_derive(arena, in);
    rec_set_json(made, SLICE("entities"), arena_copy(arena, bytes_slice(&finder->made)));
    return sink_emit(out, made);
}

const struct stage entities_find = {
    .name = "entities find",
    .summary = "find the names of a gazetteer in the text",
    .example = "$ printf 'New York\\tLOC\\n' >places\n"
               "$ echo '{\"text\":\"To New York\"}' | quern entities find --gazetteer places\n"
               "{\"text\":\"To New York\",\"entities\":[{\"start\":3,\"end\":11,\"label\":\"LOC\"}]}",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct find_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = find_open,
    .close = find_close,
    .thread_open = find_thread_open,
    .thread_close = find_thread_close,
    .record = find_record,
};
