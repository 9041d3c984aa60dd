/* unigram_trainer.c - see unigram_trainer.h.
 *
 * A part of a word has at most 24 symbols and a piece has at least the probability LEAST_SHARE, so products stay in the
 * range of a double and no logarithms are needed for them. */
#include "unigram_trainer.h"

#include "base/diag.h"
#include "base/memory.h"
#include "word_counts.h"

#include <assert.h>
#include <stdlib.h>

static const size_t SEEDS = 1000000;
static const double LEAST_SHARE = 1e-12;
enum { ROUNDS_BETWEEN = 2 };

struct unigram {
    struct unigram_corpus corpus;
    size_t alphabet; /* the number of the first pieces, which stay */
};

/* ---- numbers ---- */

/* The natural logarithm of x >= 1e-300: 2 artanh((m - 1) / (m + 1)) of x = m 2^e, m near 1. */
static double logarithm(double x)
{
    int exponent = 0;
    for (; x > 0x1p32; exponent += 32)
        x *= 0x1p-32;
    for (; x < 0x1p-32; exponent -= 32)
        x *= 0x1p32;
    for (; x > 1.4142135623730951; exponent++)
        x *= 0.5;
    for (; x < 0.70710678118654757; exponent--)
        x *= 2;
    double s = (x - 1) / (x + 1), square = s * s, sum = 0;
    for (int i = 21; i > 0; i -= 2)
        sum = sum * square + 1.0 / i;
    return 2 * s * sum + exponent * 0.69314718055994531;
}

/* exp(digamma(n)) for n >= 1/2, by the first terms of its series: the variational Bayes estimate of a count, which
 * subtracts half an occurrence from each piece and so removes rare ones. A character with a smaller expectation still
 * remains a piece. */
static double discounted(double n)
{
    double count = n < 0.5 ? 0.5 : n;
    return count - 0.5 + 1 / (24 * count);
}

/* ---- expectation ---- */

/* Adds to `expects` how often each piece occurs in a part, over all ways to segment it, weighted by probability. */
static void expect_part(struct unigram_corpus *corpus, uint32_t start, uint32_t len, double count)
{
    struct unigram_piece *pieces = corpus->pieces.items;
    const uint32_t *first = corpus->first_edge + start, *edges = corpus->edges;
    double before[UNIGRAM_PART_SYMBOLS + 1] = {1}, behind[UNIGRAM_PART_SYMBOLS + 1] = {0};
    for (uint32_t i = 0; i < len; i++)
        for (uint32_t edge = first[i]; edge < first[i + 1]; edge++)
            before[i + pieces[edges[edge]].len] += before[i] * pieces[edges[edge]].share;
    behind[len] = 1;
    double all = count / before[len];
    for (uint32_t i = len; i-- > 0;)
        for (uint32_t edge = first[i]; edge < first[i + 1]; edge++) {
            struct unigram_piece *piece = &pieces[edges[edge]];
            double rest = piece->share * behind[i + piece->len];
            behind[i] += rest;
            piece->expects += before[i] * rest * all;
        }
}

static void expect(struct unigram *u)
{
    struct unigram_corpus *corpus = &u->corpus;
    for (size_t i = 0; i < corpus->pieces.len; i++)
        corpus->pieces.items[i].expects = 0;
    for (uint32_t part = 0, start = 0; part < corpus->ends.len; part++) {
        uint32_t end = corpus->ends.items[part];
        expect_part(corpus, start, end - start, (double)corpus->counts.items[part]);
        start = end;
    }
}

/* Turns expectations into probabilities. */
static void maximize(struct unigram *u, double (*estimate)(double))
{
    struct unigram_piece *pieces = u->corpus.pieces.items;
    double sum = 0;
    for (size_t i = 0; i < u->corpus.pieces.len; i++) {
        pieces[i].share = estimate(pieces[i].expects);
        sum += pieces[i].share;
    }
    for (size_t i = 0; i < u->corpus.pieces.len; i++) {
        pieces[i].share = sum > 0 ? pieces[i].share / sum : 0;
        if (pieces[i].share < LEAST_SHARE)
            pieces[i].share = LEAST_SHARE;
    }
}

static double as_it_is(double n)
{
    return n;
}

