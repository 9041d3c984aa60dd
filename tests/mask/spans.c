/* spans.c - judges masks of several words from the outside: what records.awk or tokenize made against what quern mask
 * --unit ngram or span made of it, with --also masked_spans.
 *
 *     spans WEIGHTS PLAIN MASKED
 *
 * WEIGHTS is the law of the lengths: 6,3,2 for 1, 2 and 3 words. Prints a line "PROPERTY ok VALUE" or "PROPERTY FAIL
 * VALUE" for each property:
 *
 *     shape      arrays of one length
 *     spans      masked_spans are ascending, and their tokens are those with a label, which is the original
 *     whole      a span is of whole words, none with a token that may not be masked, of one text and one document
 *     words      no span has more words than the law allows, or more tokens than the budget, but for single words
 *     budget     less than two spans from 15 % of the tokens that may be selected
 *     action     the tokens of a span are all masked, all kept, or all drawn
 *     share      the number selected in all
 *     law        lengths of spans that nothing cut: chi square
 *     pieces     words of 1, 2, 3 and more pieces are selected alike: the worst deviation
 *     position   selected wherever it stands: 20 bins, the worst deviation
 *     replace    80 % of the spans masked, 10 % random, 10 % kept: chi square, 2 degrees of freedom
 *
 * Bounds are at p = 1e-6 or less. Tokens of a span are not independent, so deviations are those of sums over records.
 */
#include "lines.h"

#include <math.h>
#include <stdbool.h>

enum { IGNORED = -100, BINS = 20, PIECES = 4, MOST_WORDS = 32 };

enum property { SHAPE, SPANS, WHOLE, WORDS, BUDGET, ACTION, SHARE, LAW, PIECE, POSITION, REPLACE, PROPERTIES };
static const char *const names[PROPERTIES] = {"shape", "spans", "whole",  "words",    "budget", "action",
                                              "share", "law",   "pieces", "position", "replace"};

/* A sum over records of something with the expectation 0, and of its square. */
struct sum {
    double total, squares;
};

struct judge {
    size_t broken[PROPERTIES];
    double weights[MOST_WORDS + 1], law_seen[MOST_WORDS + 1];
    size_t most_words;
    double selected;
    struct sum share, pieces[PIECES + 1], bins[BINS];
    double actions[3];
    int32_t mask_id, unknown;
};

struct words {
    struct word {
        size_t start, end;
        bool eligible, border; /* border: something else than a word of the same text follows */
    } * items;
    size_t count, eligible; /* tokens of eligible ones */
};

struct pair {
    const int32_t *plain, *special, *words, *types, *docs, *ids, *labels, *spans;
    size_t count, span_count;
};

static bool parted(const struct pair *pair, size_t i)
{
    return pair->types[i - 1] != pair->types[i] || (pair->docs != NULL && pair->docs[i - 1] != pair->docs[i]);
}

static bool is_maskable(const struct judge *judge, const struct pair *pair, size_t i)
{
    return pair->special[i] == 0 && pair->plain[i] != judge->unknown && pair->words[i] >= 0;
}

static struct words find_words(const struct judge *judge, const struct pair *pair, struct arena *arena)
{
    struct words words = {.items = arena_array(arena, pair->count + 1, sizeof *words.items)};
    for (size_t i = 0, end; i < pair->count; i = end) {
        bool eligible = is_maskable(judge, pair, i);
        for (end = i + 1; end < pair->count && pair->words[end] == pair->words[i] && !parted(pair, end); end++)
            eligible = eligible && is_maskable(judge, pair, end);
        words.items[words.count++] = (struct word){i, end, eligible, false};
        words.eligible += eligible ? end - i : 0;
    }
    for (size_t w = 0; w < words.count; w++)
        words.items[w].border =
            w + 1 == words.count || !words.items[w + 1].eligible || parted(pair, words.items[w].end);
    return words;
}

static size_t share_of(size_t n)
{
    size_t whole = n * 15 / 100, rest = n * 15 % 100;
    whole += rest > 50 || (rest == 50 && whole % 2 == 1);
    return whole > 0 ? whole : n > 0;
}

/* ---- one span ---- */

static void judge_action(struct judge *judge, const struct pair *pair, size_t start, size_t end)
{
    size_t masked = 0, kept = 0;
    for (size_t i = start; i < end; i++) {
        masked += pair->ids[i] == judge->mask_id;
        kept += pair->ids[i] == pair->plain[i];
    }
    judge->broken[ACTION] += masked != 0 && masked != end - start;
    /* of several random tokens hardly all are the original ones */
    judge->actions[masked > 0 ? 0 : kept == end - start ? 2 : 1] += end - start > 1;
}

