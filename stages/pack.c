/* pack.c - make sequences of one length from the sentences of documents.
 *
 *     quern pack --length N [-m FILE] [--mode full|doc|sentence|none|best] [--begin T] [--end T]
 *                [--before-document T] [--after-document T] [--after-sentence T] [--overflow split|drop|error] [FILE …]
 *
 * Documents are laid on a tape (documents/tape.h) with the markers between their sentences; a record is a piece of the
 * tape, or with --mode best several pieces (pack/fit.h), between --begin and --end. What has been written is trimmed
 * off the tape. */
#include "documents/compose.h"
#include "pack/fit.h"
#include "quern.h"
#include "tokenizer/shared.h"

#include <inttypes.h>

enum mode { MODE_FULL, MODE_DOC, MODE_SENTENCE, MODE_NONE, MODE_BEST };
static const char *const mode_names[] = {"full", "doc", "sentence", "none", "best", NULL};
enum overflow { OVERFLOW_SPLIT, OVERFLOW_DROP, OVERFLOW_ERROR };
static const char *const overflow_names[] = {"split", "drop", "error", NULL};
static const char *const emit_names[] = {CARRIED_NAMES, "doc_ids", "sources", "position_ids", "seq_lengths", NULL};
static const char *const also_names[] = {"position_ids", "seq_lengths", NULL};

struct pack_options {
    const char *model;
    int64_t length, stride, buffer, position_start;
    int mode, overflow;
    const char *begin, *end, *before_document, *after_document, *after_sentence;
    bool drop_last;
    struct words emit, also;
};

static const struct option options[] = {
    OPTION_MODEL(struct pack_options, model),
    {"length", 'l', OPT_INT, OPT_AT(struct pack_options, length), .value = "N", .required = true, .min = 1,
     .max = INT32_MAX, .help = "tokens of a record, markers counted"},
    {"mode", 0, OPT_CHOICE, OPT_AT(struct pack_options, mode), .value = "MODE", .fallback = "full",
     .choices = mode_names,
     .help = "full: whole sentences, across documents; doc: of one document; sentence: one sentence; none: cut every N "
             "tokens; best: whole documents, by best fit"},
    {"begin", 0, OPT_TEXT, OPT_AT(struct pack_options, begin), .value = "TOKEN",
     .help = "a token at the start of each record: its name, or #ID"},
    {"end", 0, OPT_TEXT, OPT_AT(struct pack_options, end), .value = "TOKEN", .help = "at the end of each record"},
    {"before-document", 0, OPT_TEXT, OPT_AT(struct pack_options, before_document), .value = "TOKEN",
     .help = "where a document starts"},
    {"after-document", 0, OPT_TEXT, OPT_AT(struct pack_options, after_document), .value = "TOKEN",
     .help = "where a document ends"},
    {"after-sentence", 0, OPT_TEXT, OPT_AT(struct pack_options, after_sentence), .value = "TOKEN",
     .help = "behind each sentence"},
    {"overflow", 0, OPT_CHOICE, OPT_AT(struct pack_options, overflow), .value = "WHAT", .fallback = "split",
     .choices = overflow_names, .when = "mode=full|doc|sentence|best",
     .help = "what to do with a sentence (best: a document) that is too long for a record"},
    {"stride", 0, OPT_INT, OPT_AT(struct pack_options, stride), .value = "S", .min = 0, .max = INT32_MAX,
     .when = "mode=none", .help = "the last S tokens of a record are the first S of the next"},
    {"drop-last", 0, OPT_FLAG, OPT_AT(struct pack_options, drop_last), .when = "mode=none",
     .help = "leave out the last record if it is shorter than N"},
    {"buffer", 0, OPT_INT, OPT_AT(struct pack_options, buffer), .value = "D", .fallback = "10000", .min = 1,
     .max = INT32_MAX, .when = "mode=best", .help = "documents that are fitted together"},
    {"position-start", 0, OPT_INT, OPT_AT(struct pack_options, position_start), .value = "P", .min = 0,
     .max = INT32_MAX, .help = "the first of the position_ids; RoBERTa needs 2"},
    {"emit", 0, OPT_WORDS, OPT_AT(struct pack_options, emit), .value = "LIST", .choices = emit_names,
     .help = "members to write; default: those of the documents, doc_ids and sources"},
    {"also", 0, OPT_WORDS, OPT_AT(struct pack_options, also), .value = "LIST", .choices = also_names,
     .help = "members to write besides"},
    {0},
};

