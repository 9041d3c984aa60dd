/* entries.c - words and phrases from a lexicon: see entries.h. */
#include "entries.h"

#include "base/vec.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

/* Does its script have no spaces between words? (ICU has dictionaries for these scripts.) */
static bool is_unspaced(uint32_t point)
{
    if (point < 0xe00)
        return false;
    UChar32 c = (UChar32)point;
    if (u_getIntPropertyValue(c, UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT ||
        u_getIntPropertyValue(c, UCHAR_WORD_BREAK) == U_WB_KATAKANA)
        return true;
    UErrorCode status = U_ZERO_ERROR;
    UScriptCode script = uscript_getScript(c, &status);
    return script == USCRIPT_HAN || script == USCRIPT_HIRAGANA || script == USCRIPT_BOPOMOFO;
}

static uint32_t point_before(const struct text_units *units, size_t at)
{
    bool trail = at >= 2 && (units->items[at - 1] & 0xfc00) == 0xdc00;
    return text_unit_point(units->items + at - (trail ? 2 : 1));
}

/* May an entry start or end here, between two characters of a word? */
static bool may_cut(const struct text_units *units, size_t at)
{
    uint32_t point = text_unit_point(units->items + at);
    if (!is_unspaced(point) && !is_unspaced(point_before(units, at)))
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

/* The state after the character at `at`, which advances past it. */
static uint32_t step(const struct lexicon *lexicon, uint32_t state, const struct text_units *units, size_t *at)
{
    char bytes[4];
    size_t len = text_encode(text_unit_point(units->items + *at), bytes);
    *at += text_unit_count(units->items + *at);
    return lexicon_steps(lexicon, state, (struct slice){bytes, len});
}

/* The end of the longest entry that starts at `start`, in words[word]; 0 if there is none. */
static size_t match(const struct lexicon *lexicon, const struct text_units *units, const struct spans *words,
                    size_t word, size_t start)
{
    size_t longest = 0, number;
    uint32_t state = LEXICON_START;
    for (size_t at = start; at < units->len;) {
        state = step(lexicon, state, units, &at);
        if (state == LEXICON_DEAD)
            break;
        if (!lexicon_ends(lexicon, state, &number))
            continue;
        while (words->items[word].end < at)
            word++;
        if (words->items[word].end == at || may_cut(units, at))
            longest = at;
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
    size_t done = 0; /* the text up to here is in `cut` */
    cut->len = 0;
    for (size_t i = 0; i < words->len; i++) {
        struct span word = words->items[i];
        size_t rest = word.start > done ? word.start : done;
        for (size_t at = rest; at < word.end;) {
            bool border = at == word.start || may_cut(units, at);
            size_t end = border ? match(lexicon, units, words, i, at) : 0;
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

void entries_phrases(const struct lexicon *lexicon, const struct passage *passage, const struct spans *words,
                     struct spans *phrases)
{
    const struct text_units *units = &passage->units;
    phrases->len = 0;
    for (size_t first = 0, next; first < words->len; first = next) {
        uint32_t state = LEXICON_START;
        size_t longest = 0, number; /* longest: in words */
        for (size_t i = first; i < words->len; i++) {
            struct span word = words->items[i];
            if (i > first && words->items[i - 1].end < word.start)
                state = lexicon_step(lexicon, state, ' ');
            for (size_t at = word.start; at < word.end && state != LEXICON_DEAD;)
                state = step(lexicon, state, units, &at);
            if (state == LEXICON_DEAD)
                break;
            if (lexicon_ends(lexicon, state, &number))
                longest = i - first + 1;
        }
        next = first + (longest > 0 ? longest : 1);
        if (longest > 0)
            push(phrases, words->items[first].start, words->items[next - 1].end);
    }
}
