/* stream.c - the rules of stream.
 *
 * Each row is a stretch of the stream of all tokens, so --against is read by a reader for each row, from where the row
 * begins. Rows turned round and pairs are verified by what the output alone tells. */
#include "document.h"

enum { AFTER_DOCUMENT, AFTER_SENTENCE, MARKERS };

struct stream_options {
    struct check_options common;
    int64_t rows, length, reuse, max_memory;
    const char *markers[MARKERS], *template;
    bool backward_half, pair, drop_last;
    struct words emit;
    struct random_options random;
};

static const char *const marker_names[] = {"after-document", "after-sentence"};

static const struct option options[] = {
    OPTION_AGAINST(struct stream_options, common.against),
    OPTION_MODEL(struct stream_options, common.model),
    {"rows", 0, OPT_INT, OPT_AT(struct stream_options, rows), .value = "B", .min = 1, .max = 1000, .required = true,
     .help = "rows"},
    {"length", 'l', OPT_INT, OPT_AT(struct stream_options, length), .value = "N", .min = 1, .max = INT32_MAX,
     .required = true, .help = "tokens of a record at most"},
    {"reuse", 0, OPT_INT, OPT_AT(struct stream_options, reuse), .value = "R", .fallback = "0", .min = 0,
     .max = INT32_MAX, .help = "the first R tokens are a part of their own"},
    {"after-sentence", 0, OPT_TEXT, OPT_AT(struct stream_options, markers) + AFTER_SENTENCE * sizeof(const char *),
     .value = "TOKEN", .help = "a token after each sentence"},
    {"after-document", 0, OPT_TEXT, OPT_AT(struct stream_options, markers) + AFTER_DOCUMENT * sizeof(const char *),
     .value = "TOKEN", .help = "a token after each document"},
    {"backward-half", 0, OPT_FLAG, OPT_AT(struct stream_options, backward_half),
     .help = "half of the rows are turned round"},
    {"pair", 0, OPT_FLAG, OPT_AT(struct stream_options, pair), .help = "R tokens, then two segments"},
    {"template", 0, OPT_TEXT, OPT_AT(struct stream_options, template), .value = "TEXT",
     .help = "the special tokens; default: the tokenizer's"},
    {"drop-last", 0, OPT_FLAG, OPT_AT(struct stream_options, drop_last),
     .help = "a last record that is shorter was left out"},
    {"max-memory", 0, OPT_SIZE, OPT_AT(struct stream_options, max_memory), .value = "SIZE", .fallback = "1G", .min = 1,
     .max = INT64_MAX, .help = "has no effect: the pool is held in memory"},
    {"emit", 0, OPT_WORDS, OPT_AT(struct stream_options, emit), .value = "LIST",
     .help = "members that were asked for; default: all"},
    OPTIONS_SEED(struct stream_options, random),
    {0},
};

enum {
    RULE_ORDER = RULES_COMMON,
    RULE_LENGTH,
    RULE_REUSE,
    RULE_TOKENS,
    RULE_CARRIED,
    RULE_WORDS,
    RULE_RANGES,
    RULE_SOURCES,
    RULE_ID,
};
static const char *const rules[] = {RULE_NAMES_COMMON, "order",  "length",  "reuse", "tokens", "carried",
                                    "words",           "ranges", "sources", "id",    NULL};

struct reader {
    struct side *side;
    struct cells cells; /* of the next step */
    uint64_t at;        /* where in the stream the cells after these begin */
    uint32_t documents;
    struct cells tape; /* of the document that is being read */
    size_t used;       /* of the tape */
    int32_t *last;     /* the last R tokens of the step before */
    size_t last_count;
    bool ended; /* its last step has come */
};

struct stream {
    const struct stream_options *given;
    int32_t markers[MARKERS];
    bool has[MARKERS];
    uint64_t tokens, row_length;
    struct reader *readers;
    size_t forward; /* rows that are not turned round */
    uint64_t records;
};

static size_t tape_length(const struct stream *stream, const struct document *document)
{
    if (document->count == 0)
        return 0;
    return document->count + stream->has[AFTER_DOCUMENT] + stream->has[AFTER_SENTENCE] * document->sentence_count;
}

static int count_tokens(void *state, const struct record *record, struct arena *arena)
{
    struct stream *stream = state;
    struct document *document = document_new(record, arena);
    if (document == NULL)
        return -1;
    stream->tokens += tape_length(stream, document);
    document_drop(document);
    return 0;
}

