/* record.c - a line, its members, and setting members on a copy: see record.h. Printing is in record_print.c. */
#include "record/record.h"

#include "base/diag.h"
#include "record/member_index.h"
#include "record/members.h"
#include "text/json.h"
#include "text/json_end.h"
#include "text/number.h"
#include "text/text.h"

#include <assert.h>
#include <math.h>

enum { ROOM_AT_FIRST = 16 };

static void add_member(struct record *record, struct member member, struct arena *arena)
{
    if (record->count == record->room) {
        uint32_t room = record->room == 0 ? ROOM_AT_FIRST : record->room * 2;
        struct member *grown = arena_array(arena, room, sizeof *grown);
        if (record->count > 0)
            memcpy(grown, record->members, record->count * sizeof *grown);
        record->members = grown;
        record->room = room;
    }
    record->members[record->count++] = member;
    if (record->count > MEMBER_INDEX_FROM)
        member_index_add(record, arena);
}

static struct value raw_value(const char *start, const char *end)
{
    return (struct value){.kind = VALUE_RAW, .count = (size_t)(end - start), .bytes = start};
}

static int parse_error(const struct record *record, const char *at, const char *what)
{
    const struct slice line = record->line;
    return diag_error("not JSON: byte %zu: %s%s", (size_t)(at - line.ptr) + 1, what,
                      at < line.ptr + line.len
                          ? ""
                          : "; the line ends here (\"quern import --format json\" reads JSON of several lines)");
}

static int not_an_object(struct slice rest)
{
    return rest.len > 0 && rest.ptr[0] == '['
               ? diag_error("expected a record, one object in braces, found an array (\"quern import --format json\" "
                            "makes records of its items)")
               : diag_error("expected a record, one object in braces (\"quern import\" makes records of text and "
                            "tables)");
}

/* One member: `lead` is where the value before it ended, `at` where its name must start.
 * Returns the end of its value, or NULL with the message. */
static const char *parse_member(struct record *record, const char *lead, const char *at, unsigned depth,
                                struct arena *arena)
{
    const char *end = record->line.ptr + record->line.len, *bad = NULL;
    if (at == end || *at != '"') {
        (void)parse_error(record, at, "expected a member name");
        return NULL;
    }
    const char *name_end = json_skip(at, end, 0, &bad);
    if (name_end == NULL) {
        (void)parse_error(record, bad, diag_message());
        return NULL;
    }
    const char *colon = json_space(name_end, end);
    if (colon == end || *colon != ':') {
        (void)parse_error(record, colon, "expected ':' after a member name");
        return NULL;
    }
    const char *value = json_space(colon + 1, end);
    const char *value_end = json_skip(value, end, depth - 1, &bad);
    if (value_end == NULL) {
        (void)parse_error(record, bad, diag_message());
        return NULL;
    }
    struct member member = {
        .name = json_string(slice_between(at, name_end), arena),
        .lead = slice_between(lead, value),
        .value = raw_value(value, value_end),
    };
    add_member(record, member, arena);
    return value_end;
}

int rec_parse(struct record *record, struct slice line, unsigned depth, struct arena *arena)
{
    memset(record, 0, sizeof *record);
    record->line = line;
    const char *end = line.ptr + line.len;
    const char *at = json_space(line.ptr, end);
    if (at == end || *at != '{')
        return not_an_object(slice_between(at, end));
    const char *lead = at + 1;
    record->head = slice_between(line.ptr, lead);
    at = json_space(lead, end);
    if (at < end && *at == '}') {
        record->tail = slice_between(lead, end);
    } else {
        for (;;) {
            lead = parse_member(record, lead, at, depth, arena);
            if (lead == NULL)
                return -1;
            at = json_space(lead, end);
            if (at < end && *at == '}')
                break;
            if (at == end || *at != ',')
                return parse_error(record, at, "expected ',' or '}'");
            at = json_space(at + 1, end);
        }
        record->tail = slice_between(lead, end);
    }
    if (json_space(at + 1, end) != end)
        return parse_error(record, json_space(at + 1, end), "unexpected text after the record");
    return 0;
}

