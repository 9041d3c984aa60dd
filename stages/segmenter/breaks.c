/* breaks.c - sentences and words by ICU: see breaks.h. */
#include "breaks.h"

#include "ascii.h"
#include "ascii_sentences.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/vec.h"
#include "text/language.h"

#include <unicode/ubrk.h>
#include <unicode/uchar.h>

enum { MOST_LANGUAGES = 64 }; /* kept open; a stream with more languages reopens them */

struct language {
    struct slice tag;
    char *locale;
    UBreakIterator *words, *sentences; /* NULL: not needed so far */
    struct ascii_rules rules;
    bool rules_hold; /* in ASCII they give the same words as ICU */
    struct ascii_sentences sentence_rules;
    bool sentence_rules_hold;
    bool known; /* language_is_known */
};

struct breaks {
    struct language *items;
    size_t len, cap;
};

/* ---- passages ---- */

int breaks_passage(struct passage *passage, struct slice text)
{
    if (text.len > TEXT_MOST_BYTES)
        return diag_error("the text has %zu bytes, more than the limit of %d", text.len, TEXT_MOST_BYTES);
    struct text_units *units = &passage->units;
    units->len = 0;
    passage->wide = false;
    passage->ascii = text_is_ascii(text);
    vec_reserve(units, text.len + 1); /* not NULL even if the text is empty */
    if (passage->ascii) {
        for (size_t i = 0; i < text.len; i++)
            units->items[i] = (unsigned char)text.ptr[i];
        units->len = text.len;
        return 0;
    }
    size_t len;
    for (const char *at = text.ptr, *end = at + text.len; at < end; at += len) {
        text_push_units(units, text_decode(at, &len));
        passage->wide |= len == 4;
    }
    return 0;
}

/* Advances from *unit to `target`; returns the code point offset of `target`. */
static uint32_t to_point(const struct text_units *units, size_t *unit, uint32_t *trails, uint32_t target)
{
    for (; *unit < target; ++*unit)
        *trails += (units->items[*unit] & 0xfc00) == 0xdc00;
    return target - *trails;
}

void breaks_to_points(const struct passage *passage, struct spans *spans)
{
    if (!passage->wide)
        return;
    size_t unit = 0;
    uint32_t trails = 0;
    for (size_t i = 0; i < spans->len; i++) {
        struct span *span = &spans->items[i];
        span->start = to_point(&passage->units, &unit, &trails, span->start);
        span->end = to_point(&passage->units, &unit, &trails, span->end);
    }
}

/* Advances *unit to code point `target`. */
static uint32_t to_unit(const struct text_units *units, size_t *unit, uint32_t *point, uint32_t target)
{
    for (; *point < target && *unit < units->len; ++*point)
        *unit += text_unit_count(units->items + *unit);
    return (uint32_t)*unit;
}

void breaks_to_units(const struct passage *passage, struct spans *spans)
{
    if (!passage->wide)
        return;
    size_t unit = 0;
    uint32_t point = 0;
    for (size_t i = 0; i < spans->len; i++) {
        struct span *span = &spans->items[i];
        span->start = to_unit(&passage->units, &unit, &point, span->start);
        span->end = to_unit(&passage->units, &unit, &point, span->end);
    }
}

/* ---- languages ---- */

struct breaks *breaks_new(void)
{
    return mem_zalloc(1, sizeof(struct breaks));
}

static void close_languages(struct breaks *breaks)
{
    for (size_t i = 0; i < breaks->len; i++) {
        struct language *language = &breaks->items[i];
        ubrk_close(language->words);
        ubrk_close(language->sentences);
        mem_free(language->locale);
        mem_free((char *)(uintptr_t)language->tag.ptr);
    }
    breaks->len = 0;
}

void breaks_free(struct breaks *breaks)
{
    if (breaks == NULL)
        return;
    close_languages(breaks);
    vec_free(breaks);
    mem_free(breaks);
}

static struct language *find_language(struct breaks *breaks, struct slice tag)
{
    for (size_t i = 0; i < breaks->len; i++)
        if (slice_equal(breaks->items[i].tag, tag))
            return &breaks->items[i];
    if (breaks->len == MOST_LANGUAGES)
        close_languages(breaks);
    struct language language = {
        .tag = {mem_string(tag.ptr, tag.len), tag.len},
        .locale = language_locale(tag),
        .known = language_is_known(tag),
    };
    if (language.locale == NULL)
        language.locale = mem_string("", 0);
    vec_push(breaks, language);
    return &breaks->items[breaks->len - 1];
}

bool breaks_knows(struct breaks *breaks, struct slice tag)
{
    return find_language(breaks, tag)->known;
}

/* Opens the iterator unless it is open, and sets its text. */
static int start(UBreakIterator **iterator, UBreakIteratorType type, const char *locale, const uint16_t *units,
                 size_t count)
{
    UErrorCode status = U_ZERO_ERROR;
    if (*iterator == NULL)
        *iterator = ubrk_open(type, locale, NULL, 0, &status);
    if (U_SUCCESS(status))
        ubrk_setText(*iterator, units, (int32_t)count, &status);
    if (U_FAILURE(status))
        return diag_kind(STATUS_FAILED, "ICU can't find boundaries: %s", u_errorName(status));
    return 0;
}

/* ---- boundaries ---- */

static void push(struct spans *spans, size_t start_unit, size_t end_unit)
{
    struct span span = {(uint32_t)start_unit, (uint32_t)end_unit};
    vec_push(spans, span);
}

