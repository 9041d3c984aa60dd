/* entity.c - entity: named entities become others of the same label. */
#include "augment.h"

#include <stdlib.h>

/* The purposes of draws; the item is the number of the entity. */
enum { ENTITY_SURFACE };

static bool overlap(struct span a, struct span b)
{
    return a.start < b.end && b.start < a.end;
}

static int compare_places(const void *left, const void *right)
{
    const struct draft_entity *const *a = left, *const *b = right;
    struct span p = (*a)->place, q = (*b)->place;
    return p.start != q.start ? (p.start > q.start) - (p.start < q.start) : (p.end > q.end) - (p.end < q.end);
}

/* Is the place free of what is protected besides entities? */
static bool is_free(const struct draft *draft, struct span place)
{
    size_t i;
    search_first(i, draft->fixed_count, draft->fixed[i].end <= place.start);
    return i == draft->fixed_count || draft->fixed[i].start >= place.end;
}

static void exchange(struct op_job *job, const struct draft_entity *entity, struct text_place *place)
{
    const struct draft *draft = job->draft;
    struct part part = draft_part(place, entity->place);
    struct slice old = {draft->text.ptr + part.start, part.end - part.start};
    size_t count, same;
    const struct slice *surfaces =
        gazetteer_surfaces(job->augment->gazetteer, old, entity->label, &job->scratch->name, &count);
    search_first(same, count, slice_compare(surfaces[same], old) < 0);
    bool known = same < count && slice_equal(surfaces[same], old);
    if (count == (known ? 1 : 0))
        return;
    size_t drawn = draw_below(&job->draws, ENTITY_SURFACE, (uint64_t)(entity - draft->entities), count - known);
    struct change change = {.part = part, .text = surfaces[drawn + (known && drawn >= same)]};
    changes_put(job->changes, change);
}

void op_entity(struct op_job *job)
{
    const struct draft *draft = job->draft;
    struct text_place place = text_start(draft->text);
    const struct draft_entity **order =
        arena_array(job->arena, draft->entity_count, sizeof(const struct draft_entity *));
    size_t count = 0;
    for (size_t i = 0; i < draft->entity_count; i++)
        if (draft->entities[i].place.start < draft->entities[i].place.end)
            order[count++] = &draft->entities[i];
    if (count > 1)
        qsort(order, count, sizeof *order, compare_places);
    uint32_t reach = 0; /* the furthest end of the entities before */
    for (size_t i = 0; i < count; i++) {
        struct span at = order[i]->place;
        bool alone = at.start >= reach && (i + 1 == count || !overlap(at, order[i + 1]->place));
        reach = at.end > reach ? at.end : reach;
        if (alone && order[i]->label.ptr != NULL && is_free(draft, at))
            exchange(job, order[i], &place);
    }
}
