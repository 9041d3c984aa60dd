/* sentencepiece_normalizer.c - see sentencepiece_normalizer.h. */
#include "sentencepiece_normalizer.h"

#include "../text/byte_vectors.h"
#include "text/text.h"

static const char BLANK[] = SENTENCEPIECE_BLANK;

/* The rest of the text, and how many code points were read. */
struct reading {
    const char *at, *end;
    uint32_t points;
};

/* The replacement of the next characters. They are a user-defined symbol, which stays as it is, a key of the table, or
 * a single character. A byte left over from a key that ended inside a character becomes U+FFFD. */
static struct slice next_prefix(const struct sentencepiece *model, const struct reading *reading, size_t *len)
{
    struct slice rest = slice_between(reading->at, reading->end), becomes;
    if (model->symbol_starts[(unsigned char)*rest.ptr]) {
        *len = sentencepiece_symbol(&model->symbols, rest);
        if (*len > 0)
            return (struct slice){reading->at, *len};
    }
    *len = text_sequence(reading->at, reading->end);
    size_t same;
    if (*len > 0 && charsmap_untouched(&model->charsmap, text_decode(reading->at, &same)))
        return (struct slice){reading->at, *len};
    if (charsmap_longest(&model->charsmap, rest, &becomes, len))
        return becomes;
    *len = text_sequence(reading->at, reading->end);
    if (*len > 0)
        return (struct slice){reading->at, *len};
    *len = 1;
    return SLICE("\xef\xbf\xbd");
}

static void pass(struct reading *reading, size_t len)
{
    for (size_t i = 0; i < len; i++)
        reading->points += ((unsigned char)reading->at[i] & 0xc0) != 0x80;
    reading->at += len;
}

static void put_origins(struct sentencepiece_normalized *out, uint32_t origin)
{
    size_t count = out->text.len - out->origins.len;
    vec_reserve(&out->origins, count);
    for (size_t i = 0; i < count; i++)
        out->origins.items[out->origins.len++] = origin;
}

static void put_blank(const struct sentencepiece *model, struct sentencepiece_normalized *out)
{
    if (model->escape_whitespaces)
        bytes_append(&out->text, BLANK, 3);
    else
        bytes_byte(&out->text, ' ');
}

static void put_text(const struct sentencepiece *model, struct sentencepiece_normalized *out, struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == ' ')
            put_blank(model, out);
        else
            bytes_byte(&out->text, text.ptr[i]);
}

/* Copies printable ASCII, 16 bytes at a time, as far as possible: as put_plain, without origins. */
static void put_printable(const struct sentencepiece *model, struct sentencepiece_normalized *out,
                          struct reading *reading, bool *after_space)
{
#ifdef __SSE2__
    const char *at = reading->at;
    char *to = out->text.items + out->text.len;
    uint32_t removes = model->remove_extra_whitespaces, after = *after_space, kept = 0xffff;
    while (kept == 0xffff && reading->end - at > 2 * BYTE_VECTOR) {
        __m128i bytes = vector_load(at);
        uint32_t is = vector_bits(vector_printable(bytes));
        for (size_t i = 0; i < SENTENCEPIECE_EXCEPTIONS; i++)
            is &= ~vector_bits(vector_equals(bytes, model->exceptions[i]));
        unsigned count = (unsigned)__builtin_ctz(~is);
        if (count > 0 && (unsigned char)at[count] >= 0x80) /* the last one may be the start of a key */
            count--;
        kept = (1u << count) - 1;
        uint32_t spaces = vector_bits(vector_equals(bytes, ' ')) & kept;
        uint32_t dropped = (spaces << 1 | after) & (0 - removes);
        if (count > 0)
            after = spaces >> (count - 1);
        unsigned copied = 0;
        for (; spaces != 0; spaces &= spaces - 1) {
            unsigned space = (unsigned)__builtin_ctz(spaces);
            memcpy(to, at + copied, BYTE_VECTOR);
            to += space - copied;
            memcpy(to, BLANK, sizeof BLANK);
            to += dropped >> space & 1 ? 0 : sizeof BLANK - 1;
            copied = space + 1;
        }
        memcpy(to, at + copied, BYTE_VECTOR);
        to += count - copied;
        at += count;
    }
    *after_space = after != 0;
    reading->at = at;
    out->text.len = (size_t)(to - out->text.items);
#else
    (void)model, (void)out, (void)reading, (void)after_space;
#endif
}

