/* tape.c - see tape.h. */
#include "tape.h"

#include "base/memory.h"
#include "base/search.h"

#include <assert.h>
#include <string.h>

/* The items, for each token:
 *
 *     ints[…]         int32_t. word_ids: TAPE_WORD_BEGINS, TAPE_WORD_GOES_ON or TAPE_NO_WORD, since words are numbered
 *                     anew in each sequence
 *     offsets         struct span
 *     spelling_ends   uint64_t, of the token in `spelling`
 *
 * and ranges: struct extent; runs: struct run; documents: struct on_tape; sentences: uint64_t; names: bytes. */

enum { FIRST_BYTES = 4096 };

/* ---- regions ---- */

enum { REGIONS = CARRY_INTS + CARRY_RANGES + 7 };

static void list_regions(struct tape *tape, struct region *list[REGIONS])
{
    size_t n = 0;
    for (size_t i = 0; i < CARRY_INTS; i++)
        list[n++] = &tape->ints[i];
    for (size_t i = 0; i < CARRY_RANGES; i++)
        list[n++] = &tape->ranges[i];
    list[n++] = &tape->offsets;
    list[n++] = &tape->spelling;
    list[n++] = &tape->spelling_ends;
    list[n++] = &tape->runs;
    list[n++] = &tape->documents;
    list[n++] = &tape->names;
    list[n++] = &tape->sentences;
    assert(n == REGIONS);
}

int tape_open(struct tape *tape, unsigned carried, uint64_t max_memory, const char *temp_dir)
{
    *tape = (struct tape){.carried = carried, .max_memory = max_memory, .temp_dir = temp_dir};
    struct region *list[REGIONS];
    list_regions(tape, list);
    for (size_t i = 0; i < REGIONS; i++)
        *list[i] = REGION_CLOSED;
    for (size_t i = 0; i < REGIONS; i++)
        if (region_open(list[i], FIRST_BYTES, NULL) < 0) {
            tape_close(tape);
            return -1;
        }
    return 0;
}

void tape_close(struct tape *tape)
{
    struct region *list[REGIONS];
    list_regions(tape, list);
    for (size_t i = 0; i < REGIONS; i++)
        region_close(list[i]);
}

void tape_clear(struct tape *tape)
{
    struct region *list[REGIONS];
    list_regions(tape, list);
    for (size_t i = 0; i < REGIONS; i++)
        list[i]->len = 0;
    tape->count = 0;
}

/* Moves everything to files once it is larger than the limit. */
static int spill(struct tape *tape)
{
    struct region *list[REGIONS];
    uint64_t bytes = 0;
    list_regions(tape, list);
    for (size_t i = 0; i < REGIONS; i++)
        bytes += list[i]->cap;
    if (tape->spilled || bytes <= tape->max_memory)
        return 0;
    for (size_t i = 0; i < REGIONS; i++)
        if (region_spill(list[i], tape->temp_dir) < 0)
            return -1;
    tape->spilled = true;
    return 0;
}

/* Room for `bytes` more; region->base may move. */
static int make_room(struct tape *tape, struct region *region, size_t bytes)
{
    if (region->cap - region->len >= bytes)
        return 0;
    return region_reserve(region, bytes) < 0 ? -1 : spill(tape);
}

static int put(struct tape *tape, struct region *region, const void *bytes, size_t len)
{
    if (make_room(tape, region, len) < 0)
        return -1;
    region_append(region, bytes, len);
    return 0;
}

/* ---- adding ---- */

int tape_document(struct tape *tape, const struct document *document)
{
    struct slice spelling = document->id.spelling;
    const struct on_tape added = {
        .start = tape->count,
        .end = tape->count,
        .id_at = tape->names.len,
        .id_len = spelling.len,
        .id_kind = document->id.kind,
    };
    if (put(tape, &tape->names, spelling.ptr, spelling.len) < 0)
        return -1;
    return put(tape, &tape->documents, &added, sizeof added);
}

int tape_sentence(struct tape *tape, uint64_t position)
{
    return put(tape, &tape->sentences, &position, sizeof position);
}

/* A word is a run of one number and one type that is not below 0. */
static int add_words(struct tape *tape, const struct document *document, uint32_t from, uint32_t to)
{
    struct region *region = &tape->ints[CARRY_WORD_IDS];
    const int32_t *words = document->ints[CARRY_WORD_IDS], *types = document->ints[CARRY_TOKEN_TYPE_IDS];
    if (make_room(tape, region, (to - from) * sizeof *words) < 0)
        return -1;
    int32_t *out = (int32_t *)(void *)(region->base + region->len);
    for (uint32_t i = from; i < to; i++) {
        bool begins = i == from || words[i] != words[i - 1] || (types != NULL && types[i] != types[i - 1]);
        out[i - from] = words[i] < 0 ? TAPE_NO_WORD : begins ? TAPE_WORD_BEGINS : TAPE_WORD_GOES_ON;
    }
    region->len += (to - from) * sizeof *words;
    return 0;
}

