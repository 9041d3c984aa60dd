/* changes.c - lists of changes: see changes.h. */
#include "changes.h"

#include "base/search.h"
#include "text/json.h"

#include <assert.h>

void changes_reset(struct changes *changes)
{
    changes->len = 0;
    changes->moves.len = 0;
}

void changes_release(struct changes *changes)
{
    vec_free(changes);
    vec_free(&changes->moves);
}

/* ---- settling ---- */

/* An insertion comes before what replaces the text behind it. */
static bool comes_before(const struct change *a, const struct change *b)
{
    return a->part.start != b->part.start ? a->part.start < b->part.start : a->part.end < b->part.end;
}

void changes_put(struct changes *changes, struct change change)
{
    vec_push(changes, change);
}

/* Sorts [0, n), keeping the order of equal ones: by insertion while that is short, else by merging halves. */
static void sort_changes(struct change *items, size_t n, struct change *room)
{
    enum { SHORT = 12 };
    if (n <= SHORT) {
        for (size_t i = 1; i < n; i++) {
            struct change item = items[i];
            size_t at = i;
            for (; at > 0 && comes_before(&item, &items[at - 1]); at--)
                items[at] = items[at - 1];
            items[at] = item;
        }
        return;
    }
    size_t half = n / 2;
    sort_changes(items, half, room);
    sort_changes(items + half, n - half, room);
    memcpy(room, items, half * sizeof *room);
    for (size_t left = 0, right = half, at = 0; left < half; at++)
        items[at] = right < n && comes_before(&items[right], &room[left]) ? items[right++] : room[left++];
}

static struct slice old_text(const struct change *change, struct slice text)
{
    return (struct slice){text.ptr + change->part.start, change->part.end - change->part.start};
}

void changes_settle(struct changes *changes, struct slice text)
{
    size_t count = changes->len, kept = 0;
    vec_reserve(changes, count / 2); /* the room is behind the items */
    sort_changes(changes->items, count, changes->items + count);
    for (size_t i = 0; i < count; i++)
        if (!slice_equal(old_text(&changes->items[i], text), changes->items[i].text))
            changes->items[kept++] = changes->items[i];
    changes->len = kept;
}

/* ---- the new text ---- */

void changes_apply(const struct changes *changes, struct slice text, struct bytes *out)
{
    uint32_t at = 0;
    out->len = 0;
    for (size_t i = 0; i < changes->len; i++) {
        const struct change *change = &changes->items[i];
        assert(change->part.start >= at);
        bytes_append(out, text.ptr + at, change->part.start - at);
        bytes_put(out, change->text);
        at = change->part.end;
    }
    bytes_append(out, text.ptr + at, text.len - at);
}

void changes_edits(const struct changes *changes, struct edits *edits)
{
    edits_reset(edits);
    for (size_t i = 0; i < changes->len; i++) {
        struct span place = changes->items[i].part.place;
        edits_keep(edits, place.start - edits->old_end);
        edits_replace(edits, place.end - place.start, text_length(changes->items[i].text));
    }
}

struct span changes_span(const struct changes *changes, const struct edits *edits, struct span span)
{
    size_t i;
    search_first(i, changes->moves.len, changes->moves.items[i].from.end < span.end);
    if (i < changes->moves.len && changes->moves.items[i].from.start <= span.start) {
        struct move move = changes->moves.items[i];
        uint32_t start = move.to + (span.start - move.from.start);
        return (struct span){start, start + (span.end - span.start)};
    }
    return edits_span(edits, span);
}

bool changes_touch(const struct changes *changes, struct span span)
{
    size_t i;
    search_first(i, changes->len, changes->items[i].part.place.end <= span.start);
    for (; i < changes->len && changes->items[i].part.place.start < span.end; i++)
        if (changes->items[i].part.place.end > span.start)
            return true;
    return false;
}

/* ---- several operations ---- */

void changes_track(const struct changes *changes, struct origins *origins, struct slice text)
{
    struct origins before = *origins;
    uint32_t at = 0;
    assert(before.len == text.len);
    *origins = (struct origins){0};
    for (size_t i = 0; i <= changes->len; i++) {
        const struct change *change = i < changes->len ? &changes->items[i] : NULL;
        uint32_t end = change != NULL ? change->part.start : (uint32_t)text.len;
        size_t fresh = change != NULL ? change->text.len : 0;
        vec_reserve(origins, end - at + fresh);
        if (at < end)
            memcpy(origins->items + origins->len, before.items + at, (end - at) * sizeof *before.items);
        origins->len += end - at;
        for (size_t j = 0; j < fresh; j++)
            origins->items[origins->len++] = NO_ORIGIN;
        at = change != NULL ? change->part.end : end;
    }
    vec_free(&before);
}

void origins_start(struct origins *origins, struct slice text)
{
    origins->len = 0;
    vec_reserve(origins, text.len);
    for (size_t i = 0; i < text.len; i++)
        origins->items[origins->len++] = (uint32_t)i;
}

void changes_since(const struct origins *origins, struct slice old, struct slice text, struct changes *changes)
{
    struct text_place place = text_start(old);
    size_t old_at = 0; /* the old text up to here is done */
    changes_reset(changes);
    for (size_t at = 0; at < text.len || old_at < old.len;) {
        size_t fresh = at;
        while (at < text.len && origins->items[at] == NO_ORIGIN)
            at++;
        size_t old_end = at < text.len ? origins->items[at] : old.len;
        struct change change = {.text = {text.ptr + fresh, at - fresh}};
        change.part.start = (uint32_t)old_at;
        change.part.end = (uint32_t)old_end;
        change.part.place.start = (uint32_t)text_to_byte(&place, old_at);
        change.part.place.end = (uint32_t)text_to_byte(&place, old_end);
        if (old_at < old_end || change.text.len > 0)
            changes_put(changes, change);
        for (old_at = old_end; at < text.len && origins->items[at] == old_at; at++)
            old_at++;
    }
    changes_settle(changes, old);
}

/* ---- the member ---- */

static void put_offset(struct bytes *out, struct slice name, uint32_t offset)
{
    bytes_put(out, name);
    json_put_int(out, offset);
}

void changes_put_json(const struct changes *changes, struct slice text, struct slice field, struct bytes *out)
{
    for (size_t i = 0; i < changes->len; i++) {
        const struct change *change = &changes->items[i];
        if (out->len > 0 && out->items[out->len - 1] == '}')
            bytes_byte(out, ',');
        bytes_byte(out, '{');
        if (field.len > 0) {
            bytes_put(out, SLICE("\"field\":"));
            json_put_string(out, field);
            bytes_byte(out, ',');
        }
        put_offset(out, SLICE("\"start\":"), change->part.place.start);
        put_offset(out, SLICE(",\"end\":"), change->part.place.end);
        bytes_put(out, SLICE(",\"old\":"));
        json_put_string(out, old_text(change, text));
        bytes_put(out, SLICE(",\"new\":"));
        json_put_string(out, change->text);
        bytes_byte(out, '}');
    }
}
