/* stream.c - the rules of stream.
 *
 * With --against all documents are laid out as one stream, with their markers, before the first record is read: where a
 * row begins depends on how many tokens there are. */
#include "stream.h"

#define OPTION_TOKEN(name, field, help_)                                                                               \
    {                                                                                                                  \
        name, 0, OPT_TEXT, OPT_AT(struct stream_options, field), .value = "TOKEN", .help = help_                       \
    }

static const char *const emit_names[] = {"tokens",
                                         "input_ids",
                                         "offset_mapping",
                                         "word_ids",
                                         "special_tokens_mask",
                                         "attention_mask",
                                         "token_type_ids",
                                         "word_tokens",
                                         "phrase_tokens",
                                         "sentence_tokens",
                                         "entity_tokens",
                                         "mems_row",
                                         "mems_step",
                                         "backward",
                                         "next_sentence_label",
                                         "sources",
                                         NULL};

static const struct option options[] = {
    OPTION_AGAINST(struct stream_options, common.against),
    OPTION_MODEL(struct stream_options, common.model),
    {"rows", 0, OPT_INT, OPT_AT(struct stream_options, rows), .value = "B", .min = 1, .max = INT32_MAX,
     .required = true, .help = "rows: the size of a batch"},
    {"length", 'l', OPT_INT, OPT_AT(struct stream_options, length), .value = "T", .min = 1, .max = INT32_MAX,
     .required = true, .help = "tokens of a step"},
    {"reuse", 0, OPT_INT, OPT_AT(struct stream_options, reuse), .value = "R", .fallback = "0", .min = 0,
     .max = INT32_MAX, .help = "tokens of a step that are the first of the next"},
    OPTION_TOKEN("after-sentence", after_sentence, "a token after each sentence"),
    OPTION_TOKEN("after-document", after_document, "a token after each document"),
    {"backward-half", 0, OPT_FLAG, OPT_AT(struct stream_options, backward_half),
     .help = "half of the rows were turned round"},
    {"pair", 0, OPT_FLAG, OPT_AT(struct stream_options, pair),
     .help = "a step has two segments behind the reused tokens"},
    {"template", 0, OPT_TEXT, OPT_AT(struct stream_options, template), .value = "TEXT",
     .fallback = "$A <sep> $B:1 <sep>:1 <cls>:2", .help = "the special tokens of a pair"},
    {"drop-last", 0, OPT_FLAG, OPT_AT(struct stream_options, drop_last), .help = "shorter steps were left out"},
    {"max-memory", 0, OPT_SIZE, OPT_AT(struct stream_options, max_memory), .value = "SIZE", .fallback = "1G", .min = 1,
     .max = INT64_MAX, .help = "the memory of the filter; no effect"},
    {"emit", 0, OPT_WORDS, OPT_AT(struct stream_options, emit), .value = "LIST", .choices = emit_names,
     .help = "members that were asked for; default: all"},
    OPTIONS_SEED(struct stream_options, random),
    {0},
};

static const char *const rules[] = {
    RULE_NAMES_COMMON, "order", "length", "reuse",  "tokens", "carried",    "words", "ranges",
    "sources",         "id",    "pair",   "labels", "ends",   "beginnings", NULL};

/* ---- the stream ---- */

static bool is_asked(const struct stream *stream, const char *name)
{
    const struct words *emit = &stream->given->emit;
    for (size_t i = 0; i < emit->len; i++)
        if (strcmp(emit->items[i], name) == 0)
            return true;
    return emit->len == 0;
}

static void put_item(struct stream *stream, uint32_t token, uint32_t *sentences, bool begins)
{
    vec_push(&stream->items, ((struct stream_item){(uint32_t)stream->documents.len - 1, token}));
    vec_push(&stream->borders, *sentences);
    *sentences += begins;
}

static int add_document(void *state, const struct record *record, struct arena *arena)
{
    struct stream *stream = state;
    struct document *document = document_new(record, arena);
    uint32_t sentences = stream->borders.len > 0 ? stream->borders.items[stream->borders.len - 1] : 0;
    if (document == NULL)
        return -1;
    vec_push(&stream->documents, document);
    *map_put(stream->places, bytes_slice(&document->id)) = stream->items.len;
    if (stream->borders.len > 0)
        stream->borders.len--;
    for (size_t i = 0; i < document->sentence_count; i++) {
        struct span sentence = document->sentences[i];
        for (uint32_t t = sentence.start; t < sentence.end; t++)
            put_item(stream, t, &sentences, t == sentence.start);
        if (stream->after_sentence >= 0)
            put_item(stream, STREAM_AFTER_SENTENCE, &sentences, false);
    }
    if (stream->after_document >= 0 && document->count > 0)
        put_item(stream, STREAM_AFTER_DOCUMENT, &sentences, false);
    vec_push(&stream->borders, sentences);
    return 0;
}