static int stream_open(struct check *check, struct stage_context *context)
{
    const struct stream_options *given = context->options;
    struct stream *stream = check->state = mem_zalloc(1, sizeof *stream);
    stream->given = given;
    stream->forward = (size_t)given->rows / (given->backward_half ? 2 : 1);
    stream->readers = mem_zalloc((size_t)given->rows, sizeof *stream->readers);
    for (size_t i = 0; i < MARKERS; i++) {
        stream->has[i] = given->markers[i] != NULL;
        if (stream->has[i] &&
            kinds_find(check->kinds, marker_names[i], slice_of(given->markers[i]), &stream->markers[i]) < 0)
            return -1;
    }
    if (given->reuse >= given->length)
        return diag_error("--reuse: expected fewer tokens than --length");
    for (size_t i = RULE_TOKENS; i <= RULE_ID; i++)
        report_unchecked(check->report, i, given->pair ? "not with --pair" : "without --against");
    if (given->common.against == NULL || given->pair)
        return 0;
    if (chain_read(context, given->common.against, count_tokens, stream) < 0)
        return -1;
    stream->row_length = stream->tokens / stream->forward;
    for (size_t i = 0; i < stream->forward; i++) {
        stream->readers[i].side = side_open(context, given->common.against);
        if (stream->readers[i].side == NULL)
            return -1;
    }
    return 0;
}

/* ---- the rows ---- */

static void drop(struct cells *cells, size_t from)
{
    if (from == 0)
        return;
    for (size_t i = 0; i < from; i++)
        document_drop(cells->items[i].document);
    memmove(cells->items, cells->items + from, (cells->len - from) * sizeof *cells->items);
    cells->len -= from;
}

/* Puts the next document on the reader's tape; 1, 0 at the end, or -1. */
static int next_document(struct stream *stream, struct reader *reader, struct arena *arena)
{
    const struct record *record;
    drop(&reader->tape, reader->tape.len);
    reader->used = 0;
    int got = side_next(reader->side, &record);
    if (got != 1)
        return got == 0 ? 0 : -1;
    struct document *document = document_new(record, arena);
    if (document == NULL)
        return -1;
    uint32_t part = ++reader->documents;
    for (size_t s = 0; s < document->sentence_count; s++) {
        for (uint32_t t = document->sentences[s].start; t < document->sentences[s].end; t++) {
            document->uses++;
            vec_push(&reader->tape, ((struct cell){.document = document, .token = t, .type = -1, .part = part}));
        }
        if (stream->has[AFTER_SENTENCE])
            vec_push(&reader->tape,
                     ((struct cell){.marker = stream->markers[AFTER_SENTENCE], .type = -1, .part = part}));
        if (s + 1 == document->sentence_count && stream->has[AFTER_DOCUMENT])
            vec_push(&reader->tape,
                     ((struct cell){.marker = stream->markers[AFTER_DOCUMENT], .type = -1, .part = part}));
    }
    document_drop(document);
    return 1;
}

/* Reads on until there are the cells of a step, or the row ends. */
static int fill(struct stream *stream, size_t row, struct arena *arena)
{
    struct reader *reader = &stream->readers[row];
    uint64_t first = row * stream->row_length, end = first + stream->row_length;
    while (reader->cells.len < (size_t)stream->given->length && reader->at < end) {
        if (reader->used == reader->tape.len) {
            int got = next_document(stream, reader, arena);
            if (got <= 0)
                return got;
            continue;
        }
        struct cell cell = reader->tape.items[reader->used++];
        if (reader->at++ < first)
            continue;
        if (cell.document != NULL)
            cell.document->uses++;
        vec_push(&reader->cells, cell);
    }
    return 0;
}

/* ---- a record ---- */

static void check_reuse(struct check *check, const struct stream *stream, struct reader *reader, uint64_t step,
                        const struct row *row)
{
    size_t reuse = (size_t)stream->given->reuse;
    report_checked(check->report, RULE_REUSE);
    if (step > 0 && !stream->given->pair &&
        (row->count <= reader->last_count ||
         (reader->last_count > 0 &&
          memcmp(row->input_ids, reader->last, reader->last_count * sizeof *reader->last) != 0)))
        report_broken(check->report, RULE_REUSE,
                      "input_ids: expected the last %zu tokens of the step before first, and a "
                      "new one",
                      reader->last_count);
    reader->last = mem_resize(reader->last, reuse + 1, sizeof *reader->last);
    reader->last_count = reuse < row->count ? reuse : row->count;
    if (reader->last_count > 0)
        memcpy(reader->last, row->input_ids + row->count - reader->last_count,
               reader->last_count * sizeof *reader->last);
}

