/* mask.c - hide tokens for a masked language model to predict.
 *
 *     quern mask -m FILE [--unit token|word] [--prob P] [--replace M,R,K] [--copies N] [--epoch E] [FILE …]
 *     quern mask --mask-id N --vocab-size N --special-ids N,… …
 *
 * mask/select.c selects tokens, mask/draws.h numbers the draws, mask/vocabulary.c decides which tokens may be masked
 * and drawn. This file handles the options and the record. */
#include "mask/draws.h"
#include "mask/select.h"
#include "mask/vocabulary.h"
#include "quern.h"
#include "tokenizer/own_tokens.h"
#include "tokenizer/shared.h"
#include "tokenizer/word_starts.h"

#include <inttypes.h>

enum { UNIT_TOKEN, UNIT_WORD };
enum { BUDGET_MASKABLE, BUDGET_ALL };

struct mask_options {
    const char *model;
    int64_t mask_id, vocab_size;
    struct ints special_ids;
    int unit;
    struct decimal prob;
    struct ints replace;
    int64_t max_predictions;
    int budget;
    struct random_options random;
};

static const char *const unit_names[] = {"token", "word", NULL};
static const char *const budget_names[] = {"maskable", "all", NULL};

static const struct option options[] = {
    OPTION_MODEL(struct mask_options, model),
    {"mask-id", 0, OPT_INT, OPT_AT(struct mask_options, mask_id), .value = "N", .fallback = "-1", .min = -1,
     .max = INT32_MAX, .help = "without --model: the id of the mask token"},
    {"vocab-size", 0, OPT_INT, OPT_AT(struct mask_options, vocab_size), .value = "N", .min = 0, .max = INT32_MAX,
     .help = "without --model: the size of the vocabulary; all ids are below it"},
    {"special-ids", 0, OPT_INTS, OPT_AT(struct mask_options, special_ids), .value = "N,...",
     .help = "without --model: ids that are never masked or drawn, among them the unknown token"},
    {"unit", 0, OPT_CHOICE, OPT_AT(struct mask_options, unit), .value = "UNIT", .fallback = "token",
     .choices = unit_names, .help = "what is selected as a unit"},
    {"prob", 0, OPT_DECIMAL, OPT_AT(struct mask_options, prob), .value = "P", .fallback = "0.15",
     .help = "share of the tokens to select, at least one in each record"},
    {"replace", 0, OPT_INTS, OPT_AT(struct mask_options, replace), .value = "M,R,K", .fallback = "80,10,10",
     .help = "percentages of the selected tokens that are masked, replaced by a random token, and kept"},
    {"max-predictions", 0, OPT_INT, OPT_AT(struct mask_options, max_predictions), .value = "N", .fallback = "0",
     .min = 0, .max = INT32_MAX, .help = "select at most N tokens of a record; 0: no limit"},
    {"budget", 0, OPT_CHOICE, OPT_AT(struct mask_options, budget), .value = "BASE", .fallback = "maskable",
     .choices = budget_names, .help = "the tokens that --prob is a share of"},
    OPTIONS_RANDOM(struct mask_options, random),
    {0},
};

static const char *const reads[] = {"id",       "text",           "epoch", "tokens", "input_ids", "special_tokens_mask",
                                    "word_ids", "token_type_ids", NULL};
static const char *const writes[] = {"input_ids", "labels", "epoch", NULL};

enum {
    COUNT_TOKENS,
    COUNT_MASKABLE,
    COUNT_SELECTED,
    COUNT_MASKED,
    COUNT_RANDOM,
    COUNT_KEPT,
    COUNT_BUDGET,   /* the sum of the budgets of all records */
    COUNT_WHOLE,    /* records that are one word, longer than the budget */
    COUNT_UNMASKED, /* records of which none was */
    COUNT_CAPPED,   /* records whose budget --max-predictions has made smaller */
    COUNTERS
};
static const char *const counters[] = {"tokens",           "maskable",       "selected", "masked",
                                       "random",           "kept",           "budget",   "whole_records",
                                       "unmasked_records", "capped_records", NULL};

