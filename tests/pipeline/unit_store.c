/* The store against an array, in memory and spilled at every size. */
#include "pipeline/base/arena.h"
#include "pipeline/base/diag.h"
#include "pipeline/run/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { KEYS = 5000 };

static struct slice key_of(struct arena *arena, size_t i)
{
    /* The empty key, keys with a NUL, keys that begin alike. */
    return i == 0 ? (struct slice){"", 0} : arena_print(arena, "k%zu%c%zu", i % 50, 0, i);
}

static struct slice value_of(struct arena *arena, size_t i, unsigned version)
{
    return i % 10 == 0 ? (struct slice){"", 0} : arena_print(arena, "%u:%0*zu", version, (int)(i % 100), i);
}

static void check_all(const struct store *store, struct arena *arena, size_t count)
{
    for (size_t i = 0; i < KEYS; i++) {
        struct entry entry = {{NULL, 0}, 0};
        bool found = store_get(store, key_of(arena, i), &entry);
        assert_int_equal(found, i < count);
        if (found) {
            assert_true(slice_equal(entry.value, value_of(arena, i, i % 3 == 0 ? 2 : 1)));
            assert_int_equal(entry.number, i % 3 == 0 ? i + KEYS : i);
        }
    }
    assert_int_equal(store_len(store), count);
}

static void fill(struct store *store, struct arena *arena)
{
    for (size_t i = 0; i < KEYS; i++) {
        assert_int_equal(store_put(store, key_of(arena, i), (struct entry){value_of(arena, i, 1), i}), 0);
        if (i % 3 == 0)
            assert_int_equal(store_put(store, key_of(arena, i), (struct entry){value_of(arena, i, 2), i + KEYS}), 0);
        if (i % 997 == 0)
            check_all(store, arena, i + 1);
    }
    check_all(store, arena, KEYS);
}

static void in_memory(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct store *store = store_new(UINT64_MAX / 2, "/nonexistent");
    assert_non_null(store);
    fill(store, arena);
    assert_false(store_spilled(store));
    store_free(store);
    arena_free(arena);
}

static void spilled(void **state)
{
    (void)state;
    const uint64_t bounds[] = {0, 20000, 65536, 150000, 300000, 400000};
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        struct arena *arena = arena_new();
        struct store *store = store_new(bounds[i], "/tmp");
        assert_non_null(store);
        fill(store, arena);
        assert_true(store_spilled(store));
        store_free(store);
        arena_free(arena);
    }
}

static void no_place_for_files(void **state)
{
    (void)state;
    struct store *store = store_new(0, "/nonexistent");
    assert_non_null(store);
    assert_int_equal(store_put(store, SLICE("k"), (struct entry){SLICE("v"), 1}), -1);
    assert_non_null(strstr(diag_message(), "/nonexistent/quern-"));
    store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_memory),
        cmocka_unit_test(spilled),
        cmocka_unit_test(no_place_for_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
