/* shades.h - which tokens stand for each character of a text, as backgrounds. */
#ifndef VIEW_SHADES_H
#define VIEW_SHADES_H

#include "base/arena.h"
#include "text/text.h"

/* By code point of the text, a screen_style: of neighbouring tokens one has one background and the next the other; a
 * character of several tokens has a third one, one of none has SCREEN_PLAIN. An array of `length`, in the arena.
 * places: of the tokens, in the text. */
const uint8_t *shades_of(const struct span *places, size_t count, size_t length, struct arena *arena);

#endif
