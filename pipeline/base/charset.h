/* charset.h - text of another charset becomes UTF-8, through ICU.
 *
 * Bytes that are no character of the charset do not end the conversion. Each becomes a mark of two bytes that UTF-8
 * never has, so the record around it is found to be bad where its text is checked, and can still be restored as it was.
 */
#ifndef QUERN_CHARSET_H
#define QUERN_CHARSET_H

#include "base/slice.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct charset;

/* NULL, with the message, if ICU does not know the name. The name must live as long as the charset. */
struct charset *charset_open(const char *name);
void charset_close(struct charset *charset);

const char *charset_name(const struct charset *charset);

/* Is it UTF-8, of which nothing has to be converted? */
bool charset_is_utf8(const struct charset *charset);

/* If it is a UTF-16 or UTF-32 whose byte order a mark should tell, but does not: the one that the first bytes of the
 * text suggest. Else NULL. */
const char *charset_unmarked(const struct charset *charset, struct slice start);

/* Converts all of `from`, which may end within a character; `ended`: nothing comes after it. */
void charset_convert(struct charset *charset, struct slice from, bool ended, struct bytes *into);

/* Is there the mark of a bad byte, two bytes long? */
bool charset_is_mark(const char *at, const char *end);

/* Appends the bytes that were converted to this text, in the named charset. Exact where characters have one code. */
void charset_restore(const char *name, struct slice text, struct bytes *into);

/* The UTF-16 or UTF-32 whose byte order mark these first bytes are; NULL: none. */
const char *charset_of_mark(struct slice start);

/* Is text that was converted from the named charset rather UTF-8? Then it has been made unreadable. */
bool charset_was_utf8(const char *name, struct slice text);

/* The charset that a text which is not UTF-8 may be in; NULL: no idea. */
const char *charset_guess(struct slice text);

#endif
