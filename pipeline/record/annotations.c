/* annotations.c - the spans of a record, which move with its text: see annotations.h. */
#include "record/annotations.h"

#include "base/diag.h"
#include "base/search.h"
#include "base/vec.h"
#include "text/json.h"
#include "text/text.h"

#include <assert.h>

static int bad_item(const struct annotation *member, size_t item, const char *problem)
{
    return diag_error("%.*s[%zu]: %s", (int)member->name.len, member->name.ptr, item, problem);
}

/* The places of an entity's `start` and `end` values. */
struct entity {
    struct slice start, end;
};

static struct entity find_ends(struct slice object)
{
    struct entity found = {0};
    for (struct json_walk walk = json_walk(object); json_next(&walk);) {
        if (json_name_is(walk.name, SLICE("start")))
            found.start = walk.value;
        else if (json_name_is(walk.name, SLICE("end")))
            found.end = walk.value;
    }
    return found;
}

/* An offset of an entity; the message names it. */
static int read_end(const struct annotation *member, size_t item, const char *name, struct slice value, uint32_t *point)
{
    int64_t number;
    if (value.len > 0 && json_int(value, &number) && number >= 0 && number <= UINT32_MAX) {
        *point = (uint32_t)number;
        return 0;
    }
    return diag_error("%.*s[%zu].%s: %s", (int)member->name.len, member->name.ptr, item, name,
                      value.len == 0 ? "missing" : "not an offset");
}

static int read_entities(struct annotation *member, struct arena *arena)
{
    struct slice array = rec_json(member->value, arena);
    if (json_kind(array) != '[')
        return diag_error("%.*s: expected an array of objects", (int)member->name.len, member->name.ptr);
    for (struct json_walk walk = json_walk(array); json_next(&walk);)
        member->count++;
    struct span *spans = arena_array(arena, member->count, sizeof *spans);
    member->before = spans;
    size_t n = 0;
    for (struct json_walk walk = json_walk(array); json_next(&walk); n++) {
        if (json_kind(walk.value) != '{')
            return bad_item(member, n, "expected an object with start and end");
        struct entity ends = find_ends(walk.value);
        if (read_end(member, n, "start", ends.start, &spans[n].start) < 0 ||
            read_end(member, n, "end", ends.end, &spans[n].end) < 0)
            return -1;
    }
    return 0;
}

static int check_spans(const struct annotation *member, size_t text_points)
{
    for (size_t i = 0; i < member->count; i++) {
        struct span span = member->before[i];
        if (span.start > span.end)
            return bad_item(member, i, "the start is greater than the end");
        if (span.end > text_points)
            return diag_error("%.*s[%zu]: ends at %u, the text has %zu characters", (int)member->name.len,
                              member->name.ptr, i, span.end, text_points);
    }
    return 0;
}

static int read_member(const struct record *record, struct annotation *member, size_t text_points, struct arena *arena)
{
    int status = member->objects ? read_entities(member, arena)
                                 : rec_spans(record, member->name, arena, &member->before, &member->count);
    if (status < 0 || check_spans(member, text_points) < 0)
        return -1;
    member->spans = arena_array(arena, member->count, sizeof *member->spans);
    if (member->count > 0)
        memcpy(member->spans, member->before, member->count * sizeof *member->spans);
    return 0;
}

bool annotations_belong(const struct record *record, struct slice field)
{
    return slice_is(field, "text") || rec_present(record, SLICE("text")) == NULL;
}

int annotations_read(const struct record *record, struct slice text, struct arena *arena,
                     struct annotations *annotations)
{
    size_t text_points = 0;
    int found = 0;
    for (size_t i = 0; i < MEMBERS_OF_TEXT; i++) {
        struct annotation *member = &annotations->members[i];
        const struct member_kind *kind = &members[i]; /* the table begins with them */
        *member = (struct annotation){
            .name = kind->name,
            .objects = kind->shape != VALUE_SPANS,
            .value = rec_present(record, kind->name),
        };
        if (member->value == NULL)
            continue;
        if (found == 0)
            text_points = text_length(text);
        found = 1;
        if (read_member(record, member, text_points, arena) < 0)
            return -1;
    }
    return found;
}

void annotations_move(const struct edits *edits, struct annotations *annotations)
{
    for (size_t i = 0; i < MEMBERS_OF_TEXT; i++) {
        struct annotation *member = &annotations->members[i];
        for (size_t j = 0; j < member->count; j++)
            member->spans[j] = edits_span(edits, member->spans[j]);
    }
}

static bool is_empty(struct span span)
{
    return span.start == span.end;
}

static bool is_dropped(const struct annotation *member, size_t item)
{
    return is_empty(member->spans[item]) && !is_empty(member->before[item]);
}

