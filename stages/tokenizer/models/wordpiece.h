/* wordpiece.h - WordPiece: the longest token that the word starts with, again for what is left.
 *
 * Wu et al. 2016, arXiv:1609.08144, as in google-research/bert. */
#ifndef QUERN_TOKENIZER_WORDPIECE_H
#define QUERN_TOKENIZER_WORDPIECE_H

#include "subwords.h"
#include "vocab.h"

struct wordpiece {
    const struct vocab *vocab;
    struct slice prefix; /* of a token that continues a word: "##" */
    int32_t unk;         /* what a word becomes that can't be made of tokens */
    size_t max_chars;    /* of a word; a longer one is unknown (code points) */
    size_t longest;      /* token of the vocabulary, in bytes */
};

struct wordpiece_scratch {
    uint64_t *items;
    size_t len, cap;
};

/* Fills `longest`; everything else is set already. */
void wordpiece_ready(struct wordpiece *wordpiece);

void wordpiece_word(const struct wordpiece *wordpiece, struct wordpiece_scratch *scratch, struct slice word,
                    struct subwords *out);

#endif
