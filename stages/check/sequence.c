/* sequence.c - the rules for a sequence that is made of documents: see document.h. */
#include "document.h"

#include "base/search.h"

#include "text/json.h"

static bool is_asked(const struct words *emit, const char *name)
{
    for (size_t i = 0; i < emit->len; i++)
        if (strcmp(emit->items[i], name) == 0)
            return true;
    return emit->len == 0;
}

/* What a marker has: as the specification says, and the type of the text that it stands with. */
static int32_t marker_value(size_t member, const struct cell *cells, size_t count, size_t at)
{
    static const int32_t values[CARRIED_INTS] = {[IDS] = 0, [WORDS] = -1, [SPECIAL] = 1, [ATTENTION] = 1};
    if (member == IDS)
        return cells[at].marker;
    if (member != TYPES)
        return values[member];
    if (cells[at].type >= 0)
        return cells[at].type;
    for (size_t i = at; i-- > 0;)
        if (cells[i].document != NULL)
            return cells[i].document->ints[TYPES][cells[i].token];
    for (size_t i = at + 1; i < count; i++)
        if (cells[i].document != NULL)
            return cells[i].document->ints[TYPES][cells[i].token];
    return 0;
}

static const struct document *any_document(const struct cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (cells[i].document != NULL)
            return cells[i].document;
    return NULL;
}

/* input_ids, special_tokens_mask, attention_mask, token_type_ids; false if the rest has no sense. */
static bool check_values(struct check *check, size_t rule, const struct record *in, size_t member,
                         const struct cell *cells, size_t count, struct arena *arena)
{
    const int32_t *found;
    report_checked(check->report, rule);
    if (!check_ints(check, in, slice_of(carried_ints[member]), arena, SIZE_MAX, &found, NULL))
        return false;
    size_t items;
    (void)rec_ints(in, slice_of(carried_ints[member]), arena, &found, &items);
    for (size_t i = 0; i < count && i < items; i++) {
        const struct cell *cell = &cells[i];
        int32_t expected = cell->document == NULL               ? marker_value(member, cells, count, i)
                           : member == TYPES && cell->type >= 0 ? cell->type
                                                                : cell->document->ints[member][cell->token];
        if (found[i] == expected)
            continue;
        report_broken(check->report, rule, "%s[%zu]: expected %" PRId32 ", %s%.*s, found %" PRId32,
                      carried_ints[member], i, expected, cell->document == NULL ? "a marker" : "of document ",
                      cell->document != NULL ? (int)cell->document->id.len : 0,
                      cell->document != NULL ? cell->document->id.items : "", found[i]);
        return false;
    }
    if (items == count)
        return true;
    report_broken(check->report, rule, "%s: expected %zu tokens, found %zu", carried_ints[member], count, items);
    return false;
}

