/* json.c - JSON text: see json.h.
 *
 * One validating scanner without recursion: open containers are bits on a stack. Strings are scanned 16 bytes at a time
 * if the machine has SSE2 (the x86-64 baseline), else byte by byte, with the same results. */
#include "text/json.h"

#include "base/diag.h"
#include "text/json_end.h"
#include "text/text.h"

#include <assert.h>
#include <limits.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static const char *fail(const char **bad, const char *at, const char *what)
{
    if (bad != NULL)
        *bad = at;
    (void)diag_error("%s", what);
    return NULL;
}

const char *json_space(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
        at++;
    return at;
}

bool json_is_blank(struct slice text)
{
    return json_space(text.ptr, text.ptr + text.len) == text.ptr + text.len;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The end of the plain ASCII bytes of a string: a quote, a backslash, a control character or a byte from 0x80 on. */
static const char *skip_plain(const char *at, const char *end)
{
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(' ');
    while (end - at >= 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        /* As signed bytes, controls and bytes from 0x80 on are both less than a space. */
        __m128i stop = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
                                    _mm_cmplt_epi8(bytes, space));
        int mask = _mm_movemask_epi8(stop);
        if (mask != 0)
            return at + __builtin_ctz((unsigned)mask);
        at += 16;
    }
#endif
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x80)
        at++;
    return at;
}

/* at: after a backslash. Returns the end of the escape, or NULL if it is not one. */
static const char *skip_escape(const char *at, const char *end)
{
    if (at == end)
        return NULL;
    switch (*at) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        return at + 1;
    case 'u':
        if (end - at < 5)
            return NULL;
        for (int i = 1; i <= 4; i++)
            if (hex_value(at[i]) < 0)
                return NULL;
        return at + 5;
    default:
        return NULL;
    }
}

/* at: after the opening quote. Returns the place after the closing quote. */
static const char *skip_string(const char *at, const char *end, const char **bad)
{
    for (;;) {
        at = skip_plain(at, end);
        if (at == end)
            return fail(bad, at, "a string has no closing quote");
        unsigned char c = (unsigned char)*at;
        if (c == '"')
            return at + 1;
        if (c == '\\') {
            const char *next = skip_escape(at + 1, end);
            if (next == NULL)
                return fail(bad, at, "unknown escape in a string");
            at = next;
        } else if (c < 0x20) {
            return fail(bad, at, "unescaped control character in a string");
        } else {
            do {
                size_t len = text_sequence(at, end);
                if (len == 0)
                    return fail(bad, at, "not UTF-8");
                at += len;
            } while (at < end && (unsigned char)*at >= 0x80);
        }
    }
}

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && is_digit(*at))
        at++;
    return at;
}

/* at: at '-' or a digit. */
static const char *skip_number(const char *at, const char *end, const char **bad)
{
    if (*at == '-')
        at++;
    if (at == end || !is_digit(*at))
        return fail(bad, at, "not a number");
    at = *at == '0' ? at + 1 : skip_digits(at, end);
    if (at < end && *at == '.') {
        const char *digits = at + 1;
        at = skip_digits(digits, end);
        if (at == digits)
            return fail(bad, at, "a number has no digit after the decimal point");
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        const char *digits = at + 1;
        if (digits < end && (*digits == '+' || *digits == '-'))
            digits++;
        at = skip_digits(digits, end);
        if (at == digits)
            return fail(bad, at, "a number has no digit in its exponent");
    }
    return at;
}

static const char *skip_word(const char *at, const char *end, struct slice word, const char **bad)
{
    if ((size_t)(end - at) < word.len || memcmp(at, word.ptr, word.len) != 0)
        return fail(bad, at, "not a JSON value");
    return at + word.len;
}

