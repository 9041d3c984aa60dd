/* document.c - see document.h. */
#include "document.h"

#include "base/search.h"

#include "text/json.h"

const char *const carried_ints[] = {"input_ids",      "word_ids",       "special_tokens_mask",
                                    "attention_mask", "token_type_ids", NULL};
const char *const carried_ranges[] = {"sentence_tokens", "word_tokens", "phrase_tokens", "entity_tokens", NULL};

/* ---- reading ---- */

/* A copy of an array, which lives as long as the document. */
static void *copy_array(const void *items, size_t count, size_t size)
{
    void *copy = mem_zalloc(count + 1, size);
    if (count > 0)
        memcpy(copy, items, count * size);
    return copy;
}

static int bad_count(const char *name, size_t expected, size_t found)
{
    return diag_error("%s: expected %zu items, as in input_ids, found %zu", name, expected, found);
}

static int read_ints(struct document *document, const struct record *record, struct arena *arena)
{
    for (size_t i = 0; i < CARRIED_INTS; i++) {
        const int32_t *ints;
        size_t count;
        if (i != IDS && !check_has(record, carried_ints[i]))
            continue;
        if (rec_ints(record, slice_of(carried_ints[i]), arena, &ints, &count) < 0)
            return -1;
        if (i == IDS)
            document->count = count;
        if (count != document->count)
            return bad_count(carried_ints[i], document->count, count);
        document->ints[i] = copy_array(ints, count, sizeof *ints);
    }
    return 0;
}

static int read_offsets(struct document *document, const struct record *record, struct arena *arena)
{
    const struct span *spans;
    size_t count;
    if (!check_has(record, "offset_mapping"))
        return 0;
    if (rec_spans(record, SLICE("offset_mapping"), arena, &spans, &count) < 0)
        return -1;
    document->offsets = copy_array(spans, count, sizeof *spans);
    return count == document->count ? 0 : bad_count("offset_mapping", document->count, count);
}

static int read_tokens(struct document *document, const struct record *record, struct arena *arena)
{
    const struct slice *tokens;
    struct bytes spelling = {0};
    size_t count, at = 0;
    if (!check_has(record, "tokens"))
        return 0;
    if (rec_strings(record, SLICE("tokens"), arena, &tokens, &count) < 0)
        return -1;
    document->tokens = copy_array(tokens, count, sizeof *tokens);
    for (size_t i = 0; i < count; i++)
        bytes_put(&spelling, tokens[i]);
    document->spelling = spelling.items;
    for (size_t i = 0; i < count; i++) {
        document->tokens[i].ptr = spelling.items + at;
        at += tokens[i].len;
    }
    return count == document->count ? 0 : bad_count("tokens", document->count, count);
}

static int read_ranges(struct document *document, const struct record *record, struct arena *arena)
{
    for (size_t i = 0; i < CARRIED_RANGES; i++) {
        const struct span *spans;
        size_t count;
        document->has_ranges[i] = check_has(record, carried_ranges[i]);
        if (!document->has_ranges[i])
            continue;
        if (rec_spans(record, slice_of(carried_ranges[i]), arena, &spans, &count) < 0)
            return -1;
        for (size_t k = 0; k < count; k++)
            if (spans[k].start > spans[k].end || spans[k].end > document->count)
                return diag_error("%s[%zu]: expected a range of %zu tokens, found [%" PRIu32 ",%" PRIu32 "]",
                                  carried_ranges[i], k, document->count, spans[k].start, spans[k].end);
        document->in_order[i] = true;
        for (size_t k = 1; k < count; k++)
            document->in_order[i] &= spans[k - 1].start <= spans[k].start && spans[k - 1].end <= spans[k].end;
        document->ranges[i] = copy_array(spans, count, sizeof *spans);
        document->range_counts[i] = count;
    }
    return 0;
}

/* A sentence begins at its first token, but not before the end of the one before it, and reaches to where the next
 * begins; what is left without a token is none. */
static void own_tokens(struct document *document)
{
    size_t count = document->range_counts[0], kept = 0, end = 0;
    document->sentences = mem_zalloc(count + 1, sizeof *document->sentences);
    for (size_t i = 0; i < count; i++) {
        struct span span = document->ranges[0][i];
        size_t start = span.start < end ? end : span.start;
        if (span.end <= start)
            continue;
        document->sentences[kept++] = (struct span){(uint32_t)start, span.end};
        end = span.end;
    }
    if (kept == 0 && document->count > 0)
        kept = 1;
    for (size_t i = 0; i < kept; i++) {
        if (i == 0)
            document->sentences[i].start = 0;
        document->sentences[i].end = i + 1 < kept ? document->sentences[i + 1].start : (uint32_t)document->count;
    }
    document->sentence_count = kept;
}

