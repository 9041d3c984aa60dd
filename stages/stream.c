/* stream.c - cut documents into rows that go on from one batch to the next, for models with a memory.
 *
 *     quern stream --rows B --length T [-m FILE] [--reuse R] [--after-sentence TOKEN] [--after-document TOKEN]
 *                  [--backward-half] [--pair] [--drop-last] [FILE …]
 *
 * How long a row is depends on how many tokens there are in all: documents are laid on a tape (documents/tape.h), and
 * the rows are cut from it at the end. stream/pairs.c chooses the two segments of --pair. */
#include "documents/compose.h"
#include "quern.h"
#include "stream/pairs.h"
#include "tokenizer/shared.h"

#include <inttypes.h>

#define OWN_MEMBERS "mems_row", "mems_step", "backward", "next_sentence_label", "sources"
static const char *const emit_names[] = {CARRIED_NAMES, OWN_MEMBERS, NULL};

struct stream_options {
    const char *model, *after_sentence, *after_document, *pair_template;
    int64_t rows, length, reuse, max_memory;
    bool backward_half, pair, drop_last;
    struct words emit;
    struct random_options random;
};

static const struct option options[] = {
    OPTION_MODEL(struct stream_options, model),
    {"rows", 0, OPT_INT, OPT_AT(struct stream_options, rows), .value = "B", .required = true, .min = 1,
     .max = INT32_MAX, .help = "rows, which is the size of a batch"},
    {"length", 'l', OPT_INT, OPT_AT(struct stream_options, length), .value = "T", .required = true, .min = 1,
     .max = INT32_MAX, .help = "tokens of a step of a row"},
    {"reuse", 0, OPT_INT, OPT_AT(struct stream_options, reuse), .value = "R", .fallback = "0", .min = 0,
     .max = INT32_MAX, .help = "the last R tokens of a step are the first R of the next; with --pair: see the manual"},
    {"after-sentence", 0, OPT_TEXT, OPT_AT(struct stream_options, after_sentence), .value = "TOKEN",
     .help = "a token behind each sentence: its name, or #ID"},
    {"after-document", 0, OPT_TEXT, OPT_AT(struct stream_options, after_document), .value = "TOKEN",
     .help = "a token behind each document"},
    {"backward-half", 0, OPT_FLAG, OPT_AT(struct stream_options, backward_half),
     .help = "make B/2 rows, and then the same ones turned round"},
    {"pair", 0, OPT_FLAG, OPT_AT(struct stream_options, pair),
     .help = "R tokens, then two segments, the second of which follows the first or does not (XLNet)"},
    {"template", 0, OPT_TEXT, OPT_AT(struct stream_options, pair_template), .value = "TEXT",
     .fallback = "$A <sep> $B:1 <sep>:1 <cls>:2", .when = "pair", .help = "the special tokens of the two segments"},
    {"drop-last", 0, OPT_FLAG, OPT_AT(struct stream_options, drop_last), .help = "leave out steps shorter than T"},
    {"max-memory", 0, OPT_SIZE, OPT_AT(struct stream_options, max_memory), .value = "SIZE", .fallback = "1G", .min = 0,
     .max = INT64_MAX, .help = "how much memory the tokens may take before they move to temporary files"},
    {"emit", 0, OPT_WORDS, OPT_AT(struct stream_options, emit), .value = "LIST", .choices = emit_names,
     .help = "members to write; default: all"},
    OPTIONS_SEED(struct stream_options, random),
    {0},
};

static const char *const reads[] = {"id", "epoch", CARRIED_READS, NULL};
static const char *const writes[] = {"id", CARRIED_NAMES, OWN_MEMBERS, "epoch", NULL};

enum { COUNT_TOKENS, COUNT_MARKERS, COUNT_LEFT_OVER, COUNT_EMPTY, COUNT_LABEL_0, COUNT_LABEL_1, COUNT_NO_OTHER };
static const char *const counters[] = {"tokens",  "markers", "left_over_tokens",  "empty_documents",
                                       "label_0", "label_1", "no_other_sentence", NULL};

struct stream {
    const struct stream_options *given;
    struct marker after_sentence, after_document;
    struct template two;
    struct marker marks[TEMPLATE_PARTS]; /* the special tokens of the template */
    uint64_t room;                       /* of both segments of a pair */
    struct document_rules rules;
    bool begun, says_epoch;
    struct tape tape;
    struct rng_key key;

    uint64_t rows;              /* that are cut from the tape: half of all with --backward-half */
    uint64_t row_length, steps; /* of each row */
    uint64_t step, row;         /* the next to be written */
};

/* ---- open ---- */

