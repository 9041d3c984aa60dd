/* categories.h - the general category of a character in Unicode 16, which is what \p{Lu} and the like mean to the
 * reference. ICU of Debian 12 knows only Unicode 15. */
#ifndef QUERN_TOKENIZER_CATEGORIES_H
#define QUERN_TOKENIZER_CATEGORIES_H

#include <stddef.h>
#include <stdint.h>

/* One bit, as ICU's U_GC_…_MASK. For a character added in Unicode 15.1 or 16 it is known only whether it is M, P, S or
 * N, not which: the bit is that of Mn, Po, So or Nd. */
uint32_t categories_mask(uint32_t point);

/* The characters that ICU does not know, in the order of the code points. */
struct category_range {
    uint32_t first, last, mask;
};
const struct category_range *categories_added(size_t *count);

#endif
