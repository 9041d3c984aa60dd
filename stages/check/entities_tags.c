/* entities_tags.c - the rules of entities tags. */
#include "entities.h"

#include <stdlib.h>

enum { SCHEME_BIO, SCHEME_IOB1, SCHEME_BIOES, SCHEME_MRC };
enum { LEVEL_OF_WORDS, LEVEL_OF_TOKENS };
enum { PIECES_ALL, PIECES_FIRST };
enum { NESTED_ERROR, NESTED_OUTER, NESTED_INNER };

struct tags_options {
    struct check_options common;
    int scheme, level, pieces, nested;
    const char *words;
    struct words labels;
};

static const char *const scheme_names[] = {"bio", "iob1", "bioes", "mrc", NULL};
static const char *const level_names[] = {"words", "tokens", NULL};
static const char *const pieces_names[] = {"all", "first", NULL};
static const char *const nested_names[] = {"error", "outer", "inner", NULL};

static const struct option options[] = {
    OPTION_AGAINST(struct tags_options, common.against),
    {"scheme", 0, OPT_CHOICE, OPT_AT(struct tags_options, scheme), .value = "SCHEME", .required = true,
     .choices = scheme_names, .help = "how tags are spelled, or mrc: where entities start and end"},
    {"level", 0, OPT_CHOICE, OPT_AT(struct tags_options, level), .value = "LEVEL", .fallback = "words",
     .choices = level_names, .help = "what has a tag"},
    {"words", 0, OPT_TEXT, OPT_AT(struct tags_options, words), .value = "NAME", .when = "level=words",
     .help = "words: the member that has the words themselves"},
    {"labels", 0, OPT_WORDS, OPT_AT(struct tags_options, labels), .value = "TAG,...", .when = "level=tokens",
     .help = "tokens: the tags, in the order of their numbers from 0"},
    {"pieces", 0, OPT_CHOICE, OPT_AT(struct tags_options, pieces), .value = "WHICH", .fallback = "all",
     .choices = pieces_names, .when = "level=tokens", .help = "tokens: which tokens of a word have its number"},
    {"nested", 0, OPT_CHOICE, OPT_AT(struct tags_options, nested), .value = "WHICH", .fallback = "error",
     .choices = nested_names, .help = "which of entities that overlap were kept"},
    {0},
};

enum { TAGS_UNTOUCHED = RULES_COMMON, TAGS_NESTED, TAGS_TAGS, TAGS_WORDS };
static const char *const rules[] = {RULE_NAMES_COMMON, "untouched", "nested", "tags", "words", NULL};

static int tags_open(struct check *check, struct stage_context *context)
{
    const struct tags_options *given = context->options;
    if (given->level == LEVEL_OF_TOKENS && given->scheme != SCHEME_MRC && given->labels.len == 0)
        return diag_error("--level tokens: expected --labels, the tags in the order of their numbers");
    if (given->common.against == NULL)
        report_unchecked(check->report, TAGS_UNTOUCHED, "without --against");
    if (given->words == NULL)
        report_unchecked(check->report, TAGS_WORDS, "without --words");
    return 0;
}

/* ---- units: words or tokens ---- */

/* An entity: its units, and what it is compared by. */
struct tagged {
    struct span units, text;
    struct slice label;
    size_t number;
    bool kept;
};

static bool shares(struct span a, struct span b)
{
    return a.start < b.end && b.start < a.end;
}

static int longest_first(const void *a, const void *b)
{
    const struct tagged *x = *(const struct tagged *const *)a, *y = *(const struct tagged *const *)b;
    uint32_t length_x = x->text.end - x->text.start, length_y = y->text.end - y->text.start;
    if (length_x != length_y)
        return length_x > length_y ? -1 : 1;
    return x->number < y->number ? -1 : 1;
}

static int shortest_first(const void *a, const void *b)
{
    const struct tagged *x = *(const struct tagged *const *)a, *y = *(const struct tagged *const *)b;
    uint32_t length_x = x->text.end - x->text.start, length_y = y->text.end - y->text.start;
    if (length_x != length_y)
        return length_x < length_y ? -1 : 1;
    return x->number < y->number ? -1 : 1;
}

/* Keeps of entities that share a unit those that --nested says. False: some do, and that is an error. */
static bool keep(int nested, struct tagged *entities, size_t count, struct arena *arena)
{
    struct tagged **order = arena_array(arena, count + 1, sizeof(struct tagged *));
    for (size_t i = 0; i < count; i++)
        order[i] = &entities[i];
    if (count > 0)
        qsort(order, count, sizeof(struct tagged *), nested == NESTED_INNER ? shortest_first : longest_first);
    for (size_t i = 0; i < count; i++) {
        order[i]->kept = order[i]->units.start < order[i]->units.end;
        for (size_t k = 0; k < i && order[i]->kept; k++)
            if (order[k]->kept && shares(order[k]->units, order[i]->units))
                order[i]->kept = false;
        if (nested == NESTED_ERROR && !order[i]->kept && order[i]->units.start < order[i]->units.end)
            return false;
    }
    return true;
}

