/* search.h - binary search by a condition, whatever is searched.
 *
 *     size_t i;
 *     search_first(i, count, starts[i] < position);        the first start that is not below the position
 *
 * `before`: an expression of the variable, true for all numbers up to some one and false from there on. Sets the
 * variable to the first of [0, count) for which it is false; to count if there is none. */
#ifndef QUERN_SEARCH_H
#define QUERN_SEARCH_H

#include <stddef.h>

#define search_first(i, count, before)                                                                                 \
    do {                                                                                                               \
        size_t low_ = 0, high_ = (count);                                                                              \
        while (low_ < high_) {                                                                                         \
            (i) = low_ + (high_ - low_) / 2;                                                                           \
            if (before)                                                                                                \
                low_ = (i) + 1;                                                                                        \
            else                                                                                                       \
                high_ = (i);                                                                                           \
        }                                                                                                              \
        (i) = low_;                                                                                                    \
    } while (0)

#endif
