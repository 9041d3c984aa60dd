/* json_hash.c - see json_hash.h.
 *
 * The value is written in a form that has one spelling for each meaning, and the form is hashed. Each part of it says
 * where it ends:
 *
 *     string   " length bytes          true, false, null    t f n
 *     number   0 spelling ;            array                [ item item … ]
 *     object   { sum of the hashes of its members, count; so their order does not matter
 *
 * One loop without recursion: a value may be nested deeper than the stack is long. */
#include "text/json_hash.h"

#include "base/diag.h"
#include "text/json.h"
#include "text/json_end.h"
#include "text/json_order.h"

enum { SEED_STRING = 1, SEED_OTHER, SEED_MEMBER };

static void put_bits(struct bytes *form, uint64_t bits)
{
    bytes_append(form, (const char *)&bits, sizeof bits);
}

/* ---- objects and arrays ---- */

static struct json_open *innermost(struct json_hasher *hasher)
{
    return hasher->open.len > 0 ? &hasher->open.items[hasher->open.len - 1] : NULL;
}

static void open_container(struct json_hasher *hasher, bool object)
{
    struct json_open open = {.start = object ? hasher->form.len : SIZE_MAX};
    if (!object)
        bytes_byte(&hasher->form, '[');
    vec_push(&hasher->open, open);
}

/* In an object the bytes of a member, name and value, give way to their hash. */
static void end_member(struct json_hasher *hasher)
{
    struct json_open *open = innermost(hasher);
    struct bytes *form = &hasher->form;
    if (open->start == SIZE_MAX || form->len == open->start)
        return;
    struct hash hash = hash_bytes((struct slice){form->items + open->start, form->len - open->start}, SEED_MEMBER);
    open->sum.high += hash.high;
    open->sum.low += hash.low;
    open->members++;
    form->len = open->start;
}

static void close_container(struct json_hasher *hasher)
{
    end_member(hasher);
    struct json_open closed = hasher->open.items[--hasher->open.len];
    if (closed.start == SIZE_MAX) {
        bytes_byte(&hasher->form, ']');
        return;
    }
    bytes_byte(&hasher->form, '{');
    put_bits(&hasher->form, closed.sum.high);
    put_bits(&hasher->form, closed.sum.low);
    put_bits(&hasher->form, closed.members);
}

/* ---- the rest ---- */

static const char *put_string(struct bytes *form, const char *at, struct arena *arena)
{
    const char *end = json_end_of_string(at);
    struct slice text = json_string(slice_between(at, end), arena);
    bytes_byte(form, '"');
    put_bits(form, text.len);
    bytes_put(form, text);
    return end;
}

static const char *end_of_word(const char *at, const char *end)
{
    while (at < end && strchr(",]} \t\r\n", *at) == NULL)
        at++;
    return at;
}

/* Returns the end of the number, or NULL with the message. */
static const char *put_number(struct bytes *form, const char *at, const char *end)
{
    const char *stop = end_of_word(at, end);
    bytes_byte(form, '0');
    if (!json_put_number(form, slice_between(at, stop))) {
        (void)diag_error("an exponent of more than 18 digits is too large to compare");
        return NULL;
    }
    bytes_byte(form, ';');
    return stop;
}

/* Takes what starts at `at`, which is no white space. Returns its end, or NULL with the message. */
static const char *take(struct json_hasher *hasher, const char *at, const char *end, struct arena *arena)
{
    switch (*at) {
    case '{':
    case '[':
        open_container(hasher, *at == '{');
        return at + 1;
    case '}':
    case ']':
        close_container(hasher);
        return at + 1;
    case ',':
        end_member(hasher);
        return at + 1;
    case ':':
        return at + 1;
    case '"':
        return put_string(&hasher->form, at, arena);
    case 't':
    case 'f':
    case 'n':
        bytes_byte(&hasher->form, *at);
        return end_of_word(at, end);
    default:
        return put_number(&hasher->form, at, end);
    }
}

struct hash json_hash_string(struct slice text)
{
    return hash_bytes(text, SEED_STRING);
}

int json_hash(struct json_hasher *hasher, struct slice value, struct arena *arena, struct hash *hash)
{
    const char *at = value.ptr, *end = value.ptr + value.len;
    if (*at == '"') {
        *hash = json_hash_string(json_string(value, arena));
        return 0;
    }
    hasher->form.len = 0;
    hasher->open.len = 0;
    for (; at < end; at = json_space(at, end)) {
        at = take(hasher, at, end, arena);
        if (at == NULL)
            return -1;
    }
    *hash = hash_bytes(bytes_slice(&hasher->form), SEED_OTHER);
    return 0;
}

void json_hasher_release(struct json_hasher *hasher)
{
    vec_free(&hasher->form);
    vec_free(&hasher->open);
}
