/* part.h - parts of a text, and what goes with a word that is deleted. */
#ifndef QUERN_WORDS_PART_H
#define QUERN_WORDS_PART_H

#include "text/text.h"

/* [start, end) in bytes, and the same in code points. */
struct part {
    uint32_t start, end;
    struct span place;
};

/* What is deleted with a word: the white space in front of it, or without any that behind it. Words of a text that are
 * deleted together are given from left to right; *taken is where what was deleted before ends, at first 0. */
struct part part_to_delete(struct slice text, struct part word, uint32_t *taken);

#endif
