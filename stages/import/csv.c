/* csv.c - rows of fields: see csv.h. */
#include "csv.h"

/* Continues a quoted field at `at`. Returns the place after its closing quote, or NULL if the row ends first. */
static const char *close_quote(struct csv *csv, struct slice row, const char *at)
{
    const char *end = row.ptr + row.len;
    for (;;) {
        const char *quote = at < end ? memchr(at, '"', (size_t)(end - at)) : NULL;
        if (quote == NULL) {
            csv->quoted = true;
            return NULL;
        }
        if (quote + 1 == end || quote[1] != '"') {
            csv->field.len = (size_t)(quote - row.ptr) - csv->field.start;
            csv->quoted = false;
            vec_push(&csv->fields, csv->field);
            return quote + 1;
        }
        csv->field.doubled = true;
        at = quote + 2;
    }
}

static const char *unquoted(struct csv *csv, struct slice row, const char *at)
{
    const char *start = at, *end = row.ptr + row.len;
    while (at < end && *at != csv->delimiter && *at != '"')
        at++;
    const char *field_end = at == end && at > start && at[-1] == '\r' ? at - 1 : at;
    struct csv_field field = {(size_t)(start - row.ptr), (size_t)(field_end - start), false};
    vec_push(&csv->fields, field);
    return at;
}

enum csv_status csv_scan(struct csv *csv, struct slice row, size_t from, size_t *place, const char **problem)
{
    const char *at = row.ptr + from, *end = row.ptr + row.len;
    bool quoted = from > 0;
    if (!quoted)
        csv->fields.len = 0;
    for (;;) {
        if (!quoted && at < end && *at == '"') {
            quoted = true;
            at++;
            csv->field = (struct csv_field){(size_t)(at - row.ptr), 0, false};
        }
        at = quoted ? close_quote(csv, row, at) : unquoted(csv, row, at);
        if (at == NULL)
            return CSV_OPEN;
        if (at == end || (*at == '\r' && at + 1 == end))
            return CSV_ROW;
        if (*at != csv->delimiter) {
            *place = (size_t)(at - row.ptr);
            *problem = quoted ? "expected a delimiter or the end of the line after the closing quote"
                              : "unexpected quote in a field that does not start with one";
            return CSV_BAD;
        }
        at++;
        quoted = false;
    }
}

struct slice csv_text(const struct csv_field *field, struct slice row, struct arena *arena)
{
    struct slice raw = {row.ptr + field->start, field->len};
    if (!field->doubled)
        return raw;
    char *text = arena_alloc(arena, raw.len), *to = text;
    for (const char *at = raw.ptr, *end = raw.ptr + raw.len; at < end;) {
        const char *quote = memchr(at, '"', (size_t)(end - at));
        size_t len = (size_t)((quote != NULL ? quote + 1 : end) - at);
        memcpy(to, at, len);
        to += len;
        at += quote != NULL ? len + 1 : len;
    }
    return slice_between(text, to);
}

void csv_split(struct csv *csv, struct slice row)
{
    const char *at = row.ptr, *end = row.ptr + row.len;
    csv->fields.len = 0;
    for (;;) {
        const char *next = at < end ? memchr(at, csv->delimiter, (size_t)(end - at)) : NULL;
        struct csv_field field = {(size_t)(at - row.ptr), (size_t)((next != NULL ? next : end) - at), false};
        vec_push(&csv->fields, field);
        if (next == NULL)
            return;
        at = next + 1;
    }
}
