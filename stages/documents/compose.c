/* compose.c - see compose.h. */
#include "compose.h"

#include <assert.h>
#include <string.h>

static size_t length_of(const struct piece *piece)
{
    return piece->marker != NULL ? 1 : (size_t)(piece->to - piece->from);
}

/* Position on the tape of token i of a piece. */
static uint64_t place_of(const struct piece *piece, size_t i)
{
    return piece->backward ? piece->to - 1 - i : piece->from + i;
}

/* ---- members with an integer for each token ---- */

static void copy_ints(const struct piece *piece, int member, int32_t *out)
{
    const int32_t *from = tape_ints(piece->tape, member);
    if (!piece->backward) {
        memcpy(out, from + piece->from, length_of(piece) * sizeof *out);
        return;
    }
    for (size_t i = 0; i < length_of(piece); i++)
        out[i] = from[place_of(piece, i)];
}

/* *last: the number of the last word so far. */
static void number_words(const struct piece *piece, int32_t *last, int32_t *out)
{
    const int32_t *marks = tape_ints(piece->tape, CARRY_WORD_IDS);
    bool begins = true; /* a word before this token has ended */
    for (size_t i = 0; i < length_of(piece); i++) {
        uint64_t place = place_of(piece, i);
        begins |= !piece->backward && marks[place] == TAPE_WORD_BEGINS;
        *last += marks[place] != TAPE_NO_WORD && begins;
        out[i] = marks[place] == TAPE_NO_WORD ? -1 : *last;
        begins = piece->backward && marks[place] != TAPE_WORD_GOES_ON;
    }
}

/* The type of a marker, `at` tokens into the record. */
static int32_t marker_type(const struct piece *pieces, size_t count, size_t number, const int32_t *types, size_t at)
{
    int32_t type = pieces[number].type;
    if (type == PIECE_PREVIOUS)
        return at > 0 ? types[at - 1] : 0;
    for (size_t i = number + 1; type == PIECE_NEXT && i < count; i++) {
        const struct piece *next = &pieces[i];
        if (next->marker != NULL || length_of(next) == 0)
            continue;
        return next->type >= 0 ? next->type : tape_ints(next->tape, CARRY_TOKEN_TYPE_IDS)[place_of(next, 0)];
    }
    return type < 0 ? 0 : type;
}

static int32_t marker_int(const struct marker *marker, int member)
{
    return member == CARRY_INPUT_IDS ? marker->id : member == CARRY_WORD_IDS ? -1 : 1;
}

static void make_ints(const struct piece *pieces, size_t count, int member, int32_t *out)
{
    size_t at = 0;
    int32_t last = -1;
    for (size_t n = 0; n < count; n++) {
        const struct piece *piece = &pieces[n];
        size_t length = length_of(piece);
        if (piece->marker != NULL && member == CARRY_TOKEN_TYPE_IDS)
            out[at] = marker_type(pieces, count, n, out, at);
        else if (piece->marker != NULL)
            out[at] = marker_int(piece->marker, member);
        else if (member == CARRY_WORD_IDS)
            number_words(piece, &last, out + at);
        else if (member == CARRY_TOKEN_TYPE_IDS && piece->type >= 0)
            for (size_t i = 0; i < length; i++)
                out[at + i] = piece->type;
        else
            copy_ints(piece, member, out + at);
        at += length;
    }
}

/* ---- the others ---- */

static void make_offsets(const struct piece *pieces, size_t count, struct span *out)
{
    for (size_t n = 0; n < count; n++) {
        if (pieces[n].marker != NULL) {
            *out++ = (struct span){0, 0};
            continue;
        }
        const struct span *offsets = (const struct span *)(const void *)pieces[n].tape->offsets.base;
        size_t length = length_of(&pieces[n]);
        if (!pieces[n].backward)
            memcpy(out, offsets + pieces[n].from, length * sizeof *out);
        for (size_t i = 0; pieces[n].backward && i < length; i++)
            out[i] = offsets[place_of(&pieces[n], i)];
        out += length;
    }
}

static void make_tokens(const struct piece *pieces, size_t count, struct arena *arena, struct slice *out)
{
    for (size_t n = 0; n < count; n++) {
        const struct piece *piece = &pieces[n];
        if (piece->marker != NULL) {
            *out++ = piece->marker->token;
            continue;
        }
        const uint64_t *ends = (const uint64_t *)(const void *)piece->tape->spelling_ends.base;
        uint64_t start = piece->from > 0 ? ends[piece->from - 1] : 0;
        uint64_t bytes = piece->to > piece->from ? ends[piece->to - 1] - start : 0;
        struct slice spelled = arena_copy(arena, (struct slice){piece->tape->spelling.base + start, bytes});
        for (size_t i = 0; i < length_of(piece); i++) {
            uint64_t place = place_of(piece, i), begin = place > 0 ? ends[place - 1] : 0;
            *out++ = (struct slice){spelled.ptr + (begin - start), ends[place] - begin};
        }
    }
}

