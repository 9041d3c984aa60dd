/* rtd.c - fill masks, and ask which tokens were replaced: the training set of a discriminator.
 *
 *     quern rtd -m FILE [--generator uniform|unigram] [--unigram FILE] [--also masked_input_ids,mlm_labels] [FILE …]
 *
 *     $ echo '{"id":1,"input_ids":[2,6,4,9,3],"labels":[-100,-100,8,9,-100]}' | quern rtd -m vocab.txt
 *     {"id":1,"input_ids":[2,6,6,9,3],"labels":[-100,0,1,0,-100]}
 */
#include "masking/sequence.h"
#include "masking/source.h"
#include "quern.h"
#include "tokenizer/own_tokens.h"
#include "tokenizer/parallel.h"
#include "tokenizer/shared.h"

#include <inttypes.h>

enum { GENERATOR_UNIFORM, GENERATOR_UNIGRAM };
enum { ALSO_INPUT_IDS = 1, ALSO_LABELS = 2 };

struct rtd_options {
    const char *model, *unigram;
    int generator;
    struct words also;
    struct random_options random;
};

static const char *const generator_names[] = {"uniform", "unigram", NULL};
static const char *const also_names[] = {"masked_input_ids", "mlm_labels", NULL};

static const struct option options[] = {
    OPTION_MODEL(struct rtd_options, model),
    {"generator", 0, OPT_CHOICE, OPT_AT(struct rtd_options, generator), .value = "NAME", .fallback = "uniform",
     .choices = generator_names, .help = "what fills the masks"},
    {"unigram", 0, OPT_FILE, OPT_AT(struct rtd_options, unigram), .value = "FILE", .when = "generator=unigram",
     .help = "the counts of the ids: lines ID<TAB>COUNT"},
    {"also", 0, OPT_WORDS, OPT_AT(struct rtd_options, also), .value = "LIST", .choices = also_names,
     .help = "members to write as well: what was read"},
    OPTIONS_RANDOM(struct rtd_options, random),
    {0},
};

static const char *const reads[] = {"id", "text", "epoch", "tokens", "input_ids", "labels", "special_tokens_mask",
                                    NULL};
static const char *const writes[] = {"input_ids", "labels", "masked_input_ids", "mlm_labels", "epoch", NULL};

enum { COUNT_TOKENS, COUNT_FILLED, COUNT_REPLACED, COUNTERS };
static const char *const counters[] = {"tokens", "filled", "replaced", NULL};

/* The numbers of the draws are a part of the frozen contract of quern-record(5): purpose << 32 | position. */
enum { DRAW_FILL = 1 };

struct rtd {
    const struct rtd_options *given;
    const struct tokenizer *tokenizer;
    struct vocabulary *vocabulary;
    struct token_source source;
    struct rng_key key;
    unsigned also;
};

/* ---- open ---- */

static void rtd_close(void *shared)
{
    struct rtd *rtd = shared;
    source_close(&rtd->source);
    vocabulary_free(rtd->vocabulary);
    mem_free(rtd);
}

static int open_generator(struct rtd *rtd)
{
    const struct rtd_options *given = rtd->given;
    if (rtd->vocabulary->mask_id < 0)
        return diag_error("%s: no mask token, so there is nothing to fill", given->model);
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
    if (open_generator(rtd) < 0) {
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

/* What a generator puts in the place of a mask: the one place where it comes from. It may be the original. */
static int32_t fill(const struct rtd *rtd, struct rng *rng, uint32_t position)
{
    return source_draw(&rtd->source, rng, (uint64_t)DRAW_FILL << 32 | position);
}

/* Sets input_ids without masks, and labels: was the token replaced? */
static void set_filled(const struct rtd *rtd, struct rng *rng, const struct masked *masked, struct record *made,
                       struct sink *out)
{
    struct arena *arena = sink_arena(out);
    int32_t *ids = arena_array(arena, masked->count, sizeof *ids);
    int32_t *labels = arena_array(arena, masked->count, sizeof *labels);
    size_t filled = 0, replaced = 0;
    for (size_t i = 0; i < masked->count; i++) {
        bool selected = masked->labels[i] != IGNORE_INDEX,
             hidden = selected && masked->ids[i] == rtd->vocabulary->mask_id;
        ids[i] = hidden ? fill(rtd, rng, (uint32_t)i) : masked->ids[i];
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

static int rtd_record(void *state, const struct record *in, struct sink *out)
{
    const struct rtd *rtd = state;
    struct arena *arena = sink_arena(out);
    struct masked masked;
    struct lineage lineage;
    if (read_masked(rtd, in, arena, &masked) < 0 ||
        lineage_read(in, SLICE("text"), &rtd->given->random, arena, &lineage) < 0)
        return -1;
    for (int64_t copy = 0; copy < lineage.copies; copy++) {
        struct rng rng = lineage_rng(&lineage, rtd->key, copy);
        struct record *made = rec_derive(arena, in);
        set_filled(rtd, &rng, &masked, made, out);
        lineage_set(made, &lineage, copy);
        if (sink_emit(out, made) < 0)
            return -1;
    }
    return 0;
}

/* ---- the end ---- */

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
    .record = rtd_record,
    .notes = rtd_notes,
};
