/* bpe.h - byte pair encoding: of all neighbours that may be merged the pair of the lowest rank is, the leftmost on a
 * tie, until none is left.
 *
 * Sennrich et al. 2016, arXiv:1508.07909; over bytes: Radford et al. 2019 (GPT-2). A byte-level vocabulary
 * spells bytes as printable characters (byte_spelling); the words that come in are the bytes themselves. */
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
    bool ignore_merges;  /* a word that is a token is that token, whatever the merges say */
    bool fuse_unk;       /* neighbouring unknown characters are one */
    bool byte_fallback;  /* such a character is <0xNN> for each byte, where they are all there; else unknown */
    struct slice prefix; /* of the characters that do not start a word, in the vocabulary and in merges: "##" */
    struct slice suffix; /* of the character that ends a word: "</w>" */
    int32_t unk;         /* for a character that is not in the vocabulary; -1: it is left out */

    int32_t byte_ids[256];     /* byte-level: of a single byte, -1 where there is none */
    int32_t fallback_ids[256]; /* byte_fallback: of <0xNN>, -1 where there is none */
    struct bpe_merges merges;
    uint32_t *byte_ranks;  /* by two bytes, of a vocabulary that has all of them; NULL */
    struct bpe_cuts *cuts; /* NULL: words are not to be cut */
    uint64_t *long_tokens; /* ignore_merges: a bit for the hash of each token that is long; NULL */
};

struct bpe_scratch; /* what one thread needs */

/* Everything but the merges and what follows from the vocabulary is set already. expected: the number of merges. */
void bpe_init(struct bpe *bpe, size_t expected);
void bpe_free(struct bpe *bpe);

/* Merges, no more than BPE_BATCH at once. rank: the number of the first one in its file, the others follow. 0, or -1
 * with the message where a token is not in the vocabulary. */
enum { BPE_BATCH = VOCAB_BATCH / 2 };
struct bpe_halves {
    struct slice left, right;
};
int bpe_add_merges(struct bpe *bpe, const struct bpe_halves *merges, size_t count, uint32_t rank);

/* To be called after the last merge. */
void bpe_ready(struct bpe *bpe);

/* The same by ids: left and right become id. */
int bpe_add_pair(struct bpe *bpe, int32_t left, int32_t right, uint32_t rank, int32_t id);

struct bpe_scratch *bpe_scratch_new(void);
void bpe_scratch_free(struct bpe_scratch *scratch);

/* From now on words lose merges; NULL: none. */
void bpe_scratch_drop(struct bpe_scratch *scratch, struct dropout *dropout);

void bpe_word(const struct bpe *bpe, struct bpe_scratch *scratch, struct slice word, struct subwords *out);

/* What bpe_word does, in two steps: the word is a token as a whole, where ignore_merges lets that count; or it is
 * merged. */
bool bpe_whole(const struct bpe *bpe, struct bpe_scratch *scratch, struct slice word, struct subwords *out);
void bpe_merge(const struct bpe *bpe, struct bpe_scratch *scratch, struct slice word, struct subwords *out);

/* A word is merged as its parts are, one behind the other: where the part that starts at `start` ends. Only where
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
