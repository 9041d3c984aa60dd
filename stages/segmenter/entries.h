/* entries.h - finds words and phrases of a lexicon in a text that has been cut into words. */
#ifndef QUERN_SEGMENTER_ENTRIES_H
#define QUERN_SEGMENTER_ENTRIES_H

#include "breaks.h"
#include "text/lexicon.h"

/* Reads a lexicon of words: lexicon_load, but a line may also have the form of jieba's dictionaries, the word, its
 * frequency and a tag, separated by blanks (the tag may be missing, and the frequency too if the word is of a script
 * without spaces). Neither is used. NULL with the message. */
void *entries_load(const char *path);

/* 0, or -1 with the message if an entry is more than one word. */
int entries_check(const struct lexicon *words, const char *path);

/* Cuts the text again so that the entries of the lexicon (without white space) are words: from left to right, the
 * longest entry that matches at each place. The rest of a word that an entry cuts becomes a word of its own.
 *
 * An entry starts and ends at the border of a word, or inside a word next to a character of a script without spaces
 * (Han, kana, Bopomofo, Thai, Lao, Khmer, Myanmar …), so that no entry finds "art" in "party"; and never before a
 * combining mark. */
void entries_cut(const struct lexicon *lexicon, const struct passage *passage, const struct spans *words,
                 struct spans *cut);

/* An entry where it stands in a text. */
struct entry_place {
    struct span place;
    size_t number; /* of the entry */
};
struct entry_places {
    struct entry_place *items;
    size_t len, cap;
};

/* Finds the entries, which may have white space: a space in one matches any white space. From left to right, at each
 * place the longest that starts and ends where entries_cut allows it and does not overlap one of the closed spans,
 * which are in order and do not overlap. */
void entries_find(const struct lexicon *lexicon, const struct passage *passage, const struct spans *words,
                  const struct spans *closed, struct entry_places *found);

/* The phrases: runs of words that are one entry of the lexicon; from left to right, the longest at each place. A space
 * in an entry matches any white space between two words. */
void entries_phrases(const struct lexicon *lexicon, const struct passage *passage, const struct spans *words,
                     struct spans *phrases);

#endif