static const char *const reads[] = {"id", "epoch", CARRIED_READS, NULL};
static const char *const writes[] = {"id",           CARRIED_NAMES, "doc_ids", "sources",
                                     "position_ids", "seq_lengths", "epoch",   NULL};

enum {
    COUNT_TOKENS,
    COUNT_MARKERS,
    COUNT_SPLIT,
    COUNT_DROPPED_PIECES,
    COUNT_DROPPED_TOKENS,
    COUNT_LEFT_OVER,
    COUNT_EMPTY
};
static const char *const counters[] = {"tokens",         "markers",          "split",           "dropped_pieces",
                                       "dropped_tokens", "left_over_tokens", "empty_documents", NULL};

/* The numbers of the markers. */
enum { MARK_BEGIN, MARK_END, MARK_BEFORE_DOCUMENT, MARK_AFTER_DOCUMENT, MARK_AFTER_SENTENCE, MARKS };

/* [start, end) of the tape. */
struct piece_on_tape {
    uint64_t start, end;
};

struct pack {
    const struct pack_options *given;
    struct marker marks[MARKS];
    uint64_t room; /* of a record, without --begin and --end */
    bool writes_doc_ids, writes_sources, writes_positions, writes_lengths;
    struct document_rules rules;
    bool begun;      /* the tape is open */
    bool says_epoch; /* a document has an epoch */
    struct tape tape;
    uint64_t open;                    /* where the open record starts */
    uint64_t written;                 /* --mode none: up to where the tape has been written */
    VEC(struct piece_on_tape) pieces; /* of the document or, with --mode best, of the buffer */
    uint64_t documents;               /* in the buffer */
};

/* ---- open ---- */

static int find_marks(struct pack *pack, const struct pack_options *given)
{
    const struct {
        const char *option, *name;
    } named[MARKS] = {
        [MARK_BEGIN] = {"begin", given->begin},
        [MARK_END] = {"end", given->end},
        [MARK_BEFORE_DOCUMENT] = {"before-document", given->before_document},
        [MARK_AFTER_DOCUMENT] = {"after-document", given->after_document},
        [MARK_AFTER_SENTENCE] = {"after-sentence", given->after_sentence},
    };
    for (size_t i = 0; i < MARKS; i++)
        if (marker_find(pack->rules.tokenizer, given->model, named[i].option, named[i].name, &pack->marks[i]) < 0)
            return -1;
    return 0;
}

/* Every record must have room for a token of a document with the markers that stand beside it. */
static int find_room(struct pack *pack, const struct pack_options *given)
{
    int64_t around = pack->marks[MARK_BEGIN].given + pack->marks[MARK_END].given;
    int64_t beside = pack->marks[MARK_BEFORE_DOCUMENT].given + pack->marks[MARK_AFTER_DOCUMENT].given +
                     pack->marks[MARK_AFTER_SENTENCE].given;
    if (given->length < around + beside + 1)
        return diag_error("--length: %" PRId64 " has no room for %" PRId64 " markers and a token", given->length,
                          around + beside);
    if (given->stride >= given->length - around - beside)
        return diag_error("--stride: expected less than the %" PRId64
                          " tokens of a document that a record has room for",
                          given->length - around - beside);
    pack->room = (uint64_t)(given->length - around);
    return 0;
}

static void decide_members(struct pack *pack, const struct pack_options *given)
{
    bool by_sentences = given->mode == MODE_FULL || given->mode == MODE_DOC || given->mode == MODE_SENTENCE;
    pack->writes_doc_ids = carried_writes(&given->emit, NULL, "doc_ids", true);
    pack->writes_sources = carried_writes(&given->emit, NULL, "sources", true);
    pack->writes_positions = carried_writes(&given->emit, &given->also, "position_ids", false);
    pack->writes_lengths = carried_writes(&given->emit, &given->also, "seq_lengths", false);
    pack->rules.wanted = carried_emitted(&given->emit);
    pack->rules.needed = given->emit.len > 0 ? pack->rules.wanted : 0;
    if (by_sentences || given->after_sentence != NULL)
        pack->rules.needed |= CARRY_BIT(CARRY_SENTENCE_TOKENS);
}

