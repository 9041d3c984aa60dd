/* csv.c - rows of fields: see csv.h. */
#include "csv.h"

/* The place of the character before `end`, or the end. */
static inline const char *find(int character, const char *at, const char *end)
{
    const char *found = character != CSV_NONE && at < end ? memchr(at, character, (size_t)(end - at)) : NULL;
    return found != NULL ? found : end;
}

/* The next quote or escape, or the end. */
static const char *find_special(const struct csv *csv, const char *at, const char *end)
{
    return find(csv->escape, at, find(csv->quote, at, end));
}

/* The next delimiter, or quote where that is a mistake, or escape; or the end. */
static const char *find_stop(const struct csv *csv, const char *at, const char *end)
{
    end = find(csv->delimiter, at, end);
    if (!csv->loose)
        end = find(csv->quote, at, end);
    return find(csv->escape, at, end);
}

static const char *end_field(struct csv *csv, struct slice row, const char *end)
{
    csv->field.len = (size_t)(end - row.ptr) - csv->field.start;
    csv->open = false;
    vec_push(&csv->fields, csv->field);
    return end;
}

/* Continues a quoted field at `at`. Returns the place after its closing quote, or NULL if the row ends first. */
static const char *close_quote(struct csv *csv, struct slice row, const char *at)
{
    const char *end = row.ptr + row.len;
    for (;;) {
        const char *special = find_special(csv, at, end);
        if (special == end)
            return NULL;
        bool escape = *special == csv->escape;
        if (!escape && (special + 1 == end || special[1] != csv->quote))
            return end_field(csv, row, special) + 1;
        csv->field.coded = true;
        /* What is escaped may be the line end, which comes when the row continues. */
        at = special + 1 < end ? special + 2 : end;
    }
}

/* Continues a field without quotes. Returns its end, or NULL if the row ends with an escape. */
static const char *end_plain(struct csv *csv, struct slice row, const char *at)
{
    const char *end = row.ptr + row.len;
    at = find_stop(csv, at, end);
    while (at < end && (unsigned char)*at == csv->escape) {
        csv->field.coded = true;
        if (at + 1 == end)
            return NULL;
        at = find_stop(csv, at + 2, end);
    }
    bool cr = at == end && (size_t)(at - row.ptr) > csv->field.start && at[-1] == '\r';
    (void)end_field(csv, row, cr ? at - 1 : at);
    return at;
}

enum csv_status csv_scan(struct csv *csv, struct slice row, size_t from, size_t *place, const char **problem)
{
    const char *at = row.ptr + from, *end = row.ptr + row.len;
    bool goes_on = from > 0;
    if (!goes_on)
        csv->fields.len = 0;
    for (;; at++) {
        if (!goes_on) {
            bool quoted = at < end && (unsigned char)*at == csv->quote; /* FF is not CSV_NONE */
            at += quoted;
            csv->field = (struct csv_field){.start = (size_t)(at - row.ptr), .quoted = quoted};
        }
        /* The line end is content: of quotes, or escaped. */
        if (goes_on && !csv->field.quoted && at < end)
            at++;
        goes_on = false;
        at = csv->field.quoted ? close_quote(csv, row, at) : end_plain(csv, row, at);
        csv->open = at == NULL;
        if (at == NULL)
            return CSV_OPEN;
        if (at == end || (*at == '\r' && at + 1 == end))
            return CSV_ROW;
        if (*at != csv->delimiter) {
            *place = (size_t)(at - row.ptr);
            *problem = csv->field.quoted ? "expected a delimiter or the end of the line after the closing quote"
                                         : "unexpected quote in a field that does not start with one";
            return CSV_BAD;
        }
    }
}

/* What stands after an escape means: of a backslash, as databases write it. */
static char unescaped(const struct csv *csv, char c)
{
    if (csv->escape != '\\')
        return c;
    return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
}

struct slice csv_text(const struct csv *csv, const struct csv_field *field, struct slice row, struct arena *arena)
{
    struct slice raw = {row.ptr + field->start, field->len};
    if (!field->coded)
        return raw;
    if (!field->quoted && csv->escape == '\\' && slice_is(raw, "\\N"))
        return (struct slice){NULL, 0};
    char *text = arena_alloc(arena, raw.len), *to = text;
    for (const char *at = raw.ptr, *end = raw.ptr + raw.len; at < end;) {
        const char *special = find_special(csv, at, end);
        memcpy(to, at, (size_t)(special - at));
        to += special - at;
        if (special == end)
            break;
        bool escape = *special == csv->escape, last = special + 1 == end;
        bool literal = last || !(escape || field->quoted);
        *to++ = literal ? *special : escape ? unescaped(csv, special[1]) : special[1];
        at = special + (literal ? 1 : 2);
    }
    return slice_between(text, to);
}
