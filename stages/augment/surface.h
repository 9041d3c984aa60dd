/* surface.h - how a word is written: its pattern of capitals, and "a" or "an" before it. */
#ifndef QUERN_AUGMENT_SURFACE_H
#define QUERN_AUGMENT_SURFACE_H

#include "base/arena.h"
#include "base/slice.h"
#include "draft.h"

/* The word in the pattern of another: all capitals if `like` has two letters or more and no small ones, with a first
 * capital if `like` has one and then no other; else as it is. May be the word itself. */
struct slice surface_like(struct slice like, struct slice word, struct arena *arena);

/* English: turns "a" into "an" and back before the words that the changes, which are settled, bring in. Puts further
 * changes and settles them. */
void surface_repair_articles(const struct draft *draft, struct changes *changes);

#endif