/* The tag of a unit: that of the entity which has it. */
static struct slice tag_of(int scheme, const struct tagged *entities, size_t count, size_t unit, struct arena *arena)
{
    const struct tagged *entity = NULL, *before = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!entities[i].kept)
            continue;
        if (unit >= entities[i].units.start && unit < entities[i].units.end)
            entity = &entities[i];
        if (unit == entities[i].units.end)
            before = &entities[i];
    }
    if (entity == NULL)
        return SLICE("O");
    bool first = unit == entity->units.start, last = unit + 1 == entity->units.end;
    char letter = first ? 'B' : 'I';
    if (scheme == SCHEME_IOB1 && first && (before == NULL || !slice_equal(before->label, entity->label)))
        letter = 'I';
    if (scheme == SCHEME_BIOES && last)
        letter = first ? 'S' : 'E';
    return arena_print(arena, "%c-%.*s", letter, (int)entity->label.len, entity->label.ptr);
}

static bool keep_or_break(struct check *check, struct tagged *entities, size_t count, struct arena *arena)
{
    const struct tags_options *given = check->options;
    report_checked(check->report, TAGS_NESTED);
    if (keep(given->nested, entities, count, arena))
        return true;
    report_broken(check->report, TAGS_NESTED, "entities: expected none that share a word or token, without --nested");
    return false;
}

/* ---- words ---- */

/* Are the strings the text at the places of the words? */
static void check_surfaces(struct check *check, const struct record *in, const struct span *words, size_t count,
                           struct arena *arena)
{
    const char *name = ((const struct tags_options *)check->options)->words;
    const struct slice *strings;
    struct slice text;
    size_t found;
    if (rec_text(in, SLICE("text"), arena, &text) < 0 || rec_strings(in, slice_of(name), arena, &strings, &found) < 0 ||
        found != count) {
        report_broken(check->report, RULE_SHAPE, "%s: expected %zu strings, one for each of words, and text", name,
                      count);
        return;
    }
    report_checked(check->report, TAGS_WORDS);
    size_t points = text_length(text);
    struct text_place place = text_start(text);
    for (size_t k = 0; k < count; k++) {
        size_t start = words[k].end <= points ? text_to_point(&place, words[k].start) : text.len;
        size_t end = words[k].end <= points ? text_to_point(&place, words[k].end) : text.len;
        struct slice expected = {text.ptr + start, end - start};
        if (slice_equal(expected, strings[k]))
            continue;
        report_broken(check->report, TAGS_WORDS, "%s[%zu]: expected \"%.*s\", found \"%.*s\"", name, k,
                      (int)expected.len, expected.ptr, (int)strings[k].len, strings[k].ptr);
        return;
    }
}

static void check_words(struct check *check, const struct record *in, struct arena *arena)
{
    const struct tags_options *given = check->options;
    const struct span *words;
    const struct slice *tags;
    struct entity_list list;
    size_t count, found;
    if (!check_spans(check, in, SLICE("words"), arena, UINT32_MAX, true, &words, &count) ||
        !entity_list_read(check, in, arena, &list))
        return;
    if (rec_strings(in, SLICE("tags"), arena, &tags, &found) < 0 || found != count) {
        report_broken(check->report, RULE_SHAPE, "tags: expected %zu strings, one for each of words", count);
        return;
    }
    struct tagged *tagged = arena_array(arena, list.count + 1, sizeof *tagged);
    for (size_t i = 0; i < list.count; i++) {
        tagged[i] = (struct tagged){.text = list.spans[i], .label = list.labels[i], .number = i};
        for (size_t k = 0; k < count; k++) {
            if (!shares(words[k], list.spans[i]) || words[k].start == words[k].end ||
                list.spans[i].start == list.spans[i].end)
                continue;
            if (tagged[i].units.end == 0)
                tagged[i].units.start = (uint32_t)k;
            tagged[i].units.end = (uint32_t)k + 1;
        }
    }
    if (given->words != NULL)
        check_surfaces(check, in, words, count, arena);
    if (!keep_or_break(check, tagged, list.count, arena))
        return;
    report_checked(check->report, TAGS_TAGS);
    for (size_t k = 0; k < count; k++) {
        struct slice expected = tag_of(given->scheme, tagged, list.count, k, arena);
        if (slice_equal(expected, tags[k]))
            continue;
        report_broken(check->report, TAGS_TAGS, "tags[%zu]: expected \"%.*s\", found \"%.*s\"", k, (int)expected.len,
                      expected.ptr, (int)tags[k].len, tags[k].ptr);
        return;
    }
}

/* ---- tokens ---- */

