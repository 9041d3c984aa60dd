/* tags.c - entities tags: a tag for each word or token, or the starts and ends of entities.
 *
 * What gets a tag is a unit: a word of the text, a token, or the tokens of a word. An entity has the units with which
 * it shares something; of those with a unit in common --nested keeps one. */
#include "labels.h"
#include "tokens.h"
#include "verbs.h"

#include "../tagging/tagged.h"

#include <inttypes.h>
#include <stdlib.h>

enum { SCHEME_MRC = SCHEME_BIOES + 1 /* the fourth; the others are those of a tag */ };
enum { LEVEL_WORDS, LEVEL_TOKENS };
enum { PIECES_ALL, PIECES_FIRST };
enum { NESTED_ERROR, NESTED_OUTER, NESTED_INNER };

struct tags_options {
    int scheme, level, pieces, nested;
    const char *words;
    struct words labels;
};

static const char *const scheme_names[] = {"bio", "iob1", "bioes", "mrc", NULL};
static const char *const level_names[] = {"words", "tokens", NULL};
static const char *const pieces_names[] = {"all", "first", NULL};
static const char *const nested_names[] = {"error", "outer", "inner", NULL};

static const struct option options[] = {
    {"scheme", 0, OPT_CHOICE, OPT_AT(struct tags_options, scheme), .value = "SCHEME", .choices = scheme_names,
     .required = true, .help = "how the tags say where an entity begins and ends; mrc: starts and ends of entities"},
    {"level", 0, OPT_CHOICE, OPT_AT(struct tags_options, level), .value = "LEVEL", .fallback = "words",
     .choices = level_names, .help = "what gets a tag"},
    {"words", 0, OPT_TEXT, OPT_AT(struct tags_options, words), .value = "NAME", .when = "level=words",
     .help = "words: also write the words themselves, as an array of strings of this name"},
    {"labels", 0, OPT_WORDS, OPT_AT(struct tags_options, labels), .value = "TAG,...", .when = "level=tokens",
     .help = "tokens: the tags, in the order of their numbers, from 0: O,B-PER,I-PER"},
    {"pieces", 0, OPT_CHOICE, OPT_AT(struct tags_options, pieces), .value = "WHICH", .fallback = "all",
     .choices = pieces_names, .when = "level=tokens",
     .help = "tokens: which tokens of a word get its number; first: the others get -100"},
    {"nested", 0, OPT_CHOICE, OPT_AT(struct tags_options, nested), .value = "WHICH", .fallback = "error",
     .choices = nested_names, .when = "scheme=bio|iob1|bioes",
     .help = "of entities that overlap, keep the longer or the shorter one, or refuse the record"},
    {0},
};

static const char *const reads[] = {"text",     "entities", "words",          "input_ids",           "entity_tokens",
                                    "question", "word_ids", "token_type_ids", "special_tokens_mask", "tokens",
                                    NULL};
static const char *const writes[] = {"tags", "labels", "start_labels", "end_labels", NULL};

enum { COUNT_ENTITIES, COUNT_LOST, COUNT_NESTED };
static const char *const counters[] = {
    [COUNT_ENTITIES] = "entities", [COUNT_LOST] = "lost_entities", [COUNT_NESTED] = "nested_entities", NULL};

struct tags {
    const struct tags_options *given;
    struct map *numbers; /* of the tags of --labels */
};

/* ---- open ---- */

static int read_labels(struct tags *tags)
{
    if (labels_number(&tags->given->labels, 0, tags->numbers) < 0)
        return -1;
    if (map_get(tags->numbers, SLICE("O")) == NULL)
        return diag_error("--labels: expected O among the tags, which words outside every entity get");
    return 0;
}

/* The words may have any name that is not that of another thing. */
static int check_name(const char *name)
{
    const struct member_kind *kind = name != NULL ? member_find(slice_of(name)) : NULL;
    if (kind == NULL || slice_is(kind->name, "tokens"))
        return 0;
    return diag_error("--words: %s is something else in quern-record(5); expected another name, such as tokens", name);
}

