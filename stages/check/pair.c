/* pair.c - the verb pair: its options, and which document a record is of; see pair.h. */
#include "pair.h"

#include "text/json.h"

static const char *const task_names[] = {"nsp", "sop", "electra", "single", NULL};
static const char *const single_names[] = {"split", "drop", NULL};
const char *const pair_label_names[] = {"next_sentence_label", "sentence_order_label"};
static const char *const also_names[] = {"target_length", NULL};

static const struct option options[] = {
    OPTION_AGAINST(struct pair_options, common.against),
    OPTION_MODEL(struct pair_options, common.model),
    {"task", 0, OPT_CHOICE, OPT_AT(struct pair_options, task), .value = "TASK", .choices = task_names, .required = true,
     .help = "what was made"},
    {"length", 'l', OPT_INT, OPT_AT(struct pair_options, length), .value = "N", .min = 1, .max = INT32_MAX,
     .required = true, .help = "tokens of a record at most"},
    {"pool", 0, OPT_FILE, OPT_AT(struct pair_options, pool), .value = "FILE",
     .help = "the documents that foreign segments were drawn from"},
    {"short-prob", 0, OPT_TEXT, OPT_AT(struct pair_options, short_prob), .value = "P",
     .help = "share of the chunks with a shorter target; default: 0.1 for nsp and sop, 0.05 for electra, 0 for single"},
    {"single", 0, OPT_CHOICE, OPT_AT(struct pair_options, single), .value = "WHAT", .fallback = "split",
     .choices = single_names, .help = "what became of a chunk of one sentence"},
    {"single-prob", 0, OPT_TEXT, OPT_AT(struct pair_options, single_prob), .value = "P", .fallback = "0.1",
     .help = "share of the chunks that became one segment"},
    {"template", 0, OPT_TEXTS, OPT_AT(struct pair_options, template), .value = "TEXT",
     .help = "the special tokens; default: the tokenizer's"},
    {"max-memory", 0, OPT_SIZE, OPT_AT(struct pair_options, max_memory), .value = "SIZE", .fallback = "1G", .min = 1,
     .max = INT64_MAX, .help = "has no effect: the pool is held in memory"},
    {"emit", 0, OPT_WORDS, OPT_AT(struct pair_options, emit), .value = "LIST",
     .help = "members that were asked for; default: all"},
    {"also", 0, OPT_WORDS, OPT_AT(struct pair_options, also), .value = "LIST", .choices = also_names,
     .help = "members that were asked for"},
    OPTIONS_RANDOM(struct pair_options, random),
    {0},
};

static const char *const rules[] = {RULE_NAMES_COMMON, "id",      "length", "label",  "tokens", "carried",    "words",
                                    "ranges",          "sources", "cover",  "chunk",  "cut",    "foreign",    "labels",
                                    "short",           "targets", "cuts",   "single", "pool",   "beginnings", NULL};

/* ---- open ---- */

static int read_share(const char *option, const char *text, double *share)
{
    struct decimal p;
    if (!decimal_read(slice_of(text), 1, &p))
        return diag_error("--%s: expected a share from 0 to 1, found \"%s\"", option, text);
    *share = (double)p.digits;
    for (unsigned i = 0; i < p.scale; i++)
        *share /= 10;
    return 0;
}

static int open_layouts(struct check *check, struct pair *pair)
{
    const struct words *given = &pair->given->template;
    bool known = check->kinds != NULL && check->kinds->tokenizer != NULL;
    for (int two = 0; two < 2 && known; two++)
        layout_of_model(check->kinds, two, &pair->layouts[two]);
    for (size_t i = 0; i < given->len; i++) {
        struct layout layout;
        if (layout_read(check->kinds, given->items[i], &layout) < 0)
            return -1;
        pair->layouts[layout.pair] = layout;
    }
    pair->specials = pair->layouts[pair->given->task != TASK_SINGLE].specials;
    if ((size_t)pair->given->length < pair->specials + 2)
        return diag_error("--length: expected room for two tokens beside the special ones");
    return 0;
}

