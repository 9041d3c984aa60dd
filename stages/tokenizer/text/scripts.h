/* scripts.h - the pre-tokenizer UnicodeScripts: where the script of the text changes. */
#ifndef QUERN_TOKENIZER_SCRIPTS_H
#define QUERN_TOKENIZER_SCRIPTS_H

#include "draft.h"

/* Cuts a piece of text. Blanks and characters of no script go with what is before them; at the start of the piece they
 * are dropped, as the reference drops them. */
void scripts_cut(struct draft *draft, struct piece piece);

#endif