static struct span extent_within(const struct piece *piece, const struct extent *extent, size_t at)
{
    uint64_t start = extent->start > piece->from ? extent->start - piece->from : 0;
    uint64_t end = (extent->end < piece->to ? extent->end : piece->to) - piece->from;
    uint64_t length = piece->to - piece->from;
    if (piece->backward)
        return (struct span){(uint32_t)(at + length - end), (uint32_t)(at + length - start)};
    return (struct span){(uint32_t)(at + start), (uint32_t)(at + end)};
}

/* The spans of one member in a piece that begins at token `at`; out NULL: only counts them. */
static size_t put_ranges(const struct piece *piece, int member, size_t at, struct span *out)
{
    size_t left, n = 0;
    const struct extent *extents = tape_extents(piece->tape, member, piece->from, &left);
    for (size_t i = 0; i < left && extents[i].start < piece->to; i++) {
        if (extents[i].end <= piece->from)
            continue;
        if (out != NULL)
            out[n] = extent_within(piece, &extents[i], at);
        n++;
    }
    for (size_t i = 0; out != NULL && piece->backward && i < n / 2; i++) {
        struct span span = out[i];
        out[i] = out[n - 1 - i];
        out[n - 1 - i] = span;
    }
    return n;
}

static void make_ranges(const struct piece *pieces, size_t count, int member, struct arena *arena,
                        struct composition *made)
{
    size_t all = 0, at = 0, n = 0;
    for (size_t i = 0; i < count; i++)
        all += pieces[i].marker != NULL ? 0 : put_ranges(&pieces[i], member, 0, NULL);
    struct span *spans = arena_array(arena, all, sizeof *spans);
    for (size_t i = 0; i < count; i++) {
        if (pieces[i].marker == NULL)
            n += put_ranges(&pieces[i], member, at, spans + n);
        at += length_of(&pieces[i]);
    }
    made->ranges[member - CARRY_INTS] = spans;
    made->range_counts[member - CARRY_INTS] = all;
}

/* ---- where it comes from ---- */

/* What stood before: the document of the last source, to be compared. */
struct trace {
    const struct tape *tape;
    uint64_t document;
    bool backward;
};

static void put_source(struct composition *made, struct trace *trace, const struct piece *piece, const struct run *run,
                       bool apart)
{
    uint64_t start = run->start > piece->from ? run->start : piece->from;
    uint64_t end = run->end < piece->to ? run->end : piece->to;
    struct span tokens = {(uint32_t)(run->from + (start - run->start)), (uint32_t)(run->from + (end - run->start))};
    struct lineage_source *next = &made->sources[made->source_count], *last = next - 1;
    bool same = made->source_count > 0 && !apart && trace->tape == piece->tape && trace->document == run->document &&
                trace->backward == piece->backward;
    *trace = (struct trace){piece->tape, run->document, piece->backward};
    if (same && !piece->backward && last->tokens.end == tokens.start) {
        last->tokens.end = tokens.end;
    } else if (same && piece->backward && last->tokens.start == tokens.end) {
        last->tokens.start = tokens.start;
    } else {
        *next = (struct lineage_source){
            tape_id(piece->tape, tape_document_at(piece->tape, (size_t)run->document)),
            tokens,
        };
        made->source_count++;
    }
}

/* The runs of a piece: the first, and how many. */
static const struct run *runs_of(const struct piece *piece, size_t *count)
{
    size_t left;
    const struct run *runs = tape_runs(piece->tape, piece->from, &left);
    *count = 0;
    while (*count < left && runs[*count].start < piece->to)
        ++*count;
    return runs;
}

/* Where there are only markers: the end of the tokens behind which they stand. */
static void put_marked_source(const struct piece *pieces, size_t count, struct composition *made)
{
    size_t left;
    for (size_t i = 0; i < count; i++) {
        if (pieces[i].marker != NULL || length_of(&pieces[i]) == 0)
            continue;
        const struct run *behind = tape_runs(pieces[i].tape, pieces[i].from, &left);
        if ((const char *)behind == pieces[i].tape->runs.base)
            continue;
        const struct run *run = behind - 1;
        uint32_t end = (uint32_t)(run->from + (run->end - run->start));
        made->sources[made->source_count++] = (struct lineage_source){
            tape_id(pieces[i].tape, tape_document_at(pieces[i].tape, (size_t)run->document)), {end, end}};
        return;
    }
}