/* A value that is not a container. */
static const char *skip_scalar(const char *at, const char *end, const char **bad)
{
    switch (*at) {
    case '"':
        return skip_string(at + 1, end, bad);
    case 't':
        return skip_word(at, end, SLICE("true"), bad);
    case 'f':
        return skip_word(at, end, SLICE("false"), bad);
    case 'n':
        return skip_word(at, end, SLICE("null"), bad);
    default:
        if (*at == '-' || is_digit(*at))
            return skip_number(at, end, bad);
        return fail(bad, at, "not a JSON value");
    }
}

/* Skips integers that are each followed by a comma, as in arrays of ids; stops at the start of the first item that it
 * can't decide. Everything it skips is valid; the scanner proper checks the rest. */
static const char *skip_plain_ints(const char *at, const char *end)
{
    const char *item = at; /* after the last comma */
#if defined(__SSE2__)
    const __m128i zero = _mm_set1_epi8('0'), nine = _mm_set1_epi8('9'), comma = _mm_set1_epi8(','),
                  minus = _mm_set1_epi8('-');
    /* Bit i of each mask says what byte i is. after_X: byte i follows an X; the carry goes from one step of 16 bytes to
     * the next. */
    unsigned after_comma = 1, after_minus = 0, after_first_zero = 0;
    for (; end - at >= 16; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        unsigned commas = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, comma));
        unsigned minuses = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, minus));
        unsigned zeros = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, zero));
        unsigned others =
            (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmplt_epi8(bytes, zero), _mm_cmpgt_epi8(bytes, nine)));
        unsigned digits = ~others & 0xffff;
        if (after_comma == 1 && commas == 0xaaaa && digits == 0x5555) { /* as in masks: 0,0,1, */
            item = at + 16;
            continue;
        }
        after_comma |= commas << 1;
        after_minus |= minuses << 1;
        unsigned first_digits = digits & (after_comma | after_minus);
        after_first_zero |= (first_digits & zeros) << 1;
        unsigned wrong = (others & ~(commas | minuses)) | (commas & (after_comma | after_minus)) |
                         (minuses & ~after_comma) | (after_minus & ~digits & 0xffff) | (after_first_zero & digits);
        if (wrong != 0)
            break;
        if (commas != 0)
            item = at + 32 - __builtin_clz(commas);
        after_comma >>= 16;
        after_minus >>= 16;
        after_first_zero >>= 16;
    }
#endif
    for (;;) {
        const char *digit = item;
        if (digit < end && *digit == '-')
            digit++;
        const char *after = digit;
        while (after < end && is_digit(*after))
            after++;
        if (after == digit || after == end || *after != ',' || (*digit == '0' && after - digit > 1))
            return item;
        item = after + 1;
    }
}

/* A member name and the colon after it; at: at the quote. */
static const char *skip_name(const char *at, const char *end, const char **bad)
{
    at = json_space(at, end);
    if (at == end || *at != '"')
        return fail(bad, at, "expected a member name");
    at = skip_string(at + 1, end, bad);
    if (at == NULL)
        return NULL;
    at = json_space(at, end);
    if (at == end || *at != ':')
        return fail(bad, at, "expected ':' after a member name");
    return at + 1;
}

/* The same for spans of at most 16 bytes: [12,15], */
static const char *skip_plain_spans(const char *at, const char *end)
{
#if defined(__SSE2__)
    const __m128i zero = _mm_set1_epi8('0'), nine = _mm_set1_epi8('9');
    while (end - at >= 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i other = _mm_or_si128(_mm_cmplt_epi8(bytes, zero), _mm_cmpgt_epi8(bytes, nine));
        /* The first two bytes behind the bracket that are no digits; beyond the 16 there are more. */
        unsigned others = ((unsigned)_mm_movemask_epi8(other) & ~1u) | 3u << 16;
        unsigned comma = (unsigned)__builtin_ctz(others), close = (unsigned)__builtin_ctz(others & (others - 1));
        if (close > 14 || at[0] != '[' || at[comma] != ',' || at[close] != ']' || at[close + 1] != ',')
            break;
        unsigned first_digits = comma - 1, second_digits = close - comma - 1;
        if (first_digits == 0 || second_digits == 0 || (at[1] == '0' && first_digits > 1) ||
            (at[comma + 1] == '0' && second_digits > 1))
            break;
        at += close + 2;
    }
#endif
    (void)end;
    return at;
}

