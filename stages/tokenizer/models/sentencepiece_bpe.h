/* sentencepiece_bpe.h - byte pair encoding as SentencePiece does it: merges neighbours whose joined text is a piece,
 * the piece with the highest score first, the leftmost on a tie. */
#ifndef QUERN_TOKENIZER_SENTENCEPIECE_BPE_H
#define QUERN_TOKENIZER_SENTENCEPIECE_BPE_H

#include "subwords.h"
#include "unigram_trie.h"

struct sentencepiece_bpe {
    const struct trie *pieces;  /* the pieces that merges can make, including unused ones */
    const struct trie *symbols; /* user-defined: never merged; has no nodes if there are none */
    const uint8_t *types;       /* by id */
    int32_t unk;
    uint32_t *ranks; /* by id: the rank of its score, 0 for the highest */
    uint32_t rank_count;
    bool has_unused;
};

/* Derives the ranks from `count` scores; types must be set. To be freed. */
void sentencepiece_bpe_ready(struct sentencepiece_bpe *bpe, const double *scores, size_t count);
void sentencepiece_bpe_free(struct sentencepiece_bpe *bpe);

struct sentencepiece_bpe_scratch;
struct sentencepiece_bpe_scratch *sentencepiece_bpe_scratch_new(void);
void sentencepiece_bpe_scratch_free(struct sentencepiece_bpe_scratch *scratch);

/* Appends the tokens of a text. */
void sentencepiece_bpe_encode(const struct sentencepiece_bpe *bpe, struct sentencepiece_bpe_scratch *scratch,
                              struct slice text, struct subwords *out);

/* The length of the user-defined symbol that the text starts with, or 0. */
size_t sentencepiece_symbol(const struct trie *symbols, struct slice text);

/* The id of the piece with this text, or -1. */
int32_t sentencepiece_find(const struct trie *pieces, struct slice text);

#endif
