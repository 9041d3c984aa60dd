/* statistics.c - judges masks from the outside: what records.awk made against what quern mask made of it.
 *
 *     statistics token|word PLAIN MASKED COPIES
 *
 * Prints a line "PROPERTY ok VALUE" or "PROPERTY FAIL VALUE" for each property:
 *
 *     shape      arrays of one length
 *     specials   nothing selected that is special or unknown; no such label; none drawn as a random token
 *     labels     a label is the plain record's token
 *     untouched  what is not selected is as it was
 *     budget     tokens: exactly 15 %, half to even, at least 1; words: within the two that the arc cuts
 *     whole      words: all tokens or none, and none that holds an unknown token
 *     copies     each record COPIES times, in order, of epochs 0 and on
 *     share      the number selected in all
 *     replace    80 % mask, 10 % random, 10 % kept: chi square, 2 degrees of freedom
 *     position   selected wherever it stands: 20 bins, chi square, 19 degrees of freedom
 *     random     random tokens are uniform over the vocabulary: 64 bins, chi square, 63 degrees of freedom
 *     size       words of 1, 2, 3 pieces are selected alike: the worst of three deviations
 *     overlap    tokens: two copies of a record have 15 % in common
 *     streams    tokens: so have two records of the same length, and no two records have the same selection
 *
 * Chi squares are bounded at p = 1e-6, deviations at 5 standard deviations. */
#include "base/arena.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/vec.h"
#include "lines.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* the vocabulary of records.awk */
enum { UNKNOWN = 1, MASK = 4, SPECIALS = 5, VOCABULARY = 1000, LONGEST_WORD = 3 };

enum { POSITION_BINS = 20, RANDOM_BINS = 64, IGNORED = -100 };

static const double LIMIT_DEVIATION = 5, LIMIT_2 = 27.63, LIMIT_19 = 63.7, LIMIT_63 = 131.4;

enum property {
    SHAPE,
    SPECIAL,
    LABELS,
    UNTOUCHED,
    BUDGET,
    WHOLE,
    COPIES,
    SHARE,
    REPLACE,
    POSITION,
    RANDOM,
    SIZE,
    OVERLAP,
    STREAMS,
    PROPERTIES
};
static const char *const names[PROPERTIES] = {
    "shape", "specials", "labels",   "untouched", "budget", "whole",   "copies",
    "share", "replace",  "position", "random",    "size",   "overlap", "streams",
};

/* A sum of values with its expectation and variance. */
struct sum {
    double seen, expected, variance;
};

/* What is selected of a sequence: a 0 or 1 for each maskable token. */
struct regex {
    char *items;
    size_t len, cap;
};

struct judge {
    bool words;
    size_t copies;
    size_t broken[PROPERTIES]; /* places where an exact property does not hold */
    struct sum share, size[LONGEST_WORD + 1], overlap, streams;
    double replaced[3];
    double position_seen[POSITION_BINS], position_expected[POSITION_BINS];
    double random_seen[RANDOM_BINS];
    struct map *patterns;
    struct regex now, copy_before;
    VEC(struct regex) last; /* by the number of maskable tokens: the record that had as many before */
};

/* The plain record, and what became of it. */
struct pair {
    const int32_t *plain, *special, *words, *types, *ids, *labels;
    size_t count;
};

/* ---- one record ---- */

static bool is_special(int32_t id)
{
    return id < SPECIALS;
}

static bool is_maskable(const struct pair *pair, size_t i)
{
    return pair->special[i] == 0 && !is_special(pair->plain[i]);
}

static void judge_tokens(struct judge *judge, const struct pair *pair)
{
    for (size_t i = 0; i < pair->count; i++) {
        if (pair->labels[i] == IGNORED) {
            judge->broken[UNTOUCHED] += pair->ids[i] != pair->plain[i];
            continue;
        }
        judge->broken[LABELS] += pair->labels[i] != pair->plain[i];
        judge->broken[SPECIAL] += !is_maskable(pair, i) || is_special(pair->labels[i]);
        if (pair->ids[i] == MASK) {
            judge->replaced[0]++;
        } else if (pair->ids[i] == pair->labels[i]) {
            judge->replaced[2]++;
        } else {
            judge->replaced[1]++;
            judge->broken[SPECIAL] += is_special(pair->ids[i]);
            if (!is_special(pair->ids[i]))
                judge->random_seen[(pair->ids[i] - SPECIALS) * RANDOM_BINS / (VOCABULARY - SPECIALS)]++;
        }
    }
}

/* A unit as the selection sees it: [start, end). */
struct unit {
    size_t start, end;
    bool eligible;
};

