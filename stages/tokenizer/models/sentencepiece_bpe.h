/* sentencepiece_bpe.h - byte pair encoding as SentencePiece does it: neighbours whose text, put together, is a piece
 * are merged, the piece with the highest score first, the leftmost on a tie. */
#ifndef QUERN_TOKENIZER_SENTENCEPIECE_BPE_H
#define QUERN_TOKENIZER_SENTENCEPIECE_BPE_H

#include "subwords.h"
#include "unigram_trie.h"

struct sentencepiece_bpe {
    const struct trie *pieces;  /* what can be merged to, pieces that are not used included */
    const struct trie *symbols; /* user-defined: never merged; no nodes where there is none */
    const uint8_t *types;       /* by id */
    int32_t unk;
    uint32_t *ranks; /* by id, of the scores: the highest one's is 0 */
    uint32_t rank_count;
    bool has_unused;
};

/* Works out the ranks, of `count` scores; types are set. To be freed. */
void sentencepiece_bpe_ready(struct sentencepiece_bpe *bpe, const double *scores, size_t count);
void sentencepiece_bpe_free(struct sentencepiece_bpe *bpe);

struct sentencepiece_bpe_scratch;
struct sentencepiece_bpe_scratch *sentencepiece_bpe_scratch_new(void);
void sentencepiece_bpe_scratch_free(struct sentencepiece_bpe_scratch *scratch);

/* Appends the tokens of a text. */
void sentencepiece_bpe_encode(const struct sentencepiece_bpe *bpe, struct sentencepiece_bpe_scratch *scratch,
                              struct slice text, struct subwords *out);

/* The length of the user-defined symbol that the text starts with, 0 where it starts with none. */
size_t sentencepiece_symbol(const struct trie *symbols, struct slice text);

/* The id of the piece that is the text, -1. */
int32_t sentencepiece_find(const struct trie *pieces, struct slice text);

#endif
