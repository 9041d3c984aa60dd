/* tokenize.c - cut text into the tokens of a vocabulary, and turn tokens back into text.
 *
 *     quern tokenize -m FILE [--pattern NAME] [--field NAME] [--emit LIST | --count] [--offsets UNIT] [--pair-field
 * NAME]
 *                    [--no-special] [--max-length N] [--truncation WHICH] [--side SIDE] [--overflow WHAT]
 *                    [--stride N] [--padding WHAT] [--pad-multiple N] [--pad-side SIDE] [--pad-token TOKEN]
 *                    [--word-ids WHOSE] [--spans LIST] [--dropout P] [--nbest-size N] [--alpha A] [--epoch E]
 *                    [--copies N] [FILE …]
 *     quern tokenize -m FILE --decode [--skip-special] [--field NAME] [FILE …]
 *
 * The tokenizers are in tokenizer/; this file reads and writes the records. */
#include "quern.h"
#include "tokenize/chances.h"
#include "tokenize/decoding.h"
#include "tokenize/excerpts.h"
#include "tokenizer/shared.h"
#include "tokenizer/spans.h"

#include <inttypes.h>

struct tokenize_options {
    const char *model, *pattern, *field, *pair_field;
    bool no_special;
    int64_t max_length, stride;
    int truncation, side, overflow;
    int padding, pad_side;
    int64_t pad_multiple;
    const char *pad_token;
    int word_ids, offsets;
    struct words spans, emit;
    bool count, decode, skip_special;
    struct chances_options chances;
};

enum { SIDE_LEFT, SIDE_RIGHT };
enum { OVERFLOW_DROP, OVERFLOW_SPLIT };
enum { PADDING_NONE, PADDING_MAX_LENGTH };
enum { WORD_IDS_PRETOKENS, WORD_IDS_WORDS };
enum { OFFSETS_CHARS, OFFSETS_BYTES, OFFSETS_NONE };

/* As enum truncation. */
static const char *const truncations[] = {"longest_first", "only_first", "only_second", NULL};
static const char *const sides[] = {"left", "right", NULL};
static const char *const overflows[] = {"drop", "split", NULL};
static const char *const paddings[] = {"none", "max_length", NULL};
static const char *const word_ids_of[] = {"pretokens", "words", NULL};
static const char *const offset_units[] = {"chars", "bytes", "none", NULL};

/* The members with an item for each token, in the order in which they are written. */
static const char *const per_token[] = {
    "tokens",         "input_ids", "offset_mapping", "word_ids", "special_tokens_mask", "attention_mask",
    "token_type_ids", NULL};
static const unsigned flags[] = {
    ENCODE_TOKENS,         ENCODE_IDS,           ENCODE_OFFSETS, ENCODE_WORD_IDS, ENCODE_SPECIAL_TOKENS_MASK,
    ENCODE_ATTENTION_MASK, ENCODE_TOKEN_TYPE_IDS};

