/* places.h - parts of a text that must stay as they are: entities and the like. */
#ifndef QUERN_WORDS_PLACES_H
#define QUERN_WORDS_PLACES_H

#include "text/text.h"

/* Puts places into order, joins those that overlap, and drops empty ones, which have no character to protect. Returns
 * how many are left; they do not overlap, but may touch. */
size_t places_merge(struct span *places, size_t count);

#endif
