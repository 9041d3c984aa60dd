/* key.h - the key of a word: the form by which lists and lexicons know it, however it is written in a text.
 *
 * U+2019 counts as the apostrophe U+0027; then full case folding (C and F of CaseFolding.txt), and NFC of that. So
 * "Don’t", "DON'T" and "don't" have one key. */
#ifndef QUERN_KEY_H
#define QUERN_KEY_H

#include "base/slice.h"
#include "base/vec.h"

/* What one thread needs to make keys: scratch memory and ICU's tables. NULL with the message. */
struct keys;
struct keys *keys_new(void);
void keys_free(struct keys *keys);

/* The key of a word of valid UTF-8. It is the word itself, or memory that the next call overwrites. An ASCII word takes
 * no call of ICU. ptr is NULL, with the message, if the word is longer than TEXT_MOST_BYTES. */
struct slice key_of_word(struct keys *keys, struct slice word);

#endif
