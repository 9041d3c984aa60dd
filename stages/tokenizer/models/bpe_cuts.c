/* bpe_cuts.c - see bpe_cuts.h.
 *
 * Two sets of pairs that may be joined: pairs of characters, as bits under a hash, where a collision only means that a
 * word is not cut although it could be; and, for merges of less than a character, pairs of the bytes that meet. */
#include "bpe_cuts.h"

#include "base/memory.h"
#include "text/text.h"

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

static uint32_t byte_bit(uint8_t left, uint8_t right)
{
    return (uint32_t)left << 8 | right;
}

static bool is_inside(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

struct bpe_edge bpe_cuts_first(struct slice bytes)
{
    size_t len;
    bool whole = text_sequence(bytes.ptr, bytes.ptr + bytes.len) > 0;
    return (struct bpe_edge){(whole ? text_decode(bytes.ptr, &len) : BPE_PART) & BPE_PART, (uint8_t)bytes.ptr[0]};
}

struct bpe_edge bpe_cuts_last(struct slice bytes)
{
    const char *end = bytes.ptr + bytes.len, *last = end - 1;
    while (last > bytes.ptr && is_inside((uint8_t)*last))
        last--;
    size_t len = text_sequence(last, end);
    bool whole = len > 0 && last + len == end;
    return (struct bpe_edge){(whole ? text_decode(last, &len) : BPE_PART) & BPE_PART, (uint8_t)end[-1]};
}

void bpe_cuts_merge(struct bpe_cuts *cuts, struct bpe_edge left, struct bpe_edge right)
{
    if (is_inside(right.byte)) /* joins parts of one character */
        return;
    if (left.point != BPE_PART && right.point != BPE_PART)
        set_bit(cuts->pairs, pair_bit(left.point, right.point));
    else
        set_bit(cuts->bytes, byte_bit(left.byte, right.byte));
}

size_t bpe_cuts_end(const struct bpe_cuts *cuts, struct slice word, size_t start)
{
    size_t len, next_len;
    uint32_t point = text_decode(word.ptr + start, &len);
    for (size_t at = start + len; at < word.len; at += next_len) {
        uint32_t next = text_decode(word.ptr + at, &next_len);
        if (!get_bit(cuts->bytes, byte_bit((uint8_t)word.ptr[at - 1], (uint8_t)word.ptr[at])) &&
            !get_bit(cuts->pairs, pair_bit(point, next)))
            return at;
        point = next;
    }
    return word.len;
}
