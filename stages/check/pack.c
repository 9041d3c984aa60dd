/* pack.c - the rules of pack.
 *
 * With --against the layout of each record is worked out anew, from the documents and the options: which tokens and
 * markers it has, in which order. What the output alone tells is checked in any case. */
#include "document.h"

#include "text/json.h"

#include <stdlib.h>

enum { MODE_FULL, MODE_DOC, MODE_SENTENCE, MODE_NONE, MODE_BEST };
enum { OVERFLOW_SPLIT, OVERFLOW_DROP, OVERFLOW_ERROR };
enum { BEGIN, END, BEFORE_DOCUMENT, AFTER_DOCUMENT, AFTER_SENTENCE, MARKERS };

struct pack_options {
    struct check_options common;
    int64_t length, stride, buffer, position_start;
    int mode, overflow;
    const char *markers[MARKERS];
    bool drop_last;
    struct words emit, also;
};

static const char *const mode_names[] = {"full", "doc", "sentence", "none", "best", NULL};
static const char *const overflow_names[] = {"split", "drop", "error", NULL};
static const char *const marker_names[] = {"begin", "end", "before-document", "after-document", "after-sentence"};
static const char *const also_names[] = {"position_ids", "seq_lengths", NULL};

#define OPTION_MARKER(name, number, help_)                                                                             \
    {                                                                                                                  \
        name, 0, OPT_TEXT, OPT_AT(struct pack_options, markers) + (number) * sizeof(const char *), .value = "TOKEN",   \
                                                                                                   .help = help_       \
    }

static const struct option options[] = {
    OPTION_AGAINST(struct pack_options, common.against),
    OPTION_MODEL(struct pack_options, common.model),
    {"length", 'l', OPT_INT, OPT_AT(struct pack_options, length), .value = "N", .min = 1, .max = INT32_MAX,
     .required = true, .help = "tokens of a record at most"},
    {"mode", 0, OPT_CHOICE, OPT_AT(struct pack_options, mode), .value = "MODE", .fallback = "full",
     .choices = mode_names, .help = "what was put together"},
    OPTION_MARKER("begin", BEGIN, "the first token of each record"),
    OPTION_MARKER("end", END, "the last token of each record"),
    OPTION_MARKER("before-document", BEFORE_DOCUMENT, "a token before each document"),
    OPTION_MARKER("after-document", AFTER_DOCUMENT, "a token after each document"),
    OPTION_MARKER("after-sentence", AFTER_SENTENCE, "a token after each sentence"),
    {"overflow", 0, OPT_CHOICE, OPT_AT(struct pack_options, overflow), .value = "HOW", .fallback = "split",
     .choices = overflow_names, .help = "what became of a piece that is longer than the room"},
    {"stride", 0, OPT_INT, OPT_AT(struct pack_options, stride), .value = "S", .fallback = "0", .min = 0,
     .max = INT32_MAX, .help = "tokens that two records in a row share"},
    {"drop-last", 0, OPT_FLAG, OPT_AT(struct pack_options, drop_last),
     .help = "a last record that is shorter was left out"},
    {"buffer", 0, OPT_INT, OPT_AT(struct pack_options, buffer), .value = "D", .fallback = "10000", .min = 1,
     .max = INT32_MAX, .help = "documents that were looked at together"},
    {"position-start", 0, OPT_INT, OPT_AT(struct pack_options, position_start), .value = "P", .fallback = "0", .min = 0,
     .max = INT32_MAX, .help = "the first number of position_ids"},
    {"emit", 0, OPT_WORDS, OPT_AT(struct pack_options, emit), .value = "LIST",
     .help = "members that were asked for; default: all"},
    {"also", 0, OPT_WORDS, OPT_AT(struct pack_options, also), .value = "LIST", .choices = also_names,
     .help = "members that were asked for"},
    {0},
};

enum {
    RULE_LENGTH = RULES_COMMON,
    RULE_TOKENS,
    RULE_CARRIED,
    RULE_WORDS,
    RULE_RANGES,
    RULE_SOURCES,
    RULE_ID,
    RULE_DOCUMENTS,
    RULE_PLACES,
};
static const char *const rules[] = {RULE_NAMES_COMMON, "length", "tokens",    "carried",   "words", "ranges",
                                    "sources",         "id",     "documents", "positions", NULL};

/* A piece: tokens and markers that belong together. */
struct piece {
    size_t from, to; /* in the tape */
};

/* A record that is to come. */
struct expected {
    struct cells cells;
    uint64_t order; /* of its first piece */
};

