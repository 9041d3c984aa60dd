/* unit_key.c - the key of a word. */
#include "pipeline/text/key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void check(struct keys *keys, const char *word, const char *expected)
{
    struct slice key = key_of_word(keys, slice_of(word));
    assert_non_null(key.ptr);
    if (!slice_is(key, expected))
        fail_msg("the key of \"%s\" is \"%.*s\", expected \"%s\"", word, (int)key.len, key.ptr, expected);
}

static void keys_of_words(void **state)
{
    (void)state;
    struct keys *keys = keys_new();
    assert_non_null(keys);
    check(keys, "", "");
    check(keys, "good", "good");
    check(keys, "GOOD-ish42", "good-ish42");
    check(keys, "Don\u2019t", "don't");
    check(keys, "DON'T", "don't");
    check(keys, "Stra\u00dfe", "strasse");
    check(keys, "\u0130", "i\u0307"); /* İ: full folding makes two characters of it */
    check(keys, "E\u0301", "\u00e9"); /* decomposed */
    check(keys, "\u00c9", "\u00e9");  /* composed */
    check(keys, "\ufb01ne", "fine");  /* a ligature folds to its letters */
    check(keys, "\u4e0d\u662f", "\u4e0d\u662f");
    check(keys, "\u1fb3", "\u03b1\u03b9"); /* folded to two letters, which do not compose */
    keys_free(keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(keys_of_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
