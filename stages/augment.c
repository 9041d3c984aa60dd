/* augment.c - variants of a record whose label still holds.
 *
 *     quern augment [--ops sr,ri,rs,rd] [--num N] [--alpha A] [--synonyms FILE] [--stopwords NAME|FILE] … [FILE …]
 *
 *     $ echo '{"id":7,"text":"A good mill grinds."}' | quern augment --ops rs --num 1 --emit synthetic
 *     {"id":"7#rs1","text":"A good grinds mill.","parent":7,"root":7,"op":"rs",
 *      "edits":[{"start":7,"end":11,"old":"mill","new":"grinds"},{"start":12,"end":18,"old":"grinds","new":"mill"}]}
 *
 * (One line; here it is broken.) This file has the options and the records. What the operations work on is in
 * augment/draft.h, the operations are a file each in augment/, and augment/variants.h says which of them make the
 * variants of a record. */
#include "augment/augment.h"
#include "augment/protect.h"
#include "augment/variants.h"
#include "quern.h"

#include <inttypes.h>

static const char *const emit_names[] = {"both", "synthetic", NULL};
static const char *const policy_names[] = {"each", "random", "all", NULL};
static const char *const protect_names[] = {"entities", "negations", "numbers", "addresses", "none", NULL};

const struct op all_ops[] = {
    {"sr", OP_SR, op_sr, true, true},  {"ri", OP_RI, op_ri, true, true},         {"rs", OP_RS, op_rs, true, false},
    {"rd", OP_RD, op_rd, true, false}, {"aeda", OP_AEDA, op_aeda, false, false}, {0},
};
static const char *const op_names[] = {"sr", "ri", "rs", "rd", "aeda", NULL};

static const struct option options[] = {
    {"ops", 0, OPT_WORDS, OPT_AT(struct augment_options, ops), .value = "OP,...", .fallback = "sr,ri,rs,rd",
     .choices = op_names, .help = "the operations, which take turns"},
    {"num", 'n', OPT_INT, OPT_AT(struct augment_options, num), .value = "N", .fallback = "4", .min = 1,
     .max = MOST_VARIANTS, .help = "how many variants to make of each record"},
    {"emit", 0, OPT_CHOICE, OPT_AT(struct augment_options, emit), .value = "WHAT", .fallback = "both",
     .choices = emit_names, .help = "both: the record, then its variants; synthetic: the variants only"},
    {"policy", 0, OPT_CHOICE, OPT_AT(struct augment_options, policy), .value = "HOW", .fallback = "each",
     .choices = policy_names,
     .help = "each: the operations make a variant in turn; random: one is drawn for each variant; all: each variant "
             "goes through all of them in their order"},
    {"alpha", 0, OPT_DECIMAL, OPT_AT(struct augment_options, alpha), .value = "A", .fallback = "0.1",
     .help = "share of the words to change, at least one; rd: the probability that a word falls"},
    {"alpha-for", 0, OPT_WORDS, OPT_AT(struct augment_options, alpha_for), .value = "OP=A,...",
     .help = "another --alpha for some operations; 0 turns one off"},
    {"synonyms", 0, OPT_FILE, OPT_AT(struct augment_options, synonyms), .value = "FILE",
     .help = "a lexicon of synonyms, for sr and ri: lines of a word and its synonyms, with tabs between them, or a "
             "compiled one"},
    {"senses", 0, OPT_INT, OPT_AT(struct augment_options, senses), .value = "N", .fallback = "2", .min = 0,
     .max = INT32_MAX, .when = "synonyms", .help = "use the synonyms of the first N senses of a word; 0: of all"},
    {"multiword", 0, OPT_FLAG, OPT_AT(struct augment_options, multiword), .when = "synonyms",
     .help = "allow synonyms that contain a space"},
    {"all-occurrences", 0, OPT_FLAG, OPT_AT(struct augment_options, all_occurrences), .when = "synonyms",
     .help = "sr: replace a word wherever it occurs in the text, by the same synonym"},
    {"stopwords", 0, OPT_FILE, OPT_AT(struct augment_options, stopwords), .value = "NAME|FILE",
     .help =
         "words that sr and ri leave alone: a list of your own, or en or zh, which are built in; by default that of "
         "the language"},
    {"protect", 0, OPT_WORDS, OPT_AT(struct augment_options, protect), .value = "WHAT,...",
     .fallback = "entities,negations", .choices = protect_names, .help = "what no operation may touch"},
    {"protect-words", 0, OPT_FILE, OPT_AT(struct augment_options, protect_words), .value = "FILE",
     .help = "words and phrases that no operation may touch"},
    {"protect-pattern", 0, OPT_TEXTS, OPT_AT(struct augment_options, protect_pattern), .value = "RE",
     .help = "a regular expression; what it matches is not touched. May be given several times"},
    {"focus-words", 0, OPT_FILE, OPT_AT(struct augment_options, focus_words), .value = "FILE",
     .help = "sr and ri take only words of this list"},
    {"only", 0, OPT_TEXTS, OPT_AT(struct augment_options, only), .value = "CONDITION",
     .help = "make variants only of records that satisfy the condition (see quern-select(1)); the others pass"},
    {"fields", 0, OPT_WORDS, OPT_AT(struct augment_options, fields), .value = "NAME,...", .fallback = "text",
     .help = "the members to change"},
    {"strict", 0, OPT_FLAG, OPT_AT(struct augment_options, strict),
     .help = "a record of which fewer variants can be made than wanted is bad"},
    OPTION_LANG(struct augment_options, words.lang),
    OPTION_WORD_LEXICON(struct augment_options, words.lexicon),
    OPTIONS_RANDOM(struct augment_options, random),
    {0},
};

