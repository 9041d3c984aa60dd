/* permute.c - choose tokens to predict, and an order in which a permutation language model predicts them.
 *
 *     quern permute -m FILE [--prob P] [--num-predict N] [--lengths LAW] [--reuse R] [--dense] [FILE …]
 *
 *     $ echo '{"id":1,"input_ids":[5,6,7,8,3],"word_ids":[0,1,2,3,-1]}' |
 *           quern permute -m vocab.txt | quern fields --keep labels,perm_order
 *     {"labels":[-100,-100,7,-100,-100],"perm_order":[-1,-1,0,-1,1]}
 *
 * permute/dense.c writes the matrices of an order. */
#include "masking/sequence.h"
#include "masking/units.h"
#include "permute/dense.h"
#include "quern.h"
#include "tokenizer/parallel.h"
#include "tokenizer/shared.h"

#include <inttypes.h>

struct permute_options {
    const char *model;
    struct decimal prob;
    int64_t num_predict;
    const char *lengths;
    int64_t reuse;
    bool dense;
    struct random_options random;
};

static const struct option options[] = {
    OPTION_MODEL(struct permute_options, model),
    {"prob", 0, OPT_DECIMAL, OPT_AT(struct permute_options, prob), .value = "P", .fallback = "0.1667",
     .help = "share of the tokens to predict, at least one in each part"},
    {"num-predict", 0, OPT_INT, OPT_AT(struct permute_options, num_predict), .value = "N", .fallback = "85", .min = 1,
     .max = INT32_MAX, .help = "predict at most N tokens; with --reuse half of them in each part"},
    {"lengths", 0, OPT_TEXT, OPT_AT(struct permute_options, lengths), .value = "LAW", .fallback = "inverse:5",
     .help = "how many words a unit has: inverse:N, geometric:P:N or weights of 1, 2, 3 …"},
    {"reuse", 0, OPT_INT, OPT_AT(struct permute_options, reuse), .value = "R", .fallback = "0", .min = 0,
     .max = INT32_MAX,
     .help = "the first R tokens are a part of their own, which the rest follows; 0: there is one part"},
    {"dense", 0, OPT_FLAG, OPT_AT(struct permute_options, dense),
     .help = "also write perm_mask and target_mapping, and as labels only the targets"},
    OPTIONS_RANDOM(struct permute_options, random),
    {0},
};

static const char *const reads[] = {
    "id",       "text", "epoch", "tokens", "input_ids", "word_ids", "token_type_ids", "doc_ids", "special_tokens_mask",
    "backward", NULL};
static const char *const writes[] = {"labels",         "perm_order", "perm_split", "perm_mask",
                                     "target_mapping", "epoch",      NULL};

enum { COUNT_TOKENS, COUNT_MASKABLE, COUNT_SELECTED, COUNT_BUDGET, COUNT_UNMASKED, COUNT_CAPPED, COUNTERS };
static const char *const counters[] = {"tokens",           "maskable",       "selected", "budget",
                                       "unmasked_records", "capped_records", NULL};

/* The numbers of the draws are a part of the frozen contract of quern-record(5): purpose << 32 | item.
 *
 *     purpose         item                                       draw below   decides
 *     1  DRAW_ORDER   the part's first position + place          place + 1    which unit is put there
 *     2  DRAW_LENGTH  the part's first position + unit's number  the law's    how many words the unit has
 *     3  DRAW_NUMBER  the part's first position + number         number + 1   which token has the number */
enum { DRAW_ORDER = 1, DRAW_LENGTH, DRAW_NUMBER };

struct permute {
    const struct permute_options *given;
    struct sequence_reader reader;
    struct vocabulary *vocabulary;
    struct law lengths;
    struct rng_key key;
};

/* ---- open ---- */

static void permute_close(void *shared)
{
    struct permute *permute = shared;
    law_free(&permute->lengths);
    vocabulary_free(permute->vocabulary);
    mem_free(permute);
}

static int permute_open(struct stage_context *context, void **shared)
{
    const struct permute_options *given = context->options;
    if (given->prob.digits == 0)
        return diag_error("--prob: expected a share greater than 0");
    if (given->dense && given->num_predict > DENSE_MOST)
        return diag_error("--num-predict: with --dense at most %d", DENSE_MOST);
    if (lineage_check(&given->random) < 0)
        return -1;
    if (given->model == NULL)
        return diag_error("expected --model, the tokenizer that made the ids");
    const struct tokenizer *tokenizer = shared_tokenizer(context, given->model);
    if (tokenizer == NULL)
        return -1;
    struct permute *permute = mem_zalloc(1, sizeof *permute);
    permute->given = given;
    permute->vocabulary = vocabulary_of_tokenizer(tokenizer);
    permute->reader = (struct sequence_reader){permute->vocabulary, tokenizer, given->model};
    permute->key = rng_key(&given->random, "permute");
    if (law_read(given->lengths, &permute->lengths) < 0) {
        permute_close(permute);
        return diag_within("--lengths: %s", diag_message());
    }
    *shared = permute;
    return 0;
}

/* ---- a record, the same for all of its copies ---- */

