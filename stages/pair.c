/* pair.c - make pairs of segments: next sentence or another, sentences in order or exchanged.
 *
 *     quern pair -m FILE --task nsp --pool FILE --length N [--short-prob P] [--single split|drop] [FILE …]
 *     quern pair -m FILE --task sop|electra|single --length N [--short-prob P] … [FILE …]
 *
 * pair/chunks.c cuts a document, pair/foreign.c draws foreign segments, pair/draws.h numbers the draws. The document
 * lies on a tape (documents/tape.h), from which the records are composed. */
#include "documents/compose.h"
#include "pair/chunks.h"
#include "pair/draws.h"
#include "pair/foreign.h"
#include "quern.h"
#include "tokenizer/shared.h"

#include <inttypes.h>

static const char *const task_names[] = {"nsp", "sop", "electra", "single", NULL};
enum { SINGLE_SPLIT, SINGLE_DROP };
static const char *const single_names[] = {"split", "drop", NULL};
#define OWN_MEMBERS "next_sentence_label", "sentence_order_label", "sources", "target_length"
static const char *const emit_names[] = {CARRIED_NAMES, OWN_MEMBERS, NULL};
static const char *const also_names[] = {"target_length", NULL};

struct pair_options {
    const char *model, *pool;
    struct words templates, emit, also;
    int task, single;
    int64_t length, max_memory;
    struct decimal short_prob, single_prob;
    struct random_options random;
};

static const struct option options[] = {
    OPTION_MODEL(struct pair_options, model),
    {"task", 0, OPT_CHOICE, OPT_AT(struct pair_options, task), .value = "TASK", .required = true, .choices = task_names,
     .help =
         "nsp: does B follow A (BERT); sop: are they in order (ALBERT); electra: pairs without a label; single: one "
         "segment"},
    {"length", 'l', OPT_INT, OPT_AT(struct pair_options, length), .value = "N", .required = true, .min = 1,
     .max = INT32_MAX, .help = "tokens of a record, special ones counted"},
    {"pool", 0, OPT_FILE, OPT_AT(struct pair_options, pool), .value = "FILE", .when = "task=nsp",
     .help = "nsp: the documents that foreign segments are drawn from, tokenized as the input is"},
    {"short-prob", 0, OPT_DECIMAL, OPT_AT(struct pair_options, short_prob), .value = "P",
     .help = "share of the chunks with a random shorter target; default: 0.1 for nsp and sop, 0.05 for electra, 0 for "
             "single"},
    {"single", 0, OPT_CHOICE, OPT_AT(struct pair_options, single), .value = "WHAT", .fallback = "split",
     .choices = single_names, .when = "task=nsp|sop",
     .help = "what to do with a chunk of one sentence: cut it in two between words, or leave it out"},
    {"single-prob", 0, OPT_DECIMAL, OPT_AT(struct pair_options, single_prob), .value = "P", .fallback = "0.1",
     .when = "task=electra", .help = "share of the chunks that become one segment"},
    {"template", 0, OPT_TEXTS, OPT_AT(struct pair_options, templates), .value = "TEXT",
     .help = "the special tokens, such as '[CLS] $A [SEP] $B:1 [SEP]:1'; default: the tokenizer's"},
    {"max-memory", 0, OPT_SIZE, OPT_AT(struct pair_options, max_memory), .value = "SIZE", .fallback = "1G", .min = 0,
     .max = INT64_MAX, .when = "task=nsp",
     .help = "how much memory the pool may take before it moves to temporary files"},
    {"emit", 0, OPT_WORDS, OPT_AT(struct pair_options, emit), .value = "LIST", .choices = emit_names,
     .help = "members to write; default: those of the documents, the label and sources"},
    {"also", 0, OPT_WORDS, OPT_AT(struct pair_options, also), .value = "LIST", .choices = also_names,
     .help = "members to write besides"},
    OPTIONS_RANDOM(struct pair_options, random),
    {0},
};