static void tags_close(void *shared)
{
    struct tags *tags = shared;
    map_free(tags->numbers);
    mem_free(tags);
}

static int tags_open(struct stage_context *context, void **shared)
{
    const struct tags_options *given = context->options;
    bool mrc = given->scheme == SCHEME_MRC, numbers = given->level == LEVEL_TOKENS && !mrc;
    if (mrc && given->level == LEVEL_WORDS && opt_given(context, "level"))
        return diag_error("--scheme mrc labels tokens, not words (--level)");
    if (mrc && (given->labels.len > 0 || given->words != NULL || opt_given(context, "pieces")))
        return diag_error("--%s has no effect with --scheme mrc", given->labels.len > 0  ? "labels"
                                                                  : given->words != NULL ? "words"
                                                                                         : "pieces");
    if (check_name(given->words) < 0)
        return -1;
    if (numbers && given->labels.len == 0)
        return diag_error("--level tokens needs --labels TAG,..., the tags in the order of their numbers");
    struct tags *tags = mem_zalloc(1, sizeof *tags);
    *tags = (struct tags){given, map_new()};
    if (numbers && read_labels(tags) < 0) {
        tags_close(tags);
        return -1;
    }
    *shared = tags;
    return 0;
}

/* ---- units ---- */

/* An entity on its way to the units. */
struct claim {
    size_t entity;
    struct span units;
};

struct units {
    size_t count;
    int32_t *owner;       /* of each: the number of an entity, or -1 */
    struct span *covered; /* by each entity, in units; empty: none */
};

static struct units units_new(size_t count, size_t entity_count, struct arena *arena)
{
    struct units units = {count, arena_array(arena, count, sizeof *units.owner),
                          arena_array(arena, entity_count, sizeof *units.covered)};
    for (size_t i = 0; i < count; i++)
        units.owner[i] = -1;
    return units;
}

static int read_words(const struct record *in, struct arena *arena, const struct span **words, size_t *count)
{
    if (rec_present(in, SLICE("words")) == NULL) {
        (void)member_missing(in, SLICE("words"), "");
        return -1;
    }
    if (rec_spans(in, SLICE("words"), arena, words, count) < 0)
        return -1;
    for (size_t i = 0; i < *count; i++) {
        struct span word = (*words)[i];
        const char *problem = word.start == word.end                      ? "empty"
                              : word.start > word.end                     ? "the start is greater than the end"
                              : i > 0 && word.start < (*words)[i - 1].end ? "starts before the previous word ends"
                                                                          : NULL;
        if (problem == NULL)
            continue;
        (void)diag_error("words[%zu]: %s", i, problem);
        return -1;
    }
    return 0;
}

/* The words that share a character with each entity. */
static void cover_words(const struct span *words, size_t word_count, const struct entity *entities,
                        const struct units *units, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct span place = entities[i].place;
        size_t first = annotations_span_after(words, word_count, place.start), end = first;
        while (place.start < place.end && end < word_count && words[end].start < place.end)
            end++;
        units->covered[i] = (struct span){(uint32_t)first, (uint32_t)end};
    }
}

/* The units of the tokens: unit[i] is that of token i, or that of the next one, if token i is not of the text. */
static size_t number_units(const struct text_tokens *tokens, bool words, uint32_t *unit)
{
    uint32_t count = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        bool joined = words && i > 0 && text_tokens_joined(tokens, i);
        unit[i] = count - joined;
        count += tokens->in_text[i] && !joined;
    }
    return count;
}

/* An entity may begin or end with a special token that the text has in it. */
static struct span within_text(const struct text_tokens *tokens, struct span place)
{
    while (place.start < place.end && !tokens->in_text[place.start])
        place.start++;
    while (place.start < place.end && !tokens->in_text[place.end - 1])
        place.end--;
    return place;
}

