/* entries.c - words and phrases from a lexicon: see entries.h. */
#include "entries.h"

#include "base/diag.h"
#include "base/vec.h"
#include "scripts.h"

#include <unicode/uchar.h>

/* ---- the file ---- */

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && is_blank(*at))
        at++;
    return at;
}

/* Is this a frequency, a tag, or both, up to the end of the line? tag_alone: a tag may stand without a frequency. */
static bool is_frequency(const char *at, const char *end, bool tag_alone)
{
    const char *number = at;
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    if (at == number && !tag_alone)
        return false;
    if (at < end && at > number && !is_blank(*at))
        return false;
    at = skip_blanks(at, end);
    while (at < end && ((*at >= 'a' && *at <= 'z') || (at > number && *at >= '0' && *at <= '9')))
        at++;
    return skip_blanks(at, end) == end;
}

/* Does the character before `end` belong to a script without spaces? */
static bool ends_unspaced(const char *start, const char *end)
{
    const char *at = end;
    size_t len;
    while (at > start && ((unsigned char)*--at & 0xc0) == 0x80)
        continue;
    return text_is_utf8(slice_between(at, end)) && script_is_unspaced(text_decode(at, &len));
}

/* "word 3 n" becomes "word<tab>3 n": what follows the tab of a line is a label. */
static void mark_frequency(char *line, char *end)
{
    char *word = (char *)(uintptr_t)skip_blanks(line, end), *blank = word;
    if (end > line && end[-1] == '\r')
        end--;
    while (blank < end && !is_blank(*blank))
        blank++;
    const char *rest = skip_blanks(blank, end);
    if (blank == word || rest == end || *word == '#' || !is_frequency(rest, end, ends_unspaced(word, blank)))
        return;
    for (char *at = blank; at < end; at++)
        if (*at == '\t')
            *at = ' ';
    *blank = '\t';
}

static struct lexicon *read_words(struct bytes *bytes, const char *name)
{
    char *end = bytes->items + bytes->len, *next;
    for (char *line = bytes->items; line < end; line = next + 1) {
        next = memchr(line, '\n', (size_t)(end - line));
        next = next != NULL ? next : end;
        mark_frequency(line, next);
    }
    return lexicon_read(bytes_slice(bytes), name, LEXICON_WORDS);
}

void *entries_load(const char *path)
{
    return lexicon_load_as(path, read_words);
}

int entries_check(const struct lexicon *words, const char *path)
{
    size_t phrase = lexicon_first_phrase(words);
    if (phrase == lexicon_count(words))
        return 0;
    struct lexicon_entry entry = lexicon_entry(words, phrase);
    return diag_error("%s:%zu: \"%.*s\" is more than one word; use --phrases for phrases", path, entry.line,
                      (int)entry.text.len, entry.text.ptr);
}

/* ---- matching ---- */

static uint32_t point_before(const struct text_units *units, size_t at)
{
    bool trail = at >= 2 && (units->items[at - 1] & 0xfc00) == 0xdc00;
    return text_unit_point(units->items + at - (trail ? 2 : 1));
}

/* May an entry start or end here, between two characters of a word? */
static bool may_cut(const struct text_units *units, size_t at)
{
    uint32_t point = text_unit_point(units->items + at);
    if (!script_is_unspaced(point) && !script_is_unspaced(point_before(units, at)))
        return false;
    switch (u_getIntPropertyValue((UChar32)point, UCHAR_GRAPHEME_CLUSTER_BREAK)) {
    case U_GCB_EXTEND:
    case U_GCB_SPACING_MARK:
    case U_GCB_ZWJ:
        return false;
    default:
        return true;
    }
}

/* Takes the character at `at`, or all white space there, which counts as a space; `at` advances past it. */
static bool step(const struct lexicon *lexicon, struct lexicon_walk *walk, const struct text_units *units, size_t *at)
{
    char bytes[4];
    if (text_is_space(units->items[*at])) {
        while (*at < units->len && text_is_space(units->items[*at]))
            ++*at;
        return lexicon_step(lexicon, walk, ' ');
    }
    size_t len = text_encode(text_unit_point(units->items + *at), bytes);
    *at += text_unit_count(units->items + *at);
    return lexicon_steps(lexicon, walk, (struct slice){bytes, len});
}

