/* draws.h - the numbers of the draws of quern-mask: a part of the frozen contract of quern-record(5).
 *
 * The upper half of a draw's number says what is decided, the lower half for which item, so that no option changes the
 * draws of another decision. The number of an abandoned purpose is not reused; a new purpose takes the next number.
 *
 *     purpose         item                               draw below    decides
 *     1  DRAW_ORDER   the place that is filled           place + 1     which unit without a place comes there
 *     2  DRAW_OFFSET  0                                  tokens        at which of them the arc starts
 *     3  DRAW_CUT     position of the first token        unit's size   is a unit that the arc cuts selected?
 *     4  DRAW_ACTION  position of the token              100           mask, random token, or kept
 *     5  DRAW_RANDOM  position of the token              candidates    which token, in the order of their ids
 *
 * Positions are indices into input_ids. A unit is a token or a word. */
#ifndef QUERN_MASKER_DRAWS_H
#define QUERN_MASKER_DRAWS_H

#include <stdint.h>

enum draw_purpose { DRAW_ORDER = 1, DRAW_OFFSET, DRAW_CUT, DRAW_ACTION, DRAW_RANDOM };

static inline uint64_t draw_number(enum draw_purpose purpose, uint32_t item)
{
    return (uint64_t)purpose << 32 | item;
}

#endif
