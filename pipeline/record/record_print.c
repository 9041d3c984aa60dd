/* record_print.c - values and records as JSON: see record.h. */
#include "record/record.h"
#include "text/json.h"
#include "text/number.h"

static void print_ints(const struct value *value, struct bytes *out)
{
    vec_reserve(out, value->count * JSON_INT32_BYTES + JSON_INT_BYTES);
    out->len = (size_t)(json_write_ints(out->items + out->len, value->ints, value->count) - out->items);
}

static void print_spans(const struct value *value, struct bytes *out)
{
    vec_reserve(out, value->count * JSON_SPAN_BYTES + JSON_INT_BYTES);
    out->len = (size_t)(json_write_spans(out->items + out->len, value->spans, value->count) - out->items);
}

static void print_strings(const struct value *value, struct bytes *out)
{
    bytes_byte(out, '[');
    for (size_t i = 0; i < value->count; i++) {
        if (i > 0)
            bytes_byte(out, ',');
        json_put_string(out, value->strings[i]);
    }
    bytes_byte(out, ']');
}

static void print_vector(const struct vector *vector, struct bytes *out)
{
    if (vector->indices != NULL) {
        struct value indices = {.kind = VALUE_INTS, .count = vector->count, .ints = vector->indices};
        bytes_put(out, SLICE("{\"indices\":"));
        print_ints(&indices, out);
        bytes_put(out, SLICE(",\"values\":"));
    }
    bytes_byte(out, '[');
    vec_reserve(out, vector->count * (NUMBER_BYTES + 1));
    char *at = out->items + out->len;
    for (size_t i = 0; i < vector->count; i++) {
        if (i > 0)
            *at++ = ',';
        at = vector->numbers != NULL ? number_write(at, vector->numbers[i]) : number_write_float(at, vector->floats[i]);
    }
    out->len = (size_t)(at - out->items);
    bytes_byte(out, ']');
    if (vector->indices != NULL)
        bytes_byte(out, '}');
}

static void print_value(const struct value *value, struct bytes *out)
{
    switch (value->kind) {
    case VALUE_RAW:
        bytes_append(out, value->bytes, value->count);
        break;
    case VALUE_INT:
        json_put_int(out, value->integer);
        break;
    case VALUE_INTS:
        print_ints(value, out);
        break;
    case VALUE_SPANS:
        print_spans(value, out);
        break;
    case VALUE_TEXT:
        json_put_string(out, (struct slice){value->bytes, value->count});
        break;
    case VALUE_STRINGS:
        print_strings(value, out);
        break;
    case VALUE_NAMES:
        names_put(value->names->names, value->names->numbers, value->count, out);
        break;
    case VALUE_FLOAT:
        json_put_float(out, value->number);
        break;
    case VALUE_FLOATS:
        json_put_floats(out, value->numbers, value->count);
        break;
    case VALUE_VECTOR:
        print_vector(value->vector, out);
        break;
    }
}

struct slice rec_json(const struct value *value, struct arena *arena)
{
    if (value->kind == VALUE_RAW)
        return (struct slice){value->bytes, value->count};
    struct bytes text = {0};
    print_value(value, &text);
    struct slice kept = arena_copy(arena, bytes_slice(&text));
    vec_free(&text);
    return kept;
}

/* If the members before it were removed, the first member's lead still has a comma. */
static struct slice without_comma(struct slice lead)
{
    const char *quote = memchr(lead.ptr, '"', lead.len);
    size_t before = (size_t)(quote - lead.ptr);
    if (memchr(lead.ptr, ',', before) == NULL)
        return lead;
    return (struct slice){quote, lead.len - before};
}

void rec_print(const struct record *record, struct bytes *out)
{
    if (!record->derived || record->text_output) {
        bytes_put(out, record->line);
        return;
    }
    bool first = true;
    bytes_put(out, record->head);
    for (uint32_t i = 0; i < record->count; i++) {
        const struct member *member = &record->members[i];
        if (member->removed)
            continue;
        if (member->lead.len > 0) {
            bytes_put(out, first ? without_comma(member->lead) : member->lead);
        } else {
            if (!first)
                bytes_byte(out, ',');
            json_put_string(out, member->name);
            bytes_byte(out, ':');
        }
        print_value(&member->value, out);
        first = false;
    }
    bytes_put(out, record->tail);
}