static const char *const reads[] = {"id",      "text",      "lang",     "root",      "epoch", "words",
                                    "phrases", "sentences", "entities", "stopwords", NULL};
static const char *const writes[] = {"id",     "text", "entities", "sentences", "words", "phrases", "stopwords",
                                     "parent", "root", "op",       "edits",     "epoch", NULL};

enum { COUNT_ORIGINALS, COUNT_VARIANTS, COUNT_EXHAUSTED, COUNT_UNCHOSEN, COUNTERS };
static const char *const counters[] = {[COUNT_ORIGINALS] = "originals",
                                       [COUNT_VARIANTS] = "variants",
                                       [COUNT_EXHAUSTED] = "exhausted",
                                       [COUNT_UNCHOSEN] = "unchosen",
                                       NULL};

/* ---- open ---- */

static const struct op *find_op(struct slice name)
{
    for (const struct op *op = all_ops; op->name != NULL; op++)
        if (slice_is(name, op->name))
            return op;
    return NULL;
}

/* OP=A, for an operation that is used. */
static int read_alpha_for(struct augment *augment, const char *item)
{
    const char *equals = strchr(item, '=');
    struct decimal alpha;
    if (equals == NULL || !decimal_read(slice_of(equals + 1), 1, &alpha))
        return diag_error("--alpha-for: expected OP=A with A from 0 to 1, found \"%s\"", item);
    struct slice name = slice_between(item, equals);
    for (size_t i = 0; i < augment->op_count; i++) {
        if (!slice_is(name, augment->ops[i].op->name))
            continue;
        augment->ops[i].alpha = alpha;
        return augment->ops[i].op->uses_alpha ? 0
                                              : diag_error("--alpha-for: %s has no alpha", augment->ops[i].op->name);
    }
    return diag_error("--alpha-for: \"%.*s\" is not among the operations (--ops)", (int)name.len, name.ptr);
}

