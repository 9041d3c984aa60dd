/* language.h - BCP 47 language tags, in which a low line may stand for a hyphen. */
#ifndef QUERN_LANGUAGE_H
#define QUERN_LANGUAGE_H

#include "base/slice.h"

#include <stdbool.h>

/* Is it a tag of a language that ICU knows, of one with a code of three letters, or "und"? English is "en"; "english"
 * has the form of a tag but is none. The empty tag is no language. */
bool language_is_known(struct slice tag);

/* Is it a tag of this language, whose code is in small letters: is "en-GB" one of "en"? */
bool language_is(struct slice tag, const char *language);

/* Are both tags of the same language, whatever their regions and scripts, and whether its code has two letters or
 * three: "en-GB" and "eng"? */
bool language_same(struct slice a, struct slice b);

/* ICU's name of the locale; "" is the root, NULL means that the tag is not well-formed. The caller frees it. */
char *language_locale(struct slice tag);

#endif
