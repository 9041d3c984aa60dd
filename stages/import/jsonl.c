/* jsonl.c - renames members, sets the id and keeps everything else: see jsonl.h. */
#include "jsonl.h"

#include "base/base64.h"

#include <inttypes.h>

/* Makes a record of the current line: 0, or -1 with the message. */
static int read_record(const struct source *source, struct record *record, struct slice line)
{
    int status = rec_parse(record, source_line(line), source->plan->depth, sink_arena(source->out));
    record->origin = source->origin;
    record->file = source->file;
    record->line_number = source->first;
    return status;
}

/* ---- jsonl ---- */

/* Has the member the type that it needs to become text, label or id? */
static int check_role(const struct plan *plan, const struct column *column, const struct value *value)
{
    char kind = json_kind((struct slice){value->bytes, value->count});
    const char *expected = NULL;
    if (column == plan->text && kind != '"')
        expected = "a string";
    else if (column == plan->id && kind != '"' && kind != '0')
        expected = "a string or a number";
    else if (column == plan->label && kind == 'n')
        expected = "a value other than null";
    else if (column == plan->id && kind == '"' && value->count == 2)
        expected = "a string that is not empty";
    if (expected == NULL)
        return 0;
    return diag_error("%.*s: expected %s, found %.*s", (int)column->from.len, column->from.ptr, expected,
                      value->count > 20 ? 20 : (int)value->count, value->bytes);
}

/* A value that becomes a member. */
struct found {
    const struct value *value; /* NULL: the record has none */
    bool inside;               /* found by a path: the member around it stays as it is */
};

static bool is_renamed(const struct plan *plan, struct slice name)
{
    for (size_t i = 0; i < plan->count; i++)
        if (slice_equal(plan->columns[i].from, name) && !slice_equal(plan->columns[i].as, name))
            return true;
    return false;
}

/* The value of a column; without a value, the message says why. An exact name comes before a path. */
static struct found find_value(struct source *source, const struct column *column, const struct record *in)
{
    struct arena *arena = sink_arena(source->out);
    if (column->is_file) {
        struct slice name = source_name(source);
        struct value *value = arena_alloc(arena, sizeof *value);
        *value = (struct value){.kind = VALUE_TEXT, .count = name.len, .bytes = name.ptr};
        return (struct found){value, true};
    }
    struct found found = {rec_get(in, column->from), false};
    if (found.value == NULL && column->path.count > 0)
        found = (struct found){path_find(&column->path, in, arena), true};
    else if (found.value == NULL)
        (void)path_missing(column->from, in);
    return found;
}

/* Finds the members to rename. 0, or -1 with the message if one is missing, has the wrong type, or would replace a
 * member that stays. */
static int find_members(struct source *source, const struct record *in, struct found *values)
{
    const struct plan *plan = source->plan;
    for (size_t i = 0; i < plan->count; i++) {
        const struct column *column = &plan->columns[i];
        struct slice from = column->from, as = column->as;
        values[i] = find_value(source, column, in);
        if (values[i].value == NULL) {
            if (column->required)
                return -1;
            continue;
        }
        if (!column->is_file && check_role(plan, column, values[i].value) < 0)
            return -1;
        bool set = values[i].inside || !slice_equal(from, as);
        if (set && rec_get(in, as) != NULL && !is_renamed(plan, as))
            return diag_error("%.*s: the record already has this member, so %.*s can't become it", (int)as.len, as.ptr,
                              (int)from.len, from.ptr);
    }
    return 0;
}

/* Makes an id, if no member supplies it: 0, or -1 with the message. */
static int made_id(struct source *source, const struct record *in, const struct found *values, struct slice *id)
{
    const struct plan *plan = source->plan;
    struct slice text = {NULL, 0};
    struct arena *arena = sink_arena(source->out);
    if (plan->id_kind == ID_HASH && plan->text != NULL)
        text = json_string(rec_json(values[plan->text - plan->columns].value, arena), arena);
    else if (plan->id_kind == ID_HASH && rec_get(in, SLICE("text")) == NULL)
        return diag_error("text: missing, so it can't be hashed (--text names the member that has the text)");
    else if (plan->id_kind == ID_HASH && rec_text(in, SLICE("text"), arena, &text) < 0)
        return -1;
    *id = source_id(source, text);
    return 0;
}

/* The record with the members that the plan asks for; `in` itself if nothing changes. NULL with the message if the
 * record is bad. */
