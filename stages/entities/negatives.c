/* negatives.c - entities negatives: spans of tokens that are no entities, for models that classify spans (Li et al.
 * 2021, Empirical Analysis of Unlabeled Entity Problem in Named Entity Recognition).
 *
 * Candidates are ranges of whole words. They are counted, not listed: `before` of a word is the number of candidates
 * that begin at earlier ones, so a candidate has a number, which is found by halving. */
#include "labels.h"
#include "tokens.h"

#include "base/search.h"
#include "verbs.h"

#include <inttypes.h>
#include <stdlib.h>

enum { OVERLAP_ALLOW, OVERLAP_FORBID };

struct negatives_options {
    struct words labels;
    int64_t max_width, negatives, per_positive;
    struct decimal per_token;
    int overlap;
    struct random_options random;
};

static const char *const overlap_names[] = {"allow", "forbid", NULL};

static const struct option options[] = {
    {"labels", 0, OPT_WORDS, OPT_AT(struct negatives_options, labels), .value = "NAME,...", .required = true,
     .help = "the labels of entities, in the order of their numbers, from 1"},
    {"negatives", 0, OPT_INT, OPT_AT(struct negatives_options, negatives), .value = "N", .min = 0, .max = INT32_MAX,
     .when = "!per-positive", .help = "how many to draw for each record"},
    {"per-positive", 0, OPT_INT, OPT_AT(struct negatives_options, per_positive), .value = "K", .min = 0,
     .max = INT32_MAX, .when = "!per-token", .help = "how many for each entity"},
    {"per-token", 0, OPT_DECIMAL, OPT_AT(struct negatives_options, per_token), .value = "P", .when = "!negatives",
     .help = "how many for each token of the text, rounded up; 0.35 in the paper"},
    {"max-width", 0, OPT_INT, OPT_AT(struct negatives_options, max_width), .value = "W", .fallback = "8", .min = 1,
     .max = INT32_MAX, .help = "tokens of the longest one"},
    {"overlap", 0, OPT_CHOICE, OPT_AT(struct negatives_options, overlap), .value = "WHAT", .fallback = "allow",
     .choices = overlap_names, .help = "whether they may share tokens with entities"},
    OPTIONS_RANDOM(struct negatives_options, random),
    {0},
};

static const char *const reads[] = {"id",       "text",           "epoch",
                                    "entities", "input_ids",      "entity_tokens",
                                    "word_ids", "token_type_ids", "special_tokens_mask",
                                    "question", "tokens",         NULL};
static const char *const writes[] = {"spans", "span_labels", "epoch", NULL};

enum { COUNT_POSITIVES, COUNT_LOST, COUNT_NEGATIVES, COUNT_CANDIDATES, COUNT_SHORT };
static const char *const counters[] = {
    [COUNT_POSITIVES] = "positives",   [COUNT_LOST] = "lost_entities",  [COUNT_NEGATIVES] = "negatives",
    [COUNT_CANDIDATES] = "candidates", [COUNT_SHORT] = "short_records", NULL};

/* The numbers of the draws are a part of the frozen contract of quern-record(5): DRAW_NEGATIVE << 32 | which of them,
 * from 0. */
enum { DRAW_NEGATIVE = 1 };

enum wanted { WANTED_NUMBER, WANTED_PER_POSITIVE, WANTED_PER_TOKEN };

struct negatives {
    const struct negatives_options *given;
    enum wanted wanted;
    struct map *numbers; /* of the labels, from 1 */
    struct rng_key key;
};

/* ---- open ---- */

static void negatives_close(void *shared)
{
    struct negatives *negatives = shared;
    map_free(negatives->numbers);
    mem_free(negatives);
}

static int negatives_open(struct stage_context *context, void **shared)
{
    const struct negatives_options *given = context->options;
    bool number = opt_given(context, "negatives"), per_positive = opt_given(context, "per-positive");
    if (!number && !per_positive && !opt_given(context, "per-token"))
        return diag_error("expected --negatives N, --per-positive K or --per-token P");
    if (lineage_check(&given->random) < 0)
        return -1;
    struct negatives *negatives = mem_zalloc(1, sizeof *negatives);
    *negatives = (struct negatives){
        .given = given,
        .wanted = number         ? WANTED_NUMBER
                  : per_positive ? WANTED_PER_POSITIVE
                                 : WANTED_PER_TOKEN,
        .numbers = map_new(),
        .key = rng_key(&given->random, "entities"),
    };
    if (labels_number(&given->labels, 1, negatives->numbers) < 0) {
        negatives_close(negatives);
        return -1;
    }
    *shared = negatives;
    return 0;
}