static const struct option options[] = {
    OPTION_MODEL(struct tokenize_options, model),
    {"pattern", 0, OPT_TEXT, OPT_AT(struct tokenize_options, pattern), .value = "NAME",
     .help = "of a rank file: how texts are cut, cl100k_base say, or an expression"},
    OPTION_FIELD(struct tokenize_options, field),
    {"emit", 0, OPT_WORDS, OPT_AT(struct tokenize_options, emit), .value = "LIST", .choices = per_token,
     .help = "members to write; default: all"},
    {"count", 0, OPT_FLAG, OPT_AT(struct tokenize_options, count),
     .help = "write only the number of tokens, as token_count"},
    {"offsets", 0, OPT_CHOICE, OPT_AT(struct tokenize_options, offsets), .value = "UNIT", .fallback = "chars",
     .choices = offset_units, .help = "unit of offset_mapping: code points or UTF-8 bytes; none: leave it out"},
    {"pair-field", 0, OPT_TEXT, OPT_AT(struct tokenize_options, pair_field), .value = "NAME",
     .help = "the member with the second text of a pair"},
    {"no-special", 0, OPT_FLAG, OPT_AT(struct tokenize_options, no_special),
     .help = "do not add special tokens such as [CLS] and [SEP]"},
    {"max-length", 0, OPT_INT, OPT_AT(struct tokenize_options, max_length), .value = "N", .fallback = "0", .min = 0,
     .max = INT32_MAX, .help = "at most N tokens, including special tokens; 0: no limit"},
    {"truncation", 0, OPT_CHOICE, OPT_AT(struct tokenize_options, truncation), .value = "WHICH",
     .fallback = "longest_first", .choices = truncations, .when = "max-length",
     .help = "which text of a pair to cut to fit --max-length"},
    {"side", 0, OPT_CHOICE, OPT_AT(struct tokenize_options, side), .value = "SIDE", .fallback = "right",
     .choices = sides, .when = "max-length", .help = "the side on which to cut a text"},
    {"overflow", 0, OPT_CHOICE, OPT_AT(struct tokenize_options, overflow), .value = "WHAT", .fallback = "drop",
     .choices = overflows, .when = "max-length",
     .help = "tokens beyond --max-length: drop them, or split the text into several records"},
    {"stride", 0, OPT_INT, OPT_AT(struct tokenize_options, stride), .value = "N", .fallback = "0", .min = 0,
     .max = INT32_MAX, .when = "overflow=split",
     .help = "with --overflow split: how many tokens of the text consecutive records share"},
    {"padding", 0, OPT_CHOICE, OPT_AT(struct tokenize_options, padding), .value = "WHAT", .fallback = "none",
     .choices = paddings, .help = "max_length: pad to --max-length"},
    {"pad-multiple", 0, OPT_INT, OPT_AT(struct tokenize_options, pad_multiple), .value = "N", .fallback = "0", .min = 0,
     .max = 65536, .help = "pad to a multiple of N tokens; 0: do not"},
    {"pad-side", 0, OPT_CHOICE, OPT_AT(struct tokenize_options, pad_side), .value = "SIDE", .fallback = "right",
     .choices = sides, .when = "padding=max_length pad-multiple", .help = "the side on which to pad"},
    {"pad-token", 0, OPT_TEXT, OPT_AT(struct tokenize_options, pad_token), .value = "TOKEN",
     .when = "padding=max_length pad-multiple",
     .help = "the token to pad with; default: the padding token of the tokenizer"},
    {"word-ids", 0, OPT_CHOICE, OPT_AT(struct tokenize_options, word_ids), .value = "WHOSE", .fallback = "pretokens",
     .choices = word_ids_of, .help = "what word_ids number: words of the pre-tokenizer, or those of the member words"},
    {"spans", 0, OPT_WORDS, OPT_AT(struct tokenize_options, spans), .value = "LIST", .choices = members_with_tokens,
     .help = "members with spans of the text to write as token ranges too"},
    {"decode", 0, OPT_FLAG, OPT_AT(struct tokenize_options, decode),
     .help = "do the reverse: write the text of input_ids"},
    {"skip-special", 0, OPT_FLAG, OPT_AT(struct tokenize_options, skip_special), .when = "decode",
     .help = "with --decode: leave out special tokens"},
    {"dropout", 0, OPT_DECIMAL, OPT_AT(struct tokenize_options, chances.dropout), .value = "P", .fallback = "0",
     .help = "BPE: skip each merge with probability P"},
    {"nbest-size", 0, OPT_INT, OPT_AT(struct tokenize_options, chances.nbest_size), .value = "N", .fallback = "1",
     .min = -1, .max = SAMPLE_MOST, .help = "Unigram: draw one of the N best segmentations; -1: of all"},
    {"alpha", 0, OPT_DECIMAL, OPT_AT(struct tokenize_options, chances.alpha), .value = "A", .fallback = "0.1",
     .max = 10, .help = "with --nbest-size: larger values favour better segmentations; 0: all equally likely"},
    OPTIONS_RANDOM(struct tokenize_options, chances.random),
    {0},
};