struct document *document_new(const struct record *record, struct arena *arena)
{
    struct document *document = mem_zalloc(1, sizeof *document);
    const struct value *id = rec_present(record, SLICE("id"));
    document->uses = 1;
    if (id != NULL)
        bytes_put(&document->id, rec_json(id, arena));
    const struct value *root = rec_present(record, SLICE("root"));
    bytes_put(&document->root, root != NULL ? rec_json(root, arena) : bytes_slice(&document->id));
    document->has_epoch = check_has(record, "epoch");
    if (lineage_round(record, &document->epoch) == 0 && read_ints(document, record, arena) == 0 &&
        read_offsets(document, record, arena) == 0 && read_tokens(document, record, arena) == 0 &&
        read_ranges(document, record, arena) == 0) {
        own_tokens(document);
        return document;
    }
    document_drop(document);
    return NULL;
}

void document_drop(struct document *document)
{
    if (document == NULL || --document->uses > 0)
        return;
    vec_free(&document->id);
    vec_free(&document->root);
    for (size_t i = 0; i < CARRIED_INTS; i++)
        mem_free(document->ints[i]);
    for (size_t i = 0; i < CARRIED_RANGES; i++)
        mem_free(document->ranges[i]);
    mem_free(document->offsets);
    mem_free(document->tokens);
    mem_free(document->spelling);
    mem_free(document->sentences);
    mem_free(document);
}

int document_next(struct check *check, struct arena *arena, struct document **document)
{
    const struct record *record;
    *document = NULL;
    if (check_next(check, &record) < 0)
        return -1;
    if (record == NULL)
        return 0;
    *document = document_new(record, arena);
    if (*document != NULL)
        return 0;
    return diag_kind(STATUS_DATA, "--against: %s:%" PRIu64 ": %s", record->file, record->line_number, diag_message());
}

/* ---- sentences and words ---- */

size_t document_sentence_end(const struct document *document, size_t from)
{
    size_t low;
    search_first(low, document->sentence_count, document->sentences[low].end <= from);
    return low < document->sentence_count ? document->sentences[low].end : document->count;
}

bool document_sentence_border(const struct document *document, size_t token)
{
    return token == 0 || token >= document->count || document_sentence_end(document, token - 1) == token;
}

bool document_word_border(const struct document *document, size_t token)
{
    const int32_t *words = document->ints[WORDS];
    return token == 0 || token >= document->count || words == NULL || words[token] < 0 ||
           words[token] != words[token - 1];
}

size_t document_fill(const struct document *document, size_t from, size_t room)
{
    size_t end = from;
    while (end < document->count) {
        size_t next = document_sentence_end(document, end);
        if (next - from > room)
            break;
        end = next;
    }
    if (end > from || end == document->count)
        return end;
    return from + room < document->count ? from + room : document->count;
}

/* ---- sources ---- */

static bool read_source(struct slice value, struct source *source)
{
    struct slice tokens;
    int64_t ends[2] = {-1, -1};
    size_t count = 0;
    if (json_kind(value) != '{' || !json_member(value, "id", &source->id) || !json_member(value, "tokens", &tokens) ||
        json_kind(tokens) != '[')
        return false;
    struct json_walk walk = json_walk(tokens);
    for (; json_next(&walk); count++)
        if (count >= 2 || !json_int(walk.value, &ends[count]))
            return false;
    if (count != 2 || ends[0] < 0 || ends[0] > ends[1] || ends[1] > UINT32_MAX)
        return false;
    source->tokens = (struct span){(uint32_t)ends[0], (uint32_t)ends[1]};
    return true;
}

bool sources_read(struct check *check, const struct record *in, struct arena *arena, struct source **sources,
                  size_t *count)
{
    const struct value *value = rec_present(in, SLICE("sources"));
    struct slice json = value != NULL ? rec_json(value, arena) : SLICE("null");
    bool right = json_kind(json) == '[';
    VEC(struct source) list = {0};
    struct json_walk walk = right ? json_walk(json) : (struct json_walk){0};
    while (right && json_next(&walk)) {
        struct source source;
        right = read_source(walk.value, &source);
        vec_push(&list, source);
    }
    *count = list.len;
    *sources = arena_array(arena, list.len, sizeof **sources);
    if (list.len > 0)
        memcpy(*sources, list.items, list.len * sizeof **sources);
    vec_free(&list);
    if (!right)
        report_broken(check->report, RULE_SHAPE, "sources: expected [{\"id\":X,\"tokens\":[s,e]},...]");
    return right;
}