static size_t set_spans(struct record *record, const struct annotation *member)
{
    size_t kept = 0;
    for (size_t i = 0; i < member->count; i++)
        if (!is_dropped(member, i))
            member->spans[kept++] = member->spans[i];
    rec_set_spans(record, member->name, member->spans, kept);
    return member->count - kept;
}

/* The object with new numbers for its start and end, which may come in either order. */
static void put_entity(struct bytes *out, struct slice object, struct span span)
{
    struct entity ends = find_ends(object);
    assert(object.ptr != NULL && ends.start.ptr != NULL && ends.end.ptr != NULL); /* read_entities has checked */
    bool start_first = ends.start.ptr < ends.end.ptr;
    struct slice first = start_first ? ends.start : ends.end, second = start_first ? ends.end : ends.start;
    bytes_put(out, slice_between(object.ptr, first.ptr));
    json_put_int(out, start_first ? span.start : span.end);
    bytes_put(out, slice_between(first.ptr + first.len, second.ptr));
    json_put_int(out, start_first ? span.end : span.start);
    bytes_put(out, slice_between(second.ptr + second.len, object.ptr + object.len));
}

static size_t set_entities(struct record *record, const struct annotation *member, struct arena *arena)
{
    struct bytes made = {0};
    bytes_byte(&made, '[');
    size_t n = 0, dropped = 0;
    for (struct json_walk walk = json_walk(rec_json(member->value, arena)); json_next(&walk); n++) {
        if (is_dropped(member, n)) {
            dropped++;
            continue;
        }
        if (made.len > 1)
            bytes_byte(&made, ',');
        put_entity(&made, walk.value, member->spans[n]);
    }
    bytes_byte(&made, ']');
    rec_set_json(record, member->name, arena_copy(arena, bytes_slice(&made)));
    vec_free(&made);
    return dropped;
}

size_t annotations_set(struct record *record, const struct annotations *annotations, struct arena *arena)
{
    size_t dropped = 0;
    for (size_t i = 0; i < MEMBERS_OF_TEXT; i++) {
        const struct annotation *member = &annotations->members[i];
        if (member->count == 0 || memcmp(member->spans, member->before, member->count * sizeof *member->spans) == 0) {
            rec_confirm(record, member->name);
            continue;
        }
        dropped += member->objects ? set_entities(record, member, arena) : set_spans(record, member);
    }
    return dropped;
}

/* ---- pieces ---- */

size_t annotations_span_after(const struct span *spans, size_t count, uint32_t point)
{
    size_t i;
    search_first(i, count, spans[i].end <= point);
    return i;
}

/* The first piece that starts at or after `point`; count if none does. */
static size_t piece_starting_from(const struct span *pieces, size_t count, uint32_t point)
{
    size_t i;
    search_first(i, count, pieces[i].start < point);
    return i;
}

/* The pieces that contain an item: [range[0], range[1]). */
static void find_pieces(struct span item, const struct span *pieces, size_t count, size_t range[2])
{
    if (is_empty(item)) {
        bool at_end = item.start >= pieces[count - 1].end;
        item.end += !at_end;
        item.start -= at_end && item.start > 0;
    }
    range[0] = annotations_span_after(pieces, count, item.start);
    range[1] = piece_starting_from(pieces, count, item.end);
}

enum { PIECES_MOST_ITEMS = 1 << 24 };

/* The items of each piece. They are counted first, so that time and memory are proportional to the result. */
static int share_out(const struct annotation *member, const struct span *pieces, size_t count, struct arena *arena,
                     struct annotation_items *shares)
{
    uint32_t *first = arena_array(arena, count + 2, sizeof *first);
    memset(first, 0, (count + 2) * sizeof *first);
    size_t range[2], total = 0;
    for (size_t i = 0; i < member->count; i++) {
        find_pieces(member->before[i], pieces, count, range);
        for (size_t piece = range[0]; piece < range[1]; piece++)
            first[piece + 2]++;
        total += range[1] - range[0];
        if (total > PIECES_MOST_ITEMS)
            return diag_error("%.*s: the %zu pieces that the text is cut into have more than %d of them",
                              (int)member->name.len, member->name.ptr, count, PIECES_MOST_ITEMS);
    }
    for (size_t piece = 2; piece <= count; piece++)
        first[piece + 1] += first[piece];
    uint32_t *items = arena_array(arena, total, sizeof *items);
    for (size_t i = 0; i < member->count; i++) {
        find_pieces(member->before[i], pieces, count, range);
        for (size_t piece = range[0]; piece < range[1]; piece++)
            items[first[piece + 1]++] = (uint32_t)i;
    }
    *shares = (struct annotation_items){.first = first, .items = items};
    return 0;
}

static const struct slice *objects_of(const struct annotation *member, struct arena *arena)
{
    struct slice *objects = arena_array(arena, member->count, sizeof *objects);
    size_t n = 0;
    for (struct json_walk walk = json_walk(rec_json(member->value, arena)); json_next(&walk);)
        objects[n++] = walk.value;
    return objects;
}

