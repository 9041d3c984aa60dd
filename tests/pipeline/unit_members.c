/* The table of members: complete, without contradictions. */
#include "base/memory.h"
#include "record/members.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_every_name_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < members_count; i++)
        assert_ptr_equal(member_find(members[i].name), &members[i]);
    assert_null(member_find(SLICE("")));
    assert_null(member_find(SLICE("input_id")));
    assert_null(member_find(SLICE("input_ids_")));
}

static size_t count_of(enum member_of of)
{
    size_t count = 0;
    for (size_t i = 0; i < members_count; i++)
        count += members[i].of == of;
    return count;
}

static void test_lists(void **state)
{
    (void)state;
    size_t n = 0;
    for (; members_of_text[n] != NULL; n++)
        assert_int_equal(member_find(slice_of(members_of_text[n]))->of, MEMBER_OF_TEXT);
    assert_int_equal(n, count_of(MEMBER_OF_TEXT));
    for (n = 0; members_of_tokens[n] != NULL; n++) {
        enum member_of of = member_find(slice_of(members_of_tokens[n]))->of;
        assert_true(of == MEMBER_OF_TOKENS || of == MEMBER_OF_EACH_TOKEN || of == MEMBER_OF_SPANS);
    }
    assert_int_equal(n, count_of(MEMBER_OF_TOKENS) + count_of(MEMBER_OF_EACH_TOKEN) + count_of(MEMBER_OF_SPANS));
    for (n = 0; members_in_tokens[n] != NULL; n++) {
        const struct member_kind *kind = member_find(slice_of(members_in_tokens[n]));
        assert_int_equal(kind->of, MEMBER_OF_SPANS);
        assert_string_equal(kind->spans, members_with_tokens[n]);
        assert_int_equal(member_find(slice_of(kind->spans))->of, MEMBER_OF_TEXT);
    }
    assert_int_equal(n, count_of(MEMBER_OF_SPANS));
    assert_null(members_with_tokens[n]);
}

static void test_padding(void **state)
{
    (void)state;
    assert_int_equal(member_find(SLICE("labels"))->pad, -100);
    assert_int_equal(member_find(SLICE("word_ids"))->pad, -1);
    assert_int_equal(member_find(SLICE("special_tokens_mask"))->pad, 1);
    assert_int_equal(member_find(SLICE("attention_mask"))->pad, 0);
}

/* Every member that the man page lists is in the table, and every one of the table in the man page. */
static void test_the_man_page_has_them(void **state)
{
    (void)state;
    FILE *page = fopen("man/quern-record.5", "r");
    char *line = NULL;
    size_t room = 0;
    bool *listed = mem_zalloc(members_count, sizeof *listed);
    if (page == NULL)
        skip(); /* not started in the root of the tree */
    while (getline(&line, &room, page) >= 0) {
        if (strncmp(line, ".It Va ", 7) != 0)
            continue;
        for (const char *at = line + 7; *at != '\0'; at += strspn(at, " ,\n")) {
            struct slice name = {at, strcspn(at, " ,\n")};
            const struct member_kind *kind = member_find(name);
            if (kind == NULL)
                fail_msg("%.*s is not in members.c", (int)name.len, name.ptr);
            listed[kind - members] = true;
            at += name.len;
        }
    }
    for (size_t i = 0; i < members_count; i++)
        if (!listed[i])
            fail_msg("%s is not in quern-record(5)", members[i].name.ptr);
    assert_int_equal(fclose(page), 0);
    free(line);
    mem_free(listed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_name_once),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_padding),
        cmocka_unit_test(test_the_man_page_has_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
