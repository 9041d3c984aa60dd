/* names.h - strings that are printed many times, such as the tokens of a vocabulary: each is escaped only once.
 *
 *     struct names *names = names_new(tokens, 30522);
 *     names_put(names, ids, count, &out);         ["the","mill","##s"]
 *
 * Safe to share between threads. */
#ifndef QUERN_NAMES_H
#define QUERN_NAMES_H

#include "base/slice.h"
#include "base/vec.h"

#include <stdint.h>

struct names;

/* The strings are valid UTF-8. They are not copied and must outlive the names. */
struct names *names_new(const struct slice *strings, size_t count);
void names_free(struct names *names);

/* The string with this number, which must be below `count`. */
struct slice names_string(const struct names *names, int32_t number);

/* Appends a JSON array of the strings with these numbers. */
void names_put(const struct names *names, const int32_t *numbers, size_t count, struct bytes *out);

#endif
