/* Sorting in bounded memory against qsort over everything. */
#include "pipeline/base/arena.h"
#include "pipeline/base/diag.h"
#include "pipeline/base/memory.h"
#include "pipeline/base/vec.h"
#include "pipeline/run/sort.h"
#include "pipeline/run/sort_order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { SORTERS = 3, ENTRIES = 60000, LONG_VALUE = 300000, MOST_VALUE = 200 };

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* 0 to 12 bytes of any value, so that some keys are the start of others; zeros are frequent, as they are what a head is
 * filled up with. */
static struct slice random_key(uint64_t *state, struct arena *arena)
{
    size_t len = next_random(state) % 13;
    char *bytes = arena_alloc(arena, len);
    for (size_t i = 0; i < len; i++)
        bytes[i] = next_random(state) % 3 == 0 ? 0 : (char)next_random(state);
    return (struct slice){bytes, len};
}

static struct slice random_value(uint64_t *state, size_t len, struct arena *arena)
{
    char *bytes = arena_alloc(arena, len);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)(next_random(state) % 4);
    return (struct slice){bytes, len};
}

/* What was put, and the sorters that have it. */
struct filled {
    struct sort_bounds bounds;
    struct arena *arena;
    struct sort *sorts[SORTERS];
    VEC(struct sort_entry) entries;
};

static struct filled *fill(uint64_t max_memory, const uint8_t *rank)
{
    struct filled *filled = mem_zalloc(1, sizeof *filled);
    uint64_t state = 7;
    filled->bounds = (struct sort_bounds){max_memory, "/tmp", SORTERS, rank, NULL};
    filled->arena = arena_new();
    for (size_t i = 0; i < SORTERS; i++)
        filled->sorts[i] = sort_new(&filled->bounds);
    for (size_t i = 0; i < ENTRIES; i++) {
        size_t len = i % 20000 == 7 ? LONG_VALUE : next_random(&state) % MOST_VALUE;
        struct sort_entry entry = {random_key(&state, filled->arena), random_value(&state, len, filled->arena)};
        if (i % 5 == 1) /* the same again */
            entry = filled->entries.items[next_random(&state) % i];
        if (i % 5 == 2) /* the same key */
            entry.key = filled->entries.items[next_random(&state) % i].key;
        vec_push(&filled->entries, entry);
        assert_int_equal(sort_put(filled->sorts[next_random(&state) % SORTERS], entry.key, entry.value), 0);
    }
    return filled;
}

static void release(struct filled *filled)
{
    for (size_t i = 0; i < SORTERS; i++)
        sort_free(filled->sorts[i]);
    vec_free(&filled->entries);
    arena_free(filled->arena);
    mem_free(filled);
}

/* The order, a byte at a time. */
static int compare(const void *a, const void *b, void *rank)
{
    const struct sort_entry *x = a, *y = b;
    const uint8_t *ranks = rank;
    for (size_t i = 0; i < x->key.len && i < y->key.len; i++) {
        int p = (unsigned char)x->key.ptr[i], q = (unsigned char)y->key.ptr[i];
        if (p != q)
            return ranks != NULL ? ranks[p] - ranks[q] : p - q;
    }
    if (x->key.len != y->key.len)
        return x->key.len < y->key.len ? -1 : 1;
    return slice_compare(x->value, y->value);
}

static uint8_t backwards[256];

static void all_come_out_in_order(void **unused)
{
    (void)unused;
    /* No memory: runs of 1 MiB, merged by twos; little: some passes; more: one; and all in memory. */
    static const uint64_t bounds[] = {0, 3 << 20, 8 << 20, UINT64_MAX};
    for (size_t i = 0; i < 8; i++) {
        const uint8_t *rank = i % 2 == 0 ? NULL : backwards;
        struct filled *filled = fill(bounds[i / 2], rank);
        qsort_r(filled->entries.items, ENTRIES, sizeof *filled->entries.items, compare, (void *)(uintptr_t)rank);
        struct sorted *sorted = sort_all(filled->sorts, SORTERS);
        struct slice key, value;
        for (size_t at = 0; at < ENTRIES; at++) {
            assert_int_equal(sorted_next(sorted, &key, &value), 1);
            assert_true(slice_equal(key, filled->entries.items[at].key));
            assert_true(slice_equal(value, filled->entries.items[at].value));
        }
        assert_int_equal(sorted_next(sorted, &key, &value), 0);
        assert_int_equal(sorted_next(sorted, &key, &value), 0);
        sorted_free(sorted);
        release(filled);
    }
}

static uint64_t add(uint64_t a, uint64_t b)
{
    return a + b;
}

struct counted {
    struct sort_bounds bounds;
    struct sort *sorts[SORTERS];
    struct map *plain;
};

