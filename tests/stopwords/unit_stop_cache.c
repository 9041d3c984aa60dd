/* unit_stop_cache.c - what is remembered of words is what the list says of them. */
#include "stages/words/stop_cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { LONGEST = 18, CALLS = 3000000 };

/* The next of a sequence that visits words of two letters in no order; so many of them that they compete for places. */
static struct slice next_word(uint64_t *state, char *word)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    uint64_t bits = *state >> 32;
    size_t length = bits % LONGEST + 1;
    bits /= LONGEST;
    for (size_t i = 0; i < length; i++)
        word[i] = (bits >> i & 1) != 0 ? 'B' : 'a';
    return (struct slice){word, length};
}

/* Every eighth word, some of them negations. */
static struct lexicon *make_list(uint64_t seed)
{
    struct bytes text = {0};
    char word[LONGEST];
    for (size_t i = 0; i < 40000; i++) {
        bytes_put(&text, next_word(&seed, word));
        bytes_put(&text, i % 3 == 0 ? SLICE("\tneg\n") : SLICE("\n"));
    }
    struct lexicon *list = lexicon_read(bytes_slice(&text), "list", LEXICON_KEYED);
    assert_non_null(list);
    vec_free(&text);
    return list;
}

static enum stop_kind kind_of(const struct lexicon *list, struct slice word)
{
    char key[LONGEST];
    for (size_t i = 0; i < word.len; i++)
        key[i] = word.ptr[i] == 'B' ? 'b' : 'a';
    return stop_list_kind(list, (struct slice){key, word.len});
}

static void remembers_what_the_list_says(void **state)
{
    (void)state;
    struct lexicon *lists[2] = {make_list(1), make_list(2)};
    struct stop_cache *cache = stop_cache_new();
    assert_non_null(cache);
    uint64_t sequence = 3;
    size_t seen[3] = {0};
    for (size_t i = 0; i < CALLS; i++) {
        char bytes[LONGEST];
        struct slice word = next_word(&sequence, bytes);
        const struct lexicon *list = lists[sequence >> 63];
        enum stop_kind kind;
        assert_int_equal(stop_cache_kind(cache, list, word, &kind), 0);
        assert_int_equal(kind, kind_of(list, word));
        seen[kind]++;
    }
    assert_true(seen[STOP_NONE] > CALLS / 10 && seen[STOP_WORD] > CALLS / 100 && seen[STOP_NEGATION] > CALLS / 100);
    stop_cache_free(cache);
    lexicon_free(lists[0]);
    lexicon_free(lists[1]);
}

/* Bytes that are not letters, and words of no bytes. */
static void tells_bytes_apart(void **state)
{
    (void)state;
    struct lexicon *list = lexicon_read(SLICE("a\n"), "list", LEXICON_KEYED);
    struct stop_cache *cache = stop_cache_new();
    const struct {
        struct slice word;
        enum stop_kind kind;
    } cases[] = {{SLICE("a"), STOP_WORD},   {SLICE("a\0"), STOP_NONE}, {SLICE(""), STOP_NONE},
                 {SLICE("\0a"), STOP_NONE}, {SLICE("A"), STOP_WORD},   {SLICE("a\0a"), STOP_NONE},
                 {SLICE("aa"), STOP_NONE},  {SLICE("\0"), STOP_NONE}};
    for (size_t round = 0; round < 2; round++)
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            enum stop_kind kind;
            assert_int_equal(stop_cache_kind(cache, list, cases[i].word, &kind), 0);
            assert_int_equal(kind, cases[i].kind);
        }
    stop_cache_free(cache);
    lexicon_free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(remembers_what_the_list_says),
        cmocka_unit_test(tells_bytes_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