/* Copies a run of ASCII that the table does not change, up to the last character, which may be the start of a key;
 * marks blanks and, if asked to, keeps only one of several in a row. There must be room for it. */
static void put_plain(const struct sentencepiece *model, struct sentencepiece_normalized *out, struct reading *reading,
                      bool wants_origins, bool *after_space)
{
    if (!wants_origins && model->printable)
        put_printable(model, out, reading, after_space);
    const char *at = reading->at;
    char *to = out->text.items + out->text.len;
    const bool removes = model->remove_extra_whitespaces, escapes = model->escape_whitespaces;
    while (reading->end - at > 1 && (unsigned char)at[0] < 0x80 && (unsigned char)at[1] < 0x80 &&
           model->plain[(unsigned char)*at]) {
        if (*at != ' ') {
            *to++ = *at;
        } else if (!*after_space || !removes) {
            memcpy(to, escapes ? BLANK : "   ", 3);
            to += escapes ? 3 : 1;
        }
        *after_space = *at == ' ';
        at++;
        out->text.len = (size_t)(to - out->text.items);
        if (wants_origins)
            put_origins(out, reading->points);
        reading->points++;
    }
    reading->at = at;
}

/* Copies a run of characters beyond ASCII that no key of the table starts with. There must be room for it. */
static void put_untouched(const struct sentencepiece *model, struct sentencepiece_normalized *out,
                          struct reading *reading, bool wants_origins, bool *after_space)
{
    enum { LEAST_LEAD = 0xc2 };
    while (reading->at < reading->end && (unsigned char)*reading->at >= LEAST_LEAD &&
           !model->symbol_starts[(unsigned char)*reading->at]) {
        size_t len;
        if (!charsmap_untouched(&model->charsmap, text_decode(reading->at, &len)))
            break;
        for (size_t i = 0; i < len; i++)
            out->text.items[out->text.len++] = *reading->at++;
        if (wants_origins)
            put_origins(out, reading->points);
        reading->points++;
        *after_space = false;
    }
}

/* Removes blanks at the end. */
static void trim_end(const struct sentencepiece *model, struct sentencepiece_normalized *out, struct reading *reading)
{
    struct bytes *text = &out->text;
    size_t len = model->escape_whitespaces ? 3 : 1;
    const char *blank = model->escape_whitespaces ? BLANK : " ";
    while (text->len >= len && memcmp(text->items + text->len - len, blank, len) == 0) {
        text->len -= len;
        if (out->origins.len > text->len) {
            reading->points = out->origins.items[text->len];
            out->origins.len = text->len;
        }
    }
}

/* The text as the model sees it; origins if wanted, one more than bytes. */
void sentencepiece_normalize(const struct sentencepiece *model, struct slice text, bool wants_origins,
                             struct sentencepiece_normalized *out)
{
    enum { SLACK = 32 }; /* what is written beyond the end */
    struct reading reading = {text.ptr, text.ptr + text.len, 0};
    bool removes = model->remove_extra_whitespaces, after_space = removes;
    out->text.len = out->origins.len = 0;
    for (size_t len; removes && reading.at < reading.end; pass(&reading, len))
        if (!slice_is(next_prefix(model, &reading, &len), " "))
            break;
    if (reading.at == reading.end)
        return;
    if (model->dummy_prefix && !model->whitespace_is_suffix)
        put_blank(model, out);
    if (wants_origins)
        put_origins(out, reading.points);
    while (reading.at < reading.end) {
        vec_reserve(&out->text, 3 * (size_t)(reading.end - reading.at) + SLACK);
        put_plain(model, out, &reading, wants_origins, &after_space);
        put_untouched(model, out, &reading, wants_origins, &after_space);
        if (reading.at == reading.end)
            break;
        size_t len;
        struct slice becomes = next_prefix(model, &reading, &len);
        while (after_space && removes && becomes.len > 0 && *becomes.ptr == ' ')
            becomes = (struct slice){becomes.ptr + 1, becomes.len - 1};
        if (becomes.len > 0) {
            put_text(model, out, becomes);
            after_space = becomes.ptr[becomes.len - 1] == ' ';
        }
        if (wants_origins)
            put_origins(out, reading.points);
        pass(&reading, len);
    }
    if (removes)
        trim_end(model, out, &reading);
    if (model->dummy_prefix && model->whitespace_is_suffix)
        put_blank(model, out);
    if (wants_origins) {
        put_origins(out, reading.points);
        vec_push(&out->origins, reading.points);
    }
}
