/* json.c - finds the objects of JSON text: see json.h.
 *
 * The text comes in pieces that are cut anywhere. Here only quotes and brackets count; what is between them is checked
 * when the object is complete, so a mistake in one object does not touch the next one, as long as its brackets are
 * right. A string never holds a line end, so a missing quote is only missed up to the end of its line. */
#include "json.h"

#include "jsonl.h"

#include <inttypes.h>

enum place {
    BETWEEN, /* of objects */
    OBJECT,  /* in one, or in another value with brackets or quotes */
    SCALAR,  /* in a number, true, false, null, or what is none of these */
};

struct json {
    enum place place;
    bool in_array;       /* of the outermost level */
    bool after_value;    /* in the array: a comma or its end must follow */
    bool after_comma;    /* in the array: a value must follow */
    uint64_t array_line; /* on which it began */
    const char *problem; /* the current value is where none may be; NULL: none */

    const char *line_start; /* in this piece, of the line or of what of it is here */
    uint64_t line_before;   /* bytes of that line in earlier pieces */

    struct bytes open; /* the brackets of the value that are open */
    bool in_string;    /* of the value */
    bool escaped;      /* the next byte of the string */
    bool spaced;       /* it has white space outside strings */
    bool overlong;     /* it has grown beyond max_line: what is left of it is not kept */
};

static void *json_start(const struct plan *plan)
{
    (void)plan;
    return mem_zalloc(1, sizeof(struct json));
}

static void json_stop(void *parser)
{
    struct json *json = parser;
    vec_free(&json->open);
    mem_free(json);
}

/* ---- a complete value ---- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\x1e'; /* 1E: RFC 7464 */
}

/* Without white space outside strings. */
static struct slice compact(struct slice raw, struct arena *arena)
{
    char *text = arena_alloc(arena, raw.len), *to = text;
    bool in_string = false;
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.ptr[i];
        if (!in_string && is_space(c))
            continue;
        *to++ = c;
        if (c == '"')
            in_string = !in_string;
        else if (c == '\\' && in_string && i + 1 < raw.len)
            *to++ = raw.ptr[++i];
    }
    return slice_between(text, to);
}

static int not_an_object(struct slice raw)
{
    const char *found = json_kind_name(json_kind(raw));
    return diag_error("expected an object, found %s", found != NULL ? found : "text that is not JSON");
}

/* The text of a value as a record: 0, or -1 with the message. Places are those in the input. */
static int read_object(const struct json *json, struct source *source, struct slice raw, struct record *record)
{
    const char *end = raw.ptr + raw.len, *bad = NULL;
    struct arena *arena = sink_arena(source->out);
    struct slice text = raw;
    if (json->problem != NULL)
        return diag_error("%s", json->problem);
    if (source_check(source, raw) < 0)
        return -1;
    if (json->spaced)
        text = compact(raw, arena);
    else if (raw.ptr == source->raw.items)
        text = arena_copy(arena, raw);
    if (rec_parse(record, text, source->plan->depth, arena) == 0)
        return 0;
    const char *stop = json_skip(raw.ptr, end, source->plan->depth, &bad);
    if (stop == NULL)
        return source_mistake(source, raw, (size_t)(bad - raw.ptr), arena_print(arena, "%s", diag_message()).ptr);
    return not_an_object(raw);
}

/* Keeps a part of the current value, which goes on in the next piece or began in an earlier one. */
static void keep(struct json *json, struct source *source, struct slice part)
{
    uint64_t room = source->plan->max_line - source->raw.len;
    json->overlong |= part.len > room;
    part.len = part.len > room ? (size_t)room : part.len;
    bytes_put(&source->raw, part);
    source->open = true;
}

/* The value is complete. part: what of it is in this piece. */
static void complete(struct json *json, struct source *source, struct slice part)
{
    if (source->open || part.len > source->plan->max_line)
        keep(json, source, part);
    struct slice raw = source->open ? bytes_slice(&source->raw) : part;
    struct arena *arena = sink_arena(source->out);
    struct record *record = rec_new(arena);
    struct record counted = {.line = raw};
    sink_took(source->out, &counted);
    int read = json->overlong ? source_too_long(source) : read_object(json, source, raw, record);
    source->at = (struct record){.origin = source->origin, .file = source->file, .line_number = source->first};
    sink_at(source->out, &source->at);
    record->origin = source->origin;
    record->file = source->file;
    record->line_number = source->first;
    if (read < 0 || jsonl_emit(source, record) < 0)
        source_reject(source, raw);
    source->origin++;
    source->open = false;
    source->raw.len = 0;
    json->place = BETWEEN;
    json->after_value = json->in_array;
    json->spaced = json->overlong = false;
    json->problem = NULL;
}

/* Something between values that is no value. */
static void reject_text(struct json *json, struct source *source, struct slice text, const char *problem)
{
    source_begin(source);
    json->problem = problem;
    complete(json, source, text);
    json->after_value = false;
}

/* ---- the scanner ---- */

static void take_newline(struct json *json, struct source *source, const char *at)
{
    source->line++;
    json->line_start = at + 1;
    json->line_before = 0;
}

