/* deb822.h - paragraphs of "Name: value" lines: the control files of Debian (deb822(5)). */
#ifndef QUERN_IMPORT_DEB822_H
#define QUERN_IMPORT_DEB822_H

#include "source.h"

extern const struct format deb822_format;

/* A field's value as text. first: what stands behind the colon; rest: the continuation lines, each with its
 * leading blank, "" where there is none. Lines are joined by newlines, without the blank that they start with and
 * without blanks at their ends; "." alone is an empty line; comments are left out.
 * flowed: a line of prose that follows a line of prose is joined to it by a space, as in the long
 * descriptions of packages; what starts with two blanks or more is not prose. */
struct slice deb822_value(struct slice first, struct slice rest, bool flowed, struct arena *arena);

/* ASCII letters in either case are equal. */
bool deb822_same_name(struct slice a, struct slice b);

#endif
