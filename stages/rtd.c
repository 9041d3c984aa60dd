/* rtd.c - fill masks, and ask which tokens were replaced: the training set of a discriminator.
 *
 *     quern rtd -m FILE [--generator uniform|unigram|command] [--unigram FILE] [--command CMD]
 *               [--also masked_input_ids,mlm_labels] [FILE …]
 *
 *     $ echo '{"id":1,"input_ids":[2,6,4,9,3],"labels":[-100,-100,8,9,-100]}' | quern rtd -m vocab.txt
 *     {"id":1,"input_ids":[2,6,6,9,3],"labels":[-100,0,1,0,-100]}
 */
#include "masking/sequence.h"
#include "masking/source.h"
#include "quern.h"
#include "rtd/generator.h"
#include "tokenizer/own_tokens.h"
#include "tokenizer/parallel.h"
#include "tokenizer/shared.h"

#include <inttypes.h>

enum { GENERATOR_UNIFORM, GENERATOR_UNIGRAM, GENERATOR_COMMAND };
enum { ALSO_INPUT_IDS = 1, ALSO_LABELS = 2 };

struct rtd_options {
    const char *model, *unigram, *command;
    int generator;
    struct words also;
    struct random_options random;
    struct child_options child;
};

static const char *const generator_names[] = {"uniform", "unigram", "command", NULL};
static const char *const also_names[] = {"masked_input_ids", "mlm_labels", NULL};

static const struct option options[] = {
    OPTION_MODEL(struct rtd_options, model),
    {"generator", 0, OPT_CHOICE, OPT_AT(struct rtd_options, generator), .value = "NAME", .fallback = "uniform",
     .choices = generator_names, .help = "what fills the masks"},
    {"unigram", 0, OPT_FILE, OPT_AT(struct rtd_options, unigram), .value = "FILE", .when = "generator=unigram",
     .help = "the counts of the ids: lines ID<TAB>COUNT"},
    {"command", 0, OPT_TEXT, OPT_AT(struct rtd_options, command), .value = "CMD", .when = "generator=command",
     .help = "the program that fills the masks, with its arguments; no shell reads it"},
    {"also", 0, OPT_WORDS, OPT_AT(struct rtd_options, also), .value = "LIST", .choices = also_names,
     .help = "members to write as well: what was read"},
    OPTIONS_RANDOM(struct rtd_options, random),
    OPTIONS_CHILD(struct rtd_options, child, "generator=command"),
    {0},
};

static const char *const reads[] = {"id", "text", "epoch", "tokens", "input_ids", "labels", "special_tokens_mask",
                                    NULL};
static const char *const writes[] = {"input_ids", "labels", "masked_input_ids", "mlm_labels", "epoch", NULL};

enum { COUNT_TOKENS, COUNT_FILLED, COUNT_REPLACED, COUNT_REQUESTS, COUNT_CACHED, COUNT_FAILED };
static const char *const counters[] = {"tokens", "filled", "replaced", "requests", "cached", "failed", NULL};

/* The numbers of the draws are a part of the frozen contract of quern-record(5): purpose << 32 | position. */
enum { DRAW_FILL = 1, DRAW_SEED = 2 };

struct rtd {
    const struct rtd_options *given;
    const struct tokenizer *tokenizer;
    struct vocabulary *vocabulary;
    struct token_source source;
    struct child *child; /* --generator command; else NULL */
    struct rng_key key;
    unsigned also;
};

/* ---- open ---- */

static void rtd_close(void *shared)
{
    struct rtd *rtd = shared;
    child_free(rtd->child);
    source_close(&rtd->source);
    vocabulary_free(rtd->vocabulary);
    mem_free(rtd);
}

