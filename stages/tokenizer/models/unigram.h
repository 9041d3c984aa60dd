/* unigram.h - the segmentation of a text into tokens whose probabilities have the largest product (Kudo, 2018).
 *
 * Two implementations have to be matched, and where two segmentations are as good as each other, but for
 * rounding, they choose differently: Hugging Face adds in double precision, a word at a time; SentencePiece
 * keeps the running total of the whole sentence in single precision. */
#ifndef QUERN_TOKENIZER_UNIGRAM_H
#define QUERN_TOKENIZER_UNIGRAM_H

#include "subwords.h"
#include "unigram_trie.h"

struct unigram {
    struct trie trie;      /* to ids */
    const double *scores;  /* by id; not owned */
    double unk_score;      /* of a character without a token of its own */
    int32_t unk;           /* -1: there is none */
    bool byte_fallback;    /* unknown text becomes byte tokens */
    int32_t byte_ids[256]; /* -1: there is none */
};

struct unigram_scratch {
    struct unigram_node {
        double total;   /* of the best path that ends here */
        uint32_t start; /* of its last token */
        int32_t id;
    } * items;
    size_t len, cap;
};

/* Hugging Face. Unknown characters side by side are one token, unless they become bytes. -1, with the message, where
 * something is unknown and there is no unknown token. */
int unigram_word(const struct unigram *unigram, struct unigram_scratch *scratch, struct slice word,
                 struct subwords *out);

/* The second half of it: from a segmentation in which every unknown character is a token. */
int unigram_word_unknown(const struct unigram *unigram, struct slice word, struct subwords *out);

/* SentencePiece. Appends the tokens of a stretch of text that no token crosses the ends of; *total goes on from
 * stretch to stretch, 0 at the start of the sentence. Every unknown character is a token. */
void unigram_stretch(const struct unigram *unigram, struct unigram_scratch *scratch, struct slice text, float *total,
                     struct subwords *out);

/* Appends the best segmentation in exact arithmetic (nearly: double): how much better it is than the second best, and
 * what its total is. The margin is infinite where there is but one. Where it is not large against what single precision
 * rounds at the total before the text, SentencePiece may choose otherwise. */
struct unigram_margin {
    double margin, total;
};
struct unigram_margin unigram_clear(const struct unigram *unigram, struct slice text, struct subwords *out);
enum { UNIGRAM_CLEAR_BYTES = 32 }; /* the longest text that can be asked for */

#endif