struct pack {
    const struct pack_options *given;
    int32_t markers[MARKERS];
    bool has[MARKERS];
    size_t room;
    bool ended;         /* no document is left */
    struct cells open;  /* the record that is being filled */
    uint64_t documents; /* so far */
    VEC(struct expected) ready;
    size_t next; /* of `ready` */
};

/* ---- open ---- */

static int pack_open(struct check *check, struct stage_context *context)
{
    const struct pack_options *given = context->options;
    struct pack *pack = check->state = mem_zalloc(1, sizeof *pack);
    static const size_t alone[] = {RULE_CARRIED, RULE_RANGES};
    pack->given = given;
    pack->room = (size_t)given->length;
    for (size_t i = 0; i < MARKERS; i++) {
        pack->has[i] = given->markers[i] != NULL;
        if (pack->has[i] &&
            kinds_find(check->kinds, marker_names[i], slice_of(given->markers[i]), &pack->markers[i]) < 0)
            return -1;
        if (i <= END && pack->has[i])
            pack->room -= pack->room > 0;
    }
    if (pack->room == 0 || (size_t)given->stride >= pack->room)
        return diag_error("--length: expected room for a token beside --begin, --end and --stride");
    for (size_t i = 0; i < 2 && given->common.against == NULL; i++)
        report_unchecked(check->report, alone[i], "without --against");
    report_unchecked(check->report, RULE_PLACES, "not asked for (--also)");
    return 0;
}

/* ---- the layout ---- */

static void put_cell(struct cells *cells, struct cell cell)
{
    if (cell.document != NULL)
        cell.document->uses++;
    vec_push(cells, cell);
}

static void drop_cells(struct cells *cells)
{
    for (size_t i = 0; i < cells->len; i++)
        document_drop(cells->items[i].document);
    vec_free(cells);
}

static struct cell marker(const struct pack *pack, int which)
{
    return (struct cell){.marker = pack->markers[which], .type = -1, .part = 0};
}

static bool has_text(const struct cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (cells[i].document != NULL)
            return true;
    return false;
}

/* Puts --begin and --end around the cells and numbers the parts: a marker belongs to the document that it was put at,
 * and one at an end of the record to its first or last. */
static void finish(struct pack *pack, struct cells *cells, uint64_t order)
{
    struct expected made = {.order = order};
    if (cells->len == 0)
        return;
    if (!has_text(cells->items, cells->len)) {
        drop_cells(cells);
        return;
    }
    uint32_t last = 0, number = 0;
    if (pack->has[BEGIN])
        put_cell(&made.cells, marker(pack, BEGIN));
    for (size_t i = 0; i < cells->len; i++) {
        struct cell cell = cells->items[i];
        number += i == 0 || cell.part != last;
        last = cell.part;
        cell.part = number;
        put_cell(&made.cells, cell);
    }
    if (pack->has[END])
        put_cell(&made.cells, marker(pack, END));
    if (pack->has[BEGIN])
        made.cells.items[0].part = 1;
    if (pack->has[END])
        made.cells.items[made.cells.len - 1].part = number;
    vec_push(&pack->ready, made);
    drop_cells(cells);
}

/* The sentences of a document, or the whole of it, with their markers, as one tape; parts[i] are the pieces on it. */
static void lay_out(struct pack *pack, struct document *document, struct cells *tape, struct piece **pieces,
                    size_t *count, struct arena *arena)
{
    bool whole = pack->given->mode == MODE_NONE || pack->given->mode == MODE_BEST;
    uint32_t part = (uint32_t)++pack->documents;
    *pieces = arena_array(arena, document->sentence_count + 1, sizeof **pieces);
    *count = 0;
    for (size_t i = 0; i < document->sentence_count; i++) {
        struct span sentence = document->sentences[i];
        size_t from = tape->len;
        if (i == 0 && pack->has[BEFORE_DOCUMENT])
            put_cell(tape, marker(pack, BEFORE_DOCUMENT));
        for (uint32_t t = sentence.start; t < sentence.end; t++)
            put_cell(tape, (struct cell){.document = document, .token = t, .type = -1});
        if (pack->has[AFTER_SENTENCE])
            put_cell(tape, marker(pack, AFTER_SENTENCE));
        if (i + 1 == document->sentence_count && pack->has[AFTER_DOCUMENT])
            put_cell(tape, marker(pack, AFTER_DOCUMENT));
        if (whole && i > 0)
            (*pieces)[0].to = tape->len;
        else
            (*pieces)[(*count)++] = (struct piece){from, tape->len};
    }
    for (size_t i = 0; i < tape->len; i++)
        tape->items[i].part = part;
}

