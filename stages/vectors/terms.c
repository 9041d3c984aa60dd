/* terms.c - see terms.h. */
#include "terms.h"

#include "base/diag.h"
#include "record/annotations.h"
#include "text/json.h"
#include "text/text.h"

const char *const term_unit_names[] = {"words", "space", "chars", "ids", NULL};

/* ---- options ---- */

static bool read_length(struct slice *text, size_t *length)
{
    size_t digits = 0;
    *length = 0;
    for (; digits < text->len && text->ptr[digits] >= '0' && text->ptr[digits] <= '9' && *length <= TERM_MOST_UNITS;
         digits++)
        *length = *length * 10 + (size_t)(text->ptr[digits] - '0');
    *text = (struct slice){text->ptr + digits, text->len - digits};
    return digits > 0 && *length >= 1 && *length <= TERM_MOST_UNITS;
}

int term_rules_read(const char *ngrams, struct term_rules *rules)
{
    struct slice text = slice_of(ngrams);
    bool good = read_length(&text, &rules->least);
    rules->most = rules->least;
    if (good && text.len > 0 && text.ptr[0] == '-') {
        text = (struct slice){text.ptr + 1, text.len - 1};
        good = read_length(&text, &rules->most);
    }
    if (!good || text.len > 0 || rules->most < rules->least)
        return diag_error(
            "--ngrams: expected A-B, two lengths from 1 to %d of which the second is not smaller, such as "
            "1-2; found \"%s\"",
            TERM_MOST_UNITS, ngrams);
    return 0;
}

/* ---- units ---- */

void terms_release(struct terms *terms)
{
    vec_free(&terms->units);
    vec_free(&terms->digits);
    vec_free(&terms->joined);
}

/* What a byte says about white space. */
enum { BYTE_OTHER, BYTE_SPACE, BYTE_UNKNOWN /* it begins a code point beyond ASCII */ };
static const unsigned char byte_kinds[256] = {
    ['\t'] = BYTE_SPACE,   ['\n'] = BYTE_SPACE,   ['\v'] = BYTE_SPACE,   ['\f'] = BYTE_SPACE,
    ['\r'] = BYTE_SPACE,   [' '] = BYTE_SPACE,    [0xc2] = BYTE_UNKNOWN, /* U+0085, U+00A0 */
    [0xe1] = BYTE_UNKNOWN, [0xe2] = BYTE_UNKNOWN, [0xe3] = BYTE_UNKNOWN, /* U+1680, U+2000 to U+205F, U+3000 */
};

/* Eight ASCII bytes: the highest bit of each that is white space. */
static inline uint64_t spaces_in_word(uint64_t word)
{
    const uint64_t ones = 0x0101010101010101, low = 0x7f * ones;
    uint64_t from_tab = word + 0x77 * ones, from_shift_out = word + 0x72 * ones;
    uint64_t no_space = (word ^ ' ' * ones) + low;
    return ((from_tab & ~from_shift_out) | ~no_space) & ~low;
}

/* The white space of a block as bits, the lowest for the first byte. False if the block is not all ASCII. */
enum { BLOCK = 64 };
static bool spaces_in_block(const char *at, uint64_t *spaces)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t words[BLOCK / 8], any = 0;
    memcpy(words, at, BLOCK);
    *spaces = 0;
    for (unsigned i = 0; i < BLOCK / 8; i++) {
        any |= words[i];
        *spaces |= (spaces_in_word(words[i]) >> 7) * 0x0102040810204080 >> 56 << (8 * i);
    }
    return (any & 0x8080808080808080) == 0;
#else
    (void)at;
    (void)spaces;
    return false;
#endif
}

/* Goes on from `at` to `until` or just beyond it, byte by byte; *start: where the unit begins that is being read. */
static const char *read_bytes(struct terms *terms, const char *at, const char *until, const char **start)
{
    while (at < until) {
        unsigned kind = byte_kinds[(unsigned char)*at];
        size_t len = 1;
        if (kind == BYTE_OTHER) {
            at++;
            continue;
        }
        if (kind == BYTE_SPACE || text_is_space(text_decode(at, &len))) {
            if (at > *start)
                vec_push(&terms->units, slice_between(*start, at));
            *start = at + len;
        }
        at += len;
    }
    return at;
}

/* Most text is ASCII, and how long its words are can't be foretold: so white space is found for a block at once. */
static void read_space(struct terms *terms, struct slice text)
{
    const char *at = text.ptr, *end = at + text.len, *start = at;
    while (end - at >= BLOCK) {
        uint64_t spaces;
        if (!spaces_in_block(at, &spaces)) {
            at = read_bytes(terms, at, at + BLOCK, &start);
            continue;
        }
        vec_reserve(&terms->units, BLOCK);
        for (; spaces != 0; spaces &= spaces - 1) {
            const char *space = at + __builtin_ctzll(spaces);
            if (space > start)
                terms->units.items[terms->units.len++] = slice_between(start, space);
            start = space + 1;
        }
        at += BLOCK;
    }
    (void)read_bytes(terms, at, end, &start);
    if (end > start)
        vec_push(&terms->units, slice_between(start, end));
}

static void read_chars(struct terms *terms, struct slice text)
{
    const char *at = text.ptr, *end = at + text.len;
    vec_reserve(&terms->units, text.len);
    while (at < end) {
        size_t len;
        (void)text_decode(at, &len);
        terms->units.items[terms->units.len++] = (struct slice){at, len};
        at += len;
    }
}

