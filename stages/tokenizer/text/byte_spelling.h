/* byte_spelling.h - how a byte-level vocabulary spells bytes as printable characters. */
#ifndef QUERN_TOKENIZER_BYTE_SPELLING_H
#define QUERN_TOKENIZER_BYTE_SPELLING_H

#include <stdint.h>

/* The code point for a byte: printable Latin-1 characters stand for themselves, the others are numbered from U+0100
 * (bytes_to_unicode in GPT-2's encoder.py). */
static inline uint32_t byte_spelling(unsigned char byte)
{
    if ((byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae)
        return byte;
    if (byte <= ' ')
        return 0x100u + byte;
    return byte == 0xad ? 0x143u : 0x121u + (byte - 0x7fu);
}

#endif
