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

#include <assert.h>
#include <inttypes.h>

static const char *const emit_names[] = {"both", "synthetic", NULL};
static const char *const policy_names[] = {"each", "random", "all", NULL};
static const char *const protect_names[] = {"entities", "negations", "numbers", "addresses", "none", NULL};

static const char *const keyboard_names[] = {"qwerty", "qwertz", "azerty", NULL};

const struct op all_ops[] = {
    {"sr", OP_SR, op_sr, true, true},
    {"ri", OP_RI, op_ri, true, true},
    {"rs", OP_RS, op_rs, true, false},
    {"rd", OP_RD, op_rd, true, false},
    {"aeda", OP_AEDA, op_aeda, false, false},
    {"tfidf", OP_TFIDF, op_tfidf, false, true},
    {"uniform", OP_UNIFORM, op_uniform, false, true},
    {"entity", OP_ENTITY, op_entity, false, false},
    {"chars", OP_CHARS, op_chars, true, false},
    {"typo", OP_TYPO, op_typo, true, false},
    {"shuffle", OP_SHUFFLE, op_shuffle, false, false},
    {"drop", OP_DROP, op_drop, true, false},
    {"window", OP_WINDOW, op_window, false, false},
    {0},
};
static const char *const op_names[] = {"sr",     "ri",    "rs",   "rd",      "aeda", "tfidf",  "uniform",
                                       "entity", "chars", "typo", "shuffle", "drop", "window", NULL};

static const struct option options[] = {
    {"ops", 0, OPT_WORDS, OPT_AT(struct augment_options, ops), .value = "OP,...", .fallback = "sr,ri,rs,rd",
     .choices = op_names, .help = "the operations, which take turns"},
    {"num", 'n', OPT_INT, OPT_AT(struct augment_options, num), .value = "N", .fallback = "4", .min = 1,
     .max = MOST_VARIANTS, .help = "how many variants to make of each record"},
    {"per-class", 0, OPT_TEXT, OPT_AT(struct augment_options, per_class), .value = "N|max", .when = "counts",
     .help = "instead of --num: as many variants of a record as its class lacks to N records, on average; max: to as "
             "many as the largest class has"},
    {"counts", 0, OPT_FILE, OPT_AT(struct augment_options, counts), .value = "FILE", .when = "per-class",
     .help = "what quern stats --json wrote of the data set, for --per-class"},
    {"label", 0, OPT_TEXT, OPT_AT(struct augment_options, label), .value = "NAME", .fallback = "label",
     .when = "per-class", .help = "the member with the class"},
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
    {"table", 0, OPT_FILE, OPT_AT(struct augment_options, table), .value = "FILE",
     .help = "what quern tfidf count wrote of the data set, for tfidf and uniform"},
    {"prob", 0, OPT_DECIMAL, OPT_AT(struct augment_options, prob), .value = "P", .fallback = "0.3", .when = "table",
     .help = "tfidf, uniform: share of the words to replace, on average"},
    {"explain", 0, OPT_FLAG, OPT_AT(struct augment_options, explain), .when = "table",
     .help = "tfidf: write the probability with which each word is replaced, as replace_prob"},
    {"entities", 0, OPT_FILE, OPT_AT(struct augment_options, entities), .value = "FILE",
     .help = "names with labels, for entity: lines of a name, a tab and its label, or a compiled lexicon"},
    {"same-script", 0, OPT_FLAG, OPT_AT(struct augment_options, same_script), .when = "entities",
     .help = "entity: exchange names only for those in the same script"},
    {"chars", 0, OPT_FILE, OPT_AT(struct augment_options, chars), .value = "FILE",
     .help = "what characters may become, for chars: lines of a character and others, with tabs between them, or a "
             "compiled lexicon"},
    {"keyboard", 0, OPT_CHOICE, OPT_AT(struct augment_options, keyboard), .value = "NAME", .fallback = "qwerty",
     .choices = keyboard_names, .help = "typo: whose keys are neighbours"},
    {"window", 0, OPT_INT, OPT_AT(struct augment_options, window), .value = "N", .fallback = "3", .min = 1,
     .max = INT32_MAX, .help = "window: how many sentences stay"},
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
     .help = "sr, ri, tfidf and uniform take only words of this list"},
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
                                    "phrases", "sentences", "entities", "stopwords", "label", NULL};
static const char *const writes[] = {"id",     "text", "entities", "sentences", "words",        "phrases", "stopwords",
                                     "parent", "root", "op",       "edits",     "replace_prob", "epoch",   NULL};

enum { COUNT_ORIGINALS, COUNT_VARIANTS, COUNT_EXHAUSTED, COUNT_UNCHOSEN };
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
        if (augment->ops[i].own_alpha)
            return diag_error("--alpha-for: %s is given twice", augment->ops[i].op->name);
        augment->ops[i].alpha = alpha;
        augment->ops[i].own_alpha = true;
        return augment->ops[i].op->uses_alpha ? 0
                                              : diag_error("--alpha-for: %s has no alpha", augment->ops[i].op->name);
    }
    return diag_error("--alpha-for: \"%.*s\" is not among the operations (--ops)", (int)name.len, name.ptr);
}