static const char *const reads[] = {"id", "root", "epoch", CARRIED_READS, NULL};
static const char *const writes[] = {"id", "parent", "root", CARRIED_NAMES, OWN_MEMBERS, "epoch", NULL};

enum {
    COUNT_TOKENS,
    COUNT_FOREIGN,
    COUNT_UNPAIRED,
    COUNT_UNPAIRED_CHUNKS,
    COUNT_LABEL_0,
    COUNT_LABEL_1,
    COUNT_CUT,
    COUNT_EMPTY
};
static const char *const counters[] = {"tokens",          "foreign_tokens",  "unpaired_tokens",
                                       "unpaired_chunks", "label_0",         "label_1",
                                       "cut_sentences",   "empty_documents", NULL};

struct pair {
    const struct pair_options *given;
    struct template single, two;
    struct marker marks[2][TEMPLATE_PARTS]; /* the special tokens of each */
    struct cutting cutting;
    struct document_rules rules; /* without a pool: those of each document by itself */
    struct foreign *pool;
    struct rng_key key;
    bool writes_label, writes_sources, writes_target;
};

struct pair_thread {
    const struct pair *pair;
    struct tape tape; /* of the document */
};

/* ---- open ---- */

static int read_templates(struct pair *pair)
{
    const struct pair_options *given = pair->given;
    const struct tokenizer *tokenizer = pair->rules.tokenizer;
    bool seen[2] = {false, false};
    pair->single = *tokenizer_template(tokenizer, false);
    pair->two = *tokenizer_template(tokenizer, true);
    for (size_t i = 0; i < given->templates.len; i++) {
        struct template template;
        if (tokenizer_read_template(tokenizer, given->templates.items[i], &template) < 0)
            return diag_within("--template: %s", diag_message());
        size_t texts = template.count - template_specials(&template);
        bool first = false;
        for (size_t k = 0; k < template.count; k++)
            first |= template.parts[k].kind == TEMPLATE_FIRST;
        if (!first)
            return diag_error("--template: \"%s\" has no $A", given->templates.items[i]);
        if (seen[texts - 1])
            return diag_error("--template: there are two for %s", texts == 2 ? "a pair" : "one segment");
        seen[texts - 1] = true;
        *(texts == 2 ? &pair->two : &pair->single) = template;
    }
    if (given->templates.len == 0)
        return 0;
    if (given->task != TASK_SINGLE && !seen[1])
        return diag_error("--template: expected one with $A and $B");
    if ((given->task == TASK_SINGLE || given->task == TASK_ELECTRA) && !seen[0])
        return diag_error("--template: expected one with $A alone%s",
                          given->task == TASK_ELECTRA ? " besides the one of pairs; repeat the option" : "");
    return 0;
}

static void make_marks(const struct template *template, struct marker marks[TEMPLATE_PARTS])
{
    for (size_t i = 0; i < template->count; i++)
        marks[i] = (struct marker){true, template->parts[i].id, template->parts[i].token};
}

static const struct template *template_of(const struct pair *pair)
{
    return pair->given->task == TASK_SINGLE ? &pair->single : &pair->two;
}

static int set_cutting(struct pair *pair, const struct stage_context *context)
{
    const struct pair_options *given = pair->given;
    size_t specials = template_specials(template_of(pair));
    static const char *const usual[] = {
        [TASK_NSP] = "0.1", [TASK_SOP] = "0.1", [TASK_ELECTRA] = "0.05", [TASK_SINGLE] = "0"};
    pair->cutting = (struct cutting){
        .task = (enum task)given->task,
        .drops = given->single == SINGLE_DROP,
        .short_prob = given->short_prob,
        .single_prob = given->single_prob,
        .length = (uint32_t)given->length,
        .specials = (uint32_t)specials,
    };
    if (!opt_given(context, "short-prob"))
        (void)decimal_read(slice_of(usual[given->task]), 1, &pair->cutting.short_prob);
    if ((uint64_t)given->length < specials + 2)
        return diag_error("--length: %" PRId64 " has no room for %zu special tokens and 2 others", given->length,
                          specials);
    return 0;
}

