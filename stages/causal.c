/* causal - writes the labels of a language model that predicts each token from those before it.
 *
 *     quern causal [-m FILE] [--document-start keep|ignore] [--ignore T,…] [--loss-spans MEMBER [--allow-empty]]
 *                  [--prefix] [--shift] [FILE …]
 *
 * Labels are the ids, and -100 where there is no loss. Each reason for -100 is a pass over the labels. */
#include "documents/markers.h"
#include "quern.h"
#include "tokenizer/own_tokens.h"
#include "tokenizer/parallel.h"
#include "tokenizer/shared.h"

#include <inttypes.h>

enum { START_KEEP, START_IGNORE };

struct causal_options {
    const char *model;
    int document_start;
    struct words ignore;
    const char *loss_spans;
    bool allow_empty, prefix, shift;
    struct random_options random;
};

static const char *const start_names[] = {"keep", "ignore", NULL};

static const struct option options[] = {
    OPTION_MODEL(struct causal_options, model),
    {"document-start", 0, OPT_CHOICE, OPT_AT(struct causal_options, document_start), .value = "WHAT",
     .fallback = "keep", .choices = start_names,
     .help = "ignore: no loss on the first token of a document that follows another one (by doc_ids)"},
    {"ignore", 0, OPT_WORDS, OPT_AT(struct causal_options, ignore), .value = "LIST",
     .help = "no loss on these tokens: names of the vocabulary, or ids as #N,..."},
    {"loss-spans", 0, OPT_TEXT, OPT_AT(struct causal_options, loss_spans), .value = "MEMBER",
     .help = "loss only in these ranges of tokens, such as entity_tokens; a record without a range is bad"},
    {"allow-empty", 0, OPT_FLAG, OPT_AT(struct causal_options, allow_empty), .when = "loss-spans",
     .help = "let records pass whose ranges are an empty list, without loss"},
    {"prefix", 0, OPT_FLAG, OPT_AT(struct causal_options, prefix),
     .help = "no loss on a prefix of random length, written as prefix_length"},
    {"shift", 0, OPT_FLAG, OPT_AT(struct causal_options, shift),
     .help = "the label of a token is the id of the next one, for models that do not shift labels themselves"},
    OPTIONS_RANDOM_WHEN(struct causal_options, random, "prefix"),
    {0},
};

static const char *const reads[] = {"id",      "text",      "epoch", "tokens", "labels", "attention_mask",
                                    "doc_ids", "input_ids", NULL};
static const char *const writes[] = {"labels", "prefix_length", "epoch", NULL};

enum {
    COUNT_TOKENS,
    COUNT_LABELS, /* labels that are not -100 */
    COUNT_PADDING,
    COUNT_STARTS,
    COUNT_IGNORED,
    COUNT_OUTSIDE,
    COUNT_PREFIX,
    COUNT_EMPTY, /* records without a label */
    COUNTERS
};
static const char *const counters[] = {"tokens",  "labels",        "padding",       "document_starts",
                                       "ignored", "outside_spans", "prefix_tokens", "unlabeled_records",
                                       NULL};

/* A part of the frozen contract: see draw tables in the manual. */
enum { DRAW_PREFIX = 1 };

struct labeler {
    const struct causal_options *given;
    const struct tokenizer *tokenizer; /* NULL without --model */
    struct rng_key key;
    uint64_t *ignored; /* a bit for each id up to ignored_ids; NULL: none */
    size_t ignored_ids;
};

/* ---- open ---- */

static void ignore_id(struct labeler *labeler, size_t id)
{
    labeler->ignored[id / 64] |= UINT64_C(1) << id % 64;
}

static int find_ignored(struct labeler *labeler)
{
    const struct words *names = &labeler->given->ignore;
    struct marker token;
    for (size_t i = 0; i < names->len; i++) {
        if (marker_find(labeler->tokenizer, labeler->given->model, "ignore", names->items[i], &token) < 0)
            return -1;
        if ((size_t)token.id >= labeler->ignored_ids)
            labeler->ignored_ids = (size_t)token.id + 1;
    }
    if (names->len == 0)
        return 0;
    labeler->ignored = mem_zalloc(labeler->ignored_ids / 64 + 1, sizeof *labeler->ignored);
    for (size_t i = 0; i < names->len; i++) {
        (void)marker_find(labeler->tokenizer, labeler->given->model, "ignore", names->items[i], &token);
        ignore_id(labeler, (size_t)token.id);
    }
    return 0;
}

/* Ranges of tokens and spans of the text look alike. */
static int check_loss_spans(const char *name)
{
    const struct member_kind *kind = name != NULL ? member_find(slice_of(name)) : NULL;
    if (kind == NULL || kind->of != MEMBER_OF_TEXT)
        return 0;
    for (size_t i = 0; members_in_tokens[i] != NULL; i++)
        if (strcmp(members_with_tokens[i], name) == 0)
            return diag_error("--loss-spans %s: these are spans of the text; %s has them as ranges of tokens", name,
                              members_in_tokens[i]);
    return diag_error("--loss-spans %s: these are spans of the text; expected ranges of tokens", name);
}