static const char *const reads[] = {"text",    "id",        "root",     "epoch",     "sentences", "words",
                                    "phrases", "stopwords", "entities", "input_ids", NULL};
static const char *const writes[] = {"tokens",
                                     "input_ids",
                                     "offset_mapping",
                                     "word_ids",
                                     "special_tokens_mask",
                                     "attention_mask",
                                     "token_type_ids",
                                     "token_count",
                                     "sentence_tokens",
                                     "word_tokens",
                                     "phrase_tokens",
                                     "entity_tokens",
                                     "id",
                                     "parent",
                                     "root",
                                     "window",
                                     "epoch",
                                     "text",
                                     "sentences",
                                     "words",
                                     "phrases",
                                     "stopwords",
                                     "entities",
                                     NULL};
enum { COUNT_TOKENS, COUNT_UNKNOWN, COUNT_TRUNCATED, COUNT_DROPPED, COUNT_PAIRS, COUNT_LOST_SPANS };
static const char *const counters[] = {"tokens", "unknown_tokens", "truncated", "dropped_tokens",
                                       "pairs",  "lost_spans",     NULL};

/* Shared by all threads. */
struct tokenize {
    const struct tokenizer *tokenizer;
    struct slice field, pair_field; /* pair_field: ptr NULL if not given */
    int32_t unk_id;                 /* -1: none */
    const struct tokenize_options *given;
    bool spans[MEMBERS_IN_TOKENS]; /* which of them are wanted */
    unsigned written;              /* ENCODE_…: what is written as members */
    struct names *tokens;          /* by id; NULL if no tokens are written */
    struct tokenizer_options options;
    struct chances chances;
};

/* One thread's. */
struct tokenize_thread {
    const struct tokenize *shared;
    struct tokenizer_thread *tokenizer;
};

/* ---- open ---- */

/* What to write as members: ENCODE_…. */
static unsigned wanted(const struct tokenize_options *given)
{
    unsigned want = 0;
    for (size_t i = 0; per_token[i] != NULL && !given->count; i++)
        if (given->emit.len == 0 || words_has(&given->emit, slice_of(per_token[i])))
            want |= flags[i];
    return given->offsets == OFFSETS_NONE ? want & ~(unsigned)ENCODE_OFFSETS : want;
}

/* Options that do not go together. */
static int check_decoding(const struct tokenize_options *given)
{
    if (!given->decode)
        return 0;
    if (given->pair_field != NULL || given->no_special || given->max_length > 0 || given->pad_multiple > 0 ||
        given->word_ids != WORD_IDS_PRETOKENS || given->offsets != OFFSETS_CHARS || given->spans.len > 0 ||
        given->emit.len > 0 || given->count || chances_wanted(&given->chances))
        return diag_error("--decode goes only with --field and --skip-special");
    return 0;
}

static int check_options(const struct tokenize_options *given)
{
    if (given->truncation == TRUNCATE_ONLY_SECOND && given->pair_field == NULL)
        return diag_error("--truncation only_second needs a second text (--pair-field)");
    if (given->padding == PADDING_MAX_LENGTH && given->max_length == 0)
        return diag_error("--padding max_length needs --max-length");
    return 0;
}