static int read_template(struct stream *stream)
{
    const struct stream_options *given = stream->given;
    if (given->model == NULL)
        return diag_error("--pair: expected --model, to look up the tokens of --template");
    if (tokenizer_read_template(stream->rules.tokenizer, given->pair_template, &stream->two) < 0)
        return diag_within("--template: %s", diag_message());
    size_t specials = template_specials(&stream->two);
    if (stream->two.count - specials != 2)
        return diag_error("--template: expected one with $A and $B");
    if (given->reuse == 0)
        return diag_error("--pair: expected --reuse, the tokens before the pair, by which steps advance");
    if (given->length < given->reuse + (int64_t)specials + 2)
        return diag_error("--length: %" PRId64 " has no room for %" PRId64
                          " tokens (--reuse), %zu special tokens and 2 "
                          "others",
                          given->length, given->reuse, specials);
    stream->room = (uint64_t)(given->length - given->reuse) - specials;
    for (size_t i = 0; i < stream->two.count; i++)
        stream->marks[i] = (struct marker){true, stream->two.parts[i].id, stream->two.parts[i].token};
    return 0;
}

static int check_sizes(const struct stream_options *given)
{
    if (given->reuse >= given->length)
        return diag_error("--reuse: expected less than --length %" PRId64 ", or no step would get on", given->length);
    if (given->backward_half && given->rows % 2 != 0)
        return diag_error("--backward-half: --rows %" PRId64 " is odd, and half of the rows are turned round",
                          given->rows);
    return 0;
}

static void decide_members(struct stream *stream)
{
    const struct stream_options *given = stream->given;
    unsigned emitted = carried_emitted(&given->emit), types = CARRY_BIT(CARRY_TOKEN_TYPE_IDS);
    stream->rules.zeros = given->pair ? emitted & types : 0;
    stream->rules.wanted = emitted & ~stream->rules.zeros;
    stream->rules.needed = given->emit.len > 0 ? stream->rules.wanted : 0;
    if (given->pair || given->after_sentence != NULL)
        stream->rules.needed |= CARRY_BIT(CARRY_SENTENCE_TOKENS);
}

static int open_parts(struct stream *stream, struct stage_context *context)
{
    const struct stream_options *given = stream->given;
    if (check_sizes(given) < 0)
        return -1;
    stream->rules.model = given->model;
    stream->rules.first = "the first document";
    if (given->model != NULL && (stream->rules.tokenizer = shared_tokenizer(context, given->model)) == NULL)
        return -1;
    const struct tokenizer *tokenizer = stream->rules.tokenizer;
    if (marker_find(tokenizer, given->model, "after-sentence", given->after_sentence, &stream->after_sentence) < 0 ||
        marker_find(tokenizer, given->model, "after-document", given->after_document, &stream->after_document) < 0)
        return -1;
    decide_members(stream);
    return given->pair ? read_template(stream) : 0;
}

static int stream_open(struct stage_context *context, void **shared)
{
    const struct stream_options *given = context->options;
    struct stream *stream = mem_zalloc(1, sizeof *stream);
    stream->given = given;
    stream->key = rng_key(&given->random, "stream");
    stream->tape.temp_dir = context->temp_dir;
    if (open_parts(stream, context) < 0) {
        mem_free(stream);
        return -1;
    }
    *shared = stream;
    return 0;
}

/* ---- record: documents go on the tape ---- */

static int begin(struct stream *stream)
{
    const char *temp_dir = stream->tape.temp_dir;
    if (stream->begun)
        return 0;
    stream->begun = true;
    return tape_open(&stream->tape, stream->rules.carried, (uint64_t)stream->given->max_memory, temp_dir);
}

static int lay_document(struct stream *stream, const struct document *document, struct arena *arena)
{
    struct tape *tape = &stream->tape;
    struct sentences sentences = document_sentences(document, arena);
    const uint32_t *starts = sentences.starts;
    uint32_t count = (uint32_t)document->count;
    bool marks = stream->after_sentence.given;
    if (tape_document(tape, document) < 0 || (!marks && tape_add(tape, document, 0, count) < 0))
        return -1;
    uint64_t start = tape->count - (marks ? 0 : count);
    for (size_t i = 0; i < sentences.count; i++) {
        if (tape_sentence(tape, start + starts[i] + (marks ? i : 0)) < 0)
            return -1;
        if (marks && (tape_add(tape, document, starts[i], starts[i + 1]) < 0 ||
                      tape_marker(tape, &stream->after_sentence, document_type(document, starts[i + 1] - 1)) < 0))
            return -1;
    }
    return stream->after_document.given ? tape_marker(tape, &stream->after_document, document_type(document, count - 1))
                                        : 0;
}

static int check_spelling(const struct stream *stream)
{
    const struct marker marks[] = {stream->after_sentence, stream->after_document};
    return stream->rules.carried & CARRY_BIT(CARRY_TOKENS) ? markers_spelled(marks, 2) : 0;
}