/* The end of the longest entry that starts at `start`, in words[word], and ends at `limit` or before; 0 if there is
 * none. *number is the entry's. */
static size_t match(const struct lexicon *lexicon, const struct text_units *units, const struct spans *words,
                    size_t word, size_t start, size_t limit, size_t *number)
{
    size_t longest = 0, ending;
    struct lexicon_walk walk = LEXICON_START;
    for (size_t at = start; at < limit;) {
        if (!step(lexicon, &walk, units, &at))
            break;
        if (!lexicon_ends(lexicon, &walk, &ending))
            continue;
        while (words->items[word].end < at)
            word++;
        if (words->items[word].end == at || may_cut(units, at)) {
            longest = at;
            *number = ending;
        }
    }
    return longest;
}

static void push(struct spans *spans, size_t start, size_t end)
{
    if (start < end) {
        struct span span = {(uint32_t)start, (uint32_t)end};
        vec_push(spans, span);
    }
}

void entries_cut(const struct lexicon *lexicon, const struct passage *passage, const struct spans *words,
                 struct spans *cut)
{
    const struct text_units *units = &passage->units;
    size_t number, done = 0; /* done: the text up to here is in `cut` */
    cut->len = 0;
    for (size_t i = 0; i < words->len; i++) {
        struct span word = words->items[i];
        size_t rest = word.start > done ? word.start : done;
        for (size_t at = rest; at < word.end;) {
            bool border = at == word.start || may_cut(units, at);
            size_t end = border ? match(lexicon, units, words, i, at, units->len, &number) : 0;
            if (end == 0) {
                at += text_unit_count(units->items + at);
                continue;
            }
            push(cut, rest, at);
            push(cut, at, end);
            at = rest = done = end;
        }
        push(cut, rest, word.end);
    }
}

void entries_find(const struct lexicon *lexicon, const struct passage *passage, const struct spans *words,
                  const struct spans *closed, struct entry_places *found)
{
    const struct text_units *units = &passage->units;
    size_t at = 0, next = 0; /* next: the first of the closed spans that ends behind `at` */
    found->len = 0;
    for (size_t i = 0; i < words->len; i++) {
        struct span word = words->items[i];
        at = word.start > at ? word.start : at;
        while (at < word.end) {
            while (next < closed->len && closed->items[next].end <= at)
                next++;
            size_t limit = next < closed->len ? closed->items[next].start : units->len;
            if (limit <= at) {
                at = closed->items[next].end;
                continue;
            }
            struct entry_place place = {.place = {(uint32_t)at, 0}};
            size_t end =
                at == word.start || may_cut(units, at) ? match(lexicon, units, words, i, at, limit, &place.number) : 0;
            place.place.end = (uint32_t)end;
            if (end > 0)
                vec_push(found, place);
            at = end > 0 ? end : at + text_unit_count(units->items + at);
        }
    }
}

void entries_phrases(const struct lexicon *lexicon, const struct passage *passage, const struct spans *words,
                     struct spans *phrases)
{
    const struct text_units *units = &passage->units;
    phrases->len = 0;
    for (size_t first = 0, next; first < words->len; first = next) {
        struct lexicon_walk walk = LEXICON_START;
        size_t longest = 0, number; /* longest: in words */
        for (size_t i = first; i < words->len; i++) {
            struct span word = words->items[i];
            bool goes_on = i == first || words->items[i - 1].end == word.start || lexicon_step(lexicon, &walk, ' ');
            for (size_t at = word.start; at < word.end && goes_on;)
                goes_on = step(lexicon, &walk, units, &at);
            if (!goes_on)
                break;
            if (lexicon_ends(lexicon, &walk, &number))
                longest = i - first + 1;
        }
        next = first + (longest > 0 ? longest : 1);
        if (longest > 0)
            push(phrases, words->items[first].start, words->items[next - 1].end);
    }
}