static void drop_unexpected(struct unigram *u)
{
    bool *keep = mem_zalloc(u->corpus.pieces.len + 1, sizeof *keep);
    for (size_t i = 0; i < u->corpus.pieces.len; i++)
        keep[i] = i < u->alphabet || u->corpus.pieces.items[i].expects >= 0.5;
    unigram_corpus_keep(&u->corpus, keep);
    mem_free(keep);
}

static void estimate_shares(struct unigram *u)
{
    for (int round = 0; round < ROUNDS_BETWEEN; round++) {
        expect(u);
        drop_unexpected(u);
        maximize(u, discounted);
    }
}

/* ---- the best way to cut ---- */

struct best_cut {
    double share[UNIGRAM_PART_SYMBOLS + 1];   /* of the best way up to a symbol */
    uint32_t piece[UNIGRAM_PART_SYMBOLS + 1]; /* its last piece */
};

/* Of equally good ways, takes the one with the longest last piece. `without`: a piece that must not be used. */
static void cut(const struct unigram_corpus *corpus, uint32_t start, uint32_t len, uint32_t without,
                struct best_cut *best)
{
    const struct unigram_piece *pieces = corpus->pieces.items;
    const uint32_t *first = corpus->first_edge + start;
    *best = (struct best_cut){.share = {1}};
    for (uint32_t i = 0; i < len; i++)
        for (uint32_t edge = first[i]; edge < first[i + 1]; edge++) {
            uint32_t number = corpus->edges[edge], end = i + pieces[number].len;
            if (end > len)
                break; /* the remaining ones are longer still */
            double share = best->share[i] * pieces[number].share;
            if (share > best->share[end] && number != without) {
                best->share[end] = share;
                best->piece[end] = number;
            }
        }
}

/* How often each piece occurs in the best segmentations of all parts. */
static uint64_t *count_pieces(const struct unigram_corpus *corpus, double *sum)
{
    uint64_t *counts = mem_zalloc(corpus->pieces.len + 1, sizeof *counts);
    struct best_cut best;
    *sum = 0;
    for (uint32_t part = 0, start = 0; part < corpus->ends.len; part++) {
        uint32_t end = corpus->ends.items[part], at = end - start;
        cut(corpus, start, at, UINT32_MAX, &best);
        for (; at > 0; at -= corpus->pieces.items[best.piece[at]].len) {
            counts[best.piece[at]] += corpus->counts.items[part];
            *sum += (double)corpus->counts.items[part];
        }
        start = end;
    }
    return counts;
}

/* ---- dropping pieces ---- */

struct loss {
    double loss;
    uint32_t piece;
};

/* The likelihood that all words lose when a piece is replaced by the best segmentation into others: Kudo's
 * approximation, in which each of those gets the piece's count. Negative: the piece is not used even for its own text,
 * so removing it loses nothing. */
static double loss_of(const struct unigram_corpus *corpus, uint32_t number, const uint64_t *counts, double sum)
{
    const struct unigram_piece *piece = &corpus->pieces.items[number];
    struct best_cut best;
    if (counts[number] == 0)
        return -1;
    cut(corpus, piece->at, piece->len, number, &best);
    if (best.share[piece->len] > piece->share)
        return -1;
    double count = (double)counts[number], others = 0, logs = 0;
    for (uint32_t at = piece->len; at > 0; at -= corpus->pieces.items[best.piece[at]].len) {
        logs += logarithm((double)counts[best.piece[at]] + count);
        others++;
    }
    logs -= others * logarithm(sum + count * (others - 1));
    double loss = count * (logarithm(count) - logarithm(sum) - logs);
    return loss > 0 ? loss : 0;
}

static int compare_losses(const void *a, const void *b)
{
    const struct loss *x = a, *y = b;
    if (x->loss < y->loss || x->loss > y->loss)
        return x->loss < y->loss ? 1 : -1;
    return (x->piece > y->piece) - (x->piece < y->piece);
}

