/* apertium.c - see apertium.h. */
#include "apertium.h"

#include "base/diag.h"
#include "text/json.h"
#include "text/text.h"

#include <string.h>

const char *const apertium_environment[] = {"LC_ALL=C.UTF-8", NULL};

/* What is before the number of a request and of its reply. */
#define NUMBER_START "[\n#"

/* ---- requests ---- */

/* Unescaped, [ kills apertium-transfer, ^ $ { / @ end the first program, and < cuts the reply in two. */
#define SPECIAL "\\[]^$/<>{}@"

static bool is_refused(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0xad || point == 0xffff;
}

void apertium_put_text(struct slice text, struct bytes *out)
{
    for (const char *at = text.ptr, *end = at + text.len; at < end;) {
        size_t len = text_sequence(at, end);
        if (len == 0 || is_refused(text_decode(at, &len))) {
            bytes_byte(out, ' ');
        } else if (*at == '~') {
            bytes_put(out, SLICE("[~]")); /* escaped by a backslash it would vanish */
        } else {
            if (strchr(SPECIAL, *at) != NULL)
                bytes_byte(out, '\\');
            bytes_append(out, at, len);
        }
        at += len > 0 ? len : 1;
    }
}

static void put_request(uint64_t id, struct slice request, struct bytes *out)
{
    apertium_put_text(request, out);
    bytes_put(out, SLICE("[].[]" NUMBER_START));
    json_put_int(out, (int64_t)id);
    bytes_put(out, SLICE("]\0"));
}

/* ---- replies ---- */

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

void apertium_put_reply(struct slice translation, struct bytes *out)
{
    size_t start = out->len;
    bool space = false;
    for (const char *at = translation.ptr, *end = at + translation.len; at < end; at++) {
        if (*at == '[' || *at == ']')
            continue; /* only what is inside was in the text */
        if (is_space(*at)) {
            space = true;
            continue;
        }
        if (*at == '\\' && at + 1 < end)
            at++;
        if (space && out->len > start)
            bytes_byte(out, ' ');
        space = false;
        bytes_byte(out, *at);
    }
}

/* Cuts the number off the end of a reply, and the brackets around it. False if it has none, or more: then a NUL was
 * lost. */
static bool cut_number(struct slice *reply, uint64_t *number)
{
    const struct slice start = SLICE(NUMBER_START);
    const char *end = reply->ptr + reply->len - 1, *at = end;
    if (reply->len == 0 || *end != ']')
        return false;
    *number = 0;
    while (at > reply->ptr && at[-1] >= '0' && at[-1] <= '9')
        at--;
    if (at == end || *at == '0' || end - at > 18 || (size_t)(at - reply->ptr) < start.len)
        return false;
    for (const char *digit = at; digit < end; digit++)
        *number = *number * 10 + (uint64_t)(*digit - '0');
    reply->len = (size_t)(at - reply->ptr) - start.len;
    return memcmp(reply->ptr + reply->len, start.ptr, start.len) == 0 &&
           memmem(reply->ptr, reply->len, start.ptr, start.len) == NULL;
}

static void cut_blanks(struct slice *reply)
{
    for (;;) {
        if (reply->len > 0 && is_space(reply->ptr[reply->len - 1]))
            reply->len--;
        else if (reply->len >= 2 && memcmp(reply->ptr + reply->len - 2, "[]", 2) == 0)
            reply->len -= 2; /* not of the text, whose brackets are escaped */
        else
            return;
    }
}

/* Takes off the full stop of the request. A pair may move it to the other side of the empty brackets. */
static void cut_stop(struct slice *reply)
{
    cut_blanks(reply);
    if (reply->len > 0 && reply->ptr[reply->len - 1] == '.')
        reply->len--;
    cut_blanks(reply);
}

/* The last bytes of a reply, for a message. */
static struct slice tail_of(struct slice reply)
{
    enum { TAIL_BYTES = 60 };
    size_t cut = reply.len > TAIL_BYTES ? reply.len - TAIL_BYTES : 0;
    while (cut < reply.len && cut > 0 && ((unsigned char)reply.ptr[cut] & 0xc0) == 0x80)
        cut++;
    return (struct slice){reply.ptr + cut, reply.len - cut};
}

/* At the end of its input each program writes a NUL more, so a reply without any bytes is passed over. The number tells
 * whether anything is missing. */
static int take_reply(struct slice *in, bool ended, struct arena *arena, struct child_reply *reply)
{
    *reply = (struct child_reply){0};
    const char *nul = in->len > 0 ? memchr(in->ptr, '\0', in->len) : NULL;
    if (nul == NULL && (!ended || in->len == 0))
        return 0;
    struct slice whole = nul != NULL ? slice_between(in->ptr, nul) : *in, left = whole;
    if (nul == NULL || (whole.len > 0 && !cut_number(&left, &reply->id))) {
        whole = tail_of(whole);
        return diag_error("expected a reply of Apertium that ends with its number and a NUL, found \"%.*s\"%s",
                          (int)whole.len, whole.ptr, nul == NULL ? " and no NUL" : "");
    }
    *in = slice_between(nul + 1, in->ptr + in->len);
    reply->skip = whole.len == 0;
    cut_stop(&left);
    struct bytes text = {0};
    apertium_put_reply(left, &text);
    reply->reply = arena_copy(arena, bytes_slice(&text));
    vec_free(&text);
    if (!text_is_utf8(reply->reply))
        reply->error = "the reply is not UTF-8";
    return 1;
}

const struct child_protocol apertium_protocol = {
    .name = "apertium",
    .identity = CHILD_BY_ID,
    .end = '\0',
    .put = put_request,
    .take = take_reply,
};

const struct child_protocol apertium_fresh_protocol = {
    .name = "apertium",
    .identity = CHILD_BY_COUNT,
    .end = '\0',
    .put = put_request,
    .take = take_reply,
};