/* The same for strings. NULL if one of them is not valid. */
static const char *skip_plain_strings(const char *at, const char *end, const char **bad)
{
    while (at < end && *at == '"') {
        const char *after = skip_string(at + 1, end, bad);
        if (after == NULL)
            return NULL;
        if (after == end || *after != ',')
            break;
        at = after + 1;
    }
    return at;
}

/* Skips to the next item of an open array that may need a closer look. nests: arrays may be nested in it. */
static const char *skip_items(bool nests, const char *at, const char *end, const char **bad)
{
    if (at == end)
        return at;
    if (*at == '"')
        return skip_plain_strings(at, end, bad);
    if (*at == '[')
        return nests ? skip_plain_spans(at, end) : at;
    return is_digit(*at) || *at == '-' ? skip_plain_ints(at, end) : at;
}

const char *json_skip(const char *at, const char *end, unsigned depth, const char **bad)
{
    uint64_t is_object[JSON_DEPTH_LIMIT / 64]; /* a bit for each open container */
    unsigned open = 0;
    assert(depth <= JSON_DEPTH_LIMIT);
    for (;;) {
        /* A value must come next. */
        at = json_space(at, end);
        if (at == end)
            return fail(bad, at, "expected a value, found the end");
        if (*at == '{' || *at == '[') {
            if (open == depth)
                return fail(bad, at, "nested deeper than --max-depth allows");
            bool object = *at == '{';
            char close = object ? '}' : ']';
            uint64_t bit = (uint64_t)1 << (open % 64);
            uint64_t below = open % 64 == 0 ? 0 : is_object[open / 64] & (bit - 1);
            is_object[open / 64] = object ? below | bit : below;
            at = json_space(at + 1, end);
            if (at == end || *at != close) {
                open++;
                at = object ? skip_name(at, end, bad) : skip_items(open < depth, at, end, bad);
                if (at == NULL)
                    return NULL;
                continue;
            }
            at++;
        } else {
            at = skip_scalar(at, end, bad);
            if (at == NULL)
                return NULL;
        }
        /* A value has ended: close containers, or go on to the next item. */
        for (;;) {
            if (open == 0)
                return at;
            bool object = is_object[(open - 1) / 64] >> ((open - 1) % 64) & 1;
            at = json_space(at, end);
            if (at == end)
                return fail(bad, at, object ? "an object is not closed" : "an array is not closed");
            if (*at == ',') {
                at++;
                at = object ? skip_name(at, end, bad) : skip_items(open < depth, at, end, bad);
                if (at == NULL)
                    return NULL;
                break;
            }
            if (*at != (object ? '}' : ']'))
                return fail(bad, at, object ? "expected ',' or '}'" : "expected ',' or ']'");
            at++;
            open--;
        }
    }
}

int json_check(struct slice document, unsigned depth)
{
    const char *end = document.ptr + document.len;
    const char *bad = NULL;
    const char *at = json_skip(document.ptr, end, depth, &bad);
    if (at != NULL) {
        at = json_space(at, end);
        if (at == end)
            return 0;
        bad = at;
        (void)diag_error("unexpected text after the value");
    }
    return diag_error("not JSON: byte %zu: %s", (size_t)(bad - document.ptr) + 1, diag_message());
}

char json_kind(struct slice value)
{
    char c = value.ptr[0];
    return c == '-' || is_digit(c) ? '0' : c;
}

const char *json_kind_name(char kind)
{
    switch (kind) {
    case '{':
        return "an object";
    case '[':
        return "an array";
    case '"':
        return "a string";
    case '0':
        return "a number";
    case 't':
    case 'f':
        return "a boolean";
    case 'n':
        return "null";
    default:
        return NULL;
    }
}

/* The walkers below read validated text, so the end of the container is the only bound they check. */