/* Does an operation take its share from --alpha? */
static bool needs_alpha(const struct augment *augment)
{
    for (size_t i = 0; i < augment->op_count; i++)
        if (augment->ops[i].op->uses_alpha && !augment->ops[i].own_alpha)
            return true;
    return false;
}

static int open_ops(struct stage_context *context, struct augment *augment)
{
    const struct augment_options *given = augment->given;
    for (size_t i = 0; i < given->ops.len; i++) {
        const struct op *op = find_op(slice_of(given->ops.items[i]));
        assert(op != NULL); /* the table of options has checked the name */
        for (size_t j = 0; j < augment->op_count; j++)
            if (augment->ops[j].op == op)
                return diag_error("--ops: %s is given twice", op->name);
        augment->ops[augment->op_count++] = (struct op_use){.op = op, .alpha = given->alpha};
    }
    for (size_t i = 0; i < given->alpha_for.len; i++)
        if (read_alpha_for(augment, given->alpha_for.items[i]) < 0)
            return -1;
    if (opt_given(context, "alpha") && !needs_alpha(augment))
        return diag_error("--alpha has no effect on these operations (--ops%s)",
                          given->alpha_for.len > 0 ? ", --alpha-for" : "");
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

/* Options that only some operations use, and whether they need them. */
static const struct need {
    const char *option;
    unsigned ops; /* 1 << number of each */
    const char *names;
    const char *what; /* of an option that they require; else NULL */
} needs[] = {
    {"synonyms", 1 << OP_SR | 1 << OP_RI, "sr or ri",
     "a lexicon of synonyms (see quern-lexicon(1)); --ops rs,rd do without"},
    {"table", 1 << OP_TFIDF | 1 << OP_UNIFORM, "tfidf or uniform", "what \"quern tfidf count\" writes of the data set"},
    {"entities", 1 << OP_ENTITY, "entity", "names with their labels"},
    {"chars", 1 << OP_CHARS, "chars", "a table of characters (see quern-lexicon(1))"},
    {"all-occurrences", 1 << OP_SR, "sr", NULL},
    {"explain", 1 << OP_TFIDF, "tfidf", NULL},
    {"keyboard", 1 << OP_TYPO, "typo", NULL},
    {"window", 1 << OP_WINDOW, "window", NULL},
    {"focus-words", 1 << OP_SR | 1 << OP_RI | 1 << OP_TFIDF | 1 << OP_UNIFORM, "sr, ri, tfidf or uniform", NULL},
};

static int check_needs(const struct stage_context *context, const struct augment *augment)
{
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
        const struct need *need = &needs[i];
        const char *user = NULL;
        for (size_t j = 0; j < augment->op_count; j++)
            if ((need->ops >> augment->ops[j].op->number & 1) != 0)
                user = user == NULL ? augment->ops[j].op->name : user;
        if (user == NULL && opt_given(context, need->option))
            return diag_error("--%s has no effect without %s (--ops)", need->option, need->names);
        if (user != NULL && need->what != NULL && !opt_given(context, need->option))
            return diag_error("--%s FILE is missing: %s needs %s", need->option, user, need->what);
    }
    if (augment->given->explain && augment->given->policy == POLICY_ALL)
        return diag_error("--explain does not go with --policy all, where operations change the words before tfidf");
    if (augment->given->stopwords != NULL && augment->given->synonyms == NULL &&
        (augment->rules.protect & PROTECT_NEGATIONS) == 0)
        return diag_error("--stopwords has no effect without sr or ri (--ops), or --protect negations");
    return 0;
}

/* A file of another kind is a lexicon too, of words without synonyms. */
static const struct lexicon *open_synonyms(struct stage_context *context, const char *option, const char *path)
{
    const struct lexicon *lexicon = chain_share(context, "synonyms", path, lexicon_load_synonyms, lexicon_free);
    size_t count = lexicon != NULL ? lexicon_count(lexicon) : 0;
    for (size_t i = 0; i < count; i++)
        if (lexicon_senses(lexicon, i) > 0)
            return lexicon;
    if (lexicon != NULL)
        (void)diag_error("--%s: %s has no word with synonyms; expected lines of a word and its synonyms, with tabs "
                         "between them, or a compiled lexicon",
                         option, path);
    return NULL;
}

static int open_lexicons(struct stage_context *context, struct augment *augment)
{
    const struct augment_options *given = augment->given;
    struct draft_rules *rules = &augment->rules;
    if (stop_lists_open(context, given->stopwords, &augment->stops) < 0 ||
        open_keyed(context, given->protect_words, &rules->protected) < 0 ||
        open_keyed(context, given->focus_words, &rules->focus) < 0)
        return -1;
    rules->stops = &augment->stops;
    rules->choice = (struct lexicon_choice){(size_t)given->senses, given->multiword};
    if (given->synonyms != NULL && !(rules->synonyms = open_synonyms(context, "synonyms", given->synonyms)))
        return -1;
    if (given->chars != NULL && !(rules->characters = open_synonyms(context, "chars", given->chars)))
        return -1;
    if (given->table != NULL && !(augment->table = chain_share(context, "table", given->table, table_load, table_free)))
        return -1;
    if (given->entities == NULL)
        return 0;
    const struct lexicon *names = chain_share(context, "lexicon", given->entities, lexicon_load, lexicon_free);
    if (names == NULL)
        return -1;
    rules->entities = true;
    augment->gazetteer = gazetteer_new(names, given->entities, given->same_script);
    return augment->gazetteer == NULL ? -1 : 0;
}