static int pack_open(struct stage_context *context, void **shared)
{
    const struct pack_options *given = context->options;
    struct pack *pack = mem_zalloc(1, sizeof *pack);
    pack->given = given;
    pack->rules.model = given->model;
    pack->rules.first = "the first document";
    if (given->model != NULL)
        pack->rules.tokenizer = shared_tokenizer(context, given->model);
    decide_members(pack, given);
    bool bad = (given->model != NULL && pack->rules.tokenizer == NULL) || find_marks(pack, given) < 0 ||
               find_room(pack, given) < 0;
    if (!bad && opt_given(context, "position-start") && !pack->writes_positions)
        bad = diag_error("--position-start has no effect without position_ids (--also position_ids)") < 0;
    if (bad) {
        mem_free(pack);
        return -1;
    }
    *shared = pack;
    return 0;
}

/* ---- writing a record ---- */

static void set_positions(const struct pack *pack, const struct composition *made, struct record *record,
                          struct arena *arena)
{
    int32_t *positions = arena_array(arena, made->count, sizeof *positions);
    int32_t *lengths = arena_array(arena, made->count, sizeof *lengths), position = 0;
    size_t count = 0;
    for (size_t i = 0; i < made->count; i++) {
        if (i == 0 || made->doc_ids[i] != made->doc_ids[i - 1]) {
            position = 0;
            lengths[count++] = 0;
        }
        positions[i] = (int32_t)pack->given->position_start + position++;
        lengths[count - 1]++;
    }
    if (pack->writes_positions)
        rec_set_ints(record, SLICE("position_ids"), positions, made->count);
    if (pack->writes_lengths)
        rec_set_ints(record, SLICE("seq_lengths"), lengths, count);
}

/* Writes a record of these pieces of the tape, each of which is of other documents than the one before. */
static int emit_pieces(struct pack *pack, const struct piece_on_tape *pieces, size_t count, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    struct piece *parts = arena_array(arena, count + 2, sizeof *parts);
    size_t n = 0, tokens = 0;
    if (pack->marks[MARK_BEGIN].given)
        parts[n++] = piece_marker(&pack->marks[MARK_BEGIN], PIECE_NEXT);
    for (size_t i = 0; i < count; i++) {
        parts[n] = piece_tokens(&pack->tape, pieces[i].start, pieces[i].end);
        parts[n++].apart = true;
    }
    if (pack->marks[MARK_END].given)
        parts[n++] = piece_marker(&pack->marks[MARK_END], PIECE_PREVIOUS);

    struct composition made;
    struct record *record = rec_new(arena);
    composition_of(parts, n, pack->rules.wanted, arena, &made);
    lineage_set_id(record, made.sources, made.source_count, arena);
    composition_set(&made, record);
    if (pack->writes_doc_ids)
        rec_set_ints(record, SLICE("doc_ids"), made.doc_ids, made.count);
    if (pack->writes_sources)
        lineage_set_sources(record, made.sources, made.source_count, arena);
    if (pack->writes_positions || pack->writes_lengths)
        set_positions(pack, &made, record, arena);
    if (pack->says_epoch)
        rec_set_int(record, SLICE("epoch"), pack->rules.round);
    for (size_t i = 0; i < made.source_count; i++)
        tokens += made.sources[i].tokens.end - made.sources[i].tokens.start;
    sink_count(out, COUNT_TOKENS, tokens);
    sink_count(out, COUNT_MARKERS, made.count - tokens);
    return sink_emit(out, record);
}

/* Writes the open record, up to this position. */
static int emit_open(struct pack *pack, uint64_t end, struct sink *out)
{
    const struct piece_on_tape piece = {pack->open, end};
    pack->open = end;
    return piece.start < piece.end ? emit_pieces(pack, &piece, 1, out) : 0;
}

/* ---- laying a document on the tape ---- */

static size_t markers_around(const struct pack *pack, bool first, bool last, size_t sentences)
{
    return (size_t)(first && pack->marks[MARK_BEFORE_DOCUMENT].given) +
           (size_t)(last && pack->marks[MARK_AFTER_DOCUMENT].given) +
           (pack->marks[MARK_AFTER_SENTENCE].given ? sentences : 0);
}

