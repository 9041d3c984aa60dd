/* entries.h - words and phrases from a lexicon, in a text that has been cut into words. */
#ifndef QUERN_SEGMENTER_ENTRIES_H
#define QUERN_SEGMENTER_ENTRIES_H

#include "breaks.h"
#include "text/lexicon.h"

/* Cuts the text again so that the entries of the lexicon (without white space) are words: at each place, from left
 * to right, the longest that matches. What is left of a word that an entry cut becomes a word of its own.
 *
 * An entry starts and ends at the border of a word, or inside a word beside a character of a script that is written
 * without spaces (Han, kana, Bopomofo, Thai, Lao, Khmer, Myanmar …), so that no entry cuts "party" at "art"; and
 * never before a combining mark. */
void entries_cut(const struct lexicon *lexicon, const struct passage *passage, const struct spans *words,
                 struct spans *cut);

/* The phrases: runs of words that the lexicon has as one entry, the longest at each place from left to right. A
 * space in an entry matches any white space between two words. */
void entries_phrases(const struct lexicon *lexicon, const struct passage *passage, const struct spans *words,
                     struct spans *phrases);

#endif