static int stream_record(void *shared, const struct record *in, struct sink *out)
{
    struct stream *stream = shared;
    struct arena *arena = sink_arena(out);
    struct document document;
    if (document_read(&stream->rules, in, arena, &document) < 0 || begin(stream) < 0 || check_spelling(stream) < 0)
        return -1;
    stream->says_epoch |= document.says_epoch;
    sink_count(out, COUNT_EMPTY, document.count == 0);
    return document.count == 0 ? 0 : lay_document(stream, &document, arena);
}

/* ---- the end: rows are cut ---- */

static uint64_t advance_of(const struct stream *stream)
{
    return (uint64_t)(stream->given->pair ? stream->given->reuse : stream->given->length - stream->given->reuse);
}

/* How many steps a row has: each needs this many tokens from where it begins. */
static uint64_t count_steps(const struct stream *stream)
{
    const struct stream_options *given = stream->given;
    uint64_t reuse = (uint64_t)given->reuse;
    uint64_t needed = given->pair ? reuse + (given->drop_last ? stream->room : 2)
                                  : (given->drop_last ? (uint64_t)given->length : reuse + 1);
    /* the first step reuses nothing, but a short row of one step is one all the same */
    if (!given->pair && !given->drop_last && stream->row_length > 0 && stream->row_length < needed)
        return 1;
    return stream->row_length < needed ? 0 : (stream->row_length - needed) / advance_of(stream) + 1;
}

static void cut_rows(struct stream *stream, struct sink *out)
{
    stream->rows = (uint64_t)stream->given->rows / (stream->given->backward_half ? 2 : 1);
    stream->row_length = stream->tape.count / stream->rows;
    stream->steps = count_steps(stream);
    uint64_t used = 0;
    if (stream->steps > 0) {
        uint64_t reach =
            (stream->given->pair ? (uint64_t)stream->given->reuse + stream->room : (uint64_t)stream->given->length);
        used = (stream->steps - 1) * advance_of(stream) + reach;
        used = used < stream->row_length ? used : stream->row_length;
    }
    sink_count(out, COUNT_LEFT_OVER, stream->tape.count - used * stream->rows);
}

/* Tokens [from, to) of a row. */
static struct piece piece_of_row(const struct stream *stream, const struct row *row, uint64_t from, uint64_t to)
{
    struct piece piece = piece_tokens(&stream->tape, row->start + from, row->start + to);
    if (row->backward) {
        piece.from = row->start + row->length - to;
        piece.to = row->start + row->length - from;
        piece.backward = true;
    }
    return piece;
}

static struct row find_row(const struct stream *stream)
{
    struct row row = {
        .length = stream->row_length,
        .start = stream->row % stream->rows * stream->row_length,
        .backward = stream->row >= stream->rows,
    };
    /* Of a row that is turned round, a sentence begins where the next one did. */
    row.borders = tape_sentences(&stream->tape, row.start + row.backward, row.start + row.length + row.backward,
                                 &row.border_count);
    return row;
}

/* The pieces of a step with a pair; returns how many. The types of the reused tokens are set afterwards. */
static size_t pair_pieces(const struct stream *stream, const struct row *row, uint64_t at, struct rng *rng,
                          struct segments *segments, struct piece *pieces)
{
    uint64_t a = at + (uint64_t)stream->given->reuse;
    /* A goes on from the reused tokens if nothing is put between: then no word and no range is parted there */
    bool goes_on = stream->two.parts[0].kind == TEMPLATE_FIRST;
    size_t count = 0;
    *segments = segments_draw(row, at, a, stream->room, rng);
    if (!goes_on)
        pieces[count++] = piece_of_row(stream, row, at, a);
    for (size_t i = 0; i < stream->two.count; i++) {
        const struct template_part *part = &stream->two.parts[i];
        struct piece *piece = &pieces[count++];
        if (part->kind == TEMPLATE_SPECIAL)
            *piece = piece_marker(&stream->marks[i], part->type_id);
        else if (part->kind == TEMPLATE_FIRST)
            *piece = piece_of_row(stream, row, goes_on ? at : segments->a, segments->a_end);
        else
            *piece = piece_of_row(stream, row, segments->b, segments->b_end);
        piece->type = part->type_id;
        piece->apart = part->kind == TEMPLATE_SECOND;
    }
    return count;
}

static void set_reused_types(const struct stream *stream, struct composition *made)
{
    int32_t *types = made->ints[CARRY_TOKEN_TYPE_IDS];
    for (int64_t i = 0; types != NULL && i < stream->given->reuse; i++)
        types[i] = 0;
}

static bool is_written(const struct stream *stream, const char *member)
{
    return carried_writes(&stream->given->emit, NULL, member, true);
}

