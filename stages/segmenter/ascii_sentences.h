/* ascii_sentences.h - the sentence boundaries of ASCII text as ICU finds them, but without ICU.
 *
 * In ASCII the rules of UAX #29 depend on little: what stands before and behind a full stop, an exclamation mark or a
 * question mark. All that lies between them is passed over. */
#ifndef QUERN_SEGMENTER_ASCII_SENTENCES_H
#define QUERN_SEGMENTER_ASCII_SENTENCES_H

#include "breaks.h"

struct ascii_sentences {
    uint16_t classes[128];
};

/* Asks ICU for the class of each character. */
void ascii_sentences_init(struct ascii_sentences *rules);

/* A text with each character in every place where its class counts. The rules hold for a language if they find the same
 * boundaries in it as ICU does. */
void ascii_sentences_probes(struct text_units *units);

/* The first boundary behind `at`, which is the start of the text or a boundary itself. The units are ASCII. */
size_t ascii_sentences_next(const struct ascii_sentences *rules, const struct text_units *units, size_t at);

#endif
