/* added.c - see added.h.
 *
 * The tokens of a set are sorted. A match is found by narrowing the range of tokens that share the bytes read so far,
 * so that a set of a thousand tokens with the same first byte costs a few steps where that byte occurs, and nothing
 * elsewhere. */
#include "added.h"

#include "text/classes.h"
#include "text/text.h"

#include <stdlib.h>

void added_put(struct added_set *set, struct added_token token)
{
    vec_push(set, token);
}

static int by_content(const void *a, const void *b)
{
    const struct added_token *left = a, *right = b;
    return slice_compare(left->content, right->content);
}

void added_ready(struct added_set *set)
{
    if (set->len == 0)
        return;
    qsort(set->items, set->len, sizeof *set->items, by_content);
    set->only = (unsigned char)set->items[0].content.ptr[0];
    for (size_t i = 0; i < set->len; i++) {
        unsigned char first = (unsigned char)set->items[i].content.ptr[0];
        set->first[first] = true;
        if (first != set->only)
            set->only = -1;
    }
}

void added_free(struct added_set *set)
{
    mem_free(set->items);
    memset(set, 0, sizeof *set);
}

/* The first place from `at` on where a token may start, or the end. */
static const char *candidate(const struct added_set *set, const char *at, const char *end)
{
    if (set->only >= 0) {
        const char *found = memchr(at, set->only, (size_t)(end - at));
        return found != NULL ? found : end;
    }
    while (at < end && !set->first[(unsigned char)*at])
        at++;
    return at;
}

/* The first token of [low, high) whose byte at `depth` is not less than `byte`; all are longer than depth. */
static size_t lower_bound(const struct added_set *set, size_t low, size_t high, size_t depth, unsigned byte)
{
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((unsigned char)set->items[middle].content.ptr[depth] < byte)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct added_token *longest_at(const struct added_set *set, const char *at, const char *end)
{
    const struct added_token *longest = NULL;
    size_t low = 0, high = set->len;
    for (size_t depth = 0; low < high; depth++) {
        if (set->items[low].content.len == depth) {
            longest = &set->items[low++];
            if (low == high)
                break;
        }
        if (at + depth == end)
            break;
        unsigned byte = (unsigned char)at[depth];
        low = lower_bound(set, low, high, depth, byte);
        high = lower_bound(set, low, high, depth, byte + 1);
    }
    return longest;
}

/* The character that ends at `at`. */
static uint32_t point_before(const char *at, size_t *len)
{
    const char *start = at - 1;
    while (((unsigned char)*start & 0xc0) == 0x80)
        start--;
    return text_decode(start, len);
}

static bool is_space(uint32_t point)
{
    return (classes_of(classes_table(), point) & CLASS_SPACE) != 0;
}

static bool stands_alone(const char *text, const char *start, const char *stop, const char *end)
{
    size_t len;
    return (start == text || !classes_is_word(point_before(start, &len))) &&
           (stop == end || !classes_is_word(text_decode(stop, &len)));
}

/* Extends a match by the white space that it takes; `text` is where the last match ended. */
static void take_space(const struct added_token *token, const char *text, const char *end, const char **start,
                       const char **stop)
{
    size_t len;
    while (token->lstrip && *start > text && is_space(point_before(*start, &len)))
        *start -= len;
    if (token->lstrip && *start < text) /* the last match took its first blanks */
        *start = text;
    while (token->rstrip && *stop < end && is_space(text_decode(*stop, &len)))
        *stop += len;
}

static void cut_piece(const struct added_set *set, struct draft *draft, struct piece piece)
{
    const char *text = draft->text + piece.start, *end = draft->text + piece.end;
    const char *done = text; /* the end of the last match */
    for (const char *at = text; (at = candidate(set, at, end)) < end;) {
        const struct added_token *token = longest_at(set, at, end);
        if (token == NULL) {
            at++;
            continue;
        }
        const char *start = at, *stop = at + token->content.len;
        at = stop;
        if (token->single_word && !stands_alone(text, start, stop, end))
            continue;
        take_space(token, done, end, &start, &stop);
        if (start >= stop) /* it was white space, and the last match took all of it */
            continue;
        if (done < start)
            draft_cut(draft, (size_t)(done - draft->text), (size_t)(start - draft->text), PIECE_TEXT);
        draft_cut(draft, (size_t)(start - draft->text), (size_t)(stop - draft->text), token->id);
        done = stop;
    }
    draft_cut(draft, (size_t)(done - draft->text), piece.end, PIECE_TEXT);
}

/* Most texts have no candidate: then nothing is written. */
static bool has_candidate(const struct added_set *set, const struct draft *draft)
{
    return candidate(set, draft->text, draft->text + draft->len) < draft->text + draft->len;
}

void added_apply(const struct added_set *set, struct draft *draft)
{
    if (set->len == 0 || draft->len == 0 || !has_candidate(set, draft))
        return;
    for (size_t i = 0; i < draft->pieces.len; i++) {
        struct piece piece = draft->pieces.items[i];
        if (piece.id == PIECE_TEXT)
            cut_piece(set, draft, piece);
        else
            draft_cut(draft, piece.start, piece.end, piece.id);
    }
    draft_pieces_done(draft);
}
