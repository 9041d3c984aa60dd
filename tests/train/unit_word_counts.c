/* Counting in bounded memory against one table that holds everything. */
#include "../../stages/train/word_counter.h"
#include "../../stages/train/word_counts.h"
#include "base/arena.h"
#include "base/diag.h"
#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { COUNTERS = 3, ADDITIONS = 60000, LONG_WORD = 300000 };

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* 1 to 12 bytes of any value, so that some words are the start of others; zeros are frequent, as they are what a head
 * is filled up with. */
static struct slice random_word(uint64_t *state, char bytes[12])
{
    size_t len = 1 + next_random(state) % 12;
    for (size_t i = 0; i < len; i++)
        bytes[i] = next_random(state) % 3 == 0 ? 0 : (char)next_random(state);
    return (struct slice){bytes, len};
}

struct counted {
    struct word_bounds bounds;
    struct word_counter *counters[COUNTERS];
    struct map *plain;
};

static void count(struct counted *c, enum word_spelling spelling, uint64_t max_memory)
{
    *c = (struct counted){{spelling, max_memory, "/tmp", COUNTERS}, {NULL}, map_new()};
    uint64_t state = 7;
    char bytes[12], *long_word = mem_zalloc(LONG_WORD, 1);
    for (size_t i = 0; i < COUNTERS; i++)
        c->counters[i] = word_counter_new(&c->bounds);
    for (size_t i = 0; i < ADDITIONS; i++) {
        struct slice word = i % 20000 == 0 ? (struct slice){long_word, LONG_WORD} : random_word(&state, bytes);
        uint64_t times = 1 + (next_random(&state) & UINT64_MAX >> (next_random(&state) % 60 + 4));
        assert_int_equal(word_counter_add(c->counters[next_random(&state) % COUNTERS], word, times), 0);
        word_counts_add(c->plain, word, times);
    }
    mem_free(long_word);
}

static void release(struct counted *c)
{
    for (size_t i = 0; i < COUNTERS; i++)
        word_counter_free(c->counters[i]);
    map_free(c->plain);
}

static void sums_are_those_of_one_table(void **unused)
{
    (void)unused;
    static const uint64_t bounds[] = {0, UINT64_MAX};
    for (size_t i = 0; i < 4; i++) {
        struct counted c;
        enum word_spelling spelling = i / 2 == 0 ? WORDS_AS_TEXT : WORDS_AS_BYTES;
        count(&c, spelling, bounds[i % 2]);
        const struct map_entry **sorted = word_counts_sorted(c.plain, spelling);
        struct word_sums *sums = word_sums_new(c.counters, COUNTERS);
        struct slice word;
        uint64_t times;
        for (size_t at = 0; at < map_len(c.plain); at++) {
            assert_int_equal(word_sums_next(sums, &word, &times), 1);
            assert_true(slice_equal(word, sorted[at]->key));
            assert_int_equal(times, sorted[at]->value);
        }
        assert_int_equal(word_sums_next(sums, &word, &times), 0);
        assert_int_equal(word_sums_next(sums, &word, &times), 0);
        word_sums_free(sums);
        mem_free(sorted);
        release(&c);
    }
}

static void the_table_of_the_most_frequent(void **unused)
{
    (void)unused;
    static const size_t limits[] = {0, 1, 1000, ADDITIONS};
    for (size_t i = 0; i < 8; i++) {
        struct counted c;
        struct map *words = NULL;
        uint64_t different;
        size_t most = limits[i / 2], all;
        count(&c, WORDS_AS_BYTES, i % 2 == 0 ? 0 : UINT64_MAX);
        all = map_len(c.plain);
        assert_int_equal(word_counter_table(c.counters, COUNTERS, most, &words, &different), 0);
        assert_int_equal(different, all);
        if (most > 0)
            word_counts_prune(&c.plain, WORDS_AS_BYTES, most);
        assert_int_equal(map_len(words), map_len(c.plain));
        for (size_t w = 0; w < map_len(words); w++) {
            const uint64_t *times = map_get(c.plain, map_at(words, w)->key);
            assert_non_null(times);
            assert_int_equal(*times, map_at(words, w)->value);
        }
        map_free(words);
        release(&c);
    }
}

/* The records' own bytes are what sorts them: the spellings, compared one by one. */
static void the_order_is_that_of_the_spellings(void **unused)
{
    (void)unused;
    struct word_order order = word_order_of(WORDS_AS_BYTES);
    bool seen[256] = {false};
    for (size_t byte = 0; byte < 256; byte++)
        seen[order.rank[byte]] = true;
    for (size_t rank = 0; rank < 256; rank++)
        assert_true(seen[rank]);
    assert_true(order.rank['!'] < order.rank['~'] && order.rank['~'] < order.rank[0xff]);
    assert_true(order.rank[0xff] < order.rank[0] && order.rank[0] < order.rank[' ']);
    assert_true(word_order_compare(&order, SLICE("a"), SLICE("a ")) < 0);
    assert_true(word_order_compare(&order, SLICE(" "), SLICE("a")) > 0);
    assert_int_equal(word_order_compare(&order, SLICE("a"), SLICE("a")), 0);
    uint64_t state = 3;
    char bytes[2][12];
    for (int i = 0; i < 100000; i++) {
        struct slice a = random_word(&state, bytes[0]), b = random_word(&state, bytes[1]);
        uint64_t x = word_order_head(&order, a), y = word_order_head(&order, b);
        if (x != y)
            assert_int_equal(x < y, word_order_compare(&order, a, b) < 0);
    }
}

static void a_folder_that_is_not_there_is_a_message(void **unused)
{
    (void)unused;
    struct word_bounds bounds = {WORDS_AS_TEXT, 0, "/nonexistent", 1};
    struct word_counter *counter = word_counter_new(&bounds);
    struct arena *arena = arena_new();
    int status = 0;
    for (int i = 0; i < ADDITIONS && status == 0; i++)
        status = word_counter_add(counter, arena_print(arena, "w%d", i), 1);
    assert_int_equal(status, -1);
    assert_non_null(strstr(diag_message(), "/nonexistent/quern-"));
    arena_free(arena);
    word_counter_free(counter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_those_of_one_table),
        cmocka_unit_test(the_table_of_the_most_frequent),
        cmocka_unit_test(the_order_is_that_of_the_spellings),
        cmocka_unit_test(a_folder_that_is_not_there_is_a_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