/* The units of the tokens of each entity. */
static void cover_tokens(const struct text_tokens *tokens, const uint32_t *unit, struct units *units)
{
    for (size_t i = 0; i < tokens->entity_count; i++) {
        struct span place = within_text(tokens, tokens->places[i]);
        units->covered[i] = (struct span){0, 0};
        if (place.start < place.end)
            units->covered[i] = (struct span){unit[place.start], unit[place.end - 1] + 1};
    }
}

/* ---- which entities ---- */

/* By length, then by order. */
struct claimant {
    uint32_t length;
    uint32_t entity;
};

static int shorter_first(const void *left, const void *right)
{
    const struct claimant *a = left, *b = right;
    if (a->length != b->length)
        return a->length < b->length ? -1 : 1;
    return (a->entity > b->entity) - (a->entity < b->entity);
}

static int longer_first(const void *left, const void *right)
{
    const struct claimant *a = left, *b = right;
    return a->length != b->length ? -shorter_first(left, right) : shorter_first(left, right);
}

/* Gives each unit its entity, the first that claims it as --nested orders them. An entity has all of its units or none.
 */
static int share_out(const struct tags *tags, const struct entity *entities, size_t count, struct units *units,
                     struct sink *out)
{
    int nested = tags->given->nested;
    struct claimant *order = arena_array(sink_arena(out), count, sizeof *order);
    for (size_t i = 0; i < count; i++)
        order[i] = (struct claimant){entities[i].place.end - entities[i].place.start, (uint32_t)i};
    if (nested != NESTED_ERROR && count > 0)
        qsort(order, count, sizeof *order, nested == NESTED_OUTER ? longer_first : shorter_first);
    for (size_t i = 0; i < count; i++) {
        uint32_t entity = order[i].entity, u = units->covered[entity].start, end = units->covered[entity].end;
        sink_count(out, COUNT_ENTITIES, 1);
        sink_count(out, COUNT_LOST, u == end);
        while (u < end && units->owner[u] < 0)
            u++;
        if (u < end && nested == NESTED_ERROR)
            return diag_error("entities[%" PRIu32 "]: shares a %s with entities[%" PRId32
                              "] (--nested outer or inner keeps one of them)",
                              entity, tags->given->level == LEVEL_WORDS ? "word" : "token", units->owner[u]);
        sink_count(out, COUNT_NESTED, u < end);
        for (uint32_t v = units->covered[entity].start; u == end && v < end; v++)
            units->owner[v] = (int32_t)entity;
    }
    return 0;
}

/* ---- tags ---- */

/* The letter of unit u of an entity. */
static char letter_of(const struct tags *tags, const struct entity *entities, const struct units *units, size_t u)
{
    int32_t owner = units->owner[u];
    bool first = u == units->covered[owner].start, last = u + 1 == units->covered[owner].end;
    int32_t before = u > 0 ? units->owner[u - 1] : -1;
    switch (tags->given->scheme) {
    case SCHEME_IOB1:
        /* B only where an I would continue the entity before it */
        return first && before >= 0 && slice_equal(entities[before].label, entities[owner].label) ? 'B' : 'I';
    case SCHEME_BIOES:
        return first && last ? 'S' : first ? 'B' : last ? 'E' : 'I';
    default:
        return first ? 'B' : 'I';
    }
}

/* The tag of each unit. NULL with the message if an entity without a label needs one. */
static const struct slice *make_tags(const struct tags *tags, const struct entity *entities, const struct units *units,
                                     struct arena *arena)
{
    struct slice *strings = arena_array(arena, units->count, sizeof *strings);
    for (size_t u = 0; u < units->count; u++) {
        int32_t owner = units->owner[u];
        strings[u] = SLICE("O");
        if (owner < 0)
            continue;
        struct slice label = entities[owner].label;
        if (label.ptr == NULL) {
            (void)entities_no_label((size_t)owner);
            return NULL;
        }
        char *tag = arena_alloc(arena, label.len + 2);
        tag[0] = letter_of(tags, entities, units, u);
        tag[1] = '-';
        memcpy(tag + 2, label.ptr, label.len);
        strings[u] = (struct slice){tag, label.len + 2};
    }
    return strings;
}

