/* hex.h - words of 64 bits as hexadecimal digits, whose order as text is that of the numbers. */
#ifndef QUERN_HEX_H
#define QUERN_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HEX_DIGITS = 16 /* of a word */ };

/* Writes HEX_DIGITS small digits for each word. */
void hex_put(const uint64_t *words, size_t count, char *digits);

/* Reads as many as hex_put writes. False if one is no small digit. */
bool hex_read(const char *digits, uint64_t *words, size_t count);

#endif
