/* bpe_cuts.h - where no merge of a byte-level vocabulary can join what stands on both sides.
 *
 * A merge joins two tokens, so it joins the last character of the one and the first of the other. Between two
 * characters that no merge joins a word can be cut: what becomes of each side does not depend on the other. A run
 * of Han, which is one word to GPT-2, comes apart into words that were seen before. */
#ifndef QUERN_TOKENIZER_BPE_CUTS_H
#define QUERN_TOKENIZER_BPE_CUTS_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct bpe_cuts;

struct bpe_cuts *bpe_cuts_new(void);
void bpe_cuts_free(struct bpe_cuts *cuts);

/* What stands at an end of a token. */
struct bpe_edge {
    uint32_t point : 24; /* of the character; BPE_PART where there is a part of one only */
    uint32_t byte : 8;   /* the outermost one */
};
#define BPE_PART 0xffffffu

/* Of a token in bytes, not in the spelling of the vocabulary; as many of them as a character may have will do. */
struct bpe_edge bpe_cuts_first(struct slice bytes);
struct bpe_edge bpe_cuts_last(struct slice bytes);

/* A merge of a token that ends so and one that starts so. */
void bpe_cuts_merge(struct bpe_cuts *cuts, struct bpe_edge left, struct bpe_edge right);

/* The end of the part of a word, valid UTF-8, that starts at `start`. */
size_t bpe_cuts_end(const struct bpe_cuts *cuts, struct slice word, size_t start);

#endif
