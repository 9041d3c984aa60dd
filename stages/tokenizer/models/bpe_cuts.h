/* bpe_cuts.h - where no merge of a byte-level vocabulary can join what stands on both sides.
 *
 * A merge joins two tokens, so it joins the last character of the one and the first of the other. Between two
 * characters that no merge joins a word can be cut: what becomes of each side does not depend on the other. A run
 * of Han, which is one word to GPT-2, comes apart into words that were seen before. */
#ifndef QUERN_TOKENIZER_BPE_CUTS_H
#define QUERN_TOKENIZER_BPE_CUTS_H

#include "slice.h"

#include <stdbool.h>
#include <stdint.h>

struct bpe_cuts;

struct bpe_cuts *bpe_cuts_new(void);
void bpe_cuts_free(struct bpe_cuts *cuts);

/* A merge, in bytes: not in the spelling of the vocabulary. */
void bpe_cuts_merge(struct bpe_cuts *cuts, struct slice left, struct slice right);

/* The end of the part of a word, valid UTF-8, that starts at `start`. */
size_t bpe_cuts_end(const struct bpe_cuts *cuts, struct slice word, size_t start);

#endif