size_t stream_room(const struct stream *stream)
{
    return (size_t)stream->given->length - stream->reuse - stream->layout.specials;
}

/* How many steps a row has. */
static size_t steps(const struct stream *stream)
{
    size_t n = stream->row_length, length = (size_t)stream->given->length, count = 0;
    bool full = stream->given->drop_last;
    if (stream->given->pair) {
        size_t least = stream->reuse + (full ? stream_room(stream) : 2);
        return n < least ? 0 : (n - least) / stream->reuse + 1;
    }
    for (size_t from = 0; full ? from + length <= n : from + (count > 0 ? stream->reuse : 0) < n;
         from += length - stream->reuse)
        count++;
    return count;
}

static int read_documents(struct check *check, struct stream *stream, struct stage_context *context)
{
    const char *path = stream->given->common.against;
    check->against = path != NULL;
    if (path == NULL)
        return 0;
    if (chain_read(context, path, add_document, stream) < 0)
        return -1;
    stream->row_length = stream->items.len / stream->rows;
    stream->expected = steps(stream) * (size_t)stream->given->rows;
    return 0;
}

static int find_marker(const struct check *check, const char *option, const char *name, int32_t *id)
{
    *id = -1;
    return name != NULL ? kinds_find(check->kinds, option, slice_of(name), id) : 0;
}

static void say_unchecked(struct report *report, const struct stream_options *given)
{
    static const size_t joined[] = {RULE_TOKENS, RULE_CARRIED, RULE_WORDS, RULE_RANGES, RULE_SOURCES,
                                    RULE_ID,     RULE_PAIR,    LAW_LABELS, LAW_ENDS,    LAW_BEGINNINGS};
    for (size_t i = 0; i < sizeof joined / sizeof *joined && given->common.against == NULL; i++)
        report_unchecked(report, joined[i], "without --against");
    for (size_t rule = RULE_PAIR; rule <= LAW_BEGINNINGS && !given->pair; rule++)
        report_unchecked(report, rule, "without --pair");
    if (given->reuse == 0)
        report_unchecked(report, RULE_REUSE, "without --reuse");
}

static int stream_open(struct check *check, struct stage_context *context)
{
    const struct stream_options *given = context->options;
    struct stream *stream = check->state = mem_zalloc(1, sizeof *stream);
    stream->given = given;
    stream->places = map_new();
    stream->reuse = (size_t)given->reuse;
    stream->rows = (size_t)given->rows / (given->backward_half ? 2 : 1);
    if (given->backward_half && given->rows % 2 != 0)
        return diag_error("--rows: expected an even number with --backward-half");
    if (given->reuse >= given->length)
        return diag_error("--reuse: expected less than --length");
    if (find_marker(check, "after-sentence", given->after_sentence, &stream->after_sentence) < 0 ||
        find_marker(check, "after-document", given->after_document, &stream->after_document) < 0)
        return -1;
    if (given->pair && layout_read(check->kinds, given->template, &stream->layout) < 0)
        return -1;
    if (given->pair && (given->reuse == 0 || !stream->layout.pair ||
                        stream->reuse + stream->layout.specials + 2 > (size_t)given->length))
        return diag_error("--pair: expected --reuse, a --template with $A and $B, and room for two tokens more");
    size_t first = 0;
    while (given->pair && stream->layout.parts[first].kind == LAYOUT_SPECIAL)
        first++;
    if (given->pair && stream->layout.parts[first].kind != LAYOUT_FIRST)
        return diag_error("--template: expected one with $A before $B; others can't be verified");
    stream->before = mem_zalloc((size_t)given->rows, sizeof *stream->before);
    say_unchecked(check->report, given);
    return read_documents(check, stream, context);
}

/* ---- rows ---- */

/* The place in the stream of a token of a row. */
static size_t item_at(const struct stream *stream, size_t row, size_t i)
{
    if (row < stream->rows)
        return row * stream->row_length + i;
    return (row - stream->rows) * stream->row_length + (stream->row_length - 1 - i);
}

/* A marker stands with the text before it, so it has the type of the token before. */
static int32_t marker_type(const struct stream *stream, size_t item)
{
    while (item > 0 && stream->items.items[item].token >= STREAM_AFTER_DOCUMENT)
        item--;
    const struct document *document = stream->documents.items[stream->items.items[item].document];
    return document->ints[TYPES] != NULL ? document->ints[TYPES][stream->items.items[item].token] : -1;
}

