/* Memory of blocks, maps from byte strings, growable arrays. */
#include "base/arena.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

/* Objects of all sizes, around the size of a page too: aligned, and none overlaps another. */
static void test_arena_objects(void **state)
{
    (void)state;
    static const size_t edges[] = {0,     1,      15,     16,     17,     65535,  65536,
                                   65537, 262127, 262128, 262143, 262144, 262145, 1000000};
    enum { OBJECTS = 3000 };
    static struct {
        unsigned char *at;
        size_t size;
    } objects[OBJECTS];
    struct arena *arena = arena_new();
    uint64_t seed = 1;
    for (int block = 0; block < 3; block++) {
        for (size_t i = 0; i < OBJECTS; i++) {
            size_t edge = edges[next_random(&seed) % (sizeof edges / sizeof *edges)];
            objects[i].size = next_random(&seed) % 50 == 0 ? edge : next_random(&seed) % 300;
            objects[i].at = arena_alloc(arena, objects[i].size);
            assert_non_null(objects[i].at);
            assert_int_equal((uintptr_t)objects[i].at % 16, 0);
            memset(objects[i].at, (int)(i % 251), objects[i].size);
        }
        for (size_t i = 0; i < OBJECTS; i++)
            for (size_t k = 0; k < objects[i].size; k++)
                if (objects[i].at[k] != i % 251)
                    fail_msg("object %zu of %zu bytes was written over", i, objects[i].size);
        arena_reset(arena);
    }
    arena_free(arena);
    arena_free(NULL);
}

static void test_arena_copies(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    char source[] = "a\0b";
    struct slice copy = arena_copy(arena, (struct slice){source, 3});
    source[0] = 'x';
    assert_true(slice_equal(copy, SLICE("a\0b")));
    assert_int_equal(arena_copy(arena, (struct slice){NULL, 0}).len, 0);
    struct slice printed = arena_print(arena, "%s-%d%s", "x", 7, "");
    assert_true(slice_is(printed, "x-7"));
    assert_int_equal(printed.ptr[printed.len], '\0');
    char wide[5000];
    memset(wide, 'w', sizeof wide - 1);
    wide[sizeof wide - 1] = '\0';
    assert_int_equal(arena_print(arena, "%s!", wide).len, sizeof wide);
    arena_free(arena);
}

static void test_map(void **state)
{
    (void)state;
    enum { KEYS = 50000 };
    struct map *map = map_new();
    char key[32];
    assert_int_equal(map_len(map), 0);
    assert_null(map_get(map, SLICE("")));
    for (uint64_t i = 0; i < KEYS; i++) {
        int len = snprintf(key, sizeof key, "%llu", (unsigned long long)(i * 7919 % KEYS));
        uint64_t *value = map_put(map, (struct slice){key, (size_t)len});
        assert_int_equal(*value, 0);
        *value = i + 1;
        memset(key, '#', sizeof key); /* the map has a copy */
    }
    assert_int_equal(map_len(map), KEYS);
    for (uint64_t i = 0; i < KEYS; i++) {
        int len = snprintf(key, sizeof key, "%llu", (unsigned long long)(i * 7919 % KEYS));
        struct slice name = {key, (size_t)len};
        assert_int_equal(*map_get(map, name), i + 1);
        assert_true(slice_equal(map_at(map, i)->key, name)); /* in the order of insertion */
        assert_int_equal(map_at(map, i)->value, i + 1);
        *map_put(map, name) += 1;
        assert_int_equal(*map_get(map, name), i + 2);
    }
    assert_int_equal(map_len(map), KEYS);
    assert_null(map_get(map, SLICE("50000")));
    assert_null(map_get(map, SLICE("0 ")));
    map_free(map);
    map_free(NULL);
}

static void test_map_keys_of_any_bytes(void **state)
{
    (void)state;
    static const struct slice keys[] = {{"", 0},     {"\0", 1},   {"\0\0", 2}, {"\xff", 1},
                                        {"a\0b", 3}, {"a\0c", 3}, {"a", 1}};
    struct map *map = map_new();
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        *map_put(map, keys[i]) = i + 1;
    assert_int_equal(map_len(map), sizeof keys / sizeof *keys);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_int_equal(*map_get(map, keys[i]), i + 1);
    assert_int_equal(*map_get(map, (struct slice){NULL, 0}), 1);
    map_free(map);
}

static void test_vec(void **state)
{
    (void)state;
    VEC(uint32_t) v = {0};
    for (uint32_t i = 0; i < 100000; i++)
        vec_push(&v, i);
    assert_int_equal(v.len, 100000);
    for (uint32_t i = 0; i < 100000; i++)
        assert_int_equal(v.items[i], i);
    vec_reserve(&v, 500000);
    assert_true(v.cap >= 600000);
    assert_int_equal(v.len, 100000);
    assert_int_equal(v.items[99999], 99999);
    vec_free(&v);
    assert_null(v.items);
    assert_int_equal(v.len + v.cap, 0);
}

static void test_bytes(void **state)
{
    (void)state;
    struct bytes b = {0};
    assert_true(slice_equal(bytes_slice(&b), SLICE("")));
    bytes_append(&b, NULL, 0);
    bytes_put(&b, SLICE("ab"));
    bytes_byte(&b, '\0');
    bytes_append(&b, "cde", 2);
    assert_true(slice_equal(bytes_slice(&b), SLICE("ab\0cd")));
    vec_free(&b);
}

static void test_slices(void **state)
{
    (void)state;
    assert_true(slice_compare(SLICE("a"), SLICE("ab")) < 0);
    assert_true(slice_compare(SLICE("b"), SLICE("ab")) > 0);
    assert_true(slice_compare(SLICE("\xff"), SLICE("a")) > 0); /* by unsigned bytes */
    assert_int_equal(slice_compare(SLICE("ab"), SLICE("ab")), 0);
    assert_int_equal(slice_compare((struct slice){NULL, 0}, SLICE("")), 0);
    assert_true(slice_starts(SLICE("abc"), SLICE("ab")) && slice_starts(SLICE("abc"), SLICE("")));
    assert_false(slice_starts(SLICE("a"), SLICE("ab")));
    assert_false(slice_equal(SLICE("a"), SLICE("b")));
}

static void test_checked_memory(void **state)
{
    (void)state;
    char *zeroed = mem_zalloc(1000, 3);
    for (size_t i = 0; i < 3000; i++)
        assert_int_equal(zeroed[i], 0);
    zeroed = mem_resize(zeroed, 2, 3);
    mem_free(zeroed);
    assert_non_null(zeroed = mem_alloc(0));
    mem_free(zeroed);
    mem_free(NULL);
    char *copy = mem_string("abc", 2);
    assert_string_equal(copy, "ab");
    mem_free(copy);
    copy = mem_string(NULL, 0);
    assert_string_equal(copy, "");
    mem_free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena_objects), cmocka_unit_test(test_arena_copies),
        cmocka_unit_test(test_map),           cmocka_unit_test(test_map_keys_of_any_bytes),
        cmocka_unit_test(test_vec),           cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_slices),        cmocka_unit_test(test_checked_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
