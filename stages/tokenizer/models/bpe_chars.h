/* bpe_chars.h - the initial symbols of byte pair encoding if they are characters: with affixes, bytes for characters
 * that are not in the vocabulary, and the unknown token.
 *
 * A byte-level vocabulary with affixes starts here too: its characters are the spellings of bytes (byte_spelling.h). */
#ifndef QUERN_TOKENIZER_BPE_CHARS_H
#define QUERN_TOKENIZER_BPE_CHARS_H

#include "base/vec.h"
#include "bpe.h"

/* Finds the tokens <0x00> to <0xFF> if byte_fallback is set; to be called after bpe_init. */
void bpe_chars_ready(struct bpe *bpe);

/* Fills `out` with the symbols of the word. A character that has no tokens is dropped if there is no unknown token; the
 * ends then count only what was kept, and *left_out is set. spelled: working memory. */
void bpe_chars_start(const struct bpe *bpe, struct bytes *spelled, struct slice word, struct subwords *out,
                     bool *left_out);

#endif
