/* retold.c - see retold.h. */
#include "retold.h"

#include "../segmenter/scripts.h"

#include <utf8proc.h>

int retold_read(const struct record *in, struct slice field, struct arena *arena, struct retold *retold)
{
    struct record_id id;
    *retold = (struct retold){.in = in, .field = field};
    if (rec_text(in, field, arena, &retold->text) < 0)
        return -1;
    if (rec_present(in, SLICE("id")) == NULL)
        return diag_error("id: missing, and variants are named after it");
    if (record_id_read(in, arena, &id) < 0)
        return -1;
    retold->annotated = annotations_belong(in, field);
    if (!retold->annotated)
        return 0;
    if (annotations_read(in, retold->text, arena, &retold->annotations) < 0)
        return -1;
    return rec_present(in, SLICE("entities")) == NULL
               ? 0
               : entities_read(in, SIZE_MAX, arena, &retold->entities, &retold->entity_count);
}

/* ---- entities in the new text ---- */

static bool is_spaced_letter(uint32_t point)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)point);
    bool letter = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
    return letter && !script_is_unspaced(point);
}

static uint32_t point_at(const char *at)
{
    size_t len;
    return text_decode(at, &len);
}

static const char *point_before(const char *at)
{
    do
        at--;
    while (((unsigned char)*at & 0xC0) == 0x80);
    return at;
}

/* Is there a border of a word at `at`, which is inside of the text? Not between two letters of a script with spaces. */
static bool is_border(struct slice text, const char *at)
{
    if (at == text.ptr || at == text.ptr + text.len)
        return true;
    return !is_spaced_letter(point_at(point_before(at))) || !is_spaced_letter(point_at(at));
}

/* The next place of the surface at or after `from`; NULL: none. */
static const char *find_surface(struct slice text, struct slice surface, const char *from)
{
    const char *end = text.ptr + text.len;
    while (from < end && (from = memmem(from, (size_t)(end - from), surface.ptr, surface.len)) != NULL) {
        if (is_border(text, from) && is_border(text, from + surface.len))
            return from;
        from++;
    }
    return NULL;
}

static struct slice surface_of(struct text_place *place, struct span span)
{
    size_t start = text_to_point(place, span.start), end = text_to_point(place, span.end);
    return (struct slice){place->text.ptr + start, end - start};
}

/* An entity, and the next one of the same surface; NO_ENTITY: none. */
#define NO_ENTITY SIZE_MAX
struct surface {
    struct slice text;
    size_t next;
    bool first; /* none before it has the surface */
};

/* The surfaces of the entities: an array in the arena. */
static struct surface *list_surfaces(const struct retold *retold, struct arena *arena)
{
    size_t count = retold->entity_count;
    struct surface *surfaces = arena_array(arena, count, sizeof *surfaces);
    struct text_place place = text_start(retold->text);
    struct map *last = map_new(); /* number + 1 of the last entity so far, by its surface */
    for (size_t i = 0; i < count; i++) {
        struct slice text = surface_of(&place, retold->entities[i].place);
        uint64_t *number = map_put(last, text);
        surfaces[i] = (struct surface){text, NO_ENTITY, *number == 0};
        if (*number > 0)
            surfaces[*number - 1].next = i;
        *number = i + 1;
    }
    map_free(last);
    return surfaces;
}

/* Finds the entities that have the surface of number `first`, in their order; places[i] is that of entity i. Another
 * one in the text would make it uncertain which is which. */
static bool find_equal(const struct surface *surfaces, size_t first, struct slice text, struct span *places)
{
    struct slice surface = surfaces[first].text;
    struct text_place place = text_start(text);
    const char *from = text.ptr;
    for (size_t i = first; i != NO_ENTITY; i = surfaces[i].next) {
        const char *found = find_surface(text, surface, from);
        if (found == NULL)
            return false;
        from = found + surface.len;
        places[i].start = (uint32_t)text_to_byte(&place, (size_t)(found - text.ptr));
        places[i].end = (uint32_t)text_to_byte(&place, (size_t)(from - text.ptr));
    }
    return find_surface(text, surface, from) == NULL;
}

bool retold_find(const struct retold *retold, struct slice text, struct span *places, struct arena *arena)
{
    if (retold->entity_count == 0)
        return true;
    const struct surface *surfaces = list_surfaces(retold, arena);
    for (size_t i = 0; i < retold->entity_count; i++)
        if (surfaces[i].text.len == 0 || (surfaces[i].first && !find_equal(surfaces, i, text, places)))
            return false;
    return true;
}

/* ---- the variant ---- */

static void set_spans(struct record *made, const struct retold *retold, const struct span *places, struct arena *arena)
{
    struct annotations moved = retold->annotations;
    for (size_t i = 0; i < MEMBERS_OF_TEXT; i++) {
        struct annotation *member = &moved.members[i];
        if (slice_is(member->name, "entities"))
            member->spans = (struct span *)(uintptr_t)places;
        else
            member->count = 0;
    }
    (void)annotations_set(made, &moved, arena);
    for (size_t i = 0; i < MEMBERS_OF_TEXT; i++)
        if (!slice_is(moved.members[i].name, "entities"))
            rec_remove(made, moved.members[i].name);
}

struct record *retold_make(const struct retold *retold, const struct changes *changes, struct slice text,
                           const struct span *places, const char *mark, uint64_t n, struct slice op,
                           struct arena *arena)
{
    struct record *made = rec_derive(arena, retold->in);
    struct bytes edits = {0};
    rec_set_text(made, retold->field, text);
    if (retold->annotated)
        set_spans(made, retold, places, arena);
    if (lineage_child(made, retold->in, mark, n, arena) < 0)
        return NULL;
    rec_set_text(made, SLICE("op"), op);
    bytes_byte(&edits, '[');
    changes_put_json(changes, retold->text, slice_is(retold->field, "text") ? (struct slice){NULL, 0} : retold->field,
                     &edits);
    bytes_byte(&edits, ']');
    rec_set_json(made, SLICE("edits"), arena_copy(arena, bytes_slice(&edits)));
    vec_free(&edits);
    return made;
}