/* Is the length of a span that begins here as it was drawn: N words to the next border, and not too many tokens? */
static bool is_free(const struct judge *judge, const struct words *words, size_t word, size_t budget)
{
    size_t tokens = 0;
    for (size_t w = word; w < word + judge->most_words; w++) {
        tokens += words->items[w].end - words->items[w].start;
        if (words->items[w].border && w + 1 < word + judge->most_words)
            return false;
    }
    return tokens <= budget;
}

static void judge_span(struct judge *judge, const struct pair *pair, const struct words *words, size_t budget,
                       size_t start, size_t end)
{
    size_t w = 0, length = 0;
    while (w < words->count && words->items[w].start < start)
        w++;
    size_t first = w;
    bool whole = w < words->count && words->items[w].start == start;
    for (; w < words->count && words->items[w].end <= end; w++, length++)
        whole = whole && words->items[w].eligible && (words->items[w].end == end || !words->items[w].border);
    whole = whole && length > 0 && words->items[w - 1].end == end;
    judge->broken[WHOLE] += !whole;
    if (!whole)
        return;
    judge->broken[WORDS] += length > judge->most_words || (length > 1 && end - start > budget);
    if (length <= MOST_WORDS && is_free(judge, words, first, budget))
        judge->law_seen[length]++;
    judge_action(judge, pair, start, end);
}

/* ---- one record ---- */

static void add(struct sum *sum, double value)
{
    sum->total += value;
    sum->squares += value * value;
}

static void judge_words(struct judge *judge, const struct pair *pair, const struct words *words, size_t budget)
{
    double p = (double)budget / (double)words->eligible, pieces[PIECES + 1] = {0}, bins[BINS] = {0};
    size_t rank = 0, selected = 0;
    for (size_t w = 0; w < words->count; w++) {
        struct word word = words->items[w];
        size_t size = word.end - word.start;
        if (!word.eligible)
            continue;
        bool taken = pair->labels[word.start] != IGNORED;
        pieces[size < PIECES ? size : PIECES] += taken - p;
        for (size_t i = 0; i < size; i++)
            bins[rank++ * BINS / words->eligible] += taken - p;
        selected += taken ? size : 0;
    }
    for (size_t i = 1; i <= PIECES; i++)
        add(&judge->pieces[i], pieces[i]);
    for (size_t i = 0; i < BINS; i++)
        add(&judge->bins[i], bins[i]);
    add(&judge->share, (double)selected - (double)budget);
    judge->selected += (double)selected;
}

static void judge_spans(struct judge *judge, const struct pair *pair, const struct words *words)
{
    size_t budget = share_of(words->eligible), end = 0, covered = 0, labelled = 0, longest = 0;
    for (size_t s = 0; s < pair->span_count; s++) {
        size_t start = (size_t)pair->spans[2 * s], next = (size_t)pair->spans[2 * s + 1];
        if (start < end || next <= start || next > pair->count) {
            judge->broken[SPANS]++;
            return;
        }
        for (size_t i = start; i < next; i++)
            judge->broken[SPANS] += pair->labels[i] != pair->plain[i];
        end = next;
        covered += next - start;
        longest = next - start > longest ? next - start : longest;
        judge_span(judge, pair, words, budget, start, next);
    }
    for (size_t i = 0; i < pair->count; i++) {
        labelled += pair->labels[i] != IGNORED;
        judge->broken[SPANS] += pair->labels[i] == IGNORED && pair->ids[i] != pair->plain[i];
    }
    judge->broken[SPANS] += labelled != covered;
    size_t distance = covered > budget ? covered - budget : budget - covered;
    /* what the arc cuts and leaves out can't be seen, but is as long as the law and the budget allow */
    judge->broken[BUDGET] += distance >= 2 * budget && distance >= 2 * longest;
    judge_words(judge, pair, words, budget);
}

