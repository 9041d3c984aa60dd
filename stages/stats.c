/* stats.c - count what a data set contains.
 *
 *     quern stats [--json] [-f NAME] [--label NAME] [-m FILE] [--top N] [FILE …]
 *     quern stats merge [--json] [--top N] [FILE …]
 *
 * Each thread has its own counts (struct tally). They become a summary, a tree of integers that add up
 * (stats/summary.h): --json prints it, `merge` reads and adds summaries, and the tables are made from it. So the result
 * is the same whether the data was counted at once or in parts. */
#include "quern.h"
#include "record/masks.h"
#include "stats/cut.h"
#include "stats/ids.h"
#include "stats/lengths.h"
#include "stats/summary.h"
#include "stats/table.h"
#include "tokenizer/own_tokens.h"
#include "tokenizer/shared.h"
#include "tokenizer/word_starts.h"

struct stats_options {
    bool json;
    const char *field, *label;
    const char *model;
    int64_t mask_id, top;
    bool ids;
};

/* Options of both verbs. */
#define OPTION_JSON                                                                                                    \
    {                                                                                                                  \
        "json", 0, OPT_FLAG, OPT_AT(struct stats_options, json), .help = "write one line of JSON that can be merged"   \
    }
#define OPTION_TOP                                                                                                     \
    {                                                                                                                  \
        "top", 0, OPT_INT, OPT_AT(struct stats_options, top),                                                          \
            .value = "N", .fallback = "20", .min = 0, .max = INT32_MAX, .when = "!json",                               \
            .help = "how many labels and members to list; the others are summed up"                                    \
    }

static const struct option options[] = {
    OPTION_JSON,
    OPTION_FIELD(struct stats_options, field),
    {"label", 0, OPT_TEXT, OPT_AT(struct stats_options, label), .value = "NAME", .fallback = "label",
     .help = "the member whose values are counted separately"},
    OPTION_MODEL(struct stats_options, model),
    {"mask-id", 0, OPT_INT, OPT_AT(struct stats_options, mask_id), .value = "N", .fallback = "-1", .min = -1,
     .max = INT32_MAX, .help = "without --model: the id of the mask token; -1: unknown"},
    {"ids", 0, OPT_FLAG, OPT_AT(struct stats_options, ids), .when = "json",
     .help = "with --json: add what finds ids that occur more than once in several summaries"},
    OPTION_TOP,
    {0},
};

static const char *const reads[] = {"id",
                                    "epoch",
                                    "text",
                                    "label",
                                    "words",
                                    "word_ids",
                                    "tokens",
                                    "offset_mapping",
                                    "input_ids",
                                    "labels",
                                    "special_tokens_mask",
                                    NULL};

struct stats {
    const struct stats_options *options;
    bool color;
    bool asked_field, asked_label, asked_mask_id; /* options that must have an effect */
    const struct tokenizer *tokenizer;            /* NULL without --model */
    int32_t mask_id, unk_id;                      /* -1: not known */
    struct summary *sum;                          /* of all threads that have ended */
    struct ids ids;
};

struct masked {
    uint64_t records, unaligned, maskable, selected, kept, mask;
};

struct tally {
    const struct stats *stats;
    uint64_t records, text_bytes;
    uint64_t unknown, with_offsets, cut;
    struct ids ids;
    struct lengths text, words, tokens;
    struct map *members, *label_texts, *label_integers;
    struct masked masked;
    struct bytes scratch;
};

/* ---- open ---- */

static int find_ids(struct stage_context *context, struct stats *stats)
{
    const struct stats_options *given = stats->options;
    stats->mask_id = (int32_t)given->mask_id;
    stats->unk_id = -1;
    if (given->model == NULL)
        return 0;
    if (given->mask_id >= 0)
        return diag_error("--mask-id does not go with --model, which supplies it");
    stats->tokenizer = shared_tokenizer(context, given->model);
    if (stats->tokenizer == NULL)
        return -1;
    stats->mask_id = tokenizer_mask_id(stats->tokenizer);
    stats->unk_id = tokenizer_unk_id(stats->tokenizer);
    return 0;
}