/* The tokens of a piece with its markers: sentence i or, with --mode best, all of them. */
static uint64_t piece_length(const struct pack *pack, const struct sentences *sentences, size_t i)
{
    if (pack->given->mode == MODE_BEST)
        return sentences->starts[sentences->count] + markers_around(pack, true, true, sentences->count);
    return sentences->starts[i + 1] - sentences->starts[i] + markers_around(pack, i == 0, i + 1 == sentences->count, 1);
}

static size_t piece_count(const struct pack *pack, const struct sentences *sentences)
{
    return pack->given->mode == MODE_BEST ? 1 : sentences->count;
}

static int check_overflow(const struct pack *pack, const struct sentences *sentences)
{
    bool best = pack->given->mode == MODE_BEST;
    for (size_t i = 0; i < piece_count(pack, sentences); i++) {
        uint64_t length = piece_length(pack, sentences, i);
        if (length > pack->room)
            return diag_error("input_ids: %s, tokens %" PRIu32 " to %" PRIu32 ", has %" PRIu64
                              " tokens with its markers, and a record has room for %" PRIu64 " (--overflow)",
                              best ? "the document" : "a sentence", best ? 0 : sentences->starts[i],
                              sentences->starts[best ? sentences->count : i + 1], length, pack->room);
    }
    return 0;
}

static int put_mark(struct pack *pack, int mark, int32_t type)
{
    return pack->marks[mark].given ? tape_marker(&pack->tape, &pack->marks[mark], type) : 0;
}

/* The sentences [first, last) are laid; the marks between them part the runs. */
static int lay_sentences(struct pack *pack, const struct document *document, const struct sentences *sentences,
                         size_t first, size_t last)
{
    struct tape *tape = &pack->tape;
    const uint32_t *starts = sentences->starts;
    if (first == 0 && put_mark(pack, MARK_BEFORE_DOCUMENT, document_type(document, 0)) < 0)
        return -1;
    if (!pack->marks[MARK_AFTER_SENTENCE].given && tape_add(tape, document, starts[first], starts[last]) < 0)
        return -1;
    for (size_t i = first; pack->marks[MARK_AFTER_SENTENCE].given && i < last; i++)
        if (tape_add(tape, document, starts[i], starts[i + 1]) < 0 ||
            put_mark(pack, MARK_AFTER_SENTENCE, document_type(document, starts[i + 1] - 1)) < 0)
            return -1;
    if (last == sentences->count)
        return put_mark(pack, MARK_AFTER_DOCUMENT, document_type(document, starts[last] - 1));
    return 0;
}

/* Cuts a piece that is longer than the room; lists its parts. */
static void list_parts(struct pack *pack, uint64_t start, uint64_t end, uint64_t trailing, struct sink *out)
{
    sink_count(out, COUNT_SPLIT, end - start > pack->room);
    while (end - start > pack->room) {
        uint64_t cut = start + pack->room;
        if (end - cut <= trailing) /* markers alone would be left */
            cut = end - trailing - 1;
        vec_push(&pack->pieces, ((struct piece_on_tape){start, cut}));
        start = cut;
    }
    vec_push(&pack->pieces, ((struct piece_on_tape){start, end}));
}

/* Lays the document, without the pieces that are dropped, and lists the pieces. */
static int lay_pieces(struct pack *pack, const struct document *document, const struct sentences *sentences,
                      struct sink *out)
{
    size_t count = piece_count(pack, sentences), first = 0;
    bool best = pack->given->mode == MODE_BEST, drops = pack->given->overflow == OVERFLOW_DROP;
    uint64_t at = pack->tape.count;
    for (size_t i = 0; i < count; i++) {
        uint64_t length = piece_length(pack, sentences, i);
        if (drops && length > pack->room) {
            uint32_t from = best ? 0 : sentences->starts[i];
            sink_count(out, COUNT_DROPPED_PIECES, 1);
            sink_count(out, COUNT_DROPPED_TOKENS, sentences->starts[best ? sentences->count : i + 1] - from);
            if (first < i && lay_sentences(pack, document, sentences, first, i) < 0)
                return -1;
            first = i + 1;
            continue;
        }
        list_parts(pack, at, at + length, markers_around(pack, false, i + 1 == count, 1), out);
        at += length;
    }
    if (first < count && lay_sentences(pack, document, sentences, first, best ? sentences->count : count) < 0)
        return -1;
    return 0;
}

