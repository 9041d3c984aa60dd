/* text_words.h - the words of a record's text: those of its member `words`, or else those that `segment` would find. */
#ifndef QUERN_WORDS_TEXT_WORDS_H
#define QUERN_WORDS_TEXT_WORDS_H

#include "../segmenter/cutter.h"

struct text_word {
    struct slice bytes; /* in the text */
    struct span place;  /* in code points of the text */
    bool counts;        /* it has a letter or a digit (general category L or N) */
};

struct text_words {
    struct text_word *items; /* in the order of the text; they do not overlap */
    size_t count;
    struct slice tag; /* the language of the record; "" if it is not known */
    bool given;       /* they are those of the member `words` */
};

/* Is this a word that counts? */
bool word_counts(struct slice word);

/* Reads or finds the words of a text, which is that of the member `field`; see annotations_belong for whose words the
 * member `words` has. The result is in the arena. 0, or -1 with the message: words that are outside of the text, or
 * that overlap. */
int text_words_read(struct cutter *cutter, const struct record *record, struct slice field, struct slice text,
                    struct arena *arena, struct text_words *words);

#endif
