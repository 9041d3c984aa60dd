/* unit_dense.c - an order of prediction as matrices. */
#include "../../stages/permute/dense.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void expect(struct slice found, const char *expected)
{
    if (!slice_is(found, expected))
        fail_msg("expected %s, found %.*s", expected, (int)found.len, found.ptr);
}

/* H7: four tokens, targets 1 and 3, in this order. Token 3 sees token 1 and not itself; token 1 sees 0 and 2 only. */
static void targets_see_those_before_them(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const int32_t labels[] = {-100, 7, -100, 9}, order[] = {-1, 0, -1, 1};
    const struct dense dense = {labels, order, 4, 4, 3};
    expect(dense_perm_mask(&dense, arena), "[[0,1,0,1],[0,1,0,1],[0,1,0,1],[0,0,0,1]]");
    expect(dense_target_mapping(&dense, arena), "[[0,1,0,0],[0,0,0,1],[0,0,0,0]]");
    const int32_t *targets = dense_labels(&dense, arena);
    assert_true(targets[0] == 7 && targets[1] == 9 && targets[2] == -100);
    arena_free(arena);
}

/* A special token is ordered too, but sees itself. */
static void special_tokens_are_ordered(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const int32_t labels[] = {5, -100, -100}, order[] = {1, -1, 0};
    const struct dense dense = {labels, order, 3, 3, 1};
    expect(dense_perm_mask(&dense, arena), "[[1,0,0],[1,0,1],[1,0,0]]");
    arena_free(arena);
}

/* The first part sees nothing of the second, the second all of the first. */
static void parts_are_in_order(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const int32_t labels[] = {5, -100, -100, 8}, order[] = {0, -1, -1, 0};
    const struct dense dense = {labels, order, 4, 2, 2};
    expect(dense_perm_mask(&dense, arena), "[[1,0,1,1],[1,0,1,1],[0,0,0,1],[0,0,0,1]]");
    expect(dense_target_mapping(&dense, arena), "[[1,0,0,0],[0,0,0,1]]");
    arena_free(arena);
}

static void nothing_is_nothing(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct dense none = {NULL, NULL, 0, 0, 2}, one = {(const int32_t[]){-100}, (const int32_t[]){-1}, 1, 1, 1};
    expect(dense_perm_mask(&none, arena), "[]");
    expect(dense_target_mapping(&none, arena), "[[],[]]");
    expect(dense_perm_mask(&one, arena), "[[0]]");
    expect(dense_target_mapping(&one, arena), "[[0]]");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_see_those_before_them),
        cmocka_unit_test(special_tokens_are_ordered),
        cmocka_unit_test(parts_are_in_order),
        cmocka_unit_test(nothing_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