static int open_generator(struct stage_context *context, struct rtd *rtd)
{
    const struct rtd_options *given = rtd->given;
    if (rtd->vocabulary->mask_id < 0)
        return diag_error("%s: no mask token, so there is nothing to fill", given->model);
    if (given->generator == GENERATOR_COMMAND) {
        if (given->command == NULL)
            return diag_error("--generator command needs a program: --command CMD");
        context->class = STAGE_ASYNC;
        rtd->child = generator_open(context, given->command, &given->child, rtd->vocabulary);
        return rtd->child != NULL ? 0 : -1;
    }
    if (given->generator == GENERATOR_UNIFORM)
        return source_open(&rtd->source, rtd->vocabulary, "vocabulary");
    if (given->unigram == NULL)
        return diag_error("--generator unigram needs counts: --unigram FILE");
    if (source_open_counts(&rtd->source, rtd->vocabulary, given->unigram) < 0)
        return diag_within("--unigram: %s", diag_message());
    return 0;
}

static int rtd_open(struct stage_context *context, void **shared)
{
    const struct rtd_options *given = context->options;
    if (lineage_check(&given->random) < 0)
        return -1;
    if (given->model == NULL)
        return diag_error("expected --model, the tokenizer that made the ids");
    const struct tokenizer *tokenizer = shared_tokenizer(context, given->model);
    if (tokenizer == NULL)
        return -1;
    struct rtd *rtd = mem_zalloc(1, sizeof *rtd);
    rtd->given = given;
    rtd->tokenizer = tokenizer;
    rtd->vocabulary = vocabulary_of_tokenizer(tokenizer);
    rtd->key = rng_key(&given->random, "rtd");
    for (size_t i = 0; i < given->also.len; i++)
        rtd->also |= strcmp(given->also.items[i], also_names[0]) == 0 ? ALSO_INPUT_IDS : ALSO_LABELS;
    if (open_generator(context, rtd) < 0) {
        rtd_close(rtd);
        return -1;
    }
    *shared = rtd;
    return 0;
}

/* ---- record ---- */

/* What quern mask wrote; arrays of `count` items. */
struct masked {
    const int32_t *ids, *labels;
    const int32_t *special; /* special_tokens_mask, or NULL */
    size_t count;
};

static int check_item(const struct rtd *rtd, const struct masked *masked, size_t i)
{
    const struct vocabulary *vocabulary = rtd->vocabulary;
    int32_t id = masked->ids[i], label = masked->labels[i];
    if (vocabulary_kind(vocabulary, id) == ID_ABSENT)
        return diag_error("input_ids[%zu]: %" PRId32 " is not in the vocabulary of %zu ids", i, id, vocabulary->size);
    if (masked->special != NULL && masked->special[i] != 0 && masked->special[i] != 1)
        return diag_error("special_tokens_mask[%zu]: expected 0 or 1, found %" PRId32, i, masked->special[i]);
    if (label == IGNORE_INDEX)
        return 0;
    enum id_kind kind = vocabulary_kind(vocabulary, label);
    if (kind == ID_ABSENT)
        return diag_error("labels[%zu]: %" PRId32 " is not in the vocabulary of %zu ids", i, label, vocabulary->size);
    if (kind == ID_PROTECTED) {
        struct slice token = tokenizer_token(rtd->tokenizer, label);
        return diag_error("labels[%zu]: %" PRId32 " is %.*s, which \"quern mask\" never selects; are these its labels?",
                          i, label, (int)token.len, token.ptr);
    }
    return 0;
}

static int read_masked(const struct rtd *rtd, const struct record *in, struct arena *arena, struct masked *masked)
{
    *masked = (struct masked){0};
    if (rec_ints(in, SLICE("input_ids"), arena, &masked->ids, &masked->count) < 0 ||
        parallel_ints(in, SLICE("labels"), masked->count, arena, &masked->labels) < 0)
        return -1;
    if (rec_present(in, SLICE("special_tokens_mask")) != NULL &&
        parallel_ints(in, SLICE("special_tokens_mask"), masked->count, arena, &masked->special) < 0)
        return -1;
    for (size_t i = 0; i < masked->count; i++)
        if (check_item(rtd, masked, i) < 0)
            return -1;
    return own_tokens_check(rtd->tokenizer, rtd->given->model, in, masked->ids, masked->count, arena);
}

/* What fills the masks of one copy. */
struct filling {
    struct rng rng;
    const int32_t *ids; /* of a program: the next one; NULL: they are drawn */
};