/* Where the parts of a piece that is too long end: after each `room` cells, but the last part has a token of the text.
 */
static size_t end_of_cut(const struct cells *tape, struct piece piece, size_t from, size_t room)
{
    if (piece.to - from <= room)
        return piece.to;
    size_t end = from + room;
    if (piece.to - end <= room)
        while (end > from + 1 && !has_text(tape->items + end, piece.to - end))
            end--;
    return end;
}

static void append(struct cells *cells, const struct cells *tape, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        put_cell(cells, tape->items[i]);
}

static void add_part(struct pack *pack, const struct cells *tape, size_t from, size_t to)
{
    bool apart = pack->given->mode == MODE_SENTENCE;
    if (pack->open.len + (to - from) > pack->room || (apart && pack->open.len > 0))
        finish(pack, &pack->open, 0);
    append(&pack->open, tape, from, to);
}

/* full, doc, sentence */
static void add_pieces(struct pack *pack, const struct cells *tape, const struct piece *pieces, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool long_ = pieces[i].to - pieces[i].from > pack->room;
        if (long_ && pack->given->overflow != OVERFLOW_SPLIT)
            continue;
        for (size_t at = pieces[i].from, end; at < pieces[i].to; at = end) {
            end = end_of_cut(tape, pieces[i], at, pack->room);
            add_part(pack, tape, at, end);
        }
    }
    if (pack->given->mode == MODE_DOC)
        finish(pack, &pack->open, 0);
}

/* none: the stream, cut where the room is full; the last S cells are the first of the next. */
static void add_stream(struct pack *pack, const struct cells *tape)
{
    for (size_t i = 0; i < tape->len; i++) {
        if (pack->open.len == pack->room) {
            struct cells again = {0};
            append(&again, &pack->open, pack->room - (size_t)pack->given->stride, pack->room);
            finish(pack, &pack->open, 0);
            pack->open = again;
        }
        put_cell(&pack->open, tape->items[i]);
    }
}

/* ---- best ---- */

struct fit {
    struct cells cells;
    uint64_t order;
};

struct buffer {
    VEC(struct fit) parts;
    size_t documents;
};

