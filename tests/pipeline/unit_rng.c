/* Random numbers: the frozen contract, no bias, no correlation between neighbours, exact shares.
 *
 * The literal numbers come from an implementation of the contract in another language, written from the paper. */
#include "base/memory.h"
#include "record/lineage.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

__extension__ typedef unsigned __int128 u128;

static const struct identity id_a = {0xfdd9b77fdcaf3221, 0xd2f6d0996f37a720};  /* of {"id":"a"} */
static const struct identity id_17 = {0x95a509c983370daa, 0x845303af446c9010}; /* of {"id":17} */

static struct rng start(int64_t seed, const char *stage, const char *salt, struct identity identity, uint32_t round)
{
    return rng_start(rng_key(&(struct random_options){.seed = seed, .salt = salt}, stage), identity, round);
}

/* The known answers of Random123 for philox4x64-10: key and counter zero, and the digits of pi. */
static void test_known_answers(void **state)
{
    (void)state;
    static const uint64_t zero[4] = {0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b};
    static const uint64_t pi[4] = {0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6};
    struct rng rng = rng_start((struct rng_key){0, 0}, (struct identity){0, 0}, 0);
    for (uint64_t n = 0; n < 4; n++)
        assert_true(rng_bits(&rng, n) == zero[n]);
    rng = rng_start((struct rng_key){0x452821e638d01377, 0xbe5466cf34e90c6c},
                    (struct identity){0xa4093822299f31d0, 0x082efa98ec4e6c89}, 0);
    rng.round = 0x13198a2e03707344;
    for (uint64_t n = 0; n < 4; n++)
        assert_true(rng_bits(&rng, 0x243f6a8885a308d3u * 4 + n) == pi[n]);
}

static void test_contract(void **state)
{
    (void)state;
    static const struct {
        int64_t seed;
        const char *stage, *salt;
        bool seventeen;
        uint32_t round;
        uint64_t draw, bits;
    } frozen[] = {
        {0, "mask", "", false, 0, 0, 0xc850f36911e2ea37},
        {0, "mask", "", false, 0, 3, 0xa3215c5614ddc9c7},
        {0, "mask", "", false, 0, 4, 0x51bc3816b845e1fd},
        {1, "mask", "", false, 0, 0, 0x8c91513838392df9},
        {-1, "mask", "x", true, 7, 0x8000000000000005, 0x0b51f02e660a63a5},
        {42, "augment", "left", true, UINT32_MAX, UINT64_MAX, 0xf8ec73778dbc6dbc},
    };
    for (size_t i = 0; i < COUNT(frozen); i++) {
        struct rng rng =
            start(frozen[i].seed, frozen[i].stage, frozen[i].salt, frozen[i].seventeen ? id_17 : id_a, frozen[i].round);
        if (rng_bits(&rng, frozen[i].draw) != frozen[i].bits)
            fail_msg("vector %zu: %016llx", i, (unsigned long long)rng_bits(&rng, frozen[i].draw));
    }
}

static void test_stage_and_salt_make_the_key(void **state)
{
    (void)state;
    assert_true(rng_key(&(struct random_options){.seed = 5, .salt = ""}, "mask").stage == 0x011eb88efd8c6a7f);
    assert_true(rng_key(&(struct random_options){.seed = 5, .salt = "x"}, "mask").stage == 0xbf30bb083baa3367);
    assert_true(rng_key(&(struct random_options){.seed = 5, .salt = "c"}, "ab").stage !=
                rng_key(&(struct random_options){.seed = 5, .salt = "bc"}, "a").stage);
    assert_true(rng_key(&(struct random_options){.seed = -5, .salt = ""}, "mask").seed == (uint64_t)-5);
}

