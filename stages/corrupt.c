/* corrupt - makes a text, or its tokens, into what a model is given and what it is to write.
 *
 *     quern corrupt --task fim [--field text] [--rate P] [--spm-rate P] … [FILE …]
 *     quern corrupt --task t5|ul2|prefix|deshuffle -m FILE [--eos T] … [FILE …]
 *     quern corrupt --task bart -m FILE [--ratio P] [--poisson N] … [FILE …]
 *
 * corrupt/fim.c works on text, the other tasks on tokens: corrupt/seq2seq.c reads and writes them, corrupt/spans.c
 * hides spans, corrupt/bart.c does what BART does. This file handles the options, the copies, and the two tasks of a
 * few lines. */
#include "corrupt/bart.h"
#include "corrupt/choose.h"
#include "corrupt/fim.h"
#include "corrupt/spans.h"

#include <inttypes.h>

static const char *const task_names[] = {"fim", "t5", "ul2", "prefix", "deshuffle", "bart", NULL};

static const char *const also_names[] = {"sentence_order", "noise_spans", "rotation", NULL};

#define FIM "task=fim"
#define SPANS "task=t5|ul2"
#define EOS "task=t5|ul2|prefix|deshuffle"
#define TOKENS EOS "|bart"
#define BART "task=bart"

static const struct option options[] = {
    {"task", 0, OPT_CHOICE, OPT_AT(struct corrupt_options, task), .value = "TASK", .choices = task_names,
     .required = true, .help = "what the model is to learn"},
    {"field", 'f', OPT_TEXT, OPT_AT(struct corrupt_options, field), .value = "NAME", .fallback = "text", .when = FIM,
     .help = "fim: the member to process"},
    {"rate", 0, OPT_DECIMAL, OPT_AT(struct corrupt_options, rate), .value = "P", .fallback = "0.5", .when = FIM,
     .help = "fim: the share of the texts that are rearranged"},
    {"spm-rate", 0, OPT_DECIMAL, OPT_AT(struct corrupt_options, spm_rate), .value = "P", .fallback = "0.5", .when = FIM,
     .help = "fim: the share of these that have the suffix before the prefix"},
    {"prefix-token", 0, OPT_TEXT, OPT_AT(struct corrupt_options, prefix_token), .value = "T",
     .fallback = "<fim_prefix>", .when = FIM, .help = "fim: the marker before the prefix"},
    {"suffix-token", 0, OPT_TEXT, OPT_AT(struct corrupt_options, suffix_token), .value = "T",
     .fallback = "<fim_suffix>", .when = FIM, .help = "fim: the marker before the suffix"},
    {"middle-token", 0, OPT_TEXT, OPT_AT(struct corrupt_options, middle_token), .value = "T",
     .fallback = "<fim_middle>", .when = FIM, .help = "fim: the marker before the middle"},
    {"model", 'm', OPT_FILE, OPT_AT(struct corrupt_options, model), .value = "FILE", .when = TOKENS,
     .help = "all but fim: the tokenizer that made the tokens, a file or a folder"},
    {"eos", 0, OPT_TEXT, OPT_AT(struct corrupt_options, eos), .value = "T", .when = EOS,
     .help = "t5, ul2, prefix, deshuffle: the token at the end of input_ids and labels, a name or #N for an id; '': "
             "none; without this option </s> if the vocabulary has it"},
    {"density", 0, OPT_DECIMAL, OPT_AT(struct corrupt_options, density), .value = "P", .fallback = "0.15",
     .when = "task=t5", .help = "t5: the share of the tokens that are hidden"},
    {"mean", 0, OPT_DECIMAL, OPT_AT(struct corrupt_options, mean), .value = "N", .fallback = "3", .max = MEAN_MOST,
     .when = "task=t5", .help = "t5: the mean length of a hidden span, in tokens"},
    {"sentinel", 0, OPT_TEXT, OPT_AT(struct corrupt_options, sentinel), .value = "NAME", .fallback = "<extra_id_%d>",
     .when = SPANS, .help = "t5, ul2: the names of the sentinels, which the vocabulary has from number 0 on"},
    {"extra-ids", 0, OPT_INT, OPT_AT(struct corrupt_options, extra_ids), .value = "N", .min = 1, .max = INT32_MAX,
     .when = SPANS, .help = "t5, ul2: instead, sentinels are N ids behind the vocabulary, number 0 the highest"},
    {"final-sentinel", 0, OPT_FLAG, OPT_AT(struct corrupt_options, final_sentinel), .when = SPANS,
     .help = "t5, ul2: one more sentinel at the end of the labels"},
    {"t5-compat", 0, OPT_FLAG, OPT_AT(struct corrupt_options, t5_compat), .when = SPANS,
     .help = "t5, ul2: as the original, never hide the first token and always the last"},
    {"denoisers", 0, OPT_WORDS, OPT_AT(struct corrupt_options, denoisers), .value = "LIST",
     .fallback = "R:3:0.15,R:8:0.15,X:3:0.5,X:8:0.5,X:64:0.15,X:64:0.5,S:0.25", .when = "task=ul2",
     .help = "ul2: one of these is drawn for each record: KIND:MEAN:DENSITY, or S:SHARE; *W after one is its weight"},
    {"mode-tokens", 0, OPT_WORDS, OPT_AT(struct corrupt_options, mode_tokens), .value = "LIST", .when = "task=ul2",
     .help = "ul2: the token that begins input_ids, by the kind of the denoiser: R=TOKEN,X=TOKEN,S=TOKEN"},
    {"ratio", 0, OPT_DECIMAL, OPT_AT(struct corrupt_options, ratio), .value = "P", .fallback = "0.3", .when = BART,
     .help = "bart: the share of the words that are hidden"},
    {"poisson", 0, OPT_DECIMAL, OPT_AT(struct corrupt_options, poisson), .value = "N", .fallback = "3.5", .max = 10,
     .when = BART, .help = "bart: the mean length of a hidden span, in words, from 0.1 to 10"},
    {"replace-length", 0, OPT_INT, OPT_AT(struct corrupt_options, replace_length), .value = "N", .fallback = "1",
     .min = -1, .max = 1, .when = BART, .help = "bart: masks for a span: 1, 0, or -1 for one for each token"},
    {"random", 0, OPT_DECIMAL, OPT_AT(struct corrupt_options, random_tokens), .value = "P", .fallback = "0.1",
     .when = BART, .help = "bart: the share of the masks that become random tokens"},
    {"permute-sentences", 0, OPT_DECIMAL, OPT_AT(struct corrupt_options, permute_sentences), .value = "P",
     .fallback = "1", .when = BART, .help = "bart: the share of the sentences that change places"},
    {"delete", 0, OPT_DECIMAL, OPT_AT(struct corrupt_options, delete), .value = "P", .fallback = "0", .when = BART,
     .help = "bart: the share of the other tokens that are dropped"},
    {"insert", 0, OPT_DECIMAL, OPT_AT(struct corrupt_options, insert), .value = "P", .fallback = "0", .when = BART,
     .help = "bart: the share of the other tokens with a mask after them"},
    {"rotate", 0, OPT_DECIMAL, OPT_AT(struct corrupt_options, rotate), .value = "P", .fallback = "0", .when = BART,
     .help = "bart: the share of the records that begin somewhere else"},
    {"also", 0, OPT_WORDS, OPT_AT(struct corrupt_options, also), .value = "LIST", .choices = also_names, .when = BART,
     .help = "bart: also write these members: sentence_order, noise_spans, rotation"},
    OPTIONS_RANDOM(struct corrupt_options, random),
    {0},
};

