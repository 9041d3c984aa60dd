/* hex.c - see hex.h. */
#include "base/hex.h"

void hex_put(const uint64_t *words, size_t count, char *digits)
{
    for (size_t i = 0; i < count * HEX_DIGITS; i++)
        digits[i] = "0123456789abcdef"[words[i / HEX_DIGITS] >> (60 - i % HEX_DIGITS * 4) & 15];
}

bool hex_read(const char *digits, uint64_t *words, size_t count)
{
    for (size_t i = 0; i < count * HEX_DIGITS; i++) {
        char c = digits[i];
        bool decimal = c >= '0' && c <= '9';
        if (!decimal && (c < 'a' || c > 'f'))
            return false;
        words[i / HEX_DIGITS] = words[i / HEX_DIGITS] << 4 | (uint64_t)(decimal ? c - '0' : c - 'a' + 10);
    }
    return true;
}