struct json_walk json_walk(struct slice container)
{
    assert(container.len >= 2 && (container.ptr[0] == '{' || container.ptr[0] == '['));
    return (struct json_walk){
        .at = container.ptr + 1,
        .end = container.ptr + container.len - 1,
        .members = container.ptr[0] == '{',
    };
}

bool json_next(struct json_walk *walk)
{
    const char *at = json_space(walk->at, walk->end);
    if (at < walk->end && *at == ',')
        at = json_space(at + 1, walk->end);
    if (at >= walk->end)
        return false;
    if (walk->members) {
        const char *behind = json_end_of_string(at);
        walk->name = slice_between(at + 1, behind - 1);
        at = json_space(behind, walk->end);
        at = json_space(at + 1, walk->end);
    }
    walk->at = json_end_of_value(at, walk->end);
    walk->value = slice_between(at, walk->at);
    return true;
}

bool json_member(struct slice object, const char *name, struct slice *value)
{
    bool found = false;
    struct slice wanted = slice_of(name);
    for (struct json_walk walk = json_walk(object); json_next(&walk);) {
        if (json_name_is(walk.name, wanted)) {
            *value = walk.value;
            found = true;
        }
    }
    return found;
}

static unsigned hex4(const char *at)
{
    unsigned value = 0;
    for (int i = 0; i < 4; i++)
        value = value << 4 | (unsigned)hex_value(at[i]);
    return value;
}

/* Decodes the escape after a backslash; returns its end. */
static const char *decode_escape(const char *at, const char *end, char **out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (*at != 'u') {
        const char *known = strchr(from, *at);
        *(*out)++ = to[known - from];
        return at + 1;
    }
    uint32_t point = hex4(at + 1);
    at += 5;
    if (point >= 0xd800 && point < 0xe000) {
        uint32_t high = point;
        point = 0xfffd;
        if (high < 0xdc00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
            uint32_t low = hex4(at + 2);
            if (low >= 0xdc00 && low < 0xe000) {
                point = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                at += 6;
            }
        }
    }
    *out += text_encode(point, *out);
    return at;
}

/* Decodes the bytes between the quotes into `out`, which has room for the same number; returns the end. */
static char *decode(struct slice raw, char *out)
{
    const char *at = raw.ptr, *end = raw.ptr + raw.len;
    while (at < end) {
        const char *escape = memchr(at, '\\', (size_t)(end - at));
        size_t plain = (size_t)((escape != NULL ? escape : end) - at);
        memcpy(out, at, plain);
        out += plain;
        at += plain;
        if (escape != NULL)
            at = decode_escape(at + 1, end, &out);
    }
    return out;
}

struct slice json_string(struct slice value, struct arena *arena)
{
    struct slice raw = {value.ptr + 1, value.len - 2};
    if (raw.len == 0 || memchr(raw.ptr, '\\', raw.len) == NULL)
        return raw;
    char *text = arena_alloc(arena, raw.len);
    return slice_between(text, decode(raw, text));
}

bool json_name_is(struct slice raw, struct slice name)
{
    if (raw.len == name.len)
        return slice_equal(raw, name) && (raw.len == 0 || memchr(raw.ptr, '\\', raw.len) == NULL);
    /* Only escapes make a spelled name longer than the decoded one. */
    if (raw.len < name.len || raw.len == 0 || memchr(raw.ptr, '\\', raw.len) == NULL)
        return false;
    char *text = mem_alloc(raw.len);
    bool same = slice_equal(slice_between(text, decode(raw, text)), name);
    mem_free(text);
    return same;
}

bool json_int(struct slice value, int64_t *number)
{
    const char *at = value.ptr, *end = value.ptr + value.len;
    bool negative = at < end && *at == '-';
    if (negative)
        at++;
    if (at == end || !is_digit(*at) || end - at > 19)
        return false;
    uint64_t magnitude = 0; /* 19 digits fit */
    for (; at < end && is_digit(*at); at++)
        magnitude = magnitude * 10 + (uint64_t)(*at - '0');
    if (at != end || magnitude > (uint64_t)INT64_MAX + (negative ? 1 : 0))
        return false;
    *number = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return true;
}

