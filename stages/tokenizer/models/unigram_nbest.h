/* unigram_nbest.h - the N best segmentations of a text, exactly, of a text of any length.
 *
 * Every segmentation is the best one but for some detours: tokens that the best way from where they start to the end
 * of the text does not begin with. What a detour costs is known at once when the best way from every place to the end
 * is, so segmentations are taken one by one, the cheapest first, and each taken one offers those that have one more
 * detour behind its last (Eppstein, 1998, without his heaps: N is small). No more than the N cheapest offers are kept,
 * so memory is that of the text and of N.
 *
 * Time: the text once, then for each segmentation the way from its last detour back to the best segmentation; in
 * human language that is a few characters, at worst the rest of the text. */
#ifndef QUERN_TOKENIZER_UNIGRAM_NBEST_H
#define QUERN_TOKENIZER_UNIGRAM_NBEST_H

#include "base/vec.h"
#include "unigram.h"

#include <stdbool.h>

/* A token that is taken instead of the best way on from `from`. */
struct unigram_detour {
    int64_t loss;    /* what the segmentation that ends with this detour loses against the best one */
    uint64_t number; /* which offer it is: of two that lose as much, the one that was made first */
    size_t parent;   /* the segmentation that it was added to, by rank */
    uint32_t from, to;
    int32_t id;
};

struct unigram_detours {
    struct unigram_detour *items;
    size_t len, cap;
};

struct unigram_nbest {
    VEC(struct unigram_way {
        int64_t best; /* the score from here to the end of the text */
        uint32_t end; /* of the first token */
        int32_t id;
        bool main; /* part of the best segmentation */
    })
    ways;                          /* by byte of the text; those where characters start are set */
    struct unigram_detours taken;  /* the N best, the best first: by their last detours. The first has none */
    struct unigram_detours offers; /* that may be taken yet */
    struct unigram_detours main;   /* the cheapest detours of the best segmentation, the cheapest first */
    VEC(size_t) chain;
    uint64_t offered;
    int64_t limit; /* offers that lose as much are not among the N best */
};

/* Fills `taken` with the n best segmentations, or all if they are fewer. Scores by id, in any unit; the sum over the
 * text must not overflow. */
void unigram_nbest(const struct unigram *unigram, const int64_t *scores, int64_t unk_score, struct slice text, size_t n,
                   struct unigram_nbest *nbest);

/* Appends the tokens of the one of that rank. */
void unigram_nbest_path(struct unigram_nbest *nbest, size_t rank, size_t len, struct subwords *out);

void unigram_nbest_free(struct unigram_nbest *nbest);

#endif