/* Sets the words as strings, those of the text at their places. */
static int set_words(struct slice name, const struct record *in, const struct span *words, size_t count,
                     struct record *made, struct arena *arena)
{
    struct slice text, *strings = arena_array(arena, count, sizeof *strings);
    if (rec_present(in, name) != NULL)
        return diag_error("%.*s: already present (--words takes another name; or drop them: quern fields --drop %.*s)",
                          (int)name.len, name.ptr, (int)name.len, name.ptr);
    if (rec_present(in, SLICE("text")) == NULL)
        return member_missing_named(in, SLICE("text"), "(--words takes the words from it)");
    if (rec_text(in, SLICE("text"), arena, &text) < 0)
        return -1;
    size_t points = text_length(text);
    struct text_place place = text_start(text);
    for (size_t i = 0; i < count; i++) {
        if (words[i].end > points)
            return diag_error("words[%zu]: ends at %" PRIu32 ", the text has %zu characters", i, words[i].end, points);
        size_t start = text_to_point(&place, words[i].start);
        strings[i] = (struct slice){text.ptr + start, text_to_point(&place, words[i].end) - start};
    }
    rec_set_strings(made, name, strings, count);
    return 0;
}

static int tag_words(const struct tags *tags, const struct record *in, struct record *made, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    const struct entity *entities = NULL;
    const struct span *words = NULL;
    size_t count = 0, word_count = 0;
    if (entities_read(in, SIZE_MAX, arena, &entities, &count) < 0 || read_words(in, arena, &words, &word_count) < 0)
        return -1;
    struct units units = units_new(word_count, count, arena);
    cover_words(words, word_count, entities, &units, count);
    if (share_out(tags, entities, count, &units, out) < 0)
        return -1;
    const struct slice *strings = make_tags(tags, entities, &units, arena);
    if (strings == NULL)
        return -1;
    if (tags->given->words != NULL && set_words(slice_of(tags->given->words), in, words, word_count, made, arena) < 0)
        return -1;
    rec_set_strings(made, SLICE("tags"), strings, units.count);
    return 0;
}

/* ---- numbers ---- */

static int set_labels(const struct tags *tags, const struct text_tokens *tokens, const struct units *units,
                      const uint32_t *unit, const struct slice *strings, struct record *made, struct arena *arena)
{
    bool first_only = tags->given->pieces == PIECES_FIRST;
    int32_t *labels = arena_array(arena, tokens->count, sizeof *labels);
    for (size_t i = 0; i < tokens->count; i++) {
        labels[i] = IGNORE_INDEX;
        if (!tokens->in_text[i] || (first_only && i > 0 && text_tokens_joined(tokens, i)))
            continue;
        struct slice tag = strings[unit[i]];
        const uint64_t *number = map_get(tags->numbers, tag);
        if (number == NULL)
            return diag_error("entities[%" PRId32 "]: the tag %.*s is not one of --labels", units->owner[unit[i]],
                              (int)tag.len, tag.ptr);
        labels[i] = (int32_t)*number;
    }
    rec_set_ints(made, SLICE("labels"), labels, tokens->count);
    return 0;
}

