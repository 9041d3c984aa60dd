/* ascii.h - the words of ASCII text by the rules of UAX #29 as ICU's root locale has them, without ICU.
 *
 * Of the rules, few are left in ASCII: letters, digits and '_' stay together, and so do two letters around one of
 * . ' and two digits around one of . ' , ; while all else stands alone. The unit test compares this with ICU. */
#ifndef QUERN_SEGMENTER_ASCII_H
#define QUERN_SEGMENTER_ASCII_H

#include "breaks.h"

/* Appends the words of the units [start, end), which are ASCII and no white space. */
void ascii_words(const uint16_t *units, size_t start, size_t end, struct spans *words);

#endif
