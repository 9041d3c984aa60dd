/* verbs.h - the verbs of lexicon: a file for each. */
#ifndef QUERN_LEXICON_VERBS_H
#define QUERN_LEXICON_VERBS_H

#include "record/stage.h"

extern const struct stage lexicon_compile, lexicon_get, lexicon_stats, lexicon_list;

#endif