static int check_members(const struct stage_context *context, const struct tokenize_options *given)
{
    unsigned written = wanted(given);
    if (opt_given(context, "offsets") && !(written & ENCODE_OFFSETS) && given->offsets != OFFSETS_NONE &&
        given->overflow != OVERFLOW_SPLIT)
        return diag_error("--offsets has no effect without offset_mapping (--emit)");
    if (opt_given(context, "word-ids") && !(written & ENCODE_WORD_IDS))
        return diag_error("--word-ids has no effect without word_ids (--emit)");
    bool pads = given->padding != PADDING_NONE || given->pad_multiple > 0;
    if (given->count && (given->emit.len > 0 || given->spans.len > 0 || pads))
        return diag_error("--count does not go with --emit, --spans or padding");
    if (given->offsets == OFFSETS_NONE && words_has(&given->emit, SLICE("offset_mapping")))
        return diag_error("--offsets none contradicts --emit offset_mapping");
    if (given->word_ids == WORD_IDS_WORDS && given->pair_field != NULL)
        return diag_error("--word-ids words does not go with --pair-field: the second text has no words");
    return 0;
}

static int set_padding(struct tokenize *state, const struct tokenize_options *given)
{
    struct padding *padding = &state->options.padding;
    padding->to = given->padding == PADDING_MAX_LENGTH ? (size_t)given->max_length : 0;
    padding->multiple = (size_t)given->pad_multiple;
    padding->left = given->pad_side == SIDE_LEFT;
    if (padding->to == 0 && padding->multiple == 0)
        return 0;
    if (tokenizer_pad_token(state->tokenizer, given->pad_token, padding) != 0)
        return diag_error("%s: %s%s", given->model, diag_message(),
                          given->pad_token == NULL ? " (name one with --pad-token)" : "");
    return 0;
}

static int tokenize_open(struct stage_context *context, void **shared)
{
    const struct tokenize_options *given = context->options;
    if (given->model == NULL)
        return diag_error(
            "--model FILE is required: a tokenizer, such as a tokenizer.json, or one that \"quern train\" makes");
    if (check_decoding(given) != 0 || chances_check(&given->chances) != 0 || check_options(given) != 0 ||
        check_members(context, given) != 0)
        return -1;
    if (!opt_given(context, "dropout") && !opt_given(context, "nbest-size") &&
        (opt_given(context, "seed") || opt_given(context, "salt")))
        return diag_error("--seed and --salt need --dropout or --nbest-size: without them nothing is random");
    struct tokenize made = {
        .tokenizer = shared_tokenizer_cut(context, given->model, given->pattern),
        .field = slice_of(given->field),
        .pair_field = given->pair_field != NULL ? slice_of(given->pair_field) : (struct slice){NULL, 0},
        .given = given,
        .written = wanted(given),
        .options = {.no_special = given->no_special,
                    .max_length = (size_t)given->max_length,
                    .truncation = (enum truncation)given->truncation,
                    .truncate_left = given->side == SIDE_LEFT,
                    .stride = (size_t)given->stride},
    };
    if (made.tokenizer != NULL && !given->decode && tokenizer_can_cut(made.tokenizer) != 0)
        return diag_error("%s: %s", given->model, diag_message());
    if (made.tokenizer == NULL || set_padding(&made, given) != 0 ||
        chances_open(&made.chances, &given->chances, made.tokenizer, given->model) != 0)
        return -1;
    made.unk_id = tokenizer_unk_id(made.tokenizer);
    for (size_t i = 0; i < MEMBERS_IN_TOKENS; i++)
        made.spans[i] = words_has(&given->spans, slice_of(members_with_tokens[i]));
    made.options.want =
        made.written | (given->spans.len > 0 ? ENCODE_OFFSETS : 0) | (made.unk_id >= 0 ? ENCODE_IDS : 0);
    if (made.written & ENCODE_TOKENS) {
        made.options.want = (made.options.want & ~(unsigned)ENCODE_TOKENS) | ENCODE_OTHER_TOKENS | ENCODE_IDS;
        made.tokens = tokenizer_names(made.tokenizer);
    }
    struct tokenize *state = mem_alloc(sizeof *state);
    *state = made;
    *shared = state;
    return 0;
}

static int tokenize_thread_open(void *shared, void **thread)
{
    struct tokenize_thread *state = mem_zalloc(1, sizeof *state);
    state->shared = shared;
    state->tokenizer = tokenizer_thread_new(state->shared->tokenizer);
    *thread = state;
    return 0;
}