static int causal_open(struct stage_context *context, void **shared)
{
    const struct causal_options *given = context->options;
    const struct tokenizer *tokenizer = NULL;
    if (lineage_check(&given->random) < 0 || check_loss_spans(given->loss_spans) < 0)
        return -1;
    if (given->model != NULL && (tokenizer = shared_tokenizer(context, given->model)) == NULL)
        return -1;
    struct labeler *labeler = mem_zalloc(1, sizeof *labeler);
    *labeler = (struct labeler){
        .given = given,
        .tokenizer = tokenizer,
        .key = rng_key(&given->random, "causal"),
    };
    if (find_ignored(labeler) < 0) {
        mem_free(labeler);
        return -1;
    }
    *shared = labeler;
    return 0;
}

/* ---- record ---- */

/* A record and its labels before the prefix is drawn. */
struct labeled {
    const int32_t *ids, *attention; /* attention NULL: every token counts */
    int32_t *labels;
    size_t count, attended;
    uint64_t counts[COUNTERS];
};

static int check_ids(const struct labeler *labeler, const struct labeled *labeled)
{
    const struct tokenizer *tokenizer = labeler->tokenizer;
    for (size_t i = 0; i < labeled->count; i++) {
        int32_t id = labeled->ids[i];
        if (id < 0)
            return diag_error("input_ids[%zu]: %" PRId32 " is not an id", i, id);
        if (tokenizer != NULL && tokenizer_token(tokenizer, id).len == 0)
            return diag_error("input_ids[%zu]: %" PRId32 " is not in the vocabulary of %s", i, id,
                              labeler->given->model);
    }
    return 0;
}

static int read_tokens(const struct labeler *labeler, const struct record *in, struct arena *arena,
                       struct labeled *labeled)
{
    if (rec_ints(in, SLICE("input_ids"), arena, &labeled->ids, &labeled->count) < 0 ||
        check_ids(labeler, labeled) < 0 ||
        parallel_flags(in, SLICE("attention_mask"), labeled->count, arena, &labeled->attention) < 0)
        return -1;
    if (labeler->tokenizer != NULL &&
        own_tokens_check(labeler->tokenizer, labeler->given->model, in, labeled->ids, labeled->count, arena) < 0)
        return -1;
    labeled->labels = arena_array(arena, labeled->count, sizeof *labeled->labels);
    return 0;
}

/* Takes the label of token i away, for the reason that the counter names. */
static void take_away(struct labeled *labeled, size_t i, int reason)
{
    labeled->counts[reason] += labeled->labels[i] != IGNORE_INDEX;
    labeled->labels[i] = IGNORE_INDEX;
}

static void label_all(struct labeled *labeled)
{
    labeled->attended = labeled->count;
    memcpy(labeled->labels, labeled->ids, labeled->count * sizeof *labeled->labels);
    for (size_t i = 0; labeled->attention != NULL && i < labeled->count; i++) {
        if (labeled->attention[i] == 0) {
            take_away(labeled, i, COUNT_PADDING);
            labeled->attended--;
        }
    }
}

static int ignore_starts(const struct record *in, struct arena *arena, struct labeled *labeled)
{
    const int32_t *documents;
    if (parallel_ints(in, SLICE("doc_ids"), labeled->count, arena, &documents) < 0)
        return -1;
    for (size_t i = 1; i < labeled->count; i++)
        if (documents[i] != documents[i - 1])
            take_away(labeled, i, COUNT_STARTS);
    return 0;
}

static void ignore_tokens(const struct labeler *labeler, struct labeled *labeled)
{
    for (size_t i = 0; i < labeled->count; i++) {
        size_t id = (size_t)labeled->ids[i];
        if (id < labeler->ignored_ids && (labeler->ignored[id / 64] >> id % 64 & 1) != 0)
            take_away(labeled, i, COUNT_IGNORED);
    }
}

static int keep_spans(const struct labeler *labeler, const struct record *in, struct arena *arena,
                      struct labeled *labeled)
{
    const char *name = labeler->given->loss_spans;
    const struct span *spans;
    size_t span_count, inside = 0;
    if (rec_spans(in, slice_of(name), arena, &spans, &span_count) < 0)
        return -1;
    bool *kept = arena_alloc(arena, labeled->count * sizeof *kept);
    memset(kept, 0, labeled->count * sizeof *kept);
    for (size_t i = 0; i < span_count; i++) {
        if (spans[i].end > labeled->count)
            return diag_error("%s[%zu]: [%" PRIu32 ",%" PRIu32 "] ends after the last of %zu tokens", name, i,
                              spans[i].start, spans[i].end, labeled->count);
        inside += spans[i].end - spans[i].start;
        memset(kept + spans[i].start, true, (spans[i].end - spans[i].start) * sizeof *kept);
    }
    if (inside == 0 && !labeler->given->allow_empty)
        return diag_error("%s: expected a range with a token in it, found none (--allow-empty lets such records pass, "
                          "without loss)",
                          name);
    for (size_t i = 0; i < labeled->count; i++)
        if (!kept[i])
            take_away(labeled, i, COUNT_OUTSIDE);
    return 0;
}