struct record *rec_new(struct arena *arena)
{
    struct record *record = arena_alloc(arena, sizeof *record);
    memset(record, 0, sizeof *record);
    record->head = SLICE("{");
    record->tail = SLICE("}");
    record->derived = true;
    record->arena = arena;
    return record;
}

struct record *rec_derive(struct arena *arena, const struct record *in)
{
    struct record *record = arena_alloc(arena, sizeof *record);
    *record = *in;
    record->room = in->count + ROOM_AT_FIRST;
    record->members = arena_array(arena, record->room, sizeof *record->members);
    if (in->index != NULL)
        member_index_copy(record, in, arena);
    else if (in->count > 0)
        memcpy(record->members, in->members, in->count * sizeof *record->members);
    /* A copy of a copy that this filter has not emitted yet is compared with the record that the copy came from. */
    if (in->from == NULL) {
        record->from = in;
        for (uint32_t i = 0; i < in->count; i++)
            record->members[i].fresh = false;
    }
    record->derived = true;
    record->arena = arena;
    return record;
}

/* A member's lead with another name in it (NULL: the same), and with a comma unless it has one or is the first. */
static struct slice new_lead(struct arena *arena, struct slice lead, struct slice name, bool first)
{
    struct bytes made = {0};
    const char *quote = memchr(lead.ptr, '"', lead.len), *rest = quote;
    if (!first && memchr(lead.ptr, ',', (size_t)(quote - lead.ptr)) == NULL)
        bytes_byte(&made, ',');
    bytes_put(&made, slice_between(lead.ptr, quote));
    if (name.ptr != NULL) {
        json_put_string(&made, name);
        rest = json_end_of_string(quote);
    }
    bytes_put(&made, slice_between(rest, lead.ptr + lead.len));
    struct slice kept = arena_copy(arena, bytes_slice(&made));
    vec_free(&made);
    return kept;
}

/* The member that a pick becomes; only the lead of the first member may lack a comma. */
static struct member picked(struct arena *arena, const struct record *in, const struct pick *pick, bool first)
{
    if (pick->from == NULL)
        return (struct member){.name = pick->name, .value = pick->value, .fresh = true};
    struct member member = {.name = pick->from->name, .lead = pick->from->lead, .value = pick->from->value};
    member.fresh = pick->name.ptr != NULL;
    if (member.fresh)
        member.name = pick->name;
    if (member.lead.len > 0 && (member.fresh || pick->from == in->members))
        member.lead = new_lead(arena, member.lead, pick->name, first);
    return member;
}

struct record *rec_pick(struct arena *arena, const struct record *in, const struct pick *picks, size_t count)
{
    struct record *record = arena_alloc(arena, sizeof *record);
    *record = *in;
    record->members = NULL;
    record->count = record->room = 0;
    record->index = NULL;
    record->from = in;
    record->derived = true;
    record->arena = arena;
    for (size_t i = 0; i < count; i++)
        add_member(record, picked(arena, in, &picks[i], i == 0), arena);
    return record;
}

struct record *rec_show(struct arena *arena, struct slice text)
{
    struct record *record = rec_new(arena);
    record->line = text;
    record->text_output = true;
    return record;
}

struct record *rec_bytes(struct arena *arena, struct slice bytes)
{
    struct record *record = rec_show(arena, bytes);
    record->bytes_output = true;
    return record;
}

/* ---- reading ---- */

static struct member *find_member(const struct record *record, struct slice name)
{
    if (record->index != NULL)
        return member_index_find(record, name);
    for (uint32_t i = record->count; i > 0; i--)
        if (slice_equal(record->members[i - 1].name, name))
            return &record->members[i - 1];
    return NULL;
}

