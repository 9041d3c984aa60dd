/* base64.c - bytes as text: see base64.h. */
#include "base/base64.h"

#include <stdint.h>

void base64_put(struct bytes *out, struct slice bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        uint32_t group = (uint32_t)(unsigned char)bytes.ptr[i] << 16;
        group |= left > 1 ? (uint32_t)(unsigned char)bytes.ptr[i + 1] << 8 : 0;
        group |= left > 2 ? (uint32_t)(unsigned char)bytes.ptr[i + 2] : 0;
        bytes_byte(out, digits[group >> 18]);
        bytes_byte(out, digits[group >> 12 & 63]);
        bytes_byte(out, left > 1 ? digits[group >> 6 & 63] : '=');
        bytes_byte(out, left > 2 ? digits[group & 63] : '=');
    }
}

static int digit_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(struct slice text, struct arena *arena, struct slice *bytes)
{
    char *decoded = arena_alloc(arena, text.len / 4 * 3), *to = decoded;
    if (text.len % 4 != 0)
        return false;
    for (size_t i = 0; i < text.len; i += 4) {
        uint32_t group = 0;
        int padding = 0;
        for (size_t j = i; j < i + 4; j++) {
            bool pad = text.ptr[j] == '=' && j + 2 >= text.len;
            int digit = pad ? 0 : digit_value(text.ptr[j]);
            if (digit < 0 || (padding > 0 && !pad))
                return false;
            padding += pad;
            group = group << 6 | (uint32_t)digit;
        }
        for (int shift = 16; shift >= padding * 8; shift -= 8)
            *to++ = (char)(group >> shift & 0xff);
    }
    *bytes = slice_between(decoded, to);
    return true;
}