struct part {
    uint32_t start, end; /* its tokens */
    struct units words;  /* those that may be selected */
    size_t most;         /* tokens to predict */
};

enum { PARTS = 2 };

struct text {
    struct sequence sequence;
    const uint8_t *special; /* 0 or 1 for each token */
    struct part parts[PARTS];
    size_t part_count;
};

static int find_special(const struct permute *permute, const struct record *in, struct arena *arena, struct text *text)
{
    size_t count = text->sequence.count;
    const int32_t *mask = NULL;
    uint8_t *special = arena_alloc(arena, count);
    if (rec_present(in, SLICE("special_tokens_mask")) != NULL &&
        parallel_ints(in, SLICE("special_tokens_mask"), count, arena, &mask) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        special[i] =
            mask != NULL ? mask[i] == 1 : tokenizer_is_special(permute->reader.tokenizer, text->sequence.ids[i]);
    text->special = special;
    return 0;
}

/* Parts the words at the border of the parts; one that it cuts is a word in both. */
static void part_words(struct text *text, const struct units *words, struct arena *arena)
{
    size_t at = 0;
    struct unit rest = {0};
    for (size_t p = 0; p < text->part_count; p++) {
        struct part *part = &text->parts[p];
        part->words.items = arena_array(arena, words->count - at + 1, sizeof *part->words.items);
        while (rest.size > 0 || (at < words->count && words->items[at].start < part->end)) {
            struct unit word = rest.size > 0 ? rest : words->items[at++];
            uint32_t end = unit_end(word) < part->end ? unit_end(word) : part->end;
            rest = (struct unit){end, unit_end(word) - end};
            word.size = end - word.start;
            part->words.items[part->words.count++] = word;
            part->words.tokens += word.size;
            if (rest.size > 0)
                break;
        }
    }
}

static void find_parts(const struct permute *permute, struct text *text, const struct units *words, struct arena *arena)
{
    const struct permute_options *given = permute->given;
    uint32_t count = (uint32_t)text->sequence.count;
    uint32_t split = given->reuse > 0 && given->reuse < (int64_t)count ? (uint32_t)given->reuse : count;
    size_t all = (size_t)given->num_predict, half = given->reuse > 0 ? (all + 1) / 2 : all;
    text->part_count = given->reuse > 0 ? 2 : 1;
    text->parts[0] = (struct part){.end = split, .most = half};
    text->parts[1] = (struct part){.start = split, .end = count, .most = all - half};
    part_words(text, words, arena);
}

static int read_text(const struct permute *permute, const struct record *in, struct arena *arena, struct text *text)
{
    struct sequence *sequence = &text->sequence;
    *text = (struct text){0};
    if (sequence_read(&permute->reader, in, arena, sequence) < 0 ||
        sequence_read_words(&permute->reader, in, arena, sequence) < 0 || find_special(permute, in, arena, text) < 0)
        return -1;
    if (permute->given->dense && sequence->count > DENSE_MOST)
        return diag_error("input_ids: %zu tokens; with --dense at most %d, as perm_mask has the square of them",
                          sequence->count, DENSE_MOST);
    struct units words = units_of_words(sequence, arena);
    find_parts(permute, text, &words, arena);
    return 0;
}

/* ---- a copy ---- */

struct copy {
    const struct permute *permute;
    const struct text *text;
    struct rng *rng;
    struct arena *arena;
    int32_t *labels; /* for each token */
    int32_t *order;
    size_t *counts;
};

static size_t select_tokens(const struct copy *copy, struct unit unit)
{
    for (uint32_t i = unit.start; i < unit_end(unit); i++)
        copy->labels[i] = copy->text->sequence.ids[i];
    return unit.size;
}

/* The first words of a unit that fit. */
static size_t select_words(const struct copy *copy, const struct units *words, struct unit unit, size_t room)
{
    size_t selected = 0, word;
    search_first(word, words->count, words->items[word].start < unit.start);
    for (; word < words->count && unit_end(words->items[word]) <= unit_end(unit); word++) {
        if (selected + words->items[word].size > room)
            break;
        selected += select_tokens(copy, words->items[word]);
    }
    return selected;
}

static struct unit draw_unit(const struct copy *copy, const struct part *part, struct units *units, size_t place)
{
    uint64_t draw = (uint64_t)DRAW_ORDER << 32 | (part->start + (uint32_t)place);
    uint64_t other = rng_below(copy->rng, draw, place + 1);
    struct unit unit = units->items[other];
    units->items[other] = units->items[place];
    return unit;
}

/* Units in random order while they fit; of the first that does not, the first words. */
static void select_targets(const struct copy *copy, const struct part *part)
{
    size_t budget = decimal_share(copy->permute->given->prob, part->words.tokens), selected = 0;
    if (budget == 0 && part->words.tokens > 0)
        budget = 1;
    copy->counts[COUNT_CAPPED] |= budget > part->most;
    budget = budget < part->most ? budget : part->most;
    copy->counts[COUNT_MASKABLE] += part->words.tokens;
    copy->counts[COUNT_BUDGET] += budget;
    if (budget == 0)
        return;
    struct units units = units_joined(&part->words, &copy->text->sequence, SIZE_MAX, &copy->permute->lengths, copy->rng,
                                      (uint64_t)DRAW_LENGTH << 32 | part->start, copy->arena);
    for (size_t place = units.count; place-- > 0;) {
        struct unit unit = draw_unit(copy, part, &units, place);
        if (unit.size > budget - selected) {
            selected += select_words(copy, &part->words, unit, budget - selected);
            break;
        }
        selected += select_tokens(copy, unit);
    }
    copy->counts[COUNT_SELECTED] += selected;
}

/* Numbers the targets and the special tokens of a part by a uniform permutation. */
static void number_tokens(const struct copy *copy, const struct part *part)
{
    uint32_t *positions = arena_array(copy->arena, part->end - part->start, sizeof *positions), count = 0;
    for (uint32_t i = part->start; i < part->end; i++) {
        copy->order[i] = -1;
        if (copy->text->special[i] || copy->labels[i] != IGNORE_INDEX)
            positions[count++] = i;
    }
    for (uint32_t number = count; number-- > 0;) {
        uint64_t draw = (uint64_t)DRAW_NUMBER << 32 | (part->start + number);
        uint64_t other = rng_below(copy->rng, draw, number + 1);
        copy->order[positions[other]] = (int32_t)number;
        positions[other] = positions[number];
    }
}

static void set_permuted(const struct permute *permute, struct rng *rng, const struct text *text, struct record *made,
                         struct sink *out)
{
    const struct permute_options *given = permute->given;
    struct arena *arena = sink_arena(out);
    size_t count = text->sequence.count, counts[COUNTERS] = {[COUNT_TOKENS] = count};
    struct copy copy = {permute, text, rng, arena, .counts = counts};
    copy.labels = arena_array(arena, count, sizeof *copy.labels);
    copy.order = arena_array(arena, count, sizeof *copy.order);
    for (size_t i = 0; i < count; i++)
        copy.labels[i] = IGNORE_INDEX;
    for (size_t p = 0; p < text->part_count; p++) {
        select_targets(&copy, &text->parts[p]);
        number_tokens(&copy, &text->parts[p]);
    }
    counts[COUNT_UNMASKED] = counts[COUNT_SELECTED] == 0;
    const struct dense dense = {copy.labels, copy.order, count, text->parts[0].end, (size_t)given->num_predict};
    if (given->dense)
        rec_set_ints(made, SLICE("labels"), dense_labels(&dense, arena), dense.num_predict);
    else
        rec_set_ints(made, SLICE("labels"), copy.labels, count);
    rec_set_ints(made, SLICE("perm_order"), copy.order, count);
    if (given->reuse > 0)
        rec_set_int(made, SLICE("perm_split"), given->reuse);
    if (given->dense) {
        rec_set_json(made, SLICE("perm_mask"), dense_perm_mask(&dense, arena));
        rec_set_json(made, SLICE("target_mapping"), dense_target_mapping(&dense, arena));
    }
    for (size_t i = 0; i < COUNTERS; i++)
        sink_count(out, i, counts[i]);
}

static int permute_record(void *state, const struct record *in, struct sink *out)
{
    const struct permute *permute = state;
    struct arena *arena = sink_arena(out);
    struct text text;
    struct lineage lineage;
    if (rec_present(in, SLICE("labels")) != NULL)
        return diag_error("labels: already present, so the record has targets already (or rename them: quern fields "
                          "--rename NEW=labels)");
    if (read_text(permute, in, arena, &text) < 0 ||
        lineage_read(in, SLICE("text"), &permute->given->random, arena, &lineage) < 0)
        return -1;
    for (int64_t copy = 0; copy < lineage.copies; copy++) {
        struct rng rng = lineage_rng(&lineage, permute->key, copy);
        struct record *made = rec_derive(arena, in);
        set_permuted(permute, &rng, &text, made, out);
        lineage_set(made, &lineage, copy);
        if (sink_emit(out, made) < 0)
            return -1;
    }
    return 0;
}

/* ---- the end ---- */

static void permute_notes(const void *shared, const struct totals *totals)
{
    (void)shared;
    uint64_t unmasked = totals->counters[COUNT_UNMASKED];
    if (unmasked > 0)
        diag_note("%" PRIu64 " of %" PRIu64 " record%s %s no token to predict: all labels are %d, also where the first "
                  "word is longer than the budget",
                  unmasked, totals->out, diag_s(totals->out), unmasked == 1 ? "has" : "have", IGNORE_INDEX);
}

const struct stage stage_permute = {
    .name = "permute",
    .summary = "choose tokens and an order for a permutation language model",
    .example = "$ printf '%s\\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' a b c d >vocab.txt\n"
               "$ echo '{\"id\":1,\"input_ids\":[5,6,7,8,3],\"word_ids\":[0,1,2,3,-1]}' |\n"
               "    quern permute -m vocab.txt | quern fields --keep labels,perm_order\n"
               "{\"labels\":[-100,-100,7,-100,-100],\"perm_order\":[-1,-1,0,-1,1]}",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct permute_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = permute_open,
    .close = permute_close,
    .record = permute_record,
    .notes = permute_notes,
};