static void set_members(struct pair *pair)
{
    const struct pair_options *given = pair->given;
    const char *label = given->task == TASK_NSP   ? "next_sentence_label"
                        : given->task == TASK_SOP ? "sentence_order_label"
                                                  : NULL;
    unsigned emitted = carried_emitted(&given->emit), types = CARRY_BIT(CARRY_TOKEN_TYPE_IDS);
    pair->writes_label = label != NULL && carried_writes(&given->emit, NULL, label, true);
    pair->writes_sources = carried_writes(&given->emit, NULL, "sources", true);
    pair->writes_target = carried_writes(&given->emit, &given->also, "target_length", false);
    pair->rules.wanted = emitted & ~types;
    pair->rules.zeros = emitted & types;
    pair->rules.needed = (given->emit.len > 0 ? pair->rules.wanted : 0) | CARRY_BIT(CARRY_SENTENCE_TOKENS);
    pair->rules.used = CARRY_BIT(CARRY_SPECIAL_TOKENS_MASK) | CARRY_BIT(CARRY_WORD_IDS);
    pair->rules.no_special = true;
    pair->rules.any_round = true;
}

static int check_emit(const struct pair_options *given)
{
    static const char *const labels[] = {"next_sentence_label", "sentence_order_label"};
    for (int i = 0; i < 2; i++)
        if (words_has(&given->emit, slice_of(labels[i])) && given->task != (i == 0 ? TASK_NSP : TASK_SOP))
            return diag_error("--emit: %s is written only by --task %s", labels[i], i == 0 ? "nsp" : "sop");
    return 0;
}

static int open_parts(struct pair *pair, struct stage_context *context)
{
    const struct pair_options *given = pair->given;
    if (given->model == NULL)
        return diag_error("expected --model, the tokenizer of the documents");
    if (given->task == TASK_NSP && given->pool == NULL)
        return diag_error("--task nsp: expected --pool, the documents that foreign segments are drawn from");
    if (lineage_check(&given->random) < 0 || check_emit(given) < 0)
        return -1;
    pair->rules.model = given->model;
    pair->rules.first = given->pool != NULL ? "the first document of the pool" : "this document";
    pair->rules.tokenizer = shared_tokenizer(context, given->model);
    if (pair->rules.tokenizer == NULL || read_templates(pair) < 0 || set_cutting(pair, context) < 0)
        return -1;
    make_marks(&pair->single, pair->marks[0]);
    make_marks(&pair->two, pair->marks[1]);
    set_members(pair);
    if (given->pool == NULL)
        return 0;
    pair->pool = foreign_load(context, given->pool, (uint64_t)given->max_memory, &pair->rules);
    return pair->pool == NULL ? -1 : 0;
}

static int pair_open(struct stage_context *context, void **shared)
{
    const struct pair_options *given = context->options;
    struct pair *pair = mem_zalloc(1, sizeof *pair);
    pair->given = given;
    pair->key = rng_key(&given->random, "pair");
    if (open_parts(pair, context) < 0) {
        mem_free(pair);
        return -1;
    }
    *shared = pair;
    return 0;
}

static int pair_thread_open(void *shared, void **thread)
{
    struct pair_thread *mine = mem_zalloc(1, sizeof *mine);
    mine->pair = shared;
    if (tape_open(&mine->tape, 0, UINT64_MAX, NULL) < 0) {
        mem_free(mine);
        return -1;
    }
    *thread = mine;
    return 0;
}

/* ---- record ---- */

/* What is the same for all pairs of a document in one round. */
struct making {
    const struct pair *pair;
    const struct record *in;
    const struct tape *tape;
    struct kin kin; /* with a pool */
    struct rng *rng;
    uint32_t round;
    bool says_epoch;
    uint64_t made; /* pairs so far */
};