/* A draw is a function of its number: any order, any number of times. */
static void test_draws_in_any_order(void **state)
{
    (void)state;
    uint64_t forward[64];
    struct rng rng = start(3, "mask", "", id_a, 1);
    for (uint64_t n = 0; n < COUNT(forward); n++)
        forward[n] = rng_bits(&rng, n);
    struct rng other = start(3, "mask", "", id_a, 1);
    for (uint64_t i = 0; i < 1000; i++) {
        uint64_t n = i * 37 % COUNT(forward);
        (void)rng_below(&other, n + 1, ((uint64_t)1 << 63) + 1); /* retries must leave no trace */
        assert_true(rng_bits(&other, n) == forward[n]);
    }
}

/* 2^63 + 1 rejects about every second word, 3 * 2^62 every fourth. */
static void test_below_contract(void **state)
{
    (void)state;
    static const struct {
        uint64_t below, results[8];
    } frozen[] = {
        {10, {7, 0, 9, 6, 3, 6, 5, 8}},
        {30522, {0x5d4b, 0xc9, 0x6c91, 0x4bf9, 0x2611, 0x47b2, 0x3f76, 0x692a}},
        {0x8000000000000001,
         {0x5312fdb0e15833f6, 0x104e521ecab7fb2e, 0x7ae3a8727b38c55d, 0x5ebeceefc32ec796, 0x28de1c0b5c22f0fe,
          0x4cf8e601dd9c1271, 0x44225651ef6ddf51, 0x79c19eddf00d5750}},
        {0xc000000000000000,
         {0x963cb68ecd6a2fa9, 0x12b04b946ff42865, 0xaed6a43e3c21b91c, 0x7a5905408fa65755, 0x3d4d2a110a34697d,
          0x73755902cc6a1ba9, 0x6633817ae724cef9, 0xa95b1ce6366d1632}},
        {UINT64_MAX,
         {0xc850f36911e2ea36, 0x01b0500f536b4abf, 0xe91e3052fad7a17a, 0xa3215c5614ddc9c6, 0x51bc3816b845e1fc,
          0x99f1cc03bb3824e1, 0x8844aca3dedbbea1, 0xe1ced132f33c1d98}},
    };
    struct rng rng = start(0, "mask", "", id_a, 0);
    for (size_t i = 0; i < COUNT(frozen); i++)
        for (uint64_t n = 0; n < 8; n++)
            if (rng_below(&rng, n, frozen[i].below) != frozen[i].results[n])
                fail_msg("below %llu, draw %llu", (unsigned long long)frozen[i].below, (unsigned long long)n);
    for (uint64_t n = 0; n < 100; n++)
        assert_true(rng_below(&rng, n, 1) == 0);
}

/* The chi-square of many results over cells that should be hit alike. */
static double chi_square(uint64_t (*draw)(struct rng *, uint64_t, uint64_t), int64_t seed, uint64_t below,
                         uint64_t cells)
{
    enum { DRAWS = 400000 };
    uint64_t counts[16] = {0};
    struct rng rng = start(seed, "test", "", id_17, 0);
    double square = 0, expected = (double)DRAWS / (double)cells;
    for (uint64_t n = 0; n < DRAWS; n++) {
        uint64_t result = draw(&rng, n, below);
        assert_true(result < below);
        counts[result % cells]++;
    }
    for (uint64_t c = 0; c < cells; c++)
        square += ((double)counts[c] - expected) * ((double)counts[c] - expected) / expected;
    return square;
}

/* Multiply-high without rejection: of 3 * 2^62 results every third comes twice as often. */
static uint64_t biased_below(struct rng *rng, uint64_t n, uint64_t below)
{
    return (uint64_t)(((u128)rng_bits(rng, n) * below) >> 64);
}

