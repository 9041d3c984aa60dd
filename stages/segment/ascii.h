/* ascii.h - the words of ASCII text as ICU finds them, without ICU: some ten times as fast.
 *
 * Of the rules of UAX #29 few are left in ASCII: letters, digits and low lines stay together, and so do two letters
 * around a middle of words and two digits around a middle of numbers; all else stands alone. Which characters are
 * letters and middles depends on the language and on ICU's version ('@' is a letter for some), so ICU is asked. */
#ifndef QUERN_SEGMENTER_ASCII_H
#define QUERN_SEGMENTER_ASCII_H

#include "breaks.h"

struct ascii_rules {
    unsigned char classes[128];
};

/* Cuts units, which are ASCII, into words by ICU: 0, or -1 with the message. */
typedef int ascii_cut(void *state, const struct text_units *units, struct spans *words);

/* Asks for the class of each character, then tries the rules on all of them between letters, digits and low lines.
 * *hold tells whether they gave the same words. 0, or -1 with the message of `cut`. */
int ascii_learn(struct ascii_rules *rules, bool *hold, ascii_cut *cut, void *state);

/* Appends the words of the units [start, end), which are ASCII and no white space. */
void ascii_words(const struct ascii_rules *rules, const uint16_t *units, size_t start, size_t end, struct spans *words);

#endif
