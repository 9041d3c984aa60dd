/* The table of hashes against an array: hashes of many kinds, values, in memory and in a file at every size. */
#include "pipeline/base/diag.h"
#include "pipeline/base/vec.h"
#include "pipeline/run/hashes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { COUNT = 3000 };

/* One to one: no two numbers have the same mix. */
static uint64_t mix(uint64_t number)
{
    number = (number ^ (number >> 31)) * UINT64_C(0x9e3779b97f4a7c15);
    return number ^ (number >> 29);
}

/* Hash number i of a kind; no two of a kind are the same. */
enum kind { SPREAD, ASCENDING, DESCENDING, BEGIN_ALIKE, AT_THE_END, AT_THE_START, KINDS };

static struct hash hash_of(enum kind kind, uint64_t i)
{
    switch (kind) {
    case ASCENDING:
        return (struct hash){i << 40, 0};
    case DESCENDING:
        return (struct hash){UINT64_MAX - (i << 40), 7};
    case BEGIN_ALIKE:
        return (struct hash){mix(i % 400), i};
    case AT_THE_END:
        return (struct hash){UINT64_MAX - i % 3, mix(i)};
    case AT_THE_START: /* the first is all zero */
        return (struct hash){0, i * 2};
    default:
        return (struct hash){mix(i), mix(i + COUNT)};
    }
}

/* Those whose place is the same for all are pushed on by each other: fewer of them will do. */
static uint64_t count_of(enum kind kind)
{
    return kind == AT_THE_END || kind == AT_THE_START ? 600 : COUNT;
}

static void check(const struct hashes *hashes, enum kind kind, uint64_t count, size_t value_bytes)
{
    assert_int_equal(hashes_len(hashes), count);
    for (uint64_t i = 0; i < count_of(kind); i++) {
        const char *value = hashes_find(hashes, hash_of(kind, i));
        if ((value != NULL) != (i < count))
            fail_msg("kind %d, hash %d of %d", (int)kind, (int)i, (int)count);
        for (size_t at = 0; value != NULL && at < value_bytes; at += sizeof i) {
            uint64_t word;
            memcpy(&word, value + at, sizeof word);
            assert_int_equal(word, i * 3 + at);
        }
    }
}

static void set_value(char *value, uint64_t i, size_t value_bytes)
{
    for (size_t at = 0; at < value_bytes; at += sizeof i) {
        uint64_t word;
        memcpy(&word, value + at, sizeof word);
        assert_int_equal(word, 0); /* as it must be in a new one, whatever stood there before */
        word = i * 3 + at;
        memcpy(value + at, &word, sizeof word);
    }
}

/* Each hash is added twice, the second time somewhat later. */
static void fill(struct hashes *hashes, enum kind kind, size_t value_bytes)
{
    void *value;
    assert_null(hashes_find(hashes, hash_of(kind, 0)));
    for (uint64_t i = 0; i < count_of(kind); i++) {
        assert_int_equal(hashes_add(hashes, hash_of(kind, i), &value), 1);
        set_value(value, i, value_bytes);
        assert_int_equal(hashes_add(hashes, hash_of(kind, i / 2), NULL), 0);
        if (i % 797 == 0)
            check(hashes, kind, i + 1, value_bytes);
    }
    check(hashes, kind, count_of(kind), value_bytes);
}

static void try_all(uint64_t max_memory, const char *temp_dir, bool spills)
{
    for (enum kind kind = 0; kind < KINDS; kind++) {
        for (size_t value_bytes = 0; value_bytes <= 32; value_bytes += 16) {
            struct hashes *hashes = hashes_new(value_bytes, max_memory, temp_dir);
            fill(hashes, kind, value_bytes);
            if (count_of(kind) == COUNT) /* 48,000 bytes at least */
                assert_int_equal(hashes_spilled(hashes), spills);
            hashes_free(hashes);
        }
    }
}

static void test_in_memory(void **state)
{
    (void)state;
    try_all(UINT64_MAX / 2, "/nonexistent", false);
}

static void test_in_a_file(void **state)
{
    (void)state;
    const uint64_t bounds[] = {0, 16 * 1024, 40000};
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++)
        try_all(bounds[i], "/tmp", true);
}

/* A table within the bound stays in memory, a larger one does not. With n hashes it has 20 n to 30 n bytes. */
static void test_size(void **state)
{
    (void)state;
    enum { MANY = 200000 };
    struct hashes *hashes = hashes_new(0, MANY * UINT64_C(30), "/nonexistent");
    for (uint64_t i = 0; i < MANY; i++)
        assert_int_equal(hashes_add(hashes, hash_of(SPREAD, i), NULL), 1);
    hashes_free(hashes);
    hashes = hashes_new(0, MANY * UINT64_C(20) - 1, "/tmp");
    for (uint64_t i = 0; i < MANY; i++)
        assert_int_equal(hashes_add(hashes, hash_of(SPREAD, i), NULL), 1);
    assert_true(hashes_spilled(hashes));
    hashes_free(hashes);
}

static void test_no_place_for_files(void **state)
{
    (void)state;
    struct hashes *hashes = hashes_new(8, 0, "/nonexistent");
    assert_int_equal(hashes_add(hashes, hash_of(SPREAD, 1), NULL), -1);
    assert_non_null(strstr(diag_message(), "/nonexistent/quern-"));
    assert_int_equal(diag_status(STATUS_DATA), STATUS_FAILED);
    hashes_free(hashes);
    hashes = hashes_new(8, 20000, "/nonexistent");
    int added = 1;
    for (uint64_t i = 0; i < COUNT && added > 0; i++)
        added = hashes_add(hashes, hash_of(SPREAD, i), NULL);
    assert_int_equal(added, -1);
    hashes_free(hashes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_memory),
        cmocka_unit_test(test_in_a_file),
        cmocka_unit_test(test_size),
        cmocka_unit_test(test_no_place_for_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
