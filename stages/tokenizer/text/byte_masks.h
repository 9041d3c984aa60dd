/* byte_masks.h - 64 bytes of text as bits: bit i of a mask is set if byte i is of its kind.
 *
 * The code that cuts texts into words works on these masks instead of bytes. They are made by vector instructions, the
 * widest that the machine has; every level makes the same masks. */
#ifndef QUERN_TOKENIZER_BYTE_MASKS_H
#define QUERN_TOKENIZER_BYTE_MASKS_H

#include <stddef.h>
#include <stdint.h>

enum { BYTE_MASKS_BLOCK = 64 };

struct byte_masks {
    uint64_t letter, digit, sign; /* ASCII; a sign is a printable character that is neither of these nor a blank */
    uint64_t capital;             /* of the letters */
    uint64_t white;               /* ' ' \t \n \v \f \r */
    uint64_t newline;             /* of those, \n \r */
    uint64_t feed;                /* of those, \v \f */
    uint64_t blank, quote;        /* ' ', '\'' */
    uint64_t wide, inside;        /* >= 0x80; the inside ones do not start a character */
    uint64_t han;                 /* first bytes of U+4E00 to U+9FFF, except one that is the last byte */
};

/* Fills all masks. */
typedef void byte_masks_finder(const char text[BYTE_MASKS_BLOCK], struct byte_masks *masks);

enum byte_masks_level { BYTE_MASKS_PORTABLE, BYTE_MASKS_SSE2, BYTE_MASKS_AVX2, BYTE_MASKS_AVX512, BYTE_MASKS_LEVELS };

/* NULL if the machine or the build does not have the level. The portable one is always there. */
byte_masks_finder *byte_masks_at(enum byte_masks_level level);

/* The one for the highest level that the machine has. */
byte_masks_finder *byte_masks_best(void);

/* The masks of the first bytes of `left` > 0 bytes of valid UTF-8, zeros after the end. Returns how many bytes they
 * cover, up to a block, such that no character continues after them. */
size_t byte_masks_read(byte_masks_finder *find, const char *text, size_t left, struct byte_masks *masks);

static inline uint64_t mask_first(size_t count)
{
    return count < BYTE_MASKS_BLOCK ? (UINT64_C(1) << count) - 1 : UINT64_MAX;
}

#endif
