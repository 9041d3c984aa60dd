/* similar.h - words that stand for each other, as MacBERT replaces them (Cui et al. 2020).
 *
 * A file of lines of words with tabs between them. They are tokenized as within a text, once after a space and once
 * not, and are known by their ids. The first line that has a word is the one that counts for it. */
#ifndef QUERN_MASKER_SIMILAR_H
#define QUERN_MASKER_SIMILAR_H

#include "../masking/vocabulary.h"
#include "../tokenizer/tokenizer.h"
#include "record/rng.h"

struct similar;

/* NULL, with the message. Words with a token that may not be drawn are left out. */
struct similar *similar_load(const char *path, const struct tokenizer *tokenizer, const struct vocabulary *vocabulary);
void similar_free(struct similar *similar);

/* A word for the word of these ids: draw number n, uniform among the others of its line that have as many tokens. Its
 * `count` ids, or NULL if there is none. */
const int32_t *similar_draw(const struct similar *similar, const int32_t *ids, size_t count, struct rng *rng,
                            uint64_t n);

#endif
