/* bpe_chars.h - what byte pair encoding starts from where its symbols are characters: with affixes, bytes for
 * characters that the vocabulary does not have, and the unknown token.
 *
 * A byte-level vocabulary with affixes starts here, too: its characters are the spellings of bytes (byte_spelling.h).
 */
#ifndef QUERN_TOKENIZER_BPE_CHARS_H
#define QUERN_TOKENIZER_BPE_CHARS_H

#include "base/vec.h"
#include "bpe.h"

/* Finds the tokens <0x00> to <0xFF> where byte_fallback is set; to be called after bpe_init. */
void bpe_chars_ready(struct bpe *bpe);

/* Fills `out` with the symbols of the word. A character that can't be made of tokens is left out where there is no
 * unknown token, and then the ends count what was kept only: *left_out. spelled: scratch. */
void bpe_chars_start(const struct bpe *bpe, struct bytes *spelled, struct slice word, struct subwords *out,
                     bool *left_out);

#endif
