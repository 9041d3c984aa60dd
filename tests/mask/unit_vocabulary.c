/* unit_vocabulary.c - what may be masked and drawn. */
#include "../../stages/masking/source.h"
#include "../../stages/masking/vocabulary.h"

#include "base/diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void placeholders_are_known_by_their_names(void **state)
{
    (void)state;
    const char *const yes[] = {"[unused0]", "[unused993]", "<unused7>", "<extra_id_99>", "madeupword0001"};
    const char *const no[] = {"[unused]",    "[unused1",   "[unused1]x",   "unused1", "[unusedx]",
                              "<extra_id_>", "madeupword", "madeupword1a", "[UNK]",   ""};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(vocabulary_is_placeholder(slice_of(yes[i])));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(vocabulary_is_placeholder(slice_of(no[i])));
}

static void special_ids_and_the_mask_are_protected(void **state)
{
    (void)state;
    const struct ints special = {.items = (int64_t[]){0, 2, 2}, .len = 3};
    struct vocabulary *vocabulary = vocabulary_of_ids(4, 6, &special);
    assert_non_null(vocabulary);
    const enum id_kind expected[] = {ID_PROTECTED, ID_ORDINARY, ID_PROTECTED, ID_ORDINARY, ID_PROTECTED, ID_ORDINARY};
    for (int32_t id = 0; id < 6; id++)
        assert_int_equal(vocabulary_kind(vocabulary, id), expected[id]);
    assert_int_equal(vocabulary_kind(vocabulary, 6), ID_ABSENT);
    assert_int_equal(vocabulary_kind(vocabulary, -1), ID_ABSENT);
    struct token_source source;
    assert_int_equal(source_open(&source, vocabulary, "vocabulary"), 0);
    assert_int_equal(source.count, 3);
    assert_memory_equal(source.ids, ((const int32_t[]){1, 3, 5}), 3 * sizeof(int32_t));
    source_close(&source);
    assert_int_equal(source_open(&source, vocabulary, "all"), 0);
    assert_int_equal(source.count, 6);
    source_close(&source);
    vocabulary_free(vocabulary);
}

static void ids_must_be_below_the_size(void **state)
{
    (void)state;
    const struct ints special = {.items = (int64_t[]){0, 6}, .len = 2};
    assert_null(vocabulary_of_ids(4, 6, &special));
    assert_string_equal(diag_message(), "--special-ids: 6 is not an id below --vocab-size 6");
    assert_null(vocabulary_of_ids(6, 6, &special));
    assert_string_equal(diag_message(), "--mask-id: 6 is not an id below --vocab-size 6");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(placeholders_are_known_by_their_names),
        cmocka_unit_test(special_ids_and_the_mask_are_protected),
        cmocka_unit_test(ids_must_be_below_the_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
