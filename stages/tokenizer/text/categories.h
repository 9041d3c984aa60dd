/* categories.h - the general category and the script of a character in Unicode 16, which is what \p{Lu} and the like
 * mean to the reference. ICU of Debian 12 knows only Unicode 15. */
#ifndef QUERN_TOKENIZER_CATEGORIES_H
#define QUERN_TOKENIZER_CATEGORIES_H

#include <stddef.h>
#include <stdint.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

/* One bit, as ICU's U_GC_…_MASK. */
uint32_t categories_mask(uint32_t point);

/* The characters that ICU does not know, or has in another category, in the order of the code points. */
struct category_range {
    uint32_t first, last, mask;
    UScriptCode script; /* USCRIPT_INVALID_CODE: one that ICU does not know */
};
const struct category_range *categories_changed(size_t *count);

#endif