static struct unit unit_at(const struct judge *judge, const struct pair *pair, size_t start)
{
    struct unit unit = {start, start + 1, is_maskable(pair, start)};
    if (!judge->words)
        return unit;
    for (; unit.end < pair->count && pair->words[unit.end] == pair->words[start] &&
           pair->types[unit.end] == pair->types[start];
         unit.end++)
        unit.eligible = unit.eligible && is_maskable(pair, unit.end);
    return unit;
}

static size_t count_selected(const struct pair *pair, struct unit unit)
{
    size_t selected = 0;
    for (size_t i = unit.start; i < unit.end; i++)
        selected += pair->labels[i] != IGNORED;
    return selected;
}

/* 15 % of n, half to even. */
static size_t share_of(size_t n)
{
    size_t whole = n * 15 / 100, rest = n * 15 % 100;
    whole += rest > 50 || (rest == 50 && whole % 2 == 1);
    return whole > 0 ? whole : n > 0;
}

static void add_chance(struct sum *sum, bool seen, double p)
{
    sum->seen += seen;
    sum->expected += p;
    sum->variance += p * (1 - p);
}

static void judge_units(struct judge *judge, const struct pair *pair)
{
    size_t eligible = 0, selected = 0;
    for (size_t i = 0; i < pair->count;) {
        struct unit unit = unit_at(judge, pair, i);
        eligible += unit.eligible ? unit.end - unit.start : 0;
        selected += count_selected(pair, unit);
        i = unit.end;
    }
    size_t budget = share_of(eligible), rank = 0;
    double p = (double)budget / (double)eligible;
    judge->now.len = 0;
    for (size_t i = 0; i < pair->count;) {
        struct unit unit = unit_at(judge, pair, i);
        size_t size = unit.end - unit.start, taken = count_selected(pair, unit);
        judge->broken[WHOLE] += taken != 0 && (taken != size || !unit.eligible);
        if (unit.eligible) {
            size_t bin = rank * POSITION_BINS / eligible;
            judge->position_seen[bin] += taken > 0;
            judge->position_expected[bin] += p;
            add_chance(&judge->size[size], taken > 0, p);
            vec_push(&judge->now, taken > 0 ? '1' : '0');
            rank += size;
        }
        i = unit.end;
    }
    double distance = (double)selected - (double)budget;
    judge->broken[BUDGET] += fabs(distance) > (judge->words ? 2 * (LONGEST_WORD - 1) : 0);
    judge->share.seen += (double)selected;
    judge->share.expected += (double)budget;
    judge->share.variance += distance * distance;
}

/* ---- two records ---- */

/* Tokens that two selections from as many tokens have in common: hypergeometric. */
static void compare(struct sum *sum, const struct regex *a, const struct regex *b)
{
    if (a->len != b->len || a->len < 2)
        return;
    double n = (double)a->len, chosen_a = 0, chosen_b = 0, common = 0;
    for (size_t i = 0; i < a->len; i++) {
        chosen_a += a->items[i] == '1';
        chosen_b += b->items[i] == '1';
        common += a->items[i] == '1' && b->items[i] == '1';
    }
    sum->seen += common;
    sum->expected += chosen_a * chosen_b / n;
    sum->variance += chosen_a * chosen_b / n * (1 - chosen_b / n) * (n - chosen_a) / (n - 1);
}

static void keep(struct regex *into, const struct regex *pattern)
{
    into->len = 0;
    vec_reserve(into, pattern->len + 1);
    memcpy(into->items, pattern->items, pattern->len);
    into->len = pattern->len;
}

static void judge_streams(struct judge *judge, size_t copy)
{
    const struct regex *now = &judge->now;
    if (copy > 0)
        compare(&judge->overlap, &judge->copy_before, now);
    keep(&judge->copy_before, now);
    uint64_t *seen = map_put(judge->patterns, (struct slice){now->items, now->len});
    judge->broken[STREAMS] += (*seen)++ > 0;
    if (copy > 0)
        return;
    while (judge->last.len <= now->len)
        vec_push(&judge->last, ((struct regex){0}));
    compare(&judge->streams, &judge->last.items[now->len], now);
    keep(&judge->last.items[now->len], now);
}

/* ---- the files ---- */

static void judge_record(struct judge *judge, const struct line *plain, const struct line *masked, size_t copy,
                         struct arena *arena)
{
    size_t counts[6];
    struct pair pair = {
        .plain = read_ints(plain, "\"input_ids\":", arena, &counts[0]),
        .ids = read_ints(masked, "\"input_ids\":", arena, &counts[1]),
        .labels = read_ints(masked, "\"labels\":", arena, &counts[2]),
        .special = read_ints(plain, "\"special_tokens_mask\":", arena, &counts[3]),
        .words = read_ints(plain, "\"word_ids\":", arena, &counts[4]),
        .types = read_ints(plain, "\"token_type_ids\":", arena, &counts[5]),
        .count = counts[0],
    };
    for (size_t i = 1; i < 6; i++) {
        if (counts[i] != pair.count) {
            judge->broken[SHAPE]++;
            return;
        }
    }
    judge->broken[COPIES] += !slice_equal(read_id(plain), read_id(masked));
    judge->broken[COPIES] += judge->copies > 1 && strtoul(member(masked, "\"epoch\":"), NULL, 10) != copy;
    judge_tokens(judge, &pair);
    judge_units(judge, &pair);
    judge_streams(judge, copy);
}