/* The numbers of the units: with --pieces first words, else tokens; first[i]: is token i the first of its unit? */
static size_t number_units(const struct entity_record *record, bool words, uint32_t *units, bool *first)
{
    uint32_t number = 0;
    for (size_t i = 0; i < record->count; i++) {
        first[i] = !words || i == 0 || record->text[i] != record->text[i - 1] ||
                   record->words[i] != record->words[i - 1] || record->words[i] < 0;
        number += first[i];
        units[i] = number - 1;
    }
    return number;
}

static bool check_ints_are(struct check *check, const struct record *in, const char *name, const int32_t *expected,
                           size_t count, struct arena *arena)
{
    const int32_t *found;
    if (!check_ints(check, in, slice_of(name), arena, count, &found, NULL))
        return false;
    report_checked(check->report, TAGS_TAGS);
    for (size_t i = 0; i < count; i++) {
        if (found[i] == expected[i])
            continue;
        report_broken(check->report, TAGS_TAGS, "%s[%zu]: expected %" PRId32 ", found %" PRId32, name, i, expected[i],
                      found[i]);
        return false;
    }
    return true;
}

static void check_ends(struct check *check, const struct record *in, const struct entity_record *record,
                       struct arena *arena)
{
    for (size_t which = 0; which < 2; which++) {
        int32_t *expected = arena_array(arena, record->count + 1, sizeof *expected);
        for (size_t i = 0; i < record->count; i++)
            expected[i] = record->text[i] ? 0 : IGNORE_INDEX;
        for (size_t i = 0; i < record->entity_count; i++) {
            struct span entity = record->entities[i];
            if (entity.start < entity.end)
                expected[which == 0 ? entity.start : entity.end - 1] = 1;
        }
        if (!check_ints_are(check, in, which == 0 ? "start_labels" : "end_labels", expected, record->count, arena))
            return;
    }
}

static void check_tokens(struct check *check, const struct record *in, struct arena *arena)
{
    const struct tags_options *given = check->options;
    struct entity_record record = {0};
    struct entity_list list;
    bool words = given->pieces == PIECES_FIRST, mrc = given->scheme == SCHEME_MRC;
    if (!entity_record_read(check, in, words && !mrc, !mrc, arena, &record))
        return;
    if (mrc) {
        check_ends(check, in, &record, arena);
        return;
    }
    if (!entity_list_read(check, in, arena, &list))
        return;
    uint32_t *units = arena_array(arena, record.count + 1, sizeof *units);
    bool *first = arena_array(arena, record.count + 1, sizeof *first);
    int32_t *expected = arena_array(arena, record.count + 1, sizeof *expected);
    struct tagged *tagged = arena_array(arena, list.count + 1, sizeof *tagged);
    (void)number_units(&record, words, units, first);
    for (size_t i = 0; i < list.count; i++) {
        struct span tokens = record.entities[i];
        tagged[i] = (struct tagged){.text = list.spans[i], .label = list.labels[i], .number = i};
        if (tokens.start < tokens.end)
            tagged[i].units = (struct span){units[tokens.start], units[tokens.end - 1] + 1};
    }
    if (!keep_or_break(check, tagged, list.count, arena))
        return;
    for (size_t i = 0; i < record.count; i++) {
        expected[i] = IGNORE_INDEX;
        if (record.text[i] && first[i])
            expected[i] = entity_number(&given->labels, tag_of(given->scheme, tagged, list.count, units[i], arena));
    }
    (void)check_ints_are(check, in, "labels", expected, record.count, arena);
}

static int tags_record(struct check *check, const struct record *in, struct arena *arena)
{
    const struct tags_options *given = check->options;
    const char *const changed[] = {"tags", "labels", "start_labels", "end_labels", given->words, NULL};
    const struct record *source;
    if (check_source(check, in, NULL, arena, &source) < 0)
        return -1;
    if (source != NULL)
        check_untouched(check, TAGS_UNTOUCHED, source, in, changed, arena);
    if (given->level == LEVEL_OF_WORDS && given->scheme != SCHEME_MRC)
        check_words(check, in, arena);
    else
        check_tokens(check, in, arena);
    return 0;
}

static const struct task task = {rules, tags_open, tags_record, NULL, NULL};

static int open(struct stage_context *context, void **shared)
{
    return check_open(context, &task, &((const struct tags_options *)context->options)->common, shared);
}

const struct stage stage_check_entities_tags = {
    .name = "check entities tags",
    .summary = "verify what entities tags has written",
    .example = "$ echo '{\"id\":1,\"words\":[[0,2]],\"entities\":[],\"tags\":[\"O\"]}' |\n"
               "    quern check entities tags --scheme bio | grep tags\n"
               "tags                      1  ok",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct tags_options),
    .open = open,
    .close = check_close,
    .record = check_record,
    .end = check_end,
};
