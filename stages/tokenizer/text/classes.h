/* classes.h - what kind of character a code point is, according to the reference implementation.
 *
 * The vocabularies were made, and are used, with Hugging Face tokenizers, whose parts each have tables of another
 * version of Unicode. A filter that knows newer characters than the reference would cut a text in other places, so each
 * class here says whose version it follows. */
#ifndef QUERN_TOKENIZER_CLASSES_H
#define QUERN_TOKENIZER_CLASSES_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    CLASS_SPACE = 1,     /* White_Space */
    CLASS_PUNCT = 2,     /* BERT's punctuation: P* of Unicode 8, and every ASCII character that is not a letter, digit,
                            space or control */
    CLASS_CONTROL = 4,   /* what BERT's clean_text removes: Cc, Cf and Co of Unicode 8 except \t \n \r; U+FFFD */
    CLASS_MARK = 8,      /* what BERT's strip_accents removes: Mn of Unicode 8 */
    CLASS_LETTER = 16,   /* \p{L} of Unicode 16 */
    CLASS_NUMBER = 32,   /* \p{N} of Unicode 16 */
    CLASS_CJK = 64,      /* what BERT puts between spaces */
    CLASS_NUMERIC = 128, /* Rust's char::is_numeric: N of Unicode 17 */
};

enum { CLASSES_POINTS = 0x110000 };

/* The classes of the basic plane, enough for most texts: made by the first call. Those of the other planes are made
 * when one is asked for. Safe from any thread. */
enum { CLASSES_BASIC = 0x10000 };
const uint8_t *classes_table(void);
uint8_t classes_beyond(uint32_t point);

static inline uint8_t classes_of(const uint8_t *basic, uint32_t point)
{
    return point < CLASSES_BASIC ? basic[point] : classes_beyond(point);
}

/* The end of the run of ASCII letters at `at`, eight at a time: most words are nothing else. */
static inline size_t classes_letters_end(const char *text, size_t at, size_t end)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    const uint64_t each = 0x0101010101010101u, top = 0x80 * each;
    while (end - at >= 8) {
        uint64_t bytes;
        memcpy(&bytes, text + at, 8);
        uint64_t lower = (bytes | 0x20 * each) & ~top;
        uint64_t from_a = lower + (0x80 - 'a') * each, beyond_z = lower + (0x80 - 'z' - 1) * each;
        uint64_t others = ~(from_a & ~beyond_z & ~bytes) & top;
        if (others != 0)
            return at + (size_t)__builtin_ctzll(others) / 8;
        at += 8;
    }
#endif
    while (at < end && ((text[at] >= 'a' && text[at] <= 'z') || (text[at] >= 'A' && text[at] <= 'Z')))
        at++;
    return at;
}

/* \w of Rust's regular expressions, Unicode 16: Alphabetic, M*, Nd, Pc, joiners. */
bool classes_is_word(uint32_t point);

/* Is the character newer than that version of Unicode (major, minor), or unknown to ICU? */
bool classes_newer(uint32_t point, unsigned major, unsigned minor);

/* The lower case of one character according to Rust's tables (Unicode 17): one code point, or two for U+0130. Returns
 * their number. */
unsigned classes_lower(uint32_t point, uint32_t lower[2]);

#endif