struct masker {
    const struct mask_options *given;
    const struct tokenizer *tokenizer; /* NULL without --model */
    struct vocabulary *vocabulary;
    struct rng_key key;
    uint64_t mask_below, random_below; /* of 100: what replaces a selected token */
};

/* ---- open ---- */

static int check_replace(const struct ints *replace)
{
    int64_t sum = 0;
    for (size_t i = 0; i < replace->len; i++) {
        if (replace->items[i] < 0 || replace->items[i] > 100)
            return diag_error("--replace: %" PRId64 " is not a percentage", replace->items[i]);
        sum += replace->items[i];
    }
    if (replace->len != 3 || sum != 100)
        return diag_error("--replace: expected three percentages (mask, random, kept) that add up to 100, found %zu "
                          "that add up to %" PRId64,
                          replace->len, sum);
    return 0;
}

static int check_options(const struct mask_options *given)
{
    if (given->prob.digits == 0)
        return diag_error("--prob: expected a share greater than 0");
    return lineage_check(&given->random) < 0 ? -1 : check_replace(&given->replace);
}

static struct vocabulary *open_vocabulary(struct stage_context *context, const struct mask_options *given,
                                          const struct tokenizer **tokenizer)
{
    bool numbers = given->mask_id >= 0 || given->vocab_size > 0 || given->special_ids.len > 0;
    if (given->model != NULL && numbers) {
        diag_error("--mask-id, --vocab-size and --special-ids do not go with --model, which supplies them");
        return NULL;
    }
    if (given->model != NULL) {
        *tokenizer = shared_tokenizer(context, given->model);
        return *tokenizer == NULL ? NULL : vocabulary_of_tokenizer(*tokenizer, given->model);
    }
    if (given->mask_id < 0 || given->vocab_size == 0 || given->special_ids.len == 0) {
        diag_error("expected --model, or all of --mask-id, --vocab-size and --special-ids");
        return NULL;
    }
    return vocabulary_of_ids(given->mask_id, given->vocab_size, &given->special_ids);
}

static int mask_open(struct stage_context *context, void **shared)
{
    const struct mask_options *given = context->options;
    if (check_options(given) < 0)
        return -1;
    const struct tokenizer *tokenizer = NULL;
    struct vocabulary *vocabulary = open_vocabulary(context, given, &tokenizer);
    if (vocabulary == NULL)
        return -1;
    if (vocabulary->drawn_count == 0 && given->replace.items[1] > 0) {
        vocabulary_free(vocabulary);
        return diag_error("--replace: the vocabulary has no ordinary tokens to draw random ones from");
    }
    struct masker *masker = mem_zalloc(1, sizeof *masker);
    *masker = (struct masker){
        .given = given,
        .tokenizer = tokenizer,
        .vocabulary = vocabulary,
        .key = rng_key(&given->random, "mask"),
        .mask_below = (uint64_t)given->replace.items[0],
        .random_below = (uint64_t)(given->replace.items[0] + given->replace.items[1]),
    };
    *shared = masker;
    return 0;
}

/* ---- record ---- */

/* Reads an array of the record with an item for each token. */
static int read_parallel(const struct record *in, struct slice name, struct arena *arena, size_t count,
                         const int32_t **items)
{
    size_t found;
    if (rec_ints(in, name, arena, items, &found) < 0)
        return -1;
    if (found != count)
        return diag_error("%.*s: expected %zu items, as in input_ids, found %zu", (int)name.len, name.ptr, count,
                          found);
    return 0;
}