static int check_cells(struct check *check, struct stream *stream, const struct record *in, size_t row,
                       struct arena *arena)
{
    static const struct sequence_rules sequence = {RULE_TOKENS, RULE_CARRIED, RULE_WORDS,
                                                   RULE_RANGES, RULE_SOURCES, RULE_ID};
    struct reader *reader = &stream->readers[row];
    size_t step = (size_t)(stream->given->length - stream->given->reuse);
    if (fill(stream, row, arena) < 0)
        return diag_kind(STATUS_DATA, "--against: %s", diag_message());
    report_checked(check->report, RULE_JOIN);
    if (reader->cells.len <= (size_t)stream->given->reuse && reader->ended) {
        report_broken(check->report, RULE_JOIN, "expected no record of row %zu after its end", row);
        return 0;
    }
    sequence_check(check, &sequence, in, reader->cells.items, reader->cells.len, &stream->given->emit, arena);
    reader->ended = reader->cells.len < (size_t)stream->given->length;
    drop(&reader->cells, step < reader->cells.len ? step : reader->cells.len);
    return 0;
}

static int stream_record(struct check *check, const struct record *in, struct arena *arena)
{
    struct stream *stream = check->state;
    size_t rows = (size_t)stream->given->rows, index = (size_t)(stream->records % rows);
    uint64_t step = stream->records++ / rows;
    struct row row;
    int64_t told[3] = {0, 0, 0};
    side_close(check->side);
    check->side = NULL;
    if (!check_row(check, in, arena, false, &row) || !check_int(check, in, SLICE("mems_row"), &told[0]) ||
        !check_int(check, in, SLICE("mems_step"), &told[1]) ||
        (stream->given->backward_half && !check_int(check, in, SLICE("backward"), &told[2])))
        return 0;
    report_checked(check->report, RULE_ORDER);
    report_checked(check->report, RULE_LENGTH);
    bool back = index >= stream->forward;
    if ((size_t)told[0] != index || (uint64_t)told[1] != step || (told[2] != 0) != back) {
        report_broken(check->report, RULE_ORDER,
                      "expected row %zu, step %" PRIu64 ", found row %" PRId64 ", step %" PRId64, index, step, told[0],
                      told[1]);
        return 0;
    }
    size_t length = (size_t)stream->given->length;
    if (row.count > length || row.count == 0 ||
        (stream->given->drop_last && !stream->given->pair && row.count < length))
        report_broken(check->report, RULE_LENGTH, "expected %s %zu tokens, found %zu",
                      stream->given->drop_last ? "exactly" : "at most", length, row.count);
    check_reuse(check, stream, &stream->readers[index], step, &row);
    return stream->readers[index].side != NULL ? check_cells(check, stream, in, index, arena) : 0;
}

/* All rows have come to their end. */
static int stream_end(struct check *check, struct arena *arena)
{
    struct stream *stream = check->state;
    size_t least = stream->given->drop_last ? (size_t)stream->given->length : (size_t)stream->given->reuse + 1;
    side_close(check->side);
    check->side = NULL;
    for (size_t i = 0; i < stream->forward && stream->readers[i].side != NULL; i++) {
        if (fill(stream, i, arena) < 0)
            return diag_kind(STATUS_DATA, "--against: %s", diag_message());
        if (stream->readers[i].cells.len >= least && !stream->readers[i].ended)
            report_broken(check->report, RULE_JOIN, "expected another record of row %zu, found the end", i);
    }
    return 0;
}

static void stream_close(struct check *check)
{
    struct stream *stream = check->state;
    for (int64_t i = 0; i < stream->given->rows; i++) {
        struct reader *reader = &stream->readers[i];
        drop(&reader->cells, reader->cells.len);
        drop(&reader->tape, reader->tape.len);
        vec_free(&reader->cells);
        vec_free(&reader->tape);
        mem_free(reader->last);
        side_close(reader->side);
    }
    mem_free(stream->readers);
    mem_free(stream);
}

static const struct task task = {rules, stream_open, stream_record, stream_end, stream_close};

static int open(struct stage_context *context, void **shared)
{
    return check_open(context, &task, &((const struct stream_options *)context->options)->common, shared);
}

const struct stage stage_check_stream = {
    .name = "check stream",
    .summary = "verify what stream has written",
    .example = "$ echo '{\"id\":\"a@0-a@2\",\"input_ids\":[5,6],\"mems_row\":0,\"mems_step\":0}' |\n"
               "    quern check stream --rows 1 --length 2 | grep order\n"
               "order                     1  ok",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct stream_options),
    .open = open,
    .close = check_close,
    .record = check_record,
    .end = check_end,
};
