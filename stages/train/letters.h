/* letters.h - words as sequences of letters: what byte pair encoding starts from.
 *
 * All words are in one array of slots, one after the other, a slot for each letter; a slot with LETTERS_NONE separates
 * two words. A slot has the id of its letter in the vocabulary. */
#ifndef QUERN_TRAIN_LETTERS_H
#define QUERN_TRAIN_LETTERS_H

#include "trainer.h"

enum { LETTERS_PREFIX_BYTES = 2 };
#define LETTERS_PREFIX SLICE("##") /* of WordPiece: in a piece that does not start its word */

#define LETTERS_NONE UINT32_MAX

struct letters {
    VEC(uint32_t) slots;
    VEC(uint32_t) words;  /* of each slot, the number of its word */
    VEC(uint64_t) counts; /* of each word */
    VEC(bool) is_letter;  /* by id */
};

/* Adds the reserved pieces, then the letters, to trained->vocabulary, and sets trained->coverage. 0, or -1 with the
 * message if the words are too long in total. To be freed even then. */
int letters_fill(const struct map *words, const struct trainer_options *options, struct trained *trained,
                 struct letters *letters);
void letters_free(struct letters *letters);

#endif
