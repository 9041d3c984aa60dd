/* set_writer.h - writes a set of characters as a part of an expression for PCRE2, whose tables are older than the set.
 *
 * A set is written as ranges, or, if it is large, as categories that PCRE2 knows with ranges for the difference: JIT
 * code tests a category at once, ranges one by one. */
#ifndef QUERN_TOKENIZER_SET_WRITER_H
#define QUERN_TOKENIZER_SET_WRITER_H

#include "base/vec.h"

#include <stdbool.h>
#include <unicode/uset.h>

/* Zeroed at first. */
struct set_writer {
    bool ready, categories_usable;
    USet *known[U_CHAR_CATEGORY_COUNT]; /* by general category: what PCRE2 has in it; made when first needed */
};
void set_writer_free(struct set_writer *writer);

/* Appends an expression that matches one character of the set (surrogates do not matter) and can be repeated. */
void set_write(struct set_writer *writer, const USet *set, struct bytes *out);

#endif