static int find_maskable(const struct masker *masker, const struct record *in, struct arena *arena,
                         struct sequence *sequence)
{
    const int32_t *special = NULL;
    if (rec_present(in, SLICE("special_tokens_mask")) != NULL &&
        read_parallel(in, SLICE("special_tokens_mask"), arena, sequence->count, &special) < 0)
        return -1;
    uint8_t *maskable = arena_alloc(arena, sequence->count);
    for (size_t i = 0; i < sequence->count; i++) {
        enum id_kind kind = vocabulary_kind(masker->vocabulary, sequence->ids[i]);
        if (kind == ID_ABSENT)
            return diag_error("input_ids[%zu]: %" PRId32 " is not in the vocabulary of %zu ids", i, sequence->ids[i],
                              masker->vocabulary->size);
        if (special != NULL && special[i] != 0 && special[i] != 1)
            return diag_error("special_tokens_mask[%zu]: expected 0 or 1, found %" PRId32, i, special[i]);
        maskable[i] = kind > ID_PROTECTED && (special == NULL || special[i] == 0);
    }
    sequence->maskable = maskable;
    return 0;
}

/* The kind of each token's spelling, by the tokenizer or else by `tokens`. *kinds: NULL if there is nothing to know. */
static int read_spelling(const struct masker *masker, const struct record *in, struct arena *arena,
                         const struct sequence *sequence, uint8_t **kinds)
{
    const uint8_t *known = masker->vocabulary->spelling;
    *kinds = NULL;
    if (masker->tokenizer == NULL && word_starts_read(in, sequence->count, arena, kinds) < 0)
        return -1;
    if (known != NULL)
        *kinds = arena_alloc(arena, sequence->count);
    for (size_t i = 0; *kinds != NULL && i < sequence->count; i++) {
        if (known != NULL)
            (*kinds)[i] = known[sequence->ids[i]];
        else if (!sequence->maskable[i])
            (*kinds)[i] = TOKEN_APART;
    }
    return 0;
}

static int read_words(const struct masker *masker, const struct record *in, struct arena *arena,
                      struct sequence *sequence)
{
    uint8_t *kinds;
    if (read_parallel(in, SLICE("word_ids"), arena, sequence->count, &sequence->word_ids) < 0)
        return -1;
    if (rec_present(in, SLICE("token_type_ids")) != NULL &&
        read_parallel(in, SLICE("token_type_ids"), arena, sequence->count, &sequence->token_type_ids) < 0)
        return -1;
    if (read_spelling(masker, in, arena, sequence, &kinds) < 0)
        return -1;
    if (kinds != NULL)
        sequence->word_ids = word_starts(sequence->word_ids, sequence->token_type_ids, kinds, sequence->count, arena);
    return 0;
}

static int read_sequence(const struct masker *masker, const struct record *in, struct arena *arena,
                         struct sequence *sequence)
{
    if (rec_ints(in, SLICE("input_ids"), arena, &sequence->ids, &sequence->count) < 0)
        return -1;
    if (find_maskable(masker, in, arena, sequence) < 0)
        return -1;
    if (masker->tokenizer != NULL &&
        own_tokens_check(masker->tokenizer, masker->given->model, in, sequence->ids, sequence->count, arena) < 0)
        return -1;
    return masker->given->unit == UNIT_WORD ? read_words(masker, in, arena, sequence) : 0;
}

/* How many of the `eligible` tokens to select. *capped: --max-predictions has made it less. */
static size_t find_budget(const struct mask_options *given, size_t tokens, size_t eligible, bool *capped)
{
    size_t budget = decimal_share(given->prob, given->budget == BUDGET_ALL ? tokens : eligible);
    if (budget == 0)
        budget = 1;
    if (budget > eligible)
        budget = eligible;
    *capped = given->max_predictions > 0 && budget > (size_t)given->max_predictions;
    return *capped ? (size_t)given->max_predictions : budget;
}

