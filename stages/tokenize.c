/* tokenize.c - cut text into the tokens of a vocabulary.
 *
 *     quern tokenize -m FILE [--field NAME] [--pair-field NAME] [--no-special] [--max-length N]
 *                    [--truncation WHICH] [--emit LIST] [FILE …]
 *
 *     $ printf '%s\n' '[UNK]' '[CLS]' '[SEP]' un '##aff' '##able' '!' >vocab.txt
 *     $ printf '{"text":"Unaffable!"}\n' | quern tokenize -m vocab.txt --emit tokens,input_ids,offset_mapping
 *     {"text":"Unaffable!","tokens":["[CLS]","un","##aff","##able","!","[SEP]"],"input_ids":[1,3,4,5,6,2],"offset_mapping":[[0,0],[0,2],[2,5],[5,9],[9,10],[0,0]]}
 *
 * The tokenizers are in tokenizer/; what is left here: the record. */
#include "quern.h"
#include "tokenizer/shared.h"

struct tokenize_options {
    const char *model, *field, *pair_field;
    bool no_special;
    int64_t max_length;
    int truncation;
    struct words emit;
};

/* As enum truncation. */
static const char *const truncations[] = {"longest_first", "only_first", "only_second", NULL};

/* The members, in the order in which they are written. */
static const char *const writes[] = {
    "tokens",         "input_ids", "offset_mapping", "word_ids", "special_tokens_mask", "attention_mask",
    "token_type_ids", NULL};
static const unsigned flags[] = {
    ENCODE_TOKENS,         ENCODE_IDS,           ENCODE_OFFSETS, ENCODE_WORD_IDS, ENCODE_SPECIAL_TOKENS_MASK,
    ENCODE_ATTENTION_MASK, ENCODE_TOKEN_TYPE_IDS};

static const struct option options[] = {
    OPTION_MODEL(struct tokenize_options, model),
    OPTION_FIELD(struct tokenize_options, field),
    {"pair-field", 0, OPT_TEXT, OPT_AT(struct tokenize_options, pair_field), .value = "NAME",
     .help = "the member with the second text of a pair"},
    {"no-special", 0, OPT_FLAG, OPT_AT(struct tokenize_options, no_special),
     .help = "do not add special tokens such as [CLS] and [SEP]"},
    {"max-length", 0, OPT_INT, OPT_AT(struct tokenize_options, max_length), .value = "N", .fallback = "0", .min = 0,
     .max = INT32_MAX, .help = "at most N tokens, special ones included; 0: no limit"},
    {"truncation", 0, OPT_CHOICE, OPT_AT(struct tokenize_options, truncation), .value = "WHICH",
     .fallback = "longest_first", .choices = truncations, .help = "which text of a pair is cut at --max-length"},
    {"emit", 0, OPT_WORDS, OPT_AT(struct tokenize_options, emit), .value = "LIST", .choices = writes,
     .help = "which members to write; without it, all"},
    {0},
};

static const char *const reads[] = {"text", NULL};
static const char *const invalidates[] = {
    "tokens",         "input_ids",      "offset_mapping", "word_ids", "special_tokens_mask",
    "attention_mask", "token_type_ids", "labels",         NULL};

enum { COUNT_TOKENS };
static const char *const counters[] = {"tokens", NULL};

/* Shared by all threads. */
struct tokenize {
    const struct tokenizer *tokenizer;
    struct slice field, pair_field; /* pair_field: ptr NULL where there is none */
    struct tokenizer_options options;
};

/* One thread's. */
struct tokenize_thread {
    const struct tokenize *shared;
    struct tokenizer_thread *tokenizer;
};

/* ---- open ---- */

static unsigned wanted(const struct words *emit)
{
    unsigned want = 0;
    for (size_t i = 0; writes[i] != NULL; i++) {
        bool named = emit->len == 0;
        for (size_t k = 0; k < emit->len; k++)
            named |= strcmp(emit->items[k], writes[i]) == 0;
        want |= named ? flags[i] : 0;
    }
    return want;
}

static int tokenize_open(struct stage_context *context, void **shared)
{
    const struct tokenize_options *given = context->options;
    if (given->model == NULL)
        return diag_error("expected --model, a tokenizer");
    if (given->truncation == TRUNCATE_ONLY_SECOND && given->pair_field == NULL)
        return diag_error("--truncation only_second: there is no second text without --pair-field");
    const struct tokenizer *tokenizer = shared_tokenizer(context, given->model);
    if (tokenizer == NULL)
        return -1;
    struct tokenize *state = mem_zalloc(1, sizeof *state);
    *state = (struct tokenize){
        .tokenizer = tokenizer,
        .field = slice_of(given->field),
        .pair_field = given->pair_field != NULL ? slice_of(given->pair_field) : (struct slice){NULL, 0},
        .options = {.want = wanted(&given->emit),
                    .no_special = given->no_special,
                    .max_length = (size_t)given->max_length,
                    .truncation = (enum truncation)given->truncation},
    };
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

static void set_members(struct record *made, const struct encoding *encoding)
{
    size_t count = encoding->count;
    if (encoding->tokens != NULL)
        rec_set_strings(made, SLICE("tokens"), encoding->tokens, count);
    if (encoding->ids != NULL)
        rec_set_ints(made, SLICE("input_ids"), encoding->ids, count);
    if (encoding->offsets != NULL)
        rec_set_spans(made, SLICE("offset_mapping"), encoding->offsets, count);
    if (encoding->word_ids != NULL)
        rec_set_ints(made, SLICE("word_ids"), encoding->word_ids, count);
    if (encoding->special_tokens_mask != NULL)
        rec_set_ints(made, SLICE("special_tokens_mask"), encoding->special_tokens_mask, count);
    if (encoding->attention_mask != NULL)
        rec_set_ints(made, SLICE("attention_mask"), encoding->attention_mask, count);
    if (encoding->token_type_ids != NULL)
        rec_set_ints(made, SLICE("token_type_ids"), encoding->token_type_ids, count);
}

static int tokenize_record(void *thread, const struct record *in, struct sink *out)
{
    const struct tokenize_thread *state = thread;
    const struct tokenize *shared = state->shared;
    struct arena *arena = sink_arena(out);
    struct slice text, pair;
    struct encoding encoding;
    bool has_pair = shared->pair_field.ptr != NULL;
    if (rec_text(in, shared->field, arena, &text) != 0 ||
        (has_pair && rec_text(in, shared->pair_field, arena, &pair) != 0) ||
        tokenizer_encode(state->tokenizer, text, has_pair ? &pair : NULL, &shared->options, arena, &encoding) != 0)
        return -1;
    struct record *made = rec_derive(arena, in);
    set_members(made, &encoding);
    sink_count(out, COUNT_TOKENS, encoding.count);
    return sink_emit(out, made);
}

static int tokenize_records(void *thread, const struct batch *in, struct sink *out)
{
    return sink_each(out, in, tokenize_record, thread);
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
    mem_free(shared);
}

const struct stage stage_tokenize = {
    .name = "tokenize",
    .summary = "cut text into the tokens of a vocabulary",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct tokenize_options),
    .reads = reads,
    .writes = writes,
    .invalidates = invalidates,
    .counters = counters,
    .open = tokenize_open,
    .close = tokenize_close,
    .thread_open = tokenize_thread_open,
    .thread_close = tokenize_thread_close,
    .records = tokenize_records,
};