/* ---- record ---- */

/* What is read from a record. */
struct source {
    const struct record *in;
    struct slice texts[2];
    bool pair;        /* there is a second text */
    size_t annotated; /* which of the texts the spans are of */
    bool has_spans;
    struct annotations spans;
    struct text_place places[2]; /* in the texts: for offsets in bytes */
    bool random;                 /* dropout or sampling is on */
    struct lineage lineage;      /* set if `random` */
    int64_t copy;                /* the current one */
};

/* One of the windows of a record. */
struct window_of_record {
    size_t number;
    struct excerpts *excerpts;
    bool cuts_spans;
    struct piece_of_text pieces[2];
};

/* The spans of one member, which the record must have. */
static const struct annotation *spans_of(const struct source *source, const char *name)
{
    for (size_t i = 0; i < MEMBERS_OF_TEXT; i++)
        if (slice_is(source->spans.members[i].name, name) && source->spans.members[i].value != NULL)
            return &source->spans.members[i];
    (void)member_missing(source->in, slice_of(name), "");
    return NULL;
}

/* Words must not be empty or overlap. */
static int use_words(const struct source *source, struct tokenizer_options *asked)
{
    const struct annotation *words = spans_of(source, "words");
    if (words == NULL)
        return -1;
    for (size_t i = 0; i < words->count; i++) {
        if (words->before[i].start == words->before[i].end)
            return diag_error("words[%zu]: empty", i);
        if (i > 0 && words->before[i].start < words->before[i - 1].end)
            return diag_error("words[%zu]: starts before the previous word ends", i);
    }
    static const struct span none;
    asked->words = words->count > 0 ? words->before : &none;
    asked->word_count = words->count;
    return 0;
}

/* As in transformers, a record whose second text is null or missing is a single text. */
static int read_texts(const struct tokenize *shared, struct arena *arena, struct source *source)
{
    if (rec_text(source->in, shared->field, arena, &source->texts[0]) != 0)
        return -1;
    source->pair = shared->pair_field.ptr != NULL && rec_present(source->in, shared->pair_field) != NULL;
    return source->pair ? rec_text(source->in, shared->pair_field, arena, &source->texts[1]) : 0;
}

/* Spans belong to the member text, if that is one of the two texts. */
static int read_spans(const struct tokenize *shared, struct arena *arena, struct source *source,
                      struct tokenizer_options *asked)
{
    const struct tokenize_options *given = shared->given;
    bool words = given->word_ids == WORD_IDS_WORDS, asks = given->spans.len > 0 || words;
    bool are_of_text = rec_present(source->in, SLICE("text")) != NULL;
    source->annotated = source->pair && slice_is(shared->pair_field, "text");
    bool own = source->annotated == 1 || slice_is(shared->field, "text") || !are_of_text;
    if (!asks && !(own && given->overflow == OVERFLOW_SPLIT))
        return 0;
    int found = annotations_read(source->in, source->texts[source->annotated], arena, &source->spans);
    source->has_spans = found > 0;
    return found >= 0 && words ? use_words(source, asked) : found;
}

static int read_source(const struct tokenize *shared, const struct record *in, struct arena *arena,
                       struct source *source, struct tokenizer_options *asked)
{
    const struct tokenize_options *given = shared->given;
    *source = (struct source){.in = in};
    if (read_texts(shared, arena, source) != 0 || read_spans(shared, arena, source, asked) < 0)
        return -1;
    for (size_t i = 0; i < (source->pair ? 2 : 1) && given->offsets == OFFSETS_BYTES; i++)
        source->places[i] = text_start(source->texts[i]);
    source->random = chances_wanted(&given->chances);
    return source->random ? lineage_read(in, shared->field, &given->chances.random, arena, &source->lineage) : 0;
}

