/* cut.h - was a text cut before its tokens were written? */
#ifndef STATS_CUT_H
#define STATS_CUT_H

#include "base/slice.h"
#include "text/text.h"

#include <stdbool.h>
#include <stddef.h>

/* Does the text begin before its first token, or go on after its last one, with more than white space and control
 * characters, which tokenizers remove? offsets: of the tokens, in code points or bytes; those of a second text, where
 * they start over, are not looked at. A text without tokens is not cut. */
bool cut_is(struct slice text, size_t length, const struct span *offsets, size_t count);

/* Told from both ends of the array, as quern writes it, without reading it: the first token begins where the text does,
 * and the last one ends where it ends. True for most texts that are not cut. */
bool cut_is_whole(struct slice offsets, size_t length);

#endif