static int add_spelling(struct tape *tape, const struct slice *tokens, size_t count)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += tokens[i].len;
    if (make_room(tape, &tape->spelling, bytes) < 0 ||
        make_room(tape, &tape->spelling_ends, count * sizeof(uint64_t)) < 0)
        return -1;
    char *out = tape->spelling.base + tape->spelling.len;
    uint64_t *ends = (uint64_t *)(void *)(tape->spelling_ends.base + tape->spelling_ends.len);
    for (size_t i = 0; i < count; i++) {
        memcpy(out, tokens[i].ptr, tokens[i].len);
        out += tokens[i].len;
        ends[i] = (uint64_t)(out - tape->spelling.base);
    }
    tape->spelling.len += bytes;
    tape->spelling_ends.len += count * sizeof *ends;
    return 0;
}

static uint32_t before(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* The parts of the document's spans that are in [from, to). */
static int add_ranges(struct tape *tape, int member, const struct ranges *ranges, uint32_t from, uint32_t to)
{
    struct region *region = &tape->ranges[member - CARRY_INTS];
    size_t low;
    search_first(low, ranges->count, ranges->reach[low] <= from);
    size_t count = region->len / sizeof(struct extent);
    uint64_t reach = count > 0 ? ((const struct extent *)(const void *)region->base)[count - 1].reach : 0;
    for (size_t i = low; i < ranges->count && ranges->spans[i].start < to; i++) {
        struct span span = ranges->spans[i];
        if (span.end <= from)
            continue;
        uint64_t end = tape->count + before(span.end, to) - from;
        reach = end > reach ? end : reach;
        const struct extent extent = {tape->count + (span.start > from ? span.start - from : 0), end, reach};
        if (put(tape, region, &extent, sizeof extent) < 0)
            return -1;
    }
    return 0;
}

static int add_member(struct tape *tape, const struct document *document, int member, uint32_t from, uint32_t to)
{
    size_t count = to - from;
    if (member == CARRY_WORD_IDS)
        return add_words(tape, document, from, to);
    if (member < CARRY_INTS)
        return put(tape, &tape->ints[member], document->ints[member] + from, count * sizeof(int32_t));
    if (member < CARRY_RANGES_END)
        return add_ranges(tape, member, &document->ranges[member - CARRY_INTS], from, to);
    if (member == CARRY_OFFSET_MAPPING)
        return put(tape, &tape->offsets, document->offsets + from, count * sizeof(struct span));
    return add_spelling(tape, document->tokens + from, count);
}

static struct on_tape *last_document(struct tape *tape)
{
    assert(tape->documents.len > 0);
    return (struct on_tape *)(void *)(tape->documents.base + tape->documents.len) - 1;
}

/* `count` tokens have been added to the end. */
static void advance(struct tape *tape, size_t count)
{
    tape->count += count;
    last_document(tape)->end = tape->count;
}

int tape_add(struct tape *tape, const struct document *document, uint32_t from, uint32_t to)
{
    const struct run run = {tape->count, tape->count + (to - from), tape_documents(tape) - 1, from};
    if (from == to)
        return 0;
    for (int i = 0; i < CARRY_COUNT; i++)
        if (tape->carried & CARRY_BIT(i) && add_member(tape, document, i, from, to) < 0)
            return -1;
    if (put(tape, &tape->runs, &run, sizeof run) < 0)
        return -1;
    advance(tape, to - from);
    return 0;
}

int tape_marker(struct tape *tape, const struct marker *marker, int32_t type)
{
    const int32_t ints[CARRY_INTS] = {
        [CARRY_INPUT_IDS] = marker->id, [CARRY_WORD_IDS] = TAPE_NO_WORD, [CARRY_SPECIAL_TOKENS_MASK] = 1,
        [CARRY_ATTENTION_MASK] = 1,     [CARRY_TOKEN_TYPE_IDS] = type,
    };
    const struct span offset = {0, 0};
    for (int i = 0; i < CARRY_INTS; i++)
        if (tape->carried & CARRY_BIT(i) && put(tape, &tape->ints[i], &ints[i], sizeof ints[i]) < 0)
            return -1;
    if (tape->carried & CARRY_BIT(CARRY_OFFSET_MAPPING) && put(tape, &tape->offsets, &offset, sizeof offset) < 0)
        return -1;
    if (tape->carried & CARRY_BIT(CARRY_TOKENS) && add_spelling(tape, &marker->token, 1) < 0)
        return -1;
    advance(tape, 1);
    return 0;
}

/* ---- reading ---- */

size_t tape_documents(const struct tape *tape)
{
    return tape->documents.len / sizeof(struct on_tape);
}

const struct on_tape *tape_document_at(const struct tape *tape, size_t number)
{
    assert(number < tape_documents(tape));
    return (const struct on_tape *)(const void *)tape->documents.base + number;
}

struct record_id tape_id(const struct tape *tape, const struct on_tape *document)
{
    return (struct record_id){document->id_kind, {tape->names.base + document->id_at, document->id_len}};
}

/* The first of the sorted numbers that is not below `least`. */
static size_t first_not_below(const uint64_t *numbers, size_t count, uint64_t least)
{
    size_t low;
    search_first(low, count, numbers[low] < least);
    return low;
}

const uint64_t *tape_sentences(const struct tape *tape, uint64_t from, uint64_t to, size_t *count)
{
    const uint64_t *starts = (const uint64_t *)(const void *)tape->sentences.base;
    size_t all = tape->sentences.len / sizeof *starts, first = first_not_below(starts, all, from);
    *count = first_not_below(starts, all, to) - first;
    return starts + first;
}

size_t tape_document_of(const struct tape *tape, uint64_t position)
{
    size_t low;
    search_first(low, tape_documents(tape), tape_document_at(tape, low)->end <= position);
    return low;
}

const struct run *tape_runs(const struct tape *tape, uint64_t position, size_t *count)
{
    const struct run *runs = (const struct run *)(const void *)tape->runs.base;
    size_t low, all = tape->runs.len / sizeof *runs;
    search_first(low, all, runs[low].end <= position);
    *count = all - low;
    return runs + low;
}

const struct extent *tape_extents(const struct tape *tape, int member, uint64_t position, size_t *count)
{
    const struct region *region = &tape->ranges[member - CARRY_INTS];
    const struct extent *extents = (const struct extent *)(const void *)region->base;
    size_t low, all = region->len / sizeof *extents;
    search_first(low, all, extents[low].reach <= position);
    *count = all - low;
    return extents + low;
}

/* ---- trimming ---- */

static void drop_front(struct region *region, size_t bytes)
{
    memmove(region->base, region->base + bytes, region->len - bytes);
    region->len -= bytes;
}

/* Bytes of spelling before the token at the position. */
static uint64_t spelling_before(const struct tape *tape, uint64_t position)
{
    return position == 0 ? 0 : ((const uint64_t *)(const void *)tape->spelling_ends.base)[position - 1];
}

static void trim_tokens(struct tape *tape, uint64_t position)
{
    uint64_t spelled = tape->carried & CARRY_BIT(CARRY_TOKENS) ? spelling_before(tape, position) : 0;
    for (int i = 0; i < CARRY_INTS; i++)
        if (tape->carried & CARRY_BIT(i))
            drop_front(&tape->ints[i], position * sizeof(int32_t));
    if (tape->carried & CARRY_BIT(CARRY_OFFSET_MAPPING))
        drop_front(&tape->offsets, position * sizeof(struct span));
    if (tape->carried & CARRY_BIT(CARRY_TOKENS)) {
        drop_front(&tape->spelling, spelled);
        drop_front(&tape->spelling_ends, position * sizeof(uint64_t));
        uint64_t *ends = (uint64_t *)(void *)tape->spelling_ends.base;
        for (size_t i = 0; i < tape->spelling_ends.len / sizeof *ends; i++)
            ends[i] -= spelled;
    }
}

static uint64_t less(uint64_t a, uint64_t by)
{
    return a > by ? a - by : 0;
}

/* Those of one member that are not wholly before the position. */
static void trim_ranges(struct region *region, uint64_t position)
{
    struct extent *extents = (struct extent *)(void *)region->base;
    size_t kept = 0;
    for (size_t i = 0; i < region->len / sizeof *extents; i++)
        if (extents[i].end > position)
            extents[kept++] = (struct extent){less(extents[i].start, position), extents[i].end - position,
                                              extents[i].reach - position};
    region->len = kept * sizeof *extents;
}

static void trim_documents(struct tape *tape, uint64_t position)
{
    size_t first = tape_document_of(tape, position), runs;
    uint64_t names = first < tape_documents(tape) ? tape_document_at(tape, first)->id_at : tape->names.len;
    const struct run *from = tape_runs(tape, position, &runs);
    struct run *out = (struct run *)(void *)tape->runs.base;
    for (size_t i = 0; i < runs; i++) {
        uint64_t cut = less(position, from[i].start);
        out[i] = (struct run){less(from[i].start, position), from[i].end - position, from[i].document - first,
                              from[i].from + cut};
    }
    tape->runs.len = runs * sizeof *out;
    drop_front(&tape->documents, first * sizeof(struct on_tape));
    drop_front(&tape->names, names);
    struct on_tape *documents = (struct on_tape *)(void *)tape->documents.base;
    for (size_t i = 0; i < tape_documents(tape); i++) {
        documents[i].start = less(documents[i].start, position);
        documents[i].end -= position;
        documents[i].id_at -= names;
    }
}

static void trim_sentences(struct tape *tape, uint64_t position)
{
    uint64_t *starts = (uint64_t *)(void *)tape->sentences.base;
    size_t kept = 0;
    for (size_t i = 0; i < tape->sentences.len / sizeof *starts; i++)
        if (starts[i] >= position)
            starts[kept++] = starts[i] - position;
    tape->sentences.len = kept * sizeof *starts;
}

void tape_trim(struct tape *tape, uint64_t position)
{
    assert(position <= tape->count);
    if (position == tape->count) {
        tape_clear(tape);
        return;
    }
    trim_documents(tape, position);
    trim_tokens(tape, position);
    for (int i = CARRY_INTS; i < CARRY_RANGES_END; i++)
        trim_ranges(&tape->ranges[i - CARRY_INTS], position);
    trim_sentences(tape, position);
    tape->count -= position;
}
