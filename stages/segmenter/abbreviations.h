/* abbreviations.h - full stops that end no sentence.
 *
 * UAX #29 ends a sentence at a full stop before a capital letter, and so after "Dr." in "Dr. Smith". An abbreviation
 * has one of three kinds:
 *
 *     always     Dr. Mr. bzw.     never ends a sentence
 *     number     No. Art.         does not before a digit
 *     (others)   Inc. St. usw.    does not, unless the next word is one that starts sentences: The, He, Der, Es …
 *
 * Single letters (J. Smith, z. B.) and letters with full stops between them (U.S., p.m.) are others. The lists are for
 * English and German; what is not in them is left as it is. */
#ifndef QUERN_SEGMENTER_ABBREVIATIONS_H
#define QUERN_SEGMENTER_ABBREVIATIONS_H

#include "breaks.h"
#include "text/lexicon.h"

struct abbreviations;

/* own: the lists of this file. more: NULL, or further entries for all languages; a label `always` or `number` is the
 * kind. path: of them, for the message. NULL, with the message, if one of them has no full stop or another label. */
struct abbreviations *abbreviations_new(bool own, const struct lexicon *more, const char *path);
void abbreviations_free(struct abbreviations *abbreviations);

/* Joins sentences that were parted after an abbreviation. tag: the language; without one, the lists of all are used. */
void abbreviations_join(const struct abbreviations *abbreviations, struct slice tag, const struct passage *passage,
                        struct spans *sentences);

#endif