static int stats_open(struct stage_context *context, void **shared)
{
    struct stats made = {
        .options = context->options,
        .color = context->color,
        .asked_field = opt_given(context, "field"),
        .asked_label = opt_given(context, "label"),
        .asked_mask_id = opt_given(context, "mask-id"),
    };
    if (find_ids(context, &made) != 0)
        return -1;
    struct stats *stats = mem_alloc(sizeof *stats);
    *stats = made;
    stats->sum = summary_new();
    *shared = stats;
    return 0;
}

static int stats_thread_open(void *shared, void **thread)
{
    struct tally *tally = mem_zalloc(1, sizeof *tally);
    tally->stats = shared;
    tally->members = map_new();
    tally->label_texts = map_new();
    tally->label_integers = map_new();
    *thread = tally;
    return 0;
}

/* ---- record ---- */

/* The parts of a record that are counted; all are read before any is counted. */
struct view {
    bool has_text, has_words, has_tokens, has_labels;
    struct slice text;
    size_t words, tokens, label_count;
    const int32_t *input_ids, *labels, *special;
    const struct value *label;
    int64_t label_integer;
    struct slice label_text;
    bool label_is_text;
    bool has_id;
    uint64_t id; /* a hash of the id and the round */
    bool has_offsets;
    size_t length;              /* of the text, if it has offsets */
    const struct span *offsets; /* if they are needed */
    size_t offset_count;
};

static int read_text(const struct tally *tally, const struct record *in, struct arena *arena, struct view *view)
{
    struct slice field = slice_of(tally->stats->options->field);
    view->has_text = rec_present(in, field) != NULL;
    return view->has_text ? rec_text(in, field, arena, &view->text) : 0;
}

/* Copies of a record have its id, but a round of their own. */
static int read_id(const struct record *in, struct arena *arena, struct view *view)
{
    struct identity identity;
    uint32_t round;
    view->has_id = rec_present(in, SLICE("id")) != NULL;
    if (!view->has_id)
        return 0;
    if (lineage_identity(in, SLICE("id"), arena, &identity) < 0 || lineage_round(in, &round) < 0)
        return -1;
    struct rng rng = rng_start((struct rng_key){0}, identity, round);
    view->id = rng_bits(&rng, 0);
    return 0;
}

static int read_offsets(const struct record *in, struct arena *arena, struct view *view)
{
    const struct value *value = rec_present(in, SLICE("offset_mapping"));
    view->has_offsets = view->has_text && value != NULL;
    if (!view->has_offsets)
        return 0;
    view->length = text_length(view->text);
    if (value->kind == VALUE_RAW && cut_is_whole((struct slice){value->bytes, value->count}, view->length))
        return 0;
    return rec_spans(in, SLICE("offset_mapping"), arena, &view->offsets, &view->offset_count);
}

static bool is_text(const struct value *value)
{
    return value->kind == VALUE_TEXT || (value->kind == VALUE_RAW && value->count > 0 && value->bytes[0] == '"');
}

static int read_label(const struct tally *tally, const struct record *in, struct arena *arena, struct view *view)
{
    struct slice name = slice_of(tally->stats->options->label);
    view->label = rec_present(in, name);
    if (view->label == NULL)
        return 0;
    view->label_is_text = is_text(view->label);
    if (view->label_is_text)
        return rec_text(in, name, arena, &view->label_text);
    if (rec_int(in, name, &view->label_integer) != 0)
        return diag_error("%.*s: expected a string or a 64-bit integer", (int)name.len, name.ptr);
    return 0;
}

