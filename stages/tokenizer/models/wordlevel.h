/* wordlevel.h - a word is a token, or unknown. */
#ifndef QUERN_TOKENIZER_WORDLEVEL_H
#define QUERN_TOKENIZER_WORDLEVEL_H

#include "subwords.h"
#include "vocab.h"

/* unk: -1 if the model has none. 0, or -1 with the message if the word is unknown and the model has no unknown
 * token. */
int wordlevel_word(const struct vocab *vocab, int32_t unk, struct slice word, struct subwords *out);

#endif