int annotations_cut(const struct annotations *annotations, const struct span *pieces, size_t count, struct arena *arena,
                    struct annotation_pieces *cut)
{
    *cut = (struct annotation_pieces){.annotations = annotations, .pieces = pieces};
    for (size_t i = 0; i < MEMBERS_OF_TEXT; i++) {
        const struct annotation *member = &annotations->members[i];
        if (member->value == NULL)
            continue;
        if (share_out(member, pieces, count, arena, &cut->of[i]) != 0)
            return -1;
        if (member->objects)
            cut->of[i].objects = objects_of(member, arena);
    }
    return 0;
}

const struct span *annotations_of_piece(const struct annotation_pieces *pieces, size_t member, size_t piece,
                                        struct arena *arena, size_t *count)
{
    const struct annotation_items *of = &pieces->of[member];
    const uint32_t *items = of->items + of->first[piece];
    *count = of->first[piece + 1] - of->first[piece];
    struct span *spans = arena_array(arena, *count, sizeof *spans);
    for (size_t i = 0; i < *count; i++)
        spans[i] = pieces->annotations->members[member].before[items[i]];
    return spans;
}

static uint32_t within(uint32_t point, struct span piece)
{
    return point < piece.start ? 0 : point > piece.end ? piece.end - piece.start : point - piece.start;
}

static void set_objects_of_piece(struct record *record, const struct annotation *member,
                                 const struct annotation_items *of, size_t piece, const struct span *cut,
                                 struct arena *arena)
{
    const uint32_t *items = of->items + of->first[piece];
    size_t count = of->first[piece + 1] - of->first[piece];
    struct bytes made = {0};
    bytes_byte(&made, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            bytes_byte(&made, ',');
        put_entity(&made, of->objects[items[i]], cut[i]);
    }
    bytes_byte(&made, ']');
    rec_set_json(record, member->name, arena_copy(arena, bytes_slice(&made)));
    vec_free(&made);
}

void annotations_set_piece(struct record *record, const struct annotation_pieces *pieces, size_t piece,
                           struct arena *arena)
{
    struct span text = pieces->pieces[piece];
    for (size_t i = 0; i < MEMBERS_OF_TEXT; i++) {
        const struct annotation *member = &pieces->annotations->members[i];
        if (member->value == NULL)
            continue;
        size_t count;
        const struct span *whole = annotations_of_piece(pieces, i, piece, arena, &count);
        struct span *cut = arena_array(arena, count, sizeof *cut);
        for (size_t j = 0; j < count; j++)
            cut[j] = (struct span){within(whole[j].start, text), within(whole[j].end, text)};
        if (member->objects)
            set_objects_of_piece(record, member, &pieces->of[i], piece, cut, arena);
        else
            rec_set_spans(record, member->name, cut, count);
    }
}

struct spans {
    struct span *items;
    size_t len, cap;
};

/* The items of one member, moved; spans go into `spans`, objects into `objects`. */
static void join_member(const struct annotation_source *source, size_t number, struct arena *arena, struct spans *spans,
                        struct bytes *objects)
{
    const struct annotation *member = &source->pieces->annotations->members[number];
    const struct annotation_items *of = &source->pieces->of[number];
    struct span text = source->pieces->pieces[source->piece];
    size_t count;
    if (member->value == NULL)
        return;
    const struct span *whole = annotations_of_piece(source->pieces, number, source->piece, arena, &count);
    for (size_t i = 0; i < count; i++) {
        struct span moved = {source->at + within(whole[i].start, text), source->at + within(whole[i].end, text)};
        vec_push(spans, moved);
        if (!member->objects)
            continue;
        if (objects->len > 1)
            bytes_byte(objects, ',');
        put_entity(objects, of->objects[of->items[of->first[source->piece] + i]], moved);
    }
}

void annotations_set_joined(struct record *record, const struct annotation_source *sources, size_t count,
                            struct arena *arena)
{
    for (size_t number = 0; number < MEMBERS_OF_TEXT; number++) {
        struct bytes objects = {0};
        struct spans spans = {0};
        bool any = false, has_objects = members[number].shape != VALUE_SPANS;
        bytes_byte(&objects, '[');
        for (size_t i = 0; i < count; i++) {
            any = any || sources[i].pieces->annotations->members[number].value != NULL;
            join_member(&sources[i], number, arena, &spans, &objects);
        }
        bytes_byte(&objects, ']');
        struct span *kept = arena_array(arena, spans.len, sizeof *kept);
        if (spans.len > 0)
            memcpy(kept, spans.items, spans.len * sizeof *kept);
        if (any && has_objects)
            rec_set_json(record, members[number].name, arena_copy(arena, bytes_slice(&objects)));
        else if (any)
            rec_set_spans(record, members[number].name, kept, spans.len);
        vec_free(&objects);
        vec_free(&spans);
    }
}