const struct value *rec_get(const struct record *record, struct slice name)
{
    const struct member *member = find_member(record, name);
    return member != NULL ? &member->value : NULL;
}

static struct slice raw_slice(const struct value *value)
{
    return (struct slice){value->bytes, value->count};
}

char rec_kind(const struct value *value)
{
    switch (value->kind) {
    case VALUE_RAW:
        return json_kind(raw_slice(value));
    case VALUE_INT:
    case VALUE_FLOAT:
        return '0';
    case VALUE_TEXT:
        return '"';
    case VALUE_VECTOR:
        return value->vector->indices != NULL ? '{' : '[';
    default:
        return '[';
    }
}

static bool is_raw(const struct value *value, char kind)
{
    return value->kind == VALUE_RAW && json_kind(raw_slice(value)) == kind;
}

const struct value *rec_present(const struct record *record, struct slice name)
{
    const struct value *value = rec_get(record, name);
    return value != NULL && is_raw(value, 'n') ? NULL : value;
}

const struct member *rec_member(const struct record *record, struct slice name)
{
    return find_member(record, name);
}

static const char TOO_LARGE[] = "too large for a 64-bit float";

static int wrong(struct slice name, const char *problem)
{
    return diag_error("%.*s: %s", (int)name.len, name.ptr, problem);
}

int rec_mismatch(struct slice name, const char *expected, const struct value *value)
{
    return diag_error("%.*s: expected %s, found %s", (int)name.len, name.ptr, expected,
                      json_kind_name(rec_kind(value)));
}

int rec_text(const struct record *record, struct slice name, struct arena *arena, struct slice *text)
{
    const struct value *value = rec_get(record, name);
    if (value == NULL)
        return member_missing(record, name, "");
    if (value->kind == VALUE_TEXT)
        *text = raw_slice(value);
    else if (is_raw(value, '"'))
        *text = json_string(raw_slice(value), arena);
    else
        return rec_mismatch(name, "a string", value);
    return 0;
}

int rec_int(const struct record *record, struct slice name, int64_t *number)
{
    const struct value *value = rec_get(record, name);
    if (value == NULL)
        return member_missing(record, name, "");
    char text[NUMBER_BYTES];
    struct slice json = raw_slice(value);
    if (value->kind == VALUE_INT) {
        *number = value->integer;
        return 0;
    }
    if (value->kind == VALUE_FLOAT)
        json = slice_between(text, number_write(text, value->number));
    else if (!is_raw(value, '0'))
        return rec_mismatch(name, "an integer", value);
    return json_int(json, number) ? 0 : wrong(name, "not a 64-bit integer");
}

int rec_float(const struct record *record, struct slice name, double *number)
{
    const struct value *value = rec_get(record, name);
    if (value == NULL)
        return member_missing(record, name, "");
    if (value->kind == VALUE_FLOAT)
        *number = value->number;
    else if (value->kind == VALUE_INT)
        *number = (double)value->integer;
    else if (!is_raw(value, '0'))
        return rec_mismatch(name, "a number", value);
    else if (number_read(value->bytes, value->bytes + value->count, number) == NULL)
        return wrong(name, TOO_LARGE);
    return 0;
}

/* The value as an array in JSON text; false if it is not an array. A typed array, which a filter of the same process
 * has set, reads as it would from a pipe. */
static bool raw_array(const struct value *value, struct arena *arena, struct slice *array)
{
    if (rec_kind(value) != '[')
        return false;
    *array = rec_json(value, arena);
    return true;
}

/* Upper bound of the number of items of a raw array: its commas plus one. */
static size_t items_at_most(struct slice array)
{
    return json_count_commas(array.ptr, array.ptr + array.len) + 1;
}

static int bad_item(struct slice name, size_t item, const char *problem)
{
    return diag_error("%.*s[%zu]: %s", (int)name.len, name.ptr, item, problem);
}

