/* candidates.h - what a word may become by a lexicon of synonyms, listed when it is first asked for. For one thread. */
#ifndef QUERN_AUGMENT_CANDIDATES_H
#define QUERN_AUGMENT_CANDIDATES_H

#include "text/lexicon.h"

struct candidates;
struct candidates *candidates_new(const struct lexicon *lexicon, struct lexicon_choice choice);
void candidates_free(struct candidates *candidates);

/* The synonyms of the word with this key, *count of them; they live as long as the candidates. */
const struct slice *candidates_of(struct candidates *candidates, struct slice key, size_t *count);

#endif