/* Without white space at its ends, unless it is nothing else. */
static void push_trimmed(struct spans *spans, const uint16_t *units, struct span span)
{
    while (span.start < span.end && text_is_space(units[span.start]))
        span.start++;
    while (span.start < span.end && text_is_space(units[span.end - 1]))
        span.end--;
    if (span.start < span.end)
        vec_push(spans, span);
}

/* Where the next sentence starts. UAX #29 takes every bracket and quote after a full stop as a closing one. */
static uint32_t sentence_end(const uint16_t *units, uint32_t start, uint32_t end, uint32_t text_end)
{
    if (end == text_end)
        return end;
    uint32_t at = end;
    while (at > start) {
        int8_t type = u_charType(units[at - 1]); /* all of these have one unit */
        if (type != U_START_PUNCTUATION && type != U_INITIAL_PUNCTUATION)
            break;
        at--;
    }
    return at > start ? at : end;
}

/* Do the rules of ASCII find the same boundaries as ICU? A locale with keywords may have exceptions, as in
 * en-u-ss-standard: words that no probe asks for. */
static int learn_sentences(struct language *language)
{
    struct text_units units = {0};
    ascii_sentences_init(&language->sentence_rules);
    ascii_sentences_probes(&units);
    int status = start(&language->sentences, UBRK_SENTENCE, language->locale, units.items, units.len);
    language->sentence_rules_hold = status == 0 && strchr(language->locale, '@') == NULL;
    for (size_t at = 0; language->sentence_rules_hold && at < units.len;) {
        at = ascii_sentences_next(&language->sentence_rules, &units, at);
        language->sentence_rules_hold = ubrk_next(language->sentences) == (int32_t)at;
    }
    vec_free(&units);
    return status;
}

int breaks_sentences(struct breaks *breaks, struct slice tag, const struct passage *passage, struct spans *sentences)
{
    struct language *language = find_language(breaks, tag);
    const struct text_units *units = &passage->units;
    uint32_t at = 0, text_end = (uint32_t)units->len;
    sentences->len = 0;
    if (language->sentences == NULL && learn_sentences(language) < 0)
        return -1;
    bool by_rules = passage->ascii && language->sentence_rules_hold;
    if (!by_rules && start(&language->sentences, UBRK_SENTENCE, language->locale, units->items, units->len) < 0)
        return -1;
    for (size_t next = 0; next < units->len;) {
        next = by_rules ? ascii_sentences_next(&language->sentence_rules, units, next)
                        : (size_t)ubrk_next(language->sentences);
        struct span span = {at, sentence_end(units->items, at, (uint32_t)next, text_end)};
        at = span.end;
        push_trimmed(sentences, units->items, span);
    }
    return 0;
}

void breaks_lines(const struct passage *passage, struct spans *lines)
{
    const uint16_t *units = passage->units.items;
    uint32_t start = 0, count = (uint32_t)passage->units.len;
    lines->len = 0;
    for (uint32_t at = 0; at < count; at++) {
        if (units[at] != '\n' && units[at] != '\r')
            continue;
        push_trimmed(lines, units, (struct span){start, at});
        start = at + 1;
    }
    push_trimmed(lines, units, (struct span){start, count});
}

/* Appends the words of the units [from, to) by ICU. */
static int icu_words(struct language *language, const uint16_t *units, size_t from, size_t to, struct spans *words)
{
    if (start(&language->words, UBRK_WORD, language->locale, units + from, to - from) < 0)
        return -1;
    size_t at = from;
    for (int32_t next = ubrk_next(language->words); next != UBRK_DONE; next = ubrk_next(language->words)) {
        size_t end = from + (size_t)next;
        while (at < end) {
            size_t space = at;
            while (space < end && !text_is_space(units[space]))
                space++;
            if (at < space)
                push(words, at, space);
            for (at = space; at < end && text_is_space(units[at]);)
                at++;
        }
    }
    return 0;
}

/* The end of the characters up to the next ASCII white space. */
static size_t token_end(const struct text_units *units, size_t at, bool *ascii)
{
    uint16_t all = 0;
    for (; at < units->len && (units->items[at] > ' ' || !text_is_space(units->items[at])); at++)
        all |= units->items[at];
    *ascii = all < 0x80;
    return at;
}

/* No rule reaches across ASCII white space, so the pieces between white space can be cut separately: ASCII pieces
 * without ICU, which is many times as fast, and runs of other pieces with ICU. */
static int mixed_words(struct language *language, const struct text_units *units, struct spans *words)
{
    size_t from = 0, to = 0; /* the units to be cut by ICU */
    for (size_t at = 0, end; at < units->len; at = end) {
        bool ascii;
        end = token_end(units, at, &ascii);
        if (!ascii) {
            from = from < to ? from : at;
            to = end;
        } else if (at < end) {
            if (from < to && icu_words(language, units->items, from, to, words) < 0)
                return -1;
            from = to = 0;
            ascii_words(&language->rules, units->items, at, end, words);
        } else {
            end++;
        }
    }
    return from < to ? icu_words(language, units->items, from, to, words) : 0;
}

/* For ascii_learn. */
static int cut_by_icu(void *language, const struct text_units *units, struct spans *words)
{
    return icu_words(language, units->items, 0, units->len, words);
}

int breaks_words(struct breaks *breaks, struct slice tag, const struct passage *passage, struct spans *words)
{
    struct language *language = find_language(breaks, tag);
    const struct text_units *units = &passage->units;
    words->len = 0;
    if (language->words == NULL && ascii_learn(&language->rules, &language->rules_hold, cut_by_icu, language) < 0)
        return -1;
    return language->rules_hold ? mixed_words(language, units, words) : cut_by_icu(language, units, words);
}