/* Without `words`, a word is a run of equal word_ids. */
static int read_words(const struct record *in, struct arena *arena, struct view *view)
{
    const struct span *spans;
    const int32_t *word_ids;
    size_t count;
    if (rec_present(in, SLICE("words")) != NULL) {
        view->has_words = true;
        return rec_spans(in, SLICE("words"), arena, &spans, &view->words);
    }
    uint8_t *kinds;
    if (rec_present(in, SLICE("word_ids")) == NULL)
        return 0;
    if (rec_ints(in, SLICE("word_ids"), arena, &word_ids, &count) != 0 ||
        word_starts_read(in, count, arena, &kinds) != 0)
        return -1;
    view->has_words = true;
    if (kinds != NULL)
        word_ids = word_starts(word_ids, NULL, kinds, count, arena);
    for (size_t i = 0; i < count; i++)
        view->words += word_ids[i] >= 0 && (i == 0 || word_ids[i] != word_ids[i - 1]);
    return 0;
}

static int read_tokens(const struct stats *stats, const struct record *in, struct arena *arena, struct view *view)
{
    size_t count;
    view->has_tokens = rec_present(in, SLICE("input_ids")) != NULL;
    if (!view->has_tokens)
        return 0;
    if (rec_ints(in, SLICE("input_ids"), arena, &view->input_ids, &view->tokens) != 0)
        return -1;
    if (stats->tokenizer != NULL &&
        own_tokens_check(stats->tokenizer, stats->options->model, in, view->input_ids, view->tokens, arena) != 0)
        return -1;
    view->has_labels = rec_present(in, SLICE("labels")) != NULL;
    if (!view->has_labels)
        return 0;
    if (rec_ints(in, SLICE("labels"), arena, &view->labels, &view->label_count) != 0)
        return -1;
    if (rec_present(in, SLICE("special_tokens_mask")) == NULL)
        return 0;
    if (rec_ints(in, SLICE("special_tokens_mask"), arena, &view->special, &count) != 0)
        return -1;
    if (count != view->tokens)
        return diag_error("special_tokens_mask: expected %zu items, as in input_ids, found %zu", view->tokens, count);
    return 0;
}

static void count_masked(struct masked *masked, const struct record *in, const struct view *view, int32_t mask_id)
{
    masked->records++;
    if (view->label_count != view->tokens ||
        !masks_are(in, view->input_ids, view->labels, view->special, view->tokens)) { /* labels of another task */
        masked->unaligned++;
        return;
    }
    for (size_t i = 0; i < view->tokens; i++) {
        masked->maskable += view->special == NULL || view->special[i] == 0;
        if (view->labels[i] == IGNORE_INDEX)
            continue;
        masked->selected++;
        if (view->input_ids[i] == view->labels[i])
            masked->kept++;
        else if (view->input_ids[i] == mask_id)
            masked->mask++;
    }
}

/* A masked token is not unknown. */
static uint64_t count_unknown(const struct view *view, int32_t unk_id)
{
    uint64_t unknown = 0;
    for (size_t i = 0; unk_id >= 0 && i < view->tokens; i++)
        unknown += view->input_ids[i] == unk_id;
    return unknown;
}

static void count_text(struct tally *tally, const struct view *view)
{
    tally->text_bytes += view->text.len;
    lengths_add(&tally->text, view->has_offsets ? view->length : text_length(view->text));
    tally->with_offsets += view->has_offsets;
    tally->cut += view->offset_count > 0 && cut_is(view->text, view->length, view->offsets, view->offset_count);
}

static void count_label(struct tally *tally, const struct view *view)
{
    if (view->label_is_text) {
        ++*map_put(tally->label_texts, view->label_text);
        return;
    }
    tally->scratch.len = 0;
    json_put_int(&tally->scratch, view->label_integer);
    ++*map_put(tally->label_integers, bytes_slice(&tally->scratch));
}