/* Does none of the eight bytes need an escape? */
static bool all_plain(uint64_t bytes)
{
    const uint64_t each = 0x0101010101010101u, top = 0x80 * each;
    uint64_t quote = bytes ^ '"' * each, backslash = bytes ^ '\\' * each;
    uint64_t control = (bytes - 0x20 * each) & ~bytes;
    return ((((quote - each) & ~quote) | ((backslash - each) & ~backslash) | control) & top) == 0;
}

/* Copies a short text, of four to fifteen bytes, if no byte needs an escape. */
static bool copy_short(const char *at, size_t len, char *out)
{
    if (len >= 8) {
        uint64_t first, last;
        memcpy(&first, at, 8);
        memcpy(&last, at + len - 8, 8);
        memcpy(out, &first, 8);
        memcpy(out + len - 8, &last, 8);
        return all_plain(first) && all_plain(last);
    }
    uint32_t first, last;
    memcpy(&first, at, 4);
    memcpy(&last, at + len - 4, 4);
    memcpy(out, &first, 4);
    memcpy(out + len - 4, &last, 4);
    return all_plain((uint64_t)first << 32 | last);
}

/* Copies the bytes before the first that needs an escape, and up to 16 bytes more if the text has them. Returns the end
 * of those bytes in the text; *to moves to the end of their copy. */
static const char *copy_plain(const char *at, const char *end, char **to)
{
    char *out = *to;
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), control = _mm_set1_epi8(0x1f);
    for (; end - at >= 16; at += 16, out += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i stop = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
                                    _mm_cmpeq_epi8(_mm_min_epu8(bytes, control), bytes));
        int mask = _mm_movemask_epi8(stop);
        _mm_storeu_si128((__m128i *)(void *)out, bytes);
        if (mask != 0) {
            int plain = __builtin_ctz((unsigned)mask);
            *to = out + plain;
            return at + plain;
        }
    }
#endif
    if (end - at >= 4 && end - at < 16 && copy_short(at, (size_t)(end - at), out)) {
        *to = out + (end - at);
        return end;
    }
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20)
        *out++ = *at++;
    *to = out;
    return at;
}

static char *write_escape(char *out, char c)
{
    static const char hex[] = "0123456789abcdef", from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    *out++ = '\\';
    const char *known = c != '\0' ? strchr(from, c) : NULL;
    if (known != NULL) {
        *out++ = to[known - from];
        return out;
    }
    memcpy(out, "u00", 3);
    out[3] = hex[(c >> 4) & 1];
    out[4] = hex[c & 15];
    return out + 5;
}

void json_put_string(struct bytes *out, struct slice text)
{
    enum { QUOTES = 2, ESCAPE = 6, TOO_MANY = 16 };
    const char *at = text.ptr, *end = text.ptr + text.len;
    vec_reserve(out, text.len + QUOTES + TOO_MANY);
    char *to = out->items + out->len;
    *to++ = '"';
    while ((at = copy_plain(at, end, &to)) < end) {
        out->len = (size_t)(to - out->items);
        vec_reserve(out, ESCAPE + (size_t)(end - at) + QUOTES + TOO_MANY);
        to = write_escape(out->items + out->len, *at++);
    }
    *to++ = '"';
    out->len = (size_t)(to - out->items);
}

void json_put_lossy(struct bytes *out, struct slice bytes)
{
    struct bytes clean = {0};
    const char *at = bytes.ptr, *end = bytes.ptr + bytes.len;
    while (at < end) {
        size_t len = text_sequence(at, end);
        if (len == 0)
            bytes_put(&clean, SLICE("\xef\xbf\xbd"));
        else
            bytes_append(&clean, at, len);
        at += len > 0 ? len : 1;
    }
    json_put_string(out, bytes_slice(&clean));
    vec_free(&clean);
}