/* The foreign segment of a chunk: whole sentences while they fit into what the first segment leaves of the room; a
 * first one that does not fit is cut. */
static int draw_foreign(const struct making *making, const struct chunk *chunk, struct piece *foreign)
{
    uint64_t start, end;
    const struct tape *tape = foreign_tape(making->pair->pool);
    uint64_t room = chunk->target - making->pair->cutting.specials - (chunk->cut - chunk->start);
    if (foreign_draw(making->pair->pool, &making->kin, making->rng, chunk->number, &start, &end) < 0)
        return -1;
    if (end - start > room) {
        size_t borders;
        const uint64_t *starts = tape_sentences(tape, start + 1, start + room + 1, &borders);
        end = borders > 0 ? starts[borders - 1] : start + room;
    }
    *foreign = piece_tokens(tape, start, end);
    return 0;
}

/* The pieces of a record by the template; returns how many. */
static size_t fill_template(const struct pair *pair, bool two, const struct piece texts[2],
                            struct piece pieces[TEMPLATE_PARTS])
{
    const struct template *template = two ? &pair->two : &pair->single;
    for (size_t i = 0; i < template->count; i++) {
        const struct template_part *part = &template->parts[i];
        pieces[i] = part->kind == TEMPLATE_SPECIAL ? piece_marker(&pair->marks[two][i], part->type_id)
                                                   : texts[part->kind == TEMPLATE_SECOND];
        pieces[i].type = part->type_id;
        pieces[i].apart = true;
    }
    return template->count;
}

static int emit_pair(struct making *making, const struct chunk *chunk, bool two, const struct piece texts[2],
                     struct sink *out)
{
    const struct pair *pair = making->pair;
    struct arena *arena = sink_arena(out);
    struct piece pieces[TEMPLATE_PARTS];
    struct composition made;
    struct record *record = rec_new(arena);
    size_t count = fill_template(pair, two, texts, pieces);
    composition_of(pieces, count, pair->rules.wanted | pair->rules.zeros, arena, &made);
    if (lineage_child(record, making->in, "p", making->made++, arena) < 0)
        return -1;
    composition_set(&made, record);
    if (pair->writes_label)
        rec_set_int(record,
                    pair->given->task == TASK_NSP ? SLICE("next_sentence_label") : SLICE("sentence_order_label"),
                    chunk->label);
    if (pair->writes_sources)
        lineage_set_sources(record, made.sources, made.source_count, arena);
    if (pair->writes_target)
        rec_set_int(record, SLICE("target_length"), chunk->target);
    if (making->says_epoch)
        rec_set_int(record, SLICE("epoch"), making->round);
    return sink_emit(out, record);
}

/* Emits the record of a chunk. */
static int pair_chunk(struct making *making, const struct chunk *chunk, struct sink *out)
{
    enum task task = making->pair->cutting.task;
    struct piece texts[2] = {piece_tokens(making->tape, chunk->start, chunk->cut),
                             piece_tokens(making->tape, chunk->cut, chunk->end)};
    bool foreign = task == TASK_NSP && chunk->label;
    if (foreign && draw_foreign(making, chunk, &texts[1]) < 0)
        return -1;
    if (task == TASK_SOP && chunk->label) {
        struct piece first = texts[0];
        texts[0] = texts[1];
        texts[1] = first;
    }
    sink_count(out, COUNT_TOKENS, chunk->end - chunk->start);
    sink_count(out, COUNT_CUT, chunk->cuts);
    sink_count(out, COUNT_FOREIGN, foreign ? texts[1].to - texts[1].from : 0);
    if (task == TASK_NSP || task == TASK_SOP)
        sink_count(out, chunk->label ? COUNT_LABEL_1 : COUNT_LABEL_0, 1);
    return emit_pair(making, chunk, foreign || chunk->cut < chunk->end, texts, out);
}

