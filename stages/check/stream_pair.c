/* stream_pair.c - the pairs of stream: see stream.h. */
#include "stream.h"

#include "text/json.h"

/* Two segments: A has [from + reuse, end) of the row, B [other, other_end). */
struct segments {
    size_t from, end, other, other_end;
    int64_t label;
    bool named; /* `sources` says where B begins; it does not if B is a marker */
};

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Where the text of the record ends in its row if B follows A. */
static size_t end_of_room(const struct stream *stream, size_t first)
{
    return smaller(first + stream_room(stream), stream->row_length);
}

static void lay_out(const struct stream *stream, const struct stream_place *place, const struct segments *segments,
                    struct cells *cells)
{
    const struct layout *layout = &stream->layout;
    cells->len = 0;
    stream_put(stream, place->row, place->from, segments->from, 0, 1, cells);
    for (size_t i = 0; i < layout->count; i++) {
        const struct layout_part *part = &layout->parts[i];
        if (part->kind == LAYOUT_FIRST)
            stream_put(stream, place->row, segments->from, segments->end, part->type, 1, cells);
        else if (part->kind == LAYOUT_SECOND)
            stream_put(stream, place->row, segments->other, segments->other_end, part->type, 2, cells);
        else
            vec_push(cells, ((struct cell){.marker = part->id, .type = part->type}));
    }
}

static int32_t id_of(const struct cell *cell)
{
    return cell->document != NULL ? cell->document->ints[IDS][cell->token] : cell->marker;
}

static bool has_ids(const struct cells *cells, const struct row *row)
{
    if (cells->len != row->count)
        return false;
    for (size_t i = 0; i < cells->len; i++)
        if (id_of(&cells->items[i]) != row->input_ids[i])
            return false;
    return true;
}

/* Is B the one that `sources` names last? Without that member the ids must do. */
static bool has_source(const struct cells *cells, const struct source *sources, size_t count)
{
    const struct cell *first = NULL;
    size_t items = 0;
    for (size_t i = 0; i < cells->len; i++) {
        const struct cell *cell = &cells->items[i];
        if (cell->document == NULL)
            continue;
        bool next = first == NULL || cell->part != first->part || cell->document != first->document;
        items += next;
        if (next && items <= count && !slice_equal(sources[items - 1].id, bytes_slice(&cell->document->id)))
            return false;
        if (next && items <= count &&
            cell->token + (uint32_t)cell->back !=
                (cell->back ? sources[items - 1].tokens.end : sources[items - 1].tokens.start))
            return false;
        first = cell;
    }
    return true;
}

/* May B begin at token `other` of the row, with label 1? Sets where it ends. */
static bool begins_other(const struct stream *stream, const struct stream_place *place, struct segments *segments,
                         size_t other)
{
    size_t room = stream_room(stream) - (segments->end - segments->from), limit = stream->row_length;
    if (other >= place->from && other < segments->from + stream_room(stream))
        return false;
    if (stream_borders(stream, place->row, other, other + 1) == 0)
        return false;
    if (other < place->from)
        limit = place->from;
    segments->other = other;
    segments->other_end = smaller(other + room, limit);
    return true;
}

/* Where A ends: at a border of sentences, if there is one within the room, and B keeps a token. */
static bool ends_first(const struct stream *stream, const struct stream_place *place, size_t first, size_t end)
{
    size_t last = end_of_room(stream, first);
    if (end <= first || end >= last)
        return false;
    return stream_borders(stream, place->row, first + 1, last) == 0 ||
           stream_borders(stream, place->row, end, end + 1) == 1;
}

struct search {
    const struct stream *stream;
    const struct row *row;
    const struct stream_place *place;
    const struct source *sources;
    size_t source_count;
    struct cells *cells;
};

/* Is the record this pair? */
static bool is_pair(const struct search *search, const struct segments *segments)
{
    lay_out(search->stream, search->place, segments, search->cells);
    return has_ids(search->cells, search->row) && has_source(search->cells, search->sources, search->source_count);
}

static bool is_second(const struct search *search, struct segments *segments, size_t other)
{
    const struct stream *stream = search->stream;
    if (!begins_other(stream, search->place, segments, other))
        return false;
    size_t count = segments->other_end - segments->other + (segments->end - segments->from);
    return count + stream->reuse + stream->layout.specials == search->row->count && is_pair(search, segments);
}

/* Where B begins by `sources`: with its first token or a marker before that, at a sentence. SIZE_MAX: not known. */
static size_t named_second(const struct search *search, const struct segments *segments)
{
    size_t items = 0, row = search->place->row;
    bool back = row >= search->stream->rows;
    struct cells cells = {0};
    const struct cell *last = NULL;
    stream_put(search->stream, row, search->place->from, segments->end, 0, 1, &cells);
    for (size_t i = 0; i < cells.len; i++) {
        if (cells.items[i].document == NULL)
            continue;
        items += last == NULL || last->document != cells.items[i].document;
        last = &cells.items[i];
    }
    vec_free(&cells);
    if (items >= search->source_count)
        return SIZE_MAX;
    const struct source *source = &search->sources[items];
    size_t at = stream_find(search->stream, row, source->id, back ? source->tokens.end - 1 : source->tokens.start);
    while (at != SIZE_MAX && at > 0 && stream_borders(search->stream, row, at, at + 1) == 0 &&
           stream_is_marker(search->stream, row, at - 1))
        at--;
    return at;
}