/* ---- entities ---- */

/* The spans of the entities, in their order, and the numbers of their labels. */
struct positives {
    struct span *spans;
    int32_t *labels;
    size_t count;
};

static int read_positives(const struct negatives *negatives, const struct record *in, const struct text_tokens *tokens,
                          struct sink *out, struct positives *positives)
{
    struct arena *arena = sink_arena(out);
    const struct entity *entities;
    size_t count;
    if (entities_read(in, SIZE_MAX, arena, &entities, &count) < 0)
        return -1;
    if (tokens->entity_count != count)
        return diag_error("entity_tokens: expected %zu items, as in entities, found %zu", count, tokens->entity_count);
    *positives = (struct positives){arena_array(arena, count, sizeof *positives->spans),
                                    arena_array(arena, count, sizeof *positives->labels), 0};
    for (size_t i = 0; i < count; i++) {
        if (entities[i].label.ptr == NULL)
            return entities_no_label(i);
        const uint64_t *number = map_get(negatives->numbers, entities[i].label);
        if (number == NULL)
            return diag_error("entities[%zu]: the label %.*s is not one of --labels", i, (int)entities[i].label.len,
                              entities[i].label.ptr);
        bool lost = tokens->places[i].start == tokens->places[i].end;
        sink_count(out, COUNT_LOST, lost);
        if (lost)
            continue;
        positives->spans[positives->count] = tokens->places[i];
        positives->labels[positives->count++] = (int32_t)*number;
    }
    return 0;
}

/* ---- candidates ---- */

struct candidates {
    struct span *words; /* in tokens */
    size_t word_count;
    uint64_t *before; /* of each word, and one more: how many candidates begin at earlier words */
    uint64_t *gold;   /* the numbers of those that are entities, ascending */
    size_t gold_count;
    uint64_t count; /* of the others */
};

/* The words of the text that may be in a candidate. */
static void find_words(const struct text_tokens *tokens, const bool *barred, struct candidates *found)
{
    for (size_t i = 0; i < tokens->count;) {
        size_t end = i + 1;
        bool open = tokens->in_text[i] && tokens->word_ids[i] >= 0 && !barred[i];
        while (end < tokens->count && text_tokens_joined(tokens, end)) {
            open = open && !barred[end];
            end++;
        }
        if (open)
            found->words[found->word_count++] = (struct span){(uint32_t)i, (uint32_t)end};
        i = end;
    }
}

/* How many candidates begin at each word: as many as there are words up to the last one that ends within the width,
 * with no token between two of them that is not in a word. */
static void count_candidates(struct candidates *found, size_t width)
{
    const struct span *words = found->words;
    size_t end = 0;
    found->before[0] = 0;
    for (size_t i = 0; i < found->word_count; i++) {
        size_t first = end > i ? end : i;
        while (first < found->word_count && words[first].end - words[i].start <= width &&
               (first == i || words[first].start == words[first - 1].end))
            first++;
        end = first;
        found->before[i + 1] = found->before[i] + (end - i);
    }
}