static int open_ops(struct stage_context *context, struct augment *augment)
{
    const struct augment_options *given = augment->given;
    bool uses_alpha = false;
    for (size_t i = 0; i < given->ops.len; i++) {
        const struct op *op = find_op(slice_of(given->ops.items[i]));
        for (size_t j = 0; j < augment->op_count; j++)
            if (augment->ops[j].op == op)
                return diag_error("--ops: %s is given twice", op->name);
        augment->ops[augment->op_count++] = (struct op_use){op, given->alpha};
        uses_alpha = uses_alpha || op->uses_alpha;
    }
    if (opt_given(context, "alpha") && !uses_alpha)
        return diag_error("--alpha has no effect on these operations (--ops)");
    for (size_t i = 0; i < given->alpha_for.len; i++)
        if (read_alpha_for(augment, given->alpha_for.items[i]) < 0)
            return -1;
    size_t kept = 0;
    for (size_t i = 0; i < augment->op_count; i++)
        if (!augment->ops[i].op->uses_alpha || augment->ops[i].alpha.digits > 0)
            augment->ops[kept++] = augment->ops[i];
    augment->op_count = kept;
    if (kept == 0)
        return diag_error("there is no operation left: --ops is empty, or every alpha is 0");
    if (kept == 1 && given->policy != POLICY_EACH)
        return diag_error("--policy has no effect with one operation (--ops)");
    return 0;
}

static bool uses_op(const struct augment *augment, enum op_number number)
{
    for (size_t i = 0; i < augment->op_count; i++)
        if (augment->ops[i].op->number == number)
            return true;
    return false;
}

static int open_protect(struct augment *augment)
{
    static const unsigned bits[] = {PROTECT_ENTITIES, PROTECT_NEGATIONS, PROTECT_NUMBERS, PROTECT_ADDRESSES, 0};
    const struct augment_options *given = augment->given;
    struct draft_rules *rules = &augment->rules;
    for (size_t i = 0; i < given->protect.len; i++)
        for (size_t j = 0; protect_names[j] != NULL; j++)
            if (strcmp(given->protect.items[i], protect_names[j]) == 0)
                rules->protect |= bits[j];
    if (words_has(&given->protect, SLICE("none")) && given->protect.len > 1)
        return diag_error("--protect: none goes with nothing else");
    bool addresses = (rules->protect & PROTECT_ADDRESSES) != 0;
    rules->patterns = mem_zalloc(given->protect_pattern.len + addresses, sizeof *rules->patterns);
    for (size_t i = 0; i < given->protect_pattern.len + addresses; i++) {
        struct slice text =
            i < given->protect_pattern.len ? slice_of(given->protect_pattern.items[i]) : protect_addresses();
        rules->patterns[i] = regex_new(text, 0);
        if (rules->patterns[i] == NULL)
            return diag_within("--protect-pattern: %s", diag_message());
        rules->pattern_count++;
    }
    return 0;
}

/* A lexicon that is looked up by keys; *lexicon stays NULL if it is not given. */
static int open_keyed(struct stage_context *context, const char *path, const struct lexicon **lexicon)
{
    if (path != NULL)
        *lexicon = chain_share(context, "keyed lexicon", path, lexicon_load_keyed, lexicon_free);
    return path != NULL && *lexicon == NULL ? -1 : 0;
}

static int open_lexicons(struct stage_context *context, struct augment *augment)
{
    const struct augment_options *given = augment->given;
    struct draft_rules *rules = &augment->rules;
    bool synonyms = uses_op(augment, OP_SR) || uses_op(augment, OP_RI);
    if (synonyms && given->synonyms == NULL)
        return diag_error("--synonyms FILE is missing: sr and ri need a lexicon of synonyms (see quern-lexicon(1)); "
                          "--ops rs,rd do without");
    if (!synonyms && given->synonyms != NULL)
        return diag_error("--synonyms has no effect without sr or ri (--ops)");
    if (!synonyms && given->focus_words != NULL)
        return diag_error("--focus-words has no effect without sr or ri (--ops)");
    if (given->all_occurrences && !uses_op(augment, OP_SR))
        return diag_error("--all-occurrences has no effect without sr (--ops)");
    if (given->stopwords != NULL && !synonyms && (rules->protect & PROTECT_NEGATIONS) == 0)
        return diag_error("--stopwords has no effect without sr or ri (--ops), or --protect negations");
    if (stop_lists_open(context, given->stopwords, &augment->stops) < 0 ||
        open_keyed(context, given->protect_words, &rules->protected) < 0 ||
        open_keyed(context, given->focus_words, &rules->focus) < 0)
        return -1;
    rules->stops = &augment->stops;
    rules->choice = (struct lexicon_choice){(size_t)given->senses, given->multiword};
    if (synonyms) {
        rules->synonyms = chain_share(context, "synonyms", given->synonyms, lexicon_load_synonyms, lexicon_free);
        return rules->synonyms == NULL ? -1 : 0;
    }
    return 0;
}