static bool find_second(const struct search *search, struct segments *segments)
{
    const struct stream *stream = search->stream;
    if (segments->label == 0) {
        segments->other = segments->end;
        segments->other_end = end_of_room(stream, segments->from);
        return is_pair(search, segments);
    }
    size_t other = named_second(search, segments);
    segments->named = other != SIZE_MAX;
    if (other != SIZE_MAX)
        return is_second(search, segments, other);
    for (other = 0; other < stream->row_length; other++)
        if (is_second(search, segments, other))
            return true;
    return false;
}

/* A ends before a token that the template has behind it; which one, is tried. */
static bool find(const struct search *search, struct segments *segments)
{
    const struct stream *stream = search->stream;
    size_t lead = 0, special = 0;
    while (stream->layout.parts[lead].kind == LAYOUT_SPECIAL)
        lead++;
    while (special < stream->layout.count && !(special > lead && stream->layout.parts[special].kind == LAYOUT_SPECIAL))
        special++;
    for (size_t end = segments->from + 1; end < end_of_room(stream, segments->from); end++) {
        size_t behind = stream->reuse + lead + (end - segments->from);
        segments->end = end;
        if (behind >= search->row->count)
            return false;
        if (special < stream->layout.count && search->row->input_ids[behind] != stream->layout.parts[special].id)
            continue;
        if (ends_first(stream, search->place, segments->from, end) && find_second(search, segments))
            return true;
    }
    return false;
}

/* Number `which` of `count` alike choices. */
static void count_choice(double *seen, double *expected, uint64_t *decisions, size_t which, size_t count)
{
    if (count < 2)
        return;
    seen[which * STREAM_BINS / count]++;
    for (size_t i = 0; i < STREAM_BINS; i++) {
        size_t from = (i * count + STREAM_BINS - 1) / STREAM_BINS,
               to = ((i + 1) * count + STREAM_BINS - 1) / STREAM_BINS;
        expected[i] += (double)(to - from) / (double)count;
    }
    ++*decisions;
}

static void count_laws(struct stream *stream, const struct stream_place *place, const struct segments *segments,
                       size_t before, size_t candidates)
{
    size_t row = place->row, first = segments->from, last = end_of_room(stream, first);
    size_t borders = stream_borders(stream, row, first + 1, last);
    size_t which = borders > 0 ? stream_borders(stream, row, first + 1, segments->end) : segments->end - first - 1;
    count_choice(stream->ends, stream->ends_expected, &stream->end_count, which,
                 borders > 0 ? borders : last - first - 1);
    if (candidates == 0)
        return;
    stream->labels[segments->label]++;
    stream->label_count++;
    if (segments->label == 0 || !segments->named)
        return;
    size_t behind = first + stream_room(stream);
    which = segments->other < place->from ? stream_borders(stream, row, 0, segments->other)
                                          : before + stream_borders(stream, row, behind, segments->other);
    count_choice(stream->beginnings, stream->beginnings_expected, &stream->beginning_count, which, candidates);
}

bool stream_pair_lay_out(struct check *check, struct stream *stream, const struct record *in, const struct row *row,
                         const struct stream_place *place, struct cells *cells, struct arena *arena)
{
    struct segments segments = {.from = place->from + stream->reuse};
    struct search search = {.stream = stream, .row = row, .place = place, .cells = cells};
    struct source *sources = NULL;
    if (!check_int(check, in, SLICE("next_sentence_label"), &segments.label))
        return false;
    if (check_has(in, "sources") && !sources_read(check, in, arena, &sources, &search.source_count))
        return false;
    search.sources = sources;
    report_checked(check->report, RULE_PAIR);
    size_t behind = smaller(segments.from + stream_room(stream), stream->row_length);
    size_t before = stream_borders(stream, place->row, 0, place->from);
    size_t candidates = before + stream_borders(stream, place->row, behind, stream->row_length);
    if (segments.label != 0 && (segments.label != 1 || candidates == 0)) {
        report_broken(check->report, RULE_PAIR, "next_sentence_label: expected 0%s, found %" PRId64,
                      candidates > 0 ? " or 1" : ", as no sentence begins elsewhere in the row", segments.label);
        return false;
    }
    if (!find(&search, &segments)) {
        report_broken(check->report, RULE_PAIR,
                      "expected tokens %zu to %zu of row %zu, then A, which ends with a sentence if it can, and B, %s",
                      place->from, segments.from, place->row,
                      segments.label == 0 ? "which follows it" : "a sentence of the row that begins elsewhere");
        return false;
    }
    count_laws(stream, place, &segments, before, candidates);
    return true;
}

void stream_pair_judge(const struct stream *stream, struct report *report)
{
    double half = (double)stream->label_count / 2;
    report_law(report, LAW_LABELS, verdict_counts_p(stream->labels, (double[]){half, half}, 2), stream->label_count,
               "records");
    report_law(report, LAW_ENDS, verdict_counts_p(stream->ends, stream->ends_expected, STREAM_BINS), stream->end_count,
               "records");
    report_law(report, LAW_BEGINNINGS, verdict_counts_p(stream->beginnings, stream->beginnings_expected, STREAM_BINS),
               stream->beginning_count, "records");
}