static int longest_first(const void *a, const void *b)
{
    const struct fit *x = a, *y = b;
    if (x->cells.len != y->cells.len)
        return x->cells.len > y->cells.len ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static int first_first(const void *a, const void *b)
{
    const struct fit *x = a, *y = b;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* A record of pieces; the pieces are chained by their numbers in the input. */
struct bin {
    size_t used;
    VEC(struct fit) fits;
};

static int by_first_piece(const void *a, const void *b)
{
    const struct bin *x = a, *y = b;
    return x->fits.items[0].order < y->fits.items[0].order ? -1 : 1;
}

static void flush_buffer(struct pack *pack, struct buffer *buffer)
{
    VEC(struct bin) bins = {0};
    if (buffer->parts.len > 0)
        qsort(buffer->parts.items, buffer->parts.len, sizeof *buffer->parts.items, longest_first);
    for (size_t i = 0; i < buffer->parts.len; i++) {
        size_t size = buffer->parts.items[i].cells.len, best = bins.len;
        for (size_t k = 0; k < bins.len; k++)
            if (bins.items[k].used + size <= pack->room &&
                (best == bins.len || bins.items[k].used > bins.items[best].used))
                best = k;
        if (best == bins.len)
            vec_push(&bins, ((struct bin){0}));
        bins.items[best].used += size;
        vec_push(&bins.items[best].fits, buffer->parts.items[i]);
    }
    for (size_t k = 0; k < bins.len; k++)
        qsort(bins.items[k].fits.items, bins.items[k].fits.len, sizeof(struct fit), first_first);
    if (bins.len > 0)
        qsort(bins.items, bins.len, sizeof *bins.items, by_first_piece);
    for (size_t k = 0; k < bins.len; k++) {
        struct cells cells = {0};
        for (size_t i = 0; i < bins.items[k].fits.len; i++) {
            struct fit *fit = &bins.items[k].fits.items[i];
            for (size_t c = 0; c < fit->cells.len; c++)
                fit->cells.items[c].part = (uint32_t)i + 1;
            append(&cells, &fit->cells, 0, fit->cells.len);
            drop_cells(&fit->cells);
        }
        finish(pack, &cells, 0);
        vec_free(&bins.items[k].fits);
    }
    vec_free(&bins);
    vec_free(&buffer->parts);
    buffer->documents = 0;
}

static void add_to_buffer(struct pack *pack, struct buffer *buffer, const struct cells *tape, struct piece piece)
{
    buffer->documents++;
    if (piece.to - piece.from > pack->room && pack->given->overflow != OVERFLOW_SPLIT)
        return;
    for (size_t at = piece.from, end; at < piece.to; at = end) {
        struct fit fit = {.order = buffer->parts.len};
        end = end_of_cut(tape, piece, at, pack->room);
        append(&fit.cells, tape, at, end);
        vec_push(&buffer->parts, fit);
    }
}

/* ---- records to come ---- */

static void end_of_documents(struct pack *pack)
{
    pack->ended = true;
    if (pack->given->mode == MODE_NONE && pack->given->drop_last && pack->open.len < pack->room)
        drop_cells(&pack->open);
    finish(pack, &pack->open, 0);
}

/* Takes documents until a record is ready, or all have been taken. */
static int make_ready(struct check *check, struct pack *pack, struct arena *arena)
{
    struct buffer buffer = {0};
    if (pack->next == pack->ready.len)
        pack->next = pack->ready.len = 0;
    while (!pack->ended && (pack->next == pack->ready.len || buffer.documents > 0)) {
        struct document *document;
        struct cells tape = {0};
        struct piece *pieces;
        size_t count;
        if (document_next(check, arena, &document) < 0)
            return -1;
        if (document != NULL) {
            lay_out(pack, document, &tape, &pieces, &count, arena);
            if (pack->given->mode == MODE_NONE)
                add_stream(pack, &tape);
            else if (pack->given->mode == MODE_BEST)
                add_to_buffer(pack, &buffer, &tape, count > 0 ? pieces[0] : (struct piece){0, 0});
            else
                add_pieces(pack, &tape, pieces, count);
            drop_cells(&tape);
            document_drop(document);
        }
        if (document == NULL || buffer.documents == (size_t)pack->given->buffer)
            flush_buffer(pack, &buffer);
        if (document == NULL)
            end_of_documents(pack);
    }
    return 0;
}

static void check_places(struct check *check, const struct pack *pack, const struct record *in,
                         const int32_t *documents, size_t count, struct arena *arena)
{
    const int32_t *found;
    size_t runs = 0;
    int32_t *lengths = arena_array(arena, count, sizeof *lengths),
            *positions = arena_array(arena, count, sizeof *positions);
    for (size_t i = 0; i < count; i++) {
        bool begins = i == 0 || documents[i] != documents[i - 1];
        if (begins)
            lengths[runs++] = 0;
        positions[i] = (int32_t)pack->given->position_start + lengths[runs - 1]++;
    }
    for (size_t k = 0; k < pack->given->also.len; k++) {
        const char *name = pack->given->also.items[k];
        bool is_lengths = strcmp(name, "seq_lengths") == 0;
        size_t items = is_lengths ? runs : count;
        report_checked(check->report, RULE_PLACES);
        size_t has;
        if (!check_ints(check, in, slice_of(name), arena, SIZE_MAX, &found, &has))
            continue;
        if (has != items)
            report_broken(check->report, RULE_PLACES, "%s: expected %zu items, found %zu", name, items, has);
        for (size_t i = 0; i < items && has == items; i++) {
            int32_t expected = is_lengths ? lengths[i] : positions[i];
            if (found[i] == expected)
                continue;
            report_broken(check->report, RULE_PLACES, "%s[%zu]: expected %" PRId32 ", found %" PRId32, name, i,
                          expected, found[i]);
            break;
        }
    }
}

/* From 1, one up where the document changes. */
static bool check_documents(struct check *check, const struct pack *pack, const int32_t *found,
                            const struct cells *cells, size_t count)
{
    report_checked(check->report, RULE_DOCUMENTS);
    for (size_t i = 0; i < count; i++) {
        bool one = pack->given->mode == MODE_DOC || pack->given->mode == MODE_SENTENCE;
        int32_t last = i == 0 ? 1 : found[i - 1];
        bool right = found[i] == last || (i > 0 && found[i] == last + 1 && !one);
        if (cells != NULL)
            right = found[i] == (int32_t)cells->items[i].part;
        if (right)
            continue;
        report_broken(check->report, RULE_DOCUMENTS, "doc_ids[%zu]: expected %" PRId32 "%s, found %" PRId32, i,
                      cells != NULL ? (int32_t)cells->items[i].part : last, cells == NULL && !one ? " or the next" : "",
                      found[i]);
        return false;
    }
    return true;
}

/* What the record alone tells. */
static void check_alone(struct check *check, const struct pack *pack, const struct record *in, const struct row *row)
{
    report_checked(check->report, RULE_LENGTH);
    report_checked(check->report, RULE_TOKENS);
    if (row->count > (size_t)pack->given->length || row->count == 0)
        report_broken(check->report, RULE_LENGTH, "expected at most %" PRId64 " tokens, found %zu", pack->given->length,
                      row->count);
    for (int which = BEGIN; which <= END && row->count > 0; which++) {
        int32_t found = row->input_ids[which == BEGIN ? 0 : row->count - 1];
        if (pack->has[which] && found != pack->markers[which])
            report_broken(check->report, RULE_TOKENS, "input_ids: expected %" PRId32 " (--%s), found %" PRId32,
                          pack->markers[which], marker_names[which], found);
    }
    int32_t word = -1;
    for (size_t i = 0; row->word_ids != NULL && i < row->count; i++) {
        report_checked(check->report, RULE_WORDS);
        if (row->word_ids[i] == -1 || row->word_ids[i] == word || row->word_ids[i] == word + 1) {
            word = row->word_ids[i] > word ? row->word_ids[i] : word;
            continue;
        }
        report_broken(check->report, RULE_WORDS,
                      "word_ids[%zu]: expected -1, %" PRId32 " or %" PRId32 ", found %" PRId32, i, word, word + 1,
                      row->word_ids[i]);
        break;
    }
    if (!check_has(in, "sources") || !check_has(in, "id"))
        report_broken(check->report, RULE_SHAPE, "expected the members id and sources");
}

static int pack_record(struct check *check, const struct record *in, struct arena *arena)
{
    static const struct sequence_rules sequence = {RULE_TOKENS, RULE_CARRIED, RULE_WORDS,
                                                   RULE_RANGES, RULE_SOURCES, RULE_ID};
    struct pack *pack = check->state;
    struct row row = {0};
    struct expected *expected = NULL;
    const int32_t *documents;
    if (check->against && make_ready(check, pack, arena) < 0)
        return -1;
    if (check->against)
        report_checked(check->report, RULE_JOIN);
    if (pack->next < pack->ready.len)
        expected = &pack->ready.items[pack->next++];
    else if (check->against)
        report_broken(check->report, RULE_JOIN, "expected no record after the last document of --against");
    if (check_row(check, in, arena, false, &row) &&
        check_ints(check, in, SLICE("doc_ids"), arena, row.count, &documents, NULL)) {
        check_alone(check, pack, in, &row);
        if (expected != NULL)
            sequence_check(check, &sequence, in, expected->cells.items, expected->cells.len, &pack->given->emit, arena);
        const struct cells *cells = expected != NULL && expected->cells.len == row.count ? &expected->cells : NULL;
        if (check_documents(check, pack, documents, cells, row.count))
            check_places(check, pack, in, documents, row.count, arena);
    }
    if (expected != NULL)
        drop_cells(&expected->cells);
    return 0;
}

static int pack_end(struct check *check, struct arena *arena)
{
    struct pack *pack = check->state;
    if (check->against && make_ready(check, pack, arena) < 0)
        return -1;
    if (pack->next < pack->ready.len)
        report_broken(check->report, RULE_JOIN,
                      "expected a record more, that of document %.*s of --against, found the end",
                      (int)pack->ready.items[pack->next].cells.items[pack->has[BEGIN]].document->id.len,
                      pack->ready.items[pack->next].cells.items[pack->has[BEGIN]].document->id.items);
    return 0;
}

static void pack_close(struct check *check)
{
    struct pack *pack = check->state;
    for (; pack->next < pack->ready.len; pack->next++)
        drop_cells(&pack->ready.items[pack->next].cells);
    vec_free(&pack->ready);
    drop_cells(&pack->open);
    mem_free(pack);
}

static const struct task task = {rules, pack_open, pack_record, pack_end, pack_close};

static int open(struct stage_context *context, void **shared)
{
    return check_open(context, &task, &((const struct pack_options *)context->options)->common, shared);
}

const struct stage stage_check_pack = {
    .name = "check pack",
    .summary = "verify what pack has written",
    .example = "$ echo '{\"id\":\"a@0-a@1\",\"input_ids\":[2,11],\"doc_ids\":[1,1],\"sources\":[]}' |\n"
               "    quern check pack --length 4 --begin '#2' | grep length\n"
               "length                    1  ok",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct pack_options),
    .open = open,
    .close = check_close,
    .record = check_record,
    .end = check_end,
};
