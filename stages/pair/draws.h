/* draws.h - the random decisions of pair, and the numbers of their draws. Frozen: quern-pair(1) has this table too.
 *
 * The lower half of a draw's number is that of the chunk, among the chunks of its document in one round. */
#ifndef PAIR_DRAWS_H
#define PAIR_DRAWS_H

#include <stdint.h>

enum draw_purpose {
    DRAW_SHORT = 1, /* has the chunk another target than --length? */
    DRAW_TARGET,    /* which one */
    DRAW_LABEL,
    DRAW_CUT,      /* where the first segment ends */
    DRAW_DOCUMENT, /* of the foreign segment, among the others of the pool */
    DRAW_SENTENCE, /* in which the foreign segment begins */
    DRAW_SINGLE,   /* electra: one segment? */
};

static inline uint64_t draw_number(enum draw_purpose purpose, uint32_t chunk)
{
    return (uint64_t)purpose << 32 | chunk;
}

#endif
