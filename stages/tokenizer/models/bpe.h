/* bpe.h - byte pair encoding: of all neighbours that may be merged, merges the pair with the lowest rank, the leftmost
 * on a tie, until no pair is left.
 *
 * Sennrich et al. 2016, arXiv:1508.07909; over bytes: Radford et al. 2019 (GPT-2). A byte-level vocabulary spells bytes
 * as printable characters (byte_spelling); the words passed in are the bytes themselves. */
#ifndef QUERN_TOKENIZER_BPE_H
#define QUERN_TOKENIZER_BPE_H

#include "bpe_cuts.h"
#include "bpe_merges.h"
#include "dropout.h"
#include "subwords.h"
#include "vocab.h"

#include <stdbool.h>

struct bpe {
    const struct vocab *vocab;
    bool byte_level;
    bool ignore_merges;  /* a word that is a token becomes that token, whatever the merges say */
    bool fuse_unk;       /* adjacent unknown characters become one token */
    bool byte_fallback;  /* such a character becomes <0xNN> for each of its bytes if the vocabulary has them all, else
                            unknown */
    struct slice prefix; /* of characters that do not start a word, in the vocabulary and in merges: "##" */
    struct slice suffix; /* of the character that ends a word: "</w>" */
    int32_t unk;         /* for a character that is not in the vocabulary; -1: drop it */

    int32_t byte_ids[256];     /* byte-level: the id of a single byte, or -1 */
    int32_t fallback_ids[256]; /* byte_fallback: the id of <0xNN>, or -1 */
    struct bpe_merges merges;
    uint32_t *byte_ranks;  /* by two bytes, if the vocabulary has all single bytes; else NULL */
    struct bpe_cuts *cuts; /* NULL: do not cut words */
    uint64_t *long_tokens; /* ignore_merges: a bit for the hash of each long token; else NULL */
};

struct bpe_scratch; /* one thread's working memory */

/* Everything must be set already except the merges and what is derived from the vocabulary. expected: the number of
 * merges. */
void bpe_init(struct bpe *bpe, size_t expected);
void bpe_free(struct bpe *bpe);

/* Merges are added in batches. With both numbers 0 at first, a reader fills in merges[count], which is number
 * rank + count of the file, and calls bpe_batch_put; after the last one, bpe_batch_end. 0, or -1 with the message if a
 * token is not in the vocabulary. */
enum { BPE_BATCH = VOCAB_BATCH / 2 };
struct bpe_halves {
    struct slice left, right;
};
struct bpe_batch {
    struct bpe_halves merges[BPE_BATCH];
    uint32_t count;
    uint32_t rank; /* of the first merge in the batch */
};
int bpe_batch_put(struct bpe *bpe, struct bpe_batch *batch);
int bpe_batch_end(struct bpe *bpe, struct bpe_batch *batch);

/* To be called after the last merge. */
void bpe_ready(struct bpe *bpe);

/* The same by ids: left and right become id. */
int bpe_add_pair(struct bpe *bpe, int32_t left, int32_t right, uint32_t rank, int32_t id);

struct bpe_scratch *bpe_scratch_new(void);
void bpe_scratch_free(struct bpe_scratch *scratch);

/* From now on words lose merges at random; NULL: they do not. */
void bpe_scratch_drop(struct bpe_scratch *scratch, struct dropout *dropout);

void bpe_word(const struct bpe *bpe, struct bpe_scratch *scratch, struct slice word, struct subwords *out);

/* bpe_word in two steps: take the word as a whole if it is a token and ignore_merges allows that; else merge it. */
bool bpe_whole(const struct bpe *bpe, struct bpe_scratch *scratch, struct slice word, struct subwords *out);
void bpe_merge(const struct bpe *bpe, struct bpe_scratch *scratch, struct slice word, struct subwords *out);

/* Merging a word gives the tokens of its parts, in order: returns the end of the part that starts at `start`. Only if
 * bpe_has_parts. */
static inline bool bpe_has_parts(const struct bpe *bpe)
{
    return bpe->cuts != NULL;
}
static inline size_t bpe_part_end(const struct bpe *bpe, struct slice word, size_t start)
{
    return bpe_cuts_end(bpe->cuts, word, start);
}

#endif
