/* word_order.h - the order of words: by their bytes as they stand in records (word_counts.h). */
#ifndef QUERN_TRAINER_WORD_ORDER_H
#define QUERN_TRAINER_WORD_ORDER_H

#include "base/slice.h"

#include <stdint.h>

/* How words stand in a record: as they are, or each byte as a byte-level vocabulary spells it (byte_spelling). */
enum word_spelling { WORDS_AS_TEXT, WORDS_AS_BYTES };

struct word_order {
    uint8_t rank[256]; /* of each byte */
};

struct word_order word_order_of(enum word_spelling spelling);

int word_order_compare(const struct word_order *order, struct slice a, struct slice b);

/* The first eight bytes as a number: where two words have different ones, these have the order of the words. */
uint64_t word_order_head(const struct word_order *order, struct slice word);

#endif
