/* shades.h - shows by backgrounds which tokens cover each character of a text. */
#ifndef VIEW_SHADES_H
#define VIEW_SHADES_H

#include "base/arena.h"
#include "text/text.h"

/* A screen_style for each code point of the text: two backgrounds alternate from token to token, a third one marks
 * characters of several tokens, and characters of no token have SCREEN_PLAIN. An array of `length`, in the arena.
 * places: of the tokens, in the text. */
const uint8_t *shades_of(const struct span *places, size_t count, size_t length, struct arena *arena);

#endif