/* What operations on sentences need. */
static int open_sentences(struct augment *augment)
{
    for (size_t i = 0; i < augment->op_count; i++) {
        enum op_number number = augment->ops[i].op->number;
        if (number == OP_SHUFFLE || number == OP_DROP || number == OP_WINDOW)
            augment->rules.sentences = true;
    }
    if (augment->rules.sentences)
        augment->rules.abbreviations = abbreviations_new(true, NULL, NULL);
    return augment->rules.sentences && augment->rules.abbreviations == NULL ? -1 : 0;
}

static int open_class_counts(struct stage_context *context, struct augment *augment)
{
    const struct augment_options *given = augment->given;
    struct slice wanted = given->per_class == NULL ? SLICE("max") : slice_of(given->per_class);
    struct decimal number = {0};
    if (given->per_class == NULL)
        return 0;
    if (opt_given(context, "num"))
        return diag_error("--num does not go with --per-class, which says how many");
    if (!slice_is(wanted, "max") &&
        (!decimal_read(wanted, INT64_MAX / 10, &number) || number.scale > 0 || number.digits == 0))
        return diag_error("--per-class: expected a number of records or max, found \"%s\"", given->per_class);
    augment->class_counts = class_counts_open(context, given->counts, given->label, (int64_t)number.digits);
    return augment->class_counts == NULL ? -1 : 0;
}

static int open_fields(struct stage_context *context, struct augment *augment)
{
    static const char *const written[] = {"id", "parent", "root", "op", "edits", "replace_prob", "epoch", NULL};
    const struct words *names = &augment->given->fields;
    if (names->len > MOST_FIELDS)
        return diag_error("--fields: more than %d names", MOST_FIELDS);
    augment->names_fields = opt_given(context, "fields");
    augment->fields = mem_zalloc(names->len, sizeof *augment->fields);
    for (size_t i = 0; i < names->len; i++) {
        for (size_t j = 0; j < i; j++)
            if (slice_is(augment->fields[j], names->items[i]))
                return diag_error("--fields: %s is given twice", names->items[i]);
        for (size_t j = 0; written[j] != NULL; j++)
            if (strcmp(written[j], names->items[i]) == 0)
                return diag_error("--fields: expected members with texts, found %s, which augment itself writes",
                                  names->items[i]);
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
    abbreviations_free(augment->rules.abbreviations);
    gazetteer_free(augment->gazetteer);
    class_counts_free(augment->class_counts);
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
        check_needs(context, augment) < 0 || open_lexicons(context, augment) < 0 || open_sentences(augment) < 0 ||
        open_class_counts(context, augment) < 0 ||
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

/* A purpose of the draws of operation 0; the others are in augment/variants.c. */
enum { DRAW_ONE_MORE = 2 };

/* A record and a round of it, for emit_variant. */
struct copy {
    const struct record *in;
    const struct lineage *lineage;
    int64_t number;
    const struct draft *drafts;
    const struct augment *augment;
    struct sink *out;
};

/* --explain: of the words of the field that the member `words` is about, or of the first. */
static int set_rates(struct record *made, const struct variant *variant, const struct copy *copy, struct arena *arena)
{
    size_t field = 0, first = 0;
    for (size_t i = 0; i < copy->augment->field_count; i++)
        field = slice_is(copy->augment->fields[i], "text") ? i : field;
    for (size_t i = 0; i < field; i++)
        first += copy->drafts[i].count;
    size_t count = copy->drafts[field].count;
    double *rates = arena_array(arena, count, sizeof *rates);
    for (size_t i = 0; i < count; i++)
        rates[i] = variant->rates[first + i].rate;
    return rec_set_floats(made, SLICE("replace_prob"), rates, count);
}

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
    if (variant->rates != NULL && set_rates(made, variant, copy, arena) < 0)
        return -1;
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
    const struct augment *augment = augmenter->augment;
    const struct augment_options *given = augment->given;
    size_t wanted = (size_t)given->num;
    struct rng rng = lineage_rng(copy->lineage, augment->key, copy->number);
    struct draws draws = draws_of(&rng, 0, 0, 0, 0);
    if (augment->class_counts != NULL &&
        class_counts_wanted(augment->class_counts, copy->in, slice_of(given->label), sink_arena(copy->out), &rng,
                            draws.base | (uint64_t)DRAW_ONE_MORE << 54, &wanted) < 0)
        return -1;
    wanted = wanted < MOST_VARIANTS ? wanted : MOST_VARIANTS;
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
        struct copy copy = {in, &lineage, i, drafts, augment, out};
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
               "{\"id\":\"7#rd1\",\"text\":\"A good grinds.\",\"parent\":7,\"root\":7,…}",
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
