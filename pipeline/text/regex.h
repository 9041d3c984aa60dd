/* regex.h - regular expressions (PCRE2) over UTF-8 text.
 *
 * Classes such as \w, \d and \b, and (?i), use Unicode properties; a line ends at a line feed. The locale does not
 * matter. Searches are bounded: an expression that backtracks endlessly fails with a message instead of hanging. */
#ifndef QUERN_REGEX_H
#define QUERN_REGEX_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

struct regex;
struct regex_work; /* what one thread needs to search with any expression */

enum { REGEX_LINES = 1 }; /* ^ and $ match at the ends of every line, not only of the text */

/* options: REGEX_LINES or 0. NULL, with the message, if the expression (valid UTF-8) is invalid. */
struct regex *regex_new(struct slice expression, unsigned options);

/* Of an expression that was made from another one, which is what the message quotes. interpreted: its compiled code is
 * not to be trusted. */
struct regex *regex_translated(struct slice expression, struct slice original, bool interpreted);
void regex_free(struct regex *regex);

struct regex_work *regex_work_new(void);
void regex_work_free(struct regex_work *work);

/* The first match in the text (valid UTF-8) that starts at byte `from` or later: 1 and [*start, *end) in bytes, 0, or
 * -1 with the message: the bound was reached. */
int regex_find(const struct regex *regex, struct regex_work *work, struct slice text, size_t from, size_t *start,
               size_t *end);

#endif
