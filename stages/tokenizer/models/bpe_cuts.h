/* bpe_cuts.h - places in a word that no merge of a byte-level vocabulary can cross.
 *
 * A merge joins two tokens, so it joins the last character of one and the first of the other. A word can be cut between
 * two characters that no merge joins: the tokens on one side do not depend on the other. A run of Han, which is one
 * word to GPT-2, thus falls into words that were seen before. */
#ifndef QUERN_TOKENIZER_BPE_CUTS_H
#define QUERN_TOKENIZER_BPE_CUTS_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct bpe_cuts;

struct bpe_cuts *bpe_cuts_new(void);
void bpe_cuts_free(struct bpe_cuts *cuts);

/* The character or byte at an end of a token. */
struct bpe_edge {
    uint32_t point : 24; /* the character; BPE_PART if there is only a part of one */
    uint32_t byte : 8;   /* the outermost one */
};
#define BPE_PART 0xffffffu

/* Of a token in bytes, not in the spelling of the vocabulary; four bytes at most are looked at. */
struct bpe_edge bpe_cuts_first(struct slice bytes);
struct bpe_edge bpe_cuts_last(struct slice bytes);

/* Records a merge of a token that ends with `left` and one that starts with `right`. */
void bpe_cuts_merge(struct bpe_cuts *cuts, struct bpe_edge left, struct bpe_edge right);

/* The end of the part that starts at `start`, of a word that is valid UTF-8. */
size_t bpe_cuts_end(const struct bpe_cuts *cuts, struct slice word, size_t start);

#endif