/* What a selected token becomes. The original is not excluded from the random ones. */
static int32_t replacement(const struct masker *masker, struct rng *rng, uint32_t position, int32_t id,
                           size_t counts[COUNTERS])
{
    uint64_t action = rng_below(rng, draw_number(DRAW_ACTION, position), 100);
    if (action < masker->mask_below) {
        counts[COUNT_MASKED]++;
        return masker->vocabulary->mask_id;
    }
    if (action < masker->random_below) {
        counts[COUNT_RANDOM]++;
        const struct vocabulary *vocabulary = masker->vocabulary;
        return vocabulary->drawn[rng_below(rng, draw_number(DRAW_RANDOM, position), vocabulary->drawn_count)];
    }
    counts[COUNT_KEPT]++;
    return id;
}

/* The units of a record, in order. The draws of one copy must not depend on another copy, so each one shuffles a copy
 * of the units. */
struct units {
    struct unit *items;
    size_t count, tokens;
};

static struct units find_units(const struct masker *masker, const struct sequence *sequence, struct arena *arena)
{
    struct units units = {.items = arena_array(arena, sequence->count, sizeof *units.items)};
    if (masker->given->unit == UNIT_WORD)
        units.count = select_word_units(sequence, units.items, &units.tokens);
    else
        units.tokens = units.count = select_token_units(sequence, units.items);
    return units;
}

/* Writes the positions to predict to `selected`; returns how many. */
static size_t select_positions(const struct masker *masker, struct rng *rng, const struct units *units, size_t budget,
                               struct arena *arena, uint32_t *selected)
{
    const struct mask_options *given = masker->given;
    if (budget == 0)
        return 0;
    struct unit *shuffled = arena_array(arena, units->count, sizeof *shuffled);
    memcpy(shuffled, units->items, units->count * sizeof *shuffled);
    if (given->unit == UNIT_WORD)
        return select_balanced(rng, shuffled, units->count, units->tokens, budget, (size_t)given->max_predictions,
                               selected);
    return select_tokens(rng, shuffled, units->count, budget, selected);
}

/* Sets input_ids and labels. */
static void set_masked(const struct masker *masker, struct rng *rng, const struct sequence *sequence,
                       const struct units *units, struct record *made, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    uint32_t *selected = arena_array(arena, units->tokens, sizeof *selected);
    int32_t *labels = arena_array(arena, sequence->count, sizeof *labels);
    int32_t *input_ids = arena_array(arena, sequence->count, sizeof *input_ids);
    size_t counts[COUNTERS] = {[COUNT_TOKENS] = sequence->count, [COUNT_MASKABLE] = units->tokens};

    for (size_t i = 0; i < sequence->count; i++) {
        labels[i] = IGNORE_INDEX;
        input_ids[i] = sequence->ids[i];
    }
    bool capped;
    counts[COUNT_BUDGET] = find_budget(masker->given, sequence->count, units->tokens, &capped);
    counts[COUNT_SELECTED] = select_positions(masker, rng, units, counts[COUNT_BUDGET], arena, selected);
    counts[COUNT_WHOLE] = units->count == 1 && counts[COUNT_SELECTED] > counts[COUNT_BUDGET];
    counts[COUNT_UNMASKED] = counts[COUNT_SELECTED] == 0;
    counts[COUNT_CAPPED] = capped;
    for (size_t i = 0; i < counts[COUNT_SELECTED]; i++) {
        uint32_t position = selected[i];
        labels[position] = sequence->ids[position];
        input_ids[position] = replacement(masker, rng, position, sequence->ids[position], counts);
    }
    rec_set_ints(made, SLICE("input_ids"), input_ids, sequence->count);
    rec_set_ints(made, SLICE("labels"), labels, sequence->count);
    for (size_t i = 0; i < COUNTERS; i++)
        sink_count(out, i, counts[i]);
}

