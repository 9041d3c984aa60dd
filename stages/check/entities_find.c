/* entities_find.c - the rules of entities find.
 *
 * The names are found anew around the entities that were there before. Which these are is known by --against; without
 * it all that there are stand for them, and then no name is left to be found. */
#include "entities.h"
#include "gazetteer.h"

#include "text/json.h"

enum { EXISTING_KEEP, EXISTING_REPLACE };

struct find_options {
    struct check_options common;
    const char *gazetteer, *field;
    int existing;
};

static const char *const existing_names[] = {"keep", "replace", NULL};

static const struct option options[] = {
    OPTION_AGAINST(struct find_options, common.against),
    {"gazetteer", 0, OPT_FILE, OPT_AT(struct find_options, gazetteer), .value = "FILE", .required = true,
     .help = "the names that were looked for, one a line, each with a tab and its label"},
    {"existing", 0, OPT_CHOICE, OPT_AT(struct find_options, existing), .value = "WHAT", .fallback = "keep",
     .choices = existing_names, .help = "what became of entities that a record had"},
    OPTION_FIELD(struct find_options, field),
    {0},
};

enum { FIND_UNTOUCHED = RULES_COMMON, FIND_KEPT, FIND_FOUND, FIND_LABELS, FIND_ORDER };
static const char *const rules[] = {RULE_NAMES_COMMON, "untouched", "kept", "found", "labels", "order", NULL};

static int find_open(struct check *check, struct stage_context *context)
{
    const struct find_options *given = context->options;
    if (given->common.against == NULL) {
        report_unchecked(check->report, FIND_UNTOUCHED, "without --against");
        report_unchecked(check->report, FIND_KEPT, "without --against");
        report_unchecked(check->report, FIND_LABELS, "without --against");
        report_unchecked(check->report, FIND_ORDER, "without --against");
    }
    if (given->existing == EXISTING_REPLACE)
        report_unchecked(check->report, FIND_KEPT, "with --existing replace");
    check->state = gazetteer_open(given->gazetteer);
    return check->state != NULL ? 0 : -1;
}

static void find_close(struct check *check)
{
    gazetteer_close(check->state);
}

/* ---- a record ---- */

/* The entities of a record, and which of them were there before. */
struct found {
    struct entity_list list;
    bool *old;
    size_t *fresh; /* the numbers of the others, by where they start */
    size_t fresh_count;
};

/* The entities of a record; false: a rule is broken. They are within the text. */
static bool read_list(struct check *check, const struct record *in, size_t length, struct arena *arena,
                      struct entity_list *list)
{
    if (!entity_list_read(check, in, arena, list))
        return false;
    for (size_t i = 0; i < list->count; i++) {
        if (list->spans[i].end <= length)
            continue;
        report_broken(check->report, RULE_SHAPE,
                      "entities[%zu]: expected a span of %zu characters, found [%" PRIu32 ",%" PRIu32 "]", i, length,
                      list->spans[i].start, list->spans[i].end);
        return false;
    }
    return true;
}

/* Finds those of `before` in the list, with their bytes and in their order. */
static bool find_old(struct check *check, const struct entity_list *before, struct found *found)
{
    size_t next = 0;
    report_checked(check->report, FIND_KEPT);
    for (size_t i = 0; i < before->count; i++, next++) {
        while (next < found->list.count && !slice_equal(found->list.json[next], before->json[i]))
            next++;
        if (next == found->list.count) {
            report_broken(check->report, FIND_KEPT,
                          "entities: expected %.*s, as in --against, in its place among those"
                          " that it has there",
                          (int)before->json[i].len, before->json[i].ptr);
            return false;
        }
        found->old[next] = true;
    }
    return true;
}

static void collect_fresh(struct found *found)
{
    for (size_t i = 0; i < found->list.count; i++) {
        size_t at = found->fresh_count;
        if (found->old[i])
            continue;
        for (; at > 0 && found->list.spans[found->fresh[at - 1]].start > found->list.spans[i].start; at--)
            found->fresh[at] = found->fresh[at - 1];
        found->fresh[at] = i;
        found->fresh_count++;
    }
}

/* The others are the names that were to be found. */
static bool check_found(struct check *check, const struct found *found, const struct named *named, size_t count)
{
    report_checked(check->report, FIND_FOUND);
    for (size_t i = 0; i < count || i < found->fresh_count; i++) {
        struct span span = i < found->fresh_count ? found->list.spans[found->fresh[i]] : (struct span){0};
        if (i < count && i < found->fresh_count && span.start == named[i].span.start && span.end == named[i].span.end)
            continue;
        if (i == count || (i < found->fresh_count && span.start < named[i].span.start))
            report_broken(check->report, FIND_FOUND,
                          "entities[%zu]: expected a name of --gazetteer, the longest from"
                          " the left that is free, found [%" PRIu32 ",%" PRIu32 "]",
                          found->fresh[i], span.start, span.end);
        else
            report_broken(check->report, FIND_FOUND, "entities: expected \"%.*s\" at [%" PRIu32 ",%" PRIu32 "]",
                          (int)named[i].name.len, named[i].name.ptr, named[i].span.start, named[i].span.end);
        return false;
    }
    return true;
}

