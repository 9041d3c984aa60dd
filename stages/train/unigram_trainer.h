/* unigram_trainer.h - learns a unigram language model of pieces from counted words (Kudo, ACL 2018).
 *
 * Each piece has a probability; a word's is the sum over all ways to cut it of the product of the pieces'. From many
 * frequent pieces expectation maximization finds the probabilities, and again and again the pieces without which
 * the words would lose least are dropped, down to the vocabulary.
 *
 * No number here comes from a mathematical library or from a sum whose order is open, so that the same words give
 * the same bytes: scores are rounded to a millionth. */
#ifndef QUERN_TOKENIZER_UNIGRAM_TRAINER_H
#define QUERN_TOKENIZER_UNIGRAM_TRAINER_H

#include "trainer.h"

/* As trainer_learn; options->min_count has no say. The vocabulary: specials, then pieces by score, the highest first,
 * of equal ones those with the smaller bytes. All characters of the alphabet are pieces. */
int unigram_trainer_learn(const struct map *words, const struct trainer_options *options, struct trained *trained);

#endif
