/* pieces.h - cuts a text into what is sent to a translator, and puts the translations together again.
 *
 *     Dear all,  we met in Oslo.  See you.           two units with a gap between them
 *     [--------- unit ---------]  [-unit-]
 *     [---------piece----------]  [-piece]           a unit that is too long has several pieces, with gaps between them
 *
 * A unit is a sentence, or what is left of one between entities that stay as they are. White space is in the gaps,
 * which are kept. */
#ifndef QUERN_TRANSLATE_PIECES_H
#define QUERN_TRANSLATE_PIECES_H

#include "../rewriting/changes.h"
#include "quern.h"

enum { PIECE_POINTS = 300 /* the longest piece, in code points (UDA's bound) */ };

struct piece {
    uint32_t start, end; /* bytes of the text */
};

struct unit {
    struct part part;
    size_t first, count; /* of its pieces */
};

struct pieces {
    struct slice text;
    const struct piece *items;
    size_t count;
    const struct unit *units;
    size_t unit_count;
};

/* Cuts the sentences of a text. Nothing of the spans in `fixed`, which may be in any order and overlap, is in a unit.
 * All in the arena. */
void pieces_cut(struct slice text, const struct span *sentences, size_t sentence_count, const struct span *fixed,
                size_t fixed_count, struct arena *arena, struct pieces *pieces);

/* What a unit becomes: the new text of each of its pieces, with the gaps of the old text between them. In the arena. */
struct slice pieces_join(const struct pieces *pieces, const struct unit *unit, const struct slice *texts,
                         struct arena *arena);

/* The text without white space at its ends. */
struct slice pieces_trim(struct slice text);

#endif
