/* pieces.c - see pieces.h. */
#include "pieces.h"

#include <stdlib.h>

struct slice pieces_trim(struct slice text)
{
    const char *start = text.ptr, *end = text.ptr + text.len;
    size_t len;
    while (start < end && text_is_space(text_decode(start, &len)))
        start += len;
    while (end > start) {
        const char *last = end - 1;
        while (((unsigned char)*last & 0xC0) == 0x80)
            last--;
        if (!text_is_space(text_decode(last, &len)))
            break;
        end = last;
    }
    return slice_between(start, end);
}

/* ---- cutting ---- */

/* How good a place to cut is. */
enum { CUT_NOWHERE, CUT_SPACE, CUT_COMMA, CUT_SEMICOLON };

/* May the text be cut behind the character at `at`, which `next` follows? A comma of ASCII must have white space behind
 * it: "1,000" is one number. */
static int cut_behind(uint32_t point, uint32_t next)
{
    if (point == 0xFF1B) /* fullwidth semicolon */
        return CUT_SEMICOLON;
    if (point == 0xFF0C || point == 0x3001) /* fullwidth comma, ideographic comma */
        return CUT_COMMA;
    if (text_is_space(point))
        return CUT_SPACE;
    if (!text_is_space(next))
        return CUT_NOWHERE;
    return point == ';' ? CUT_SEMICOLON : point == ',' ? CUT_COMMA : CUT_NOWHERE;
}

/* Where to cut a part that is too long: behind the last of the best places, or at the bound. */
static const char *find_cut(const char *start, const char *end)
{
    const char *found[CUT_SEMICOLON + 1] = {NULL}, *at = start;
    size_t len;
    for (size_t points = 0; points < PIECE_POINTS; points++) {
        uint32_t point = text_decode(at, &len);
        at += len;
        if (at == end)
            return end;
        found[cut_behind(point, text_decode(at, &len))] = at;
    }
    for (int kind = CUT_SEMICOLON; kind > CUT_NOWHERE; kind--)
        if (found[kind] != NULL)
            return found[kind];
    return at;
}

struct cutting {
    struct slice text;
    struct text_place place;
    VEC(struct piece) pieces;
    VEC(struct unit) units;
};

static void add_piece(struct cutting *cutting, const char *start, const char *end)
{
    struct slice trimmed = pieces_trim(slice_between(start, end));
    struct piece piece = {(uint32_t)(trimmed.ptr - cutting->text.ptr), 0};
    piece.end = piece.start + (uint32_t)trimmed.len;
    if (trimmed.len > 0)
        vec_push(&cutting->pieces, piece);
}

/* The code points [start, end), without white space at their ends, become a unit. */
static void add_unit(struct cutting *cutting, uint32_t start, uint32_t end)
{
    const char *text = cutting->text.ptr, *from = text + text_to_point(&cutting->place, start);
    struct slice part = pieces_trim(slice_between(from, text + text_to_point(&cutting->place, end)));
    struct unit unit = {.first = cutting->pieces.len};
    if (part.len == 0)
        return;
    unit.part.start = (uint32_t)(part.ptr - text);
    unit.part.end = unit.part.start + (uint32_t)part.len;
    unit.part.place.start = (uint32_t)text_to_byte(&cutting->place, unit.part.start);
    unit.part.place.end = (uint32_t)text_to_byte(&cutting->place, unit.part.end);
    for (const char *at = part.ptr, *stop = part.ptr + part.len; at < stop;) {
        const char *cut = find_cut(at, stop);
        add_piece(cutting, at, cut);
        at = cut;
    }
    unit.count = cutting->pieces.len - unit.first;
    vec_push(&cutting->units, unit);
}

static int by_start(const void *a, const void *b)
{
    const struct span *left = a, *right = b;
    return (left->start > right->start) - (left->start < right->start);
}

static void *keep(const void *items, size_t count, size_t size, struct arena *arena)
{
    void *kept = arena_array(arena, count, size);
    if (count > 0)
        memcpy(kept, items, count * size);
    return kept;
}

void pieces_cut(struct slice text, const struct span *sentences, size_t sentence_count, const struct span *fixed,
                size_t fixed_count, struct arena *arena, struct pieces *pieces)
{
    struct cutting cutting = {.text = text, .place = text_start(text)};
    struct span *sorted = keep(fixed, fixed_count, sizeof *sorted, arena);
    if (fixed_count > 1)
        qsort(sorted, fixed_count, sizeof *sorted, by_start);
    for (size_t i = 0, next = 0; i < sentence_count; i++) {
        uint32_t at = sentences[i].start;
        while (next < fixed_count && sorted[next].end <= at)
            next++;
        for (size_t j = next; j < fixed_count && sorted[j].start < sentences[i].end; j++) {
            if (sorted[j].start > at)
                add_unit(&cutting, at, sorted[j].start);
            if (sorted[j].end > at)
                at = sorted[j].end;
        }
        if (at < sentences[i].end)
            add_unit(&cutting, at, sentences[i].end);
    }
    *pieces = (struct pieces){
        .text = text,
        .items = keep(cutting.pieces.items, cutting.pieces.len, sizeof(struct piece), arena),
        .count = cutting.pieces.len,
        .units = keep(cutting.units.items, cutting.units.len, sizeof(struct unit), arena),
        .unit_count = cutting.units.len,
    };
    vec_free(&cutting.pieces);
    vec_free(&cutting.units);
}

/* ---- joining ---- */

struct slice pieces_join(const struct pieces *pieces, const struct unit *unit, const struct slice *texts,
                         struct arena *arena)
{
    struct bytes made = {0};
    if (unit->count == 1)
        return texts[0];
    for (size_t i = 0; i < unit->count; i++) {
        const struct piece *piece = &pieces->items[unit->first + i];
        if (i > 0)
            bytes_append(&made, pieces->text.ptr + piece[-1].end, piece->start - piece[-1].end);
        bytes_put(&made, texts[i]);
    }
    struct slice kept = arena_copy(arena, bytes_slice(&made));
    vec_free(&made);
    return kept;
}