/* ---- the modes ---- */

static int pack_sentences(struct pack *pack, struct sink *out)
{
    enum mode mode = (enum mode)pack->given->mode;
    for (size_t i = 0; i < pack->pieces.len; i++) {
        struct piece_on_tape piece = pack->pieces.items[i];
        if (piece.end - pack->open > pack->room && emit_open(pack, piece.start, out) < 0)
            return -1;
        if (mode == MODE_SENTENCE && emit_open(pack, piece.end, out) < 0)
            return -1;
    }
    pack->pieces.len = 0;
    return mode == MODE_DOC ? emit_open(pack, pack->tape.count, out) : 0;
}

/* --mode none: writes the full records that are on the tape. */
static int pack_stream(struct pack *pack, struct sink *out)
{
    while (pack->tape.count - pack->open >= pack->room) {
        const struct piece_on_tape piece = {pack->open, pack->open + pack->room};
        if (emit_pieces(pack, &piece, 1, out) < 0)
            return -1;
        pack->written = piece.end;
        pack->open = piece.end - (uint64_t)pack->given->stride;
    }
    return 0;
}

static int end_stream(struct pack *pack, struct sink *out)
{
    size_t runs;
    const struct piece_on_tape piece = {pack->open, pack->tape.count};
    if (pack->written == pack->tape.count)
        return 0;
    const struct run *run = tape_runs(&pack->tape, pack->given->drop_last ? pack->written : pack->open, &runs);
    if (!pack->given->drop_last)
        return runs > 0 ? emit_pieces(pack, &piece, 1, out) : 0;
    for (size_t i = 0; i < runs; i++)
        sink_count(out, COUNT_LEFT_OVER, run[i].end - (run[i].start > pack->written ? run[i].start : pack->written));
    return 0;
}

/* --mode best: writes the records of the buffer. */
static int pack_buffer(struct pack *pack, struct sink *out)
{
    size_t count = pack->pieces.len;
    struct arena *arena = sink_arena(out);
    const struct piece_on_tape *pieces = pack->pieces.items;
    uint32_t *lengths = arena_array(arena, count, sizeof *lengths),
             *record_of = arena_array(arena, count, sizeof *record_of);
    for (size_t i = 0; i < count; i++)
        lengths[i] = (uint32_t)(pieces[i].end - pieces[i].start);
    size_t records = fit_best(lengths, count, (uint32_t)pack->room, record_of);

    /* The pieces by record, in order. */
    size_t *first = arena_array(arena, records + 2, sizeof *first);
    struct piece_on_tape *sorted = arena_array(arena, count, sizeof *sorted);
    memset(first, 0, (records + 2) * sizeof *first);
    for (size_t i = 0; i < count; i++)
        first[record_of[i] + 2]++;
    for (size_t r = 2; r < records + 2; r++)
        first[r] += first[r - 1];
    for (size_t i = 0; i < count; i++)
        sorted[first[record_of[i] + 1]++] = pieces[i];
    for (size_t r = 0; r < records; r++)
        if (emit_pieces(pack, sorted + first[r], first[r + 1] - first[r], out) < 0)
            return -1;
    pack->pieces.len = 0;
    pack->documents = 0;
    tape_clear(&pack->tape);
    return 0;
}

/* ---- record ---- */

static int begin(struct pack *pack)
{
    if (pack->begun)
        return 0;
    pack->begun = true;
    return tape_open(&pack->tape, pack->rules.carried, UINT64_MAX, NULL);
}

/* What has been written is not needed any more. */
static void trim(struct pack *pack)
{
    if (pack->given->mode == MODE_BEST)
        return;
    tape_trim(&pack->tape, pack->open);
    pack->written -= pack->given->mode == MODE_NONE ? pack->open : 0;
    pack->open = 0;
}