static int open_fields(struct stage_context *context, struct augment *augment)
{
    const struct words *names = &augment->given->fields;
    if (names->len > MOST_FIELDS)
        return diag_error("--fields: more than %d names", MOST_FIELDS);
    augment->names_fields = opt_given(context, "fields");
    augment->fields = mem_zalloc(names->len, sizeof *augment->fields);
    for (size_t i = 0; i < names->len; i++) {
        for (size_t j = 0; j < i; j++)
            if (slice_is(augment->fields[j], names->items[i]))
                return diag_error("--fields: %s is given twice", names->items[i]);
        augment->fields[i] = slice_of(names->items[i]);
    }
    augment->field_count = names->len;
    return 0;
}

static void augment_close(void *shared)
{
    struct augment *augment = shared;
    for (size_t i = 0; i < augment->rules.pattern_count; i++)
        regex_free(augment->rules.patterns[i]);
    mem_free(augment->rules.patterns);
    mem_free(augment->fields);
    conditions_free(augment->only);
    mem_free(augment);
}

static int augment_open(struct stage_context *context, void **shared)
{
    struct augment *augment = mem_zalloc(1, sizeof *augment);
    const struct augment_options *given = augment->given = context->options;
    augment->key = rng_key(&given->random, "augment");
    if (lineage_check(&given->random) < 0 || open_ops(context, augment) < 0 || open_fields(context, augment) < 0 ||
        open_protect(augment) < 0 || word_rules_open(context, &given->words, &augment->rules.words) < 0 ||
        open_lexicons(context, augment) < 0 ||
        (given->only.len > 0 && (augment->only = conditions_new(&given->only, false, false)) == NULL)) {
        augment_close(augment);
        return -1;
    }
    *shared = augment;
    return 0;
}

/* ---- threads ---- */

struct augmenter {
    const struct augment *augment;
    struct variants variants;
    struct condition_thread *only;
};

static void augment_thread_close(void *thread)
{
    struct augmenter *augmenter = thread;
    variants_release(&augmenter->variants);
    condition_thread_free(augmenter->only);
    mem_free(augmenter);
}

static int augment_thread_open(void *shared, void **thread)
{
    struct augmenter *augmenter = mem_zalloc(1, sizeof *augmenter);
    augmenter->augment = shared;
    if (augmenter->augment->only != NULL)
        augmenter->only = condition_thread_new(augmenter->augment->only);
    if (variants_open(&augmenter->variants, augmenter->augment) < 0) {
        augment_thread_close(augmenter);
        return -1;
    }
    *thread = augmenter;
    return 0;
}

/* ---- record ---- */

/* A record and a round of it, for emit_variant. */
struct copy {
    const struct record *in;
    const struct lineage *lineage;
    int64_t number;
    const struct augment *augment;
    struct sink *out;
};