/* Keeps the alphabet and at most `most` pieces in all: those with the highest loss. */
static void drop_cheapest(struct unigram *u, size_t most)
{
    double sum;
    uint64_t *counts = count_pieces(&u->corpus, &sum);
    size_t len = u->corpus.pieces.len, wanted = most > u->alphabet ? most - u->alphabet : 0;
    bool *keep = mem_zalloc(len + 1, sizeof *keep);
    VEC(struct loss) losses = {0};
    for (size_t i = 0; i < len; i++) {
        struct loss loss = {0, (uint32_t)i};
        keep[i] = i < u->alphabet;
        if (!keep[i] && (loss.loss = loss_of(&u->corpus, loss.piece, counts, sum)) >= 0)
            vec_push(&losses, loss);
    }
    if (losses.len > 0)
        qsort(losses.items, losses.len, sizeof *losses.items, compare_losses);
    for (size_t i = 0; i < losses.len && i < wanted; i++)
        keep[losses.items[i].piece] = true;
    unigram_corpus_keep(&u->corpus, keep);
    vec_free(&losses);
    mem_free(keep);
    mem_free(counts);
}

static void shrink(struct unigram *u, size_t most)
{
    estimate_shares(u);
    while (u->corpus.pieces.len > most) {
        size_t next = u->corpus.pieces.len / 4 * 3;
        drop_cheapest(u, next > most ? next : most);
        estimate_shares(u);
    }
}

/* ---- the vocabulary ---- */

struct scored {
    struct slice text;
    int64_t score;
};

static int compare_scores(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;
    return x->score != y->score ? (x->score < y->score) - (x->score > y->score) : slice_compare(x->text, y->text);
}

/* In millionths, rounded to the nearest. */
static int64_t score_of(double share)
{
    return -(int64_t)(logarithm(share) * -1e6 + 0.5);
}

static void add_piece(struct trained *trained, struct slice text, int64_t score)
{
    size_t known = map_len(trained->vocabulary);
    (void)trainer_piece(trained, text);
    if (map_len(trained->vocabulary) > known) /* else a reserved piece has the same spelling */
        vec_push(&trained->scores, score);
}

static void make_vocabulary(const struct unigram *u, struct trained *trained)
{
    const struct unigram_corpus *corpus = &u->corpus;
    struct arena *arena = arena_new();
    struct bytes text = {0};
    VEC(struct scored) scored = {0};
    int64_t least = 0;
    for (size_t i = 0; i < corpus->pieces.len; i++) {
        text.len = 0;
        unigram_corpus_text(corpus, &corpus->pieces.items[i], &text);
        int64_t score = score_of(corpus->pieces.items[i].share);
        vec_push(&scored, ((struct scored){arena_copy(arena, bytes_slice(&text)), score}));
        least = score < least ? score : least;
    }
    for (size_t i = 0; i < corpus->alphabet.absent.len; i++)
        vec_push(&scored, ((struct scored){corpus->alphabet.absent.items[i], least}));
    if (scored.len > 0)
        qsort(scored.items, scored.len, sizeof *scored.items, compare_scores);
    for (size_t i = 0; i < scored.len; i++)
        add_piece(trained, scored.items[i].text, scored.items[i].score);
    vec_free(&scored);
    vec_free(&text);
    arena_free(arena);
}

static int learn(struct unigram *u, const struct map *words, const struct trainer_options *options)
{
    const struct map_entry **sorted = word_counts_sorted(words, WORDS_AS_TEXT);
    size_t longest = options->max_piece > 0 ? options->max_piece : UNIGRAM_PIECE;
    int status = unigram_corpus_fill(&u->corpus, sorted, map_len(words), &options->alphabet, (uint32_t)longest, SEEDS);
    mem_free(sorted);
    if (status != 0)
        return -1;
    u->alphabet = u->corpus.alphabet.characters.len;
    size_t absent = u->corpus.alphabet.absent.len;
    if (trainer_check_room(u->alphabet + absent, options) != 0)
        return -1;
    maximize(u, as_it_is);
    shrink(u, options->vocab_size - options->reserved_count - absent);
    return 0;
}

int unigram_trainer_learn(const struct map *words, const struct trainer_options *options, struct trained *trained)
{
    struct unigram u = {0};
    int status = learn(&u, words, options);
    if (status == 0) {
        trained->coverage = u.corpus.alphabet.coverage;
        make_vocabulary(&u, trained);
    }
    unigram_corpus_free(&u.corpus);
    return status;
}
