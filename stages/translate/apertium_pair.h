/* apertium_pair.h - a language pair of Apertium as the programs that translate it.
 *
 * /usr/share/apertium/modes/PAIR.mode holds a pipeline for the shell. It is split here by the shell's rules of quoting,
 * and run without a shell: $1 becomes -n (no marks at unknown words, which would add up from pair to pair), $2 nothing,
 * and each program gets -z, to answer at each NUL. */
#ifndef QUERN_APERTIUM_PAIR_H
#define QUERN_APERTIUM_PAIR_H

#include "record/words.h"

#include <stdbool.h>

#define APERTIUM_MODES "/usr/share/apertium/modes"

struct apertium_pair {
    struct commands commands; /* joined by pipes */
    const char *first;        /* a text for each new process, whose reply is thrown away; NULL: none */
    bool fresh;               /* a new process for each text, with apertium_fresh_protocol: see apertium_tagger.h */
};

/* Opens the pair of that name in `folder`, such as "eng-spa", or the .mode file of that path. Codes of two and of three
 * letters are the same: en-es is eng-spa. 0, or -1 with the message: what is installed, which package has the pair. */
int apertium_pair_open(const char *folder, const char *name, struct apertium_pair *pair);

/* The name or path of the pair that translates back: "spa-eng" for "eng-spa", "cat-eng" for "eng-cat_valencia". The
 * caller frees it. NULL, with the message, if the name is not that of a pair. */
char *apertium_pair_back(const char *name);

void apertium_pair_release(struct apertium_pair *pair);

#endif
