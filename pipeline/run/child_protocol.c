/* child_protocol.c - see child_protocol.h. */
#include "run/child_protocol.h"

#include "base/diag.h"
#include "text/json.h"
#include "text/text.h"

#include <inttypes.h>
#include <string.h>

/* ---- a text on a line ---- */

/* The bytes of U+2028 and U+2029, which some programs take for the end of a line. */
#define SEPARATOR_START "\xe2\x80"

static void put_line(uint64_t id, struct slice request, struct bytes *out)
{
    (void)id;
    size_t start = out->len;
    bytes_put(out, request);
    for (char *at = out->items + start, *end = out->items + out->len; at < end; at++) {
        if (*at == '\n' || *at == '\r' || *at == '\v' || *at == '\f' || *at == '\0')
            *at = ' ';
        else if (end - at >= 3 && memcmp(at, SEPARATOR_START, 2) == 0 && (at[2] == '\xa8' || at[2] == '\xa9'))
            memcpy(at, "   ", 3);
        else if (end - at >= 2 && at[0] == '\xc2' && at[1] == '\x85') /* U+0085, the next line */
            memcpy(at, "  ", 2);
    }
    bytes_byte(out, '\n');
}

/* What is wrong with a reply, or NULL. */
static const char *reject_bytes(struct slice reply)
{
    if (memchr(reply.ptr, '\0', reply.len) != NULL)
        return "the reply has a byte of zero";
    return text_is_utf8(reply) ? NULL : "the reply is not UTF-8";
}

static bool take_line_of(struct slice *in, bool ended, struct slice *line)
{
    const char *newline = in->len > 0 ? memchr(in->ptr, '\n', in->len) : NULL;
    if (newline == NULL && (!ended || in->len == 0))
        return false;
    *line = (struct slice){in->ptr, newline != NULL ? (size_t)(newline - in->ptr) : in->len};
    size_t whole = line->len + (newline != NULL);
    *in = (struct slice){in->ptr + whole, in->len - whole};
    if (line->len > 0 && line->ptr[line->len - 1] == '\r')
        line->len--;
    return true;
}

static int take_line(struct slice *in, bool ended, struct arena *arena, struct child_reply *reply)
{
    (void)arena;
    *reply = (struct child_reply){0};
    if (!take_line_of(in, ended, &reply->reply))
        return 0;
    reply->error = reject_bytes(reply->reply);
    return 1;
}

const struct child_protocol child_line = {
    .name = "line",
    .identity = CHILD_BY_PLACE,
    .end = '\n',
    .put = put_line,
    .take = take_line,
};

const struct child_protocol child_batch = {
    .name = "batch",
    .identity = CHILD_BY_COUNT,
    .end = '\n',
    .put = put_line,
    .take = take_line,
};

/* ---- JSON objects, with an id ---- */

static void put_object(uint64_t id, struct slice request, struct bytes *out)
{
    bytes_put(out, SLICE("{\"id\":"));
    json_put_int(out, (int64_t)id);
    if (request.len > 2) /* more than {} */
        bytes_byte(out, ',');
    bytes_append(out, request.ptr + 1, request.len - 1);
    bytes_byte(out, '\n');
}

/* "error": a text, or an object with a code and a message. */
static const char *describe_error(struct slice error, struct arena *arena)
{
    struct slice code = SLICE(""), message = SLICE(""), value;
    if (json_kind(error) == '"')
        message = json_string(error, arena);
    if (json_kind(error) == '{' && json_member(error, "message", &value) && json_kind(value) == '"')
        message = json_string(value, arena);
    if (json_kind(error) == '{' && json_member(error, "code", &value))
        code = json_kind(value) == '"' ? json_string(value, arena) : value;
    const char *first = code.len + message.len > 0 ? ": " : "", *second = code.len > 0 && message.len > 0 ? ": " : "";
    return arena_print(arena, "the engine answered with an error%s%.*s%s%.*s", first, (int)code.len, code.ptr, second,
                       (int)message.len, message.ptr)
        .ptr;
}

/* The object without its id. */
static struct slice without_id(struct slice object, struct arena *arena)
{
    struct bytes text = {0};
    bytes_byte(&text, '{');
    for (struct json_walk walk = json_walk(object); json_next(&walk);) {
        if (json_name_is(walk.name, SLICE("id")))
            continue;
        if (text.len > 1)
            bytes_byte(&text, ',');
        bytes_byte(&text, '"');
        bytes_put(&text, walk.name);
        bytes_put(&text, SLICE("\":"));
        bytes_put(&text, walk.value);
    }
    bytes_byte(&text, '}');
    struct slice kept = arena_copy(arena, bytes_slice(&text));
    vec_free(&text);
    return kept;
}

/* Cuts off white space around an object; false if the line is none. */
static bool is_object(struct slice *line)
{
    const char *start = json_space(line->ptr, line->ptr + line->len);
    *line = (struct slice){start, (size_t)(line->ptr + line->len - start)};
    while (line->len > 0 && memchr(" \t\r", line->ptr[line->len - 1], 3) != NULL)
        line->len--;
    return line->len > 0 && line->ptr[0] == '{' && json_check(*line, JSON_DEPTH) == 0;
}

/* The id of a line that starts like a reply but is not JSON; 0 if it does not. */
static int64_t id_of_broken(struct slice line)
{
    const char *end = line.ptr + line.len, *at = json_space(line.ptr, end);
    int64_t id;
    if (end - at < 2 || *at != '{')
        return 0;
    at = json_space(at + 1, end);
    if (end - at < 4 || memcmp(at, "\"id\"", 4) != 0)
        return 0;
    at = json_space(at + 4, end);
    if (at == end || *at != ':')
        return 0;
    at = json_space(at + 1, end);
    const char *digits = at;
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return at > digits && json_int(slice_between(digits, at), &id) ? id : 0;
}

static int take_object(struct slice *in, bool ended, struct arena *arena, struct child_reply *reply)
{
    struct slice line, value;
    int64_t id = 0;
    *reply = (struct child_reply){0};
    if (!take_line_of(in, ended, &line))
        return 0;
    bool object = is_object(&line);
    if (object && (!json_member(line, "id", &value) || !json_int(value, &id)))
        id = 0;
    if (!object)
        id = id_of_broken(line);
    reply->skip = id <= 0;
    reply->id = (uint64_t)id;
    if (!object)
        reply->error = "the reply is not JSON in UTF-8";
    else if (json_member(line, "error", &value) && json_kind(value) != 'n')
        reply->error = describe_error(value, arena);
    else
        reply->reply = without_id(line, arena);
    return 1;
}

const struct child_protocol child_jsonl = {
    .name = "jsonl",
    .identity = CHILD_BY_ID,
    .end = '\n',
    .objects = true,
    .greeting = "{\"protocol\":\"quern-via\",\"version\":1}\n",
    .put = put_object,
    .take = take_object,
};

/* ---- all of them ---- */

const char *const child_protocol_names[] = {"line", "jsonl", "batch", NULL};
const struct child_protocol *const child_protocols[] = {&child_line, &child_jsonl, &child_batch, NULL};
