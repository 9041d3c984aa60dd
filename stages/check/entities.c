/* entities.c - what the verbs of check entities share: see entities.h. */
#include "entities.h"

#include "../tokenizer/word_starts.h"
#include "base/stream.h"
#include "text/json.h"

static int no_verb(struct stage_context *context, void **shared)
{
    (void)context;
    (void)shared;
    return diag_error("expected a verb: quern check entities find, tags, negatives or questions");
}

static const struct stage *const verbs[] = {&stage_check_entities_find, &stage_check_entities_tags,
                                            &stage_check_entities_negatives, &stage_check_entities_questions, NULL};

const struct stage stage_check_entities = {
    .name = "check entities",
    .summary = "verify what entities has written, with a verb for each of its verbs",
    .example = "$ echo '{\"id\":1,\"words\":[[0,2]],\"entities\":[],\"tags\":[\"O\"]}' |\n"
               "    quern check entities tags --scheme bio | grep tags\n"
               "tags                      1  ok",
    .class = STAGE_WHOLE,
    .text_out = true,
    .verbs = verbs,
    .open = no_verb,
    .record = check_record,
    .end = check_end,
    .close = check_close,
};

int32_t entity_number(const struct words *names, struct slice name)
{
    for (size_t i = 0; i < names->len; i++)
        if (slice_is(name, names->items[i]))
            return (int32_t)i;
    return -1;
}

/* ---- entities ---- */

static bool bad_entity(struct check *check, size_t i, const char *what)
{
    report_broken(check->report, RULE_SHAPE, "entities[%zu]: expected %s", i, what);
    return false;
}

static bool read_entity(struct slice json, struct record *item, struct arena *arena, struct span *span)
{
    int64_t start, end;
    if (json_kind(json) != '{' || rec_parse(item, json, JSON_DEPTH, arena) < 0 ||
        rec_int(item, SLICE("start"), &start) < 0 || rec_int(item, SLICE("end"), &end) < 0 || start < 0 ||
        end < start || end > UINT32_MAX)
        return false;
    *span = (struct span){(uint32_t)start, (uint32_t)end};
    return true;
}

bool entity_list_read(struct check *check, const struct record *in, struct arena *arena, struct entity_list *list)
{
    const struct value *value = rec_present(in, SLICE("entities"));
    struct record *item = rec_new(arena);
    struct slice text = value != NULL ? rec_json(value, arena) : SLICE("null");
    *list = (struct entity_list){0};
    if (json_kind(text) != '[') {
        report_broken(check->report, RULE_SHAPE, "entities: expected an array, found %s",
                      value != NULL ? json_kind_name(json_kind(text)) : "none");
        return false;
    }
    list->spans = arena_array(arena, text.len / 2 + 1, sizeof *list->spans);
    list->labels = arena_array(arena, text.len / 2 + 1, sizeof *list->labels);
    list->json = arena_array(arena, text.len / 2 + 1, sizeof *list->json);
    for (struct json_walk walk = json_walk(text); json_next(&walk); list->count++) {
        struct slice *label = &list->labels[list->count];
        *label = (struct slice){0};
        list->json[list->count] = walk.value;
        if (!read_entity(walk.value, item, arena, &list->spans[list->count]))
            return bad_entity(check, list->count, "an object with start and end");
        if (check_has(item, "label") && rec_text(item, SLICE("label"), arena, label) < 0)
            return bad_entity(check, list->count, "a label that is a string");
    }
    return true;
}

/* The JSON of a member; empty if it is missing. */
static struct slice member_json(const struct record *record, const char *name, struct arena *arena)
{
    const struct value *value = rec_present(record, slice_of(name));
    return value != NULL ? rec_json(value, arena) : SLICE("");
}

void entity_untouched(struct check *check, size_t rule, const struct record *source, const struct record *in,
                      const char *const *changed, struct arena *arena)
{
    bool same = slice_equal(member_json(source, "entities", arena), member_json(in, "entities", arena));
    struct slice expected = same ? member_json(source, "entity_tokens", arena) : SLICE("");
    check_untouched(check, rule, source, in, changed, arena);
    if (!slice_equal(member_json(in, "entity_tokens", arena), expected))
        report_broken(check->report, rule, "entity_tokens: expected %s",
                      same ? "what the record before has" : "none, since entities have changed");
}

/* ---- files ---- */

int entity_lines(const char *path, int (*line)(void *state, struct slice text), void *state)
{
    struct bytes bytes = {0};
    struct slice text;
    int status = stream_load(path, &bytes);
    struct slice left = text_without_bom(bytes_slice(&bytes));
    for (size_t number = 1; status == 0 && stream_next_line(&left, &text); number++) {
        if (text.len > 0 && text.ptr[text.len - 1] == '\r')
            text.len--;
        status = text_is_utf8(text) ? line(state, text) : diag_error("not UTF-8");
        if (status < 0)
            (void)diag_within("%s:%zu: %s", path, number, diag_message());
    }
    vec_free(&bytes);
    return status;
}

/* ---- tokens ---- */

/* The text is what is not special; with a question, what has type 1, or what comes after the special tokens that follow
 * the first text. */
static void find_text(const struct row *row, bool question, bool *text)
{
    size_t from = 0;
    bool typed = false;
    for (size_t i = 0; i < row->count; i++)
        typed = typed || (row->token_type_ids != NULL && row->token_type_ids[i] == 1);
    while (from < row->count && row->special_tokens_mask[from] != 0)
        from++;
    while (from < row->count && row->special_tokens_mask[from] == 0)
        from++;
    for (size_t i = 0; i < row->count; i++) {
        bool asked = question && (typed ? row->token_type_ids[i] != 1 : i < from);
        text[i] = row->special_tokens_mask[i] == 0 && !asked;
    }
}

bool entity_record_read(struct check *check, const struct record *in, bool word_ids, bool labels, struct arena *arena,
                        struct entity_record *record)
{
    struct row row;
    struct entity_list list = {0};
    uint8_t *kinds = NULL;
    if (!check_row(check, in, arena, false, &row))
        return false;
    if (row.special_tokens_mask == NULL || (word_ids && row.word_ids == NULL)) {
        report_broken(check->report, RULE_SHAPE, "%s: expected it, found none",
                      row.special_tokens_mask == NULL ? "special_tokens_mask" : "word_ids");
        return false;
    }
    if (labels && !entity_list_read(check, in, arena, &list))
        return false;
    record->labels = list.labels;
    if (!check_spans(check, in, SLICE("entity_tokens"), arena, row.count, true, &record->entities,
                     &record->entity_count))
        return false;
    if (labels && list.count != record->entity_count) {
        report_broken(check->report, RULE_SHAPE, "entity_tokens: expected a range for each of %zu entities, found %zu",
                      list.count, record->entity_count);
        return false;
    }
    if (word_ids && word_starts_read(in, row.count, arena, &kinds) < 0) {
        report_broken(check->report, RULE_SHAPE, "%s", diag_message());
        return false;
    }
    bool *text = arena_array(arena, row.count + 1, sizeof *text);
    find_text(&row, check_has(in, "question"), text);
    record->count = row.count;
    record->text = text;
    record->words = word_ids && kinds != NULL ? word_starts(row.word_ids, row.token_type_ids, kinds, row.count, arena)
                                              : row.word_ids;
    return true;
}