static size_t count_members(struct slice object)
{
    size_t count = 0;
    for (struct json_walk walk = json_walk(object); json_next(&walk);)
        count++;
    return count;
}

/* Those have the labels of the gazetteer, and nothing else. */
static void check_labels(struct check *check, const struct found *found, const struct named *named)
{
    report_checked(check->report, FIND_LABELS);
    for (size_t i = 0; i < found->fresh_count; i++) {
        struct slice label = found->list.labels[found->fresh[i]], expected = named[i].label;
        if (slice_equal(label, expected) && (label.ptr == NULL) == (expected.ptr == NULL) &&
            count_members(found->list.json[found->fresh[i]]) == (size_t)2 + (label.ptr != NULL))
            continue;
        report_broken(check->report, FIND_LABELS, "entities[%zu]: expected start, end%s%.*s%s, found %.*s",
                      found->fresh[i], expected.ptr != NULL ? " and the label \"" : ", and no label", (int)expected.len,
                      expected.ptr != NULL ? expected.ptr : "", expected.ptr != NULL ? "\"" : "",
                      (int)found->list.json[found->fresh[i]].len, found->list.json[found->fresh[i]].ptr);
        return;
    }
}

/* New ones are in the order of the text, each before the first of the old ones that starts after it. */
static void check_order(struct check *check, const struct found *found)
{
    const struct entity_list *list = &found->list;
    report_checked(check->report, FIND_ORDER);
    for (size_t i = 0; i < list->count; i++) {
        bool right = true;
        if (found->old[i])
            continue;
        for (size_t k = 0; k < i; k++)
            right = right && list->spans[k].start <= list->spans[i].start;
        for (size_t k = i + 1; right && k < list->count && (k == i + 1 || !found->old[k - 1]); k++)
            right = list->spans[k].start > list->spans[i].start;
        if (right)
            continue;
        report_broken(check->report, FIND_ORDER,
                      "entities[%zu]: expected it in the order of the text, before the first"
                      " entity of --against that starts after it",
                      i);
        return;
    }
}

/* What the names may not overlap: the entities that were there before. false: a rule is broken. */
static bool read_found(struct check *check, const struct record *in, const struct record *source, size_t length,
                       struct arena *arena, struct found *found, struct entity_list *closed)
{
    const struct find_options *given = check->options;
    if (!read_list(check, in, length, arena, &found->list))
        return false;
    found->old = arena_array(arena, found->list.count + 1, sizeof *found->old);
    found->fresh = arena_array(arena, found->list.count + 1, sizeof *found->fresh);
    for (size_t i = 0; i < found->list.count; i++)
        found->old[i] = source == NULL && given->existing == EXISTING_KEEP;
    *closed = (struct entity_list){0};
    if (given->existing == EXISTING_KEEP && source == NULL)
        *closed = found->list;
    if (given->existing == EXISTING_KEEP && source != NULL && check_has(source, "entities") &&
        (!read_list(check, source, length, arena, closed) || !find_old(check, closed, found)))
        return false;
    collect_fresh(found);
    return true;
}

static int check_entities(struct check *check, const struct record *in, const struct record *source,
                          struct arena *arena)
{
    const struct find_options *given = check->options;
    const struct value *tag = rec_present(in, SLICE("lang"));
    struct slice text, lang = {0};
    struct entity_list closed;
    struct found found = {0};
    struct named *named;
    size_t count;
    if (rec_text(in, slice_of(given->field), arena, &text) < 0 ||
        (tag != NULL && json_kind(rec_json(tag, arena)) == '"' && rec_text(in, SLICE("lang"), arena, &lang) < 0)) {
        report_broken(check->report, RULE_SHAPE, "%s", diag_message());
        return 0;
    }
    if (!read_found(check, in, source, text_length(text), arena, &found, &closed))
        return 0;
    if (gazetteer_find(check->state, text, lang, closed.spans, closed.count, arena, &named, &count) < 0)
        return -1;
    if (!check_found(check, &found, named, count) || (source == NULL && given->existing == EXISTING_KEEP))
        return 0;
    check_labels(check, &found, named);
    check_order(check, &found);
    return 0;
}

static int find_record(struct check *check, const struct record *in, struct arena *arena)
{
    static const char *const changed[] = {"entities", "entity_tokens", NULL};
    const struct record *source;
    if (check_source(check, in, NULL, arena, &source) < 0)
        return -1;
    if (source != NULL)
        entity_untouched(check, FIND_UNTOUCHED, source, in, changed, arena);
    return check->against && source == NULL ? 0 : check_entities(check, in, source, arena);
}

static const struct task task = {rules, find_open, find_record, NULL, find_close};

static int open(struct stage_context *context, void **shared)
{
    return check_open(context, &task, &((const struct find_options *)context->options)->common, shared);
}

const struct stage stage_check_entities_find = {
    .name = "check entities find",
    .summary = "verify what entities find has written",
    .example = "$ printf 'New York\\tLOC\\n' >places\n"
               "$ echo '{\"id\":1,\"text\":\"To New York\"}' >a\n"
               "$ quern entities find --gazetteer places a |\n"
               "    quern check entities find --gazetteer places --against a | grep found\n"
               "found                     1  ok",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct find_options),
    .open = open,
    .close = check_close,
    .record = check_record,
    .end = check_end,
};