/* The offsets as they are written. */
static const struct span *offsets_of(const struct tokenize *shared, struct source *source,
                                     const struct encoding *encoding, const struct window_of_record *window,
                                     struct arena *arena)
{
    static const struct piece_of_text whole[2] = {{.points.end = UINT32_MAX}, {.points.end = UINT32_MAX}};
    bool in_bytes = shared->given->offsets == OFFSETS_BYTES;
    if (!(shared->written & ENCODE_OFFSETS) || (window == NULL && !in_bytes))
        return encoding->offsets;
    return excerpts_offsets(source->places, encoding, window != NULL ? window->pieces : whole, in_bytes, arena);
}

static void set_per_token(struct record *made, const struct encoding *encoding, unsigned written,
                          const struct names *tokens)
{
    size_t count = encoding->count;
    if (written & ENCODE_TOKENS && encoding->tokens != NULL)
        rec_set_strings(made, SLICE("tokens"), encoding->tokens, count);
    else if (written & ENCODE_TOKENS)
        rec_set_names(made, SLICE("tokens"), tokens, encoding->ids, count);
    if (written & ENCODE_IDS)
        rec_set_ints(made, SLICE("input_ids"), encoding->ids, count);
    if (written & ENCODE_OFFSETS)
        rec_set_spans(made, SLICE("offset_mapping"), encoding->offsets, count);
    if (written & ENCODE_WORD_IDS)
        rec_set_ints(made, SLICE("word_ids"), encoding->word_ids, count);
    if (written & ENCODE_SPECIAL_TOKENS_MASK)
        rec_set_ints(made, SLICE("special_tokens_mask"), encoding->special_tokens_mask, count);
    if (written & ENCODE_ATTENTION_MASK)
        rec_set_ints(made, SLICE("attention_mask"), encoding->attention_mask, count);
    if (written & ENCODE_TOKEN_TYPE_IDS)
        rec_set_ints(made, SLICE("token_type_ids"), encoding->token_type_ids, count);
}

/* How many of the spans have no token: 0, 0. */
static size_t count_lost(const struct span *tokens, size_t count)
{
    size_t lost = 0;
    for (size_t i = 0; i < count; i++)
        lost += tokens[i].end == 0;
    return lost;
}

/* Sets the requested spans of the text as ranges of tokens; for a window, only the spans that it contains. */
static int set_span_tokens(const struct tokenize *shared, const struct source *source, const struct encoding *encoding,
                           const struct window_of_record *window, struct record *made, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    for (size_t i = 0; i < MEMBERS_IN_TOKENS; i++) {
        if (!shared->spans[i])
            continue;
        const struct annotation *spans = spans_of(source, members_with_tokens[i]);
        if (spans == NULL)
            return -1;
        const struct span *of_text = spans->before;
        size_t count = spans->count;
        if (window != NULL && window->cuts_spans)
            of_text = annotations_of_piece(&window->excerpts->spans, (size_t)(spans - source->spans.members),
                                           encoding->excerpts[source->annotated].number, arena, &count);
        const struct span *tokens =
            spans_to_tokens(encoding->offsets, encoding->texts[source->annotated], of_text, count, arena);
        rec_set_spans(made, slice_of(members_in_tokens[i]), tokens, count);
        sink_count(out, COUNT_LOST_SPANS, count_lost(tokens, count));
    }
    return 0;
}

/* Sets what distinguishes a window from its record: its name, and its part of the texts. */
static int set_window(const struct tokenize *shared, const struct source *source, const struct encoding *encoding,
                      const struct window_of_record *window, struct record *made, struct arena *arena)
{
    bool pair = source->pair, in_bytes = shared->given->offsets == OFFSETS_BYTES;
    struct span *places = arena_array(arena, 2, sizeof *places);
    for (size_t i = 0; i < (pair ? 2 : 1); i++) {
        const struct piece_of_text *piece = &window->pieces[i];
        places[i] = in_bytes ? piece->bytes : piece->points;
        if (!piece->whole)
            rec_set_text(made, i == 0 ? shared->field : shared->pair_field, piece->text);
    }
    if (window->cuts_spans)
        annotations_set_piece(made, &window->excerpts->spans, encoding->excerpts[source->annotated].number, arena);
    if (lineage_child(made, source->in, "w", window->number, arena) != 0)
        return -1;
    rec_set_spans(made, SLICE("window"), places, pair ? 2 : 1);
    return 0;
}