static const char *const reads[] = {
    "sentence_tokens",     "word_ids",       "token_type_ids", "doc_ids", "id", "text", "epoch", "tokens",
    "special_tokens_mask", "attention_mask", "input_ids",      "labels",  NULL};
static const char *const writes[] = {"sentence_order", "noise_spans",    "rotation", "text",     "fim",   "fim_cuts",
                                     "input_ids",      "attention_mask", "labels",   "denoiser", "epoch", NULL};
static const char *const counters[] = {"psm",          "spm",        "none",  "tokens", "noise_tokens", "spans",
                                       "joined_spans", "insertions", "masks", "random", "deleted",      NULL};

/* ---- open and close ---- */

static void corrupt_close(void *shared)
{
    struct corrupter *corrupter = shared;
    fim_free(corrupter->fim);
    bart_free(corrupter->bart);
    spans_free(corrupter->spans);
    seq2seq_free(corrupter->seq2seq);
    mem_free(corrupter);
}

static int open_task(struct stage_context *context, struct corrupter *corrupter)
{
    const struct corrupt_options *given = corrupter->given;
    if (lineage_check(&given->random) < 0)
        return -1;
    if (given->task == TASK_FIM) {
        corrupter->fim = fim_new(given);
        return corrupter->fim != NULL ? 0 : -1;
    }
    if (given->extra_ids > 0 && opt_given(context, "sentinel"))
        return diag_error("--extra-ids does not go with --sentinel");
    corrupter->seq2seq = seq2seq_new(context, given);
    if (corrupter->seq2seq == NULL)
        return -1;
    if (given->task == TASK_T5 || given->task == TASK_UL2) {
        corrupter->spans = spans_new(given, corrupter->seq2seq, given->task == TASK_UL2);
        return corrupter->spans != NULL ? 0 : -1;
    }
    if (given->task == TASK_BART) {
        corrupter->bart = bart_new(given, corrupter->seq2seq);
        return corrupter->bart != NULL ? 0 : -1;
    }
    return 0;
}

static int corrupt_open(struct stage_context *context, void **shared)
{
    const struct corrupt_options *given = context->options;
    struct corrupter *corrupter = mem_zalloc(1, sizeof *corrupter);
    *corrupter = (struct corrupter){.given = given, .key = rng_key(&given->random, "corrupt")};
    if (open_task(context, corrupter) < 0) {
        corrupt_close(corrupter);
        return -1;
    }
    *shared = corrupter;
    return 0;
}

/* ---- record ---- */

