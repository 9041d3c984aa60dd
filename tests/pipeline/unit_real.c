/* Logarithms: as close to those of long double as promised, and the same bits on every machine. */
#include "base/real.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { VALUES = 1000000 };

static uint64_t state_of_random = 1;

static uint64_t random_bits(void) /* splitmix64 */
{
    uint64_t bits = state_of_random += 0x9e3779b97f4a7c15u;
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9u;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111ebu;
    return bits ^ bits >> 31;
}

static double float_of(uint64_t bits)
{
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static void expect_log(double x)
{
    long double found = (long double)real_log(x) * 0x1p-53L, error = fabsl(found - logl(x));
    if (!(error < 0x1p-52L))
        fail_msg("ln %a: %.20Lf, off by %La", x, found, error);
}

/* One of many kinds of number, by turns. */
static double number_at(unsigned i)
{
    uint64_t bits = random_bits();
    switch (i % 4) {
    case 0:
        return (double)(1 + (bits >> (11 + bits % 50))); /* counts */
    case 1:
        return (double)((bits >> 11) + 1) * 0x1p-53; /* probabilities */
    case 2:
        return 1 + (double)(int64_t)((bits >> 32) - ((uint64_t)1 << 31)) * 0x1p-40; /* near 1 */
    default:
        bits >>= 1;
        return bits >> 52 == 0x7ff || bits == 0 ? 1 : float_of(bits);
    }
}

static void is_near_the_logarithm(void **state)
{
    (void)state;
    for (unsigned i = 0; i < VALUES; i++)
        expect_log(number_at(i));
}

static void edges(void **state)
{
    (void)state;
    assert_true(real_log(1) == 0);
    assert_true(real_log(2) == 6243314768165359);
    assert_true(real_log(0.5) == -6243314768165359);
    for (uint64_t field = 0; field < 0x7ff; field++)
        for (int i = -2; i <= 2; i++) {
            uint64_t bits = (field << 52) + (uint64_t)(int64_t)i;
            if (bits >= 1 && bits >> 52 < 0x7ff)
                expect_log(float_of(bits));
        }
    double root = sqrt(2);
    for (int i = -20; i <= 20; i++)
        for (int shift = -1; shift <= 1; shift++)
            expect_log(ldexp(root + i * 0x1p-52, shift));
    expect_log(0x1.fffffffffffffp1023);
}

/* Whatever the compiler and the machine. */
static void is_the_same_everywhere(void **state)
{
    (void)state;
    uint64_t sum = 0;
    state_of_random = 1;
    for (unsigned i = 0; i < VALUES; i++)
        sum = sum * 6364136223846793005u + (uint64_t)real_log(number_at(i));
    if (sum != 0x60666b07223ded48)
        fail_msg("%llx", (unsigned long long)sum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_near_the_logarithm),
        cmocka_unit_test(edges),
        cmocka_unit_test(is_the_same_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
