/* apertium.h - requests to the pipeline of an Apertium pair (apertium_pair.h), and its replies.
 *
 * A request is the escaped text, "[].[]", "[", a line feed, "#", its number, "]" and a NUL, at which every program of
 * the pipeline writes out what it has. What is in brackets is formatting to Apertium and comes back as it is, so the
 * number shows that a reply belongs to its request. The full stop ends the sentence for the tagger, and is taken off
 * the reply again; the empty brackets before it keep it from making an abbreviation of the last word ("no" is "núm"
 * in Spanish if "no." was read).
 *
 *     It costs $5    It costs \$5[].[][
 *                    #1]NUL
 *
 * apertium's own wrapper is of no use here. With -z it answers only when its input has ended; with -f line it loses
 * each full stop at the end of a line and, after one invalid byte, everything that follows, with status 0. */
#ifndef QUERN_APERTIUM_H
#define QUERN_APERTIUM_H

#include "base/slice.h"
#include "base/vec.h"
#include "run/child_protocol.h"

/* For child.h. CHILD_BY_ID. */
extern const struct child_protocol apertium_protocol;

/* The same for a pair that needs a fresh process for each text (apertium_pair.fresh): CHILD_BY_COUNT, to be used with
 * batches of one. */
extern const struct child_protocol apertium_fresh_protocol;

/* What the programs of a pipeline need in their environment: {"LC_ALL=C.UTF-8", NULL}. */
extern const char *const apertium_environment[];

/* Appends the text escaped. Characters that Apertium can't take become spaces: control characters, U+00AD, which it
 * drops, and U+FFFF, which ends a reply too early. */
void apertium_put_text(struct slice text, struct bytes *out);

/* Appends a translation as Apertium writes it, without its escapes and brackets. Runs of white space (ASCII) become one
 * space, and there is none at the ends: Apertium leaves spaces where it drops or moves a word. */
void apertium_put_reply(struct slice translation, struct bytes *out);

#endif
