/* unit_blanks.c - what is remembered of a token's blanks is what counting them gives. */
#include "pipeline/base/memory.h"
#include "stages/tokenizer/blanks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void blanks_are(const char *token, uint32_t leading, uint32_t trailing)
{
    struct blanks_known known[2] = {{9, 9}, {0, 0}};
    const struct slice tokens[2] = {{NULL, 0}, slice_of(token)};
    blanks_fill(known, tokens, 2);
    struct blanks blanks = blanks_get(known, tokens, 1);
    assert_int_equal(blanks.leading, leading);
    assert_int_equal(blanks.trailing, trailing);
    assert_int_equal(known[0].leading, 9); /* an id without a token */
}

static void test_blanks(void **state)
{
    (void)state;
    blanks_are("", 0, 0);
    blanks_are("a", 0, 0);
    blanks_are("\u0120a", 1, 0);
    blanks_are("\u0120\u0120a\u0120b ", 2, 1);
    blanks_are("\u3000\t", 2, 2);
    blanks_are("a\u00a0", 0, 1);
    blanks_are("\u010a", 0, 0); /* spells a newline, and the reference does not see one */
}

static void test_many(void **state)
{
    (void)state;
    enum { MOST = 600 };
    char token[MOST + 2];
    for (uint32_t count = 250; count <= MOST; count += 5) {
        memset(token, ' ', count);
        memcpy(token + count, "x", 2);
        blanks_are(token, count, 0);
        token[0] = 'x';
        token[count] = '\0';
        blanks_are(token, 0, count - 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_blanks), cmocka_unit_test(test_many)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