/* Reads one item that fits an int32_t; returns its end, or NULL. */
static const char *read_int32(const char *at, const char *end, int32_t *number)
{
    bool negative = *at == '-';
    const char *digit = negative ? at + 1 : at;
    int64_t magnitude = 0;
    const char *first = digit;
    while (digit < end && *digit >= '0' && *digit <= '9' && magnitude <= INT32_MAX)
        magnitude = magnitude * 10 + (*digit++ - '0');
    if (digit == first || magnitude > (int64_t)INT32_MAX + (negative ? 1 : 0))
        return NULL;
    if (digit < end && *digit != ',' && *digit != ']' && json_space(digit, end) == digit)
        return NULL;
    *number = (int32_t)(negative ? -magnitude : magnitude);
    return digit;
}

int rec_ints(const struct record *record, struct slice name, struct arena *arena, const int32_t **ints, size_t *count)
{
    const struct value *value = rec_get(record, name);
    if (value == NULL)
        return member_missing(record, name, "");
    if (value->kind == VALUE_INTS) {
        *ints = value->ints;
        *count = value->count;
        return 0;
    }
    struct slice array;
    if (!raw_array(value, arena, &array))
        return rec_mismatch(name, "an array of integers", value);
    int32_t *read = arena_array(arena, items_at_most(array), sizeof *read);
    size_t n = 0;
    const char *end = array.ptr + array.len - 1;
    const char *at = json_read_ints(array.ptr + 1, end, read, &n);
    at = json_space(at, end);
    while (at < end) {
        at = read_int32(at, end, &read[n]);
        if (at == NULL)
            return bad_item(name, n, "not a 32-bit integer");
        n++;
        at = json_space(at, end);
        if (at < end)
            at = json_space(at + 1, end);
    }
    *ints = read;
    *count = n;
    return 0;
}

static int read_span(struct slice name, size_t item, struct slice pair, struct span *span)
{
    uint32_t ends[2];
    size_t n = 0;
    if (json_kind(pair) != '[')
        return bad_item(name, item, "expected [start,end]");
    for (struct json_walk walk = json_walk(pair); json_next(&walk); n++) {
        int64_t number;
        if (n == 2 || !json_int(walk.value, &number) || number < 0 || number > UINT32_MAX)
            return bad_item(name, item, "expected [start,end], two offsets");
        ends[n] = (uint32_t)number;
    }
    if (n != 2)
        return bad_item(name, item, "expected [start,end], two offsets");
    *span = (struct span){ends[0], ends[1]};
    if (span->start > span->end)
        return bad_item(name, item, "the start is greater than the end");
    return 0;
}

int rec_spans(const struct record *record, struct slice name, struct arena *arena, const struct span **spans,
              size_t *count)
{
    const struct value *value = rec_get(record, name);
    if (value == NULL)
        return member_missing(record, name, "");
    if (value->kind == VALUE_SPANS) {
        *spans = value->spans;
        *count = value->count;
        return 0;
    }
    struct slice array;
    if (!raw_array(value, arena, &array))
        return rec_mismatch(name, "an array of spans", value);
    struct span *read = arena_array(arena, items_at_most(array) / 2 + 1, sizeof *read);
    size_t n = 0;
    *spans = read;
    if (json_read_spans(array, read, count))
        return 0;
    for (struct json_walk walk = json_walk(array); json_next(&walk); n++)
        if (read_span(name, n, walk.value, &read[n]) < 0)
            return -1;
    *count = n;
    return 0;
}

static const struct slice *named_strings(const struct value *value, struct arena *arena)
{
    struct slice *strings = arena_array(arena, value->count, sizeof *strings);
    for (size_t i = 0; i < value->count; i++)
        strings[i] = names_string(value->names->names, value->names->numbers[i]);
    return strings;
}

