/* sort.c - see sort.h.
 *
 * The terms of a text are some hundreds of numbers, spread over the whole table: by their highest bits nearly all of
 * them come to their places at once, and insertion does the rest. */
#include "sort.h"

#include <string.h>

enum {
    FEW = 40,    /* insertion alone is faster */
    MANY = 1024, /* if they are not spread, insertion would take too long */
    BUCKET_BITS = 9,
    BYTE_VALUES = 256,
};

static void insert_all(uint32_t *numbers, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        uint32_t number = numbers[i];
        size_t at = i;
        for (; at > 0 && numbers[at - 1] > number; at--)
            numbers[at] = numbers[at - 1];
        numbers[at] = number;
    }
}

/* By the bits from `shift` on, of which there are `bits`; equal ones keep their order. */
static void sort_by(const uint32_t *from, uint32_t *to, size_t count, unsigned shift, unsigned bits)
{
    size_t starts[1 << BUCKET_BITS], values = (size_t)1 << bits, sum = 0;
    uint32_t mask = (uint32_t)values - 1;
    memset(starts, 0, values * sizeof *starts);
    for (size_t i = 0; i < count; i++)
        starts[from[i] >> shift & mask]++;
    for (size_t i = 0; i < values; i++) {
        size_t here = starts[i];
        starts[i] = sum;
        sum += here;
    }
    for (size_t i = 0; i < count; i++)
        to[starts[from[i] >> shift & mask]++] = from[i];
}

/* A byte at a time, those that are the same in all left out. */
static void sort_bytes(uint32_t *numbers, uint32_t *spare, size_t count, uint32_t differ)
{
    uint32_t *from = numbers, *to = spare;
    for (unsigned shift = 0; shift < 32; shift += 8) {
        if ((differ >> shift & (BYTE_VALUES - 1)) == 0)
            continue;
        sort_by(from, to, count, shift, 8);
        uint32_t *sorted = to;
        to = from;
        from = sorted;
    }
    if (from != numbers)
        memcpy(numbers, from, count * sizeof *numbers);
}

void sort_numbers(uint32_t *numbers, uint32_t *spare, size_t count)
{
    uint32_t differ = 0;
    if (count <= FEW) {
        insert_all(numbers, count);
        return;
    }
    for (size_t i = 1; i < count; i++)
        differ |= numbers[i] ^ numbers[0];
    if (count > MANY) {
        sort_bytes(numbers, spare, count, differ);
        return;
    }
    unsigned bits = differ == 0 ? 0 : 32 - (unsigned)__builtin_clz(differ);
    unsigned shift = bits > BUCKET_BITS ? bits - BUCKET_BITS : 0;
    memcpy(spare, numbers, count * sizeof *numbers);
    sort_by(spare, numbers, count, shift, BUCKET_BITS);
    insert_all(numbers, count);
}
