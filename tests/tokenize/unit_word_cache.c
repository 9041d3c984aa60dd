/* unit_word_cache.c - what the cache of words gives back is what was put there, whatever was put since. */
#include "small.h"
#include "stages/tokenizer/word_cache.h"

enum { WORDS = 200000, LONGEST = WORD_CACHE_BYTES + 4, MOST = WORD_CACHE_SUBWORDS + 1 };

/* Word number i, and what it becomes; the same each time. */
static struct slice word_of(unsigned i, char *bytes, struct subword *subwords, size_t *count)
{
    unsigned seed = i;
    size_t len = 1 + (size_t)rand_r(&seed) % LONGEST;
    for (size_t at = 0; at < len; at++)
        bytes[at] = (char)(at < sizeof i ? i >> 8 * at : (unsigned)rand_r(&seed) % 3);
    *count = (size_t)rand_r(&seed) % (MOST + 1);
    for (size_t k = 0; k < *count; k++)
        subwords[k] = (struct subword){rand_r(&seed), (uint32_t)k, (uint32_t)k + 1};
    return (struct slice){bytes, len};
}

static bool is_known(struct word_cache *cache, unsigned i)
{
    char bytes[LONGEST];
    struct subword subwords[MOST];
    size_t count;
    struct word_key key;
    struct slice word = word_of(i, bytes, subwords, &count);
    word_cache_key(word, word.len, &key);
    const struct cached_word *known = word_cache_get(cache, &key);
    if (known == NULL)
        return false;
    assert_int_equal(known->count, count);
    for (size_t k = 0; k < count; k++) {
        assert_int_equal(known->ids[k], subwords[k].id);
        assert_int_equal(known->ends[k], subwords[k].end);
    }
    return true;
}

static void test_words(void **state)
{
    (void)state;
    struct word_cache *cache = word_cache_new();
    size_t hits = 0;
    for (unsigned i = 0; i < WORDS; i++) {
        char bytes[LONGEST];
        struct subword items[MOST];
        struct subwords subwords = {.items = items};
        struct word_key key;
        struct slice word = word_of(i, bytes, items, &subwords.len);
        if (word.len < sizeof i) /* other numbers have the same word */
            continue;
        bool fits = word.len <= WORD_CACHE_BYTES && subwords.len <= WORD_CACHE_SUBWORDS;
        assert_false(is_known(cache, i));
        word_cache_key(word, word.len, &key);
        word_cache_put(cache, &key, &subwords);
        assert_int_equal(is_known(cache, i), fits);
        hits += i >= 1000 && is_known(cache, i - 1000);
    }
    assert_true(hits > WORDS / 2); /* two places for a word: few of the last thousand have made others go */
    word_cache_free(cache);
}

/* Of two words in a place for two, the one that was used last stays when a third one comes. */
static void test_last_used_stays(void **state)
{
    (void)state;
    struct word_cache *cache = word_cache_new();
    struct word_key keys[3];
    const struct subwords none = {0};
    size_t found = 0;
    for (uint64_t i = 0; found < 3; i++) {
        struct word_key key;
        word_cache_key((struct slice){(const char *)&i, sizeof i}, sizeof i, &key);
        if (found == 0 || key.set == keys[0].set)
            keys[found++] = key;
    }
    word_cache_put(cache, &keys[0], &none);
    word_cache_put(cache, &keys[1], &none);
    assert_non_null(word_cache_get(cache, &keys[0]));
    word_cache_put(cache, &keys[2], &none);
    assert_non_null(word_cache_get(cache, &keys[0]));
    assert_null(word_cache_get(cache, &keys[1]));
    assert_non_null(word_cache_get(cache, &keys[2]));
    word_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_last_used_stays),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