static void count_encoding(const struct tokenize *shared, const struct source *source, const struct encoding *encoding,
                           struct sink *out)
{
    size_t unknown = 0;
    for (size_t i = 0; shared->unk_id >= 0 && i < encoding->count; i++)
        unknown += encoding->ids[i] == shared->unk_id;
    sink_count(out, COUNT_TOKENS, encoding->count);
    sink_count(out, COUNT_UNKNOWN, unknown);
    sink_count(out, COUNT_TRUNCATED, encoding->dropped > 0);
    sink_count(out, COUNT_DROPPED, encoding->dropped);
    sink_count(out, COUNT_PAIRS, source->pair);
}

/* Emits the record with an encoding. window: NULL if the record is not cut into windows. */
static int emit_encoding(const struct tokenize *shared, struct source *source, const struct encoding *encoding,
                         const struct window_of_record *window, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    struct record *made = rec_derive(arena, source->in);
    struct encoding written = *encoding;
    written.offsets = offsets_of(shared, source, encoding, window, arena);
    if (window != NULL && window->cuts_spans && shared->given->word_ids == WORD_IDS_WORDS &&
        shared->written & ENCODE_WORD_IDS) {
        const struct annotation *words = spans_of(source, "words");
        written.word_ids =
            excerpts_word_ids(window->excerpts, encoding, (size_t)(words - source->spans.members), words->count, arena);
    }
    set_per_token(made, &written, shared->written, shared->tokens);
    if (shared->given->count)
        rec_set_int(made, SLICE("token_count"), (int64_t)encoding->count);
    if (set_span_tokens(shared, source, encoding, window, made, out) != 0)
        return -1;
    if (window != NULL && set_window(shared, source, encoding, window, made, arena) != 0)
        return -1;
    if (source->random)
        lineage_set(made, &source->lineage, source->copy);
    count_encoding(shared, source, encoding, out);
    return sink_emit(out, made);
}

static int emit_windows(const struct tokenize *shared, struct source *source, const struct encoding *encodings,
                        size_t count, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    struct excerpts excerpts;
    if (excerpts_read(&excerpts, source->texts, source->has_spans ? &source->spans : NULL, source->annotated, encodings,
                      count, arena) != 0)
        return -1;
    struct window_of_record window = {.excerpts = &excerpts, .cuts_spans = excerpts.annotations != NULL};
    for (size_t i = 0; i < count; i++) {
        window.number = i;
        excerpts_pieces(&excerpts, &encodings[i], window.pieces);
        if (emit_encoding(shared, source, &encodings[i], &window, out) != 0)
            return -1;
    }
    return 0;
}

static int emit_copy(const struct tokenize_thread *state, struct source *source, const struct tokenizer_options *asked,
                     struct sink *out)
{
    const struct tokenize *shared = state->shared;
    struct arena *arena = sink_arena(out);
    const struct slice *pair = source->pair ? &source->texts[1] : NULL;
    if (shared->given->overflow == OVERFLOW_DROP) {
        struct encoding encoding;
        if (tokenizer_encode(state->tokenizer, source->texts[0], pair, asked, arena, &encoding) != 0)
            return -1;
        return emit_encoding(shared, source, &encoding, NULL, out);
    }
    const struct encoding *windows;
    size_t count;
    if (tokenizer_encode_windows(state->tokenizer, source->texts[0], pair, asked, arena, &windows, &count) != 0)
        return -1;
    return emit_windows(shared, source, windows, count, out);
}

