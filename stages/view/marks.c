/* marks.c - see marks.h. */
#include "marks.h"

#include "base/diag.h"
#include "text/json.h"

#include <inttypes.h>
#include <stdlib.h>

static int check_span(const char *name, size_t i, int64_t start, int64_t end, size_t length)
{
    if (start < 0 || start > end || (uint64_t)end > length)
        return diag_error("%s[%zu]: expected a span of the text (%zu code points), found [%" PRId64 ",%" PRId64 ")",
                          name, i, length, start, end);
    return 0;
}

static void push(struct marks *marks, enum mark_kind kind, struct span span, bool entity, struct slice label)
{
    struct mark mark = {.kind = kind, .entity = entity, .label = label, .at = span.start, .other = span.end};
    if (kind == MARK_CLOSE) {
        mark.at = span.end;
        mark.other = span.start;
    }
    vec_push(marks, mark);
}

static void push_both(struct marks *marks, struct span span, bool entity, struct slice label)
{
    if (span.start == span.end) {
        push(marks, MARK_EMPTY, span, entity, label);
        return;
    }
    push(marks, MARK_OPEN, span, entity, label);
    push(marks, MARK_CLOSE, span, entity, label);
}

static int read_spans(const struct record *record, const char *name, enum mark_kind kind, size_t length,
                      struct arena *arena, struct marks *marks)
{
    const struct span *spans;
    size_t count;
    if (rec_present(record, slice_of(name)) == NULL)
        return 0;
    if (rec_spans(record, slice_of(name), arena, &spans, &count) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (check_span(name, i, spans[i].start, spans[i].end, length) != 0)
            return -1;
        if (kind == MARK_OPEN)
            push_both(marks, spans[i], false, (struct slice){0});
        else
            push(marks, kind, spans[i], false, (struct slice){0});
        if (kind == MARK_WORD)
            push(marks, kind, (struct span){spans[i].end, spans[i].end}, false, (struct slice){0});
    }
    return 0;
}

static int read_entity(struct slice json, size_t i, size_t length, struct arena *arena, struct marks *marks)
{
    struct slice start_json, end_json, label_json;
    int64_t start, end;
    if (json_kind(json) != '{')
        return diag_error("entities[%zu]: expected an object", i);
    if (!json_member(json, "start", &start_json) || !json_int(start_json, &start) ||
        !json_member(json, "end", &end_json) || !json_int(end_json, &end))
        return diag_error("entities[%zu]: expected integers start and end", i);
    if (!json_member(json, "label", &label_json) || json_kind(label_json) != '"')
        return diag_error("entities[%zu]: expected a string label", i);
    if (check_span("entities", i, start, end, length) != 0)
        return -1;
    push_both(marks, (struct span){(uint32_t)start, (uint32_t)end}, true, json_string(label_json, arena));
    return 0;
}

static int read_entities(const struct record *record, size_t length, struct arena *arena, struct marks *marks)
{
    const struct value *value = rec_present(record, SLICE("entities"));
    if (value == NULL)
        return 0;
    struct slice json = rec_json(value, arena);
    if (json_kind(json) != '[')
        return diag_error("entities: expected an array of objects");
    struct json_walk walk = json_walk(json);
    for (size_t i = 0; json_next(&walk); i++)
        if (read_entity(walk.value, i, length, arena, marks) != 0)
            return -1;
    return 0;
}

/* Brackets nest: of two that close at one place, the one that began last comes first; of two that open, the one that
 * ends last. */
static int compare_marks(const void *a, const void *b)
{
    const struct mark *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->other != y->other)
        return x->other > y->other ? -1 : 1;
    int order = (int)x->entity - (int)y->entity;
    if (order == 0)
        order = slice_compare(x->label, y->label);
    return x->kind == MARK_CLOSE ? -order : order;
}

int marks_read(const struct record *record, size_t length, struct arena *arena, struct marks *marks)
{
    marks->len = 0;
    if (read_spans(record, "sentences", MARK_SENTENCE, length, arena, marks) != 0 ||
        read_spans(record, "phrases", MARK_OPEN, length, arena, marks) != 0 ||
        read_spans(record, "words", MARK_WORD, length, arena, marks) != 0 ||
        read_entities(record, length, arena, marks) != 0)
        return -1;
    if (marks->len > 0)
        qsort(marks->items, marks->len, sizeof *marks->items, compare_marks);
    return 0;
}
