/* sort.c - a radix sort, a byte at a time: see sort.h. */
#include "sort.h"

#include <stdbool.h>
#include <string.h>

enum { FEW = 40, VALUES = 256 };

static void sort_few(uint32_t *numbers, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        uint32_t number = numbers[i];
        size_t at = i;
        for (; at > 0 && numbers[at - 1] > number; at--)
            numbers[at] = numbers[at - 1];
        numbers[at] = number;
    }
}

static void sort_by(const uint32_t *from, uint32_t *to, size_t count, unsigned shift)
{
    size_t starts[VALUES] = {0}, sum = 0;
    for (size_t i = 0; i < count; i++)
        starts[from[i] >> shift & (VALUES - 1)]++;
    for (size_t i = 0; i < VALUES; i++) {
        size_t here = starts[i];
        starts[i] = sum;
        sum += here;
    }
    for (size_t i = 0; i < count; i++)
        to[starts[from[i] >> shift & (VALUES - 1)]++] = from[i];
}

void sort_numbers(uint32_t *numbers, uint32_t *spare, size_t count)
{
    uint32_t differ = 0, *from = numbers, *to = spare;
    if (count <= FEW) {
        sort_few(numbers, count);
        return;
    }
    for (size_t i = 1; i < count; i++)
        differ |= numbers[i] ^ numbers[0];
    for (unsigned shift = 0; shift < 32; shift += 8) {
        if ((differ >> shift & (VALUES - 1)) == 0) /* this byte is the same in all */
            continue;
        sort_by(from, to, count, shift);
        uint32_t *sorted = to;
        to = from;
        from = sorted;
    }
    if (from != numbers)
        memcpy(numbers, from, count * sizeof *numbers);
}
