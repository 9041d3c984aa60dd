/* scores.h - the numbers of UDA's TF-IDF replacement (Xie et al. 2020, and the code published with it), as integers.
 *
 *     idf(w) = ln(N / df(w))               N records, of which df(w) have the word
 *     S(w)   = idf(w) * A(w)               A(w): the sum over all records of the word's share of their words
 *     q(w)   = (max S - S(w)) / sum of max S - S over all words; 1 / words if all have the same score
 *
 * q is the probability with which a word is drawn: words that say little are drawn often. */
#ifndef QUERN_WORDS_SCORES_H
#define QUERN_WORDS_SCORES_H

#include "base/real.h"
#include "table_lines.h"

__extension__ typedef unsigned __int128 u128;

/* Scores are in units of 2^-SCORE_BITS. Below 2^98, so that the sum over 2^29 words is below 2^127. */
enum { SCORE_BITS = 69, SCORE_CUT = REAL_BITS + TABLE_WEIGHT_BITS - SCORE_BITS };

/* idf in units of 2^-REAL_BITS. */
static inline int64_t score_idf(int64_t records, int64_t documents)
{
    return real_log((double)records) - real_log((double)documents);
}

static inline u128 score_of(int64_t idf, int64_t weight)
{
    return (u128)(uint64_t)idf * (uint64_t)weight >> SCORE_CUT;
}

/* What has to be known of all words before q is. Zero it first. */
struct score_sums {
    u128 greatest, sum;
    uint64_t words;
};

static inline void score_add(struct score_sums *sums, u128 score)
{
    sums->greatest = score > sums->greatest ? score : sums->greatest;
    sums->sum += score;
    sums->words++;
}

/* q = score_share / score_total; > 0. */
static inline u128 score_total(const struct score_sums *sums)
{
    u128 total = sums->greatest * sums->words - sums->sum;
    return total > 0 ? total : sums->words;
}

static inline u128 score_share(const struct score_sums *sums, u128 score)
{
    return sums->greatest * sums->words > sums->sum ? sums->greatest - score : 1;
}

#endif