static int emit_copy(const struct masker *masker, const struct record *in, const struct sequence *sequence,
                     const struct units *units, const struct lineage *lineage, int64_t copy, struct sink *out)
{
    struct rng rng = lineage_rng(lineage, masker->key, copy);
    struct record *made = rec_derive(sink_arena(out), in);
    set_masked(masker, &rng, sequence, units, made, out);
    lineage_set(made, lineage, copy);
    return sink_emit(out, made);
}

static int mask_record(void *state, const struct record *in, struct sink *out)
{
    const struct masker *masker = state;
    struct arena *arena = sink_arena(out);
    struct sequence sequence = {0};
    struct lineage lineage;
    if (rec_present(in, SLICE("labels")) != NULL)
        return diag_error("labels: already present, so the record is already masked (or rename them: quern fields "
                          "--rename NEW=labels)");
    if (read_sequence(masker, in, arena, &sequence) < 0 ||
        lineage_read(in, SLICE("text"), &masker->given->random, arena, &lineage) < 0)
        return -1;
    struct units units = find_units(masker, &sequence, arena);
    for (int64_t copy = 0; copy < lineage.copies; copy++) {
        if (emit_copy(masker, in, &sequence, &units, &lineage, copy, out) < 0)
            return -1;
    }
    return 0;
}

/* ---- the end ---- */

enum { LONG_WORDS_EXCESS = 3 /* tokens of a record; below that, records are short rather than words long */ };

/* On average as many tokens are selected as the budget says, unless words are longer than it. */
static void note_long_words(const uint64_t *counted, uint64_t records)
{
    static const char advice[] = "\"segment\" and \"tokenize --word-ids words\" number the words of the text";
    uint64_t whole = counted[COUNT_WHOLE], budget = counted[COUNT_BUDGET], selected = counted[COUNT_SELECTED];
    /* A heading may be one word; where many records are, their tokenizer does not cut words. */
    bool suspicious = whole > records / 20;
    if (whole > 0)
        diag_note("%" PRIu64 " of %" PRIu64 " record%s %s a single word by word_ids, so all tokens were selected%s%s",
                  whole, records, diag_s(records), whole == 1 ? "is" : "are", suspicious ? "; " : "",
                  suspicious ? advice : "");
    else if (selected > budget + budget / 2 && selected - budget >= LONG_WORDS_EXCESS * records)
        diag_note("selected %" PRIu64 " tokens where --prob asks for %" PRIu64 ", because words are long; %s", selected,
                  budget, advice);
}

static void mask_notes(const void *shared, const struct totals *totals)
{
    const struct masker *masker = shared;
    uint64_t unmasked = totals->counters[COUNT_UNMASKED];
    if (masker->given->unit == UNIT_WORD)
        note_long_words(totals->counters, totals->out);
    if (unmasked > 0)
        diag_note("%" PRIu64 " of %" PRIu64 " record%s %s no token to predict: all labels are %d%s", unmasked,
                  totals->out, diag_s(totals->out), unmasked == 1 ? "has" : "have", IGNORE_INDEX,
                  masker->given->unit == UNIT_WORD && masker->given->max_predictions > 0
                      ? ", also where every word is longer than --max-predictions"
                      : "");
}

/* ---- close ---- */

static void mask_close(void *shared)
{
    struct masker *masker = shared;
    vocabulary_free(masker->vocabulary);
    mem_free(masker);
}

const struct stage stage_mask = {
    .name = "mask",
    .summary = "hide tokens for a masked language model to predict",
    .example = "$ echo '{\"id\":\"a\",\"input_ids\":[2,11,12,13,14,15,3]}' |\n"
               "    quern mask --mask-id 4 --vocab-size 100 --special-ids 0,1,2,3 |\n"
               "    quern fields --drop id\n"
               "{\"input_ids\":[2,11,12,4,14,15,3],\"labels\":[-100,-100,-100,13,-100,-100,-100]}",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct mask_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = mask_open,
    .close = mask_close,
    .record = mask_record,
    .notes = mask_notes,
};