static int tokenize_record(void *thread, const struct record *in, struct sink *out)
{
    const struct tokenize_thread *state = thread;
    const struct tokenize *shared = state->shared;
    struct tokenizer_options asked = shared->options;
    struct source source;
    struct chances_of_record chances;
    if (read_source(shared, in, sink_arena(out), &source, &asked) != 0)
        return -1;
    if (!source.random)
        return emit_copy(state, &source, &asked, out);
    for (; source.copy < source.lineage.copies; source.copy++) {
        chances_start(&shared->chances, &source.lineage, source.copy, &chances, &asked);
        if (emit_copy(state, &source, &asked, out) != 0)
            return -1;
    }
    return 0;
}

static int decode_record(void *thread, const struct record *in, struct sink *out)
{
    const struct tokenize *shared = ((const struct tokenize_thread *)thread)->shared;
    size_t count;
    struct record *made = decoding_record(shared->tokenizer, shared->given->model, in, shared->field,
                                          shared->given->skip_special, sink_arena(out), &count);
    if (made == NULL)
        return -1;
    sink_count(out, COUNT_TOKENS, count);
    return sink_emit(out, made);
}

static int tokenize_records(void *thread, const struct batch *in, struct sink *out)
{
    const struct tokenize_thread *state = thread;
    return sink_each(out, in, state->shared->given->decode ? decode_record : tokenize_record, thread);
}

/* ---- the end ---- */

enum { UNKNOWN_PERCENT = 1 /* of the tokens: from there on a note is worth it */ };

static void tokenize_notes(const void *shared, const struct totals *totals)
{
    const struct tokenize *state = shared;
    const struct tokenize_options *given = state->given;
    const uint64_t *counted = totals->counters;
    uint64_t truncated = counted[COUNT_TRUNCATED], dropped = counted[COUNT_DROPPED];
    uint64_t tokens = counted[COUNT_TOKENS], unknown = counted[COUNT_UNKNOWN];
    if (truncated > 0)
        diag_note("--max-length %" PRId64 ": cut %" PRIu64 " of %" PRIu64 " record%s, dropped %" PRIu64
                  " token%s (--overflow split keeps them)",
                  given->max_length, truncated, totals->out, diag_s(totals->out), dropped, diag_s(dropped));
    if (unknown > 0 && unknown * 100 >= tokens * UNKNOWN_PERCENT)
        diag_note("%" PRIu64 " of %" PRIu64 " tokens are unknown to %s; is it the right tokenizer for this text?",
                  unknown, tokens, given->model);
    if (given->pair_field != NULL && totals->out > 0 && counted[COUNT_PAIRS] == 0)
        diag_note("--pair-field %s: missing or null in every record, so each is a single text", given->pair_field);
}

/* ---- close ---- */

static void tokenize_thread_close(void *thread)
{
    struct tokenize_thread *state = thread;
    tokenizer_thread_free(state->tokenizer);
    mem_free(state);
}

static void tokenize_close(void *shared)
{
    struct tokenize *state = shared;
    chances_close(&state->chances);
    names_free(state->tokens);
    mem_free(state);
}

const struct stage stage_tokenize = {
    .name = "tokenize",
    .summary = "cut text into the tokens of a vocabulary",
    .example = "$ printf '%s\\n' '[UNK]' un '##aff' '##able' >vocab.txt\n"
               "$ echo '{\"text\":\"Unaffable\"}' |\n"
               "    quern tokenize -m vocab.txt --no-special --emit tokens,input_ids\n"
               "{\"text\":\"Unaffable\",\"tokens\":[\"un\",\"##aff\",\"##able\"],\"input_ids\":[1,2,3]}",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct tokenize_options),
    .reads = reads,
    .writes = writes,
    .invalidates = members_of_tokens,
    .counters = counters,
    .open = tokenize_open,
    .close = tokenize_close,
    .thread_open = tokenize_thread_open,
    .thread_close = tokenize_thread_close,
    .records = tokenize_records,
    .notes = tokenize_notes,
};