static void check_offsets(struct check *check, size_t rule, const struct record *in, const struct cell *cells,
                          size_t count, struct arena *arena)
{
    const struct span *found;
    size_t items;
    report_checked(check->report, rule);
    if (rec_spans(in, SLICE("offset_mapping"), arena, &found, &items) < 0 || items != count) {
        report_broken(check->report, rule, "offset_mapping: expected %zu pairs, as the documents have them", count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct span expected = {0, 0};
        if (cells[i].document != NULL)
            expected = cells[i].document->offsets[cells[i].token];
        if (found[i].start == expected.start && found[i].end == expected.end)
            continue;
        report_broken(check->report, rule,
                      "offset_mapping[%zu]: expected [%" PRIu32 ",%" PRIu32 "], found [%" PRIu32 ",%" PRIu32 "]", i,
                      expected.start, expected.end, found[i].start, found[i].end);
        return;
    }
}

/* The string of a marker is its own: it is known from the vocabulary. */
static void check_tokens(struct check *check, size_t rule, const struct record *in, const struct cell *cells,
                         size_t count, struct arena *arena)
{
    const struct slice *found;
    size_t items;
    report_checked(check->report, rule);
    if (rec_strings(in, SLICE("tokens"), arena, &found, &items) < 0 || items != count) {
        report_broken(check->report, rule, "tokens: expected %zu strings, as the documents have them", count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct slice expected = found[i];
        if (cells[i].document != NULL)
            expected = cells[i].document->tokens[cells[i].token];
        else if (check->kinds != NULL && check->kinds->tokenizer != NULL)
            expected = tokenizer_token(check->kinds->tokenizer, cells[i].marker);
        if (slice_equal(found[i], expected))
            continue;
        report_broken(check->report, rule, "tokens[%zu]: expected \"%.*s\", found \"%.*s\"", i, (int)expected.len,
                      expected.ptr, (int)found[i].len, found[i].ptr);
        return;
    }
}

/* Does the text go on from the token at a to the one at b? */
static bool is_next(const struct cell *a, const struct cell *b)
{
    return a->document != NULL && a->document == b->document && a->part == b->part &&
           (a->back ? b->token + 1 == a->token : a->token + 1 == b->token);
}

/* Is the word of the token at i that of the text token before it? `before` SIZE_MAX: there is none. */
static bool same_word(const struct cell *cells, size_t before, size_t i)
{
    const struct cell *a = before != SIZE_MAX ? &cells[before] : NULL, *b = &cells[i];
    return a != NULL && is_next(a, b) && a->document->ints[WORDS][a->token] == b->document->ints[WORDS][b->token];
}

/* Numbered anew from 0, one up for each word; -1 for what is none. A word that a marker parts may go on or be two. */
static void check_words(struct check *check, size_t rule, const struct record *in, const struct cell *cells,
                        size_t count, struct arena *arena)
{
    const int32_t *found;
    int32_t word = -1;
    size_t before = SIZE_MAX;
    report_checked(check->report, rule);
    if (!check_ints(check, in, SLICE("word_ids"), arena, count, &found, NULL))
        return;
    for (size_t i = 0; i < count; i++) {
        int32_t expected = -1;
        if (cells[i].document != NULL && cells[i].document->ints[WORDS][cells[i].token] >= 0) {
            bool same = same_word(cells, before, i);
            word += !same || (before + 1 != i && found[i] == word + 1);
            expected = word;
        }
        if (cells[i].document != NULL)
            before = i;
        if (found[i] == expected)
            continue;
        report_broken(check->report, rule, "word_ids[%zu]: expected %" PRId32 ", found %" PRId32, i, expected,
                      found[i]);
        return;
    }
}

/* ---- ranges, sources, ids ---- */

/* Does a run of tokens of one document go on at i? */
static bool goes_on(const struct cell *cells, size_t i)
{
    return is_next(&cells[i - 1], &cells[i]);
}

static void put_pair(struct bytes *out, size_t start, size_t end)
{
    bytes_put(out, out->len > 1 ? SLICE(",[") : SLICE("["));
    json_put_int(out, (int64_t)start);
    bytes_byte(out, ',');
    json_put_int(out, (int64_t)end);
    bytes_byte(out, ']');
}

static bool in_range(uint32_t token, struct span range)
{
    return token >= range.start && token < range.end;
}

/* A range of a document as ranges of the record: in each run of its tokens. Runs are told apart by markers and ends. */
static void put_range(struct bytes *out, const struct cell *cells, size_t from, size_t to, struct span range)
{
    for (size_t i = from, end; i < to; i = end) {
        end = i + 1;
        if (cells[i].document == NULL || !in_range(cells[i].token, range))
            continue;
        while (end < to && goes_on(cells, end) && in_range(cells[end].token, range))
            end++;
        put_pair(out, i, end);
    }
}

/* Tokens of one document, with the markers between. */
static size_t end_of_part(const struct cell *cells, size_t count, size_t from)
{
    size_t end = from + 1, last = from + 1;
    while (end < count && (cells[end].document == NULL ||
                           (cells[end].document == cells[from].document && cells[end].part == cells[from].part))) {
        end++;
        if (cells[end - 1].document != NULL)
            last = end;
    }
    return last;
}

static void expect_json(struct check *check, size_t rule, const struct record *in, const char *name,
                        const struct bytes *expected, struct arena *arena)
{
    const struct value *value = rec_present(in, slice_of(name));
    struct slice found = value != NULL ? rec_json(value, arena) : SLICE("none");
    report_checked(check->report, rule);
    if (!slice_equal(found, bytes_slice(expected)))
        report_broken(check->report, rule, "%s: expected %.*s, found %.*s", name,
                      (int)(expected->len < 300 ? expected->len : 300), expected->items,
                      (int)(found.len < 300 ? found.len : 300), found.ptr);
}

/* The numbers of the ranges that may have a token of these cells: of long documents, few. */
static struct span ranges_near(const struct document *document, size_t member, const struct cell *cells, size_t from,
                               size_t to)
{
    struct span near = {0, (uint32_t)document->range_counts[member]};
    const struct span *ranges = document->ranges[member];
    uint32_t least = UINT32_MAX, most = 0;
    for (size_t i = from; i < to; i++) {
        if (cells[i].document == NULL)
            continue;
        least = cells[i].token < least ? cells[i].token : least;
        most = cells[i].token > most ? cells[i].token : most;
    }
    if (!document->in_order[member])
        return near;
    size_t first, end;
    search_first(first, near.end, ranges[first].end <= least);
    search_first(end, near.end, ranges[end].start <= most);
    return (struct span){(uint32_t)first, (uint32_t)(end > first ? end : first)};
}

static void check_ranges(struct check *check, size_t rule, const struct record *in, size_t member,
                         const struct cell *cells, size_t count, struct arena *arena)
{
    struct bytes text = {0};
    bytes_byte(&text, '[');
    for (size_t i = 0, end; i < count; i = end) {
        const struct document *document = cells[i].document;
        end = i + 1;
        if (document == NULL)
            continue;
        end = end_of_part(cells, count, i);
        struct span near = ranges_near(document, member, cells, i, end);
        for (uint32_t k = near.start; k < near.end; k++)
            put_range(&text, cells, i, end,
                      document->ranges[member][cells[i].back ? near.end - 1 - (k - near.start) : k]);
    }
    bytes_byte(&text, ']');
    expect_json(check, rule, in, carried_ranges[member], &text, arena);
    vec_free(&text);
}

static void put_source(struct bytes *out, const struct cell *first, const struct cell *last)
{
    const struct slice id = bytes_slice(&first->document->id);
    bool back = last->token < first->token;
    bytes_put(out, out->len > 1 ? SLICE(",{\"id\":") : SLICE("{\"id\":"));
    bytes_put(out, id);
    bytes_put(out, SLICE(",\"tokens\":["));
    json_put_int(out, back ? last->token : first->token);
    bytes_byte(out, ',');
    json_put_int(out, (int64_t)(back ? first->token : last->token) + 1);
    bytes_put(out, SLICE("]}"));
}

static void check_sources(struct check *check, size_t rule, const struct record *in, const struct cell *cells,
                          size_t count, struct arena *arena)
{
    struct bytes text = {0};
    const struct cell *first = NULL, *last = NULL;
    bytes_byte(&text, '[');
    for (size_t i = 0; i < count; i++) {
        if (cells[i].document == NULL)
            continue;
        if (first != NULL && !is_next(last, &cells[i])) {
            put_source(&text, first, last);
            first = NULL;
        }
        if (first == NULL)
            first = &cells[i];
        last = &cells[i];
    }
    if (first != NULL)
        put_source(&text, first, last);
    bytes_byte(&text, ']');
    expect_json(check, rule, in, "sources", &text, arena);
    vec_free(&text);
}

/* An id as it stands in another: without quotes. */
static struct slice plain_id(const struct document *document, struct arena *arena)
{
    struct slice id = bytes_slice(&document->id);
    return id.len > 0 && id.ptr[0] == '"' ? json_string(id, arena) : id;
}

static void check_id(struct check *check, size_t rule, const struct record *in, const struct cell *cells, size_t count,
                     struct arena *arena)
{
    const struct cell *first = NULL, *last = NULL;
    struct slice found;
    bool has_epoch = false, is_first = true;
    struct span ends = {0}; /* where the first source begins, and the last one ends */
    for (size_t i = 0; i < count; i++) {
        const struct cell *cell = &cells[i];
        if (cell->document == NULL)
            continue;
        bool begins = first == NULL || !is_next(last, cell);
        ends.start = first == NULL || (cell->back && is_first && !begins) ? cell->token : ends.start;
        is_first = first == NULL || (is_first && !begins);
        ends.end = begins || !cell->back ? cell->token + 1 : ends.end;
        first = first == NULL ? cell : first;
        last = cell;
        has_epoch = has_epoch || cell->document->has_epoch;
    }
    report_checked(check->report, rule);
    if (first == NULL)
        return;
    struct slice a = plain_id(first->document, arena), b = plain_id(last->document, arena);
    struct slice expected = arena_print(arena, "%.*s@%" PRIu32 "-%.*s@%" PRIu32, (int)a.len, a.ptr, ends.start,
                                        (int)b.len, b.ptr, ends.end);
    if (rec_text(in, SLICE("id"), arena, &found) < 0 || !slice_equal(found, expected)) {
        report_broken(check->report, rule, "id: expected \"%.*s\"", (int)expected.len, expected.ptr);
        return;
    }
    uint32_t epoch;
    if (lineage_round(in, &epoch) < 0 || epoch != first->document->epoch || check_has(in, "epoch") != has_epoch)
        report_broken(check->report, rule, "epoch: expected that of the sources, %" PRIu32 "%s", first->document->epoch,
                      has_epoch ? "" : ", not written");
}

/* ---- the whole ---- */

static void check_members(struct check *check, const struct sequence_rules *rules, const struct record *in,
                          const struct document *document, const struct cell *cells, size_t count,
                          const struct words *emit, struct arena *arena)
{
    for (size_t i = SPECIAL; i < CARRIED_INTS; i++)
        if ((document->ints[i] != NULL || (i == TYPES && cells[0].type >= 0)) && is_asked(emit, carried_ints[i]))
            (void)check_values(check, rules->carried, in, i, cells, count, arena);
        else if (check_has(in, carried_ints[i]))
            report_broken(check->report, rules->carried,
                          "%s: not expected: the documents do not have it, or it was not"
                          " asked for",
                          carried_ints[i]);
    if (document->offsets != NULL && is_asked(emit, "offset_mapping"))
        check_offsets(check, rules->carried, in, cells, count, arena);
    if (document->tokens != NULL && is_asked(emit, "tokens"))
        check_tokens(check, rules->carried, in, cells, count, arena);
    if (document->ints[WORDS] != NULL && is_asked(emit, "word_ids"))
        check_words(check, rules->words, in, cells, count, arena);
}

void sequence_check(struct check *check, const struct sequence_rules *rules, const struct record *in,
                    const struct cell *cells, size_t count, const struct words *emit, struct arena *arena)
{
    const struct document *document = any_document(cells, count);
    if (document == NULL)
        return;
    if (is_asked(emit, "input_ids") && !check_values(check, rules->tokens, in, IDS, cells, count, arena))
        return;
    check_members(check, rules, in, document, cells, count, emit, arena);
    for (size_t i = 0; i < CARRIED_RANGES; i++)
        if (document->has_ranges[i] && is_asked(emit, carried_ranges[i]))
            check_ranges(check, rules->ranges, in, i, cells, count, arena);
    if (is_asked(emit, "sources"))
        check_sources(check, rules->sources, in, cells, count, arena);
    if (rules->id != 0)
        check_id(check, rules->id, in, cells, count, arena);
}