/* Each bound is exceeded by chance with p < 1e-6. */
static void test_below_is_uniform(void **state)
{
    (void)state;
    static const struct {
        uint64_t below, cells;
        double bound;
    } cases[] = {{2, 2, 24.0}, {3, 3, 27.7}, {10, 10, 45.1}, {16, 16, 56.5}, {(uint64_t)3 << 62, 3, 27.7}};
    for (int64_t seed = 0; seed < 3; seed++) {
        for (size_t i = 0; i < COUNT(cases); i++) {
            double square = chi_square(rng_below, seed, cases[i].below, cases[i].cells);
            if (square > cases[i].bound)
                fail_msg("below %llu, seed %d: %f", (unsigned long long)cases[i].below, (int)seed, square);
        }
        assert_true(chi_square(biased_below, seed, (uint64_t)3 << 62, 3) > 27.7);
    }
}

static void test_chance(void **state)
{
    (void)state;
    static const struct {
        struct decimal p;
        uint64_t threshold; /* floor(p * 2^64) */
    } exact[] = {
        {{0, 0}, 0},
        {{0, 18}, 0},
        {{5, 1}, 0x8000000000000000},
        {{15, 2}, 0x2666666666666666},
        {{333, 3}, 0x553f7ced916872b0},
        {{1, 18}, 0x12},
        {{999999999999999999, 18}, 0xffffffffffffffed},
    };
    struct rng rng = start(9, "test", "", id_a, 0);
    for (size_t i = 0; i < COUNT(exact); i++)
        for (uint64_t n = 0; n < 20000; n++)
            assert_true(rng_chance(&rng, n, exact[i].p) == (rng_bits(&rng, n) < exact[i].threshold));
    for (uint64_t n = 0; n < 20000; n++) {
        assert_true(rng_chance(&rng, n, (struct decimal){1, 0}));
        assert_true(rng_chance(&rng, n, (struct decimal){100, 2}));
        assert_true(rng_chance(&rng, n, (struct decimal){1000000000000000000, 18}));
    }
}

/* Half to even, from the quotient and the remainder alone. */
static uint64_t share_oracle(struct decimal p, uint64_t n)
{
    u128 one = 1, product = (u128)p.digits * n;
    for (unsigned i = 0; i < p.scale; i++)
        one *= 10;
    u128 whole = product / one, twice = 2 * (product - whole * one);
    return (uint64_t)(whole + (twice > one || (twice == one && (whole & 1))));
}

static void test_share(void **state)
{
    (void)state;
    const struct decimal p15 = {15, 2}, half = {5, 1};
    static const uint64_t budgets[][2] = {{0, 0},   {1, 0},    {3, 0},    {10, 2},   {20, 3},   {30, 4},  {50, 8},
                                          {70, 10}, {100, 15}, {125, 19}, {128, 19}, {509, 76}, {512, 77}};
    for (size_t i = 0; i < COUNT(budgets); i++)
        assert_int_equal(decimal_share(p15, budgets[i][0]), budgets[i][1]);
    static const uint64_t halves[][2] = {{1, 0}, {2, 1}, {3, 2}, {4, 2}, {5, 2}, {6, 3}, {7, 4}, {9, 4}};
    for (size_t i = 0; i < COUNT(halves); i++)
        assert_int_equal(decimal_share(half, halves[i][0]), halves[i][1]);
    assert_true(decimal_share((struct decimal){1, 0}, UINT64_MAX) == UINT64_MAX);
    assert_true(decimal_float((struct decimal){3, 1}) == 0.3);
    assert_true(decimal_float((struct decimal){123456789012345, 14}) == 1.23456789012345);
    assert_true(decimal_float((struct decimal){10, 0}) == 10);
    assert_true(decimal_share((struct decimal){1000000000000000000, 18}, UINT64_MAX) == UINT64_MAX);
    assert_true(decimal_share((struct decimal){0, 0}, UINT64_MAX) == 0);
    struct rng rng = start(1, "share", "", id_a, 0);
    for (uint64_t i = 0; i < 200000; i++) {
        uint64_t one = 1;
        struct decimal p = {.scale = (unsigned)rng_below(&rng, 3 * i, 19)};
        for (unsigned k = 0; k < p.scale; k++)
            one *= 10;
        p.digits = rng_below(&rng, 3 * i + 1, one + 1);
        uint64_t n = rng_bits(&rng, 3 * i + 2) >> (i % 64);
        assert_true(decimal_share(p, n) == share_oracle(p, n));
    }
    for (uint64_t n = 0; n < 100000; n++)
        assert_true(decimal_share(p15, n) == share_oracle(p15, n));
}