/* What a generator puts in the place of a mask: the one place where it comes from. It may be the original. */
static int32_t fill(const struct rtd *rtd, struct filling *filling, uint32_t position)
{
    return filling->ids != NULL ? *filling->ids++
                                : source_draw(&rtd->source, &filling->rng, (uint64_t)DRAW_FILL << 32 | position);
}

static bool is_hidden(const struct rtd *rtd, const struct masked *masked, size_t i)
{
    return masked->labels[i] != IGNORE_INDEX && masked->ids[i] == rtd->vocabulary->mask_id;
}

/* Sets input_ids without masks, and labels: was the token replaced? */
static void set_filled(const struct rtd *rtd, struct filling *filling, const struct masked *masked, struct record *made,
                       struct sink *out)
{
    struct arena *arena = sink_arena(out);
    int32_t *ids = arena_array(arena, masked->count, sizeof *ids);
    int32_t *labels = arena_array(arena, masked->count, sizeof *labels);
    size_t filled = 0, replaced = 0;
    for (size_t i = 0; i < masked->count; i++) {
        bool selected = masked->labels[i] != IGNORE_INDEX, hidden = is_hidden(rtd, masked, i);
        ids[i] = hidden ? fill(rtd, filling, (uint32_t)i) : masked->ids[i];
        filled += hidden;
        bool special = masked->special != NULL ? masked->special[i] == 1 : tokenizer_is_special(rtd->tokenizer, ids[i]);
        labels[i] = special ? IGNORE_INDEX : selected && ids[i] != masked->labels[i];
        replaced += labels[i] == 1;
    }
    rec_set_ints(made, SLICE("input_ids"), ids, masked->count);
    rec_set_ints(made, SLICE("labels"), labels, masked->count);
    if (rtd->also & ALSO_INPUT_IDS)
        rec_set_ints(made, SLICE("masked_input_ids"), masked->ids, masked->count);
    if (rtd->also & ALSO_LABELS)
        rec_set_ints(made, SLICE("mlm_labels"), masked->labels, masked->count);
    sink_count(out, COUNT_TOKENS, masked->count);
    sink_count(out, COUNT_FILLED, filled);
    sink_count(out, COUNT_REPLACED, replaced);
}

static int emit_copy(const struct rtd *rtd, const struct record *in, const struct masked *masked,
                     const struct lineage *lineage, int64_t copy, struct filling *filling, struct sink *out)
{
    struct record *made = rec_derive(sink_arena(out), in);
    set_filled(rtd, filling, masked, made, out);
    lineage_set(made, lineage, copy);
    return sink_emit(out, made);
}

static int read_record(const struct rtd *rtd, const struct record *in, struct arena *arena, struct masked *masked,
                       struct lineage *lineage)
{
    return read_masked(rtd, in, arena, masked) < 0 ||
                   lineage_read(in, SLICE("text"), &rtd->given->random, arena, lineage) < 0
               ? -1
               : 0;
}

static int rtd_record(void *state, const struct record *in, struct sink *out)
{
    const struct rtd *rtd = state;
    struct masked masked;
    struct lineage lineage;
    if (read_record(rtd, in, sink_arena(out), &masked, &lineage) < 0)
        return -1;
    for (int64_t copy = 0; copy < lineage.copies; copy++) {
        struct filling filling = {.rng = lineage_rng(&lineage, rtd->key, copy)};
        if (emit_copy(rtd, in, &masked, &lineage, copy, &filling, out) < 0)
            return -1;
    }
    return 0;
}

/* ---- a program as the generator ---- */

/* A record, and what the program is asked about its copies. */
struct item {
    struct masked masked;
    struct lineage lineage;
    const char *error; /* the record is bad: why */
    const uint32_t *positions;
    size_t position_count;
    struct child_question *questions; /* of its copies; NULL: there is no mask to fill */
};

struct items {
    const struct rtd *rtd;
    struct item *items;
    size_t at; /* the next to be written */
};

static void find_positions(const struct rtd *rtd, struct item *item, struct arena *arena)
{
    uint32_t *positions = arena_array(arena, item->masked.count, sizeof *positions);
    for (size_t i = 0; i < item->masked.count; i++)
        if (is_hidden(rtd, &item->masked, i))
            positions[item->position_count++] = (uint32_t)i;
    item->positions = positions;
}