static void judge_record(struct judge *judge, const struct line *plain, const struct line *masked, struct arena *arena)
{
    size_t counts[7];
    bool docs = strstr(plain->bytes, "\"doc_ids\":") != NULL;
    struct pair pair = {
        .plain = read_ints(plain, "\"input_ids\":", arena, &counts[0]),
        .ids = read_ints(masked, "\"input_ids\":", arena, &counts[1]),
        .labels = read_ints(masked, "\"labels\":", arena, &counts[2]),
        .special = read_ints(plain, "\"special_tokens_mask\":", arena, &counts[3]),
        .words = read_ints(plain, "\"word_ids\":", arena, &counts[4]),
        .types = read_ints(plain, "\"token_type_ids\":", arena, &counts[5]),
        .docs = docs ? read_ints(plain, "\"doc_ids\":", arena, &counts[6]) : NULL,
        .count = counts[0],
    };
    pair.spans = read_pairs(masked, "\"masked_spans\":", arena, &pair.span_count);
    for (size_t i = 1; i < (docs ? 7 : 6); i++) {
        if (counts[i] != pair.count) {
            judge->broken[SHAPE]++;
            return;
        }
    }
    struct words words = find_words(judge, &pair, arena);
    if (words.eligible > 0)
        judge_spans(judge, &pair, &words);
}

/* ---- the verdict ---- */

static double deviation(const struct sum *sum)
{
    return sum->squares == 0 ? 0 : fabs(sum->total) / sqrt(sum->squares);
}

static double chi_square(const double *seen, const double *weights, size_t count)
{
    double all = 0, sum = 0, weight = 0;
    for (size_t i = 0; i < count; i++) {
        all += seen[i];
        weight += weights[i];
    }
    for (size_t i = 0; i < count; i++) {
        double expected = all * weights[i] / weight;
        sum += weights[i] > 0 ? (seen[i] - expected) * (seen[i] - expected) / expected : seen[i] > 0 ? INFINITY : 0;
    }
    return all > 0 ? sum : 0;
}

/* Wilson and Hilferty's approximation, at p = 1e-6. */
static double chi_square_limit(double freedom)
{
    double cube = 1 - 2 / (9 * freedom) + 4.753 * sqrt(2 / (9 * freedom));
    return freedom * cube * cube * cube;
}

static void say(enum property property, double value, double limit)
{
    printf("%s %s %.2f\n", names[property], value <= limit ? "ok" : "FAIL", value);
}

static void print_verdict(const struct judge *judge)
{
    for (enum property exact = SHAPE; exact <= ACTION; exact++)
        say(exact, (double)judge->broken[exact], 0);
    say(SHARE, deviation(&judge->share), 5);
    double worst = 0, lengths = 0;
    if (judge->most_words > 1)
        say(LAW, chi_square(judge->law_seen + 1, judge->weights + 1, judge->most_words),
            chi_square_limit((double)judge->most_words - 1));
    for (size_t i = 1; i <= PIECES; i++)
        worst = fmax(worst, deviation(&judge->pieces[i]));
    say(PIECE, worst, 5.5);
    worst = 0;
    for (size_t i = 0; i < BINS; i++)
        worst = fmax(worst, deviation(&judge->bins[i]));
    say(POSITION, worst, 5.5);
    say(REPLACE, chi_square(judge->actions, (const double[]){8, 1, 1}, 3), 27.63);
    for (size_t i = 1; i <= judge->most_words; i++)
        lengths += judge->law_seen[i];
    printf("selected %.0f\nlengths %.0f\n", judge->selected, lengths);
}

int main(int argc, char **argv)
{
    struct judge judge = {.mask_id = 4, .unknown = 1};
    if (argc != 4 && argc != 6)
        diag_die(STATUS_USAGE, "expected WEIGHTS PLAIN MASKED [MASK-ID UNKNOWN-ID]");
    if (argc == 6) {
        judge.mask_id = (int32_t)strtol(argv[4], NULL, 10);
        judge.unknown = (int32_t)strtol(argv[5], NULL, 10);
    }
    for (char *at = argv[1], *end; judge.most_words < MOST_WORDS; at = end + 1) {
        judge.weights[++judge.most_words] = strtod(at, &end);
        if (*end != ',')
            break;
    }
    struct line plain = {.file = fopen(argv[2], "r")}, masked = {.file = fopen(argv[3], "r")};
    if (plain.file == NULL || masked.file == NULL)
        diag_die(STATUS_FAILED, "%s or %s: can't be opened", argv[2], argv[3]);
    struct arena *arena = arena_new();
    while (next_line(&plain) && next_line(&masked)) {
        judge_record(&judge, &plain, &masked, arena);
        arena_reset(arena);
    }
    print_verdict(&judge);
    arena_free(arena);
    free(plain.bytes);
    free(masked.bytes);
    fclose(plain.file);
    fclose(masked.file);
    return 0;
}
