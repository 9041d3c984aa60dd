/* bpe_cuts.c - see bpe_cuts.h.
 *
 * Two sets of pairs that may be joined: of characters, as bits under a hash, in which a stranger may be found as well
 * and then the word is not cut where it could be; and, for merges of less than a character, of the bytes that meet. */
#include "bpe_cuts.h"

#include "memory.h"
#include "text.h"

enum { PAIR_BITS = 20 };

struct bpe_cuts {
    uint64_t pairs[(1 << PAIR_BITS) / 64];
    uint64_t bytes[256 * 256 / 64];
};

struct bpe_cuts *bpe_cuts_new(void)
{
    return mem_zalloc(1, sizeof(struct bpe_cuts));
}

void bpe_cuts_free(struct bpe_cuts *cuts)
{
    mem_free(cuts);
}

static void set_bit(uint64_t *bits, uint32_t bit)
{
    bits[bit / 64] |= UINT64_C(1) << bit % 64;
}

static bool get_bit(const uint64_t *bits, uint32_t bit)
{
    return (bits[bit / 64] >> bit % 64 & 1) != 0;
}

static uint32_t pair_bit(uint32_t left, uint32_t right)
{
    return (uint32_t)(((uint64_t)left << 32 | right) * 0x9e3779b97f4a7c15u >> (64 - PAIR_BITS));
}

static uint32_t byte_bit(char left, char right)
{
    return (uint32_t)(unsigned char)left << 8 | (unsigned char)right;
}

static bool is_inside(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

void bpe_cuts_merge(struct bpe_cuts *cuts, struct slice left, struct slice right)
{
    if (is_inside(right.ptr[0])) /* joins what is one character */
        return;
    const char *left_end = left.ptr + left.len, *last = left_end - 1;
    while (last > left.ptr && is_inside(*last))
        last--;
    size_t last_len = text_sequence(last, left_end), first_len = text_sequence(right.ptr, right.ptr + right.len), len;
    if (last_len > 0 && last + last_len == left_end && first_len > 0)
        set_bit(cuts->pairs, pair_bit(text_decode(last, &len), text_decode(right.ptr, &len)));
    else
        set_bit(cuts->bytes, byte_bit(left_end[-1], right.ptr[0]));
}

size_t bpe_cuts_end(const struct bpe_cuts *cuts, struct slice word, size_t start)
{
    size_t len, next_len;
    uint32_t point = text_decode(word.ptr + start, &len);
    for (size_t at = start + len; at < word.len; at += next_len) {
        uint32_t next = text_decode(word.ptr + at, &next_len);
        if (!get_bit(cuts->bytes, byte_bit(word.ptr[at - 1], word.ptr[at])) &&
            !get_bit(cuts->pairs, pair_bit(point, next)))
            return at;
        point = next;
    }
    return word.len;
}
