/* pairs.h - the two segments behind the reused tokens of a step, as XLNet has them.
 *
 * Positions are tokens of a row, from 0, in the order in which the row is read; so all of this holds for rows that are
 * turned round too. */
#ifndef STREAM_PAIRS_H
#define STREAM_PAIRS_H

#include "record/rng.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A row: its length, and where its sentences begin. */
struct row {
    uint64_t length;
    const uint64_t *borders; /* on the tape, ascending … */
    size_t border_count;
    uint64_t start; /* … from the row's start there */
    bool backward;
};

/* The random decisions of stream, and the numbers of their draws. Frozen: quern-stream(1) has this table too. */
enum stream_draw { STREAM_DRAW_LABEL, STREAM_DRAW_BORDER, STREAM_DRAW_SENTENCE };

/* A is [a, a_end), B is [b, b_end). */
struct segments {
    bool label;    /* B does not follow A */
    bool no_other; /* no sentence is outside of the step, so B had to follow */
    uint64_t a, a_end, b, b_end;
};

/* The segments behind tokens [reused, a) of the row, which has at least two more; room: for both, at least 2. */
struct segments segments_draw(const struct row *row, uint64_t reused, uint64_t a, uint64_t room, struct rng *rng);

#endif
