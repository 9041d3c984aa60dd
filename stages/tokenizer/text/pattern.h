/* pattern.h - the regular expressions of tokenizer files, run by PCRE2 (text/regex.h).
 *
 * Those of a tokenizer.json are written for Oniguruma 6.9.10, those of rank files for Rust's fancy-regex. An expression
 * is read by the rules of its own engine and written anew for PCRE2, with sets of characters as ranges: \w, \d,
 * \p{Han}, [a&&b] and (?i) mean what they mean there, in Unicode 16. What can't be written so, or is not known to mean
 * the same, is refused: back references, calls, conditions, \X, look-behinds of PCRE2's own limits.
 * tests/conformance/patterns_differ.py compares all of it with the engines themselves. */
#ifndef QUERN_TOKENIZER_PATTERN_H
#define QUERN_TOKENIZER_PATTERN_H

#include "base/slice.h"
#include "text/regex.h"

/* To be searched with pattern_next, freed with regex_free. NULL, with the message, if the expression is not
 * supported. */
struct regex *pattern_new(struct slice expression);      /* of a tokenizer.json */
struct regex *pattern_new_rust(struct slice expression); /* of a rank file */

/* The matches of a text, one after the other. Zeroed at first. */
struct pattern_matches {
    size_t from, end; /* where the next search starts; the end of the last match */
    bool found;       /* there was one */
};

/* The next match: 1, 0 if there is none, or -1 with the message. As in Rust's iterators, an empty match right after
 * another match does not count. */
int pattern_next(const struct regex *pattern, struct regex_work *work, struct slice text,
                 struct pattern_matches *matches, size_t *start, size_t *end);

#endif
