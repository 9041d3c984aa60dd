/* bart.h - text infilling and its relatives: sentences change places, spans of words become masks, tokens are dropped,
 * masks put in, and the whole is rotated (Lewis et al., BART: denoising sequence-to-sequence pre-training, ACL 2020).
 */
#ifndef QUERN_CORRUPT_BART_H
#define QUERN_CORRUPT_BART_H

#include "seq2seq.h"

/* What the options and the vocabulary say. NULL, with the message. */
struct bart *bart_new(const struct corrupt_options *given, const struct seq2seq *seq2seq);
void bart_free(struct bart *bart);

/* A record: its sentences and words. Special tokens at both ends are not part of it. */
struct passage {
    const int32_t *ids;        /* of the tokens between the ends */
    size_t begin, count;       /* how many tokens stand before them, and how many there are */
    const uint32_t *sentences; /* starts of the sentences, and the end; NULL: they do not move */
    size_t sentence_count;
    const bool *starts, *follows; /* of each token: is it the first of a word? of the same word as the one before? */
};

/* 0, or -1 with the message. */
int bart_read(const struct corrupter *corrupter, const struct record *in, const struct original *original,
              struct arena *arena, struct passage *passage);

/* Makes one copy: sets the members about tokens. */
void bart_corrupt(const struct corrupter *corrupter, const struct original *original, struct rng *rng,
                  const struct record *in, struct record *made, struct sink *out);

#endif