static int pair_document(struct making *making, const struct document *document, struct sentences sentences,
                         struct sink *out)
{
    struct chunk chunk;
    struct chunks chunks = chunks_of(&making->pair->cutting, document, sentences, making->rng);
    while (chunks_next(&chunks, &chunk)) {
        if (chunk.dropped) {
            sink_count(out, COUNT_UNPAIRED, chunk.end - chunk.start);
            sink_count(out, COUNT_UNPAIRED_CHUNKS, 1);
        } else if (pair_chunk(making, &chunk, out) < 0) {
            return -1;
        }
    }
    return 0;
}

static int lay_document(struct tape *tape, const struct document *document)
{
    tape_clear(tape);
    tape->carried = document->carried;
    if (tape_document(tape, document) < 0)
        return -1;
    return tape_add(tape, document, 0, (uint32_t)document->count);
}

static int pair_record(void *state, const struct record *in, struct sink *out)
{
    struct pair_thread *mine = state;
    const struct pair *pair = mine->pair;
    struct arena *arena = sink_arena(out);
    struct document_rules rules = pair->rules;
    struct document document;
    struct lineage lineage;
    struct identity root;
    struct making making = {.pair = pair, .in = in, .tape = &mine->tape};
    if (document_read(&rules, in, arena, &document) < 0 ||
        lineage_read(in, SLICE("text"), &pair->given->random, arena, &lineage) < 0 ||
        lineage_root(in, SLICE("text"), arena, &root) < 0)
        return -1;
    if (document.count == 0) {
        sink_count(out, COUNT_EMPTY, 1);
        return 0;
    }
    struct sentences sentences = document_sentences(&document, arena);
    if (pair->pool != NULL)
        making.kin = foreign_kin(pair->pool, lineage.identity, root, arena);
    making.says_epoch = lineage.says_epoch || document.says_epoch;
    if (lay_document(&mine->tape, &document) < 0)
        return -1;
    for (int64_t copy = 0; copy < lineage.copies; copy++) {
        struct rng rng = lineage_rng(&lineage, pair->key, copy);
        making.rng = &rng;
        making.round = lineage_copy_round(&lineage, copy);
        making.made = 0;
        if (pair_document(&making, &document, sentences, out) < 0)
            return -1;
    }
    return 0;
}

/* ---- the end ---- */

static void pair_notes(const void *shared, const struct totals *totals)
{
    const struct pair *pair = shared;
    uint64_t unpaired = totals->counters[COUNT_UNPAIRED], chunks = totals->counters[COUNT_UNPAIRED_CHUNKS];
    if (unpaired > 0)
        diag_note("%" PRIu64 " token%s of %" PRIu64 " could not be paired: %" PRIu64 " piece%s of one %s", unpaired,
                  diag_s(unpaired), unpaired + totals->counters[COUNT_TOKENS], chunks, diag_s(chunks),
                  pair->cutting.drops ? "sentence (--single drop)" : "word");
}

static void pair_thread_close(void *thread)
{
    struct pair_thread *mine = thread;
    tape_close(&mine->tape);
    mem_free(mine);
}

static void pair_close(void *shared)
{
    struct pair *pair = shared;
    foreign_free(pair->pool);
    mem_free(pair);
}

const struct stage stage_pair = {
    .name = "pair",
    .summary = "make pairs of segments for models that judge whether they belong together",
    .example = "$ printf '[UNK]\\n[CLS]\\n[SEP]\\na\\nb\\n' >vocab.txt\n"
               "$ echo '{\"id\":\"x\",\"input_ids\":[3,4],\"sentence_tokens\":[[0,1],[1,2]]}' |\n"
               "    quern pair -m vocab.txt --task electra --length 5 --emit input_ids\n"
               "{\"id\":\"x#p0\",\"parent\":\"x\",\"root\":\"x\",\"input_ids\":[1,3,2,4,2]}",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct pair_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = pair_open,
    .close = pair_close,
    .thread_open = pair_thread_open,
    .thread_close = pair_thread_close,
    .record = pair_record,
    .notes = pair_notes,
};