/* Draws the length of the prefix, in tokens that are not padding, and takes its labels away. */
static int64_t ignore_prefix(struct labeled *labeled, struct rng *rng)
{
    if (labeled->attended < 2)
        return 0;
    uint64_t length = 1 + rng_below(rng, (uint64_t)DRAW_PREFIX << 32, labeled->attended - 1);
    uint64_t left = length;
    for (size_t i = 0; left > 0; i++) {
        left -= labeled->attention == NULL || labeled->attention[i] != 0;
        take_away(labeled, i, COUNT_PREFIX);
    }
    return (int64_t)length;
}

static void shift_labels(struct labeled *labeled)
{
    if (labeled->count == 0)
        return;
    memmove(labeled->labels, labeled->labels + 1, (labeled->count - 1) * sizeof *labeled->labels);
    labeled->labels[labeled->count - 1] = IGNORE_INDEX;
}

static void count_labels(struct labeled *labeled, struct sink *out)
{
    labeled->counts[COUNT_TOKENS] = labeled->count;
    for (size_t i = 0; i < labeled->count; i++)
        labeled->counts[COUNT_LABELS] += labeled->labels[i] != IGNORE_INDEX;
    labeled->counts[COUNT_EMPTY] = labeled->counts[COUNT_LABELS] == 0;
    for (size_t i = 0; i < COUNTERS; i++)
        sink_count(out, i, labeled->counts[i]);
}

/* Emits the record with these labels. lineage NULL: nothing is drawn. */
static int emit_labels(const struct labeler *labeler, const struct record *in, struct labeled labeled,
                       const struct lineage *lineage, int64_t copy, struct sink *out)
{
    struct record *made = rec_derive(sink_arena(out), in);
    int64_t prefix = 0;
    if (lineage != NULL) {
        struct rng rng = lineage_rng(lineage, labeler->key, copy);
        prefix = ignore_prefix(&labeled, &rng);
    }
    if (labeler->given->shift)
        shift_labels(&labeled);
    rec_set_ints(made, SLICE("labels"), labeled.labels, labeled.count);
    if (lineage != NULL) {
        rec_set_int(made, SLICE("prefix_length"), prefix);
        lineage_set(made, lineage, copy);
    }
    count_labels(&labeled, out);
    return sink_emit(out, made);
}

static int emit_copies(const struct labeler *labeler, const struct record *in, const struct labeled *labeled,
                       struct sink *out)
{
    struct arena *arena = sink_arena(out);
    struct lineage lineage;
    if (lineage_read(in, SLICE("text"), &labeler->given->random, arena, &lineage) < 0)
        return -1;
    for (int64_t copy = 0; copy < lineage.copies; copy++) {
        struct labeled own = *labeled;
        own.labels = arena_array(arena, own.count, sizeof *own.labels);
        memcpy(own.labels, labeled->labels, own.count * sizeof *own.labels);
        if (emit_labels(labeler, in, own, &lineage, copy, out) < 0)
            return -1;
    }
    return 0;
}

static int causal_record(void *state, const struct record *in, struct sink *out)
{
    const struct labeler *labeler = state;
    const struct causal_options *given = labeler->given;
    struct arena *arena = sink_arena(out);
    struct labeled labeled = {0};
    if (rec_present(in, SLICE("labels")) != NULL)
        return diag_error("labels: already present, so another filter has decided what to predict (or rename them: "
                          "quern fields --rename NEW=labels)");
    if (read_tokens(labeler, in, arena, &labeled) < 0)
        return -1;
    label_all(&labeled);
    if (given->document_start == START_IGNORE && ignore_starts(in, arena, &labeled) < 0)
        return -1;
    if (labeler->ignored != NULL)
        ignore_tokens(labeler, &labeled);
    if (given->loss_spans != NULL && keep_spans(labeler, in, arena, &labeled) < 0)
        return -1;
    return given->prefix ? emit_copies(labeler, in, &labeled, out) : emit_labels(labeler, in, labeled, NULL, 0, out);
}

/* ---- the end ---- */

static void causal_notes(const void *shared, const struct totals *totals)
{
    (void)shared;
    uint64_t empty = totals->counters[COUNT_EMPTY];
    if (empty > 0)
        diag_note("%" PRIu64 " of %" PRIu64 " record%s %s no token to predict: all labels are %d", empty, totals->out,
                  diag_s(totals->out), empty == 1 ? "has" : "have", IGNORE_INDEX);
}

static void causal_close(void *shared)
{
    struct labeler *labeler = shared;
    mem_free(labeler->ignored);
    mem_free(labeler);
}

const struct stage stage_causal = {
    .name = "causal",
    .summary = "write labels for a model that predicts the next token",
    .example = "$ echo '{\"input_ids\":[11,12,3,21,22],\"doc_ids\":[1,1,1,2,2]}' |\n"
               "    quern causal --document-start ignore | quern fields --keep labels\n"
               "{\"labels\":[11,12,3,-100,22]}",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct causal_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = causal_open,
    .close = causal_close,
    .record = causal_record,
    .notes = causal_notes,
};
