/* word_starts.c - see word_starts.h. */
#include "word_starts.h"

#include "base/diag.h"

#include <string.h>

/* ---- the kind of a token ---- */

static const char *const spaces[] = {" ", "\xe2\x96\x81", "\xc4\xa0"};
static const char *const others[] = {"\n", "\t", "\r", "\xc2\xa0", "\xe3\x80\x80"};
static const char *const bytes[] = {"<0x20>", "<0x0A>", "<0x09>", "<0x0D>"};

/* The length of the first of these with which the text begins, or 0. */
static size_t prefix(struct slice text, const char *const *strings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (slice_starts(text, slice_of(strings[i])))
            return slice_of(strings[i]).len;
    return 0;
}

static size_t blank_at(struct slice text)
{
    size_t space = prefix(text, spaces, sizeof spaces / sizeof *spaces);
    return space > 0 ? space : prefix(text, others, sizeof others / sizeof *others);
}

uint8_t word_starts_kind(struct slice token)
{
    if (prefix(token, bytes, sizeof bytes / sizeof *bytes) == token.len)
        return token.len > 0 ? TOKEN_BLANK | TOKEN_BLANK_FIRST | TOKEN_BLANK_LAST : 0;
    bool space = prefix(token, spaces, sizeof spaces / sizeof *spaces) > 0;
    bool first = blank_at(token) > 0, last = false, all = true;
    for (struct slice left = token; left.len > 0;) {
        size_t blank = blank_at(left), step = blank > 0 ? blank : 1;
        last = blank > 0;
        all = all && last;
        left = (struct slice){left.ptr + step, left.len - step};
    }
    return (uint8_t)((space && !all ? TOKEN_SPACE_FIRST : 0) | (first ? TOKEN_BLANK_FIRST : 0) |
                     (last ? TOKEN_BLANK_LAST : 0) | (all ? TOKEN_BLANK : 0));
}

/* memmem, but fast where the first byte of the mark is rare. */
static bool holds(const char *at, const char *end, const char *mark)
{
    size_t len = strlen(mark);
    while ((size_t)(end - at) >= len && (at = memchr(at, mark[0], (size_t)(end - at) - len + 1)) != NULL)
        if (memcmp(at++, mark, len) == 0)
            return true;
    return false;
}

/* May one of the tokens begin with a space: a blank, U+2581 or U+0120, as such or as an escape? */
static bool may_have_spaces(const struct value *tokens)
{
    static const char *const marks[] = {"\xe2\x96\x81", "\xc4\xa0", "\\u", " "};
    if (tokens->kind != VALUE_RAW)
        return true;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (holds(tokens->bytes, tokens->bytes + tokens->count, marks[i]))
            return true;
    return false;
}

int word_starts_read(const struct record *in, size_t count, struct arena *arena, uint8_t **kinds)
{
    const struct value *value = rec_present(in, SLICE("tokens"));
    const struct slice *tokens;
    size_t found;
    *kinds = NULL;
    if (value == NULL || !may_have_spaces(value))
        return 0;
    if (rec_strings(in, SLICE("tokens"), arena, &tokens, &found) < 0)
        return -1;
    if (found != count)
        return diag_error("tokens: expected %zu items, found %zu", count, found);
    *kinds = arena_alloc(arena, count);
    for (size_t i = 0; i < count; i++)
        (*kinds)[i] = word_starts_kind(tokens[i]);
    return 0;
}

/* ---- words ---- */

/* Are there spaces inside of words, and none where a word begins? What is next to an added token says nothing. */
static bool are_uncut(const int32_t *word_ids, const int32_t *types, const uint8_t *kinds, size_t count)
{
    size_t inside = 0, between = 0;
    for (size_t i = 1; i < count; i++) {
        bool text = word_ids[i - 1] >= 0 && word_ids[i] >= 0 && (types == NULL || types[i - 1] == types[i]);
        bool space = (kinds[i] & TOKEN_SPACE_FIRST) && !(kinds[i - 1] & (TOKEN_BLANK | TOKEN_APART));
        inside += text & space & (word_ids[i - 1] == word_ids[i]);
        between += text & space & (word_ids[i - 1] != word_ids[i]);
    }
    return inside > 0 && between == 0;
}

static bool begins(uint8_t before, uint8_t token)
{
    return !(before & TOKEN_BLANK) && ((token & TOKEN_BLANK_FIRST) || (before & TOKEN_BLANK_LAST));
}

const int32_t *word_starts(const int32_t *word_ids, const int32_t *types, const uint8_t *kinds, size_t count,
                           struct arena *arena)
{
    if (!are_uncut(word_ids, types, kinds, count))
        return word_ids;
    int32_t *made = arena_array(arena, count, sizeof *made), word = -1;
    for (size_t i = 0; i < count; i++) {
        word += word_ids[i] >= 0 && (i == 0 || word_ids[i] != word_ids[i - 1] ||
                                     (types != NULL && types[i] != types[i - 1]) || begins(kinds[i - 1], kinds[i]));
        made[i] = word_ids[i] >= 0 ? word : -1;
    }
    return made;
}