static int emit_variant(void *state, const struct variant *variant)
{
    const struct copy *copy = state;
    struct arena *arena = sink_arena(copy->out);
    struct record *made = rec_derive(arena, copy->in);
    for (size_t i = 0; i < copy->augment->field_count; i++)
        draft_set(&variant->after[i], made, arena);
    if (lineage_child(made, copy->in, variant->mark, variant->number, arena) < 0)
        return -1;
    rec_set_text(made, SLICE("op"), variant->op);
    rec_set_json(made, SLICE("edits"), variant->edits);
    lineage_set(made, copy->lineage, copy->number);
    return sink_emit(copy->out, made);
}

static int emit_original(const struct copy *copy)
{
    struct record *made = rec_derive(sink_arena(copy->out), copy->in);
    lineage_set(made, copy->lineage, copy->number);
    sink_count(copy->out, COUNT_ORIGINALS, 1);
    return sink_emit(copy->out, made);
}

static int augment_copy(struct augmenter *augmenter, const struct copy *copy, const struct draft *drafts)
{
    const struct augment_options *given = augmenter->augment->given;
    size_t wanted = (size_t)given->num;
    struct rng rng = lineage_rng(copy->lineage, augmenter->augment->key, copy->number);
    if (given->emit == EMIT_BOTH && emit_original(copy) < 0)
        return -1;
    int64_t made = variants_make(&augmenter->variants, drafts, &rng, wanted, sink_arena(copy->out), emit_variant,
                                 (void *)(uintptr_t)copy);
    if (made < 0)
        return -1;
    sink_count(copy->out, COUNT_VARIANTS, (uint64_t)made);
    sink_count(copy->out, COUNT_EXHAUSTED, (size_t)made < wanted);
    if (given->strict && (size_t)made < wanted)
        return diag_error("only %" PRId64 " of %zu variants can be made of it that differ (--strict)", made, wanted);
    return 0;
}

static int augment_record(void *thread, const struct record *in, struct sink *out)
{
    struct augmenter *augmenter = thread;
    const struct augment *augment = augmenter->augment;
    struct arena *arena = sink_arena(out);
    struct lineage lineage;
    struct record_id id;
    int chosen = augment->only == NULL ? 1 : conditions_hold(augment->only, augmenter->only, in, arena);
    if (chosen <= 0) {
        sink_count(out, COUNT_UNCHOSEN, chosen == 0);
        return chosen < 0 ? -1 : sink_emit(out, in);
    }
    if (rec_present(in, SLICE("id")) == NULL)
        return diag_error("id: missing, and variants are named after it");
    struct draft *drafts = arena_array(arena, augment->field_count, sizeof *drafts);
    if (record_id_read(in, arena, &id) < 0 ||
        lineage_read(in, augment->fields[0], &augment->given->random, arena, &lineage) < 0)
        return -1;
    for (size_t i = 0; i < augment->field_count; i++)
        if (draft_read(&augmenter->variants.drafter, in, augment->fields[i], arena, &drafts[i]) < 0)
            return -1;
    for (int64_t i = 0; i < lineage.copies; i++) {
        struct copy copy = {in, &lineage, i, augment, out};
        if (augment_copy(augmenter, &copy, drafts) < 0)
            return -1;
    }
    return 0;
}

/* ---- the end ---- */

static void augment_notes(const void *shared, const struct totals *totals)
{
    const struct augment *augment = shared;
    uint64_t exhausted = totals->counters[COUNT_EXHAUSTED];
    if (exhausted > 0)
        diag_note("%" PRIu64 " record%s got fewer variants than %" PRId64
                  ", because no operation finds any more that are new",
                  exhausted, diag_s(exhausted), augment->given->num);
}

const struct stage stage_augment = {
    .name = "augment",
    .summary = "make variants of texts by small edits that keep the label true",
    .example = "$ echo '{\"id\":7,\"text\":\"A good mill grinds.\"}' |\n"
               "    quern augment --ops rd --num 1 --emit synthetic\n"
               "{\"id\":\"7#rd1\",…}",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct augment_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = augment_open,
    .close = augment_close,
    .thread_open = augment_thread_open,
    .thread_close = augment_thread_close,
    .record = augment_record,
    .notes = augment_notes,
};