static void count(struct counted *counted, uint64_t max_memory)
{
    *counted = (struct counted){{max_memory, "/tmp", SORTERS, NULL, add}, {NULL}, map_new()};
    struct arena *arena = arena_new();
    uint64_t state = 5;
    for (size_t i = 0; i < SORTERS; i++)
        counted->sorts[i] = sort_new(&counted->bounds);
    for (size_t i = 0; i < ENTRIES; i++) {
        struct slice key = random_key(&state, arena);
        uint64_t number = next_random(&state) >> 20;
        struct slice value = {(const char *)&number, sizeof number};
        assert_int_equal(sort_put(counted->sorts[next_random(&state) % SORTERS], key, value), 0);
        *map_put(counted->plain, key) += number;
    }
    arena_free(arena);
}

static void uncount(struct counted *counted)
{
    for (size_t i = 0; i < SORTERS; i++)
        sort_free(counted->sorts[i]);
    map_free(counted->plain);
}

static void equal_keys_are_combined(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        struct counted counted;
        struct slice key, value;
        struct bytes last = {0};
        size_t seen = 0;
        count(&counted, i == 0 ? 0 : UINT64_MAX);
        struct sorted *sorted = sort_all(counted.sorts, SORTERS);
        for (; sorted_next(sorted, &key, &value) == 1; seen++) {
            assert_true(seen == 0 || slice_compare(bytes_slice(&last), key) < 0);
            last.len = 0;
            bytes_put(&last, key);
            assert_int_equal(value.len, sizeof(uint64_t));
            assert_memory_equal(value.ptr, map_get(counted.plain, key), sizeof(uint64_t));
        }
        assert_int_equal(seen, map_len(counted.plain));
        sorted_free(sorted);
        vec_free(&last);
        uncount(&counted);
    }
}

static void one_table_while_nothing_is_in_a_file(void **unused)
{
    (void)unused;
    struct counted counted;
    count(&counted, 0);
    assert_null(sort_table(counted.sorts, SORTERS));
    uncount(&counted);
    count(&counted, UINT64_MAX);
    struct map *sums = sort_table(counted.sorts, SORTERS);
    assert_non_null(sums);
    assert_int_equal(map_len(sums), map_len(counted.plain));
    for (size_t i = 0; i < map_len(sums); i++)
        assert_int_equal(*map_get(counted.plain, map_at(sums, i)->key), map_at(sums, i)->value);
    map_free(sums);
    uncount(&counted);
}

static void nothing_is_sorted_too(void **unused)
{
    (void)unused;
    struct sort_bounds bounds = {0, "/tmp", 1, NULL, NULL};
    struct sort *sort = sort_new(&bounds);
    struct sorted *sorted = sort_all(&sort, 1);
    struct slice key, value;
    assert_int_equal(sorted_next(sorted, &key, &value), 0);
    sorted_free(sorted);
    sort_free(sort);
}

/* The radix sort on what is hard for it: one head for all, few heads, heads that differ in the last byte only. */
static void heads_of_every_shape(void **unused)
{
    (void)unused;
    static const uint64_t masks[] = {0, 1, 0xff, 0x300, 0xff00000000000000, UINT64_MAX};
    struct sort_bounds bounds = {.combine = add};
    struct map *map = map_new();
    struct arena *arena = arena_new();
    uint64_t state = 1;
    for (int i = 0; i < 3000; i++)
        (void)map_put(map, arena_print(arena, "%06d", i * 7919 % 3000));
    for (size_t m = 0; m < sizeof masks / sizeof *masks; m++) {
        struct sort_item *items = mem_zalloc(map_len(map), sizeof *items);
        for (size_t i = 0; i < map_len(map); i++)
            items[i] = (struct sort_item){next_random(&state) & masks[m], map_at(map, i)};
        sort_items(&bounds, items, map_len(map));
        for (size_t i = 1; i < map_len(map); i++) {
            const struct map_entry *a = items[i - 1].at, *b = items[i].at;
            assert_true(items[i - 1].head < items[i].head ||
                        (items[i - 1].head == items[i].head && slice_compare(a->key, b->key) < 0));
        }
        mem_free(items);
    }
    arena_free(arena);
    map_free(map);
}

static void a_folder_that_is_not_there_is_a_message(void **unused)
{
    (void)unused;
    struct sort_bounds bounds = {0, "/nonexistent", 1, NULL, NULL};
    struct sort *sort = sort_new(&bounds);
    int status = 0;
    for (int i = 0; i < ENTRIES && status == 0; i++)
        status = sort_put(sort, SLICE("key"), SLICE("a value of some length, so that the table is full soon"));
    assert_int_equal(status, -1);
    assert_non_null(strstr(diag_message(), "/nonexistent/quern-"));
    sort_free(sort);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_come_out_in_order),
        cmocka_unit_test(equal_keys_are_combined),
        cmocka_unit_test(one_table_while_nothing_is_in_a_file),
        cmocka_unit_test(nothing_is_sorted_too),
        cmocka_unit_test(heads_of_every_shape),
        cmocka_unit_test(a_folder_that_is_not_there_is_a_message),
    };
    for (int byte = 0; byte < 256; byte++)
        backwards[byte] = (uint8_t)(255 - byte);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