static int add_to_pool(void *state, const struct record *record, struct arena *arena)
{
    struct pair *pair = state;
    struct document *document = document_new(record, arena);
    if (document == NULL)
        return -1;
    if (document->count == 0) { /* nothing of it can be drawn */
        document_drop(document);
        return 0;
    }
    vec_push(&pair->pool, document);
    *map_put(pair->places, bytes_slice(&document->id)) = pair->pool.len;
    return 0;
}

static int pair_open(struct check *check, struct stage_context *context)
{
    static const char *const shares[] = {"0.1", "0.1", "0.05", "0"};
    const struct pair_options *given = context->options;
    struct pair *pair = check->state = mem_zalloc(1, sizeof *pair);
    struct report *report = check->report;
    pair->given = given;
    pair->places = map_new();
    if (read_share("short-prob", given->short_prob != NULL ? given->short_prob : shares[given->task],
                   &pair->short_prob) < 0 ||
        read_share("single-prob", given->single_prob, &pair->single_prob) < 0 || open_layouts(check, pair) < 0)
        return -1;
    for (size_t i = RULE_TOKENS; i <= RULE_CUT; i++)
        report_unchecked(report, i, "without --against");
    report_unchecked(report, LAW_CUTS, "without --against");
    report_unchecked(report, RULE_FOREIGN, given->task == TASK_NSP ? "without --pool and --against" : "only with nsp");
    report_unchecked(report, LAW_POOL, given->task == TASK_NSP ? "without --pool" : "only with nsp");
    report_unchecked(report, LAW_BEGINNINGS, given->task == TASK_NSP ? "without --pool" : "only with nsp");
    report_unchecked(report, LAW_SHORT, "needs --also target_length");
    report_unchecked(report, LAW_TARGETS, "needs --also target_length");
    report_unchecked(report, LAW_SINGLE, "only with electra");
    report_unchecked(report, LAW_LABELS, "no labels");
    report_unchecked(report, RULE_LABEL, "no labels");
    return given->pool != NULL ? chain_read(context, given->pool, add_to_pool, pair) : 0;
}

/* ---- which document ---- */

/* May [from, to), the tokens of a sentence, be left out? They are chunks of a word each. A chunk ends where the
 * sentence does, or where its room, of two tokens at least, cuts it. */
static bool is_words(const struct pair *pair, size_t from, size_t to)
{
    size_t least = pair->short_prob > 0 ? 2 : (size_t)pair->given->length - pair->specials;
    for (size_t end; from < to; from = end) {
        end = from + 1;
        while (end < to && !document_word_border(pair->document, end))
            end++;
        bool last = document_sentence_border(pair->document, end);
        size_t fits = document_sentence_end(pair->document, end) - from;
        if (end - from < least && !(last && (end == pair->document->count || fits > least)))
            return false;
    }
    return true;
}

/* What is left out of [from, to): chunks of one word, or with `drop` of one sentence. */
void pair_check_gap(struct check *check, struct pair *pair, size_t from, size_t to)
{
    const struct document *document = pair->document;
    bool drop = pair->given->single == SINGLE_DROP, labelled = pair->given->task <= TASK_SOP;
    report_checked(check->report, RULE_COVER);
    for (size_t end; from < to; from = end) {
        end = document_sentence_end(document, from);
        end = end < to ? end : to;
        if (labelled && (drop || is_words(pair, from, end)))
            continue;
        report_broken(check->report, RULE_COVER,
                      "expected tokens %zu to %zu of document %.*s in a pair, found them in none", from, end - 1,
                      (int)document->id.len, document->id.items);
        return;
    }
}

/* The round of the document's records. */
static uint32_t round_of(const struct pair *pair)
{
    const struct random_options *random = &pair->given->random;
    uint64_t round = random->epoch >= 0 ? (uint64_t)random->epoch : pair->document->epoch;
    return (uint32_t)(round * (random->copies > 0 ? (uint64_t)random->copies : 1) + (uint64_t)pair->copy);
}

