/* Functions of real numbers: the nearest float (real_vectors.txt, and what IEEE 754 rounds, too), and the same bits on
 * every machine. */
#include "base/real.h"
#include "base/wide.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
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

/* ---- floats ---- */

enum { PAIRS = 200000 };

static uint64_t bits_of(double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

static void expect(const char *what, double x, double a, double found, double wanted)
{
    if (bits_of(found) != bits_of(wanted))
        fail_msg("%s of %a, %a: found %a, expected %a", what, x, a, found, wanted);
}

/* From 0 to 1, without both. */
static double share(void)
{
    return (double)(2 * (random_bits() >> 12) + 1) * 0x1p-53;
}

static double compute(const char *name, double x, double a)
{
    if (strcmp(name, "exp") == 0)
        return real_exp(x);
    if (strcmp(name, "ln") == 0)
        return real_ln(x);
    if (strcmp(name, "pow") == 0)
        return real_pow(x, a);
    if (strcmp(name, "rest") == 0)
        return real_pow_rest(x, a);
    assert_string_equal(name, "quantile");
    return real_normal_quantile(x);
}

static void are_those_of_the_oracle(void **state)
{
    (void)state;
    FILE *file = fopen("tests/pipeline/real_vectors.txt", "r");
    char line[200], name[10];
    unsigned count = 0;
    assert_non_null(file);
    for (; fgets(line, sizeof line, file) != NULL; count++) {
        double numbers[3] = {0};
        int length = 0;
        size_t read = 0;
        assert_int_equal(sscanf(line, "%9s%n", name, &length), 1);
        for (char *at = line + length, *end; read < 3; at = end) {
            numbers[read] = strtod(at, &end);
            if (end == at)
                break;
            read++;
        }
        assert_in_range(read, 2, 3);
        expect(name, numbers[0], numbers[1], compute(name, numbers[0], numbers[1]), numbers[read - 1]);
    }
    assert_true(count > 3000);
    assert_int_equal(fclose(file), 0);
}

/* What IEEE 754 rounds correctly is known without an oracle. */
static void powers_are_those_of_exact_operations(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PAIRS; i++) {
        double x = number_at(i), count = (double)(1 + (random_bits() >> (11 + random_bits() % 50)));
        expect("power", x, 1, real_pow(x, 1), x);
        expect("power", x, 0, real_pow(x, 0), 1);
        expect("power", x, 0.5, real_pow(x, 0.5), sqrt(x));
        expect("power", x, -1, real_pow(x, -1), 1 / x);
        expect("power", x, 2, real_pow(x, 2), x * x);
        expect("power", count, 2, real_pow(count, 2), count * count);
        expect("power", 2, (double)(i % 2048) - 1023, real_pow(2, (double)(i % 2048) - 1023),
               ldexp(1, (int)(i % 2048) - 1023));
        double p = share();
        expect("rest", p, 1, real_pow_rest(p, 1), 1 - p);
    }
}

static void never_fall(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PAIRS; i++) {
        double x = number_at(i), next = nextafter(x, INFINITY), p = share(), small = ldexp(share(), -(int)(i % 1000));
        double exponent = (share() - 0.5) * 2000 * ldexp(1, -(int)(i % 64));
        assert_true(real_ln(x) <= real_ln(next));
        assert_true(real_exp(exponent) <= real_exp(nextafter(exponent, INFINITY)));
        assert_true(real_pow(x, 0.3) <= real_pow(next, 0.3));
        assert_true(real_pow(x, -0.3) >= real_pow(next, -0.3));
        assert_true(real_normal_quantile(p) >= real_normal_quantile(nextafter(p, 0)));
        assert_true(real_normal_quantile(small) <= real_normal_quantile(nextafter(small, 1)));
    }
}

static void are_inverse_to_each_other(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PAIRS; i++) {
        double x = number_at(i), log = real_ln(x), back = real_exp(log);
        if (x > 0x1p-1022 && !(fabs(back - x) <= x * (fabs(log) * 0.6 + 0.6) * 0x1p-52))
            fail_msg("exp ln %a: %a", x, back);
        double p = i % 2 == 0 ? share() : ldexp(share(), -(int)(i % 1000)), z = real_normal_quantile(p);
        long double below = erfcl(-(long double)z * sqrtl(0.5L)) / 2;
        if (!(fabsl(below - p) <= p * (z * z + 4) * 0x1p-52L))
            fail_msg("quantile of %a: %a", p, z);
        p = share();
        expect("quantile", 1 - p, 0, real_normal_quantile(1 - p), -real_normal_quantile(p));
    }
}

static void are_the_same_everywhere(void **state)
{
    (void)state;
    uint64_t sum = 0;
    state_of_random = 1;
    for (unsigned i = 0; i < PAIRS; i++) {
        double x = number_at(i), p = share(), a = share() * 40 - 20;
        const double found[] = {real_exp(a), real_ln(x), real_pow(x, a), real_pow_rest(p, x), real_normal_quantile(p)};
        for (size_t k = 0; k < sizeof found / sizeof *found; k++)
            sum = sum * 6364136223846793005u + bits_of(found[k]);
    }
    if (sum != 0x087c1a4f839ed085)
        fail_msg("%llx", (unsigned long long)sum);
}

/* The first attempt with floats must not differ from the integers, wherever it is made. */
static void attempts_are_certain(void **state)
{
    (void)state;
    for (int i = 0; i < VALUES; i++) {
        double share = (double)(random_bits() >> 11) * 0x1p-53, tiny = ldexp(1, -(int)(random_bits() % 60));
        const double exponents[] = {(share - 0.5) * 1500, (share - 0.5) * 2, -30 * share, (share - 0.5) * tiny};
        const double others[] = {share + 1e-300, 1 + (share - 0.5) * 0x1p-5, 1 + (share - 0.5) * tiny,
                                 float_of(random_bits() >> 2)};
        double x = exponents[i % 4], y = others[i / 4 % 4];
        if (real_exp(x) != wide_round(wide_exp(wide_of_float(x))))
            fail_msg("e^%a: %a", x, real_exp(x));
        if (isfinite(y) && y > 0 && real_ln(y) != wide_round(wide_log(y)))
            fail_msg("ln %a: %a", y, real_ln(y));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_near_the_logarithm),
        cmocka_unit_test(edges),
        cmocka_unit_test(is_the_same_everywhere),
        cmocka_unit_test(are_those_of_the_oracle),
        cmocka_unit_test(powers_are_those_of_exact_operations),
        cmocka_unit_test(never_fall),
        cmocka_unit_test(are_inverse_to_each_other),
        cmocka_unit_test(are_the_same_everywhere),
        cmocka_unit_test(attempts_are_certain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
