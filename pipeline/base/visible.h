/* visible.h - makes text from outside safe for a terminal.
 *
 * File names and records in a message must not move the cursor, change colours, reorder the line or hide part of it. So
 * control characters (C0, DEL, C1), line separators, direction marks and overrides and invisible format characters
 * become visible escapes, \x1b and \u202e; bytes that are not UTF-8 become \xff. */
#ifndef QUERN_VISIBLE_H
#define QUERN_VISIBLE_H

#include "base/slice.h"

#include <stddef.h>

/* Writes the text with its escapes and a NUL into the `size` bytes at `to`, at least 8. Text that does not fit is cut
 * between two characters and replaced by an ellipsis. Returns the length without the NUL. */
size_t visible_put(char *to, size_t size, struct slice text);

/* At most the first `most` bytes of the text, cut between two characters; `most` is at least 3. */
struct slice visible_cut(struct slice text, size_t most);

#define VISIBLE_ELLIPSIS "\xe2\x80\xa6"

#endif