static void make_sources(const struct piece *pieces, size_t count, struct arena *arena, struct composition *made)
{
    size_t most = 0, runs;
    for (size_t i = 0; i < count; i++)
        if (pieces[i].marker == NULL) {
            (void)runs_of(&pieces[i], &runs);
            most += runs;
        }
    struct trace trace = {0};
    made->sources = arena_array(arena, most + 1, sizeof *made->sources);
    for (size_t i = 0; i < count; i++) {
        const struct piece *piece = &pieces[i];
        if (piece->marker != NULL)
            continue;
        const struct run *first = runs_of(piece, &runs);
        for (size_t r = 0; r < runs; r++)
            put_source(made, &trace, piece, &first[piece->backward ? runs - 1 - r : r], piece->apart && r == 0);
    }
    if (made->source_count == 0)
        put_marked_source(pieces, count, made);
    for (size_t i = 0; i < made->source_count; i++)
        made->sources[i].id.spelling = arena_copy(arena, made->sources[i].id.spelling);
}

/* Markers have the number of what stands before them, at the start that of the first document: 1. */
static void make_doc_ids(const struct piece *pieces, size_t count, int32_t *out)
{
    int32_t number = 0;
    struct trace trace = {0};
    for (size_t n = 0; n < count; n++) {
        const struct piece *piece = &pieces[n];
        if (piece->marker != NULL) {
            *out++ = number > 0 ? number : 1;
            continue;
        }
        size_t length = length_of(piece);
        bool apart = piece->apart;
        for (size_t i = 0; i < length;) {
            uint64_t place = place_of(piece, i);
            size_t document = tape_document_of(piece->tape, place);
            const struct on_tape *at = tape_document_at(piece->tape, document);
            size_t left = (size_t)(piece->backward ? place - at->start + 1 : at->end - place);
            number += number == 0 || apart || trace.tape != piece->tape || trace.document != document;
            trace = (struct trace){piece->tape, document, piece->backward};
            apart = false;
            for (size_t end = i + left < length ? i + left : length; i < end; i++)
                *out++ = number;
        }
    }
}

/* ---- the composition ---- */

static void make_member(const struct piece *pieces, size_t count, int member, struct arena *arena,
                        struct composition *made)
{
    if (member < CARRY_INTS) {
        made->ints[member] = arena_array(arena, made->count, sizeof(int32_t));
        make_ints(pieces, count, member, made->ints[member]);
    } else if (member < CARRY_RANGES_END) {
        make_ranges(pieces, count, member, arena, made);
    } else if (member == CARRY_OFFSET_MAPPING) {
        made->offsets = arena_array(arena, made->count, sizeof *made->offsets);
        make_offsets(pieces, count, made->offsets);
    } else {
        made->tokens = arena_array(arena, made->count, sizeof *made->tokens);
        make_tokens(pieces, count, arena, made->tokens);
    }
}

void composition_of(const struct piece *pieces, size_t count, unsigned emit, struct arena *arena,
                    struct composition *composition)
{
    struct composition *made = composition;
    *made = (struct composition){.carried = emit};
    for (size_t i = 0; i < count; i++) {
        made->count += length_of(&pieces[i]);
        if (pieces[i].marker == NULL)
            made->carried &= pieces[i].tape->carried;
    }
    for (int i = 0; i < CARRY_COUNT; i++)
        if (made->carried & CARRY_BIT(i))
            make_member(pieces, count, i, arena, made);
    made->doc_ids = arena_array(arena, made->count, sizeof *made->doc_ids);
    make_doc_ids(pieces, count, made->doc_ids);
    make_sources(pieces, count, arena, made);
}

void composition_set(const struct composition *composition, struct record *made)
{
    for (size_t i = 0; i < CARRY_COUNT; i++) {
        int member = carried_order[i];
        struct slice name = carried_names[member];
        if (!(composition->carried & CARRY_BIT(member)))
            continue;
        if (member < CARRY_INTS)
            rec_set_ints(made, name, composition->ints[member], composition->count);
        else if (member < CARRY_RANGES_END)
            rec_set_spans(made, name, composition->ranges[member - CARRY_INTS],
                          composition->range_counts[member - CARRY_INTS]);
        else if (member == CARRY_OFFSET_MAPPING)
            rec_set_spans(made, name, composition->offsets, composition->count);
        else
            rec_set_strings(made, name, composition->tokens, composition->count);
    }
}
