/* pattern.h - the regular expressions of a tokenizer.json, run by PCRE2.
 *
 * They are written for Oniguruma (Ruby's syntax). If the two would read an expression differently it is rewritten: \s,
 * \w, \p{L}, \p{M}, \p{N}, \p{P}, \p{S} and the kinds of letters have their meaning in Unicode 16, which is newer than
 * PCRE2's tables. An expression that can't be rewritten is refused. */
#ifndef QUERN_TOKENIZER_PATTERN_H
#define QUERN_TOKENIZER_PATTERN_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

struct pattern; /* read-only, shared by threads */
struct pattern_thread;

/* NULL, with the message, if the expression is not supported. */
struct pattern *pattern_new(struct slice expression);
void pattern_free(struct pattern *pattern);

/* Works with every pattern. */
struct pattern_thread *pattern_thread_new(void);
void pattern_thread_free(struct pattern_thread *thread);

/* The first match in text (valid UTF-8) at or after `from`: 1 and [*start, *end), 0, or -1 with the message. */
int pattern_find(const struct pattern *pattern, struct pattern_thread *thread, struct slice text, size_t from,
                 size_t *start, size_t *end);

#endif
