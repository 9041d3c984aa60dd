/* excerpts.c - see excerpts.h. */
#include "excerpts.h"

/* The pieces of the annotated text, by number. Each window of one text comes with all windows of the other. */
static int cut_annotations(struct excerpts *excerpts, const struct encoding *windows, size_t count, struct arena *arena)
{
    size_t pieces = 0, annotated = excerpts->annotated;
    for (size_t i = 0; i < count; i++)
        if (windows[i].excerpts[annotated].number >= pieces)
            pieces = windows[i].excerpts[annotated].number + 1;
    if (pieces < 2) {
        excerpts->annotations = NULL;
        return 0;
    }
    uint32_t length = (uint32_t)excerpts->lengths[annotated];
    struct span *places = arena_array(arena, pieces, sizeof *places);
    for (size_t i = 0; i < count; i++) {
        const struct excerpt *excerpt = &windows[i].excerpts[annotated];
        places[excerpt->number].start = excerpt->place.start < length ? excerpt->place.start : length;
        places[excerpt->number].end = excerpt->place.end < length ? excerpt->place.end : length;
    }
    return annotations_cut(excerpts->annotations, places, pieces, arena, &excerpts->spans);
}

int excerpts_read(struct excerpts *excerpts, const struct slice texts[2], const struct annotations *annotations,
                  size_t annotated, const struct encoding *windows, size_t count, struct arena *arena)
{
    *excerpts = (struct excerpts){.annotations = annotations, .annotated = annotated};
    for (size_t i = 0; i < 2; i++) {
        excerpts->places[i] = text_start(texts[i]);
        excerpts->lengths[i] = text_length(texts[i]);
    }
    return annotations != NULL ? cut_annotations(excerpts, windows, count, arena) : 0;
}

void excerpts_pieces(struct excerpts *excerpts, const struct encoding *window, struct piece_of_text pieces[2])
{
    for (size_t i = 0; i < 2; i++) {
        struct text_place *place = &excerpts->places[i];
        struct span points = window->excerpts[i].place;
        uint32_t length = (uint32_t)excerpts->lengths[i];
        points.start = points.start < length ? points.start : length;
        points.end = points.end < length ? points.end : length;
        struct span bytes = {(uint32_t)text_to_point(place, points.start), (uint32_t)text_to_point(place, points.end)};
        pieces[i] = (struct piece_of_text){
            .whole = points.start == 0 && points.end == length,
            .points = points,
            .bytes = bytes,
            .text = {place->text.ptr + bytes.start, bytes.end - bytes.start},
        };
    }
}

static uint32_t within(uint32_t point, struct span piece)
{
    return point < piece.start ? piece.start : point > piece.end ? piece.end : point;
}

const struct span *excerpts_offsets(struct text_place places[2], const struct encoding *encoding,
                                    const struct piece_of_text pieces[2], bool in_bytes, struct arena *arena)
{
    struct span *offsets = arena_array(arena, encoding->count, sizeof *offsets);
    if (encoding->count > 0)
        memcpy(offsets, encoding->offsets, encoding->count * sizeof *offsets);
    for (size_t text = 0; text < 2; text++) {
        struct span range = encoding->texts[text], points = pieces[text].points;
        uint32_t base = in_bytes ? pieces[text].bytes.start : points.start;
        for (uint32_t i = range.start; i < range.end; i++) {
            /* Only a token without text can be outside. */
            struct span offset = {within(offsets[i].start, points), within(offsets[i].end, points)};
            if (in_bytes) {
                offset.start = (uint32_t)text_to_point(&places[text], offset.start);
                offset.end = (uint32_t)text_to_point(&places[text], offset.end);
            }
            offsets[i] = (struct span){offset.start - base, offset.end - base};
        }
    }
    return offsets;
}

const int32_t *excerpts_word_ids(const struct excerpts *excerpts, const struct encoding *window, size_t words,
                                 size_t word_count, struct arena *arena)
{
    const struct annotation_items *of = &excerpts->spans.of[words];
    size_t piece = window->excerpts[excerpts->annotated].number;
    int32_t kept = (int32_t)(of->first[piece + 1] - of->first[piece]), all = (int32_t)word_count;
    int32_t first = kept > 0 ? (int32_t)of->items[of->first[piece]] : 0, outside = -1;
    int32_t *ids = arena_array(arena, window->count, sizeof *ids);
    for (size_t i = 0; i < window->count; i++) {
        int32_t id = window->word_ids[i];
        if (id >= all && outside < 0)
            outside = id;
        ids[i] = id < 0 ? id : id < all ? id - first : id - outside + kept;
    }
    return ids;
}