void stream_put(const struct stream *stream, size_t row, size_t from, size_t to, int32_t type, uint32_t part,
                struct cells *cells)
{
    for (size_t i = from; i < to; i++) {
        size_t at = item_at(stream, row, i);
        struct stream_item item = stream->items.items[at];
        struct cell cell = {.token = item.token, .type = type, .part = part, .back = row >= stream->rows};
        if (item.token < STREAM_AFTER_DOCUMENT)
            cell.document = stream->documents.items[item.document];
        else
            cell.marker = item.token == STREAM_AFTER_SENTENCE ? stream->after_sentence : stream->after_document;
        if (cell.document == NULL && type < 0)
            cell.type = marker_type(stream, at);
        vec_push(cells, cell);
    }
}

bool stream_is_marker(const struct stream *stream, size_t row, size_t i)
{
    return stream->items.items[item_at(stream, row, i)].token >= STREAM_AFTER_DOCUMENT;
}

size_t stream_find(const struct stream *stream, size_t row, struct slice id, uint32_t token)
{
    const uint64_t *place = map_get(stream->places, id);
    size_t start = (row % stream->rows) * stream->row_length;
    /* it stands there, or behind that by the markers before it */
    for (size_t at = place != NULL ? *place + token : SIZE_MAX; at < stream->items.len; at++) {
        if (stream->items.items[at].document != stream->items.items[*place].document)
            return SIZE_MAX;
        if (stream->items.items[at].token == token && at >= start && at < start + stream->row_length)
            return row < stream->rows ? at - start : stream->row_length - 1 - (at - start);
    }
    return SIZE_MAX;
}

size_t stream_borders(const struct stream *stream, size_t row, size_t from, size_t to)
{
    size_t start = (row % stream->rows) * stream->row_length, n = stream->row_length;
    const uint32_t *before = stream->borders.items;
    if (from >= to)
        return 0;
    if (row < stream->rows)
        return before[start + to] - before[start + from];
    /* the border before token i of the row turned round is that before token n - i of the row */
    size_t last = start + n - from + 1, all = stream->borders.len - 1;
    bool end = last > all; /* the stream ends where a sentence does */
    return before[end ? all : last] + end - before[start + n - to + 1];
}

/* ---- a record ---- */

static bool number_is(struct check *check, const struct stream *stream, const struct record *in, const char *name,
                      size_t expected)
{
    int64_t found;
    if (!is_asked(stream, name))
        return true;
    if (!check_int(check, in, slice_of(name), &found))
        return false;
    if (found == (int64_t)expected)
        return true;
    report_broken(check->report, RULE_ORDER, "%s: expected %zu, found %" PRId64, name, expected, found);
    return false;
}

/* The rows of a step together, step by step. */
static bool check_order(struct check *check, struct stream *stream, const struct record *in, struct stream_place *place)
{
    size_t rows = (size_t)stream->given->rows, length = (size_t)stream->given->length;
    place->row = stream->records % rows;
    place->step = stream->records / rows;
    place->from = place->step * (stream->given->pair ? stream->reuse : length - stream->reuse);
    stream->records++;
    report_checked(check->report, RULE_ORDER);
    return number_is(check, stream, in, "mems_row", place->row) &&
           number_is(check, stream, in, "mems_step", place->step) &&
           (!stream->given->backward_half || number_is(check, stream, in, "backward", place->row >= stream->rows));
}

/* In a pair, A follows the reused tokens, up to the first special token. */
static size_t end_of_first(const struct stream *stream, const struct row *row)
{
    size_t end = stream->reuse;
    int32_t special = -1;
    for (size_t i = 0; i < stream->layout.count && special < 0; i++)
        if (stream->layout.parts[i].kind == LAYOUT_SPECIAL)
            special = stream->layout.parts[i].id;
    while (end < row->count && row->input_ids[end] != special)
        end++;
    return end;
}

/* The first tokens of a record are the last of the one before in its row, in a pair those that followed the reused
 * ones. */
