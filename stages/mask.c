/* mask.c - hide tokens for a masked language model to predict.
 *
 *     quern mask -m FILE [--unit UNIT] [--prob P] [--replace M,R,K] [--copies N] [--epoch E] [FILE …]
 *     quern mask --mask-id N --vocab-size N --special-ids N,… …
 *
 * mask/choice.c finds the units and the budgets of a record, mask/select.c selects units, mask/replace.c decides what
 * they become, mask/also.c writes members on demand, mask/draws.h numbers the draws. What other filters share is in
 * masking/. This file handles the options and the record. */
#include "mask/also.h"
#include "mask/choice.h"
#include "mask/masker.h"
#include "mask/replace.h"
#include "quern.h"
#include "tokenizer/shared.h"

#include <inttypes.h>

static const char *const unit_names[] = {"token", "word", "ngram", "span", "phrase", "entity", "mix", NULL};
static const char *const fill_names[] = {"lower", "none", NULL};
static const char *const replace_by_names[] = {"token", "word", "unit", NULL};
static const char *const budget_names[] = {"maskable", "all", NULL};
static const char *const overshoot_names[] = {"balanced", "never", NULL};
static const char *const per_names[] = {"record", "doc", NULL};
static const char *const prob_words[] = {"uniform", NULL};
static const char *const source_names[] = {"vocabulary", "all", NULL};

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
    {"lengths", 0, OPT_TEXT, OPT_AT(struct mask_options, lengths), .value = "LAW", .when = "unit=ngram|span",
     .help =
         "how many words a unit has: inverse:N, geometric:P:N or weights of 1, 2, 3 …; the default is inverse:3 for "
         "ngram and geometric:0.2:10 for span"},
    {"mix", 0, OPT_WORDS, OPT_AT(struct mask_options, mix), .value = "LEVEL=N,...", .when = "unit=mix",
     .help = "integer weights of the levels token, word, phrase and entity, one of which is drawn for each record"},
    {"fill", 0, OPT_CHOICE, OPT_AT(struct mask_options, fill), .value = "HOW", .fallback = "lower",
     .choices = fill_names, .when = "unit=phrase|entity|mix",
     .help = "what to select where the units have fewer tokens than the budget"},
    {"prob", 0, OPT_DECIMAL, OPT_AT(struct mask_options, prob), .value = "P", .fallback = "0.15", .choices = prob_words,
     .help = "share of the tokens to select, at least one in each record"},
    {"replace", 0, OPT_INTS, OPT_AT(struct mask_options, replace), .value = "M,R,K", .fallback = "80,10,10",
     .help = "percentages of the selected tokens that are masked, replaced by a random token, and kept"},
    {"replace-by", 0, OPT_CHOICE, OPT_AT(struct mask_options, replace_by), .value = "WHAT", .fallback = "token",
     .choices = replace_by_names, .help = "what --replace is decided for once"},
    {"random-from", 0, OPT_TEXT, OPT_AT(struct mask_options, random_from), .value = "SOURCE", .fallback = "vocabulary",
     .choices = source_names, .help = "source of random tokens: a file of lines ID<TAB>COUNT, or one of"},
    {"similar", 0, OPT_FILE, OPT_AT(struct mask_options, similar), .value = "FILE", .when = "replace-by=word|unit",
     .help = "instead of the mask, words that are similar by the lines of FILE; where there are none, random tokens"},
    {"max-predictions", 0, OPT_INT, OPT_AT(struct mask_options, max_predictions), .value = "N", .fallback = "0",
     .min = 0, .max = INT32_MAX, .help = "select at most N tokens of a record; 0: no limit"},
    {"budget", 0, OPT_CHOICE, OPT_AT(struct mask_options, budget), .value = "BASE", .fallback = "maskable",
     .choices = budget_names, .help = "the tokens that --prob is a share of"},
    {"overshoot", 0, OPT_CHOICE, OPT_AT(struct mask_options, overshoot), .value = "RULE", .fallback = "balanced",
     .choices = overshoot_names, .help = "the rule for a unit that would exceed the budget"},
    {"per", 0, OPT_CHOICE, OPT_AT(struct mask_options, per), .value = "WHAT", .fallback = "record",
     .choices = per_names, .help = "what has a budget of its own, with doc each run of equal doc_ids"},
    {"also", 0, OPT_WORDS, OPT_AT(struct mask_options, also), .value = "LIST", .choices = also_names,
     .help = "members to write as well"},
    {"sbo", 0, OPT_INT, OPT_AT(struct mask_options, sbo), .value = "N", .fallback = "0", .min = 0, .max = INT32_MAX,
     .when = "also", .help = "at most N ids in an item of pair_targets; 0: no limit"},
    OPTIONS_RANDOM(struct mask_options, random),
    {0},
};

static const char *const reads[] = {"id",
                                    "text",
                                    "epoch",
                                    "tokens",
                                    "input_ids",
                                    "word_ids",
                                    "token_type_ids",
                                    "doc_ids",
                                    "phrase_tokens",
                                    "entity_tokens",
                                    "special_tokens_mask",
                                    "backward",
                                    NULL};
