/* unit_base64.c - the vectors of RFC 4648, and what is no base 64. */
#include "pipeline/base/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_vectors(void **state)
{
    static const char *const pairs[][2] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
        {"\xfb\xff\xfe", "+//+"},
    };
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct bytes encoded = {0};
        struct slice decoded;
        base64_put(&encoded, slice_of(pairs[i][0]));
        assert_true(slice_is(bytes_slice(&encoded), pairs[i][1]));
        assert_true(base64_decode(slice_of(pairs[i][1]), arena, &decoded));
        assert_true(slice_is(decoded, pairs[i][0]));
        vec_free(&encoded);
    }
    arena_free(arena);
}

static void test_refusals(void **state)
{
    static const char *const bad[] = {"Z", "Zg", "Zg=", "Zg=a", "Z===", "====", "Zm9v=", "Zm 9v", "Zm-_", "Zg==Zg=="};
    (void)state;
    struct arena *arena = arena_new();
    struct slice decoded;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(base64_decode(slice_of(bad[i]), arena, &decoded));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_vectors), cmocka_unit_test(test_refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
