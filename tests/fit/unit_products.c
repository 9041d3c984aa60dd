/* Sums of products: exact, whatever the sizes of the numbers, and the same for every kernel, order and cut. */
#include "../stages/fit/products.h"

#include "base/memory.h"
#include "base/wide.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MOST_ROWS = 1600, MOST_COLUMNS = 17, PAIRS = MOST_COLUMNS * (MOST_COLUMNS + 1) / 2 };

static uint64_t chance = 5;

static uint64_t word(void)
{
    uint64_t z = chance += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

/* A number of `bits` bits in [1, 2) times 2^exponent, with a sign. */
static double number_of(unsigned bits, int exponent)
{
    double number = 1 + (double)(word() >> (65 - bits)) / pow(2, bits - 1);
    return ldexp(word() & 1 ? -number : number, exponent);
}

enum kind { ALIKE, SPREAD, WILD, SPARSE, KINDS };

static double draw(bool wide, enum kind kind, size_t column)
{
    unsigned bits = wide ? 53 : 24;
    int size = (int)(column * 7 % 40) - 20, tiny = __builtin_ctzll(word() | (uint64_t)1 << 63);
    switch (kind) {
    case ALIKE: /* as normal numbers are: half of them in each binade */
        return number_of(bits, size - tiny);
    case SPREAD:
        return number_of(bits, size - (int)(word() % 50));
    case WILD: /* anything finite */
        return wide ? number_of(2 + (unsigned)(word() % 22), (int)(word() % 2070) - 1050)
                    : number_of(2 + (unsigned)(word() % 22), (int)(word() % 248) - 126);
    default:
        return word() % 8 != 0 ? 0 : number_of(bits, word() % 16 != 0 ? size : size - 90);
    }
}

static void products_of(struct products *products, const double *numbers, size_t rows, size_t columns, bool wide,
                        enum kernel_kind kind)
{
    products_open(products, wide, kind);
    products_begin(products, columns);
    for (size_t r = 0; r < rows; r++) {
        memcpy(products_room(products), numbers + r * columns, columns * sizeof *numbers);
        products_took(products);
    }
    products_flush(products);
}

/* By schoolbook: the square of a sum less those of its parts is not at hand, so mantissas are multiplied and added at
 * their place, bit by bit from the top if need be. */
static void add_product(struct total_form form, int64_t *digits, double a, double b)
{
    int a_exponent, b_exponent;
    if (a == 0 || b == 0)
        return;
    int64_t first = (int64_t)ldexp(frexp(a, &a_exponent), 53), second = (int64_t)ldexp(frexp(b, &b_exponent), 53);
    i128 product = (i128)first * second;
    u128 magnitude = product < 0 ? -(u128)product : (u128)product;
    int exponent = a_exponent + b_exponent - 106;
    for (; (magnitude & 1) == 0; exponent++)
        magnitude >>= 1;
    for (; magnitude != 0; magnitude >>= 16, exponent += 16) {
        unsigned shift = (unsigned)(exponent - form.lowest);
        int64_t part = (int64_t)((uint64_t)magnitude & 0xffff) << shift % 32;
        digits[shift / 32] += product < 0 ? -(part & UINT32_MAX) : part & UINT32_MAX;
        digits[shift / 32 + 1] += product < 0 ? -(part >> 32) : part >> 32;
    }
}

static void expect_equal(const struct products *products, const double *numbers, size_t rows, size_t columns, bool wide)
{
    struct total_form form = wide ? TOTAL_WIDE_SQUARES : TOTAL_FLOAT_SQUARES;
    size_t pair = 0;
    for (size_t i = 0; i < columns; i++) {
        for (size_t j = i; j < columns; j++) {
            int64_t expected[TOTAL_MOST_DIGITS] = {0}, got[TOTAL_MOST_DIGITS] = {0};
            for (size_t r = 0; r < rows; r++)
                add_product(form, expected, numbers[r * columns + i], numbers[r * columns + j]);
            total_carry(form, expected);
            products_digits(products, pair++, got);
            assert_memory_equal(got, expected, form.digits * sizeof *got);
        }
    }
    assert_int_equal(pair, products_pairs(products));
}

static void same(const struct products *a, const struct products *b, bool wide)
{
    struct total_form form = wide ? TOTAL_WIDE_SQUARES : TOTAL_FLOAT_SQUARES;
    for (size_t pair = 0; pair < products_pairs(a); pair++) {
        int64_t first[TOTAL_MOST_DIGITS], second[TOTAL_MOST_DIGITS];
        products_digits(a, pair, first);
        products_digits(b, pair, second);
        assert_memory_equal(first, second, form.digits * sizeof *first);
    }
}

/* Parts of any length, joined as threads are, as tables are, or both. */
static void expect_parts(const struct products *whole, const double *numbers, size_t rows, size_t columns, bool wide)
{
    struct products sum, tables, part;
    products_open(&sum, wide, KERNEL_BEST);
    products_open(&tables, wide, KERNEL_BEST);
    products_begin(&tables, columns);
    for (size_t from = 0, count; from < rows; from += count) {
        count = 1 + word() % (rows - from);
        products_of(&part, numbers + from * columns, count, columns, wide, KERNEL_PLAIN);
        products_merge(&sum, &part);
        for (size_t pair = 0; pair < products_pairs(&part); pair++) {
            int64_t digits[TOTAL_MOST_DIGITS];
            products_digits(&part, pair, digits);
            products_add_digits(&tables, pair, digits);
        }
        products_release(&part);
    }
    same(whole, &sum, wide);
    same(whole, &tables, wide);
    products_release(&sum);
    products_release(&tables);
}

static void sums_are_exact(void **state)
{
    (void)state;
    static const size_t shapes[][2] = {{1, 1}, {3, 17}, {512, 2}, {513, 5}, {1600, 3}, {700, 13}, {1030, 4}};
    double *numbers = malloc(MOST_ROWS * MOST_COLUMNS * sizeof *numbers);
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        for (int how = 0; how < 2 * KINDS; how++) {
            size_t rows = shapes[s][0], columns = shapes[s][1];
            bool wide = how % 2 == 1;
            for (size_t i = 0; i < rows * columns; i++)
                numbers[i] = draw(wide, (enum kind)(how / 2), i % columns);
            for (enum kernel_kind kind = KERNEL_BEST; kind < KERNEL_KINDS; kind++) {
                struct products products;
                if (!kernel_runs(kind))
                    continue;
                products_of(&products, numbers, rows, columns, wide, kind);
                expect_equal(&products, numbers, rows, columns, wide);
                if (kind == KERNEL_BEST)
                    expect_parts(&products, numbers, rows, columns, wide);
                products_release(&products);
            }
        }
    }
    free(numbers);
}

