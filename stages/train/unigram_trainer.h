/* unigram_trainer.h - learns a unigram language model of pieces from counted words (Kudo, ACL 2018).
 *
 * Each piece has a probability; a word's probability is the sum, over all ways to segment it, of the product of its
 * pieces' probabilities. Starting from many frequent pieces, expectation maximization estimates the probabilities, and
 * the pieces whose removal costs the words least are dropped, again and again, until the vocabulary has its size.
 *
 * No number here comes from a mathematical library or from a sum in an arbitrary order, so that the same words give the
 * same bytes: scores are rounded to a millionth. */
#ifndef QUERN_TRAIN_UNIGRAM_TRAINER_H
#define QUERN_TRAIN_UNIGRAM_TRAINER_H

#include "trainer.h"
#include "unigram_corpus.h"

/* Characters of the longest piece, unless options->max_piece says otherwise; and the most that it may say. */
enum { UNIGRAM_PIECE = 16, UNIGRAM_LONGEST_PIECE = UNIGRAM_PART_SYMBOLS };

/* As trainer_learn; options->min_count is ignored. The vocabulary: reserved pieces, then pieces by score, the highest
 * first, of equal scores the smaller bytes. All characters of the alphabet are pieces; those that do not occur have the
 * lowest score. */
int unigram_trainer_learn(const struct map *words, const struct trainer_options *options, struct trained *trained);

#endif