static int pack_document(struct pack *pack, const struct document *document, struct arena *arena, struct sink *out)
{
    bool by_sentences = pack->rules.needed & CARRY_BIT(CARRY_SENTENCE_TOKENS);
    const uint32_t whole[] = {0, (uint32_t)document->count};
    struct sentences sentences = by_sentences ? document_sentences(document, arena) : (struct sentences){whole, 1};
    if (pack->given->overflow == OVERFLOW_ERROR && check_overflow(pack, &sentences) < 0)
        return -1;
    if (begin(pack) < 0 || tape_document(&pack->tape, document) < 0)
        return -1;
    if (pack->given->mode == MODE_NONE)
        return lay_sentences(pack, document, &sentences, 0, sentences.count) < 0 ? -1 : pack_stream(pack, out);
    if (lay_pieces(pack, document, &sentences, out) < 0)
        return -1;
    if (pack->given->mode != MODE_BEST)
        return pack_sentences(pack, out);
    return ++pack->documents == (uint64_t)pack->given->buffer ? pack_buffer(pack, out) : 0;
}

static int pack_record(void *shared, const struct record *in, struct sink *out)
{
    struct pack *pack = shared;
    struct document document;
    if (document_read(&pack->rules, in, sink_arena(out), &document) < 0)
        return -1;
    if (pack->rules.carried & CARRY_BIT(CARRY_TOKENS) && markers_spelled(pack->marks, MARKS) < 0)
        return -1;
    pack->says_epoch |= document.says_epoch;
    if (document.count == 0) {
        sink_count(out, COUNT_EMPTY, 1);
        return 0;
    }
    if (pack_document(pack, &document, sink_arena(out), out) < 0)
        return -1;
    trim(pack);
    return 0;
}

/* ---- the end ---- */

static int pack_end(void *shared, struct sink *out)
{
    struct pack *pack = shared;
    if (!pack->begun)
        return 0;
    if (pack->given->mode == MODE_BEST)
        return pack_buffer(pack, out);
    return pack->given->mode == MODE_NONE ? end_stream(pack, out) : emit_open(pack, pack->tape.count, out);
}

static void pack_notes(const void *shared, const struct totals *totals)
{
    const struct pack *pack = shared;
    const uint64_t *counted = totals->counters;
    const char *piece = pack->given->mode == MODE_BEST ? "document" : "sentence";
    if (counted[COUNT_SPLIT] > 0)
        diag_note("%" PRIu64 " %s%s longer than the %" PRIu64 " tokens that a record has room for, and cut",
                  counted[COUNT_SPLIT], piece, counted[COUNT_SPLIT] == 1 ? " was" : "s were", pack->room);
    if (counted[COUNT_DROPPED_PIECES] > 0)
        diag_note("%" PRIu64 " %s%s dropped, with %" PRIu64 " token%s: longer than the %" PRIu64
                  " that a record has room for",
                  counted[COUNT_DROPPED_PIECES], piece, counted[COUNT_DROPPED_PIECES] == 1 ? " was" : "s were",
                  counted[COUNT_DROPPED_TOKENS], diag_s(counted[COUNT_DROPPED_TOKENS]), pack->room);
    if (counted[COUNT_LEFT_OVER] > 0)
        diag_note("%" PRIu64 " token%s at the end, too few for a record, left out (--drop-last)",
                  counted[COUNT_LEFT_OVER], diag_s(counted[COUNT_LEFT_OVER]));
}

static void pack_close(void *shared)
{
    struct pack *pack = shared;
    if (pack->begun)
        tape_close(&pack->tape);
    vec_free(&pack->pieces);
    mem_free(pack);
}

const struct stage stage_pack = {
    .name = "pack",
    .summary = "make sequences of one length from the sentences of documents",
    .example = "$ printf '{\"id\":\"%s\",\"input_ids\":[%s],\"sentence_tokens\":[]}\\n' a 5,6 b 7 |\n"
               "    quern pack --length 5 --after-sentence '#3' --emit input_ids,doc_ids\n"
               "{\"id\":\"a@0-b@1\",\"input_ids\":[5,6,3,7,3],\"doc_ids\":[1,1,1,2,2]}",
    .class = STAGE_ORDERED,
    .options = options,
    .options_size = sizeof(struct pack_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = pack_open,
    .close = pack_close,
    .record = pack_record,
    .end = pack_end,
    .notes = pack_notes,
};