static const struct record *mapped(struct source *source, const struct record *in)
{
    const struct plan *plan = source->plan;
    struct arena *arena = sink_arena(source->out);
    struct found *values = arena_array(arena, plan->count, sizeof *values);
    struct slice id = {NULL, 0};
    if (find_members(source, in, values) < 0 || (plan->id == NULL && made_id(source, in, values, &id) < 0))
        return NULL;
    bool changed = plan->id == NULL || plan->lang.len > 0;
    struct record *made = rec_derive(arena, in);
    for (size_t i = 0; i < plan->count; i++) {
        struct slice from = plan->columns[i].from;
        bool renamed = !values[i].inside && is_renamed(plan, from);
        if (values[i].value != NULL && renamed)
            rec_remove(made, from);
        changed |= values[i].value != NULL && (renamed || values[i].inside);
    }
    if (!changed)
        return in;
    if (plan->id == NULL)
        rec_set_text(made, SLICE("id"), id);
    for (size_t i = 0; i < plan->count; i++) {
        const struct column *column = &plan->columns[i];
        bool set = values[i].inside || !slice_equal(column->from, column->as) || is_renamed(plan, column->from);
        if (values[i].value != NULL && set)
            rec_set(made, column->as, *values[i].value);
    }
    if (plan->lang.len > 0)
        rec_set_text(made, SLICE("lang"), plan->lang);
    return made;
}

int jsonl_emit(struct source *source, const struct record *in)
{
    const struct record *made = mapped(source, in);
    return made == NULL ? -1 : sink_emit(source->out, made);
}

static int jsonl_line(void *parser, struct source *source, struct slice line)
{
    (void)parser;
    if (source_blank(line)) {
        sink_count(source->out, COUNT_BLANK_LINES, 1);
        return 0;
    }
    source_begin(source);
    struct record *in = rec_new(sink_arena(source->out));
    if (read_record(source, in, line) < 0 || jsonl_emit(source, in) < 0)
        source_reject(source, line);
    return 0;
}

/* ---- quarantine ---- */

/* The rejected line: 0, or -1 with the message if the record does not have it. */
static int rejected_line(const struct record *quarantined, struct arena *arena, struct slice *raw)
{
    if (rec_get(quarantined, SLICE("raw")) != NULL)
        return rec_text(quarantined, SLICE("raw"), arena, raw);
    if (rec_get(quarantined, SLICE("raw_base64")) == NULL)
        return diag_error("raw: missing, and no raw_base64");
    struct slice text;
    if (rec_text(quarantined, SLICE("raw_base64"), arena, &text) < 0)
        return -1;
    return base64_decode(text, arena, raw) ? 0 : diag_error("raw_base64: not base64");
}

/* The message for a line that is still bad says where the line was originally. */
static int still_bad(const struct record *quarantined, struct arena *arena)
{
    struct slice why = arena_copy(arena, slice_of(diag_message()));
    struct slice file;
    int64_t line;
    if (rec_text(quarantined, SLICE("file"), arena, &file) < 0 || rec_int(quarantined, SLICE("line"), &line) < 0)
        return diag_error("the rejected line: %.*s", (int)why.len, why.ptr);
    return diag_error("%.*s:%" PRId64 ": %.*s", (int)file.len, file.ptr, line, (int)why.len, why.ptr);
}

static int quarantine_line(void *parser, struct source *source, struct slice line)
{
    (void)parser;
    if (source_blank(line)) {
        sink_count(source->out, COUNT_BLANK_LINES, 1);
        return 0;
    }
    source_begin(source);
    struct arena *arena = sink_arena(source->out);
    struct record *quarantined = rec_new(arena), *made = rec_new(arena);
    struct slice raw = line;
    if (read_record(source, quarantined, line) < 0 || rejected_line(quarantined, arena, &raw) < 0) {
        source_reject(source, line);
        return 0;
    }
    int status = memchr(raw.ptr, '\n', raw.len) == NULL ? read_record(source, made, raw)
                                                        : diag_error("raw holds several lines, not one record");
    /* The bad record is the line itself, not the record around it: it must not be wrapped twice. */
    if (status < 0 && still_bad(quarantined, arena) < 0)
        source_reject(source, raw);
    else if (sink_emit(source->out, made) < 0)
        source_reject(source, raw);
    return 0;
}

static void nothing_open(void *parser, struct source *source)
{
    (void)parser;
    (void)source;
}

const struct format jsonl_format = {NULL, NULL, jsonl_line, nothing_open};
const struct format jsonl_quarantine = {NULL, NULL, quarantine_line, nothing_open};