int rec_strings(const struct record *record, struct slice name, struct arena *arena, const struct slice **strings,
                size_t *count)
{
    const struct value *value = rec_get(record, name);
    if (value == NULL)
        return member_missing(record, name, "");
    if (value->kind == VALUE_STRINGS) {
        *strings = value->strings;
        *count = value->count;
        return 0;
    }
    if (value->kind == VALUE_NAMES) {
        *strings = named_strings(value, arena);
        *count = value->count;
        return 0;
    }
    struct slice array;
    if (!raw_array(value, arena, &array))
        return rec_mismatch(name, "an array of strings", value);
    struct slice *read = arena_array(arena, items_at_most(array), sizeof *read);
    size_t n = 0;
    for (struct json_walk walk = json_walk(array); json_next(&walk); n++) {
        if (json_kind(walk.value) != '"')
            return bad_item(name, n, "not a string");
        read[n] = json_string(walk.value, arena);
    }
    *strings = read;
    *count = n;
    return 0;
}

/* ---- setting ---- */

void rec_set(struct record *record, struct slice name, struct value value)
{
    assert(record->derived && record->arena != NULL);
    struct member *member = find_member(record, name);
    if (member == NULL) {
        add_member(record, (struct member){.name = name, .value = value, .fresh = true}, record->arena);
        return;
    }
    member->value = value;
    member->fresh = true;
}

void rec_confirm(struct record *record, struct slice name)
{
    struct member *member = find_member(record, name);
    assert(record->derived);
    if (member != NULL)
        member->fresh = true;
}

void rec_set_int(struct record *record, struct slice name, int64_t number)
{
    rec_set(record, name, (struct value){.kind = VALUE_INT, .integer = number});
}

void rec_set_ints(struct record *record, struct slice name, const int32_t *ints, size_t count)
{
    rec_set(record, name, (struct value){.kind = VALUE_INTS, .count = count, .ints = ints});
}

void rec_set_spans(struct record *record, struct slice name, const struct span *spans, size_t count)
{
    rec_set(record, name, (struct value){.kind = VALUE_SPANS, .count = count, .spans = spans});
}

void rec_set_text(struct record *record, struct slice name, struct slice text)
{
    rec_set(record, name, (struct value){.kind = VALUE_TEXT, .count = text.len, .bytes = text.ptr});
}

void rec_set_strings(struct record *record, struct slice name, const struct slice *strings, size_t count)
{
    rec_set(record, name, (struct value){.kind = VALUE_STRINGS, .count = count, .strings = strings});
}

void rec_set_names(struct record *record, struct slice name, const struct names *names, const int32_t *numbers,
                   size_t count)
{
    struct value_names *named = arena_alloc(record->arena, sizeof *named);
    *named = (struct value_names){names, numbers};
    rec_set(record, name, (struct value){.kind = VALUE_NAMES, .count = count, .names = named});
}

int rec_set_float(struct record *record, struct slice name, double number)
{
    if (!isfinite(number))
        return wrong(name, "not a finite number");
    rec_set(record, name, (struct value){.kind = VALUE_FLOAT, .number = number});
    return 0;
}

int rec_set_floats(struct record *record, struct slice name, const double *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(numbers[i]))
            return bad_item(name, i, "not a finite number");
    rec_set(record, name, (struct value){.kind = VALUE_FLOATS, .count = count, .numbers = numbers});
    return 0;
}

void rec_set_json(struct record *record, struct slice name, struct slice json)
{
    rec_set(record, name, raw_value(json.ptr, json.ptr + json.len));
}

void rec_set_bool(struct record *record, struct slice name, bool is)
{
    rec_set_json(record, name, is ? SLICE("true") : SLICE("false"));
}

/* Removes all members of this name. */
void rec_remove(struct record *record, struct slice name)
{
    assert(record->derived);
    if (record->index != NULL) {
        member_index_remove(record, name);
        return;
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < record->count; i++)
        if (!slice_equal(record->members[i].name, name))
            record->members[kept++] = record->members[i];
    record->count = kept;
}

void rec_settle(struct record *record)
{
    record->from = NULL;
    if (record->index != NULL)
        member_index_settle(record);
}
