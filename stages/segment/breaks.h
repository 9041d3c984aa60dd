/* breaks.h - the sentences and words that ICU's boundary analysis (UAX #29) finds in a text.
 *
 * Everything here counts in UTF-16 units, because that is what ICU is fastest on; breaks_to_points turns spans of
 * units into spans of code points. */
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
    bool wide; /* it has characters of two units */
};

/* 0, or -1 with the message: the text is too long for ICU. */
int breaks_passage(struct passage *passage, struct slice text);

/* Spans that come in order, of units, become spans of code points. */
void breaks_to_points(const struct passage *passage, struct spans *spans);

/* The iterators of one thread, one for each language and kind; each is opened when it is first wanted. */
struct breaks;
struct breaks *breaks_new(void);
void breaks_free(struct breaks *breaks);

/* Is it a well-formed language tag of BCP 47 (or the same with underscores)? */
bool breaks_is_tag(struct slice tag);

/* The sentences, without white space at their ends; what is white space only is none. Opening brackets and quotes
 * (Ps, Pi) that ICU leaves at the end of one because the next follows without a space, as in Chinese and Japanese,
 * start the next. A tag that is not well-formed, or of which ICU has no rules, stands for the rules that all
 * languages share. 0, or -1 with the message. */
int breaks_sentences(struct breaks *breaks, struct slice tag, const struct passage *passage, struct spans *sentences);

/* The words: the segments between ICU's word boundaries, cut at white space and without it. Punctuation marks and
 * symbols are words of their own, so each character that is no white space belongs to one word. */
int breaks_words(struct breaks *breaks, struct slice tag, const struct passage *passage, struct spans *words);

#endif
