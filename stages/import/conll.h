/* conll.h - words with a tag each, one on a line, as in the shared tasks of CoNLL: sentences with named entities. */
#ifndef QUERN_IMPORT_CONLL_H
#define QUERN_IMPORT_CONLL_H

#include "source.h"

extern const struct format conll_format;

#endif
