/* unigram_nbest.h - the exact N best segmentations of a text of any length.
 *
 * Every segmentation is the best one except for some detours: tokens that do not begin the best way from their start to
 * the end of the text. Once the best way from every place to the end is known, so is the cost of every detour.
 * Segmentations are then taken one by one, the cheapest first, and each one offers those that have one more detour
 * after its last (Eppstein, 1998, without his heaps: N is small). No more than the N cheapest offers are kept, so
 * memory depends only on the text and N.
 *
 * Time: one pass over the text, then for each segmentation the way from its last detour back to the best segmentation;
 * in natural language that is a few characters, at worst the rest of the text. */
#ifndef QUERN_TOKENIZER_UNIGRAM_NBEST_H
#define QUERN_TOKENIZER_UNIGRAM_NBEST_H

#include "base/vec.h"
#include "unigram.h"

#include <stdbool.h>

/* A token that is taken at `from` instead of the best way on. */
struct unigram_detour {
    int64_t loss;    /* what the segmentation that ends with this detour loses compared with the best one */
    uint64_t number; /* the number of the offer: of two with equal loss, the earlier one wins */
    size_t parent;   /* the rank of the segmentation that it was added to */
    uint32_t from, to;
    int32_t id;
};

struct unigram_detours {
    struct unigram_detour *items;
    size_t len, cap;
};

struct unigram_nbest {
    VEC(struct unigram_way {
        int64_t best; /* the best score from here to the end of the text */
        uint32_t end; /* of the first token */
        int32_t id;
        bool main; /* part of the best segmentation */
    })
    ways;                          /* by byte of the text; set only where a character starts */
    struct unigram_detours taken;  /* the N best, best first, each by its last detour; the first has none */
    struct unigram_detours offers; /* those that may still be taken */
    struct unigram_detours main;   /* the cheapest detours from the best segmentation, cheapest first */
    VEC(size_t) chain;
    uint64_t offered;
    int64_t limit; /* offers that lose this much are not among the N best */
};

/* Fills `taken` with the n best segmentations, or with all if there are fewer. Scores are by id, in any unit; the sum
 * over the text must not overflow. */
void unigram_nbest(const struct unigram *unigram, const int64_t *scores, int64_t unk_score, struct slice text, size_t n,
                   struct unigram_nbest *nbest);

/* Appends the tokens of the segmentation with that rank. */
void unigram_nbest_path(struct unigram_nbest *nbest, size_t rank, size_t len, struct subwords *out);

void unigram_nbest_free(struct unigram_nbest *nbest);

#endif
