/* murmur.c - see murmur.h. */
#include "murmur.h"

static uint32_t rotate(uint32_t word, unsigned places)
{
    return word << places | word >> (32 - places);
}

/* Four bytes, the first one lowest, whatever the machine's order is. */
static uint32_t word_at(const unsigned char *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint32_t scramble(uint32_t word)
{
    return rotate(word * 0xcc9e2d51, 15) * 0x1b873593;
}

uint32_t murmur_hash(struct slice bytes, uint32_t seed)
{
    const unsigned char *at = (const unsigned char *)bytes.ptr;
    uint32_t hash = seed, last = 0;
    size_t left = bytes.len;
    for (; left >= 4; at += 4, left -= 4)
        hash = rotate(hash ^ scramble(word_at(at)), 13) * 5 + 0xe6546b64;
    for (size_t i = left; i > 0; i--)
        last = last << 8 | at[i - 1];
    hash ^= scramble(last) ^ (uint32_t)bytes.len;
    hash = (hash ^ hash >> 16) * 0x85ebca6b;
    hash = (hash ^ hash >> 13) * 0xc2b2ae35;
    return hash ^ hash >> 16;
}