static void check_reuse(struct check *check, struct stream *stream, const struct row *row,
                        const struct stream_place *place)
{
    size_t reuse = stream->reuse, count = reuse, from = row->count - (reuse < row->count ? reuse : row->count);
    int32_t **before = &stream->before[place->row].ids;
    if (reuse == 0)
        return;
    if (place->step > 0) {
        report_checked(check->report, RULE_REUSE);
        for (size_t i = 0; i < stream->before[place->row].count; i++) {
            if (i < row->count && row->input_ids[i] == (*before)[i])
                continue;
            report_broken(check->report, RULE_REUSE,
                          "input_ids[%zu]: expected %" PRId32 ", as in the step before, found %" PRId32, i,
                          (*before)[i], i < row->count ? row->input_ids[i] : -1);
            break;
        }
    }
    if (stream->given->pair) {
        from = reuse < row->count ? reuse : row->count;
        count = end_of_first(stream, row) - from;
        count = count < reuse ? count : reuse;
    }
    if (*before == NULL)
        *before = mem_alloc(reuse * sizeof **before);
    stream->before[place->row].count = count < row->count - from ? count : row->count - from;
    if (stream->before[place->row].count > 0)
        memcpy(*before, row->input_ids + from, stream->before[place->row].count * sizeof **before);
}

static bool read_row(struct check *check, struct stream *stream, const struct record *in,
                     const struct stream_place *place, struct arena *arena, struct row *row)
{
    size_t length = (size_t)stream->given->length;
    if (!is_asked(stream, "input_ids"))
        return !stream->given->pair;
    if (!check_row(check, in, arena, false, row))
        return false;
    report_checked(check->report, RULE_LENGTH);
    bool full = stream->given->drop_last && !stream->given->pair;
    if (row->count > length || row->count == 0 || (full && row->count < length))
        report_broken(check->report, RULE_LENGTH, "expected %s %zu tokens, found %zu", full ? "exactly" : "at most",
                      length, row->count);
    check_reuse(check, stream, row, place);
    return true;
}

static int stream_record(struct check *check, const struct record *in, struct arena *arena)
{
    static const struct sequence_rules sequence = {RULE_TOKENS, RULE_CARRIED, RULE_WORDS,
                                                   RULE_RANGES, RULE_SOURCES, RULE_ID};
    struct stream *stream = check->state;
    struct stream_place place;
    struct cells cells = {0};
    struct row row = {0};
    bool ordered = check_order(check, stream, in, &place);
    bool more = check->against && stream->records > stream->expected;
    if (check->against)
        report_checked(check->report, RULE_JOIN);
    if (more && stream->records == stream->expected + 1)
        report_broken(check->report, RULE_JOIN, "expected %zu records of the %zu tokens of --against, found more",
                      stream->expected, stream->items.len);
    if (!read_row(check, stream, in, &place, arena, &row) || !ordered || !check->against || more)
        return 0;
    size_t to = place.from + (size_t)stream->given->length;
    if (!stream->given->pair)
        stream_put(stream, place.row, place.from, to < stream->row_length ? to : stream->row_length, -1, 1, &cells);
    if (!stream->given->pair || stream_pair_lay_out(check, stream, in, &row, &place, &cells, arena))
        sequence_check(check, &sequence, in, cells.items, cells.len, &stream->given->emit, arena);
    vec_free(&cells);
    return 0;
}

static int stream_end(struct check *check, struct arena *arena)
{
    struct stream *stream = check->state;
    size_t rows = (size_t)stream->given->rows;
    (void)arena;
    if (check->against ? stream->records < stream->expected : stream->records % rows != 0)
        report_broken(check->report, RULE_JOIN, "expected %zu records, found the end after %zu",
                      check->against ? stream->expected : (stream->records / rows + 1) * rows, stream->records);
    if (stream->given->pair)
        stream_pair_judge(stream, check->report);
    return 0;
}

static void stream_close(struct check *check)
{
    struct stream *stream = check->state;
    for (size_t i = 0; i < stream->documents.len; i++)
        document_drop(stream->documents.items[i]);
    for (size_t i = 0; stream->before != NULL && i < (size_t)stream->given->rows; i++)
        mem_free(stream->before[i].ids);
    mem_free(stream->before);
    map_free(stream->places);
    vec_free(&stream->documents);
    vec_free(&stream->items);
    vec_free(&stream->borders);
    mem_free(stream);
}

static const struct task task = {rules, stream_open, stream_record, stream_end, stream_close};

/* --against is not read along but before the first record. */
static int open(struct stage_context *context, void **shared)
{
    struct check_options given = ((const struct stream_options *)context->options)->common;
    given.against = NULL;
    return check_open(context, &task, &given, shared);
}

const struct stage stage_check_stream = {
    .name = "check stream",
    .summary = "verify what stream has written",
    .example = "$ printf '{\"id\":\"a\",\"input_ids\":[1,2,3,4]}\\n' >a.jsonl\n"
               "$ quern stream --rows 2 --length 2 a.jsonl |\n"
               "    quern check stream --rows 2 --length 2 --against a.jsonl | grep tokens\n"
               "tokens                    2  ok",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct stream_options),
    .open = open,
    .close = check_close,
    .record = check_record,
    .end = check_end,
};