static int tag_tokens(const struct tags *tags, const struct record *in, struct record *made, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    bool words = tags->given->pieces == PIECES_FIRST;
    const struct entity *entities = NULL;
    size_t count = 0;
    struct text_tokens tokens;
    if (rec_present(in, SLICE("labels")) != NULL)
        return diag_error("labels: already present, so the record is already labelled (or rename them: quern fields "
                          "--rename NEW=labels)");
    if (entities_read(in, SIZE_MAX, arena, &entities, &count) < 0 || text_tokens_read(in, words, arena, &tokens) < 0)
        return -1;
    if (tokens.entity_count != count)
        return diag_error("entity_tokens: expected %zu items, as in entities, found %zu", count, tokens.entity_count);
    uint32_t *unit = arena_array(arena, tokens.count, sizeof *unit);
    struct units units = units_new(number_units(&tokens, words, unit), count, arena);
    cover_tokens(&tokens, unit, &units);
    if (share_out(tags, entities, count, &units, out) < 0)
        return -1;
    const struct slice *strings = make_tags(tags, entities, &units, arena);
    return strings == NULL ? -1 : set_labels(tags, &tokens, &units, unit, strings, made, arena);
}

/* ---- starts and ends ---- */

static int tag_ends(const struct record *in, struct record *made, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    struct text_tokens tokens;
    if (text_tokens_read(in, false, arena, &tokens) < 0)
        return -1;
    int32_t *starts = arena_array(arena, tokens.count, sizeof *starts);
    int32_t *ends = arena_array(arena, tokens.count, sizeof *ends);
    for (size_t i = 0; i < tokens.count; i++)
        starts[i] = ends[i] = tokens.in_text[i] ? 0 : IGNORE_INDEX;
    for (size_t i = 0; i < tokens.entity_count; i++) {
        struct span place = within_text(&tokens, tokens.places[i]);
        sink_count(out, COUNT_ENTITIES, 1);
        sink_count(out, COUNT_LOST, place.start == place.end);
        if (place.start == place.end)
            continue;
        starts[place.start] = 1;
        ends[place.end - 1] = 1;
    }
    rec_set_ints(made, SLICE("start_labels"), starts, tokens.count);
    rec_set_ints(made, SLICE("end_labels"), ends, tokens.count);
    return 0;
}

/* ---- record ---- */

static int tags_record(void *shared, const struct record *in, struct sink *out)
{
    const struct tags *tags = shared;
    struct record *made = rec_derive(sink_arena(out), in);
    int status = tags->given->scheme == SCHEME_MRC    ? tag_ends(in, made, out)
                 : tags->given->level == LEVEL_TOKENS ? tag_tokens(tags, in, made, out)
                                                      : tag_words(tags, in, made, out);
    return status < 0 ? -1 : sink_emit(out, made);
}

static void tags_notes(const void *shared, const struct totals *totals)
{
    const struct tags_options *given = ((const struct tags *)shared)->given;
    uint64_t all = totals->counters[COUNT_ENTITIES], lost = totals->counters[COUNT_LOST];
    uint64_t nested = totals->counters[COUNT_NESTED];
    bool words = given->scheme != SCHEME_MRC && given->level == LEVEL_WORDS;
    if (lost > 0)
        diag_note("%" PRIu64 " of %" PRIu64 " %s %s no %s, and so no tag", lost, all, all == 1 ? "entity" : "entities",
                  lost == 1 ? "has" : "have", words ? "word" : "token");
    if (nested > 0)
        diag_note("left %" PRIu64 " of %" PRIu64 " entities out because they overlap another (--nested %s)", nested,
                  all, nested_names[given->nested]);
}

const struct stage entities_tags = {
    .name = "entities tags",
    .summary = "tag the words or tokens of entities",
    .example = "$ echo '{\"words\":[[0,2],[3,7]],\"entities\":[' >record\n"
               "$ echo '{\"start\":3,\"end\":7,\"label\":\"LOC\"}]}' >>record\n"
               "$ tr -d '\\n' <record | quern entities tags --scheme bio | jq -c .tags\n"
               "[\"O\",\"B-LOC\"]",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct tags_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = tags_open,
    .close = tags_close,
    .record = tags_record,
    .notes = tags_notes,
};
