/* entities.c - what the verbs of check entities share: see entities.h. */
#include "entities.h"

#include "../tokenizer/word_starts.h"
#include "text/json.h"

static int no_verb(struct stage_context *context, void **shared)
{
    (void)context;
    (void)shared;
    return diag_error("expected a verb: quern check entities negatives, or tags");
}

static const struct stage *const verbs[] = {&stage_check_entities_negatives, &stage_check_entities_tags, NULL};

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

bool entity_list_read(struct check *check, const struct record *in, struct arena *arena, struct span **spans,
                      struct slice **labels, size_t *count)
{
    const struct value *value = rec_present(in, SLICE("entities"));
    struct record *item = rec_new(arena);
    if (value == NULL) {
        report_broken(check->report, RULE_SHAPE, "entities: expected them, found none");
        return false;
    }
    struct slice text = rec_json(value, arena);
    *spans = arena_array(arena, text.len / 2 + 1, sizeof **spans);
    *labels = arena_array(arena, text.len / 2 + 1, sizeof **labels);
    *count = 0;
    for (size_t at = 0, depth = 0, from = 0, quoted = 0; at < text.len; at++) {
        char c = text.ptr[at];
        if (quoted) {
            at += c == '\\';
            quoted = c != '"';
            continue;
        }
        quoted = c == '"';
        depth -= c == '}';
        if (c == '}' && depth == 0) {
            int64_t start, end;
            struct slice label = {0};
            if (rec_parse(item, (struct slice){text.ptr + from, at + 1 - from}, 64, arena) < 0 ||
                rec_int(item, SLICE("start"), &start) < 0 || rec_int(item, SLICE("end"), &end) < 0 || start < 0 ||
                end < start)
                return bad_entity(check, *count, "an object with start and end");
            if (check_has(item, "label") && rec_text(item, SLICE("label"), arena, &label) < 0)
                return bad_entity(check, *count, "a label that is a string");
            (*spans)[*count] = (struct span){(uint32_t)start, (uint32_t)end};
            (*labels)[(*count)++] = label;
        }
        from = c == '{' && depth == 0 ? at : from;
        depth += c == '{';
    }
    return true;
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
    struct span *spans = NULL;
    size_t count = 0;
    uint8_t *kinds = NULL;
    if (!check_row(check, in, arena, false, &row))
        return false;
    if (row.special_tokens_mask == NULL || (word_ids && row.word_ids == NULL)) {
        report_broken(check->report, RULE_SHAPE, "%s: expected it, found none",
                      row.special_tokens_mask == NULL ? "special_tokens_mask" : "word_ids");
        return false;
    }
    if (labels && !entity_list_read(check, in, arena, &spans, &record->labels, &count))
        return false;
    if (!check_spans(check, in, SLICE("entity_tokens"), arena, row.count, true, &record->entities,
                     &record->entity_count))
        return false;
    if (labels && count != record->entity_count) {
        report_broken(check->report, RULE_SHAPE, "entity_tokens: expected a range for each of %zu entities, found %zu",
                      count, record->entity_count);
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