/* Empty words are no units. */
static int read_words(struct terms *terms, const struct record *in, struct slice field, struct slice text,
                      struct arena *arena)
{
    const struct span *words;
    size_t count;
    if (rec_present(in, SLICE("words")) == NULL)
        return member_missing(in, SLICE("words"), "");
    if (!annotations_belong(in, field))
        return diag_error("words: those of the record are of its text, not of %.*s (--unit space or chars)",
                          (int)field.len, field.ptr);
    if (rec_spans(in, SLICE("words"), arena, &words, &count) < 0)
        return -1;
    bool ascii = text_is_ascii(text);
    size_t length = ascii ? text.len : text_length(text);
    struct text_place place = text_start(text);
    for (size_t i = 0; i < count; i++) {
        if (words[i].start > words[i].end || words[i].end > length)
            return diag_error("words[%zu]: [%u,%u] is not within the text, which has %zu character%s", i,
                              words[i].start, words[i].end, length, diag_s(length));
        size_t start = ascii ? words[i].start : text_to_point(&place, words[i].start);
        size_t end = ascii ? words[i].end : text_to_point(&place, words[i].end);
        if (end > start)
            vec_push(&terms->units, ((struct slice){text.ptr + start, end - start}));
    }
    return 0;
}

/* The numbers are printed with spaces between them, so that their n-grams stand there as they are. */
static int read_ids(struct terms *terms, const struct record *in, struct arena *arena)
{
    const int32_t *ids;
    size_t count, at = 0;
    if (rec_present(in, SLICE("input_ids")) == NULL)
        return member_missing(in, SLICE("input_ids"), "");
    if (rec_ints(in, SLICE("input_ids"), arena, &ids, &count) < 0)
        return -1;
    terms->digits.len = 0;
    vec_reserve(&terms->digits, count * (JSON_INT32_BYTES + 1) + JSON_INT_BYTES + TERM_READABLE);
    for (size_t i = 0; i < count; i++) {
        char *start = terms->digits.items + at, *end = json_write_int(start, ids[i]);
        vec_push(&terms->units, slice_between(start, end));
        *end = ' ';
        at += (size_t)(end - start) + 1;
    }
    memset(terms->digits.items + at, 0, TERM_READABLE);
    terms->end = terms->digits.items + at + TERM_READABLE;
    return 0;
}

int terms_read(struct terms *terms, const struct record *in, struct slice field, struct arena *arena)
{
    struct slice text;
    terms->units.len = 0;
    terms->start = terms->length = 0;
    if (terms->rules.unit == UNIT_IDS)
        return read_ids(terms, in, arena);
    if (rec_text(in, field, arena, &text) < 0)
        return -1;
    terms->end = text.ptr + text.len;
    switch (terms->rules.unit) {
    case UNIT_SPACE:
        read_space(terms, text);
        return 0;
    case UNIT_CHARS:
        read_chars(terms, text);
        return 0;
    default:
        return read_words(terms, in, field, text, arena);
    }
}

/* ---- terms ---- */

/* Units that stand in memory as their term is spelled need not be copied. */
static bool stand_together(const struct terms *terms, const struct slice *units, size_t count)
{
    size_t gap = terms->rules.unit == UNIT_CHARS ? 0 : 1;
    for (size_t i = 1; i < count; i++) {
        const char *end = units[i - 1].ptr + units[i - 1].len;
        if (units[i].ptr != end + gap || (gap > 0 && *end != ' '))
            return false;
    }
    return true;
}

/* Appends the term to `joined`, which may move: its place is an offset until all of the batch are there. */
static struct slice join(struct terms *terms, const struct slice *units, size_t count)
{
    size_t start = terms->joined.len;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && terms->rules.unit != UNIT_CHARS)
            bytes_byte(&terms->joined, ' ');
        bytes_put(&terms->joined, units[i]);
    }
    return (struct slice){NULL, start};
}

/* Goes to the next term; false after the last. */
static bool advance(struct terms *terms)
{
    if (terms->length == 0)
        terms->length = terms->rules.least;
    while (terms->start + terms->length > terms->units.len) {
        if (terms->length == terms->rules.most)
            return false;
        terms->length++;
        terms->start = 0;
    }
    return true;
}

/* Do the units stand in memory as their term is to be: together, and with enough behind them that can be read? */
static bool stands_there(const struct terms *terms, const struct slice *units, size_t count)
{
    return terms->end - units[0].ptr >= TERM_READABLE && (count == 1 || stand_together(terms, units, count));
}

size_t terms_next(struct terms *terms, struct slice batch[TERMS_AT_ONCE])
{
    size_t count = 0, end;
    terms->joined.len = 0;
    for (; count < TERMS_AT_ONCE && advance(terms); count++) {
        const struct slice *units = &terms->units.items[terms->start++], *last = units + terms->length - 1;
        if (stands_there(terms, units, terms->length))
            batch[count] = slice_between(units->ptr, last->ptr + last->len);
        else
            batch[count] = join(terms, units, terms->length);
    }
    end = terms->joined.len;
    bytes_append(&terms->joined, (const char[TERM_READABLE]){0}, TERM_READABLE);
    for (size_t i = count; i-- > 0;) {
        if (batch[i].ptr != NULL)
            continue;
        size_t start = batch[i].len;
        batch[i] = (struct slice){terms->joined.items + start, end - start};
        end = start;
    }
    return count;
}