static int count_record(struct tally *tally, const struct record *in, struct arena *arena)
{
    struct view view = {0};
    if (read_id(in, arena, &view) != 0 || read_text(tally, in, arena, &view) != 0 ||
        read_label(tally, in, arena, &view) != 0 || read_words(in, arena, &view) != 0 ||
        read_tokens(tally->stats, in, arena, &view) != 0 || read_offsets(in, arena, &view) != 0)
        return -1;
    tally->records++;
    tally->unknown += count_unknown(&view, tally->stats->unk_id);
    if (view.has_id)
        ids_add(&tally->ids, view.id);
    if (view.has_text)
        count_text(tally, &view);
    if (view.has_words)
        lengths_add(&tally->words, view.words);
    if (view.has_tokens)
        lengths_add(&tally->tokens, view.tokens);
    if (view.has_labels)
        count_masked(&tally->masked, in, &view, tally->stats->mask_id);
    if (view.label != NULL)
        count_label(tally, &view);
    for (uint32_t i = 0; i < in->count; i++)
        ++*map_put(tally->members, in->members[i].name);
    return 0;
}

static int stats_record(void *state, const struct record *in, struct sink *out)
{
    return count_record(state, in, sink_arena(out));
}

/* ---- end ---- */

static void put_map(struct summary *object, struct slice name, const struct map *map)
{
    if (map_len(map) == 0)
        return;
    struct summary *histogram = summary_put_object(object, name);
    for (size_t i = 0; i < map_len(map); i++)
        summary_put_number(histogram, map_at(map, i)->key, (int64_t)map_at(map, i)->value);
}

static void put_masked(const struct tally *tally, struct summary *sum)
{
    const struct masked *masked = &tally->masked;
    if (masked->records == 0)
        return;
    struct summary *object = summary_put_object(sum, SLICE("masked"));
    summary_put_number(object, SLICE("records"), (int64_t)masked->records);
    summary_put_number(object, SLICE("unaligned"), (int64_t)masked->unaligned);
    summary_put_number(object, SLICE("maskable"), (int64_t)masked->maskable);
    summary_put_number(object, SLICE("selected"), (int64_t)masked->selected);
    summary_put_number(object, SLICE("kept"), (int64_t)masked->kept);
    if (tally->stats->mask_id < 0)
        return;
    summary_put_number(object, SLICE("mask"), (int64_t)masked->mask);
    summary_put_number(object, SLICE("random"), (int64_t)(masked->selected - masked->kept - masked->mask));
}

static void put_id(struct summary *object, struct slice name, int32_t id)
{
    struct bytes text = {0};
    if (id >= 0)
        json_put_int(&text, id);
    summary_put_text(object, name, bytes_slice(&text));
    vec_free(&text);
}

/* The options that the numbers depend on. They are texts because texts must be equal when summaries are merged. */
static void put_options(const struct stats *stats, struct summary *sum)
{
    struct summary *object = summary_put_object(sum, SLICE("options"));
    summary_put_text(object, SLICE("field"), slice_of(stats->options->field));
    summary_put_text(object, SLICE("ids"), stats->options->ids ? SLICE("yes") : SLICE(""));
    summary_put_text(object, SLICE("label"), slice_of(stats->options->label));
    put_id(object, SLICE("mask_id"), stats->mask_id);
    put_id(object, SLICE("unk_id"), stats->unk_id);
}

