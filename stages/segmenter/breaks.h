/* breaks.h - the sentences and words that ICU's boundary analysis (UAX #29) finds in a text.
 *
 * Everything here counts UTF-16 units, because ICU is fastest with them; breaks_to_points converts spans of units to
 * spans of code points. */
#ifndef QUERN_SEGMENTER_BREAKS_H
#define QUERN_SEGMENTER_BREAKS_H

#include "record/record.h"
#include "text/text.h"

#include <stdbool.h>
#include <stddef.h>

struct spans {
    struct span *items;
    size_t len, cap;
};

/* A text as UTF-16. Zero it before the first use. */
struct passage {
    struct text_units units;
    bool ascii;
    bool wide; /* it contains characters of two units */
};

/* 0, or -1 with the message: the text is too long for ICU. */
int breaks_passage(struct passage *passage, struct slice text);

/* Converts spans of units, in order, to spans of code points. */
void breaks_to_points(const struct passage *passage, struct spans *spans);

/* The other way round. */
void breaks_to_units(const struct passage *passage, struct spans *spans);

/* The iterators of one thread, one for each language and kind; each is opened when first needed. */
struct breaks;
struct breaks *breaks_new(void);
void breaks_free(struct breaks *breaks);

/* language_is_known; a tag that was used before is found at once. */
bool breaks_knows(struct breaks *breaks, struct slice tag);

/* The sentences, without white space at their ends; white space alone is not a sentence. ICU leaves opening brackets
 * and quotes (Ps, Pi) at the end of a sentence if the next one follows without a space, as in Chinese and Japanese;
 * here they start the next one. If the tag is empty, or ICU has no rules for it, the rules that all languages share
 * apply. 0, or -1 with the message. */
int breaks_sentences(struct breaks *breaks, struct slice tag, const struct passage *passage, struct spans *sentences);

/* The lines that are not blank, without white space at their ends. A line ends with LF, CR, or both. */
void breaks_lines(const struct passage *passage, struct spans *lines);

/* The words: the segments between ICU's word boundaries, split at white space and without it. Punctuation marks and
 * symbols are words of their own, so each character other than white space belongs to one word. */
int breaks_words(struct breaks *breaks, struct slice tag, const struct passage *passage, struct spans *words);

#endif