/* The last of the `count` numbers, which do not fall, that is at most `number`; the first is. */
static size_t last_up_to(const uint64_t *numbers, size_t count, uint64_t number)
{
    size_t low = 0, high = count - 1;
    while (low < high) {
        size_t middle = low + (high - low + 1) / 2;
        if (numbers[middle] <= number)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* The word that begins, or ends, at this token; word_count if there is none. */
static size_t word_from(const struct candidates *found, uint32_t start)
{
    size_t low;
    search_first(low, found->word_count, found->words[low].start < start);
    return low < found->word_count && found->words[low].start == start ? low : found->word_count;
}

static int ascending(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

/* The numbers of the candidates that are entities, each once. */
static void find_gold(const struct positives *positives, struct candidates *found)
{
    for (size_t i = 0; i < positives->count; i++) {
        struct span span = positives->spans[i];
        size_t first = word_from(found, span.start), words = 0;
        if (first == found->word_count)
            continue;
        uint64_t most = found->before[first + 1] - found->before[first];
        size_t last = annotations_span_after(found->words, found->word_count, span.end - 1);
        if (last < found->word_count && found->words[last].end == span.end)
            words = last - first; /* of which there is one more */
        else
            continue;
        if (words < most)
            found->gold[found->gold_count++] = found->before[first] + words;
    }
    if (found->gold_count > 0)
        qsort(found->gold, found->gold_count, sizeof *found->gold, ascending);
    size_t kept = 0;
    for (size_t i = 0; i < found->gold_count; i++)
        if (kept == 0 || found->gold[kept - 1] != found->gold[i])
            found->gold[kept++] = found->gold[i];
    found->gold_count = kept;
}

static void find_candidates(const struct negatives *negatives, const struct text_tokens *tokens,
                            const struct positives *positives, struct arena *arena, struct candidates *found)
{
    *found = (struct candidates){
        .words = arena_array(arena, tokens->count, sizeof *found->words),
        .before = arena_array(arena, tokens->count + 1, sizeof *found->before),
        .gold = arena_array(arena, positives->count, sizeof *found->gold),
    };
    bool *barred = arena_array(arena, tokens->count, sizeof *barred);
    for (size_t i = 0; i < tokens->count; i++)
        barred[i] = false;
    for (size_t i = 0; i < positives->count && negatives->given->overlap == OVERLAP_FORBID; i++)
        for (uint32_t j = positives->spans[i].start; j < positives->spans[i].end; j++)
            barred[j] = true;
    find_words(tokens, barred, found);
    count_candidates(found, (size_t)negatives->given->max_width);
    find_gold(positives, found);
    found->count = found->before[found->word_count] - found->gold_count;
}

/* Candidate number n of those that are no entities: how many entities come before it is found by halving, since
 * gold[k] - k do not fall. */
static struct span candidate_at(const struct candidates *found, uint64_t n)
{
    size_t low;
    search_first(low, found->gold_count, found->gold[low] - low <= n);
    n += low;
    size_t first = last_up_to(found->before, found->word_count, n);
    return (struct span){found->words[first].start, found->words[first + (n - found->before[first])].end};
}

/* ---- drawing ---- */

/* A set of numbers, of at most half its slots. */
struct drawn {
    uint64_t *slots; /* number + 1; 0: free */
    size_t mask;
};

static bool add(struct drawn *drawn, uint64_t number)
{
    size_t at = (size_t)(number * UINT64_C(0x9e3779b97f4a7c15) >> 32) & drawn->mask;
    while (drawn->slots[at] != 0 && drawn->slots[at] != number + 1)
        at = (at + 1) & drawn->mask;
    bool is_new = drawn->slots[at] == 0;
    drawn->slots[at] = number + 1;
    return is_new;
}

/* `wanted` of `count` numbers, ascending, every set of so many equally likely: Floyd's way (Bentley and Floyd, CACM
 * 1987), which draws no more than that. wanted < count. */
static void draw_numbers(struct rng *rng, uint64_t count, size_t wanted, struct arena *arena, uint64_t *numbers)
{
    struct drawn drawn = {.mask = 1};
    while (drawn.mask < 2 * wanted)
        drawn.mask = drawn.mask * 2 + 1;
    drawn.slots = arena_array(arena, drawn.mask + 1, sizeof *drawn.slots);
    memset(drawn.slots, 0, (drawn.mask + 1) * sizeof *drawn.slots);
    for (size_t i = 0; i < wanted; i++) {
        uint64_t last = count - wanted + i;
        uint64_t number = rng_below(rng, (uint64_t)DRAW_NEGATIVE << 32 | i, last + 1);
        if (!add(&drawn, number)) {
            number = last;
            (void)add(&drawn, number);
        }
        numbers[i] = number;
    }
    if (wanted > 0)
        qsort(numbers, wanted, sizeof *numbers, ascending);
}

static uint64_t find_wanted(const struct negatives *negatives, const struct text_tokens *tokens,
                            const struct positives *positives)
{
    const struct negatives_options *given = negatives->given;
    uint64_t of_text = 0;
    if (negatives->wanted == WANTED_NUMBER)
        return (uint64_t)given->negatives;
    if (negatives->wanted == WANTED_PER_POSITIVE)
        return (uint64_t)given->per_positive * positives->count;
    for (size_t i = 0; i < tokens->count; i++)
        of_text += tokens->in_text[i];
    return decimal_least(given->per_token, of_text);
}

/* ---- record ---- */

static int emit_copy(const struct negatives *negatives, const struct record *in, const struct positives *positives,
                     const struct candidates *candidates, size_t drawn, const struct lineage *lineage, int64_t copy,
                     struct sink *out)
{
    struct arena *arena = sink_arena(out);
    size_t count = positives->count + drawn;
    struct span *spans = arena_array(arena, count, sizeof *spans);
    int32_t *labels = arena_array(arena, count, sizeof *labels);
    uint64_t *numbers = arena_array(arena, drawn, sizeof *numbers);
    if (drawn == candidates->count) {
        for (size_t i = 0; i < drawn; i++)
            numbers[i] = i;
    } else {
        struct rng rng = lineage_rng(lineage, negatives->key, copy);
        draw_numbers(&rng, candidates->count, drawn, arena, numbers);
    }
    for (size_t i = 0; i < count; i++) {
        bool gold = i < positives->count;
        spans[i] = gold ? positives->spans[i] : candidate_at(candidates, numbers[i - positives->count]);
        labels[i] = gold ? positives->labels[i] : 0;
    }
    struct record *made = rec_derive(arena, in);
    rec_set_spans(made, SLICE("spans"), spans, count);
    rec_set_ints(made, SLICE("span_labels"), labels, count);
    lineage_set(made, lineage, copy);
    return sink_emit(out, made);
}

static int negatives_record(void *shared, const struct record *in, struct sink *out)
{
    const struct negatives *negatives = shared;
    struct arena *arena = sink_arena(out);
    struct text_tokens tokens;
    struct positives positives = {0};
    struct candidates candidates;
    struct lineage lineage;
    if (text_tokens_read(in, true, arena, &tokens) < 0 || read_positives(negatives, in, &tokens, out, &positives) < 0 ||
        lineage_read(in, SLICE("text"), &negatives->given->random, arena, &lineage) < 0)
        return -1;
    find_candidates(negatives, &tokens, &positives, arena, &candidates);
    uint64_t wanted = find_wanted(negatives, &tokens, &positives);
    uint64_t drawn = wanted < candidates.count ? wanted : candidates.count;
    uint64_t copies = (uint64_t)lineage.copies;
    sink_count(out, COUNT_POSITIVES, positives.count * copies);
    sink_count(out, COUNT_NEGATIVES, drawn * copies);
    sink_count(out, COUNT_CANDIDATES, candidates.count * copies);
    sink_count(out, COUNT_SHORT, drawn < wanted ? copies : 0);
    for (int64_t copy = 0; copy < lineage.copies; copy++)
        if (emit_copy(negatives, in, &positives, &candidates, (size_t)drawn, &lineage, copy, out) < 0)
            return -1;
    return 0;
}

static void negatives_notes(const void *shared, const struct totals *totals)
{
    uint64_t lost = totals->counters[COUNT_LOST], few = totals->counters[COUNT_SHORT];
    (void)shared;
    if (lost > 0)
        diag_note("%" PRIu64 " entit%s no token, and so no span", lost, lost == 1 ? "y has" : "ies have");
    if (few > 0)
        diag_note("%" PRIu64 " of %" PRIu64 " record%s %s fewer candidates than negatives were asked for", few,
                  totals->out, diag_s(totals->out), few == 1 ? "has" : "have");
}

const struct stage entities_negatives = {
    .name = "entities negatives",
    .summary = "draw spans that are no entities, for models that classify spans",
    .example = "$ printf '{\"id\":1,\"input_ids\":[7,8],\"special_tokens_mask\":[0,0],' >record\n"
               "$ echo '\"word_ids\":[0,1],\"entities\":[],\"entity_tokens\":[]}' >>record\n"
               "$ quern entities negatives --labels PER --negatives 2 record | jq -c .spans\n"
               "[[0,1],[0,2]]",
    .class = STAGE_MAP,
    .options = options,
    .options_size = sizeof(struct negatives_options),
    .reads = reads,
    .writes = writes,
    .counters = counters,
    .open = negatives_open,
    .close = negatives_close,
    .record = negatives_record,
    .notes = negatives_notes,
};
