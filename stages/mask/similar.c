/* similar.c - see similar.h. */
#include "similar.h"

#include "../tokenizer/word_starts.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/stream.h"
#include "base/vec.h"
#include "text/text.h"

#include <string.h>

/* The words of one line that have as many tokens and are tokenized in the same way. */
struct circle {
    uint32_t ids; /* where those of its first word begin; the others follow */
    uint32_t words;
};

struct similar {
    VEC(int32_t) ids;
    VEC(struct circle) circles;
    struct map *places; /* the ids of a word, as bytes: circle << 32 | its number in the circle */
};

/* A word as it is tokenized. */
struct spelling {
    int32_t *ids;
    size_t count;
    bool spaced;
};

struct loader {
    struct similar *similar;
    const struct tokenizer *tokenizer;
    const struct vocabulary *vocabulary;
    struct tokenizer_thread *thread;
    struct arena *arena; /* of a line */
    VEC(struct spelling) spellings;
};

static struct slice bytes_of(const int32_t *ids, size_t count)
{
    return (struct slice){(const char *)ids, count * sizeof *ids};
}

/* ---- loading ---- */

static struct slice without_blanks(struct slice text)
{
    const char *start = NULL, *stop = NULL, *end = text.ptr + text.len;
    for (const char *at = text.ptr; at < end;) {
        size_t size;
        bool blank = text_is_space(text_decode(at, &size));
        if (!blank && start == NULL)
            start = at;
        at += size;
        if (!blank)
            stop = at;
    }
    return start != NULL ? slice_between(start, stop) : (struct slice){text.ptr, 0};
}

/* Adds the word as it stands after a bracket or, spaced, after a bracket and a space. A bracket is a word by itself
 * with every pre-tokenizer; if a model joins it with the word all the same, the word has no such spelling. */
static int add_spelling(struct loader *loader, struct slice word, bool spaced)
{
    const struct tokenizer_options options = {.want = ENCODE_IDS | ENCODE_OFFSETS, .no_special = true};
    struct slice text = arena_print(loader->arena, spaced ? "( %.*s" : "(%.*s", (int)word.len, word.ptr);
    struct encoding encoding;
    if (tokenizer_encode(loader->thread, text, NULL, &options, loader->arena, &encoding) < 0)
        return -1;
    size_t from = 0;
    for (; from < encoding.count && encoding.offsets[from].start == 0; from++)
        if (encoding.offsets[from].end > 1)
            return 0;
    if (from < encoding.count &&
        (word_starts_kind(tokenizer_token(loader->tokenizer, encoding.ids[from])) & TOKEN_BLANK))
        from++;
    struct spelling spelling = {.count = encoding.count - from, .spaced = spaced};
    spelling.ids = arena_array(loader->arena, spelling.count, sizeof *spelling.ids);
    for (size_t i = 0; i < spelling.count; i++) {
        spelling.ids[i] = encoding.ids[from + i];
        if (vocabulary_kind(loader->vocabulary, spelling.ids[i]) != ID_ORDINARY)
            return 0;
    }
    if (spelling.count > 0)
        vec_push(&loader->spellings, spelling);
    return 0;
}

/* Puts spelling `first` and those that go with it into a circle. Takes them from the list: their count becomes 0. */
static void close_circle(struct loader *loader, size_t first)
{
    struct similar *similar = loader->similar;
    const struct spelling key = loader->spellings.items[first];
    struct circle circle = {.ids = (uint32_t)similar->ids.len};
    for (size_t i = first; i < loader->spellings.len; i++) {
        struct spelling *spelling = &loader->spellings.items[i];
        if (spelling->count != key.count || spelling->spaced != key.spaced)
            continue;
        bool again = false;
        for (size_t k = 0; k < circle.words; k++)
            again |= memcmp(similar->ids.items + circle.ids + k * key.count, spelling->ids,
                            key.count * sizeof *key.ids) == 0;
        spelling->count = 0;
        if (again)
            continue;
        for (size_t k = 0; k < key.count; k++)
            vec_push(&similar->ids, spelling->ids[k]);
        if (map_get(similar->places, bytes_of(spelling->ids, key.count)) == NULL)
            *map_put(similar->places, bytes_of(spelling->ids, key.count)) =
                (uint64_t)similar->circles.len << 32 | circle.words;
        circle.words++;
    }
    vec_push(&similar->circles, circle);
}

static int read_line(struct loader *loader, struct slice line)
{
    loader->spellings.len = 0;
    for (const char *at = line.ptr, *end = line.ptr + line.len; at <= end;) {
        const char *tab = memchr(at, '\t', (size_t)(end - at));
        struct slice word = without_blanks(slice_between(at, tab != NULL ? tab : end));
        if (word.len > 0 && (add_spelling(loader, word, true) < 0 || add_spelling(loader, word, false) < 0))
            return -1;
        at = (tab != NULL ? tab : end) + 1;
    }
    for (size_t i = 0; i < loader->spellings.len; i++)
        if (loader->spellings.items[i].count > 0)
            close_circle(loader, i);
    return 0;
}

static int read_lines(struct loader *loader, const char *path, struct slice text)
{
    const char *at = text_without_bom(text).ptr, *end = text.ptr + text.len;
    for (size_t number = 1; at < end; number++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        struct slice line = slice_between(at, newline != NULL ? newline : end);
        if (!text_is_utf8(line))
            return diag_error("%s:%zu: not UTF-8", path, number);
        if (line.len > 0 && *line.ptr != '#' && read_line(loader, line) < 0)
            return diag_within("%s:%zu: %s", path, number, diag_message());
        arena_reset(loader->arena);
        at = newline != NULL ? newline + 1 : end;
    }
    return 0;
}

struct similar *similar_load(const char *path, const struct tokenizer *tokenizer, const struct vocabulary *vocabulary)
{
    struct bytes bytes = {0};
    if (tokenizer_can_cut(tokenizer) < 0 || stream_load(path, &bytes) < 0) {
        vec_free(&bytes);
        return NULL;
    }
    struct similar *similar = mem_zalloc(1, sizeof *similar);
    similar->places = map_new();
    struct loader loader = {
        .similar = similar,
        .tokenizer = tokenizer,
        .vocabulary = vocabulary,
        .thread = tokenizer_thread_new(tokenizer),
        .arena = arena_new(),
    };
    int status = read_lines(&loader, path, bytes_slice(&bytes));
    tokenizer_thread_free(loader.thread);
    arena_free(loader.arena);
    vec_free(&loader.spellings);
    vec_free(&bytes);
    if (status == 0)
        return similar;
    similar_free(similar);
    return NULL;
}

void similar_free(struct similar *similar)
{
    if (similar == NULL)
        return;
    vec_free(&similar->ids);
    vec_free(&similar->circles);
    map_free(similar->places);
    mem_free(similar);
}

/* ---- drawing ---- */

const int32_t *similar_draw(const struct similar *similar, const int32_t *ids, size_t count, struct rng *rng,
                            uint64_t n)
{
    const uint64_t *place = map_get(similar->places, bytes_of(ids, count));
    if (place == NULL)
        return NULL;
    struct circle circle = similar->circles.items[*place >> 32];
    uint64_t own = *place & UINT32_MAX;
    if (circle.words < 2)
        return NULL;
    uint64_t other = rng_below(rng, n, circle.words - 1);
    return similar->ids.items + circle.ids + (other + (other >= own)) * count;
}