/* The next round of the document, or the next document; `done` at the end. */
static int next_round(struct check *check, struct pair *pair, struct arena *arena)
{
    int64_t copies = pair->given->random.copies > 0 ? pair->given->random.copies : 1;
    if (pair->document != NULL)
        pair_check_gap(check, pair, pair->at, pair->document->count);
    pair->at = pair->number = 0;
    if (pair->document != NULL && ++pair->copy < copies)
        return 0;
    document_drop(pair->document);
    pair->document = NULL;
    pair->copy = 0;
    if (document_next(check, arena, &pair->document) < 0)
        return -1;
    pair->done = pair->document == NULL;
    return 0;
}

/* Finds the document and the round of a record. */
static int find_document(struct check *check, struct pair *pair, const struct record *in, struct arena *arena)
{
    const struct value *parent = rec_present(in, SLICE("parent"));
    struct slice id = parent != NULL ? rec_json(parent, arena) : SLICE("none");
    uint32_t epoch = 0;
    if (lineage_round(in, &epoch) < 0)
        report_broken(check->report, RULE_SHAPE, "%s", diag_message());
    report_checked(check->report, RULE_JOIN);
    while (!pair->done) {
        if (pair->document != NULL && slice_equal(bytes_slice(&pair->document->id), id) && round_of(pair) == epoch)
            return 0;
        if (next_round(check, pair, arena) < 0)
            return -1;
    }
    report_broken(check->report, RULE_JOIN,
                  "expected a record of a document of --against, in order, found parent %.*s, epoch %" PRIu32,
                  (int)id.len, id.ptr, epoch);
    return 0;
}

/* ---- a record ---- */

static void check_id(struct check *check, struct pair *pair, const struct record *in, struct arena *arena)
{
    struct bytes id = {0};
    const struct document *document = pair->document;
    const struct value *root = rec_present(in, SLICE("root"));
    struct slice parent = bytes_slice(&document->id), found = SLICE("none");
    bool says = pair->given->random.epoch >= 0 || pair->given->random.copies > 0 || document->has_epoch;
    if (parent.len > 0 && parent.ptr[0] == '"')
        parent = json_string(parent, arena);
    bytes_put(&id, parent);
    bytes_put(&id, SLICE("#p"));
    json_put_int(&id, (int64_t)pair->number++);
    report_checked(check->report, RULE_ID);
    if (rec_text(in, SLICE("id"), arena, &found) < 0 || !slice_equal(found, bytes_slice(&id)))
        report_broken(check->report, RULE_ID, "id: expected \"%.*s\"", (int)id.len, id.items);
    else if (root == NULL || !slice_equal(rec_json(root, arena), bytes_slice(&document->root)))
        report_broken(check->report, RULE_ID, "root: expected %.*s", (int)document->root.len, document->root.items);
    else if (check_has(in, "epoch") != says)
        report_broken(check->report, RULE_ID, "epoch: expected %s", says ? "it" : "none");
    vec_free(&id);
}

static bool asked(const struct pair *pair, const char *member)
{
    for (size_t i = 0; i < pair->given->emit.len; i++)
        if (strcmp(pair->given->emit.items[i], member) == 0)
            return true;
    return pair->given->emit.len == 0;
}

