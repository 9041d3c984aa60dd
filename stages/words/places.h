/* places.h - parts of a text that must stay as they are: entities and the like. */
#ifndef QUERN_WORDS_PLACES_H
#define QUERN_WORDS_PLACES_H

#include "text/text.h"

/* Puts places into order, joins those that overlap, and drops empty ones, which have no character to protect. Returns
 * how many are left; they do not overlap, but may touch. */
size_t places_merge(struct span *places, size_t count);

/* Places that have moved with a text in which words were deleted (part.h) do not begin or end with white space, unless
 * they did before: what begins with a deleted word does not begin with the white space after it. before: of the old
 * text. */
void places_trim(struct slice old, struct slice text, const struct span *before, struct span *places, size_t count);

#endif