static int emit_step(const struct stream *stream, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    struct row row = find_row(stream);
    struct piece pieces[TEMPLATE_PARTS + 1];
    struct segments segments = {0};
    struct composition made;
    struct record *record = rec_new(arena);
    uint64_t at = stream->step * advance_of(stream), end = at + (uint64_t)stream->given->length;
    size_t count = 1, tokens = 0;
    if (stream->given->pair) {
        const struct identity identity = {stream->row, stream->step};
        struct rng rng = rng_start(stream->key, identity, stream->rules.round);
        count = pair_pieces(stream, &row, at, &rng, &segments, pieces);
        sink_count(out, segments.label ? COUNT_LABEL_1 : COUNT_LABEL_0, 1);
        sink_count(out, COUNT_NO_OTHER, segments.no_other);
    } else {
        pieces[0] = piece_of_row(stream, &row, at, end < row.length ? end : row.length);
    }
    composition_of(pieces, count, stream->rules.wanted | stream->rules.zeros, arena, &made);
    if (stream->given->pair)
        set_reused_types(stream, &made);
    lineage_set_id(record, made.sources, made.source_count, arena);
    composition_set(&made, record);
    if (is_written(stream, "mems_row"))
        rec_set_int(record, SLICE("mems_row"), (int64_t)stream->row);
    if (is_written(stream, "mems_step"))
        rec_set_int(record, SLICE("mems_step"), (int64_t)stream->step);
    if (stream->given->backward_half && is_written(stream, "backward"))
        rec_set_int(record, SLICE("backward"), row.backward);
    if (stream->given->pair && is_written(stream, "next_sentence_label"))
        rec_set_int(record, SLICE("next_sentence_label"), segments.label);
    if (is_written(stream, "sources"))
        lineage_set_sources(record, made.sources, made.source_count, arena);
    if (stream->says_epoch)
        rec_set_int(record, SLICE("epoch"), stream->rules.round);
    for (size_t i = 0; i < made.source_count; i++)
        tokens += made.sources[i].tokens.end - made.sources[i].tokens.start;
    sink_count(out, COUNT_TOKENS, tokens);
    sink_count(out, COUNT_MARKERS, made.count - tokens);
    return sink_emit(out, record);
}

enum { TOKENS_AT_ONCE = 32 * 1024 };

static int stream_end(void *shared, struct sink *out)
{
    struct stream *stream = shared;
    if (!stream->begun)
        return 0;
    if (stream->rows == 0)
        cut_rows(stream, out);
    for (int64_t tokens = 0; tokens < TOKENS_AT_ONCE; tokens += stream->given->length) {
        if (stream->step == stream->steps)
            return 0;
        if (emit_step(stream, out) < 0)
            return -1;
        if (++stream->row == (uint64_t)stream->given->rows) {
            stream->row = 0;
            stream->step++;
        }
    }
    return 1;
}

static void stream_notes(const void *shared, const struct totals *totals)
{
    const struct stream *stream = shared;
    uint64_t left = totals->counters[COUNT_LEFT_OVER], alone = totals->counters[COUNT_NO_OTHER];
    if (left > 0 && totals->out == 0)
        diag_note("%" PRIu64 " token%s %s too few for a step of %" PRId64 " rows", left, diag_s(left),
                  left == 1 ? "is" : "are", stream->given->rows);
    else if (left > 0)
        diag_note("%" PRIu64 " token%s at the ends of rows left over", left, diag_s(left));
    if (alone > 0)
        diag_note("%" PRIu64 " of %" PRIu64 " pairs have the label 0 because their row has no sentence outside of the "
                  "step: rows are short",
                  alone, totals->out);
}

static void stream_close(void *shared)
{
    struct stream *stream = shared;
    if (stream->begun)
        tape_close(&stream->tape);
    mem_free(stream);
}

const struct stage stage_stream = {
    .name = "stream",
    .summary = "cut documents into rows that go on from one batch to the next",
    .example = "$ echo '{\"id\":\"a\",\"input_ids\":[1,2,3,4,5,6,7,8,9]}' |\n"
               "    quern stream --rows 2 --length 2 --emit input_ids,mems_row,mems_step\n"
               "{\"id\":\"a@0-a@2\",\"input_ids\":[1,2],\"mems_row\":0,\"mems_step\":0}\n"
               "{\"id\":\"a@4-a@6\",\"input_ids\":[5,6],\"mems_row\":1,\"mems_step\":0}\n"
               "{\"id\":\"a@2-a@4\",\"input_ids\":[3,4],\"mems_row\":0,\"mems_step\":1}\n"
               "{\"id\":\"a@6-a@8\",\"input_ids\":[7,8],\"mems_row\":1,\"mems_step\":1}",
    .class = STAGE_WHOLE,
    .options = options,
    .options_size = sizeof(struct stream_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = stream_open,
    .close = stream_close,
    .record = stream_record,
    .end = stream_end,
    .notes = stream_notes,
};
