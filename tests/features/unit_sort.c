/* Numbers of any kind and count are sorted: against qsort. */
#include "../stages/features/sort.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t state_of_random = 1;

static uint32_t random_bits(void) /* splitmix64 */
{
    uint64_t bits = state_of_random += 0x9e3779b97f4a7c15u;
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9u;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)(bits >> 32);
}

static int compare(const void *a, const void *b)
{
    uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;
    return (first > second) - (first < second);
}

/* How a number is made of random bits. */
static uint32_t number_of(int kind, uint32_t bits, size_t i)
{
    switch (kind) {
    case 0:
        return bits;
    case 1:
        return bits % 1000;
    case 2:
        return 0x80000000 | bits % 3;
    case 3:
        return i == 0 ? UINT32_MAX : bits % 100; /* all but one in a small part of the range */
    case 4:
        return (uint32_t)i;
    case 5:
        return UINT32_MAX - (uint32_t)i * 1000;
    case 6:
        return bits & 0x00ff00f0;
    default:
        return 7;
    }
}

static void numbers_are_sorted(void **state)
{
    static const size_t counts[] = {0, 1, 2, 39, 40, 41, 255, 256, 1000, 1024, 1025, 5000, 100000};
    (void)state;
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
        for (int kind = 0; kind < 8; kind++)
            for (int round = 0; round < (counts[c] > 2000 ? 1 : 20); round++) {
                size_t count = counts[c], size = count * sizeof(uint32_t);
                uint32_t *numbers = malloc(size + 1), *spare = malloc(size + 1), *expected = malloc(size + 1);
                assert_true(numbers != NULL && spare != NULL && expected != NULL);
                for (size_t i = 0; i < count; i++)
                    expected[i] = numbers[i] = number_of(kind, random_bits(), i);
                qsort(expected, count, sizeof *expected, compare);
                sort_numbers(numbers, spare, count);
                assert_memory_equal(numbers, expected, size);
                free(numbers);
                free(spare);
                free(expected);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_are_sorted)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
