/* deb822.h - paragraphs of "Name: value" lines: the control files of Debian (deb822(5)). */
#ifndef QUERN_IMPORT_DEB822_H
#define QUERN_IMPORT_DEB822_H

#include "source.h"

extern const struct format deb822_format;

/* A field's value as text. first: the text after the colon; rest: the continuation lines, each with its leading blank,
 * or "". Lines are joined by newlines, without their leading blank and without trailing blanks; "." alone is an empty
 * line; comments are omitted. flowed: consecutive lines of prose are joined by a space, as in the long descriptions of
 * packages; lines that start with two or more blanks are not prose. */
struct slice deb822_value(struct slice first, struct slice rest, bool flowed, struct arena *arena);

/* Compares field names, ignoring the case of ASCII letters. */
bool deb822_same_name(struct slice a, struct slice b);

#endif
