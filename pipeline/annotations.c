/* annotations.c - the spans of a record that move with its text: see annotations.h. */
#include "annotations.h"

#include "diag.h"
#include "json.h"
#include "text.h"
#include "vec.h"

#include <assert.h>

enum { ENTITIES, SENTENCES, WORDS, PHRASES, STOPWORDS };

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
        return diag_error("entities: expected an array of objects");
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
            return bad_item(member, i, "the start lies behind the end");
        if (span.end > text_points)
            return diag_error("%.*s[%zu]: ends at %u, the text has %zu characters", (int)member->name.len,
                              member->name.ptr, i, span.end, text_points);
    }
    return 0;
}

static int read_member(const struct record *record, struct annotation *member, bool entities, size_t text_points,
                       struct arena *arena)
{
    int status = entities ? read_entities(member, arena)
                          : rec_spans(record, member->name, arena, &member->before, &member->count);
    if (status < 0 || check_spans(member, text_points) < 0)
        return -1;
    member->spans = arena_array(arena, member->count, sizeof *member->spans);
    if (member->count > 0)
        memcpy(member->spans, member->before, member->count * sizeof *member->spans);
    return 0;
}

int annotations_read(const struct record *record, struct slice text, struct arena *arena,
                     struct annotations *annotations)
{
    static const struct slice names[ANNOTATIONS] = {
        [ENTITIES] = {"entities", 8}, [SENTENCES] = {"sentences", 9}, [WORDS] = {"words", 5},
        [PHRASES] = {"phrases", 7},   [STOPWORDS] = {"stopwords", 9},
    };
    size_t text_points = 0;
    int found = 0;
    for (size_t i = 0; i < ANNOTATIONS; i++) {
        struct annotation *member = &annotations->members[i];
        *member = (struct annotation){.name = names[i], .value = rec_get(record, names[i])};
        if (member->value == NULL)
            continue;
        if (found == 0)
            text_points = text_length(text);
        found = 1;
        if (read_member(record, member, i == ENTITIES, text_points, arena) < 0)
            return -1;
    }
    return found;
}

void annotations_move(const struct edits *edits, struct annotations *annotations)
{
    for (size_t i = 0; i < ANNOTATIONS; i++) {
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

/* The object with other numbers in the places of its start and end, which stand in any order. */
static void put_entity(struct bytes *out, struct slice object, struct span span)
{
    struct entity ends = find_ends(object);
    assert(object.ptr != NULL && ends.start.ptr != NULL && ends.end.ptr != NULL); /* read_entities saw them */
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
    for (size_t i = 0; i < ANNOTATIONS; i++) {
        const struct annotation *member = &annotations->members[i];
        if (member->count == 0 || memcmp(member->spans, member->before, member->count * sizeof *member->spans) == 0)
            continue;
        dropped += i == ENTITIES ? set_entities(record, member, arena) : set_spans(record, member);
    }
    return dropped;
}