static struct summary *summarize(const struct tally *tally)
{
    struct summary *sum = summary_new();
    summary_put_text(sum, SLICE("format"), SLICE(STATS_FORMAT));
    put_options(tally->stats, sum);
    summary_put_number(sum, SLICE("records"), (int64_t)tally->records);
    if (tally->text.count > 0) {
        struct summary *text = lengths_put(&tally->text, sum, SLICE("text"));
        summary_put_number(text, SLICE("bytes"), (int64_t)tally->text_bytes);
    }
    if (tally->words.count > 0)
        (void)lengths_put(&tally->words, sum, SLICE("words"));
    if (tally->tokens.count > 0) {
        struct summary *tokens = lengths_put(&tally->tokens, sum, SLICE("tokens"));
        if (tally->stats->unk_id >= 0)
            summary_put_number(tokens, SLICE("unknown"), (int64_t)tally->unknown);
    }
    if (tally->with_offsets > 0) {
        struct summary *cut = summary_put_object(sum, SLICE("truncated"));
        summary_put_number(cut, SLICE("cut"), (int64_t)tally->cut);
        summary_put_number(cut, SLICE("examined"), (int64_t)tally->with_offsets);
    }
    put_masked(tally, sum);
    put_map(sum, SLICE("members"), tally->members);
    if (map_len(tally->label_texts) + map_len(tally->label_integers) > 0) {
        struct summary *labels = summary_put_object(sum, SLICE("labels"));
        put_map(labels, SLICE("strings"), tally->label_texts);
        put_map(labels, SLICE("integers"), tally->label_integers);
    }
    return sum;
}

static int stats_merge(void *shared, void *thread)
{
    struct stats *stats = shared;
    const struct tally *tally = thread;
    struct summary *sum = summarize(tally);
    int status = summary_merge(stats->sum, sum);
    ids_merge(&stats->ids, &tally->ids);
    summary_free(sum);
    return status;
}

/* ---- options without effect ---- */

static int without_effect(const char *option, const char *value, const char *what)
{
    return diag_kind(STATUS_DATA, "--%s %s has no effect: no record has %s", option, value, what);
}

/* A misspelled name must not look like a result. */
static int check_effect(const struct stats *stats)
{
    const struct stats_options *given = stats->options;
    const struct summary *sum = stats->sum;
    if (summary_number(sum, SLICE("records")) == 0)
        return 0;
    if (stats->asked_field && summary_object(sum, SLICE("text")) == NULL)
        return without_effect("field", given->field, "this member");
    if (stats->asked_label && summary_object(sum, SLICE("labels")) == NULL)
        return without_effect("label", given->label, "this member");
    if (given->model != NULL && summary_object(sum, SLICE("tokens")) == NULL)
        return without_effect("model", given->model, "input_ids");
    if (stats->asked_mask_id && given->mask_id >= 0 && summary_object(sum, SLICE("masked")) == NULL)
        return diag_kind(STATUS_DATA, "--mask-id has no effect: no record has input_ids and labels");
    return 0;
}

static bool is_of_records(const struct summary *sum)
{
    return slice_is(summary_fixed(sum, SLICE("format")), "\"" STATS_FORMAT "\"");
}

/* Prints tables if the summary has any: the counters of a run (--stats) have none. */
static int print(const struct stats *stats, struct bytes *out)
{
    if (stats->options->json || !is_of_records(stats->sum)) {
        summary_print(stats->sum, out);
        return 0;
    }
    const struct table_options how = {.top = stats->options->top, .color = stats->color};
    int status = table_print(stats->sum, stats->ids.records > 0 ? &stats->ids : NULL, &how, out);
    if (status == 0)
        out->len--; /* the runner adds the last newline */
    return status;
}

static int emit_result(const struct stats *stats, struct sink *out)
{
    struct bytes text = {0};
    int status = print(stats, &text);
    if (status == 0)
        status = sink_emit(out, rec_show(sink_arena(out), arena_copy(sink_arena(out), bytes_slice(&text))));
    vec_free(&text);
    return status;
}

static int stats_end(void *shared, struct sink *out)
{
    struct stats *stats = shared;
    int effect = check_effect(stats);
    if (effect != 0 && stats->options->json)
        diag_note("%s", diag_message()); /* this may be a part of the records */
    else if (effect != 0)
        return -1;
    if (stats->options->ids)
        ids_put(&stats->ids, summary_put_object(stats->sum, SLICE("ids")));
    return emit_result(stats, out);
}

/* ---- close ---- */

