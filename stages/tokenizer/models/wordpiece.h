/* wordpiece.h - WordPiece: takes the longest token that the word starts with, then does the same with the rest.
 *
 * Wu et al. 2016, arXiv:1609.08144, as in google-research/bert. */
#ifndef QUERN_TOKENIZER_WORDPIECE_H
#define QUERN_TOKENIZER_WORDPIECE_H

#include "subwords.h"
#include "vocab.h"

enum { WORDPIECE_LENGTHS_BITS = 14 };

/* wordpiece_ready sets everything from `longest` on, which must be zeros before. */
struct wordpiece {
    const struct vocab *vocab;
    struct slice prefix; /* of tokens that continue a word: "##" */
    int32_t unk;         /* for a word that cannot be made of tokens */
    size_t max_chars;    /* of a word, in code points; a longer one is unknown */

    size_t longest;                                /* token of the vocabulary, in bytes */
    uint64_t prefix_hash;                          /* of vocab.h */
    uint32_t lengths[1 << WORDPIECE_LENGTHS_BITS]; /* of tokens, by a hash of their first bytes; see wordpiece.c */
};

struct wordpiece_scratch {
    uint64_t *items;
    size_t len, cap;
};

/* To be called after everything else is set. */
void wordpiece_ready(struct wordpiece *wordpiece);

void wordpiece_word(const struct wordpiece *wordpiece, struct wordpiece_scratch *scratch, struct slice word,
                    struct subwords *out);

#endif