static const char *const writes[] = {"input_ids",           "labels",        "mask_level",
                                     "masked_lm_positions", "masked_lm_ids", "masked_spans",
                                     "pair_targets",        "epoch",         NULL};

static const char *const counters[] = {
    "tokens",        "maskable",         "selected",       "masked", "random",   "kept",    "budget",
    "whole_records", "unmasked_records", "capped_records", "lower",  "unfilled", "similar", NULL};

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
    if (given->prob.scale != OPTION_WORD && given->prob.digits == 0)
        return diag_error("--prob: expected a share greater than 0");
    if (given->prob.scale == OPTION_WORD && given->budget == BUDGET_ALL)
        return diag_error("--budget all does not go with --prob uniform");
    return lineage_check(&given->random) < 0 ? -1 : check_replace(&given->replace);
}

static int open_vocabulary(struct stage_context *context, struct masker *masker)
{
    const struct mask_options *given = masker->given;
    bool numbers = given->mask_id >= 0 || given->vocab_size > 0 || given->special_ids.len > 0;
    if (given->model != NULL && numbers)
        return diag_error("--mask-id, --vocab-size and --special-ids do not go with --model, which supplies them");
    if (given->model != NULL) {
        const struct tokenizer *tokenizer = shared_tokenizer(context, given->model);
        if (tokenizer == NULL)
            return -1;
        if (tokenizer_mask_id(tokenizer) < 0)
            return diag_error("%s: no mask token; use --mask-id, --vocab-size and --special-ids to name one",
                              given->model);
        masker->vocabulary = vocabulary_of_tokenizer(tokenizer);
        masker->reader = (struct sequence_reader){masker->vocabulary, tokenizer, given->model};
        return 0;
    }
    if (given->mask_id < 0 || given->vocab_size == 0 || given->special_ids.len == 0)
        return diag_error("expected --model, or all of --mask-id, --vocab-size and --special-ids");
    masker->vocabulary = vocabulary_of_ids(given->mask_id, given->vocab_size, &given->special_ids);
    masker->reader.vocabulary = masker->vocabulary;
    return masker->vocabulary != NULL ? 0 : -1;
}

/* LEVEL=WEIGHT; a level that is not named has the weight 0. */
static int read_weight(const char *word, uint64_t weights[MASK_LEVELS], bool named[MASK_LEVELS])
{
    const char *equals = strchr(word, '=');
    struct slice name = equals != NULL ? slice_between(word, equals) : slice_of(word);
    unsigned level = 0;
    int64_t weight = 0;
    while (mask_levels[level] != NULL && !slice_is(name, mask_levels[level]))
        level++;
    if (mask_levels[level] == NULL || equals == NULL || !json_int(slice_of(equals + 1), &weight) || weight < 0)
        return diag_error("--mix: expected token=N, word=N, phrase=N or entity=N, found \"%s\"", word);
    if (named[level])
        return diag_error("--mix: %s is given twice", mask_levels[level]);
    named[level] = true;
    weights[level] = (uint64_t)weight;
    return 0;
}

static int open_mix(struct masker *masker)
{
    const struct words *mix = &masker->given->mix;
    uint64_t weights[MASK_LEVELS] = {0};
    bool named[MASK_LEVELS] = {false};
    if (mix->len == 0)
        return diag_error("--unit mix needs the weights of the levels: --mix token=1,phrase=1,entity=2");
    for (size_t i = 0; i < mix->len; i++)
        if (read_weight(mix->items[i], weights, named) < 0)
            return -1;
    if (law_of_weights(weights, MASK_LEVELS, 0, &masker->mix) < 0)
        return diag_within("--mix: %s", diag_message());
    for (unsigned level = 0; level < MASK_LEVELS; level++)
        masker->tops |= weights[level] > 0 ? 1u << level : 0;
    return 0;
}

static int open_unit(struct masker *masker)
{
    static const unsigned levels[] = {
        [UNIT_TOKEN] = LEVEL_TOKEN, [UNIT_WORD] = LEVEL_WORD,     [UNIT_NGRAM] = LEVEL_WORD,
        [UNIT_SPAN] = LEVEL_WORD,   [UNIT_PHRASE] = LEVEL_PHRASE, [UNIT_ENTITY] = LEVEL_ENTITY,
    };
    const struct mask_options *given = masker->given;
    if (given->unit == UNIT_MIX)
        return open_mix(masker);
    masker->tops = 1u << levels[given->unit];
    if (given->unit != UNIT_NGRAM && given->unit != UNIT_SPAN)
        return 0;
    const char *usual = given->unit == UNIT_NGRAM ? "inverse:3" : "geometric:0.2:10";
    if (law_read(given->lengths != NULL ? given->lengths : usual, &masker->lengths) < 0)
        return diag_within("--lengths: %s", diag_message());
    return 0;
}

