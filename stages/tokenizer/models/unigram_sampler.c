/* unigram_sampler.c - see unigram_sampler.h. */
#include "unigram_sampler.h"

#include "base/diag.h"
#include "base/memory.h"
#include "unigram_walk.h"

#include <math.h>

struct unigram_sampler {
    const struct unigram *unigram;
    size_t nbest;
    uint64_t alpha;            /* 2^-ALPHA_BITS */
    int64_t *scores;           /* by id, 2^-SCORE_BITS */
    int64_t unk_score, widest; /* widest: the largest absolute value of a score */
    struct weight *weights;    /* by id; NULL when sampling among the N best */
    struct weight unk_weight;
};

static uint64_t fixed_alpha(struct decimal alpha)
{
    __extension__ typedef unsigned __int128 u128;
    uint64_t one = 1;
    for (unsigned i = 0; i < alpha.scale; i++)
        one *= 10;
    return (uint64_t)(((u128)alpha.digits << ALPHA_BITS) / one);
}

/* False if the score is too large. Scaling by a power of two is exact, and the result of rint is well-defined. */
static bool fixed_score(struct unigram_sampler *sampler, double score, int64_t *fixed)
{
    const double most = (double)(1 << 20);
    if (!(fabs(score) <= most))
        return false;
    *fixed = (int64_t)rint(score * (1 << SCORE_BITS));
    int64_t width = *fixed < 0 ? -*fixed : *fixed;
    sampler->widest = width > sampler->widest ? width : sampler->widest;
    return true;
}

struct unigram_sampler *unigram_sampler_new(const struct unigram *unigram, size_t size, size_t nbest,
                                            struct decimal alpha)
{
    struct unigram_sampler *sampler = mem_zalloc(1, sizeof *sampler);
    sampler->unigram = unigram;
    sampler->nbest = nbest;
    sampler->alpha = fixed_alpha(alpha);
    sampler->scores = mem_zalloc(size, sizeof *sampler->scores);
    bool fits = fixed_score(sampler, unigram->unk_score, &sampler->unk_score);
    for (size_t id = 0; id < size && fits; id++)
        fits = fixed_score(sampler, unigram->scores[id], &sampler->scores[id]);
    if (!fits) {
        unigram_sampler_free(sampler);
        (void)diag_error("the vocabulary has a score that is too large for sampling");
        return NULL;
    }
    if (nbest != SAMPLE_ALL)
        return sampler;
    sampler->weights = mem_zalloc(size, sizeof *sampler->weights);
    for (size_t id = 0; id < size; id++)
        sampler->weights[id] = weight_exp(sampler->alpha, sampler->scores[id]);
    sampler->unk_weight = weight_exp(sampler->alpha, sampler->unk_score);
    return sampler;
}

void unigram_sampler_free(struct unigram_sampler *sampler)
{
    if (sampler == NULL)
        return;
    mem_free(sampler->scores);
    mem_free(sampler->weights);
    mem_free(sampler);
}

void unigram_sampling_free(struct unigram_sampling_scratch *scratch)
{
    vec_free(&scratch->sums);
    vec_free(&scratch->weights);
    vec_free(&scratch->candidates);
    unigram_nbest_free(&scratch->nbest);
}

/* ---- one of several ---- */

/* One weight as an integer share; all shares together fit into 64 bits. */
static uint64_t share(struct weight weight, int64_t largest, unsigned room)
{
    uint64_t distance = (uint64_t)(largest - weight.exponent) + room;
    return distance > 63 ? 0 : weight.mantissa >> distance;
}

/* The index of a weight, drawn with probability in proportion to the weights; no weight is 0. Uses one draw, or none if
 * there is only one weight. */
static size_t draw(struct sampling *sampling, const struct weight *weights, size_t count)
{
    if (count == 1)
        return 0;
    unsigned room = 1;
    while (count >> room > 0)
        room++;
    int64_t largest = weights[0].exponent;
    for (size_t i = 1; i < count; i++)
        largest = weights[i].exponent > largest ? weights[i].exponent : largest;
    uint64_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += share(weights[i], largest, room);
    uint64_t left = rng_below(&sampling->rng, sampling->next++, total);
    size_t chosen = 0;
    for (uint64_t part; left >= (part = share(weights[chosen], largest, room)); chosen++)
        left -= part;
    return chosen;
}

/* ---- among all segmentations ---- */

static struct weight weight_of(const struct unigram_sampler *sampler, const struct unigram_walk *edge)
{
    return edge->unknown ? sampler->unk_weight : sampler->weights[edge->id];
}

/* Sums, for every place, the weights of all segmentations of the rest of the text. */
static void sum_up(const struct unigram_sampler *sampler, struct unigram_sampling_scratch *scratch, struct slice text)
{
    scratch->sums.len = 0;
    vec_reserve(&scratch->sums, text.len + 1);
    struct weight *sums = scratch->sums.items;
    sums[text.len] = weight_one();
    for (size_t at = text.len; at > 0;) {
        at = unigram_before(text, at);
        struct weight sum = {0};
        struct unigram_walk edge = unigram_walk(text, at);
        while (unigram_next(sampler->unigram, text, &edge))
            sum = weight_plus(sum, weight_times(weight_of(sampler, &edge), sums[edge.end]));
        sums[at] = sum;
    }
}

static void sample_all(struct sampling *sampling, struct unigram_sampling_scratch *scratch, struct slice text,
                       struct subwords *out)
{
    const struct unigram_sampler *sampler = sampling->sampler;
    sum_up(sampler, scratch, text);
    for (size_t at = 0; at < text.len;) {
        struct unigram_walk edge = unigram_walk(text, at);
        scratch->weights.len = scratch->candidates.len = 0;
        while (unigram_next(sampler->unigram, text, &edge)) {
            vec_push(&scratch->candidates, ((struct subword){edge.id, (uint32_t)at, (uint32_t)edge.end}));
            vec_push(&scratch->weights, weight_times(weight_of(sampler, &edge), scratch->sums.items[edge.end]));
        }
        size_t chosen = draw(sampling, scratch->weights.items, scratch->weights.len);
        vec_push(out, scratch->candidates.items[chosen]);
        at = scratch->candidates.items[chosen].end;
    }
}

/* ---- among the N best ---- */

static int sample_nbest(struct sampling *sampling, struct unigram_sampling_scratch *scratch, struct slice text,
                        struct subwords *out)
{
    const struct unigram_sampler *sampler = sampling->sampler;
    struct unigram_nbest *nbest = &scratch->nbest;
    if ((uint64_t)sampler->widest > INT64_MAX / (4 * (text.len + 1)))
        return diag_error("a text of %zu bytes is too long to find its %zu best segmentations", text.len,
                          sampler->nbest);
    unigram_nbest(sampler->unigram, sampler->scores, sampler->unk_score, text, sampler->nbest, nbest);
    scratch->weights.len = 0;
    for (size_t i = 0; i < nbest->taken.len; i++)
        vec_push(&scratch->weights, weight_exp(sampler->alpha, -nbest->taken.items[i].loss));
    unigram_nbest_path(nbest, draw(sampling, scratch->weights.items, scratch->weights.len), text.len, out);
    return 0;
}

int unigram_sample(struct sampling *sampling, struct unigram_sampling_scratch *scratch, struct slice text,
                   struct subwords *out)
{
    if (sampling->sampler->nbest != SAMPLE_ALL)
        return sample_nbest(sampling, scratch, text, out);
    sample_all(sampling, scratch, text, out);
    return 0;
}
