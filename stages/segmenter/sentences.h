/* sentences.h - the sentences of a record: its member `sentences`, else those that `segment` finds. */
#ifndef QUERN_SEGMENTER_SENTENCES_H
#define QUERN_SEGMENTER_SENTENCES_H

#include "abbreviations.h"
#include "breaks.h"

/* What it takes to find them, of one thread. */
struct sentence_finder {
    struct breaks *breaks;
    struct passage *passage; /* filled with the text if sentences must be found in it */
    const struct abbreviations *abbreviations;
    struct spans *found; /* scratch */
};

/* The text is that of `field`; tag: its language, "" if it is not known. An array of *count in the arena, in order and
 * without overlap. 0, or -1 with the message. */
int sentences_read(const struct sentence_finder *finder, const struct record *record, struct slice field,
                   struct slice text, struct slice tag, struct arena *arena, struct span **sentences, size_t *count);

#endif
