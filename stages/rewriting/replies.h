/* replies.h - what engines answer when they are asked for texts: a text or, as JSON, {"text":"…"} or {"texts":["…",…]}.
 */
#ifndef QUERN_REWRITING_REPLIES_H
#define QUERN_REWRITING_REPLIES_H

#include "base/arena.h"
#include "base/slice.h"

#include <stdbool.h>

/* Are "text" and "texts" of an object what they should be, if they are there, and is no text empty? *found: is one of
 * them there? 0, or -1 with the message. */
int replies_check(struct slice object, bool *found);

/* The texts of a reply: an array of *count in the arena. object: it is one, and has texts. */
struct slice *replies_read(struct slice reply, bool object, struct arena *arena, size_t *count);

#endif