static void stats_thread_close(void *thread)
{
    struct tally *tally = thread;
    map_free(tally->members);
    map_free(tally->label_texts);
    map_free(tally->label_integers);
    ids_release(&tally->ids);
    vec_free(&tally->scratch);
    mem_free(tally);
}

static void stats_close(void *shared)
{
    struct stats *stats = shared;
    summary_free(stats->sum);
    ids_release(&stats->ids);
    mem_free(stats);
}

/* ---- the verb merge ---- */

static const struct option merge_options[] = {
    OPTION_JSON,
    OPTION_TOP,
    {0},
};

static int merge_open(struct stage_context *context, void **shared)
{
    struct stats *stats = mem_zalloc(1, sizeof *stats);
    stats->options = context->options;
    stats->color = context->color;
    stats->sum = summary_new();
    *shared = stats;
    return 0;
}

/* Only these say what they are. Any other object would add up to something as well. */
static int check_summary(const struct summary *read)
{
    if (is_of_records(read) || summary_fixed(read, SLICE("quern")).len > 0)
        return 0;
    return diag_error("not a summary: expected a line that \"quern stats --json\" or the option --stats has written");
}

static int read_summary(const struct record *in, struct summary *read, struct ids *ids)
{
    struct bytes text = {0};
    rec_print(in, &text);
    int status = summary_read(read, bytes_slice(&text));
    vec_free(&text);
    if (status != 0 || check_summary(read) != 0)
        return -1;
    struct summary *own = summary_take(read, SLICE("ids"));
    status = ids_read(ids, own);
    summary_free(own);
    return status;
}

/* A record that is not a summary is a bad record. Summaries that do not fit together end the run instead: skipping one
 * of them would make the result depend on their order. Runs in one thread, so that the message always names the first
 * one that does not fit those before it. */
static int merge_record(void *shared, const struct record *in, struct sink *out)
{
    struct stats *stats = shared;
    struct summary *read = summary_new();
    struct ids ids = {0};
    (void)out;
    int status = read_summary(in, read, &ids);
    if (status == 0 && summary_merge(stats->sum, read) != 0)
        status = diag_kind(STATUS_DATA, "%s", diag_message());
    else if (status == 0)
        ids_merge(&stats->ids, &ids);
    summary_free(read);
    ids_release(&ids);
    return status;
}

static int merge_end(void *shared, struct sink *out)
{
    struct stats *stats = shared;
    if (summary_count(stats->sum) == 0)
        return diag_kind(STATUS_DATA, "there is no summary to merge");
    if (stats->ids.records > 0)
        ids_put(&stats->ids, summary_put_object(stats->sum, SLICE("ids")));
    return emit_result(stats, out);
}

static const struct stage stats_merge_verb = {
    .name = "stats merge",
    .summary = "add up summaries that were written with --json (or --stats)",
    .example = "$ for part in 1 2; do echo '{\"text\":\"a\"}' | quern stats --json >$part; done\n"
               "$ quern stats merge 1 2 | grep '^records  *2'\n"
               "records         2",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = merge_options,
    .options_size = sizeof(struct stats_options),
    .open = merge_open,
    .close = stats_close,
    .record = merge_record,
    .end = merge_end,
};

static const struct stage *const verbs[] = {&stats_merge_verb, NULL};

const struct stage stage_stats = {
    .name = "stats",
    .summary = "count what a data set holds",
    .example = "$ printf '{\"label\":\"%s\"}\\n' noun verb noun |\n"
               "    quern stats | grep -A 2 '^label.*share'\n"
               "label       records  share\n"
               "noun              2  66.7%\n"
               "verb              1  33.3%",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct stats_options),
    .verbs = verbs,
    .reads = reads,
    .open = stats_open,
    .close = stats_close,
    .thread_open = stats_thread_open,
    .thread_close = stats_thread_close,
    .record = stats_record,
    .merge = stats_merge,
    .end = stats_end,
};
