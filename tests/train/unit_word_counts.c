/* Counts of words in one table, from memory or from files, and the order of words by their spelling. */
#include "pipeline/base/memory.h"
#include "pipeline/run/sort_order.h"
#include "stages/train/word_counts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SORTERS = 3, ADDITIONS = 60000, LONG_WORD = 300000 };

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* 1 to 12 bytes of any value, so that some words are the start of others. */
static struct slice random_word(uint64_t *state, char bytes[12])
{
    size_t len = 1 + next_random(state) % 12;
    for (size_t i = 0; i < len; i++)
        bytes[i] = next_random(state) % 3 == 0 ? 0 : (char)next_random(state);
    return (struct slice){bytes, len};
}

struct counted {
    uint8_t rank[256];
    struct sort_bounds bounds;
    struct sort *sorts[SORTERS];
    struct map *plain;
};

static void count(struct counted *c, uint64_t max_memory)
{
    *c = (struct counted){.bounds = {max_memory, "/tmp", SORTERS, c->rank, word_counts_sum}, .plain = map_new()};
    word_counts_rank(WORDS_AS_BYTES, c->rank);
    uint64_t state = 7;
    char bytes[12], *long_word = mem_zalloc(LONG_WORD, 1);
    for (size_t i = 0; i < SORTERS; i++)
        c->sorts[i] = sort_new(&c->bounds);
    for (size_t i = 0; i < ADDITIONS; i++) {
        struct slice word = i % 20000 == 0 ? (struct slice){long_word, LONG_WORD} : random_word(&state, bytes);
        uint64_t times = 1 + (next_random(&state) & UINT64_MAX >> (next_random(&state) % 60 + 4));
        struct slice value = {(const char *)&times, sizeof times};
        assert_int_equal(sort_put(c->sorts[next_random(&state) % SORTERS], word, value), 0);
        word_counts_add(c->plain, word, times);
    }
    mem_free(long_word);
}

static void release(struct counted *c)
{
    for (size_t i = 0; i < SORTERS; i++)
        sort_free(c->sorts[i]);
    map_free(c->plain);
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
        count(&c, i % 2 == 0 ? 0 : UINT64_MAX);
        all = map_len(c.plain);
        assert_int_equal(word_counts_table(c.sorts, SORTERS, WORDS_AS_BYTES, most, &words, &different), 0);
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

/* Of equally frequent words those that are first by their spelling stay. */
static void what_is_pruned(void **unused)
{
    (void)unused;
    struct map *words = map_new();
    word_counts_add(words, SLICE("often"), 9);
    word_counts_add(words, SLICE("\x01"), 2);
    word_counts_add(words, SLICE("~"), 2);
    word_counts_add(words, SLICE("seldom"), 1);
    word_counts_prune(&words, WORDS_AS_BYTES, 2);
    assert_int_equal(map_len(words), 2);
    assert_non_null(map_get(words, SLICE("often")));
    assert_non_null(map_get(words, SLICE("~")));
    map_free(words);
}

static void a_sum_without_room_stays_too_large(void **unused)
{
    (void)unused;
    uint64_t letters = 0, most = INT64_MAX, sum = word_counts_sum(most - 1, 1);
    assert_int_equal(sum, most);
    sum = word_counts_sum(sum, 1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(word_counts_sum(sum, most), sum);
    assert_int_equal(word_counts_sum(1, sum), sum);
    assert_int_equal(word_counts_check(&letters, SLICE("a"), sum), -1);
}

/* The records' own bytes are what sorts them: the spellings, compared one by one. */
static void the_order_is_that_of_the_spellings(void **unused)
{
    (void)unused;
    uint8_t rank[256];
    bool seen[256] = {false};
    word_counts_rank(WORDS_AS_BYTES, rank);
    for (size_t byte = 0; byte < 256; byte++)
        seen[rank[byte]] = true;
    for (size_t i = 0; i < 256; i++)
        assert_true(seen[i]);
    assert_true(rank['!'] < rank['~'] && rank['~'] < rank[0xff]);
    assert_true(rank[0xff] < rank[0] && rank[0] < rank[' ']);
    word_counts_rank(WORDS_AS_TEXT, rank);
    for (size_t byte = 0; byte < 256; byte++)
        assert_int_equal(rank[byte], byte);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_of_the_most_frequent),
        cmocka_unit_test(what_is_pruned),
        cmocka_unit_test(a_sum_without_room_stays_too_large),
        cmocka_unit_test(the_order_is_that_of_the_spellings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