static void judge_files(struct judge *judge, FILE *plain_file, FILE *masked_file)
{
    struct arena *arena = arena_new();
    struct line plain = {.file = plain_file}, masked = {.file = masked_file};
    while (next_line(&plain)) {
        for (size_t copy = 0; copy < judge->copies; copy++) {
            if (next_line(&masked))
                judge_record(judge, &plain, &masked, copy, arena);
            else
                judge->broken[COPIES]++;
        }
        arena_reset(arena);
    }
    judge->broken[COPIES] += next_line(&masked);
    free(plain.bytes);
    free(masked.bytes);
    arena_free(arena);
}

/* ---- the verdict ---- */

static double deviation(const struct sum *sum)
{
    double distance = fabs(sum->seen - sum->expected);
    return distance == 0 ? 0 : distance / sqrt(sum->variance);
}

static double chi_square(const double *seen, const double *expected, size_t bins)
{
    double sum = 0;
    for (size_t i = 0; i < bins; i++)
        sum += (seen[i] - expected[i]) * (seen[i] - expected[i]) / expected[i];
    return sum;
}

static double replace_chi_square(const struct judge *judge)
{
    double n = judge->replaced[0] + judge->replaced[1] + judge->replaced[2];
    /* a random token that happens to be the original looks kept */
    double same = 0.1 / (VOCABULARY - SPECIALS);
    double expected[3] = {0.8 * n, (0.1 - same) * n, (0.1 + same) * n};
    return chi_square(judge->replaced, expected, 3);
}

static double random_chi_square(const struct judge *judge)
{
    double expected[RANDOM_BINS] = {0};
    for (size_t i = 0; i < VOCABULARY - SPECIALS; i++)
        expected[i * RANDOM_BINS / (VOCABULARY - SPECIALS)] += judge->replaced[1] / (VOCABULARY - SPECIALS);
    return judge->replaced[1] > 0 ? chi_square(judge->random_seen, expected, RANDOM_BINS) : 0;
}

static void say(enum property property, double value, double limit)
{
    printf("%s %s %.2f\n", names[property], value <= limit ? "ok" : "FAIL", value);
}

static void print_verdict(const struct judge *judge)
{
    for (enum property exact = SHAPE; exact <= COPIES; exact++)
        say(exact, (double)judge->broken[exact], 0);
    say(SHARE, deviation(&judge->share), LIMIT_DEVIATION);
    say(REPLACE, replace_chi_square(judge), LIMIT_2);
    say(POSITION, chi_square(judge->position_seen, judge->position_expected, POSITION_BINS), LIMIT_19);
    say(RANDOM, random_chi_square(judge), LIMIT_63);
    double worst = 0;
    for (size_t size = 1; judge->words && size <= LONGEST_WORD; size++)
        worst = fmax(worst, deviation(&judge->size[size]));
    say(SIZE, worst, LIMIT_DEVIATION);
    if (judge->words)
        return;
    say(OVERLAP, deviation(&judge->overlap), LIMIT_DEVIATION);
    say(STREAMS, judge->broken[STREAMS] > 0 ? INFINITY : deviation(&judge->streams), LIMIT_DEVIATION);
}

int main(int argc, char **argv)
{
    if (argc != 5)
        diag_die(STATUS_USAGE, "expected token|word PLAIN MASKED COPIES");
    FILE *plain = fopen(argv[2], "r"), *masked = fopen(argv[3], "r");
    if (plain == NULL || masked == NULL)
        diag_die(STATUS_FAILED, "%s or %s: can't be opened", argv[2], argv[3]);
    struct judge judge = {
        .words = slice_is(SLICE("word"), argv[1]),
        .copies = strtoul(argv[4], NULL, 10),
        .patterns = map_new(),
    };
    judge_files(&judge, plain, masked);
    print_verdict(&judge);
    double selected = judge.replaced[0] + judge.replaced[1] + judge.replaced[2];
    printf("selected %.0f\n", selected);
    map_free(judge.patterns);
    vec_free(&judge.now);
    vec_free(&judge.copy_before);
    for (size_t i = 0; i < judge.last.len; i++)
        vec_free(&judge.last.items[i]);
    vec_free(&judge.last);
    fclose(plain);
    fclose(masked);
    return 0;
}