/* What the record alone tells. */
static bool check_alone(struct check *check, const struct pair *pair, const struct record *in, struct arena *arena,
                        struct texts *texts)
{
    struct row row = {0};
    struct source *sources;
    texts->label = -1;
    if (asked(pair, "input_ids") && !check_row(check, in, arena, false, &row))
        return false;
    report_checked(check->report, RULE_LENGTH);
    if (row.count > (size_t)pair->given->length)
        report_broken(check->report, RULE_LENGTH, "expected at most %" PRId64 " tokens, found %zu", pair->given->length,
                      row.count);
    if (!asked(pair, "sources") || !sources_read(check, in, arena, &sources, &texts->count))
        return false;
    if (pair->given->task > TASK_SOP || !asked(pair, pair_label_names[pair->given->task]))
        return true;
    report_checked(check->report, RULE_LABEL);
    if (!check_int(check, in, slice_of(pair_label_names[pair->given->task]), &texts->label))
        return false;
    bool other = texts->count == 2 && !slice_equal(sources[0].id, sources[1].id);
    int64_t expected = pair->given->task == TASK_NSP ? other
                       : texts->count == 2           ? sources[1].tokens.start < sources[0].tokens.start
                                                     : -1;
    if (texts->count == 2 && texts->label != expected)
        report_broken(check->report, RULE_LABEL, "%s: expected %" PRId64 " by the sources, found %" PRId64,
                      pair_label_names[pair->given->task], expected, texts->label);
    return true;
}

static int pair_record(struct check *check, const struct record *in, struct arena *arena)
{
    struct pair *pair = check->state;
    struct texts texts = {0};
    bool readable = check_alone(check, pair, in, arena, &texts);
    if (!check->against)
        return 0;
    if (find_document(check, pair, in, arena) < 0)
        return -1;
    if (pair->document == NULL)
        return 0;
    check_id(check, pair, in, arena);
    int64_t label = texts.label;
    texts = (struct texts){.label = label};
    if (readable && pair_read_texts(check, pair, in, arena, &texts))
        pair_check_texts(check, pair, in, &texts, arena);
    return 0;
}

static int pair_end(struct check *check, struct arena *arena)
{
    struct pair *pair = check->state;
    struct report *report = check->report;
    while (check->against && !pair->done)
        if (next_round(check, pair, arena) < 0)
            return -1;
    report_law(report, LAW_LABELS, drift_p(pair->labels, CLASSES), pair->label_count, "records");
    report_law(report, LAW_SHORT, drift_p(&pair->shorts, 1), pair->short_count, "targets");
    report_law(report, LAW_TARGETS, verdict_counts_p(pair->targets, pair->targets_expected, PLACES), pair->target_count,
               "targets");
    report_law(report, LAW_CUTS, drift_p(pair->cuts, 2), pair->cut_count, "cuts");
    report_law(report, LAW_SINGLE, drift_p(&pair->single, 1), pair->single_count, "chunks");
    report_law(report, LAW_POOL, verdict_counts_p(pair->drawn, pair->drawn_expected, PLACES), pair->drawn_count,
               "segments");
    report_law(report, LAW_BEGINNINGS, drift_p(&pair->beginnings, 1), pair->drawn_count, "segments");
    return 0;
}

static void pair_close(struct check *check)
{
    struct pair *pair = check->state;
    for (size_t i = 0; i < pair->pool.len; i++)
        document_drop(pair->pool.items[i]);
    vec_free(&pair->pool);
    map_free(pair->places);
    document_drop(pair->document);
    mem_free(pair);
}

static const struct task task = {rules, pair_open, pair_record, pair_end, pair_close};

static int open(struct stage_context *context, void **shared)
{
    return check_open(context, &task, &((const struct pair_options *)context->options)->common, shared);
}

const struct stage stage_check_pair = {
    .name = "check pair",
    .summary = "verify what pair has written",
    .example = "$ printf '%s' '{\"id\":\"a#p0\",\"sentence_order_label\":1,\"sources\":[' >a\n"
               "$ printf '%s\\n' '{\"id\":\"a\",\"tokens\":[1,2]},{\"id\":\"a\",\"tokens\":[0,1]}]}' >>a\n"
               "$ quern check pair --task sop --length 8 \\\n"
               "    --emit sentence_order_label,sources a | grep '^label '\n"
               "label                     1  ok",
    .class = STAGE_WHOLE,
    .text_out = true,
    .options = options,
    .options_size = sizeof(struct pair_options),
    .open = open,
    .close = check_close,
    .record = check_record,
    .end = check_end,
};