/* A value begins at this byte. */
static void begin_value(struct json *json, struct source *source, const char *at)
{
    const char first = *at;
    source_begin(source);
    source->before = json->line_before + (uint64_t)(at - json->line_start);
    if (json->in_array && json->after_value)
        json->problem = "expected ',' or ']' before this value of the array";
    json->place = first == '{' || first == '[' || first == '"' ? OBJECT : SCALAR;
    json->open.len = 0;
    json->in_string = json->escaped = json->after_comma = false;
}

/* Takes bytes between values. Returns the place of the first byte of a value, or the end. */
static const char *scan_between(struct json *json, struct source *source, const char *at, const char *end)
{
    for (; at < end; at++) {
        struct slice byte = {at, 1};
        if (*at == '\n') {
            take_newline(json, source, at);
        } else if (is_space(*at)) {
            continue;
        } else if (*at == '[' && !json->in_array) {
            json->in_array = true;
            json->after_value = json->after_comma = false;
            json->array_line = source->line;
        } else if (*at == ']' && json->in_array) {
            if (json->after_comma)
                reject_text(json, source, byte, "expected a value after the last comma of the array");
            json->in_array = json->after_value = json->after_comma = false;
        } else if (*at == ',' && json->in_array) {
            if (!json->after_value)
                reject_text(json, source, byte, "expected a value before this comma");
            json->after_value = false;
            json->after_comma = true;
        } else if (strchr("]},:", *at) != NULL && *at != '\0') {
            reject_text(json, source, byte, "unexpected punctuation outside an object");
        } else {
            begin_value(json, source, at);
            return at;
        }
    }
    return at;
}

/* Closes the bracket, and those inside it that are still open, which makes the value a bad one. Returns false if there
 * is no such bracket. */
static bool close_bracket(struct json *json, char bracket)
{
    char wanted = bracket == '}' ? '{' : '[';
    size_t i = json->open.len;
    while (i > 0 && json->open.items[i - 1] != wanted)
        i--;
    if (i == 0)
        return false;
    json->open.len = i - 1;
    return true;
}

/* The next byte of a string that matters, or the end. */
static const char *find_stop(const char *at, const char *end)
{
    static const char wanted[] = {'"', '\\', '\n'};
    for (size_t i = 0; i < sizeof wanted && at < end; i++) {
        const char *found = memchr(at, wanted[i], (size_t)(end - at));
        if (found != NULL)
            end = found;
    }
    return end;
}

/* Takes bytes of a string, after its opening quote. */
static const char *scan_string(struct json *json, struct source *source, const char *at, const char *end)
{
    while (at < end && json->in_string) {
        if (*at == '\n') {
            take_newline(json, source, at);
            json->in_string = json->escaped = false;
        } else if (json->escaped) {
            json->escaped = false;
        } else {
            json->in_string = *at != '"';
            json->escaped = *at == '\\';
        }
        at++;
        if (json->in_string && !json->escaped)
            at = find_stop(at, end);
    }
    return at;
}

/* Takes bytes of a value. Returns the place after its end, with *ended set, or the end of the piece. */
static const char *scan_object(struct json *json, struct source *source, const char *at, const char *end, bool *ended)
{
    while (at < end) {
        if (json->in_string) {
            at = scan_string(json, source, at, end);
            *ended = !json->in_string && json->open.len == 0;
            if (*ended)
                return at;
            continue;
        }
        char c = *at;
        if (c == '"') {
            json->in_string = true;
        } else if (c == '{' || c == '[') {
            bytes_byte(&json->open, c);
        } else if (c == '}' || c == ']') {
            /* What closes a bracket that is not open may be the end of the array around the value. */
            *ended = !close_bracket(json, c) || json->open.len == 0;
            if (*ended)
                return json->open.len == 0 ? at + 1 : at;
        } else if (is_space(c)) {
            json->spaced = true;
            if (c == '\n')
                take_newline(json, source, at);
        }
        at++;
    }
    return at;
}

static const char *scan_scalar(const char *at, const char *end, bool *ended)
{
    while (at < end && !is_space(*at) && (strchr(",[]{}\"", *at) == NULL || *at == '\0'))
        at++;
    *ended = at < end;
    return at;
}

static int json_piece(void *parser, struct source *source, struct slice piece)
{
    struct json *json = parser;
    const char *at = piece.ptr, *end = piece.ptr + piece.len;
    json->line_start = at;
    while (at < end) {
        if (json->place == BETWEEN) {
            at = scan_between(json, source, at, end);
            continue;
        }
        const char *start = at;
        bool ended = false;
        at = json->place == OBJECT ? scan_object(json, source, at, end, &ended) : scan_scalar(at, end, &ended);
        if (ended)
            complete(json, source, slice_between(start, at));
        else
            keep(json, source, slice_between(start, at));
    }
    json->line_before += (uint64_t)(end - json->line_start);
    return 0;
}

static void json_finish(void *parser, struct source *source)
{
    struct json *json = parser;
    if (json->place == OBJECT)
        json->problem = "the value is not closed: is the file cut short?";
    if (json->place != BETWEEN) {
        complete(json, source, (struct slice){"", 0});
    } else if (json->in_array) {
        struct slice problem = arena_print(
            sink_arena(source->out), "the array that began on line %" PRIu64 " is not closed: is the file cut short?",
            json->array_line);
        reject_text(json, source, SLICE("["), problem.ptr);
    }
    json->in_array = json->after_value = json->after_comma = false;
    json->line_before = source->before = 0;
}

const struct format json_format = {json_start, json_stop, json_piece, json_finish};
