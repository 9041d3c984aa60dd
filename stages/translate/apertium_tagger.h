/* apertium_tagger.h - what an Apertium pair remembers from one text to the next, and how to prevent it.
 *
 * Its hidden Markov tagger (apertium-tagger -g) has an "open class": the tags that an unknown word may have. The first
 * word whose set of tags is not among the sets of the model makes it look for the smallest set that includes them, and
 * that set overwrites the open class, for good. So a translation depends on what was translated before. Nothing resets
 * it, also not the NUL after each text.
 *
 * It can only shrink. A model has a set for each single tag, so nothing replaces an open class of three tags: a smaller
 * set would have two, of which one alone would have to be unknown. A primer is a text with a word that shrinks the open
 * class to three tags at once. After it a process translates each text the same way, whatever came before.
 *
 * A primer belongs to the files of a pair, not to its name. For files that are not in the table each text gets fresh
 * processes, which is always right, and slow: 0.1 s of CPU a text. tests/translate/primers.py finds primers. */
#ifndef QUERN_APERTIUM_TAGGER_H
#define QUERN_APERTIUM_TAGGER_H

#include "record/words.h"

#include <stdbool.h>

/* How the programs of a pair have to be used so that each text is translated as if it were the only one. */
struct apertium_memory {
    const char *primer; /* the first text for each new process; NULL: none is needed */
    bool fresh;         /* a new process for each text */
};

/* 0, or -1 with the message if a model can't be read. */
int apertium_tagger_memory(const struct commands *commands, struct apertium_memory *memory);

#endif