/* The tokens before a cut, and those behind it. */
static void corrupt_prefix(const struct corrupter *corrupter, const struct original *original, struct rng *rng,
                           const struct record *in, struct record *made, struct arena *arena)
{
    size_t cut = 1 + rng_below(rng, draw_number(DRAW_CUT, 0), original->count - 1);
    struct ids inputs = {.items = arena_array(arena, original->count + 1, sizeof *inputs.items)};
    struct ids labels = {.items = arena_array(arena, original->count + 1, sizeof *labels.items)};
    seq2seq_add(&inputs, original->ids, cut);
    seq2seq_add(&labels, original->ids + cut, original->count - cut);
    seq2seq_set(corrupter->seq2seq, in, made, inputs, labels, arena);
}

/* The tokens in a random order, and in their own. */
static void corrupt_order(const struct corrupter *corrupter, const struct original *original, struct rng *rng,
                          const struct record *in, struct record *made, struct arena *arena)
{
    struct ids inputs = {.items = arena_array(arena, original->count + 1, sizeof *inputs.items)};
    struct ids labels = {.items = arena_array(arena, original->count + 1, sizeof *labels.items)};
    uint32_t *order = arena_array(arena, original->count, sizeof *order);
    for (size_t i = 0; i < original->count; i++)
        order[i] = (uint32_t)i;
    choose_order(rng, DRAW_SHUFFLE, original->count, order);
    for (size_t i = 0; i < original->count; i++)
        seq2seq_add(&inputs, &original->ids[order[i]], 1);
    seq2seq_add(&labels, original->ids, original->count);
    seq2seq_set(corrupter->seq2seq, in, made, inputs, labels, arena);
}

static int corrupt_tokens(const struct corrupter *corrupter, const struct original *original, struct rng *rng,
                          const struct record *in, struct record *made, struct sink *out)
{
    switch ((enum corrupt_task)corrupter->given->task) {
    case TASK_T5:
    case TASK_UL2:
        return spans_corrupt(corrupter, original, rng, in, made, out);
    case TASK_PREFIX:
        corrupt_prefix(corrupter, original, rng, in, made, sink_arena(out));
        break;
    case TASK_DESHUFFLE:
        corrupt_order(corrupter, original, rng, in, made, sink_arena(out));
        break;
    case TASK_BART:
        bart_corrupt(corrupter, original, rng, in, made, out);
        break;
    case TASK_FIM:
        break;
    }
    return 0;
}

/* Spans of the text stay: nothing here changes it. */
static void confirm_spans(const struct record *in, struct record *made)
{
    for (uint32_t i = 0; i < in->count; i++) {
        const struct member_kind *kind = member_find(in->members[i].name);
        if (kind != NULL && kind->of == MEMBER_OF_TEXT)
            rec_confirm(made, kind->name);
    }
}

static int emit_copies(const struct corrupter *corrupter, const struct record *in, const struct original *original,
                       struct sink *out)
{
    struct arena *arena = sink_arena(out);
    struct lineage lineage;
    if (lineage_read(in, SLICE("text"), &corrupter->given->random, arena, &lineage) < 0)
        return -1;
    for (int64_t copy = 0; copy < lineage.copies; copy++) {
        struct rng rng = lineage_rng(&lineage, corrupter->key, copy);
        struct record *made = rec_derive(arena, in);
        if (corrupt_tokens(corrupter, original, &rng, in, made, out) < 0)
            return -1;
        confirm_spans(in, made);
        lineage_set(made, &lineage, copy);
        sink_count(out, COUNT_TOKENS, original->count);
        if (sink_emit(out, made) < 0)
            return -1;
    }
    return 0;
}

static int corrupt_record(void *state, const struct record *in, struct sink *out)
{
    const struct corrupter *corrupter = state;
    const int task = corrupter->given->task;
    struct original original;
    struct passage passage;
    if (task == TASK_FIM)
        return fim_record(corrupter, in, out);
    if (seq2seq_read(corrupter->seq2seq, in, task == TASK_BART, sink_arena(out), &original) < 0)
        return -1;
    if (task == TASK_BART) {
        if (bart_read(corrupter, in, &original, sink_arena(out), &passage) < 0)
            return -1;
        original.passage = &passage;
    } else if (task != TASK_DESHUFFLE && original.count < 2)
        return diag_error("input_ids: expected two tokens or more, one to show and one to hide, found %zu",
                          original.count);
    return emit_copies(corrupter, in, &original, out);
}

const struct stage stage_corrupt = {
    .name = "corrupt",
    .summary = "make texts or tokens into inputs and what a model is to write",
    .example = "$ echo '{\"id\":2,\"text\":\"A quern grinds grain.\"}' |\n"
               "    quern corrupt --task fim --rate 1 --spm-rate 0 | jq -r .text\n"
               "<fim_prefix>A quer<fim_suffix> grain.<fim_middle>n grinds",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct corrupt_options),
    .reads = reads,
    .writes = writes,
    .invalidates = members_of_text_and_tokens,
    .counters = counters,
    .open = corrupt_open,
    .close = corrupt_close,
    .record = corrupt_record,
};