/* ---- neighbours ---- */

/* Do two streams differ in half of their bits, within six standard deviations? */
static bool are_apart(uint64_t differ, uint64_t words)
{
    double bits = 64.0 * (double)words, off = (double)differ - bits / 2;
    return off * off <= 36 * bits / 4;
}

static void test_neighbours(void **state)
{
    (void)state;
    enum { STREAMS = 2000, DRAWS = 16 };
    uint64_t id_low = 0, id_high = 0, round = 0, seed = 0, draw = 0, ids = 0, shared = 0;
    struct arena *arena = arena_new();
    for (uint64_t i = 0; i < STREAMS; i++) {
        struct rng base = start((int64_t)i, "mask", "", (struct identity){i, i}, (uint32_t)i);
        struct rng next_low = start((int64_t)i, "mask", "", (struct identity){i, i + 1}, (uint32_t)i);
        struct rng next_high = start((int64_t)i, "mask", "", (struct identity){i + 1, i}, (uint32_t)i);
        struct rng next_round = start((int64_t)i, "mask", "", (struct identity){i, i}, (uint32_t)i + 1);
        struct rng next_seed = start((int64_t)i + 1, "mask", "", (struct identity){i, i}, (uint32_t)i);
        struct identity number[2];
        struct rng of_ids[2];
        for (uint64_t k = 0; k < 2; k++) {
            struct record *record = rec_new(arena);
            rec_set_int(record, SLICE("id"), (int64_t)(i + k));
            assert_int_equal(lineage_identity(record, SLICE("text"), arena, &number[k]), 0);
            of_ids[k] = start(0, "mask", "", number[k], 0);
        }
        for (uint64_t n = 0; n < DRAWS; n++) {
            uint64_t bits = rng_bits(&base, n);
            id_low += (uint64_t)__builtin_popcountll(bits ^ rng_bits(&next_low, n));
            id_high += (uint64_t)__builtin_popcountll(bits ^ rng_bits(&next_high, n));
            round += (uint64_t)__builtin_popcountll(bits ^ rng_bits(&next_round, n));
            seed += (uint64_t)__builtin_popcountll(bits ^ rng_bits(&next_seed, n));
            draw += (uint64_t)__builtin_popcountll(bits ^ rng_bits(&base, n + 1));
            shared += (uint64_t)__builtin_popcountll(bits ^ rng_bits(&base, n - n % 2));
            ids += (uint64_t)__builtin_popcountll(rng_bits(&of_ids[0], n) ^ rng_bits(&of_ids[1], n));
        }
        arena_reset(arena);
    }
    arena_free(arena);
    assert_true(are_apart(id_low, STREAMS * DRAWS));
    assert_true(are_apart(id_high, STREAMS * DRAWS));
    assert_true(are_apart(round, STREAMS * DRAWS));
    assert_true(are_apart(seed, STREAMS * DRAWS));
    assert_true(are_apart(draw, STREAMS * DRAWS));
    assert_true(are_apart(ids, STREAMS * DRAWS));
    assert_false(are_apart(shared, STREAMS * DRAWS)); /* two draws of one number */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers),
        cmocka_unit_test(test_contract),
        cmocka_unit_test(test_stage_and_salt_make_the_key),
        cmocka_unit_test(test_draws_in_any_order),
        cmocka_unit_test(test_below_contract),
        cmocka_unit_test(test_below_is_uniform),
        cmocka_unit_test(test_chance),
        cmocka_unit_test(test_share),
        cmocka_unit_test(test_neighbours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