static int write_item(void *state, const struct record *in, struct sink *out)
{
    struct items *items = state;
    const struct item *item = &items->items[items->at++];
    if (item->error != NULL)
        return diag_error("%s", item->error);
    for (int64_t copy = 0; copy < item->lineage.copies; copy++) {
        struct filling filling = {0};
        if (item->questions != NULL) {
            const struct child_question *question = &item->questions[copy];
            sink_count(out, COUNT_REQUESTS, 1);
            sink_count(out, COUNT_CACHED, question->cached);
            sink_count(out, COUNT_FAILED, question->state == CHILD_FAILED);
            if (question->state == CHILD_FAILED)
                return diag_error("the generator has failed: %s", question->reason);
            filling.ids = generator_ids(question->reply, item->position_count, sink_arena(out));
        }
        if (emit_copy(items->rtd, in, &item->masked, &item->lineage, copy, &filling, out) < 0)
            return -1;
    }
    return 0;
}

/* Asks about all records of the batch, then writes them. */
static int fill_by_program(const struct rtd *rtd, const struct batch *in, struct sink *out)
{
    struct arena *arena = sink_arena(out);
    struct items items = {.rtd = rtd, .items = arena_array(arena, in->count, sizeof *items.items)};
    size_t count = 0;
    for (size_t i = 0; i < in->count; i++) {
        struct item *item = &items.items[i];
        *item = (struct item){0};
        if (read_record(rtd, in->records[i], arena, &item->masked, &item->lineage) < 0)
            item->error = arena_print(arena, "%s", diag_message()).ptr;
        else
            find_positions(rtd, item, arena);
        count += item->position_count > 0 ? (size_t)item->lineage.copies : 0;
    }
    struct child_question *questions = arena_array(arena, count, sizeof *questions), *next = questions;
    for (size_t i = 0; i < in->count; i++) {
        struct item *item = &items.items[i];
        if (item->position_count == 0)
            continue;
        item->questions = next;
        for (int64_t copy = 0; copy < item->lineage.copies; copy++) {
            struct rng rng = lineage_rng(&item->lineage, rtd->key, copy);
            uint64_t seed = rng_bits(&rng, (uint64_t)DRAW_SEED << 32);
            (next++)->request = generator_request(item->masked.ids, item->masked.count, item->positions,
                                                  item->position_count, seed, arena);
        }
    }
    if (child_ask(rtd->child, questions, count, arena) < 0)
        return -1;
    for (size_t i = 0; i < in->count; i++)
        if (sink_one(out, in->records[i], write_item, &items) < 0)
            return -1;
    return 0;
}

static int rtd_records(void *state, const struct batch *in, struct sink *out)
{
    const struct rtd *rtd = state;
    return rtd->child != NULL ? fill_by_program(rtd, in, out) : sink_each(out, in, rtd_record, state);
}

/* ---- the end ---- */

static int rtd_finish(void *shared)
{
    const struct rtd *rtd = shared;
    return rtd->child != NULL ? child_finish(rtd->child) : 0;
}

static void rtd_notes(const void *shared, const struct totals *totals)
{
    (void)shared;
    if (totals->counters[COUNT_TOKENS] > 0 && totals->counters[COUNT_FILLED] == 0)
        diag_note("no token with a label is the mask token, so nothing was filled; \"quern mask\" makes masks");
}

const struct stage stage_rtd = {
    .name = "rtd",
    .summary = "fill masks, for a model to tell which tokens were replaced",
    .example = "$ printf '%s\\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' a b c d >vocab.txt\n"
               "$ echo '{\"id\":1,\"input_ids\":[2,6,4,8,3],\"labels\":[-100,-100,5,8,-100]}' |\n"
               "    quern rtd -m vocab.txt\n"
               "{\"id\":1,\"input_ids\":[2,6,6,8,3],\"labels\":[-100,0,1,0,-100]}",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct rtd_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = rtd_open,
    .close = rtd_close,
    .records = rtd_records,
    .finish = rtd_finish,
    .notes = rtd_notes,
};
