/* draws.h - the numbers of the draws of quern-mask: a part of the frozen contract of quern-record(5).
 *
 * The upper half of a draw's number says what is decided, the lower half for which item, so that no option changes the
 * draws of another decision. The number of an abandoned purpose is not reused; a new purpose takes the next number.
 *
 *     purpose           item                                draw below    decides
 *      1  DRAW_ORDER    the place that is filled            place + 1     which unit without a place comes there
 *      2  DRAW_OFFSET   0                                   tokens        at which of them the arc starts
 *      3  DRAW_CUT      position of the first token         unit's size   is a unit that the arc cuts selected?
 *      4  DRAW_ACTION   position of the token               100           mask, random token, or kept
 *      5  DRAW_RANDOM   position of the token               candidates    which token, in the order of their ids
 *      6  DRAW_LENGTH   the unit's number                   the law's     how many words the unit has
 *      7  DRAW_BUDGET   0                                   tokens        the budget, less 1
 *      8  DRAW_LEVEL    0                                   the weights   the level of the record
 *      9  DRAW_SIMILAR  position of the word's first token  candidates    which similar word, in the order of the file
 *
 * Positions are indices into input_ids. With a budget for each document, its first position is added to the place of 1
 * and the number of 6, and is the item of 2 and 7. Places and units are counted from 0. In the first, second and third
 * level below the one that is asked for, 1 to 3 are 17 to 19, 33 to 35 and 49 to 51. */
#ifndef QUERN_MASKER_DRAWS_H
#define QUERN_MASKER_DRAWS_H

#include <stdint.h>

enum draw_purpose {
    DRAW_ORDER = 1,
    DRAW_OFFSET,
    DRAW_CUT,
    DRAW_ACTION,
    DRAW_RANDOM,
    DRAW_LENGTH,
    DRAW_BUDGET,
    DRAW_LEVEL,
    DRAW_SIMILAR,
};
enum { DRAWS_OF_LEVEL = 16 };

static inline uint64_t draw_number(uint64_t purpose, uint32_t item)
{
    return purpose << 32 | item;
}

#endif
