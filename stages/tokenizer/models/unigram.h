/* unigram.h - the segmentation of a text into tokens whose probabilities have the largest product (Kudo, 2018).
 *
 * Two implementations have to be matched, and they choose differently between segmentations that are equally good
 * except for rounding: Hugging Face adds in double precision, word by word; SentencePiece keeps the running total of
 * the whole sentence in single precision. */
#ifndef QUERN_TOKENIZER_UNIGRAM_H
#define QUERN_TOKENIZER_UNIGRAM_H

#include "subwords.h"
#include "unigram_trie.h"

struct unigram {
    struct trie trie;      /* to ids */
    const double *scores;  /* by id; not owned */
    double unk_score;      /* of a character that has no token of its own */
    int32_t unk;           /* -1: the model has none */
    bool byte_fallback;    /* unknown text becomes byte tokens */
    int32_t byte_ids[256]; /* -1: the model has none */
};

struct unigram_scratch {
    struct unigram_node {
        double total;   /* of the best path that ends here */
        uint32_t start; /* of its last token */
        int32_t id;
    } * items;
    size_t len, cap;
};

/* Hugging Face's. Adjacent unknown characters become one token, unless they become bytes. -1, with the message, if
 * something is unknown and the model has no unknown token. */
int unigram_word(const struct unigram *unigram, struct unigram_scratch *scratch, struct slice word,
                 struct subwords *out);

/* The second half of that: starts from a segmentation in which every unknown character is a token. */
int unigram_word_unknown(const struct unigram *unigram, struct slice word, struct subwords *out);

/* SentencePiece's. Appends the tokens of a stretch of text whose ends no token crosses; *total carries over from
 * stretch to stretch and is 0 at the start of the sentence. Every unknown character is a token. */
void unigram_stretch(const struct unigram *unigram, struct unigram_scratch *scratch, struct slice text, float *total,
                     struct subwords *out);

/* Appends the best segmentation in nearly exact arithmetic (double). Returns its total, and the margin by which it
 * beats the second best: infinite if there is no other. If the margin is not large compared to the rounding of single
 * precision at the total before the text, SentencePiece may choose otherwise. */
struct unigram_margin {
    double margin, total;
};
struct unigram_margin unigram_clear(const struct unigram *unigram, struct slice text, struct subwords *out);
enum { UNIGRAM_CLEAR_BYTES = 32 }; /* the longest text that is accepted */

#endif
