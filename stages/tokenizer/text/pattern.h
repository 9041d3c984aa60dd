/* pattern.h - the regular expressions of a tokenizer.json, run by PCRE2 (text/regex.h).
 *
 * They are written for Oniguruma (Ruby's syntax). If the two would read an expression differently it is rewritten: \s,
 * \w, \p{L}, \p{M}, \p{N}, \p{P}, \p{S} and the kinds of letters have their meaning in Unicode 16, which is newer than
 * PCRE2's tables. An expression that can't be rewritten is refused. */
#ifndef QUERN_TOKENIZER_PATTERN_H
#define QUERN_TOKENIZER_PATTERN_H

#include "base/slice.h"
#include "text/regex.h"

/* To be searched with regex_find, freed with regex_free. NULL, with the message, if the expression is not supported. */
struct regex *pattern_new(struct slice expression);

#endif