/* The largest there are: sums of them fit, and a sum that became 0 again is that of no vectors. */
static void extremes(void **state)
{
    (void)state;
    for (int wide = 0; wide < 2; wide++) {
        double most = wide ? 0x1.fffffffffffffp1023 : 0x1.fffffep127, least = wide ? 0x1p-1074 : 0x1p-149;
        double numbers[6000]; /* most rounded to a slice would be infinite */
        for (size_t i = 0; i < 6000; i += 2) {
            numbers[i] = i % 6 == 0 ? least : most;
            numbers[i + 1] = i % 8 == 0 ? -least : -most;
        }
        struct products products;
        products_of(&products, numbers, 3000, 2, wide != 0, KERNEL_BEST);
        expect_equal(&products, numbers, 3000, 2, wide != 0);
        products_release(&products);
    }
    double numbers[] = {3, 5, -3, 5};
    int64_t digits[TOTAL_MOST_DIGITS], zero[TOTAL_MOST_DIGITS] = {0};
    struct products products;
    products_of(&products, numbers, 2, 2, false, KERNEL_BEST);
    products_digits(&products, 1, digits);
    assert_memory_equal(digits, zero, TOTAL_FLOAT_SQUARES.digits * sizeof *digits);
    products_release(&products);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sums_are_exact), cmocka_unit_test(extremes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
