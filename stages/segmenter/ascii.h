/* ascii.h - the words of ASCII text as ICU finds them, but without ICU and about ten times as fast.
 *
 * In ASCII few rules of UAX #29 apply: letters, digits and low lines stay together, and so do two letters around a
 * mid-word character and two digits around a mid-number character; every other character is a word by itself. Which
 * characters belong to these classes depends on the language and on ICU's version ('@' can be a letter), so ICU is
 * asked. */
#ifndef QUERN_SEGMENTER_ASCII_H
#define QUERN_SEGMENTER_ASCII_H

#include "breaks.h"

struct ascii_rules {
    unsigned char classes[128];
};

/* Cuts ASCII units into words by ICU: 0, or -1 with the message. */
typedef int ascii_cut(void *state, const struct text_units *units, struct spans *words);

/* Learns the class of each character from ICU, then compares the rules with ICU on every character between letters,
 * digits and low lines. *hold: they gave the same words. 0, or -1 with the message of `cut`. */
int ascii_learn(struct ascii_rules *rules, bool *hold, ascii_cut *cut, void *state);

/* Appends the words of the units [start, end), which are ASCII without white space. */
void ascii_words(const struct ascii_rules *rules, const uint16_t *units, size_t start, size_t end, struct spans *words);

#endif