static int open_source(struct masker *masker)
{
    const struct mask_options *given = masker->given;
    bool draws = given->replace.items[1] > 0 || given->similar != NULL;
    if (draws && source_open(&masker->source, masker->vocabulary, given->random_from) < 0)
        return diag_within("--%s: %s", strcmp(given->random_from, "vocabulary") == 0 ? "replace" : "random-from",
                           diag_message());
    if (given->similar == NULL)
        return 0;
    if (given->model == NULL)
        return diag_error("--similar needs --model, to tokenize its words");
    masker->similar = similar_load(given->similar, masker->reader.tokenizer, masker->vocabulary);
    return masker->similar != NULL ? 0 : diag_within("--similar: %s", diag_message());
}

static void mask_close(void *shared)
{
    struct masker *masker = shared;
    source_close(&masker->source);
    similar_free(masker->similar);
    law_free(&masker->lengths);
    law_free(&masker->mix);
    vocabulary_free(masker->vocabulary);
    mem_free(masker);
}

static int mask_open(struct stage_context *context, void **shared)
{
    const struct mask_options *given = context->options;
    if (check_options(given) < 0)
        return -1;
    struct masker *masker = mem_zalloc(1, sizeof *masker);
    masker->given = given;
    masker->key = rng_key(&given->random, "mask");
    masker->mask_below = (uint64_t)given->replace.items[0];
    masker->random_below = (uint64_t)(given->replace.items[0] + given->replace.items[1]);
    if (open_vocabulary(context, masker) < 0 || open_unit(masker) < 0 || also_read(given, &masker->also) < 0 ||
        open_source(masker) < 0) {
        mask_close(masker);
        return -1;
    }
    *shared = masker;
    return 0;
}

/* ---- record ---- */

/* Sets what is made of the tokens of a copy. */
static void set_masked(const struct masker *masker, struct rng *rng, const struct offer *offer, struct record *made,
                       struct sink *out)
{
    const struct sequence *sequence = &offer->sequence;
    struct arena *arena = sink_arena(out);
    int32_t *labels = arena_array(arena, sequence->count, sizeof *labels);
    int32_t *input_ids = arena_array(arena, sequence->count, sizeof *input_ids);
    size_t counts[COUNTERS] = {[COUNT_TOKENS] = sequence->count};

    for (size_t i = 0; i < sequence->count; i++) {
        labels[i] = IGNORE_INDEX;
        input_ids[i] = sequence->ids[i];
    }
    enum mask_level level = offer_level(masker, rng);
    struct chosen chosen = choose_units(masker, offer, level, rng, arena, counts);
    for (size_t i = 0; i < chosen.count; i++)
        for (uint32_t at = chosen.units[i].start; at < unit_end(chosen.units[i]); at++)
            labels[at] = sequence->ids[at];
    replace_chosen(masker, rng, sequence, &chosen, arena, input_ids, counts);
    rec_set_ints(made, SLICE("input_ids"), input_ids, sequence->count);
    rec_set_ints(made, SLICE("labels"), labels, sequence->count);
    if (masker->given->unit == UNIT_MIX)
        rec_set_text(made, SLICE("mask_level"), slice_of(mask_levels[level]));
    also_set(masker, made, sequence, &chosen, arena);
    for (size_t i = 0; i < COUNTERS; i++)
        sink_count(out, i, counts[i]);
}

static int emit_copy(const struct masker *masker, const struct record *in, const struct offer *offer,
                     const struct lineage *lineage, int64_t copy, struct sink *out)
{
    struct rng rng = lineage_rng(lineage, masker->key, copy);
    struct record *made = rec_derive(sink_arena(out), in);
    set_masked(masker, &rng, offer, made, out);
    lineage_set(made, lineage, copy);
    return sink_emit(out, made);
}

static int mask_record(void *state, const struct record *in, struct sink *out)
{
    const struct masker *masker = state;
    struct arena *arena = sink_arena(out);
    struct offer offer;
    struct lineage lineage;
    if (rec_present(in, SLICE("labels")) != NULL)
        return diag_error("labels: already present, so the record is already masked (or rename them: quern fields "
                          "--rename NEW=labels)");
    if (offer_read(masker, in, arena, &offer) < 0 ||
        lineage_read(in, SLICE("text"), &masker->given->random, arena, &lineage) < 0)
        return -1;
    for (int64_t copy = 0; copy < lineage.copies; copy++) {
        if (emit_copy(masker, in, &offer, &lineage, copy, out) < 0)
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
    if (masker->given->unit >= UNIT_WORD && masker->given->unit <= UNIT_SPAN)
        note_long_words(totals->counters, totals->out);
    if (unmasked > 0)
        diag_note("%" PRIu64 " of %" PRIu64 " record%s %s no token to predict: all labels are %d%s", unmasked,
                  totals->out, diag_s(totals->out), unmasked == 1 ? "has" : "have", IGNORE_INDEX,
                  masker->given->unit != UNIT_TOKEN && masker->given->max_predictions > 0
                      ? ", also where every word is longer than --max-predictions"
                      : "");
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
