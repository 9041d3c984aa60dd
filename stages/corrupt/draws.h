/* draws.h - the numbers of the draws of quern-corrupt, a part of the frozen contract of quern-record(5).
 *
 * The upper half of a draw's number says what is decided, the lower half for which item. A purpose keeps its number for
 * ever; a new one takes the next number. quern-corrupt(1) has the table. */
#ifndef QUERN_CORRUPT_DRAWS_H
#define QUERN_CORRUPT_DRAWS_H

#include <stdint.h>

enum draw_purpose {
    DRAW_FIM = 1,  /* is the text rearranged? */
    DRAW_FIM_CUT,  /* item 0, 1: where it is cut */
    DRAW_FIM_SPM,  /* is the suffix first? */
    DRAW_DENOISER, /* ul2: which one */
    DRAW_NOISE,    /* the lengths of the spans: choose.h */
    DRAW_REST,     /* the lengths of what is between them: choose.h */
    DRAW_CUT,      /* prefix: where the tokens are cut */
    DRAW_SHUFFLE,  /* deshuffle: choose.h */

    DRAW_SENTENCES,      /* bart: which sentences move: choose.h */
    DRAW_SENTENCE_ORDER, /* where they go: choose.h */
    DRAW_LENGTH,         /* item: the number of the span. Its words; 0: an insertion */
    DRAW_SPAN_ORDER,     /* the order of the spans: choose.h */
    DRAW_GAPS,           /* the words between them: choose.h */
    DRAW_PLACE,          /* item: the number of the insertion. The word before which it stands */
    DRAW_MASK,           /* item: the number of the mask, of spans and insertions. Is it a random token? */
    DRAW_MASK_TOKEN,     /* which one */
    DRAW_DELETE,         /* item: position in the permuted text. Is the token dropped? */
    DRAW_INSERT,         /* does a mask follow it? */
    DRAW_INSERTED,       /* is that one a random token? */
    DRAW_INSERTED_TOKEN, /* which one */
    DRAW_ROTATE,         /* does the source begin somewhere else? */
    DRAW_OFFSET,         /* where */
};

static inline uint64_t draw_number(enum draw_purpose purpose, uint32_t item)
{
    return (uint64_t)purpose << 32 | item;
}

#endif
