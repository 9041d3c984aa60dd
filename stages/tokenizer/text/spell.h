/* spell.h - bytes as characters: GPT-2's spelling (byte_spelling.h), as a step before others see the text. */
#ifndef QUERN_TOKENIZER_SPELL_H
#define QUERN_TOKENIZER_SPELL_H

#include "draft.h"

/* Every byte of the pieces of text becomes the character that spells it, and stands for what the byte stood for; added
 * tokens stay as they are. 0, or -1 with the message. */
int spell_apply(struct draft *draft);

#endif
